"""What the built-in interpreter makes of requests whose right answers were written before."""

from __future__ import annotations

from functools import lru_cache

from bench.measuring import Measure, Measured, rounded
from tests.eval.judging import Verdict, judged, shares


def eval_right() -> Measured:
    """Return which part of all requests became the whole of what was asked for."""
    seen, kept = _judged()
    value, _ = shares([*seen, *kept])
    kept_right, _ = shares(kept)
    more = {"requests": len(seen) + len(kept), "kept_aside": rounded(kept_right)}
    is_ok = min(value, kept_right) >= 0.9
    return Measured(value=value, unit="of the requests", target=0.9, is_ok=is_ok, more=more)


def eval_harmful() -> Measured:
    """Return of how many requests something came that nobody asked for."""
    seen, kept = _judged()
    _, value = shares([*seen, *kept])
    return Measured(value=value, unit="requests", target=0, is_ok=value == 0)


@lru_cache(maxsize=1)
def _judged() -> tuple[list[Verdict], list[Verdict]]:
    return judged("requests.json"), judged("held_out.json")


UNDERSTANDING: dict[str, Measure] = {"eval_right": eval_right, "eval_harmful": eval_harmful}
