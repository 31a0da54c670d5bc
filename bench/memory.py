"""What the web process weighs once a member has gone the whole way."""

from __future__ import annotations

import asyncio

import psutil

from bench import processes
from bench.measuring import Measured, rounded
from tests.sites import ROOT
from tests.socket_client import Tab

TARGET = 350.0  # MB
MB = 1e6
WISH = "Write to these people about our demand forecasting tool, in 3 steps over two weeks"
POSTAL_ADDRESS = "Acme Ltd\n1 Main Street\n12345 Town, Germany"
SAMPLE = ROOT / "docs" / "sample.csv"


def web_rss_mb() -> Measured:
    """Sign in, import the sample, have it drafted, plan it, confirm it: then weigh."""
    with processes.qrev() as house:
        process = psutil.Process(house.child.pid)
        at_start = process.memory_info().rss / MB
        planned = asyncio.run(_journey(house.base))
        value = process.memory_info().rss / MB
        database = sum(child.memory_info().rss for child in process.children()) / MB
    return Measured(
        value=value,
        unit="MB",
        target=TARGET,
        is_ok=value < TARGET,
        more={
            "at_start_mb": rounded(at_start),
            "database_mb": rounded(database),
            "messages": planned,
        },
    )


async def _journey(base: str) -> int:
    """Return how many messages were planned."""
    tab = await (await Tab(base).sign_in("alice@acme.test", "Alice")).open()
    try:
        await tab.say(WISH, files=[await tab.drop(SAMPLE.read_bytes())])
        sequence_id = (await tab.card("DraftCard"))["sequence_id"]
        await tab.text("are ready")
        await tab.view("sequence_send", sequence_id=sequence_id)
        proposal_id = (await tab.card("ProposalCard"))["proposal_id"]
        plan = await tab.view(
            "postal_address_save", proposal_id=proposal_id, address=POSTAL_ADDRESS
        )
        done = await tab.view("proposal_confirm", proposal_id=plan["id"], hash=plan["hash"])
        return sum(done["counts"].values())
    finally:
        await tab.close()
