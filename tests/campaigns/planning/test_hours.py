"""Windows are wall-clock times of the reader, on the days the clocks change as well."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qrev.campaigns.planning import Rules
from qrev.campaigns.planning.hours import SECOND, Hours, country_code, moment, zone_named
from tests.campaigns.planning.people import ALL_ZONES, Inputs, a_box, a_person

# Around midnight and in the small hours, when clocks are changed, and two in broad day.
TELLING = [time(h, m) for h in (0, 1, 2, 3, 9, 17, 22, 23) for m in (0, 30)]
HALF_HOURS = [time(hour, minute) for hour in range(24) for minute in (0, 30)]
# The weeks around the changes of North America, Europe, and the south, in spring and in autumn.
CHANGES = (
    date(2026, 3, 8),
    date(2026, 3, 29),
    date(2026, 4, 4),  # Easter Island changes on Saturdays
    date(2026, 4, 5),
    date(2026, 9, 6),
    date(2026, 10, 4),
    date(2026, 10, 25),
    date(2026, 11, 1),
)
WEEKS = sorted({day + timedelta(days=n) for day in CHANGES for n in range(-1, 2)})


def utc(at: int) -> datetime:
    return datetime.fromtimestamp(at / SECOND, UTC)


@pytest.mark.parametrize(
    ("zone", "day", "clock", "expected"),
    [
        # 02:30 does not exist: an hour later it is 03:30 in summer time.
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), "2026-03-29T01:30"),
        # 02:30 exists twice: the second one, in winter time.
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), "2026-10-25T01:30"),
        ("America/New_York", date(2026, 3, 8), time(2, 30), "2026-03-08T07:30"),
        ("America/New_York", date(2026, 11, 1), time(1, 30), "2026-11-01T06:30"),
        # Clocks that move by half an hour.
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "2026-10-03T15:45"),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), "2026-04-04T15:15"),
        # Days on which midnight is missing or there twice.
        ("Africa/Cairo", date(2026, 4, 24), time(0), "2026-04-23T22:00"),
        ("America/Havana", date(2026, 11, 1), time(0), "2026-11-01T05:00"),
        ("Asia/Kolkata", date(2026, 3, 29), time(9), "2026-03-29T03:30"),
    ],
)
def test_a_wall_time_that_is_missing_or_there_twice_is_resolved_forward(
    zone: str, day: date, clock: time, expected: str
) -> None:
    assert utc(moment(day, clock, ZoneInfo(zone))).isoformat()[:16] == expected


def test_in_every_zone_and_week_a_wall_time_is_shown_or_skipped_forward() -> None:
    for name in ALL_ZONES:
        zone = ZoneInfo(name)
        for day in CHANGES:
            for clock in TELLING:
                wanted = datetime.combine(day, clock)
                shown = utc(moment(day, clock, zone)).astimezone(zone).replace(tzinfo=None)
                assert timedelta(0) <= shown - wanted <= timedelta(hours=3), (name, wanted)


def test_in_every_zone_office_hours_are_open_eight_hours_on_every_weekday() -> None:
    hours = Hours(Rules(account_timezone="UTC"))

    for name in ALL_ZONES:
        zone = ZoneInfo(name)
        for day in WEEKS:
            opened = hours.open_on(zone, day.toordinal())
            length = sum(end - begin for begin, end in opened)
            assert length == (8 * 3600 * SECOND if day.weekday() < 5 else 0), (name, day)


@settings(max_examples=100, deadline=None)
@given(
    zone=st.sampled_from(ALL_ZONES),
    mailbox_zone=st.sampled_from(ALL_ZONES),
    change=st.sampled_from(CHANGES),
    before=st.integers(0, 6),
    begin=st.integers(0, 46),
    length=st.integers(2, 47),
)
def test_in_weeks_the_clocks_change_mails_still_leave_in_the_window(
    zone: str, mailbox_zone: str, change: date, before: int, begin: int, length: int
) -> None:
    window = (HALF_HOURS[begin], HALF_HOURS[min(begin + length, 47)])
    prospects = [a_person(f"p{n}", timezone=zone) for n in range(25)]
    inputs = Inputs(
        prospects=prospects,
        mailboxes=[a_box(cap=4, timezone=mailbox_zone)],
        rules=Rules(account_timezone="UTC", windows=dict.fromkeys(range(7), (window,))),
        now=datetime.combine(change - timedelta(days=before), time(0), UTC),
    )

    plan = inputs.plan()

    assert len(plan.messages) == 25
    reader = ZoneInfo(zone)
    for message in plan.messages:
        on_their_wall = message.send_at.astimezone(reader).time()
        assert window[0] <= on_their_wall < window[1]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("DE", "DE"),
        (" de ", "DE"),
        ("Germany", "DE"),
        ("usa", "US"),
        ("United States", "US"),
        ("UK", "GB"),
        ("England", "GB"),
        ("XX", ""),
        ("Atlantis", ""),
        ("", ""),
    ],
)
def test_a_country_is_known_by_its_code_or_its_english_name(text: str, code: str) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize("name", ["", "Mars/Phobos", "../etc/passwd", "europe/berlin", "UTC+2"])
def test_what_is_no_zone_is_none(name: str) -> None:
    assert zone_named(name) is None
