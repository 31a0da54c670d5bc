"""Links in mails: which mail one was in, told by the link itself, so that none is ever lost."""

from __future__ import annotations

import re

from qrev.accounts.models import AccountId
from qrev.campaigns.delivery import SentMails
from qrev.campaigns.models import Message
from qrev.kit.signing import Signer

# As our ids are: a sequence, a person and a step. Twelve bytes name each of the first two.
OURS = re.compile(r"seq_([0-9a-f]{24}):per_([0-9a-f]{24}):([1-9][0-9]{0,2})")
NAMES = 24  # bytes


class MailLinks:
    """One kind of link. `signer` keeps it apart from the other kinds.

    The links never end: nothing is kept of them but the mail itself.
    """

    def __init__(self, *, mails: SentMails, signer: Signer) -> None:
        self._mails = mails
        self._signer = signer

    def token(self, message: Message, number: int = 0) -> str:
        """Return what a link of the mail carries. `number`, up to 255, is for links it has more of.

        50 letters, and many more only for a mail with an id that is not of today's form.
        """
        packed = packed_id(message.id)
        if packed is None:
            return self._signer.sign(
                message.account_id, message.id, *([str(number)] * bool(number))
            )
        return self._signer.sign_short(bytes([number]) + packed)

    async def mail_of(self, token: str, number: int = 0) -> Message | None:
        """Return the mail whose link of that number it is, None for a link we did not make."""
        if (body := self._signer.read_short(token)) is not None:
            message_id = unpacked_id(body[1:])
            if message_id is None or body[0] != number:
                return None
            return await self._mails.linked(message_id)
        facts = self._signer.read(token) or []
        if len(facts) < 2 or facts[2:] != [str(number)] * bool(number):
            return None
        message = await self._mails.linked(facts[1])
        is_theirs = message is not None and message.account_id == AccountId(facts[0])
        return message if is_theirs else None


def packed_id(message_id: str) -> bytes | None:
    """Return the id of a message in 25 bytes, None for one that does not fit."""
    found = OURS.fullmatch(message_id)
    if found is None or int(found[3]) > 255:
        return None
    return bytes.fromhex(found[1] + found[2]) + bytes([int(found[3])])


def unpacked_id(packed: bytes) -> str | None:
    """Return the id that `packed_id` packed."""
    if len(packed) != NAMES + 1:
        return None
    names = packed[:NAMES].hex()
    return f"seq_{names[:24]}:per_{names[24:]}:{packed[NAMES]}"
