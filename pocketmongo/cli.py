"""`python -m pocketmongo`: the server as a process.

It prints `READY <uri>` when it answers. SIGTERM ends it.
"""

from __future__ import annotations

import argparse
import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pocketmongo.storage.file import CannotOpen
from pocketmongo.storage.lock import DatabaseInUse

if TYPE_CHECKING:
    import ssl

DESCRIPTION = """\
An embedded database that speaks MongoDB's wire protocol: one process, one SQLite file.
Clients connect with PyMongo or any other MongoDB driver. It is for development, tests and
programs on one machine, never for more than one; use MongoDB for those."""

EPILOG = """\
When the server answers, it prints one line on standard output: READY <uri>.
It ends on SIGTERM, Ctrl-C or, with --watch-stdin, when its standard input ends.
A --user without a password takes it from the environment variable POCKETMONGO_PASSWORD,
where other users of the machine cannot read it."""

BEYOND_THIS_MACHINE = """\
pocketmongo is one process on one machine: no replication, no sharding. \
It now listens beyond this machine; for production there, use MongoDB."""
PASSWORD_VARIABLE = "POCKETMONGO_PASSWORD"
GARBAGE_THRESHOLD = 20_000  # new containers between two looks; Python's default is 700
_BESIDE = Path()  # stands for a name made from that of the damaged file


class Refused(Exception):
    """The command line asks for something that cannot be; the text says what."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server until it is told to end. Return the exit code."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(format="%(levelname)s: %(message)s", level=logging.WARNING)
    try:
        if options.salvage is not None:
            _salvage(options.db, options.salvage)
        else:
            _serve(options)
    except (Refused, CannotOpen, DatabaseInUse) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"The server cannot listen: {error.strerror or error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pocketmongo",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--db", type=Path, required=True, metavar="FILE", help="the database file")
    parser.add_argument("--unix", type=Path, metavar="SOCKET", help="listen on a Unix socket")
    parser.add_argument("--host", default="127.0.0.1", help="listen on this address (%(default)s)")
    parser.add_argument("--port", type=int, default=0, help="and port (default: a free one)")
    parser.add_argument(
        "--sync",
        choices=("NORMAL", "FULL"),
        default="NORMAL",
        help="NORMAL survives kill -9, FULL also a power cut (%(default)s)",
    )
    parser.add_argument(
        "--user",
        action="append",
        default=[],
        metavar="NAME:PASSWORD",
        help="ask clients to log in as one of these; may be given again",
    )
    parser.add_argument("--tls", type=Path, metavar="PEM", help="speak TLS with this key")
    parser.add_argument("--watch-stdin", action="store_true", help="end when standard input does")
    parser.add_argument(
        "--salvage",
        type=Path,
        nargs="?",
        const=_BESIDE,
        metavar="NEW_FILE",
        help="copy what can be read of a damaged FILE to NEW_FILE (FILE.salvaged), and end",
    )
    return parser


def _serve(options: argparse.Namespace) -> None:
    from pocketmongo.accounts import Accounts
    from pocketmongo.commands import load_all
    from pocketmongo.engine import build_engine
    from pocketmongo.server import Server, listen_on_port, listen_on_socket
    from pocketmongo.storage.store import Store

    passwords = _passwords(options.user)
    if options.unix is None and not passwords and not _is_this_machine(options.host):
        raise Refused(
            f"Anyone could connect to {options.host} and read everything. "
            "Name who may with --user NAME:PASSWORD, or leave --host away."
        )
    tls = _tls(options.tls) if options.tls else None
    store = Store(options.db, options.sync)
    try:
        address = (
            listen_on_socket(options.unix)
            if options.unix is not None
            else listen_on_port(options.host, options.port)
        )
    except BaseException:
        store.close()
        raise
    server = Server(build_engine(store, Accounts(passwords)), address, tls=tls)
    if options.unix is None and not _is_this_machine(options.host):
        sys.stderr.write(BEYOND_THIS_MACHINE + "\n")
    end = EndOfProcess()
    if options.watch_stdin:
        threading.Thread(target=end.follow_input, daemon=True).start()
    server.start()
    sys.stdout.write(f"READY {address.uri}\n")
    sys.stdout.flush()
    load_all()
    _spare_the_collector()
    end.wait()
    server.stop()


def _spare_the_collector() -> None:
    """Look for circular garbage less often: documents hold none, and there are many of them."""
    gc.collect()
    gc.freeze()  # what was imported stays
    gc.set_threshold(GARBAGE_THRESHOLD, 20, 50)


def _passwords(users: Sequence[str]) -> dict[str, str]:
    passwords = {}
    for user in users:
        name, _, password = user.partition(":")
        password = password or os.environ.get(PASSWORD_VARIABLE, "")
        if not name or not password:
            raise Refused(
                "--user needs a password: NAME:PASSWORD, or NAME alone with the password in the "
                f"environment variable {PASSWORD_VARIABLE}."
            )
        passwords[name] = password
    return passwords


def _is_this_machine(host: str) -> bool:
    if host in ("127.0.0.1", "localhost"):
        return True
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _tls(path: Path) -> ssl.SSLContext:
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(path)
    except OSError as error:
        raise Refused(f"--tls {path} holds no certificate with its key: {error}") from error
    return context


class EndOfProcess:
    """What SIGTERM and Ctrl-C ask for.

    The signal itself writes to a pipe that `wait` reads. A handler written in Python that sets an
    event would miss a signal that comes just when the main thread goes to sleep:
    https://docs.python.org/3/library/signal.html#execution-of-python-signal-handlers
    """

    def __init__(self) -> None:
        self._told, self._tell = os.pipe()
        os.set_blocking(self._tell, False)
        signal.set_wakeup_fd(self._tell, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _leave_it_to_the_pipe)

    def wait(self) -> None:
        """Return when the process is to end."""
        os.read(self._told, 1)

    def follow_input(self) -> None:
        """Ask for the end when standard input ends."""
        while os.read(0, 1024):
            pass
        os.write(self._tell, b"\n")


def _leave_it_to_the_pipe(*_: object) -> None: ...


def _salvage(path: Path, new: Path) -> None:
    from pocketmongo.storage.salvage import salvage

    if new == _BESIDE:
        new = path.with_name(path.name + ".salvaged")
    sys.stdout.write(f"{salvage(path, new)}\n")
