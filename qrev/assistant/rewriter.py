"""Other words from the AI server: mails out, versions in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qrev.accounts.ports import AccountBook, UserBook
from qrev.assistant.contract import (
    Action,
    ConversationSoFar,
    MailsRewrittenAction,
    MailToRewrite,
    RewriteRequest,
    RewrittenMail,
    SenderCompany,
    SenderPerson,
    SourcedFact,
    TextAction,
    TurnRequest,
)
from qrev.assistant.ports import AiServer
from qrev.campaigns.models import Fact
from qrev.campaigns.rewriting.models import Rewrite
from qrev.campaigns.rewriting.ports import Asked, Version
from qrev.kit.errors import Unavailable

MAX_FACTS, MAX_MISSING = 100, 50
CANNOT = "The assistant does not rewrite mails. Press Edit on a draft to change its words."


class AiRewriter:
    """Fills Writer."""

    def __init__(self, *, ai: AiServer, accounts: AccountBook, users: UserBook) -> None:
        self._ai = ai
        self._accounts = accounts
        self._users = users

    async def rewrite(
        self, rewrite: Rewrite, mails: Sequence[Asked], *, key: str
    ) -> Mapping[str, Version]:
        turn = await self._turn(rewrite, mails)
        actions = await self._ai.ask(turn, turn_id=key)
        answered = [action for action in actions if isinstance(action, MailsRewrittenAction)]
        if not answered:
            raise Unavailable(_why(actions))
        wanted = {mail.id for mail in mails}
        return {
            mail.id: _version(mail)
            for action in answered
            for mail in action.mails
            if mail.id in wanted and mail.status != "same"
        }

    async def _turn(self, rewrite: Rewrite, mails: Sequence[Asked]) -> TurnRequest:
        account = await self._accounts.get_account(rewrite.account_id)
        user = await self._users.get(rewrite.created_by)
        domain = account.domain if account else ""
        return TurnRequest(
            query=rewrite.instruction,
            company_id=rewrite.account_id,
            user_id=rewrite.created_by,
            conversation=ConversationSoFar(conversation_id=rewrite.conversation_id),
            sender_company=SenderCompany(
                name=account.name if account else "",
                website=domain,
                website_url=f"https://{domain}" if domain else "",
            ),
            sender_person=SenderPerson(
                name=user.name if user else "", email=user.email if user else ""
            ),
            rewrite=RewriteRequest(
                instruction=rewrite.instruction, mails=[_mail(mail) for mail in mails]
            ),
        )


def _mail(mail: Asked) -> MailToRewrite:
    return MailToRewrite(
        id=mail.id,
        step=mail.step,
        subject=mail.subject,
        body=mail.body,
        facts=[SourcedFact(text=f.text, source=f.source) for f in mail.facts[:MAX_FACTS]],
        missing=list(mail.missing[:MAX_MISSING]),
        person=dict(mail.person),
    )


def _version(mail: RewrittenMail) -> Version:
    if mail.status == "failed":
        return Version(id=mail.id, why=mail.reason or "The assistant could not rewrite it.")
    return Version(
        id=mail.id,
        subject=mail.subject,
        body=mail.body,
        facts=tuple(Fact(text=fact.text, source=fact.source) for fact in mail.facts),
        missing=tuple(mail.missing),
    )


def _why(actions: Sequence[Action]) -> str:
    """Return what the assistant said instead, in its own words."""
    said = [action.response.strip() for action in actions if isinstance(action, TextAction)]
    return next((text for text in said if text), CANNOT)
