"""What the cards about people may ask, by name."""

from __future__ import annotations

from qrev.accounts.models import Actor
from qrev.assistant import people_cards as asked
from qrev.assistant.people_desk import PeopleDesk
from qrev.assistant.questions import Answered, Desks, Question, viewed


def _people(desks: Desks) -> PeopleDesk:
    return desks.people


async def _open(desks: Desks, actor: Actor, ask: asked.PersonAsked) -> Answered:
    """Show a person as a card of their own."""
    return Answered(cards=(await desks.people.person_card(actor, ask),))


async def _merge(desks: Desks, actor: Actor, ask: asked.MergeAsked) -> Answered:
    """Show two people side by side, as a card of its own."""
    return Answered(cards=(await desks.people.merge_card(actor, ask),))


QUESTIONS: dict[str, Question] = {
    "people_page": viewed(asked.PeopleAsked, _people, PeopleDesk.people_page),
    "people_options": viewed(asked.NothingAsked, _people, PeopleDesk.people_options),
    "people_tag": viewed(asked.TagAsked, _people, PeopleDesk.people_tag),
    "people_untag": viewed(asked.TagAsked, _people, PeopleDesk.people_untag),
    "people_owner": viewed(asked.OwnerAsked, _people, PeopleDesk.people_owner),
    "people_team": viewed(asked.TeamAsked, _people, PeopleDesk.people_team),
    "people_delete": viewed(asked.SelectionAsked, _people, PeopleDesk.people_delete),
    "people_restore": viewed(asked.SelectionAsked, _people, PeopleDesk.people_restore),
    "people_list_save": viewed(asked.ListSaveAsked, _people, PeopleDesk.list_save),
    "people_list_remove": viewed(asked.ListAsked, _people, PeopleDesk.list_remove),
    "person_create": viewed(asked.NewPersonAsked, _people, PeopleDesk.person_create),
    "person_open": Question(asks=asked.PersonAsked, answer=_open),
    "person_get": viewed(asked.PersonAsked, _people, PeopleDesk.person_get),
    "person_save": viewed(asked.PersonSaveAsked, _people, PeopleDesk.person_save),
    "person_tag": viewed(asked.PersonTagAsked, _people, PeopleDesk.person_tag),
    "person_untag": viewed(asked.PersonTagAsked, _people, PeopleDesk.person_untag),
    "person_owner": viewed(asked.PersonOwnerAsked, _people, PeopleDesk.person_owner),
    "person_team": viewed(asked.PersonTeamAsked, _people, PeopleDesk.person_team),
    "person_delete": viewed(asked.PersonAsked, _people, PeopleDesk.person_delete),
    "person_restore": viewed(asked.PersonAsked, _people, PeopleDesk.person_restore),
    "merge_open": Question(asks=asked.MergeAsked, answer=_merge),
    "merge_get": viewed(asked.MergeAsked, _people, PeopleDesk.merge_get),
    "merge_confirm": viewed(asked.MergeConfirmAsked, _people, PeopleDesk.merge_confirm),
    "merge_undo": viewed(asked.MergeUndoAsked, _people, PeopleDesk.merge_undo),
}
