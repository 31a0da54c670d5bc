"""Drafts into a real drop box, and the calls back to a backend that may be having a bad day."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.ai.choosing import Whom
from qrev.ai.drafting import Callbacks, Drafting
from qrev.ai.interpreter import Job
from qrev.ai.jobs import MongoJobs
from qrev.ai.writer import Brief
from qrev.assistant.contract import (
    MESSAGES_COLLECTION,
    PROSPECTS_COLLECTION,
    UPLOADS_COLLECTION,
    Callback,
    MessageRow,
    ProspectRow,
    UploadSummary,
)
from qrev.kit.mongo import Document
from tests.ai.turns import CALLBACK, SAMPLE, a_turn

pytestmark = pytest.mark.anyio
TOKEN = "secret-token"


def a_job(*, steps: int = 3, skipped: tuple[str, ...] = ()) -> Job:
    return Job(
        sequence_id="aiseq_1",
        brief=Brief(offer="our tool", steps=steps, sender_name="Alice"),
        steps=tuple(str(n + 1) for n in range(steps)),
        skipped_domains=skipped,
    )


class Backend:
    """Hears callbacks. `answers` are what it says to the first ones; afterwards it is well."""

    def __init__(self, *answers: int | Exception) -> None:
        self.answers = list(answers)
        self.heard: list[Callback] = []
        self.requests: list[httpx.Request] = []

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._take)

    def _take(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, Exception):
            raise answer
        if answer == 200:
            self.heard.append(Callback.model_validate(json.loads(request.content)))
        return httpx.Response(answer)


@pytest.fixture
def backend() -> Backend:
    return Backend()


@pytest.fixture
def drafting(mongo: AsyncDatabase[Document], backend: Backend) -> Callable[..., Drafting]:
    def with_backend(other: Backend | None = None) -> Drafting:
        callbacks = Callbacks(
            token=TOKEN, transport=(other or backend).transport(), retry_after=(0, 0, 0)
        )
        return Drafting(mongo, callbacks)

    return with_backend


async def test_every_person_gets_every_step(
    mongo: AsyncDatabase[Document], drafting: Callable[..., Drafting]
) -> None:
    written = await drafting().write(a_turn("", rows=SAMPLE), a_job())

    people = await mongo[PROSPECTS_COLLECTION].find().to_list()
    drafts = await mongo[MESSAGES_COLLECTION].find().to_list()
    assert written == len(drafts) == 36
    assert {p["email"] for p in people} == {row["email"] for row in SAMPLE}
    assert {(d["email"], d["step"]) for d in drafts} == {
        (row["email"], step) for row in SAMPLE for step in (1, 2, 3)
    }


async def test_what_is_written_keeps_the_contract(
    mongo: AsyncDatabase[Document], drafting: Callable[..., Drafting]
) -> None:
    await drafting().write(a_turn("", rows=SAMPLE[:1]), a_job(steps=1))

    draft = await mongo[MESSAGES_COLLECTION].find_one()
    person = await mongo[PROSPECTS_COLLECTION].find_one()
    assert draft is not None
    assert person is not None
    row = MessageRow.model_validate(draft)
    assert draft["_id"] == row.id == "aiseq_1:maria.gomez@solarex.test:1"
    assert (row.step_id, row.step, row.status, row.missing) == ("1", 1, "ready", [])
    assert {fact.text for fact in row.facts} == {"Maria", "Solarex Energy", "Head of Sales"}
    assert person["_id"] == ProspectRow.model_validate(person).id
    assert person["job_title"] == "Head of Sales"


async def test_drafting_twice_or_again_after_half_of_it_changes_nothing(
    mongo: AsyncDatabase[Document], drafting: Callable[..., Drafting]
) -> None:
    await drafting().write(a_turn("", rows=SAMPLE), a_job())
    before = await mongo[MESSAGES_COLLECTION].find().sort("_id").to_list()
    await mongo[MESSAGES_COLLECTION].delete_many({"step": 2})
    await mongo[MESSAGES_COLLECTION].update_many({}, {"$set": {"taken": True}})

    await drafting().write(a_turn("", rows=SAMPLE), a_job())

    after = await mongo[MESSAGES_COLLECTION].find().sort("_id").to_list()
    assert [d | {"taken": 0} for d in after] == [d | {"taken": 0} for d in before]
    # What the backend has taken in is not offered to it again.
    assert sum(d.get("taken") is True for d in after) == 24


async def test_a_big_list_is_read_from_the_drop_box(
    mongo: AsyncDatabase[Document], drafting: Callable[..., Drafting], backend: Backend
) -> None:
    rows = [{"email": f"p{n}@x.test", "name": f"Ann{'abcdefghij'[n % 10]} Lee"} for n in range(600)]
    await mongo[UPLOADS_COLLECTION].insert_many(
        [{"_id": f"u1:{n:07d}", "upload_id": "u1", "row": row} for n, row in enumerate(rows)]
        + [{"_id": "u2:0000000", "upload_id": "u2", "row": {"email": "other@y.test"}}]
    )
    summary = UploadSummary(header=["email"], sample=rows[:20], count=600, upload_id="u1")

    written = await drafting().write(a_turn("", rows=summary), a_job(steps=2))

    assert written == 1200
    assert await mongo[MESSAGES_COLLECTION].count_documents({}) == 1200
    assert await mongo[PROSPECTS_COLLECTION].count_documents({"email": "other@y.test"}) == 0
    progress = [c.done for c in backend.heard if c.type == "messages_progress"]
    assert progress == sorted(progress)


async def test_skipped_domains_are_left_out_and_not_counted(
    mongo: AsyncDatabase[Document], drafting: Callable[..., Drafting]
) -> None:
    rows = [{"email": e} for e in ("a@gmail.com", "B@GMAIL.com ", "c@notgmail.com", "d@x.test")]

    written = await drafting().write(a_turn("", rows=rows), a_job(steps=1, skipped=("gmail.com",)))

    assert written == 2
    people = await mongo[PROSPECTS_COLLECTION].find().to_list()
    assert {p["email"] for p in people} == {"c@notgmail.com", "d@x.test"}


async def test_whom_they_do_not_mean_gets_no_draft_not_even_after_a_restart(
    mongo: AsyncDatabase[Document], drafting: Callable[..., Drafting]
) -> None:
    rows = [{"email": "a@x.test", "job_title": "CTO"}, {"email": "b@x.test", "job_title": "CEO"}]
    turn, jobs = a_turn("", rows=rows), MongoJobs(mongo)
    await jobs.add_if_new("k", turn, replace(a_job(steps=1), whom=Whom(only_titles=("cto",))))

    kept = await jobs.get("k")
    assert kept is not None
    written = await drafting().write(kept.turn, kept.job)

    assert written == 1
    people = await mongo[PROSPECTS_COLLECTION].find().to_list()
    assert [p["email"] for p in people] == ["a@x.test"]


async def test_a_row_that_cannot_be_used_costs_no_other(
    mongo: AsyncDatabase[Document], drafting: Callable[..., Drafting]
) -> None:
    rows = [
        {"email": ""},
        {"name": "Nobody"},
        {"email": f"{'x' * 400}@x.test"},
        {"email": " ann@x.test ", "name": "A" * 1000, "fields": "x", "sequence_id": "stolen"},
        {"email": "bob@x.test", "$where": "1", "a.b": "c"},
    ]

    written = await drafting().write(a_turn("", rows=rows), a_job(steps=1))

    assert written == 2
    people = await mongo[PROSPECTS_COLLECTION].find().to_list()
    assert {p["_id"] for p in people} == {"aiseq_1:ann@x.test", "aiseq_1:bob@x.test"}


async def test_the_backend_is_told_of_the_end_with_the_token(
    drafting: Callable[..., Drafting], backend: Backend
) -> None:
    is_heard = await drafting().tell_it_is_over(a_turn(""), a_job(), 36)

    assert is_heard
    assert [(c.type, c.sequence_id, c.done, c.total) for c in backend.heard] == [
        ("messages_ready", "aiseq_1", 36, 36)
    ]
    (request,) = backend.requests
    assert str(request.url) == CALLBACK
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"


async def test_a_failing_backend_is_told_again(drafting: Callable[..., Drafting]) -> None:
    backend = Backend(503, httpx.ConnectError("down"), 500)

    is_heard = await drafting(backend).tell_it_is_over(a_turn(""), a_job(), 36)

    assert is_heard
    assert len(backend.requests) == 4


async def test_a_backend_that_stays_away_is_given_up_for_now(
    drafting: Callable[..., Drafting],
) -> None:
    backend = Backend(503, 404, httpx.ReadTimeout("slow"), 401)

    assert not await drafting(backend).tell_it_is_over(a_turn(""), a_job(), 36)
    assert len(backend.requests) == 4


async def test_failing_progress_calls_cost_no_draft(
    mongo: AsyncDatabase[Document], drafting: Callable[..., Drafting]
) -> None:
    backend = Backend(*(httpx.ConnectError("down") for _ in range(50)))

    assert await drafting(backend).write(a_turn("", rows=SAMPLE), a_job()) == 36
    assert await mongo[MESSAGES_COLLECTION].count_documents({}) == 36


@pytest.mark.parametrize("callback", ["", "not a url", "http://x:port/"])
async def test_an_address_that_cannot_be_called_costs_no_draft(
    mongo: AsyncDatabase[Document], drafting: Callable[..., Drafting], callback: str
) -> None:
    turn = a_turn("", rows=SAMPLE[:1], callback=callback)

    assert await drafting().write(turn, a_job()) == 3
    # Nobody to tell is nobody left to tell.
    assert await drafting().tell_it_is_over(turn, a_job(), 3) == (callback == "")
