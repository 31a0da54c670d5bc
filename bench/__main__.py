"""`python -m bench`: measure all figures, or with `--only name,name` some of them."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Iterable, Mapping, Sequence

from bench.figures import TABLES
from bench.measuring import Measure, failure, line, load


def main(arguments: Sequence[str], tables: Iterable[Mapping[str, Measure]] = TABLES) -> int:
    """Print a line per figure. Return 0 if every one kept its target, 1 if not, 2 if misused."""
    figures = {name: measure for table in tables for name, measure in table.items()}
    wanted = _wanted(arguments) or list(figures)
    unknown = [name for name in wanted if name not in figures]
    if unknown:
        sys.stderr.write(
            f"There is no figure called {', '.join(unknown)}. There are: {', '.join(figures)}.\n"
        )
        return 2
    missed = [name for name in wanted if not _is_kept(name, figures[name])]
    return 1 if missed else 0


def _wanted(arguments: Sequence[str]) -> list[str]:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", nargs="+", default=[], metavar="name,name")
    words = ",".join(parser.parse_args(arguments).only).split(",")
    return list(dict.fromkeys(word.strip() for word in words if word.strip()))


def _is_kept(name: str, measure: Measure) -> bool:
    load1 = load()  # before: what we do ourselves is no disturbance
    try:
        measured = measure()
    except Exception as error:
        traceback.print_exc()
        print(failure(name, error, load1), flush=True)
        return False
    print(line(name, measured, load1), flush=True)
    return measured.is_ok


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
