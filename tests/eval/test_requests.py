"""The requests of the evaluation: enough of them, a third kept aside, none asked twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def requests(name: str) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads((HERE / name).read_text("utf-8"))
    return read


def test_there_are_enough_requests_and_a_third_is_kept_aside() -> None:
    seen, kept = requests("requests.json"), requests("held_out.json")

    assert len(seen) + len(kept) >= 120
    assert 3 * len(kept) >= len(seen) + len(kept)


def test_no_request_is_asked_twice_in_the_same_place() -> None:
    every = [*requests("requests.json"), *requests("held_out.json")]

    places = [(r["say"].lower(), r.get("list", False), str(r.get("before"))) for r in every]

    assert len(set(places)) == len(places)
