"""How QRev is, as who operates it is told."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from qrev.api.watch import watch_routes
from qrev.kit.pulse import Tally
from tests.api.conftest import Door

pytestmark = pytest.mark.anyio


def asking(door: Door, *, token: str = "", client: str = "127.0.0.1") -> httpx.AsyncClient:
    async def is_well() -> bool:
        return door.is_well

    app = Starlette(routes=watch_routes(door.services, is_well, token))
    transport = httpx.ASGITransport(app=app, client=(client, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://qrev.test")


async def test_health_says_whether_somebody_does_the_jobs(door: Door) -> None:
    http = asking(door)
    nobody = (await http.get("/health")).json()
    await door.services.pulse.beat("w1", Tally())
    well = (await http.get("/health")).json()
    door.clock.advance(minutes=10)
    away = (await http.get("/health")).json()

    assert [each["status"] for each in (nobody, well, away)] == ["no worker", "well", "no worker"]
    assert well["worker_seen_at"] == (door.clock() - timedelta(minutes=10)).isoformat()


async def test_metrics_count_jobs_and_failures_by_worker(door: Door) -> None:
    tally = Tally()
    tally.ran("send_due")
    tally.failed("send_due")
    await door.services.pulse.beat('w"1', tally)

    answer = await asking(door).get("/metrics")

    lines = answer.text.splitlines()
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "qrev_up 1" in lines
    assert "qrev_workers 1" in lines
    assert "qrev_accounts_standing_still 0" in lines
    assert 'qrev_job_runs_total{worker="w\\"1",job="send_due"} 1' in lines
    assert 'qrev_job_failures_total{worker="w\\"1",job="send_due"} 1' in lines


async def test_a_database_that_is_away_is_no_health(door: Door) -> None:
    door.is_well = False

    answer = await asking(door).get("/health")

    assert (answer.status_code, answer.json()["detail"]) == (503, "The database does not answer.")


@pytest.mark.parametrize("path", ["/health", "/metrics"])
async def test_it_is_told_to_this_machine_or_to_who_shows_the_token(door: Door, path: str) -> None:
    elsewhere = asking(door, client="192.0.2.7")
    guarded = asking(door, token="t" * 32, client="192.0.2.7")
    shown = [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Bearer {'t' * 32}"}]

    answers = [await guarded.get(path, headers=headers) for headers in shown]

    assert (await elsewhere.get(path)).status_code == 403
    assert [answer.status_code for answer in answers] == [403, 403, 200]
