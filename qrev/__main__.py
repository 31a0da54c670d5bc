"""`python -m qrev`: one part alone. `make run` starts everything together."""

from __future__ import annotations

import argparse
import sys

from qrev.kit.embedded import CannotStart
from qrev.serving import alone
from qrev.serving.starting import sentence, serve


def main(arguments: list[str]) -> int:
    """Run one command. Return the process's exit code."""
    parser = argparse.ArgumentParser(prog="python -m qrev", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("web", help="chat, API, AI server and worker in one process")
    commands.add_parser("ai", help="only the AI server")
    commands.add_parser("indexes", help="create the indexes the database lacks")
    user = commands.add_parser("user", help="let someone in no more, or again")
    user.add_argument("deed", choices=list(alone.DONE))
    user.add_argument("address", help="the email address they sign in with")
    asked = parser.parse_args(arguments)
    try:
        if asked.command == "user":
            return alone.user(asked.deed, asked.address)
        return {"web": serve, "ai": alone.ai, "indexes": alone.indexes}[asked.command]()
    except CannotStart as error:
        sys.stderr.write(sentence(error) + "\n")
        return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
