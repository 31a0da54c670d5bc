"""A turn: words and a list in, cards out."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import Actor
from qrev.ai.drafting import Callbacks, Drafting
from qrev.ai.jobs import MongoJobs
from qrev.ai.main import AiServer, build_app
from qrev.assistant.cards import (
    CampaignsCard,
    DraftCard,
    ImportCard,
    OutboxCard,
    PeopleCard,
    QuestionCard,
    TextCard,
)
from qrev.assistant.client import AiClient
from qrev.assistant.contract import (
    UPLOADS_COLLECTION,
    Callback,
    ProspectRow,
    QuestionAction,
    TextAction,
    UploadSummary,
)
from qrev.assistant.conversation import LINES_TOLD, MAX_TOLD, MAX_WORDS, NOTHING_SAID
from qrev.crm.imports import ImportState
from qrev.kit.errors import InvalidInput, NotAllowed, NotFound, Unavailable
from qrev.kit.mongo import Document
from tests.assistant.world import (
    CSV,
    PEOPLE,
    SAMPLE,
    World,
    a_draft_action,
    a_world,
    messages_of,
    people_of,
)
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio
HELLO = TextAction(response="hello")


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("/campaigns", CampaignsCard),
        (" /OUTBOX ", OutboxCard),
        ("/people", PeopleCard),
        ("/help", TextCard),
    ],
)
async def test_a_command_needs_no_ai_server(
    world: World, alice: Actor, words: str, kind: type
) -> None:
    (card,) = await world.say(alice, words)

    assert isinstance(card, kind)
    assert world.ai.asked == {}


async def test_an_unknown_command_is_asked_of_the_ai_server(world: World, alice: Actor) -> None:
    assert await world.say(alice, "/dance", HELLO) == [TextCard(text="hello")]


async def test_a_dropped_list_is_shown_before_the_answer(world: World, alice: Actor) -> None:
    upload = await world.drop(alice, SAMPLE, "sample.csv")

    cards = await world.say(alice, "sell tea", HELLO, upload=upload)

    summary, people, answer = cards
    assert isinstance(summary, ImportCard)
    made = await world.services.importing.get(alice, summary.import_id)
    assert (made.state, made.tally.new, made.tally.refused) == (ImportState.DONE, 12, 0)
    assert people == PeopleCard(title="sample.csv", upload_id=upload.id)
    assert answer == TextCard(text="hello")


async def test_a_list_with_something_to_decide_waits_and_the_wish_with_it(
    world: World, alice: Actor
) -> None:
    upload = await world.drop(alice, CSV + b"Nobody,not-an-address,X\nMaria,MARIA@x.test,Y\n")

    (card,) = await world.say(alice, "sell tea", upload=upload)

    assert isinstance(card, ImportCard)
    assert world.ai.asked == {}
    world.ai.answers.append([HELLO])
    made = await world.services.importing.get(alice, card.import_id)
    await world.services.importing.confirm(alice, made.id, made.version)
    cards = [each async for each in world.services.conversation.bring_in(alice, made.id)]
    assert cards == [
        PeopleCard(title="people.csv", upload_id=upload.id),
        TextCard(text="hello"),
    ]
    (request,) = world.ai.asked.values()
    assert request.query == "sell tea"
    assert isinstance(request.uploaded_data, list)
    assert [row["email"] for row in request.uploaded_data] == list(PEOPLE)


async def test_a_wish_is_answered_once_however_often_the_list_is_worked_on(
    world: World, alice: Actor
) -> None:
    upload = await world.drop(alice, CSV + b"Info,info@x.test,Y\n")
    (card,) = await world.say(alice, "sell tea", upload=upload)
    assert isinstance(card, ImportCard)
    made = await world.services.importing.get(alice, card.import_id)
    await world.services.importing.confirm(alice, made.id, made.version)
    world.ai.answers.append([HELLO])

    first = [each async for each in world.services.conversation.bring_in(alice, made.id)]
    second = [each async for each in world.services.conversation.bring_in(alice, made.id)]

    assert (len(first), second) == (2, [])


async def test_a_list_of_nobody_says_why(world: World, alice: Actor) -> None:
    upload = await world.drop(alice, b"email\nnonsense\n")

    with pytest.raises(InvalidInput, match="Line 2"):
        await world.say(alice, "x", upload=upload)


async def test_a_command_beside_a_list_does_not_lose_the_list(world: World, alice: Actor) -> None:
    upload = await world.drop(alice)

    cards = await world.say(alice, "/campaigns", HELLO, upload=upload)

    assert isinstance(cards[0], ImportCard)


async def test_the_ai_server_is_told_where_we_are(world: World, alice: Actor) -> None:
    upload = await world.drop(alice)
    await world.say(alice, "sell tea", HELLO, upload=upload)

    (request,) = world.ai.asked.values()
    assert request.query == "sell tea"
    assert (request.company_id, request.user_id) == (alice.account_id, alice.user_id)
    assert request.asynchronous.endswith("/api/campaign/update_sequence_messages")
    assert request.sender_company.name == "Acme Ltd"
    assert (request.sender_person.name, request.sender_person.email) == (alice.name, alice.email)
    assert isinstance(request.uploaded_data, list)
    assert [row["email"] for row in request.uploaded_data] == list(PEOPLE)
    assert request.uploaded_data[0]["company_name"] == "Solarex"
    assert request.token is None


async def test_a_sequence_that_is_named_twice_is_made_and_shown_once(
    world: World, alice: Actor
) -> None:
    first, other = a_draft_action("ai1"), a_draft_action("ai2", name="Coffee")

    cards = await world.say(alice, "sell tea", first, first, other, upload=await world.drop(alice))

    assert len([card for card in cards if isinstance(card, DraftCard)]) == 2


async def test_columns_we_have_no_name_for_are_sent_beside_ours(world: World, alice: Actor) -> None:
    data = b"Email,Name,Shoe size,email address 2\na@x.test,Ann Lee,39,zz\n"
    upload = await world.drop(alice, data)
    await world.say(alice, "x", HELLO, upload=upload)

    (request,) = world.ai.asked.values()
    assert isinstance(request.uploaded_data, list)
    assert request.uploaded_data[0]["Shoe size"] == "39"
    assert request.uploaded_data[0]["email"] == "a@x.test"


async def test_a_big_list_is_laid_into_the_drop_box_and_sent_by_its_id(
    world: World, alice: Actor
) -> None:
    rows = "".join(f"Ann Lee,p{n}@x.test\n" for n in range(501))
    upload = await world.drop(alice, f"name,email\n{rows}".encode())
    await world.say(alice, "x", HELLO, upload=upload)
    await world.say(alice, "y", HELLO)

    first, second = world.ai.asked.values()
    assert isinstance(first.uploaded_data, UploadSummary)
    assert (first.uploaded_data.count, len(first.uploaded_data.sample)) == (501, 20)
    assert second.uploaded_data == first.uploaded_data
    laid = await world.mongo[UPLOADS_COLLECTION].find().sort("_id").to_list()
    assert [d["row"]["email"] for d in laid] == [f"p{n}@x.test" for n in range(501)]
    assert {d["upload_id"] for d in laid} == {first.uploaded_data.upload_id}


async def test_the_list_is_remembered_until_a_sequence_is_made_of_it(
    world: World, alice: Actor
) -> None:
    upload = await world.drop(alice)
    await world.say(alice, "a", QuestionAction(response="What?"), upload=upload)
    await world.say(alice, "tea", a_draft_action())
    await world.say(alice, "thanks", HELLO)

    first, second, third = world.ai.asked.values()
    assert first.uploaded_data is not None
    assert second.uploaded_data == first.uploaded_data
    assert third.uploaded_data is None
    assert (await world.sequence()).upload_id == upload.id


async def test_a_sequence_that_could_not_be_made_does_not_cost_the_list(
    world: World, alice: Actor, mallory: Actor
) -> None:
    await world.say(mallory, "x", a_draft_action("ai1"), conversation_id="theirs")
    upload = await world.drop(alice)
    cards = await world.say(alice, "x", a_draft_action("ai1"), HELLO, upload=upload)
    await world.say(alice, "y", HELLO)

    assert not any(isinstance(card, DraftCard) for card in cards)
    assert cards[-1] == TextCard(text="hello")
    assert list(world.ai.asked.values())[-1].uploaded_data is not None


async def test_an_action_that_fails_costs_no_other(world: World, victor: Actor) -> None:
    first, refused, last = await world.say(victor, "x", HELLO, a_draft_action(), HELLO)

    assert first == last == TextCard(text="hello")
    assert isinstance(refused, TextCard)
    assert "look, not change" in refused.text
    assert await world.services.sequences.page(victor) == []


async def test_who_may_only_look_brings_in_nobody(
    world: World, alice: Actor, victor: Actor
) -> None:
    upload = await world.drop(alice)

    with pytest.raises(NotAllowed):
        await world.say(victor, "x", HELLO, upload=upload)

    assert world.ai.asked == {}


async def test_another_accounts_list_cannot_be_used(
    world: World, alice: Actor, mallory: Actor
) -> None:
    upload = await world.drop(alice)

    with pytest.raises(NotFound):
        await world.say(mallory, "x", HELLO, upload=upload)


async def test_no_answer_at_all_is_an_apology(world: World, alice: Actor) -> None:
    world.ai.answers.append([])

    assert await world.say(alice, "x") == [TextCard(text=NOTHING_SAID)]


async def test_a_server_that_is_down_loses_neither_the_list_nor_the_words(
    world: World, alice: Actor
) -> None:
    upload = await world.drop(alice)
    with pytest.raises(Unavailable):
        await world.say(alice, "sell tea", upload=upload, turn_id="t1")

    cards = await world.say(alice, "sell tea", a_draft_action(), turn_id="t1")

    assert isinstance(cards[-1], DraftCard)
    assert (await world.sequence()).upload_id == upload.id


async def test_what_was_said_is_told_the_next_time(world: World, alice: Actor) -> None:
    await world.say(alice, "first", HELLO, QuestionAction(response="Which?"))
    await world.say(alice, "second", a_draft_action())
    await world.say(alice, "third", HELLO)

    *_, last = world.ai.asked.values()
    assert [(m.role, m.content) for m in last.conversation.messages] == [
        ("user", "first"),
        ("assistant", "hello\nWhich?"),
        ("user", "second"),
        ("assistant", "(shown as a card)"),
        ("user", "third"),
    ]


async def test_long_conversations_are_told_by_their_end_and_long_lines_by_their_beginning(
    world: World, alice: Actor
) -> None:
    for number in range(LINES_TOLD):
        await world.say(alice, f"{number} " + "x" * 5000, HELLO)

    *_, last = world.ai.asked.values()
    *told, query = last.conversation.messages
    assert len(told) == LINES_TOLD
    assert all(len(m.content) <= MAX_TOLD for m in told)
    assert query.content.startswith("19 ")


async def test_another_conversation_and_another_account_are_told_nothing(
    world: World, alice: Actor, mallory: Actor
) -> None:
    await world.say(alice, "secret", HELLO)
    await world.say(alice, "x", HELLO, conversation_id="c2")
    await world.say(mallory, "y", HELLO)

    *_, other, foreign = world.ai.asked.values()
    assert [m.content for m in other.conversation.messages] == ["x"]
    assert [m.content for m in foreign.conversation.messages] == ["y"]


async def test_too_many_words_are_refused_with_a_way_out(world: World, alice: Actor) -> None:
    with pytest.raises(InvalidInput, match="CSV"):
        await world.say(alice, "x" * (MAX_WORDS + 1), HELLO)

    assert world.ai.asked == {}


async def test_drafts_that_are_there_already_come_with_the_answer(
    world: World, alice: Actor
) -> None:
    await world.lay_prospects(*people_of())
    await world.lay_messages(*messages_of())

    await world.a_campaign(alice)

    sequence = await world.sequence()
    assert sequence.people == 2
    assert (await world.services.sequences.progress(sequence)).ready == 4


async def test_people_the_ai_server_finds_by_itself_become_known(
    world: World, alice: Actor
) -> None:
    await world.lay_prospects(ProspectRow(sequence_id="ai1", email="New@x.test", name="New One"))
    await world.say(alice, "find me someone", a_draft_action())

    page = await world.services.people.page(alice)
    assert [(p.email, p.source) for p in page.people] == [("new@x.test", "assistant")]


async def test_the_built_in_ai_server_and_the_backend_understand_each_other(
    mongo: AsyncDatabase[Document], clock: FakeClock, tmp_path: Path, alice: Actor
) -> None:
    """The whole way: list, question, answer, drafts, callback, ready to send."""

    async def heard(request: httpx.Request) -> httpx.Response:
        callback = Callback.model_validate_json(request.content)
        await world.services.taking_in.take_in(
            callback.sequence_id,
            are_people_complete=callback.type == "prospects_ready",
            is_last=callback.type == "messages_ready",
        )
        return httpx.Response(200)

    callbacks = Callbacks(token="t", transport=httpx.MockTransport(heard), retry_after=())
    server = AiServer(Drafting(mongo, callbacks), MongoJobs(mongo))
    transport = httpx.ASGITransport(build_app(server, "t"))
    client = AiClient("http://ai.test/turns", "t", transport=transport)
    world = await a_world(mongo, clock, tmp_path, alice, ai=client)
    upload = await world.drop(alice, SAMPLE, "sample.csv")

    asked = await world.say(alice, "Write to these people in 2 mails, formal", upload=upload)
    answered = await world.say(alice, "our demand forecasting tool")
    await server.close()
    await client.close()

    assert isinstance(asked[-1], QuestionCard)
    card = answered[-1]
    assert isinstance(card, DraftCard)
    sequence = await world.services.sequences.get(alice, card.sequence_id)
    counts = await world.services.sequences.progress(sequence)
    assert (sequence.people, len(sequence.steps), sequence.is_drafting) == (12, 2, False)
    assert (counts.ready, counts.failed, counts.missing) == (24, 0, 2)
    assert "24 drafts for 12 people are ready" in (await world.said_later())[0]
