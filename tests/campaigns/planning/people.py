"""What the planner's tests are made of: people, mailboxes, and whole worlds drawn by chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import strategies as st

from qrev.campaigns.planning import (
    Plan,
    PlanMailbox,
    PlanProspect,
    PlanStep,
    Rules,
    Taken,
    plan,
)

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ALL_ZONES = sorted(available_timezones())
# A few that change their clocks, in both halves of the world, and some that never do.
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Havana",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Atlantic/Azores",
)


def a_person(
    id: str = "p",
    *,
    days: tuple[int, ...] = (0,),
    timezone: str | None = "UTC",
    country: str | None = None,
    company: str = "",
) -> PlanProspect:
    steps = tuple(PlanStep(number=n, day=day) for n, day in enumerate(days, start=1))
    return PlanProspect(id=id, steps=steps, timezone=timezone, country=country, company=company)


def people(count: int, *, company: str = "", days: tuple[int, ...] = (0,)) -> list[PlanProspect]:
    return [a_person(f"p{n:04}", company=company, days=days) for n in range(count)]


def a_box(
    id: str = "box",
    *,
    cap: int = 30,
    timezone: str = "UTC",
    ramp_started_on: date | None = None,
    is_paused: bool = False,
) -> PlanMailbox:
    return PlanMailbox(
        id=id, timezone=timezone, cap=cap, ramp_started_on=ramp_started_on, is_paused=is_paused
    )


def a_taken(
    send_at: datetime,
    *,
    mailbox: str = "box",
    company: str = "",
    step: int = 1,
    timezone: str = "UTC",
) -> Taken:
    return Taken(
        mailbox_id=mailbox,
        send_at=send_at,
        company=company,
        prospect_id="earlier",
        step=step,
        timezone=timezone,
    )


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """The arguments of one plan."""

    prospects: list[PlanProspect]
    mailboxes: list[PlanMailbox] = field(default_factory=lambda: [a_box()])
    rules: Rules = field(default_factory=lambda: Rules(account_timezone="UTC"))
    taken: list[Taken] = field(default_factory=list)
    now: datetime = MONDAY
    seed: int = 1

    def plan(self) -> Plan:
        return plan(
            self.prospects, self.mailboxes, self.rules, self.taken, now=self.now, seed=self.seed
        )

    def zone_of(self, prospect_id: str) -> ZoneInfo:
        """Return the zone a drawn person surely has: each has one of their own."""
        timezone = next(p.timezone for p in self.prospects if p.id == prospect_id)
        return ZoneInfo(timezone or self.rules.account_timezone)


# --- worlds by chance

moments = st.integers(0, 365 * 24 * 60).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + n * MINUTE)


@st.composite
def windows(draw: st.DrawFn) -> Mapping[int, tuple[tuple[time, time], ...]]:
    """One or two intervals a day, at hours when no clock is changed."""
    hours = sorted(draw(st.sets(st.integers(5, 20), min_size=4, max_size=4)))
    first, second = (time(hours[0]), time(hours[1])), (time(hours[2], 30), time(hours[3], 45))
    each = draw(st.sampled_from([(first,), (first, second), (second,)]))
    return dict.fromkeys(draw(st.sets(st.integers(0, 6), min_size=1)), each)


companies = st.sampled_from(["", "acme.test", "globex.test"])


@st.composite
def persons(draw: st.DrawFn, n: int, zones: Sequence[str]) -> PlanProspect:
    return a_person(
        f"p{n}",
        days=draw(st.sampled_from([(0,), (0, 3), (0, 3, 7), (0, 1, 1, 14)])),
        timezone=draw(st.sampled_from(zones)),
        country=draw(st.sampled_from([None, "DE", "US", "Japan"])),
        company=draw(companies),
    )


# The weeks in which Europe, North America, Australia and Cuba change their clocks in 2026.
CHANGES = (
    *(date(2026, 3, 8), date(2026, 3, 29), date(2026, 4, 5)),
    *(date(2026, 10, 4), date(2026, 10, 25), date(2026, 11, 1)),
)
changing_weeks = st.builds(
    lambda day, minutes: datetime(day.year, day.month, day.day, tzinfo=UTC) + minutes * MINUTE,
    st.sampled_from(CHANGES),
    st.integers(-4 * 24 * 60, 2 * 24 * 60),
)


@st.composite
def worlds(
    draw: st.DrawFn,
    zones: Sequence[str] = ZONES,
    when: st.SearchStrategy[datetime] = moments,
) -> Inputs:
    """Up to 30 people of few companies, up to 4 small mailboxes, some mails already taken."""
    now = draw(when)
    zone = st.sampled_from(zones)
    mailboxes = [
        a_box(
            f"box{n}",
            cap=draw(st.integers(0, 8)),
            timezone=draw(zone),
            ramp_started_on=draw(st.none() | st.just(now.date())),
            is_paused=draw(st.sampled_from([False, False, False, True])),
        )
        for n in range(draw(st.integers(1, 4)))
    ]
    prospects = [draw(persons(n, zones)) for n in range(draw(st.integers(0, 30)))]
    offsets = st.integers(-8 * 24 * 60, 8 * 24 * 60)
    taken = [
        a_taken(
            now + draw(offsets) * MINUTE,
            mailbox=draw(st.sampled_from(mailboxes)).id,
            company=draw(companies),
            step=draw(st.integers(1, 2)),
            timezone=draw(zone),
        )
        for _ in range(draw(st.integers(0, 12)))
    ]
    return Inputs(
        prospects=prospects,
        mailboxes=mailboxes,
        rules=Rules(account_timezone=draw(zone), windows=draw(windows())),
        taken=taken,
        now=now,
        seed=draw(st.integers(0, 2**32)),
    )
