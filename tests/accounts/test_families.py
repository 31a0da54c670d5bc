"""Families of refresh tokens: whatever devices and thieves do, in whatever order."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from qrev.accounts.audit import Audit
from qrev.accounts.models import SessionId, User, UserId
from qrev.accounts.sessions import Sessions
from qrev.accounts.tokens import TokenMint, TokenSecrets
from qrev.kit.errors import NotSignedIn
from tests.fakes import (
    FakeAuditBook,
    FakeClock,
    FakeMemberBook,
    FakeSessionBook,
    FakeUserBook,
    Register,
)

T = TypeVar("T")
DEVICES = st.integers(min_value=0, max_value=4)


def now(asked: Coroutine[Any, Any, T]) -> T:
    """Return the answer. The stand-ins never wait, so no loop is needed, and none costs time."""
    try:
        asked.send(None)
    except StopIteration as done:
        return cast(T, done.value)
    raise AssertionError("a stand-in waited for something")


@dataclass
class Device:
    """What a device holds, and everything it ever held."""

    session_id: SessionId
    tokens: list[str] = field(default_factory=list)
    is_over: bool = False


class Families(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        clock = FakeClock(datetime(2026, 3, 3, 10, tzinfo=UTC))
        register = Register()
        user_id = UserId("ann")
        self.user = User(id=user_id, email="ann@acme.test", name="Ann", created_at=clock())
        register.users[user_id] = self.user
        secrets = TokenSecrets(
            access="a" * 32,
            refresh="r" * 32,
            access_life=timedelta(minutes=15),
            refresh_life=timedelta(days=180),
        )
        self.clock = clock
        self.sessions = Sessions(
            sessions=FakeSessionBook(register),
            users=FakeUserBook(register),
            members=FakeMemberBook(register),
            mint=TokenMint(secrets, clock=clock),
            audit=Audit(entries=FakeAuditBook(), clock=clock),
            clock=clock,
        )
        self.devices = [self._signed_in() for _ in range(5)]

    def _signed_in(self) -> Device:
        begun = now(self.sessions.begin(self.user, None))
        return Device(begun.session_id, [begun.tokens.refresh])

    @rule(device=DEVICES)
    def refresh(self, device: int) -> None:
        """A device shows what it was given last."""
        one = self.devices[device]
        if one.is_over:
            self._is_refused(one.tokens[-1])
        else:
            one.tokens.append(now(self.sessions.refresh(one.tokens[-1])).refresh)

    @rule(device=DEVICES, which=st.integers(min_value=0))
    def replay(self, device: int, which: int) -> None:
        """A thief shows what the device held before."""
        one = self.devices[device]
        if len(one.tokens) > 1:
            self._is_refused(one.tokens[which % (len(one.tokens) - 1)])
            one.is_over = True

    @rule(device=DEVICES)
    def sign_out(self, device: int) -> None:
        now(self.sessions.end(self.devices[device].session_id))
        self.devices[device].is_over = True

    @rule(device=DEVICES)
    def sign_in_again(self, device: int) -> None:
        if self.devices[device].is_over:
            self.devices[device] = self._signed_in()

    @rule(hours=st.integers(min_value=1, max_value=100))
    def time_passes(self, hours: int) -> None:
        self.clock.advance(hours=hours)
        for one in self.devices:  # each is used now and then, so none runs out
            if not one.is_over:
                one.tokens.append(now(self.sessions.refresh(one.tokens[-1])).refresh)

    @invariant()
    def each_family_lives_or_is_over_by_itself(self) -> None:
        for one in getattr(self, "devices", []):
            assert self._is_alive(one) is not one.is_over

    def _is_alive(self, device: Device) -> bool:
        try:
            now(self.sessions.who(device.session_id))
        except NotSignedIn:
            return False
        return True

    def _is_refused(self, token: str) -> None:
        try:
            now(self.sessions.refresh(token))
        except NotSignedIn:
            return
        raise AssertionError("a refresh token worked that should not")


TestFamilies = Families.TestCase
TestFamilies.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
