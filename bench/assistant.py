"""The AI server: a turn by rules, thirty thousand drafts by our own writer, and some by a model."""

from __future__ import annotations

import asyncio
import json
import resource
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx

from bench.house import House, a_house
from bench.measuring import Measure, Measured, rounded
from bench.world import a_list
from qrev.ai.bulk import Pen
from qrev.ai.drafting import Callbacks, Drafting
from qrev.ai.interpreter import Job
from qrev.ai.jobs import MongoJobs
from qrev.ai.llm import Endpoint, OpenAiLlm
from qrev.ai.main import AiServer, build_app
from qrev.ai.minds import Prices
from qrev.ai.spending import Budgets, MongoSpending
from qrev.ai.writer import Brief
from qrev.assistant.contract import Callback, TurnRequest, UploadSummary
from qrev.campaigns.models import Step
from qrev.campaigns.sequences import NewSequence
from qrev.kit.asgi import InProcess
from tests.ai.turns import SAMPLE, a_turn
from tests.bringing import bring_in
from tests.llm_server import MODEL, a_model

DAY = timedelta(days=1)
TOKEN = "bench"
SAID = ("What can you do?", "Show my people", "How are my campaigns doing?", "Who replied?")
OFFER = "Write to these people about our demand forecasting tool, in 3 steps over two weeks"
ROUNDS = 40
STEPS = 3
LATENCY = 0.05  # seconds
CONCURRENCY = 8
MAIL = {
    "subject": "Forecasting",
    "body": "Hello,\n\nwe plan demand. Would ten minutes next week suit you?\n\nBest,\nAlice",
    "facts": [],
    "missing": [],
}


def ai_turn_p50_ms() -> Measured:
    """Ask four questions and for a campaign of twelve people, round by round."""
    times = asyncio.run(_turns())
    value = 1000 * statistics.median(times)
    p95 = 1000 * statistics.quantiles(times, n=20)[-1]
    more = {"turns": len(times), "p95_ms": rounded(p95)}
    return Measured(value=value, unit="ms", target=60, is_ok=value < 60, more=more)


def draft_30k_s(*, people: int = 10_000) -> Measured:
    """Draft for 10,000 people by our own writer, and take every draft in as it comes."""
    value, more = asyncio.run(_drafted(people))
    is_ok = value < 30 and more["drafts"] == people * STEPS
    return Measured(value=value, unit="s", target=30, is_ok=is_ok, more=more)


def draft_llm_efficiency(*, people: int = 250) -> Measured:
    """Draft by a model that takes 50 ms, eight at a time, against the least that can take."""
    value, more = asyncio.run(_by_model(people))
    return Measured(
        value=value, unit="of the ideal rate", target=0.85, is_ok=value >= 0.85, more=more
    )


async def _turns() -> list[float]:
    times = []
    async with a_house() as house:
        drafting = Drafting(house.database, Callbacks(token=TOKEN))
        server = AiServer(drafting, MongoJobs(house.database))
        transport = InProcess(build_app(server, TOKEN))
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://ai.bench", headers=headers
        ) as client:
            for number in range(ROUNDS):
                asked = [a_turn(words, callback="") for words in SAID]
                asked.append(a_turn(OFFER, rows=SAMPLE, callback=""))
                for place, turn in enumerate(asked):
                    body = turn.model_dump(mode="json", exclude_none=True)
                    key = {"Idempotency-Key": f"{number}:{place}"}
                    began = time.perf_counter()
                    (await client.post("/turns", json=body, headers=key)).raise_for_status()
                    times.append(time.perf_counter() - began)
                await asyncio.sleep(0.05)  # for the drafts of the campaign
        await server.close()
    return times


