"""The AI server as its callers see it, over HTTP without a socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.ai.drafting import Callbacks, Drafting
from qrev.ai.interpreter import Job
from qrev.ai.jobs import INDEXES, JobState, MongoJobs
from qrev.ai.llm import OpenAiLlm
from qrev.ai.lookups import LookUps
from qrev.ai.main import MAX_BODY, MAX_STARTS, AiServer, build_app
from qrev.ai.spending import Budgets, MongoSpending
from qrev.ai.thinking import Thinking
from qrev.assistant.contract import (
    MESSAGES_COLLECTION,
    Answer,
    TurnRequest,
)
from qrev.kit.mongo import Document, ensure_indexes
from tests.ai.test_drafting import Backend
from tests.ai.turns import SAMPLE, a_turn

pytestmark = pytest.mark.anyio
TOKEN = "secret-token"
RIGHT = {"Authorization": f"Bearer {TOKEN}"}
OFFER = "We sell tea, in 2 mails"


class House:
    """An AI server on a database, with a backend to call. `restart` is what a crash leaves."""

    def __init__(self, mongo: AsyncDatabase[Document], *answers: int | Exception) -> None:
        self.mongo = mongo
        self.backend = Backend(*answers)
        self.jobs = MongoJobs(mongo)
        self.server = self.a_server()

    def a_server(self, drafting: Drafting | None = None, llm: OpenAiLlm | None = None) -> AiServer:
        callbacks = Callbacks(
            token=TOKEN, transport=self.backend.transport(), retry_after=(0, 0, 0)
        )
        spending = MongoSpending(self.mongo, Budgets())
        return AiServer(
            drafting or Drafting(self.mongo, callbacks),
            self.jobs,
            thinking=None if llm is None else Thinking(llm, spending, LookUps(TOKEN)),
            retry_after=(0, 0),
        )

    @asynccontextmanager
    async def client(self, server: AiServer | None = None) -> AsyncIterator[httpx.AsyncClient]:
        app = build_app(server or self.server, TOKEN)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://ai.test"
        ) as client:
            yield client

    async def states(self) -> list[str]:
        return [d["state"] async for d in self.mongo[INDEXES.collection].find()]

    async def drafts(self) -> int:
        return await self.mongo[MESSAGES_COLLECTION].count_documents({})


@pytest.fixture
async def house(mongo: AsyncDatabase[Document]) -> AsyncIterator[House]:
    await ensure_indexes(mongo, [INDEXES])
    house = House(mongo)
    yield house
    await house.server.close()


class Dying(Drafting):
    """A process that dies while it writes: nothing after this happens."""

    def __init__(self, mongo: AsyncDatabase[Document]) -> None:
        super().__init__(mongo, Callbacks(token=TOKEN))

    async def write(self, turn: TurnRequest, job: Job) -> int:
        await super().write(
            turn.model_copy(update={"uploaded_data": SAMPLE[:5], "asynchronous": ""}), job
        )
        raise asyncio.CancelledError


def body(turn: TurnRequest) -> dict[str, Any]:
    return turn.model_dump(mode="json", exclude_none=True)


async def test_health_needs_no_token(house: House) -> None:
    async with house.client() as client:
        answer = await client.get("/health")

    assert answer.json() == {"status": "ok"}


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Bearer {TOKEN}x"}]
)
async def test_a_wrong_token_is_refused_before_anything_is_read(
    house: House, headers: dict[str, str]
) -> None:
    async with house.client() as client:
        answer = await client.post("/turns", headers=headers, content=b"not json")

    assert answer.status_code == 401
    assert answer.json()["detail"] == "The token is missing or wrong."


async def test_a_server_without_a_token_lets_nobody_in(house: House) -> None:
    app = build_app(house.server, "")
    transport = httpx.ASGITransport(app)

    async with httpx.AsyncClient(transport=transport, base_url="http://ai.test") as client:
        answer = await client.post("/turns", json=body(a_turn("help")))

    assert answer.status_code == 401


async def test_a_body_over_ten_megabytes_is_refused(house: House) -> None:
    async with house.client() as client:
        answer = await client.post("/turns", headers=RIGHT, content=b"x" * (MAX_BODY + 1))

    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"<html>", "Invalid JSON"),
        (b"[]", ""),
        (b'{"query": "x"}', "company_id"),
        (json.dumps(body(a_turn("x")) | {"query": 7}).encode(), "query"),
        (json.dumps(body(a_turn("x")) | {"conversation": {}}).encode(), "conversation"),
        (json.dumps(body(a_turn("x")) | {"query": "x" * 60_000}).encode(), "query"),
        (json.dumps(body(a_turn("x")) | {"query": "\ud800"}).encode(), ""),
    ],
)
async def test_a_turn_that_cannot_be_read_is_refused_by_name(
    house: House, content: bytes, named: str
) -> None:
    async with house.client() as client:
        answer = await client.post("/turns", headers=RIGHT, content=content)

    assert answer.status_code == 422
    assert named in answer.json()["detail"]


async def test_a_turn_is_answered_and_its_drafts_follow(house: House) -> None:
    async with house.client() as client:
        answer = await client.post(
            "/turns",
            headers=RIGHT | {"Idempotency-Key": "t1"},
            json=body(a_turn(OFFER, rows=SAMPLE)),
        )
    await house.server.close()

    actions = Answer.model_validate(answer.json()).actions
    assert [action.type for action in actions] == ["text", "email_sequence_draft"]
    assert await house.drafts() == 24
    assert house.backend.heard[-1].type == "messages_ready"
    assert await house.states() == ["done"]


async def test_the_same_key_gets_the_same_answer_and_one_job(house: House) -> None:
    turn = body(a_turn(OFFER, rows=SAMPLE))
    async with house.client() as client:
        answers = [
            await client.post("/turns", headers=RIGHT | {"Idempotency-Key": "t1"}, json=turn)
            for _ in range(3)
        ]
    await house.server.close()

    assert answers[0].json() == answers[1].json() == answers[2].json()
    assert [c.type for c in house.backend.heard].count("messages_ready") == 1
    assert await house.drafts() == 24


async def test_a_key_of_another_account_is_another_turn(house: House) -> None:
    async with house.client() as client:
        first, second = [
            await client.post(
                "/turns",
                headers=RIGHT | {"Idempotency-Key": "t1"},
                json=body(a_turn(OFFER, rows=SAMPLE[:1], account_id=account)),
            )
            for account in ("acme", "other")
        ]
    await house.server.close()

    assert first.json() != second.json()
    assert len(await house.states()) == 2


async def test_without_a_key_the_body_is_the_key(house: House) -> None:
    turn = body(a_turn(OFFER, rows=SAMPLE[:1]))
    async with house.client() as client:
        first, second = [await client.post("/turns", headers=RIGHT, json=turn) for _ in range(2)]
    await house.server.close()

    assert first.json() == second.json()
    assert len(await house.states()) == 1


async def test_the_contract_is_published(house: House) -> None:
    async with house.client() as client:
        document = (await client.get("/openapi.json")).json()

    turns, schemas = document["paths"]["/turns"]["post"], document["components"]["schemas"]
    asked = turns["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    answered = turns["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    assert asked == "#/components/schemas/TurnRequest"
    assert answered == "#/components/schemas/Answer"
    assert {"query", "company_id", "conversation", "uploaded_data"} <= set(
        schemas["TurnRequest"]["properties"]
    )
    assert {"Callback", "ProspectRow", "MessageRow", "UploadSummary"} <= set(schemas)
    assert {"401", "413", "422"} <= set(turns["responses"])
    text = json.dumps(document)
    for name in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in schemas


async def test_what_a_dead_process_left_half_done_is_finished_at_the_next_start(
    house: House,
) -> None:
    dying = house.a_server(Dying(house.mongo))
    await dying.answer(a_turn(OFFER, rows=SAMPLE), "t1")
    await dying.close()
    assert 0 < await house.drafts() < 24
    assert await house.states() == ["writing"]

    resumed = await house.server.resume()
    await house.server.close()

    assert resumed == 1
    assert await house.drafts() == 24
    assert [c.type for c in house.backend.heard if c.type == "messages_ready"]
    assert await house.states() == ["done"]


async def test_a_turn_asked_again_after_the_crash_gets_the_same_answer(house: House) -> None:
    dying = house.a_server(Dying(house.mongo))
    first = await dying.answer(a_turn(OFFER, rows=SAMPLE), "t1")
    await dying.close()

    again = await house.server.answer(a_turn(OFFER, rows=SAMPLE), "t1")
    await house.server.close()

    assert again == first
    assert await house.drafts() == 24
    assert await house.states() == ["done"]


async def test_what_is_done_is_not_done_again(house: House) -> None:
    await house.server.answer(a_turn(OFFER, rows=SAMPLE), "t1")
    await house.server.close()
    calls = len(house.backend.requests)
    other = house.a_server()

    await other.answer(a_turn(OFFER, rows=SAMPLE), "t1")
    assert await other.resume() == 0
    await other.close()

    assert len(house.backend.requests) == calls


async def test_what_is_over_keeps_nobodys_rows(house: House) -> None:
    await house.server.answer(a_turn(OFFER, rows=SAMPLE), "t1")
    await house.server.close()

    kept = json.dumps(await house.mongo[INDEXES.collection].find_one(), default=str)
    assert "solarex" not in kept
    assert "tea" not in kept


async def test_a_token_in_the_body_is_never_kept(house: House) -> None:
    dying = house.a_server(Dying(house.mongo))
    turn = a_turn(OFFER, rows=SAMPLE).model_copy(update={"token": TOKEN})
    await dying.answer(turn, "t1")
    await dying.close()

    kept = json.dumps(await house.mongo[INDEXES.collection].find_one(), default=str)
    assert "solarex" in kept
    assert TOKEN not in kept


async def test_an_end_nobody_heard_is_told_at_the_next_start_without_writing_again(
    mongo: AsyncDatabase[Document],
) -> None:
    house = House(mongo, *(503 for _ in range(40)))
    await house.server.answer(a_turn(OFFER, rows=SAMPLE), "t1")
    await house.server.close()
    assert await house.states() == ["telling"]
    await mongo[MESSAGES_COLLECTION].delete_many({})
    house.backend.answers.clear()
    other = house.a_server()

    await other.resume()
    await other.close()

    assert [(c.type, c.done) for c in house.backend.heard] == [("messages_ready", 24)]
    assert await house.drafts() == 0
    assert await house.states() == ["done"]


async def test_a_job_that_keeps_bringing_processes_down_is_given_up_and_said_to_have_failed(
    house: House,
) -> None:
    for start in range(MAX_STARTS):
        dying = house.a_server(Dying(house.mongo))
        if start == 0:
            await dying.answer(a_turn(OFFER, rows=SAMPLE), "t1")
        else:
            await dying.resume()
        await dying.close()

    await house.server.resume()
    await house.server.close()

    assert await house.states() == [JobState.GIVEN_UP.value]
    assert [c.type for c in house.backend.heard] == ["messages_failed"]
    assert await house.jobs.unfinished() == []


async def test_closing_does_not_wait_for_a_job_that_waits_to_be_tried_again(
    mongo: AsyncDatabase[Document],
) -> None:
    house = House(mongo, *(503 for _ in range(40)))
    callbacks = Callbacks(token=TOKEN, transport=house.backend.transport(), retry_after=())
    server = AiServer(Drafting(mongo, callbacks), house.jobs, retry_after=(3600,))
    await server.answer(a_turn(OFFER, rows=SAMPLE[:1]), "t1")

    await asyncio.wait_for(server.close(), 5)

    assert await house.states() == ["telling"]


async def test_a_turn_without_drafts_leaves_no_job(house: House) -> None:
    await house.server.answer(a_turn("show my people", rows=SAMPLE), "t1")

    assert await house.states() == []
