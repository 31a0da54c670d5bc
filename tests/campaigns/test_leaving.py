"""What may leave in this minute: the mailbox has room and had its pause, and somebody is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.campaigns.leaving import GRACE, Share, Windows, why_not_now
from qrev.campaigns.planning import Rules
from tests.conftest import TUESDAY_10AM
from tests.contract.builders import a_message

GAP = timedelta(minutes=4)
MAIL = replace(a_message(), timezone="UTC")
OFFICE = Windows(Rules(account_timezone="UTC"))


def a_share(*, room: int = 5, last_at: datetime | None = None) -> Share:
    return Share(room=room, min_gap=GAP, last_at=last_at)


def test_a_mailbox_with_room_may_send_in_office_hours() -> None:
    assert why_not_now(MAIL, a_share(), OFFICE, TUESDAY_10AM) == ""


def test_a_mailbox_whose_day_is_used_up_waits() -> None:
    why = why_not_now(MAIL, a_share(room=0), OFFICE, TUESDAY_10AM)

    assert why == "the mailbox sent its share for today"


@given(st.integers(0, 600))
def test_a_mailbox_keeps_its_gap_to_the_second(seconds: int) -> None:
    share = a_share(last_at=TUESDAY_10AM - timedelta(seconds=seconds))

    why = why_not_now(MAIL, share, OFFICE, TUESDAY_10AM)

    assert (why == "") is (seconds >= GAP.total_seconds())


def test_each_attempt_takes_room_and_begins_the_gap_anew() -> None:
    share = a_share(room=2)
    share.count(TUESDAY_10AM)

    assert (share.room, share.last_at) == (1, TUESDAY_10AM)


@pytest.mark.parametrize(
    ("clock", "is_open"),
    [(time(8, 59), False), (time(9), True), (time(17, 0, 59), True), (time(17, 1), False)],
)
def test_nobody_is_written_to_after_hours(clock: time, is_open: bool) -> None:
    now = datetime.combine(TUESDAY_10AM.date(), clock, UTC)

    assert (why_not_now(MAIL, a_share(), OFFICE, now) == "") is is_open


def test_the_hours_are_the_recipients() -> None:
    in_tokyo = replace(MAIL, timezone="Asia/Tokyo")

    why = why_not_now(in_tokyo, a_share(), OFFICE, TUESDAY_10AM)  # 19:00 there

    assert why == "its hours were over before it could leave"


def test_hours_until_midnight_have_their_minute_of_grace_on_the_next_day() -> None:
    evenings = Windows(Rules(account_timezone="UTC", windows={1: ((time(20), time.max),)}))
    midnight = datetime(2026, 3, 4, tzinfo=UTC)

    assert evenings.are_open("UTC", "", midnight + GRACE / 2)
    assert not evenings.are_open("UTC", "", midnight + GRACE)
