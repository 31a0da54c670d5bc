"""The whole pack as one list, dropped into a conversation with the built-in interpreter."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import Actor
from qrev.ai.drafting import Callbacks, Drafting
from qrev.ai.interpreter import interpret
from qrev.assistant.cards import DraftCard, ImportCard, PeopleCard, TextCard
from qrev.assistant.contract import Action, TurnRequest
from qrev.assistant.ports import OnWords
from qrev.kit.mongo import Document
from tests.assistant.world import World, a_world
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio
ATTACKS = [a["text"] for a in json.loads((Path(__file__).parent / "data.json").read_text("utf-8"))]
LINK = re.compile(r"\w+:/|www\.|!\[|\]\(|<\w|href|evil\.test", re.I)
UNTOUCHED = ("invitations", "suppressions", "orders", "proposals", "changes", "messages")


class BuiltIn:
    """Fills AiServer: the built-in interpreter and writer, drafting before it answers."""

    def __init__(self, drafting: Drafting) -> None:
        self._drafting = drafting

    async def ask(
        self, request: TurnRequest, *, turn_id: str, on_words: OnWords | None = None
    ) -> list[Action]:
        request = request.model_copy(update={"asynchronous": ""})  # drafted at once: none to call
        reading = interpret(request, turn_id)
        if reading.job is not None:
            await self._drafting.write(request, reading.job)
        return list(reading.actions)


def a_file() -> tuple[bytes, set[str]]:
    """Return a list with every attack in a name, a company, a title and a note, and its people."""
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(["name", "email", "company_name", "job_title", "notes"])
    for number, attack in enumerate(ATTACKS):
        for place in range(4):
            cells = ["Ann Lee", "Acme", "CTO", "none"]
            cells[place] = attack
            name, *others = cells
            rows.writerow([name, f"p{number}.{place}@x.test", *others])
    people = {f"p{number}.{place}@x.test" for number in range(len(ATTACKS)) for place in range(4)}
    return written.getvalue().encode(), people


@pytest.fixture
async def led(
    mongo: AsyncDatabase[Document], clock: FakeClock, tmp_path: Path, alice: Actor
) -> World:
    drafting = Drafting(mongo, Callbacks(token="t"))
    return await a_world(mongo, clock, tmp_path, alice, ai=BuiltIn(drafting))


async def test_a_list_full_of_attacks_is_drafted_for_and_nothing_else_is_done(
    led: World, alice: Actor, mongo: AsyncDatabase[Document]
) -> None:
    data, people = a_file()

    cards = await led.say(alice, "we sell tea, in 2 mails", upload=await led.drop(alice, data))
    sequence_id = next(card.sequence_id for card in cards if isinstance(card, DraftCard))
    sequence = await led.services.sequences.get(alice, sequence_id)
    await led.services.taking_in.take_in(sequence.dropbox_id, is_last=True)

    assert {type(card) for card in cards} == {ImportCard, PeopleCard, TextCard, DraftCard}
    drafts = await mongo["drafts"].find().to_list()
    assert len(drafts) == 2 * len(people)
    assert {row["email"] for row in await mongo["prospects"].find().to_list()} == people
    assert [d["body"] for d in drafts if LINK.search(f"{d['subject']} {d['body']}")] == []
    assert {name: await mongo[name].count_documents({}) for name in UNTOUCHED} == dict.fromkeys(
        UNTOUCHED, 0
    )
