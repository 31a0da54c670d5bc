"""The verdict convicts: each thing that must not happen is found when it did."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.crash.verdict import Line, Verdict, judge

MONDAY_10AM = datetime(2026, 3, 2, 10, tzinfo=UTC)
PLAN = {
    "rules": {"cap": 2, "gap_s": 240, "opens": 9, "closes": 17},
    "planned": [{"id": "a:1"}, {"id": "b:1"}, {"id": "c:1"}],
}


def a_line(key: str, *, at: datetime = MONDAY_10AM, sender: str = "", **more: Any) -> Line:
    line = {"id": key, "from": sender or f"{key}@acme.test", "to": f"{key}@firm.test"}
    return {**line, "at": at.isoformat(), "began": at.timestamp(), **more}


def verdict(*lines: Line, stops: tuple[Line, ...] = ()) -> Verdict:
    return judge(PLAN, lines, stops)


def test_each_once_is_as_it_should_be() -> None:
    found = verdict(a_line("a:1"), a_line("b:1"))

    assert (found.accepted, found.missing, found.wrong) == (2, frozenset({"c:1"}), ())


def test_a_mail_that_came_twice_is_a_duplicate() -> None:
    assert verdict(a_line("a:1"), a_line("a:1", sender="x@acme.test")).duplicates == 1


@pytest.mark.parametrize("at", [timedelta(hours=-1, seconds=-1), timedelta(hours=7, minutes=2)])
def test_a_mail_outside_the_window_is_found(at: timedelta) -> None:
    assert verdict(a_line("a:1", at=MONDAY_10AM + at)).outside_rules == 1


def test_a_mail_on_a_sunday_is_found() -> None:
    assert verdict(a_line("a:1", at=MONDAY_10AM - timedelta(days=1))).outside_rules == 1


def test_two_mails_of_a_mailbox_without_their_gap_are_found() -> None:
    later = MONDAY_10AM + timedelta(minutes=3)

    assert verdict(a_line("a:1", sender="x"), a_line("b:1", sender="x", at=later)).outside_rules


def test_a_mailbox_beyond_its_cap_is_found() -> None:
    lines = [
        a_line(key, sender="x", at=MONDAY_10AM + n * timedelta(minutes=5))
        for n, key in enumerate(("a:1", "b:1", "c:1"))
    ]

    assert verdict(*lines).wrong == ("x sent 3 on 2026-03-02",)


def test_a_mail_nobody_planned_is_found() -> None:
    assert verdict(a_line("z:1")).outside_rules == 1


def test_a_mail_after_its_stop_is_found_unless_it_was_on_the_wire() -> None:
    stop = {"to": "a:1@firm.test", "at": MONDAY_10AM.timestamp() - 1, "on_the_wire": []}

    assert verdict(a_line("a:1"), stops=(stop,)).after_stop == 1
    assert verdict(a_line("a:1"), stops=({**stop, "on_the_wire": ["a:1"]},)).after_stop == 0
