"""What becomes of each action of the AI server."""

from __future__ import annotations

import logging
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qrev.accounts.models import Actor
from qrev.assistant.actions import CANNOT_SHOW, _mails, _steps
from qrev.assistant.cards import (
    CampaignsCard,
    Card,
    DraftCard,
    OutboxCard,
    PeopleCard,
    QuestionCard,
    TableCard,
    TextCard,
)
from qrev.assistant.companies_cards import CompaniesCard
from qrev.assistant.contract import (
    ChartAction,
    DraftEditAction,
    DraftedSequence,
    DraftedStep,
    ListAction,
    ProposalAction,
    QueryAction,
    QuestionAction,
    SequenceDraftAction,
    TextAction,
    TimeOfDispatch,
    UnknownAction,
)
from qrev.assistant.members_cards import MembersCard, TeamsCard
from qrev.assistant.workspace_cards import ProfileCard, WorkspaceCard
from qrev.campaigns.sequences import MAX_STEPS
from tests.assistant.world import World, a_draft_action

pytestmark = pytest.mark.anyio
often = settings(max_examples=60, deadline=None)


def days_of(*times: tuple[float, str]) -> list[int]:
    steps = [
        DraftedStep(time_of_dispatch=TimeOfDispatch(time_value=value, time_unit=unit))
        for value, unit in times
    ]
    return [step.day for step in _steps(_mails(steps))]


@pytest.mark.parametrize(
    ("times", "days"),
    [
        ([(0, "days"), (3, "days"), (7, "days")], [0, 3, 7]),
        ([(2, "days"), (5, "days")], [0, 3]),
        ([(0, "days"), (1, "week"), (2, "weeks")], [0, 7, 14]),
        ([(3, "days"), (3, "days"), (3, "days")], [0, 3, 6]),
        ([(0, "days"), (3, "days"), (2, "days")], [0, 3, 5]),
        ([(0, "hours"), (2, "hours"), (4, "hours")], [0, 1, 2]),
        ([(0, "days"), (0, "days")], [0, 1]),
        ([], [0, 3, 7]),
    ],
)
def test_times_become_days_counted_from_the_first_mail(
    times: list[tuple[float, str]], days: list[int]
) -> None:
    assert days_of(*times) == days


def test_steps_that_are_no_mails_are_left_out() -> None:
    steps = [DraftedStep(type=kind) for kind in ("email", "linkedin", "email")]

    assert [step.number for step in _steps(_mails(steps))] == [1, 2]


@often
@given(
    st.lists(
        st.tuples(
            st.floats(0, 100_000), st.sampled_from(["minutes", "hours", "days", "months", "?"])
        ),
        max_size=20,
    )
)
def test_however_odd_the_times_each_mail_is_at_least_a_day_after_the_last(
    times: list[tuple[float, str]],
) -> None:
    days = days_of(*times)

    assert days[0] == 0
    assert all(later - sooner >= 1 for sooner, later in pairwise(days))
    assert 1 <= len(days) <= MAX_STEPS


async def test_words_are_shown_and_nothing_is_no_card(world: World, alice: Actor) -> None:
    cards = await world.say(
        alice, "hi", TextAction(response="**hello**"), TextAction(response="  \n")
    )

    assert cards == [TextCard(text="**hello**")]


async def test_a_list_becomes_a_table_of_text(world: World, alice: Actor) -> None:
    values = [{"a": 1, "b": None}, {"b": {"x": [2]}, "c": "d" * 5000}]

    (table,) = await world.say(alice, "list", ListAction(title="T", values=values))

    assert isinstance(table, TableCard)
    assert table.columns == ["a", "b", "c"]
    assert table.rows == [["1", "", ""], ["", "{'x': [2]}", "d" * 1000]]


async def test_a_question_becomes_buttons(world: World, alice: Actor) -> None:
    cards = await world.say(alice, "hm", QuestionAction(response="Which?", choices=["a", "b"]))

    assert cards == [QuestionCard(text="Which?", choices=["a", "b"])]


