"""What survives: a restart, and a kill -9 in the middle of it."""

from __future__ import annotations

import signal
from pathlib import Path

import psutil
import pytest

from tests.journeys.conftest import SAMPLE, WISH, drafted, proposed
from tests.sites import a_free_port, a_process
from tests.socket_client import Tab

pytestmark = pytest.mark.anyio


async def a_tab(base: str, thread_id: str = "") -> Tab:
    return await (await Tab(base).sign_in("alice@acme.test", "Alice")).open(thread_id)


async def test_after_a_restart_the_thread_its_cards_and_its_buttons_are_alive(
    tmp_path: Path,
) -> None:
    port = a_free_port()
    with a_process(tmp_path, port=port) as qrev:
        tab = await a_tab(qrev.base)
        sequence_id = await drafted(tab)
        plan = await proposed(tab, sequence_id)
        thread_id = tab.thread_id
        before = [WISH, *(m["output"] for m in tab.messages.values())]
        await tab.close()
        qrev.child.send_signal(signal.SIGTERM)
        qrev.child.wait(20)

    with a_process(tmp_path, port=port) as qrev:
        tab = await a_tab(qrev.base, thread_id)

        after = [m["output"] for m in tab.messages.values()]
        names = [e["name"] for e in tab.elements.values() if e["type"] == "custom"]
        people = await tab.view(
            "people_page", upload_id=(await tab.card("ImportCard"))["upload_id"]
        )
        fresh = await tab.view("proposal_get", proposal_id=plan["id"])
        done = await tab.view("proposal_confirm", proposal_id=fresh["id"], hash=fresh["hash"])
        assert after == before
        assert names == ["ImportCard", "PeopleCard", "DraftCard", "ProposalCard"]
        assert (people["total"], done["state"], done["counts"]) == (12, "applied", {"held": 30})
        await tab.say("/campaigns")
        assert await tab.card("CampaignsCard")
        await tab.close()


async def test_drafting_cut_off_by_kill_9_goes_on_at_the_next_start(tmp_path: Path) -> None:
    port = a_free_port()
    with a_process(tmp_path, port=port) as qrev:
        tab = await a_tab(qrev.base)
        await tab.say(WISH, files=[await tab.drop(_many_people(600))])
        sequence_id = (await tab.card("DraftCard"))["sequence_id"]
        thread_id = tab.thread_id
        qrev.child.kill()
        qrev.child.wait(20)
        await tab.http.aclose()

    with a_process(tmp_path, port=port) as qrev:
        tab = await a_tab(qrev.base, thread_id)
        await tab.text("1,800 drafts for 600 people are ready")

        view = await tab.view("draft_page", sequence_id=sequence_id)
        assert (view["sequence"]["ready"], view["sequence"]["is_drafting"]) == (1800, False)
        await tab.close()


async def test_a_database_that_dies_is_started_again_under_an_open_page(tmp_path: Path) -> None:
    with a_process(tmp_path) as qrev:
        tab = await a_tab(qrev.base)
        sequence_id = await drafted(tab)
        [database] = psutil.Process(qrev.child.pid).children()

        database.kill()
        await tab.say("/people")

        view = await tab.view("draft_page", sequence_id=sequence_id)
        assert view["sequence"]["ready"] == 36
        assert (await tab.http.get("/readyz")).json() == {"status": "ready"}
        await tab.close()


def _many_people(count: int) -> bytes:
    header = SAMPLE.splitlines()[0]
    rows = (
        f"Person Number,person{n}@firm{n % 700}.test,Firm {n % 700},,Head of Sales,,Europe/Berlin"
        for n in range(count)
    )
    return header + b"\n" + "\n".join(rows).encode()
