"""`python -m qrev`: one part alone. `make run` starts everything together."""

from __future__ import annotations

import argparse
import sys

from qrev.kit.embedded import CannotStart
from qrev.serving import alone, checking, receipts
from qrev.serving.starting import sentence, serve


def main(arguments: list[str]) -> int:
    """Run one command. Return the process's exit code."""
    parser = argparse.ArgumentParser(prog="python -m qrev", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("web", help="chat, API, AI server and worker in one process")
    ai = commands.add_parser("ai", help="only the AI server; or look at another one")
    ai.add_argument("deed", nargs="?", choices=["serve", "check", "openapi"], default="serve")
    ai.add_argument("url", nargs="?", default="", help="check: the whole address of that server")
    ai.add_argument("--token", default="", help="check: if it is not AI_BOT_SERVER_TOKEN")
    ai.add_argument("--callback", default="", help="check: http://host:port where we are reached")
    commands.add_parser("worker", help="only the jobs, taken from BROKER_URL; any number may run")
    commands.add_parser("indexes", help="create the indexes the database lacks")
    commands.add_parser("report-test", help="send one error report, and say what came of it")
    receipt = commands.add_parser("receipt", help="look at a receipt of what was sent")
    receipt.add_argument("deed", choices=["verify"])
    receipt.add_argument("file", help="as it was downloaded from the outbox")
    user = commands.add_parser("user", help="let someone in no more, or again")
    user.add_argument("deed", choices=list(alone.DONE))
    user.add_argument("address", help="the email address they sign in with")
    asked = parser.parse_args(arguments)
    try:
        if asked.command == "ai" and asked.deed != "serve":
            return checking.openapi() if asked.deed == "openapi" else _checked(asked)
        if asked.command == "receipt":
            return receipts.verify(asked.file)
        if asked.command == "user":
            return alone.user(asked.deed, asked.address)
        return _RUN[asked.command]()
    except CannotStart as error:
        sys.stderr.write(sentence(error) + "\n")
        return 1


def _worker() -> int:
    # Only now: what speaks with the broker is of no use to the others.
    from qrev.serving.working import worker

    return worker()


_RUN = {
    "web": serve,
    "ai": alone.ai,
    "worker": _worker,
    "indexes": alone.indexes,
    "report-test": alone.report_test,
}


def _checked(asked: argparse.Namespace) -> int:
    return checking.ai_check(asked.url, token=asked.token, callback=asked.callback)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
