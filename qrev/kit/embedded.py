"""The embedded database: a child process we start, watch, restart and stop."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import logging
import os
import sys
from pathlib import Path
from urllib.parse import quote

from qrev.kit.errors import QrevError

log = logging.getLogger(__name__)

READY_WITHIN = 15.0  # seconds; it takes 0.3 here, a cold disk more
STOP_WITHIN = 5.0  # seconds between SIGTERM and SIGKILL; it takes 0.1
FIRST_RESTART = 0.1  # seconds; doubles up to the last
LAST_RESTART = 5.0
LONGEST_SOCKET = 100  # bytes; the kernel allows 107
DATABASE = "qrev.sqlite"
SOCKET = "qrev.sock"


class CannotStart(QrevError):
    """QRev could not start."""


class EmbeddedDatabase:
    """One database child on one folder. `start` and `stop` once each, in the same loop."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir
        self._child: asyncio.subprocess.Process | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._folder_fd: int | None = None
        self._is_stopping = False

    @property
    def pid(self) -> int | None:
        """The child's process id, None while there is none."""
        return None if self._child is None else self._child.pid

    async def start(self) -> str:
        """Return the address to connect to, once it answers.

        Raises CannotStart, in a sentence, if the folder cannot be used or another QRev has it.
        """
        await asyncio.to_thread(make_private, self._folder)
        await self._launch()
        self._watcher = asyncio.create_task(self._watch())
        return self._address()

    async def join(self) -> str | None:
        """Return the address of a database that another QRev runs on the folder, None for none."""
        try:
            _, writer = await asyncio.open_unix_connection(self._socket_path())
        except OSError:
            return None
        writer.close()
        return self._address()

    async def stop(self) -> None:
        """End the child: politely, then surely. Returns when it is gone."""
        self._is_stopping = True
        if self._watcher is not None:
            self._watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watcher
        if self._child is not None and self._child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._child.terminate()
            try:
                await asyncio.wait_for(self._child.wait(), STOP_WITHIN)
            except TimeoutError:
                self._child.kill()
                await self._child.wait()
        self._child = None
        if self._folder_fd is not None:
            os.close(self._folder_fd)
            self._folder_fd = None

    def _address(self) -> str:
        return f"mongodb://{quote(self._socket_path(), safe='')}/?directConnection=true"

    def _socket_path(self) -> str:
        path = str(self._folder.absolute() / SOCKET)
        if len(path.encode()) <= LONGEST_SOCKET:
            return path
        # Too long for a socket's address: reach it through an open handle on the folder instead.
        if self._folder_fd is None:
            self._folder_fd = os.open(self._folder, os.O_RDONLY)
        return f"/proc/self/fd/{self._folder_fd}/{SOCKET}"

    async def _launch(self) -> None:
        """Start the child and wait for its READY line, which is the readiness probe."""
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "pocketmongo", "--db", DATABASE, "--unix", SOCKET, "--watch-stdin"),
            cwd=self._folder,
            env={**os.environ, "PYTHONPATH": _package_root(), "PYTHONUNBUFFERED": "1"},
            stdin=asyncio.subprocess.PIPE,  # its end tells the child that we are gone
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for us; we stop it when we have drained
        )
        self._child = child
        assert child.stdout is not None
        assert child.stderr is not None
        try:
            line = await asyncio.wait_for(child.stdout.readline(), READY_WITHIN)
        except TimeoutError as error:
            child.kill()
            raise CannotStart(
                f"The embedded database in {self._folder} did not start within "
                f"{READY_WITHIN:.0f} seconds."
            ) from error
        if line.startswith(b"READY"):
            return
        said = (await child.stderr.read()).decode(errors="replace").strip()
        await child.wait()
        if "in use by another process" in said:
            raise CannotStart(
                f"Another QRev is running on the folder {self._folder}. Stop it first, or set "
                "DATA_DIR to another folder."
            )
        reason = said.splitlines()[-1] if said else f"exit code {child.returncode}"
        raise CannotStart(f"The embedded database in {self._folder} did not start: {reason}")

    async def _watch(self) -> None:
        """Start the child again whenever it dies. Clients reconnect by themselves."""
        pause = FIRST_RESTART
        while True:
            child = self._child
            assert child is not None
            assert child.stderr is not None
            began = asyncio.get_running_loop().time()
            async for line in child.stderr:
                log.info("database: %s", line.decode(errors="replace").rstrip())
            code = await child.wait()
            if self._is_stopping:
                return
            if asyncio.get_running_loop().time() - began > LAST_RESTART:
                pause = FIRST_RESTART
            log.error("The embedded database ended (%s); starting it again.", code)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LAST_RESTART)
            try:
                await self._launch()
            except CannotStart as error:
                log.error("%s", error)


def make_private(folder: Path) -> None:
    """Make the folder if needed, readable by its owner only. Raises CannotStart."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise CannotStart(
            f"The folder {folder} cannot be used ({error.strerror}). Set DATA_DIR to one that "
            "this user may write."
        ) from error


def _package_root() -> str:
    spec = importlib.util.find_spec("pocketmongo")
    if spec is None or spec.origin is None:
        raise CannotStart("The embedded database is missing from this installation.")
    return str(Path(spec.origin).parent.parent)
