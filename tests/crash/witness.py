"""The witness: a process that takes mail and keeps one line for each. It knows nothing of us.

    python -m tests.crash.witness FOLDER

It is a mail server, and it watches a folder for files that appear in it. Its lines are in
FOLDER/accepted.jsonl: which mail, from whom, to whom, and when its transaction began. By the
address it is told how to behave: `cut` takes the mail and hangs up before it answers, `slow`
takes its time, `busy` refuses the first time, `refused` always does.
"""

from __future__ import annotations

import asyncio
import ctypes
import email
import email.policy
import json
import os
import struct
import sys
import time
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

from tests.crash.shared_time import SharedTime

SLOW = 0.3  # seconds
IN_MOVED_TO = 0x80
EVENT = struct.Struct("iIII")


class Witness:
    def __init__(self, folder: Path) -> None:
        self._time = SharedTime(folder / "time")
        self._file = (folder / "accepted.jsonl").open("a", buffering=1)
        self._began: dict[int, tuple[float, str]] = {}
        self._seen: set[str] = set()

    def moment(self) -> tuple[float, str]:
        return time.time(), self._time.now().isoformat()

    def accept(self, channel: str, raw: bytes, began: tuple[float, str]) -> None:
        mail = email.message_from_bytes(raw, policy=email.policy.compat32)
        line = {
            "channel": channel,
            "id": mail["X-QRev-Message"],
            "from": parseaddr(mail["From"])[1],
            "to": parseaddr(mail["To"])[1],
            "began": began[0],
            "at": began[1],
        }
        self._file.write(json.dumps(line) + "\n")

    # --- the mail server (aiosmtpd calls these)

    async def handle_MAIL(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self._began[id(session)] = self.moment()
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        manner = envelope.rcpt_tos[0].partition("-")[0]
        to = envelope.rcpt_tos[0]
        if manner == "refused":
            return "554 5.7.1 not here"
        if manner == "busy" and to not in self._seen:
            self._seen.add(to)
            return "451 4.3.0 later"
        self.accept("smtp", envelope.content, self._began[id(session)])
        if manner == "cut":
            server.transport.abort()
        if manner == "slow":
            await asyncio.sleep(SLOW)
        return "250 kept"

    # --- the folder

    def watch(self, folder: Path) -> None:
        """Keep a line for every file that gets its name in the folder, each time it does."""
        libc = ctypes.CDLL(None, use_errno=True)
        handle = libc.inotify_init1(os.O_NONBLOCK)
        if handle < 0 or libc.inotify_add_watch(handle, os.fsencode(folder), IN_MOVED_TO) < 0:
            raise OSError(ctypes.get_errno(), "The folder cannot be watched.")
        asyncio.get_running_loop().add_reader(handle, self._arrived, handle, folder)

    def _arrived(self, handle: int, folder: Path) -> None:
        began = self.moment()
        events = os.read(handle, 65536)
        while events:
            *_, length = EVENT.unpack_from(events)
            name = events[EVENT.size : EVENT.size + length].rstrip(b"\0")
            events = events[EVENT.size + length :]
            self.accept("outbox", (folder / os.fsdecode(name)).read_bytes(), began)


async def main(folder: Path) -> None:
    witness = Witness(folder)
    outbox = folder / "outbox"
    outbox.mkdir(exist_ok=True)
    witness.watch(outbox)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(witness, hostname="witness.test", enable_SMTPUTF8=True), "127.0.0.1", 0
    )
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
