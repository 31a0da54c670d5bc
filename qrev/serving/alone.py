"""Parts that can run by themselves: the AI server, and making the indexes."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp

from qrev.ai.drafting import Callbacks
from qrev.ai.main import build_app
from qrev.bootstrap.accounts import users
from qrev.bootstrap.reporting import report_mail, reporting
from qrev.integrations.sendgrid.faults import fault_of
from qrev.integrations.sendgrid.reports import SendGrid
from qrev.kit.clock import utc_now
from qrev.kit.embedded import CannotStart
from qrev.kit.errors import InvalidInput, NotFound, Unavailable
from qrev.kit.reporting import new_transaction_id
from qrev.serving.databases import ensure_indexes, opened
from qrev.serving.drafting import ai_server
from qrev.serving.lifespan import Site
from qrev.serving.server import bind, run
from qrev.serving.starting import read_settings
from qrev.settings import Settings

DONE = {
    "disable": "signed out everywhere, and cannot sign in. Their API keys are revoked.",
    "enable": "may sign in again. API keys have to be made anew.",
    "unbind": "whoever signs in with this address next is taken for them.",
}


def indexes() -> int:
    """Create the indexes the database lacks. Harmless at any time. Return the exit code."""
    settings = read_settings()

    async def create() -> int:
        async with opened(settings, may_join=True) as databases:
            return await ensure_indexes(databases)

    count = asyncio.run(create())
    sys.stdout.write(f"All {count} indexes are in place.\n")
    return 0


def user(deed: str, email: str) -> int:
    """Do that to whoever has the address, also while QRev runs. Return the exit code."""
    settings = read_settings()

    async def do() -> str:
        async with opened(settings, may_join=True) as databases:
            theirs = users(databases.main, clock=utc_now)
            done = {"disable": theirs.disable, "enable": theirs.enable, "unbind": theirs.unbind}
            return (await done[deed](email)).email

    try:
        sys.stdout.write(f"{asyncio.run(do())}: {DONE[deed]}\n")
    except (NotFound, InvalidInput) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


class JustATest(Exception):
    """Nothing went wrong: somebody wanted to see whether reports arrive."""


def report_test() -> int:
    """Send one report, as a fault would be. Return the exit code."""
    mail = report_mail(read_settings())
    if mail is None:
        sys.stderr.write(
            "Faults are only logged here: SENDGRID_API_KEY is not set, or ENVIRONMENT_TYPE is "
            "dev.\n"
        )
        return 1
    transaction_id = new_transaction_id()
    try:
        raise JustATest
    except JustATest as error:
        fault = fault_of("report test", error, transaction_id)
    try:
        SendGrid(mail).send(fault)
    except Unavailable as error:
        sys.stderr.write(f"The report did not leave. {error}\n")
        return 1
    told = " and ".join(mail.recipients)
    sys.stdout.write(f"SendGrid has accepted the report {transaction_id} for {told}.\n")
    return 0


def ai() -> int:
    """Run only the AI server, on HOST and PORT. Return the exit code. Raises CannotStart."""
    settings = read_settings()
    if settings.is_embedded:
        raise CannotStart(
            "The AI server alone shares its drop box with QRev through MongoDB, so MONGO_DB_URL "
            "must be set. Without it, make run has the AI server in the same process."
        )
    socket = bind(settings.host, settings.port)
    site = Site(lambda: _opened_ai(settings))
    with socket:
        has_started = run(site, [socket], f"The AI server is ready: {settings.base_url}/turns")
    if not has_started:
        raise CannotStart(site.problem)
    return 0


@asynccontextmanager
async def _opened_ai(settings: Settings) -> AsyncIterator[ASGIApp]:
    token = settings.ai_bot_server_token.get_secret_value()
    callbacks = Callbacks(token=token)
    async with (
        opened(settings) as databases,
        reporting(settings, databases.main) as reports,
        ai_server(settings, databases.dropbox, callbacks, reports=reports) as server,
    ):
        await server.resume()
        yield build_app(server, token, reports)
