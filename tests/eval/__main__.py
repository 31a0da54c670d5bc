"""`make eval`: what the built-in interpreter makes of the requests; the table goes into docs/.

What is wrong among the requests kept aside is counted and never shown: whoever improves the rules
must not see it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.eval.judging import Verdict, judged, shares

TABLE = Path(__file__).parents[2] / "docs" / "evaluation.md"
ENOUGH = 0.9
KINDS = {
    "campaign": "Write to a list: offer, days, tone, whom to leave out",
    "query": "Show or count what is there, with filters and days",
    "proposal": "Pause, resume, stop, undo, rules, invitations",
    "edit": "Change the words of mails: what, and of whose",
    "asks": "Two readings: ask back with choices",
    "says": "Say what is missing or cannot be done",
    "nothing": "Change nothing",
}
HEAD = """# Evaluation of the built-in interpreter

Written by `make eval`. Each request of `tests/eval/requests.json` and `tests/eval/held_out.json`
has the action it is to become; it is right only if all of it is: the offer, the days, the tone,
whom to leave out, the filter, the name and the day of an order. It is harmful if something would be
changed or drafted that nobody asked for, or for more people than were meant.

The requests were written before the rules were changed for them, by the same hand. Those kept
aside are only counted, and the rules are not changed for what is wrong among them. There was one
exception: when they were first counted, 44 of 48 were right and one did harm. That one was shown,
put right, moved to the others, and two new ones took its place. What is expected of “delete
bob@x.com” changed when erasing people came, and of five requests for other words (“make the drafts
shorter”, “make them a bit more friendly”) when mails could be rewritten. New requests of that kind
were written with the rules, not before them, and one of those kept aside was seen.

| what is asked | requests | right | kept aside | right |
| --- | ---: | ---: | ---: | ---: |
"""


def main() -> int:
    """Print what is wrong, write the table, and return 0 if it is good enough."""
    seen, kept = judged("requests.json"), judged("held_out.json")
    for verdict in seen:
        if not verdict.is_right or verdict.is_harmful:
            mark = "HARMFUL" if verdict.is_harmful else "wrong"
            sys.stdout.write(f"{mark}: {verdict.words!r} ({verdict.kind}) -> {verdict.got}\n")
    TABLE.write_text(HEAD + _rows(seen, kept), encoding="utf-8")
    right, harmful = shares([*seen, *kept])
    right_kept, harmful_kept = shares(kept)
    sys.stdout.write(
        f"{right:.1%} of {len(seen) + len(kept)} right, {harmful} harmful; "
        f"kept aside: {right_kept:.1%} of {len(kept)}, {harmful_kept} harmful\n"
    )
    return 0 if right >= ENOUGH and right_kept >= ENOUGH and not harmful else 1


def _rows(seen: list[Verdict], kept: list[Verdict]) -> str:
    rows = [
        _row(title, [v for v in seen if v.kind == kind], [v for v in kept if v.kind == kind])
        for kind, title in KINDS.items()
    ]
    harm = f"| **Harmful** | | {shares(seen)[1]} | | {shares(kept)[1]} |\n"
    return "".join([*rows, _row("**All**", seen, kept), harm])


def _row(title: str, seen: list[Verdict], kept: list[Verdict]) -> str:
    counts = [str(n) for part in (seen, kept) for n in (len(part), sum(v.is_right for v in part))]
    return f"| {title} | {' | '.join(counts)} |\n"


if __name__ == "__main__":
    sys.exit(main())
