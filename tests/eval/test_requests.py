"""The requests of the evaluation: enough of them, a third kept aside, none asked twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.eval.judging import judge, judged, shares

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


@pytest.mark.parametrize("name", ["requests.json", "held_out.json"])
def test_nine_in_ten_are_understood_and_none_does_harm(name: str) -> None:
    right, harmful = shares(judged(name))

    assert right >= 0.9
    assert harmful == 0


def test_doing_something_else_or_for_more_people_is_harm() -> None:
    ask: dict[str, Any] = {"say": "stop Anna Lee", "want": {"nothing": True}}
    everyone: dict[str, Any] = {
        "say": "we sell tea",
        "list": True,
        "want": {"campaign": {"offer": "tea", "only_titles": ["cto"]}},
    }
    other: dict[str, Any] = {
        "say": "pause Germany",
        "want": {"proposal": "pause", "subject": "France"},
    }

    assert [judge(each).is_harmful for each in (ask, everyone, other)] == [True, True, True]
