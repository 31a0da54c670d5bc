"""Mails to a sink: over the product's SMTP channel, and over a bare loop of the library's."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import statistics
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiosmtplib import SMTP

from bench.measuring import Measured, rounded
from qrev.accounts.models import AccountId
from qrev.campaigns.models import Mailbox
from qrev.campaigns.ports import Letter
from qrev.integrations.smtp.channel import SmtpChannel

LETTERS = 2_000
CONNECTIONS = 8
TURNS = 3  # of each, in turn: the machine is not equally fast all the time
TARGET = 0.8
RAW = b"From: alice@acme.test\r\nTo: bob@pine.test\r\nSubject: Roofs\r\n\r\n" + b"Hi Bob.\r\n" * 40


def smtp_vs_bare(*, letters: int = LETTERS) -> Measured:
    """Hand letters to `smtp-sink` over the SMTP channel; 1.0 is as fast as the library alone.

    Both keep eight connections open and send one letter after the other over each.
    """
    return asyncio.run(_compared(letters))


@asynccontextmanager
async def a_sink() -> AsyncIterator[tuple[str, int]]:
    """Yield host and port of a server that takes every mail and forgets it.

    Raises RuntimeError where there is none (Debian: postfix).
    """
    program = shutil.which("smtp-sink", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if program is None:
        raise RuntimeError("smtp-sink is not installed: apt-get install postfix.")
    host, port = "127.0.0.1", _free_port()
    quiet = subprocess.DEVNULL
    who = ("-u", "nobody") if os.geteuid() == 0 else ()  # it refuses to be root
    child = await asyncio.create_subprocess_exec(
        program, *who, f"{host}:{port}", "64", stdout=quiet, stderr=quiet
    )
    try:
        await _listening(host, port)
        yield host, port
    finally:
        child.terminate()
        await child.wait()


async def bare_per_s(host: str, port: int, letters: int, connections: int = CONNECTIONS) -> float:
    """Return how many mails a second the library takes there, over so many open connections."""
    opened = [SMTP(hostname=host, port=port) for _ in range(connections)]
    for each in opened:
        await each.connect()

    async def work(smtp: SMTP, share: int) -> None:
        for _ in range(share):
            await smtp.sendmail("alice@acme.test", ["bob@pine.test"], RAW)

    per_s = await _timed(lambda n: work(opened[n], letters // connections), connections, letters)
    for each in opened:
        await each.quit()
    return per_s


async def channel_per_s(
    host: str, port: int, letters: int, connections: int = CONNECTIONS
) -> float:
    """Return how many mails a second our channel takes there, over so many connections."""
    channel = SmtpChannel(f"smtp://{host}:{port}", at_once=connections)
    mailbox = Mailbox(
        id="m1",
        account_id=AccountId("a1"),
        email="alice@acme.test",
        name="Alice",
        channel="smtp",
        timezone="UTC",
        cap=30,
        ramp_started_on=None,
    )
    letter = Letter(
        message_id="m",
        header_id="<m@acme.test>",
        sender="alice@acme.test",
        recipient="bob@pine.test",
        raw=RAW,
    )

    async def work(_: int) -> None:
        for _ in range(letters // connections):
            await channel.send(mailbox, letter)

    per_s = await _timed(work, connections, letters)
    await channel.close()
    return per_s


async def _compared(letters: int) -> Measured:
    bare, ours = [], []
    async with a_sink() as (host, port):
        for _ in range(TURNS):
            bare.append(await bare_per_s(host, port, letters))
            ours.append(await channel_per_s(host, port, letters))
    value = statistics.median(ours) / statistics.median(bare)
    return Measured(
        value=value,
        unit="x",
        target=TARGET,
        is_ok=value >= TARGET,
        more={
            "per_s": rounded(statistics.median(ours)),
            "bare_per_s": rounded(statistics.median(bare)),
            "connections": CONNECTIONS,
        },
    )


async def _timed(work: Callable[[int], Awaitable[None]], hands: int, letters: int) -> float:
    began = time.perf_counter()
    await asyncio.gather(*(work(n) for n in range(hands)))
    return (letters // hands) * hands / (time.perf_counter() - began)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _listening(host: str, port: int) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(0.02)
            continue
        writer.close()
        await writer.wait_closed()
        return
    raise RuntimeError("smtp-sink did not begin to listen.")
