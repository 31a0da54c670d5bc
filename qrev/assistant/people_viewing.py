"""From people as services know them to what their cards show. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from qrev.accounts.models import Actor, Colleague, Team
from qrev.assistant.cards import PeopleView, PersonRow
from qrev.assistant.people_cards import (
    FactRow,
    HappeningRow,
    MergeView,
    Named,
    PersonView,
    SideRow,
)
from qrev.assistant.people_words import LABELS, label, said
from qrev.assistant.viewing import to_cursor
from qrev.crm.edits import CUSTOM, LINKS
from qrev.crm.meetings import MeetingState
from qrev.crm.merges import Merge, MergePreview
from qrev.crm.models import Person
from qrev.crm.service import PeoplePage
from qrev.crm.timeline import Call, Happening, Mail, MailState

FACTS = tuple(name for name in LABELS if name != "email")


def people_view(page: PeoplePage, names: Mapping[str, str]) -> PeopleView:
    """Return a page; `names` are those of members."""
    return PeopleView(
        rows=[
            PersonRow(
                id=p.id,
                name=p.name,
                email=p.email,
                company_name=p.company_name,
                job_title=p.job_title,
                timezone=p.timezone,
                tags=list(p.tags),
                owner=names.get(p.owner_id or "", ""),
            )
            for p in page.people
        ],
        next=None if page.next is None else to_cursor(*page.next),
        total=None if page.total is None else page.total.number,
        is_total_exact=page.total is None or page.total.is_exact,
    )


def members_of(colleagues: Iterable[Colleague]) -> list[Named]:
    return [Named(id=each.user.id, name=each.user.name) for each in colleagues]


def teams_of(teams: Iterable[Team]) -> list[Named]:
    return [Named(id=team.id, name=team.name) for team in teams]


def names_of(named: Iterable[Named]) -> dict[str, str]:
    return {each.id: each.name for each in named}


def person_view(
    person: Person,
    happenings: Sequence[Happening],
    actor: Actor,
    *,
    members: list[Named],
    teams: list[Named],
    others: list[Named],
    words: str = "",
) -> PersonView:
    """Return a person with all that happened; `words` are what came of a press.

    `others` are those who were merged into them.
    """
    names = names_of([*members, *teams, *others])
    return PersonView(
        person_id=person.id,
        name=person.name,
        email=person.email,
        facts=[*_facts(person), *_custom(person)],
        tags=list(person.tags),
        owner_id=person.owner_id,
        owner=names.get(person.owner_id or "", ""),
        team_id=person.team_id,
        team=names.get(person.team_id or "", ""),
        members=members,
        teams=teams,
        timeline=[
            HappeningRow(at=each.at, text=said(each, names), is_ahead=_is_ahead(each))
            for each in happenings
        ],
        deleted_at=person.deleted_at,
        may_change=actor.may_change,
        said=words,
    )


def merge_view(shown: MergePreview, actor: Actor) -> MergeView:
    """Return two people side by side, and what moves from the one to the other."""
    moves = [f"The tag {tag}" for tag in shown.tags]
    if shown.lists:
        count = len(shown.lists)
        moves.append("Their place on one list" if count == 1 else f"Their places on {count} lists")
    return MergeView(
        kept=called(shown.kept),
        other=called(shown.other),
        sides=[
            SideRow(
                field=side.field,
                label=label(side.field),
                kept=side.kept,
                other=side.other,
                is_of_other=side.is_of_other,
            )
            for side in shown.sides
        ],
        moves=moves,
        hash=shown.hash,
        may_change=actor.may_change,
    )


def merged_view(merge: Merge, kept: str, other: str, actor: Actor) -> MergeView:
    """Return what was merged, with the facts that became others."""
    return MergeView(
        kept=kept,
        other=other,
        sides=[
            SideRow(
                field=edit.field,
                label=label(edit.field),
                kept=edit.before,
                other=edit.after,
                is_of_other=True,
            )
            for edit in merge.edits
        ],
        moves=[],
        hash="",
        merge_id=merge.id,
        said=f"{other} is now part of {kept}.",
        may_change=actor.may_change,
    )


def called(person: Person) -> str:
    """Return how a person is named where one could be meant for another."""
    return f"{person.name} ({person.email})" if person.name else person.email


def _facts(person: Person) -> list[FactRow]:
    return [
        FactRow(field=name, label=LABELS[name], value=getattr(person, name), is_link=name in LINKS)
        for name in FACTS
    ]


def _custom(person: Person) -> list[FactRow]:
    return [
        FactRow(field=f"{CUSTOM}{title}", label=title, value=value)
        for title, value in sorted(person.fields.items())
    ]


def _is_ahead(happening: Happening) -> bool:
    if isinstance(happening, Call):
        return happening.state is MeetingState.PLANNED
    return isinstance(happening, Mail) and happening.state is MailState.AHEAD