@pytest.mark.parametrize(
    ("entity", "kinds"),
    [
        ("people", [PeopleCard]),
        ("companies", [CompaniesCard]),
        ("sequences", [CampaignsCard]),
        ("prospects", [CampaignsCard]),
        ("messages", [OutboxCard]),
        ("members", [MembersCard]),
        ("teams", [TeamsCard]),
        ("events", [TextCard, CampaignsCard]),
    ],
)
async def test_queries_show_what_there_is(
    world: World, alice: Actor, entity: str, kinds: list[type]
) -> None:
    query = QueryAction.model_validate({"type": "query", "entity": entity})

    assert [type(card) for card in await world.say(alice, "show", query)] == kinds


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("stop", "No campaign is running"),
        ("pause", "No campaign is running"),
        ("resume", "No campaign is running"),
    ],
)
async def test_a_proposal_from_the_ai_server_changes_nothing_by_itself(
    world: World, alice: Actor, kind: str, words: str
) -> None:
    sequence_id = await world.a_drafted_campaign(alice)
    before = await world.sequence()

    cards = await world.say(alice, "stop", ProposalAction(kind=kind, arguments={"id": sequence_id}))

    assert isinstance(cards[0], TextCard)
    assert words in cards[0].text
    assert await world.sequence() == before


@pytest.mark.parametrize(
    ("kind", "card"),
    [
        ("change_workspace", WorkspaceCard()),
        ("change_profile", ProfileCard()),
        ("log_out_everywhere", ProfileCard()),
    ],
)
async def test_what_is_done_by_pressing_is_shown_and_not_done(
    world: World, alice: Actor, kind: str, card: Card
) -> None:
    user = await world.services.profile.get(alice)
    await world.services.sessions.begin(user, await world.services.accounts.home_of(user))

    cards = await world.say(alice, "x", ProposalAction(kind=kind))

    assert cards[1:] == [card]
    assert len(await world.services.sessions.list(alice)) == 1


@pytest.mark.parametrize(
    ("arguments", "email", "role"),
    [
        ({"email": " carol@acme.test ", "role": "Admin"}, "carol@acme.test", "admin"),
        ({"email": "carol@acme.test"}, "carol@acme.test", ""),
        ({"email": None, "role": ["x"]}, "", "['x']"),
    ],
)
async def test_an_invitation_is_a_form_filled_in_and_invites_nobody(
    world: World, alice: Actor, arguments: dict[str, object], email: str, role: str
) -> None:
    proposal = ProposalAction(kind="invite", arguments=arguments)

    (card,) = await world.say(alice, "invite carol", proposal)

    assert card == MembersCard(email=email, role=role)
    assert await world.services.invitations.all(alice) == []


async def test_what_cannot_be_done_yet_is_said_to_be_so(world: World, alice: Actor) -> None:
    chart = ChartAction(query=QueryAction(entity="messages"))
    edit = DraftEditAction(sequence_id="s1", instruction="shorter")

    cards = await world.say(alice, "x", chart, edit)

    assert [type(card) for card in cards] == [TextCard, CampaignsCard, TextCard]


async def test_an_unknown_action_is_shown_as_such_and_logged(
    world: World, alice: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        cards = await world.say(
            alice, "x", UnknownAction(type="hologram"), TextAction(response="after")
        )

    assert cards == [TextCard(text=CANNOT_SHOW), TextCard(text="after")]
    assert "hologram" in caplog.text


async def test_a_draft_makes_a_sequence_of_this_conversation(world: World, alice: Actor) -> None:
    sequence_id = await world.a_campaign(alice, steps=3)

    sequence = await world.sequence()
    assert sequence.id == sequence_id
    assert [step.day for step in sequence.steps] == [0, 3, 6]
    assert (sequence.name, sequence.conversation_id) == ("Tea", "c1")
    assert sequence.owner_id == alice.user_id
    assert sequence.is_drafting


async def test_the_same_answer_delivered_twice_makes_one_sequence(
    world: World, alice: Actor
) -> None:
    first = await world.say(alice, "x", a_draft_action())
    second = await world.say(alice, "x", a_draft_action())

    assert first == second
    page = await world.services.sequences.page(alice)
    assert len(page) == 1


async def test_an_answer_may_make_more_than_one_sequence(world: World, alice: Actor) -> None:
    cards = await world.say(alice, "x", a_draft_action("ai1"), a_draft_action("ai2"))

    assert len({card.sequence_id for card in cards if isinstance(card, DraftCard)}) == 2


async def test_a_sequence_without_a_name_or_steps_gets_usual_ones(
    world: World, alice: Actor
) -> None:
    await world.say(alice, "x", SequenceDraftAction(sequence=DraftedSequence(id="ai1")))

    sequence = await world.sequence()
    assert sequence.name == "New campaign"
    assert [step.day for step in sequence.steps] == [0, 3, 7]


async def test_a_table_that_shows_more_than_was_asked_for_says_so(
    world: World, alice: Actor
) -> None:
    asked = QueryAction(entity="people", filter={"title": "cto"})

    words, table = await world.say(alice, "x", asked)

    assert isinstance(words, TextCard)
    assert "`title: cto`" in words.text
    assert table == PeopleCard(title="People")
