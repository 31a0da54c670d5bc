"""QRev and the echo floor as processes of their own, each on an empty folder."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.house import a_folder
from tests.sites import ROOT, Process, a_free_port, a_process, start

STOP_WITHIN = 20  # seconds
READY_WITHIN = 60.0


@contextmanager
def qrev() -> Iterator[Process]:
    """Yield QRev, ready, as `make run` starts it."""
    with a_folder() as folder, a_process(folder) as process:
        yield process
        # Told, not killed: its database closes before the folder goes.
        process.child.send_signal(signal.SIGTERM)
        process.child.wait(STOP_WITHIN)


@contextmanager
def echo() -> Iterator[str]:
    """Yield the address of a stock Chainlit that answers with what was said."""
    app = str(ROOT / "bench" / "echo_app.py")
    port = a_free_port()
    with a_folder() as folder:
        child = start(
            *("-m", "chainlit", "run", app, "--headless", "--port", str(port)),
            cwd=folder,
            CHAINLIT_APP_ROOT=str(folder),
        )
        try:
            _wait_for(port)
            yield f"http://localhost:{port}"
        finally:
            child.kill()
            child.communicate()


def _wait_for(port: int) -> None:
    end = time.monotonic() + READY_WITHIN
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The echo app did not start.")
