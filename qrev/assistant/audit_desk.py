"""What the card of the log of changes can ask."""

from __future__ import annotations

import asyncio

from qrev.accounts.audit import Audit
from qrev.accounts.members import Members
from qrev.accounts.models import Actor, AuditEntry, UserId
from qrev.accounts.teams import Teams
from qrev.accounts.users import OPERATOR
from qrev.assistant.audit_cards import AuditPageAsked, AuditRow, AuditView, Choice, FactRow
from qrev.assistant.audit_sentences import TITLES, WORDS, Kind
from qrev.assistant.audit_words import Names, actions_of, field_words, sentence, value_words
from qrev.assistant.viewing import from_moment_cursor, to_cursor

SESSION = "ses_"  # how the id of a session begins


class AuditDesk:
    def __init__(self, *, audit: Audit, members: Members, teams: Teams) -> None:
        self._audit = audit
        self._members = members
        self._teams = teams

    async def audit_page(self, actor: Actor, ask: AuditPageAsked) -> AuditView:
        """Return who changed what, the newest first. Owners and admins only."""
        found = await self._audit.page(
            actor,
            before=from_moment_cursor(ask.after),
            limit=ask.limit + 1,
            by=None if ask.user_id is None else UserId(ask.user_id),
            actions=None if ask.kind is None else actions_of(ask.kind),
        )
        names = await self._names(actor)
        shown = found[: ask.limit]
        last = shown[-1] if len(found) > ask.limit else None
        return AuditView(
            rows=[audit_row(entry, names) for entry in shown],
            next=None if last is None else to_cursor(last.at.isoformat(), last.id),
            people=_people(names, shown),
            kinds=[Choice(value=kind.value, title=TITLES[kind]) for kind in Kind],
        )

    async def _names(self, actor: Actor) -> Names:
        colleagues, teams = await asyncio.gather(self._members.all(actor), self._teams.all(actor))
        return Names(
            people={each.user.id: each.user.name or each.user.email for each in colleagues},
            teams={team.id: team.name for team in teams},
        )


def audit_row(entry: AuditEntry, names: Names) -> AuditRow:
    """Return an entry as the log shows it."""
    words = WORDS.get(entry.action)
    fields = [*entry.before, *(name for name in entry.after if name not in entry.before)]
    return AuditRow(
        id=entry.id,
        at=entry.at,
        sentence=sentence(entry, names),
        who=names.people.get(entry.by, entry.by_email),
        email=entry.by_email,
        kind=TITLES[words.kind] if words else "",
        address=entry.address,
        through=_through(entry),
        facts=[
            FactRow(
                name=field_words(name),
                before=value_words(name, entry.before.get(name), names),
                after=value_words(name, entry.after.get(name), names),
            )
            for name in fields
        ],
    )


def _through(entry: AuditEntry) -> str:
    if entry.by == OPERATOR:
        return "The command line of this QRev"
    if not entry.through:
        return ""
    is_session = entry.through.startswith(SESSION)
    return "Signed in" if is_session else "A program, with an API key"


def _people(names: Names, shown: list[AuditEntry]) -> list[Choice]:
    """Return the members, and of those who are gone the ones that are spoken of."""
    titles: dict[str, str] = dict(names.people)
    for entry in shown:
        titles.setdefault(entry.by, entry.by_email)
    return [Choice(value=user_id, title=title) for user_id, title in titles.items()]