async def _drafted(people: int) -> tuple[float, dict[str, Any]]:
    async with _a_campaign(people) as (house, turn, drafting):
        before = _peak_mb()
        began = time.perf_counter()
        job = a_job()
        written = await drafting.write(turn, job)
        wrote = time.perf_counter() - began
        await drafting.tell_it_is_over(turn, job, written)
        value = time.perf_counter() - began
        drafts = await house.database["drafts"].count_documents({})
        more = {"drafts": drafts, "written_s": rounded(wrote), "grew_mb": _peak_mb() - before}
    return value, more


async def _by_model(people: int) -> tuple[float, dict[str, Any]]:
    with a_model("--chaos-latency", str(round(LATENCY * 1000))) as model:
        model.answers({"match": {}, "response": {"content": MAIL}})
        endpoint = Endpoint(base_url=model.url, api_key="", model=MODEL, prices=Prices())
        llm = OpenAiLlm(endpoint)
        async with a_house() as house:
            pen = Pen(
                llm=llm,
                spending=MongoSpending(house.database, Budgets()),
                concurrency=CONCURRENCY,
            )
            drafting = Drafting(house.database, Callbacks(token=TOKEN), pen)
            rows = [{"email": f"p{n}@bench.test", "name": "Ann Lee"} for n in range(people)]
            await drafting.write(a_turn("", rows=rows[:CONCURRENCY], callback=""), a_job("warm"))
            began, worked = time.perf_counter(), time.process_time()
            written = await drafting.write(a_turn("", rows=rows, callback=""), a_job())
            took = time.perf_counter() - began
            worked = time.process_time() - worked
        await llm.close()
    ideal = written * LATENCY / CONCURRENCY
    more = {
        "drafts": written,
        "per_second": rounded(written / took),
        "took_s": rounded(took),
        "cpu_ms_a_draft": rounded(1000 * worked / written),
    }
    return ideal / took, more


@asynccontextmanager
async def _a_campaign(people: int) -> AsyncIterator[tuple[House, TurnRequest, Drafting]]:
    """Yield a sequence for a big list that lies in the drop box, and who drafts for it."""
    async with a_house() as house:
        services = house.services
        actor = await services.accounts.sign_in("alice@acme.test", "Alice")
        made = await bring_in(services, actor, a_list(people))
        rows = [
            {"email": row.email, "name": row.name, "company_name": row.company_name}
            async for found in services.importing.rows(actor.account_id, made.upload_id)
            for row in found
        ]
        await services.dropbox.put_upload(made.upload_id, rows, first=0)
        steps = tuple(Step(number=n + 1, delay=n * 3 * DAY) for n in range(STEPS))
        await services.sequences.create(
            actor,
            NewSequence(
                dropbox_id=a_job().sequence_id,
                name="Bench",
                steps=steps,
                upload_id=made.upload_id,
                conversation_id="c1",
            ),
        )

        async def take_in(request: httpx.Request) -> httpx.Response:
            said = Callback.model_validate(json.loads(request.content))
            await services.taking_in.take_in(
                said.sequence_id,
                are_people_complete=said.type == "prospects_ready",
                is_last=said.type == "messages_ready",
            )
            return httpx.Response(200)

        callbacks = Callbacks(token=TOKEN, transport=httpx.MockTransport(take_in))
        summary = UploadSummary(
            header=["email"], sample=rows[:20], count=len(rows), upload_id=made.upload_id
        )
        yield house, a_turn("", rows=summary), Drafting(house.database, callbacks)


def a_job(sequence_id: str = "bench") -> Job:
    """Return three mails about one offer."""
    return Job(
        sequence_id=sequence_id,
        brief=Brief(offer="our demand forecasting tool", steps=STEPS, sender_name="Alice"),
        steps=tuple(str(n + 1) for n in range(STEPS)),
        skipped_domains=(),
        by_model="as you like",
    )


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


ASSISTANT: dict[str, Measure] = {
    "ai_turn_p50_ms": ai_turn_p50_ms,
    "draft_30k_s": draft_30k_s,
    "draft_llm_efficiency": draft_llm_efficiency,
}
