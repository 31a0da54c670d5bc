"""The AI server as it is run, in a process of its own or in ours."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pymongo.asynchronous.database import AsyncDatabase

from qrev.ai.bulk import Pen
from qrev.ai.drafting import Callbacks, Drafting
from qrev.ai.jobs import MongoJobs
from qrev.ai.lookups import LookUps
from qrev.ai.main import AiServer
from qrev.ai.minds import Prices
from qrev.ai.rewriting import Rewriter
from qrev.ai.spending import Budget, Budgets, MongoSpending
from qrev.ai.thinking import Thinking
from qrev.kit.clock import Clock, utc_now
from qrev.kit.mongo import Document
from qrev.kit.reporting import LoggedReports, Reports
from qrev.settings import Settings

ONLY_LOGGED = LoggedReports()


@asynccontextmanager
async def ai_server(
    settings: Settings,
    dropbox: AsyncDatabase[Document],
    callbacks: Callbacks,
    *,
    clock: Clock = utc_now,
    reports: Reports = ONLY_LOGGED,
) -> AsyncIterator[AiServer]:
    """Yield an AI server; `resume` it once it can call back. Its jobs are drained at the end."""
    async with _pen(settings, dropbox, clock) as pen:
        look_ups = LookUps(callbacks.token, callbacks.transport)
        server = AiServer(
            Drafting(dropbox, callbacks, pen),
            MongoJobs(dropbox),
            thinking=None if pen is None else Thinking(pen.llm, pen.spending, look_ups),
            rewriter=Rewriter(pen),
            reports=reports,
        )
        try:
            yield server
        finally:
            await server.close()


@asynccontextmanager
async def _pen(
    settings: Settings, dropbox: AsyncDatabase[Document], clock: Clock
) -> AsyncIterator[Pen | None]:
    """Yield a language model to think and write with, None where none is set."""
    if not settings.llm_base_url:
        yield None
        return
    # Only now: its client alone is a second of starting and 35 MB.
    from qrev.ai.llm import Endpoint, OpenAiLlm

    llm = OpenAiLlm(
        Endpoint(
            base_url=settings.llm_base_url,
            api_key=settings.llm_api_key.get_secret_value(),
            model=settings.llm_model,
            prices=Prices(read=settings.llm_price_read, written=settings.llm_price_written),
        )
    )
    spending = MongoSpending(dropbox, _budgets(settings), clock=clock)
    try:
        yield Pen(llm=llm, spending=spending, concurrency=settings.llm_concurrency)
    finally:
        await llm.close()


def _budgets(settings: Settings) -> Budgets:
    return Budgets(
        account=Budget(tokens=settings.llm_account_tokens, dollars=settings.llm_account_dollars),
        member=Budget(tokens=settings.llm_member_tokens, dollars=settings.llm_member_dollars),
    )
