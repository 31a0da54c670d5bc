"""`python -m tests.crash --kills N --seed SEED`: one line of JSON. See `run.py`."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import secrets
import sys

from tests.crash.run import crash

NONE_OF = ("duplicates", "lost", "after_stop", "outside_rules")


def main() -> int:
    """Return 0 if nothing was lost, doubled or sent against a rule, and every doubt is settled."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=None)
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)
    seed = secrets.randbelow(10**6) if asked.seed is None else asked.seed
    figures = asyncio.run(crash(asked.kills, seed))
    sys.stdout.write(json.dumps(figures) + "\n")
    is_proven = not any(figures[name] for name in NONE_OF)
    return 0 if is_proven and figures["unknown"] == figures["settled"] else 1


if __name__ == "__main__":
    sys.exit(main())
