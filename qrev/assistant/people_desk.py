"""What the cards about people can ask. Each change of one person answers with them as they are."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from qrev.accounts.members import Members
from qrev.accounts.models import Actor
from qrev.accounts.teams import Teams
from qrev.assistant import people_cards as asked
from qrev.assistant.cards import PeopleView
from qrev.assistant.people_cards import (
    CreatedView,
    MergeCard,
    MergeView,
    Named,
    PeopleDone,
    PeopleOptions,
    PersonCard,
    PersonView,
)
from qrev.assistant.people_viewing import (
    called,
    members_of,
    merge_view,
    merged_view,
    names_of,
    people_view,
    person_view,
    teams_of,
)
from qrev.assistant.people_words import heard
from qrev.assistant.viewing import from_cursor
from qrev.campaigns.hearing.ports import EventBook
from qrev.crm.booking import Booking
from qrev.crm.editing import Editing
from qrev.crm.edits import HistoryEntry, cleaned
from qrev.crm.filters import Order, PeopleFilter, place_from
from qrev.crm.grouping import Grouping, Lists
from qrev.crm.keeping import Keeping
from qrev.crm.marks import MERGED
from qrev.crm.merges import Merge
from qrev.crm.merging import Merging
from qrev.crm.people_ports import MailsTo
from qrev.crm.service import People
from qrev.crm.timeline import timeline


@dataclass(frozen=True, kw_only=True, slots=True)
class AboutPeople:
    """The services behind the cards."""

    people: People
    editing: Editing
    keeping: Keeping
    grouping: Grouping
    lists: Lists
    merging: Merging
    mails: MailsTo
    events: EventBook
    booking: Booking
    members: Members
    teams: Teams


class PeopleDesk:
    def __init__(self, about: AboutPeople) -> None:
        self._about = about

    # --- the table -------------------------------------------------------------------------------

    async def people_page(self, actor: Actor, ask: asked.PeopleAsked) -> PeopleView:
        """Return a page of people who are as asked for."""
        after = from_cursor(ask.after, 2)
        page, members = await asyncio.gather(
            self._about.people.page(
                actor,
                await self._wanted(actor, ask),
                order=Order(sort=ask.sort, is_descending=ask.descending),
                after=None if after is None else place_from((after[0], after[1])),
                limit=ask.limit,
            ),
            self._about.members.all(actor),
        )
        return people_view(page, names_of(members_of(members)))

    async def people_options(self, actor: Actor, ask: asked.NothingAsked) -> PeopleOptions:
        """Return what people can be narrowed to and given."""
        tags, lists, (members, teams) = await asyncio.gather(
            self._about.grouping.tags(actor), self._about.lists.all(actor), self._named(actor)
        )
        return PeopleOptions(
            tags=tags,
            members=members,
            teams=teams,
            lists=[Named(id=saved.id, name=saved.name) for saved in lists],
            may_change=actor.may_change,
        )

    async def people_tag(self, actor: Actor, ask: asked.TagAsked) -> PeopleDone:
        """Give people a tag."""
        count = await self._about.grouping.tag(actor, ask.person_ids, ask.tag)
        return PeopleDone(said=f"{_people(count)} got the tag.")

    async def people_untag(self, actor: Actor, ask: asked.TagAsked) -> PeopleDone:
        """Take a tag off people."""
        count = await self._about.grouping.untag(actor, ask.person_ids, ask.tag)
        return PeopleDone(said=f"{_people(count)} lost the tag.")

    async def people_owner(self, actor: Actor, ask: asked.OwnerAsked) -> PeopleDone:
        """Give people to a member, or to nobody."""
        count = await self._about.grouping.give(actor, ask.person_ids, ask.owner_id)
        return PeopleDone(said=f"{_people(count)} changed hands.")

    async def people_team(self, actor: Actor, ask: asked.TeamAsked) -> PeopleDone:
        """Put people into a team, or into none."""
        count = await self._about.grouping.put_in_team(actor, ask.person_ids, ask.team_id)
        return PeopleDone(said=f"{_people(count)} changed the team.")

    async def people_delete(self, actor: Actor, ask: asked.SelectionAsked) -> PeopleDone:
        """Delete people, for 30 days not for good."""
        done = await self._about.keeping.delete(actor, ask.person_ids)
        return PeopleDone(said=_deleted(done.people, done.mails), undo=list(ask.person_ids))

    async def people_restore(self, actor: Actor, ask: asked.SelectionAsked) -> PeopleDone:
        """Have deleted people back."""
        count = await self._about.keeping.restore(actor, ask.person_ids)
        return PeopleDone(said=f"{_people(count)} {'is' if count == 1 else 'are'} back.")

    async def list_save(self, actor: Actor, ask: asked.ListSaveAsked) -> PeopleOptions:
        """Keep what is asked for as a list with a name."""
        await self._about.lists.save(actor, ask.name, await self._wanted(actor, ask))
        return await self.people_options(actor, asked.NothingAsked())

    async def list_remove(self, actor: Actor, ask: asked.ListAsked) -> PeopleOptions:
        """Forget a saved list; its people stay."""
        await self._about.lists.remove(actor, ask.list_id)
        return await self.people_options(actor, asked.NothingAsked())

    # --- one person ------------------------------------------------------------------------------

    async def person_create(self, actor: Actor, ask: asked.NewPersonAsked) -> CreatedView:
        """Write a person down."""
        facts = {field: value for field, value in ask.facts.items() if cleaned(field, value)}
        person = await self._about.keeping.create(actor, ask.email, facts)
        return CreatedView(person_id=person.id, said=f"{called(person)} is one of your people.")

    async def person_card(self, actor: Actor, ask: asked.PersonAsked) -> PersonCard:
        """Return the card of a person."""
        await self._about.keeping.selected(actor, [ask.person_id])
        return PersonCard(person_id=ask.person_id)

    async def person_get(self, actor: Actor, ask: asked.PersonAsked) -> PersonView:
        """Return a person with all that happened, a deleted one too."""
        return await self._person(actor, ask.person_id)

    async def person_save(self, actor: Actor, ask: asked.PersonSaveAsked) -> PersonView:
        """Change the fields that are named, each against what was seen."""
        await self._about.editing.change(actor, ask.person_id, ask.changes, seen=ask.seen)
        return await self._person(actor, ask.person_id, words="Saved.")

    async def person_tag(self, actor: Actor, ask: asked.PersonTagAsked) -> PersonView:
        """Give one person a tag."""
        await self._about.grouping.tag(actor, [ask.person_id], ask.tag)
        return await self._person(actor, ask.person_id)

    async def person_untag(self, actor: Actor, ask: asked.PersonTagAsked) -> PersonView:
        """Take a tag off one person."""
        await self._about.grouping.untag(actor, [ask.person_id], ask.tag)
        return await self._person(actor, ask.person_id)

    async def person_owner(self, actor: Actor, ask: asked.PersonOwnerAsked) -> PersonView:
        """Give one person to a member, or to nobody."""
        await self._about.grouping.give(actor, [ask.person_id], ask.owner_id)
        return await self._person(actor, ask.person_id)

    async def person_team(self, actor: Actor, ask: asked.PersonTeamAsked) -> PersonView:
        """Put one person into a team, or into none."""
        await self._about.grouping.put_in_team(actor, [ask.person_id], ask.team_id)
        return await self._person(actor, ask.person_id)

    async def person_delete(self, actor: Actor, ask: asked.PersonAsked) -> PersonView:
        """Delete one person."""
        done = await self._about.keeping.delete(actor, [ask.person_id])
        words = _deleted(done.people, done.mails)
        return await self._person(actor, ask.person_id, words=words)

    async def person_restore(self, actor: Actor, ask: asked.PersonAsked) -> PersonView:
        """Have one person back."""
        await self._about.keeping.restore(actor, [ask.person_id])
        words = "They are back. Mails that were stopped stay so."
        return await self._person(actor, ask.person_id, words=words)

    # --- two people ------------------------------------------------------------------------------

    async def merge_card(self, actor: Actor, ask: asked.MergeAsked) -> MergeCard:
        """Return the card that shows two people side by side."""
        await self._about.merging.preview(actor, ask.person_id, ask.other_id)
        return MergeCard(person_id=ask.person_id, other_id=ask.other_id)

    async def merge_get(self, actor: Actor, ask: asked.MergeAsked) -> MergeView:
        """Return what would become of the two, with the facts that were chosen.

        Once they are one, what was done, so that it can be undone.
        """
        done = await self._about.merging.done(actor, ask.person_id, ask.other_id)
        if done is not None:
            return await self._merged(actor, done)
        shown = await self._about.merging.preview(actor, ask.person_id, ask.other_id, ask.of_other)
        return merge_view(shown, actor)

    async def merge_confirm(self, actor: Actor, ask: asked.MergeConfirmAsked) -> MergeView:
        """Make one of two, exactly as shown."""
        merge = await self._about.merging.confirm(
            actor, ask.person_id, ask.other_id, ask.of_other, ask.hash
        )
        return await self._merged(actor, merge)

    async def merge_undo(self, actor: Actor, ask: asked.MergeUndoAsked) -> MergeView:
        """Make two of them again."""
        await self._about.merging.undo(actor, ask.merge_id)
        view = await self.merge_get(actor, ask)
        said = "They are two people again. What was changed since stays."
        return view.model_copy(update={"is_undone": True, "said": said})

    async def _merged(self, actor: Actor, merge: Merge) -> MergeView:
        kept, other = await self._about.keeping.selected(actor, [merge.kept_id, merge.other_id])
        return merged_view(merge, called(kept), called(other), actor)

    # --- inside ----------------------------------------------------------------------------------

    async def _wanted(self, actor: Actor, ask: asked.PeopleAsked) -> PeopleFilter:
        if ask.list_id is not None:
            saved = (await self._about.lists.get(actor, ask.list_id)).wanted
            return replace(saved, search=ask.search) if ask.search else saved
        return PeopleFilter(
            search=ask.search,
            upload_id=ask.upload_id,
            tags=tuple(ask.tags),
            owner_id=ask.owner_id,
            team_id=ask.team_id,
            company_id=ask.company_id,
            country=ask.country,
            source=ask.source,
            has=frozenset(ask.has),
            lacks=frozenset(ask.lacks),
            is_deleted=ask.is_deleted,
        )

    async def _named(self, actor: Actor) -> tuple[list[Named], list[Named]]:
        members, teams = await asyncio.gather(
            self._about.members.all(actor), self._about.teams.all(actor)
        )
        return members_of(members), teams_of(teams)

    async def _person(self, actor: Actor, person_id: str, *, words: str = "") -> PersonView:
        [person] = await self._about.keeping.selected(actor, [person_id])
        history, mails, events, meetings, (members, teams) = await asyncio.gather(
            self._about.keeping.history(actor, person_id),
            self._about.mails.of_address(actor.account_id, person.email),
            self._about.events.of_person(actor.account_id, person_id),
            self._about.booking.with_person(actor, person.id),
            self._named(actor),
        )
        return person_view(
            person,
            timeline(person, history, mails, heard(events), meetings),
            actor,
            members=members,
            teams=teams,
            others=await self._merged_with(actor, history),
            words=words,
        )

    async def _merged_with(self, actor: Actor, history: list[HistoryEntry]) -> list[Named]:
        """Return those who were merged into somebody, as far as they are still kept."""
        edits = [edit for entry in history for edit in entry.edits if edit.field == MERGED]
        ids = {edit.after or edit.before for edit in edits}
        found = await self._about.keeping.known(actor, ids)
        return [Named(id=person.id, name=called(person)) for person in found]


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


def _deleted(people: int, mails: int) -> str:
    said = f"{_people(people)} {'is' if people == 1 else 'are'} deleted, for 30 days not for good."
    if mails:
        said += f" {mails:,} mail{'s' if mails > 1 else ''} to them will not leave."
    return said
