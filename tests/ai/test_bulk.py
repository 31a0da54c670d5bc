"""Many drafts by a language model: in parallel, resumed, stopped, and never left undone."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.ai.bulk import ENOUGH_TROUBLE, Pen, Stopped
from qrev.ai.drafting import Callbacks, Drafting
from qrev.ai.interpreter import Job
from qrev.ai.llm import OpenAiLlm
from qrev.ai.spending import Budget, Budgets, MongoSpending
from qrev.ai.writer import Brief
from qrev.assistant.contract import (
    MESSAGES_COLLECTION,
    SPENDING_COLLECTION,
    STOPS_COLLECTION,
    MessageRow,
    spending_id,
)
from qrev.kit.mongo import Document
from tests.ai.test_drafting import Backend
from tests.ai.turns import a_turn
from tests.fakes import FakeClock
from tests.llm_server import MODEL, Mock, failing, saying

pytestmark = pytest.mark.anyio
MAIL = {
    "subject": "Tea for Alder",
    "body": "Hi Ann,\n\nwe sell tea to people at Alder.\n\nBest,\nAlice",
    "facts": [
        {"text": "Ann", "column": "name"},
        {"text": "Alder", "column": "company_name"},
        {"text": "Alder", "column": "made_up"},
        {"text": "Series B", "column": "company_name"},
    ],
    "missing": [],
}
PEOPLE = [{"email": f"p{n}@x.test", "name": "Ann Lee", "company_name": "Alder"} for n in range(10)]


def a_job(steps: int = 2) -> Job:
    return Job(
        sequence_id="aiseq_1",
        brief=Brief(offer="our tea", steps=steps, sender_name="Alice"),
        steps=tuple(str(n + 1) for n in range(steps)),
        skipped_domains=(),
        by_model="mention the fair",
    )


class Shop:
    """Drafting with a model, and what came of it."""

    def __init__(self, mongo: AsyncDatabase[Document], llm: OpenAiLlm, clock: FakeClock) -> None:
        self.mongo = mongo
        self.backend = Backend()
        self.llm = llm
        self.budgets = Budgets()
        self._clock = clock

    def drafting(self, *, concurrency: int = 4) -> Drafting:
        spending = MongoSpending(self.mongo, self.budgets, clock=self._clock)
        pen = Pen(llm=self.llm, spending=spending, concurrency=concurrency)
        callbacks = Callbacks(token="t", transport=self.backend.transport(), retry_after=(0,))
        return Drafting(self.mongo, callbacks, pen)

    async def write(self, job: Job | None = None, *, people: int = 10) -> int:
        return await self.drafting().write(a_turn("", rows=PEOPLE[:people]), job or a_job())

    async def rows(self) -> list[MessageRow]:
        found = self.mongo[MESSAGES_COLLECTION].find().sort("_id")
        return [MessageRow.model_validate(d) async for d in found]

    async def until_some(self, count: int) -> None:
        while await self.mongo[MESSAGES_COLLECTION].count_documents({}) < count:
            await asyncio.sleep(0.02)


@pytest.fixture
def shop(mongo: AsyncDatabase[Document], llm: OpenAiLlm, clock: FakeClock) -> Shop:
    return Shop(mongo, llm, clock)


async def test_everyone_gets_every_mail_with_who_wrote_it_and_what_it_cost(
    model: Mock, shop: Shop
) -> None:
    model.answers({"match": {}, "response": {"content": MAIL}})

    written = await shop.write()

    rows = await shop.rows()
    assert written == len(rows) == 20
    assert {(row.model, row.prompt) for row in rows} == {(MODEL, "draft-2")}
    assert all(row.dollars > 0 for row in rows)
    spent = await shop.mongo[SPENDING_COLLECTION].find_one(
        {"_id": spending_id("acme", "2026-03", "alice")}
    )
    assert spent is not None
    assert spent["dollars"] == pytest.approx(sum(row.dollars for row in rows))


async def test_a_link_that_nobody_asked_for_is_cut_out_and_blocks(model: Mock, shop: Shop) -> None:
    body = "Hello,\n\nsee https://evil.test/x and https://acme.test/tea.\n\nBest,\nAlice"
    model.answers({"match": {}, "response": {"content": {**MAIL, "body": body}}})

    await shop.write(replace(a_job(1), by_model="link to https://acme.test/tea."), people=1)

    (row,) = await shop.rows()
    assert row.body == "Hello,\n\nsee  and https://acme.test/tea.\n\nBest,\nAlice"
    assert "link" in row.missing


async def test_only_facts_that_stand_in_the_cell_are_kept(model: Mock, shop: Shop) -> None:
    model.answers({"match": {}, "response": {"content": MAIL}})

    await shop.write(a_job(1), people=1)

    (row,) = await shop.rows()
    assert [(f.text, f.source) for f in row.facts] == [
        ("Ann", "csv:name"),
        ("Alder", "csv:company_name"),
    ]


async def test_a_later_mail_is_told_the_earlier_ones_and_the_members_wishes(
    model: Mock, shop: Shop
) -> None:
    model.answers({"match": {}, "response": {"content": MAIL}})

    await shop.write(people=1)

    first, second = model.asked()
    assert "mention the fair" in first["messages"][0]["content"]
    assert '"earlier_mails": []' in first["messages"][1]["content"]
    assert "we sell tea to people at Alder" in second["messages"][1]["content"]


async def test_several_are_asked_for_at_a_time(model: Mock, shop: Shop) -> None:
    model.answers({"match": {}, "response": {"content": MAIL}, "latency": 200})
    began = time.monotonic()

    await shop.write(a_job(1), people=8)

    assert time.monotonic() - began < 8 * 0.2


async def test_a_job_that_is_taken_up_again_asks_only_for_what_is_not_there(
    model: Mock, shop: Shop
) -> None:
    model.answers({"match": {}, "response": {"content": MAIL}})
    await shop.write()
    await shop.mongo[MESSAGES_COLLECTION].delete_many(
        {"email": {"$in": ["p1@x.test", "p7@x.test"]}}
    )
    model.answers({"match": {}, "response": {"content": MAIL}})

    written = await shop.write()

    assert written == len(await shop.rows()) == 20
    assert len(model.asked()) == 4


async def test_what_was_written_before_the_process_died_is_there(model: Mock, shop: Shop) -> None:
    model.answers({"match": {}, "response": {"content": MAIL}, "chaos": {"latencyMs": 150}})
    task = asyncio.create_task(shop.write())
    await shop.until_some(1)
    assert [c for c in shop.backend.heard if c.type == "prospects_ready"]

    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert 0 < len(await shop.rows()) < 20


async def test_a_stop_is_heard_at_once(model: Mock, shop: Shop) -> None:
    model.answers({"match": {}, "response": {"content": MAIL}, "chaos": {"latencyMs": 3000}})
    task = asyncio.create_task(shop.write())
    await asyncio.sleep(0.3)
    began = time.monotonic()

    await shop.mongo[STOPS_COLLECTION].insert_one({"_id": "aiseq_1"})
    with pytest.raises(Stopped):
        await task

    assert time.monotonic() - began < 1.5


async def test_our_own_writer_stops_as_well(shop: Shop) -> None:
    await shop.mongo[STOPS_COLLECTION].insert_one({"_id": "aiseq_1"})
    callbacks = Callbacks(token="t", transport=shop.backend.transport())

    with pytest.raises(Stopped):
        await Drafting(shop.mongo, callbacks).write(a_turn("", rows=PEOPLE), a_job())

    assert await shop.rows() == []


async def test_a_mail_the_model_fails_at_is_written_by_our_own_writer(
    model: Mock, shop: Shop
) -> None:
    model.answers(
        failing(400, userMessage="p3@x.test"), {"match": {}, "response": {"content": MAIL}}
    )

    await shop.write(a_job(1))

    by = {row.email: row.model for row in await shop.rows()}
    assert len(by) == 10
    assert [email for email, model in by.items() if not model] == ["p3@x.test"]


async def test_words_in_the_wrong_form_are_asked_for_once_more_and_paid_twice(
    model: Mock, shop: Shop
) -> None:
    good = {"match": {"userMessage": "That was not in the form"}, "response": {"content": MAIL}}
    model.answers(good, saying("Dear Ann, ..."))

    await shop.write(a_job(1), people=1)

    (row,) = await shop.rows()
    assert row.model == MODEL
    assert len(model.asked()) == 2


async def test_a_model_that_is_down_is_not_asked_for_ever(model: Mock, shop: Shop) -> None:
    model.answers(failing(400))

    written = await shop.write()

    assert written == 20
    assert {row.model for row in await shop.rows()} == {""}
    assert len(model.asked()) <= ENOUGH_TROUBLE + 4


async def test_a_budget_that_runs_out_half_way_leaves_nobody_without_a_mail(
    model: Mock, shop: Shop
) -> None:
    shop.budgets = Budgets(account=Budget(tokens=1))
    model.answers({"match": {}, "response": {"content": MAIL}, "chaos": {"latencyMs": 250}})

    written = await shop.write()

    models = [row.model for row in await shop.rows()]
    assert written == len(models) == 20
    assert 0 < models.count(MODEL) < 20


async def test_too_many_requests_only_cost_time(model: Mock, shop: Shop) -> None:
    model.answers(
        failing(429, retry_after=1, sequenceIndex=0), {"match": {}, "response": {"content": MAIL}}
    )

    await shop.write(a_job(1), people=4)

    assert {row.model for row in await shop.rows()} == {MODEL}
