"""How QRev is, for who operates it: `/health` for people and alarms, `/metrics` for Prometheus."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta

from pymongo.errors import PyMongoError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from qrev.api.problems import problem
from qrev.bootstrap import Services
from qrev.campaigns.watching import AWAY_AFTER, span
from qrev.kit.pulse import Worker
from qrev.settings import LOOPBACK

IsWell = Callable[[], Awaitable[bool]]
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
NOT_FOR_YOU = "Show METRICS_TOKEN as a bearer token, or ask from this machine where none is set."


def watch_routes(services: Services, is_well: IsWell, token: str) -> list[BaseRoute]:
    """Return /health and /metrics. Without a token they answer this machine only."""

    async def health(request: Request) -> Response:
        if not _may_ask(request, token):
            return problem(403, NOT_FOR_YOU)
        if not await is_well():
            return problem(503, "The database does not answer.")
        return JSONResponse(await _health(services))

    async def metrics(request: Request) -> Response:
        if not _may_ask(request, token):
            return problem(403, NOT_FOR_YOU)
        try:
            lines = [*await _metrics(services)]
        except PyMongoError:
            lines = [*_metric("qrev_up", "gauge", "Whether the database answers.", [("", 0)])]
        return PlainTextResponse("\n".join(lines) + "\n", media_type=PROMETHEUS)

    return [Route("/health", health), Route("/metrics", metrics)]


def _may_ask(request: Request, token: str) -> bool:
    if token:
        scheme, _, shown = request.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(
            shown.strip().encode(), token.encode()
        )
    return request.client is not None and request.client.host in LOOPBACK


async def _health(services: Services) -> dict[str, object]:
    """Return how things are. No workspace is named: who asks is a member of none."""
    now, stalls = services.clock(), await services.watchdog.all()
    seen_at = await services.pulse.seen_at()
    is_away = seen_at is None or seen_at < now - AWAY_AFTER
    return {
        "status": "still" if stalls else "no worker" if is_away else "well",
        "worker_seen_at": None if seen_at is None else seen_at.isoformat(),
        "standing_still": [
            {"why": s.kind, "for": span(now - s.since), "mails": s.waiting} for s in stalls
        ],
    }


async def _metrics(services: Services) -> list[str]:
    now, stalls = services.clock(), await services.watchdog.all()
    workers = await services.pulse.workers()
    alive = sum(worker.at >= now - AWAY_AFTER for worker in workers)
    longest = max((now - stall.since for stall in stalls), default=timedelta(0))
    return [
        *_metric("qrev_up", "gauge", "Whether the database answers.", [("", 1)]),
        *_metric("qrev_workers", "gauge", "Processes that do jobs.", [("", alive)]),
        *_metric(
            "qrev_accounts_standing_still",
            "gauge",
            "Workspaces of which mails should leave and none does.",
            [("", len(stalls))],
        ),
        *_metric(
            "qrev_standing_still_seconds",
            "gauge",
            "How long the longest of them has.",
            [("", int(longest.total_seconds()))],
        ),
        *_metric("qrev_job_runs_total", "counter", "Jobs that were done.", _jobs(workers, 0)),
        *_metric("qrev_job_failures_total", "counter", "Jobs that failed.", _jobs(workers, 1)),
    ]


def _jobs(workers: list[Worker], which: int) -> list[tuple[str, int]]:
    return [
        (f'{{worker="{_label(worker.id)}",job="{_label(job)}"}}', counts[which])
        for worker in workers
        for job, counts in worker.jobs.items()
    ]


def _metric(name: str, kind: str, about: str, values: list[tuple[str, int]]) -> Iterator[str]:
    yield f"# HELP {name} {about}"
    yield f"# TYPE {name} {kind}"
    for labels, value in values:
        yield f"{name}{labels} {value}"


def _label(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
