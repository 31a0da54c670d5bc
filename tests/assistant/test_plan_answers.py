"""Questions about a plan in the chat: answered in words, and with the mails they are about."""

from __future__ import annotations

import pytest

from qrev.accounts.models import Actor
from qrev.assistant.cards import TableCard, TextCard
from qrev.assistant.contract import QueryAction
from tests.assistant.asking import a_plan
from tests.assistant.world import World

pytestmark = pytest.mark.anyio


def a_question(question: str, **asked: str | int) -> QueryAction:
    return QueryAction(entity="plan", filter={"question": question, **asked})


async def test_who_gets_mail_on_a_day_is_a_sentence_and_a_table(world: World, alice: Actor) -> None:
    await a_plan(world, alice)

    words, table = await world.say(alice, "x", a_question("who_on", day="friday"))

    assert isinstance(words, TextCard)
    assert words.text == "1 mail to 1 person leaves on Friday 6 March 2026."
    assert isinstance(table, TableCard)
    assert table.title == "Mails, in UTC"
    (leaves, name, email, mail, mailbox, local, why) = table.rows[0]
    assert leaves.startswith("Fri 6 Mar")
    assert (mail, mailbox) == ("2", alice.email)
    assert email in ("maria@x.test", "james@x.test")
    assert name
    assert local.endswith("UTC")
    assert why.startswith("day 3 after the first mail")


async def test_a_what_if_is_words_alone(world: World, alice: Actor) -> None:
    await a_plan(world, alice)

    (words,) = await world.say(alice, "x", a_question("with_cap", cap=40))

    assert isinstance(words, TextCard)
    assert words.text.startswith("With 40 mails a day for each mailbox the last of 4 would leave")


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (a_question("with_cap", cap=400), "1 to 50"),
        (a_question("who_on", day="whenever"), "which day"),
        (a_question("why", person="Zoe"), "Nobody called"),
        (a_question("made up"), "did not understand"),
        (a_question("last", cap="many"), "did not understand"),
    ],
)
async def test_what_cannot_be_answered_says_what_to_ask(
    world: World, alice: Actor, action: QueryAction, said: str
) -> None:
    await a_plan(world, alice)

    (words,) = await world.say(alice, "x", action)

    assert isinstance(words, TextCard)
    assert said in words.text


async def test_who_may_only_look_may_ask(world: World, alice: Actor, victor: Actor) -> None:
    await a_plan(world, alice)

    words, _ = await world.say(victor, "x", a_question("last"))

    assert isinstance(words, TextCard)
    assert words.text.startswith("The last mail leaves on")
