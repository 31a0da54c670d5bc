"""Letters for a batch of messages: what they need to know is asked once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from qrev.accounts.models import Account, AccountId
from qrev.campaigns.delivery import Earlier, SentMails
from qrev.campaigns.models import Mailbox, Message
from qrev.campaigns.ports import Letter
from qrev.campaigns.rendering import render
from qrev.crm.invitation_files import invitation_of
from qrev.crm.meetings import Meeting, MeetingBook


@dataclass(frozen=True, kw_only=True, slots=True)
class Letters:
    """What is known for the letters of one account's batch."""

    earlier: Mapping[str, tuple[Earlier, ...]]
    unsubscribe_url: Callable[[Message], str]
    calls: Mapping[str, Meeting]  # by the message that carries the invitation

    def write(self, message: Message, mailbox: Mailbox, account: Account, now: datetime) -> Letter:
        """Return the letter of one message. Raises ContentRefused."""
        return render(
            message,
            mailbox,
            postal_address=account.postal_address,
            unsubscribe_url=self.unsubscribe_url(message),
            earlier=self.earlier.get(message.prospect_id, ()),
            invitation=self._invitation(message, mailbox),
            now=now,
        )

    def _invitation(self, message: Message, mailbox: Mailbox) -> bytes:
        if (meeting := self.calls.get(message.id)) is None:
            return b""
        return invitation_of(meeting, organiser=mailbox.email, at=meeting.created_at)


class Lettering:
    def __init__(
        self,
        *,
        mails: SentMails,
        unsubscribe_url: Callable[[Message], str],
        meetings: MeetingBook | None = None,
    ) -> None:
        self._mails = mails
        self._meetings = meetings
        self._unsubscribe_url = unsubscribe_url

    async def prepare(self, account_id: AccountId, messages: Collection[Message]) -> Letters:
        """Return what it takes to write the letters of these messages of one account.

        Two questions, and one less where each of them begins its conversation.
        """
        follow_ups = {message.prospect_id for message in messages if message.step > 1}
        earlier = await self._mails.earlier(account_id, follow_ups) if follow_ups else {}
        return Letters(
            earlier=earlier,
            unsubscribe_url=self._unsubscribe_url,
            calls=await self._calls(account_id, messages),
        )

    async def _calls(
        self, account_id: AccountId, messages: Collection[Message]
    ) -> Mapping[str, Meeting]:
        """Return the calls ahead by the message that carries the invitation: one for each."""
        if self._meetings is None:
            return {}
        people = {message.person_id: message for message in messages}
        now = min(message.send_at for message in messages)
        found: dict[str, Meeting] = {}
        for meeting in await self._meetings.to_invite(account_id, list(people), now=now):
            message = people[meeting.person_id]
            is_free = meeting.invited_in in ("", message.id) and message.id not in found
            if is_free and await self._meetings.invite_in(account_id, meeting.id, message.id):
                found[message.id] = meeting
        return found
