"""The same code in several processes: a database and an AI server of their own."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from qrev.settings import KEPT
from tests.journeys.conftest import drafted, proposed
from tests.journeys.test_restart import a_tab
from tests.servers import a_database_server
from tests.sites import a_free_port, a_process, first_line, start

pytestmark = pytest.mark.anyio
SECRETS = {name.upper(): name * 4 for name in KEPT}


@contextmanager
def an_ai_server(cwd: Path, **env: str) -> Iterator[str]:
    """Yield the address turns are posted to."""
    port = a_free_port()
    child = start("-m", "qrev", "ai", cwd=cwd, PORT=str(port), **env)
    try:
        said = first_line(child)
        assert said == f"The AI server is ready: http://localhost:{port}/turns"
        yield f"http://127.0.0.1:{port}/turns"
        child.send_signal(signal.SIGTERM)
        assert child.wait(20) == 0
    finally:
        child.kill()
        child.communicate()


async def test_web_and_ai_server_meet_in_a_database_that_neither_started(tmp_path: Path) -> None:
    with a_database_server() as url:
        env = {"MONGO_DB_URL": url, **SECRETS}
        with (
            an_ai_server(tmp_path, **env) as address,
            a_process(tmp_path, AI_BOT_SERVER_URL=address, **env) as qrev,
        ):
            tab = await a_tab(qrev.base)
            sequence_id = await drafted(tab)
            plan = await proposed(tab, sequence_id)

            done = await tab.view("proposal_confirm", proposal_id=plan["id"], hash=plan["hash"])

            assert done["counts"] == {"held": 30}
            assert not (tmp_path / "data" / "qrev.sqlite").exists()
            await tab.close()
