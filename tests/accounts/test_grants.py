"""Grants on their real store, with a provider that behaves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.audit import Audit
from qrev.accounts.grant import GrantState, NewGrant
from qrev.accounts.grants import Grants, MustReconnect
from qrev.accounts.models import Actor, Role, UserId
from qrev.accounts.ports import GrantGone, RefreshedGrant
from qrev.accounts.store import MongoAuditBook, MongoGrantBook
from qrev.kit.crypto import Vault
from qrev.kit.errors import Unavailable
from qrev.kit.mongo import Document
from tests.conftest import ACME
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio
ANN, EVE = UserId("ann"), UserId("eve")
SEND, READ = "gmail.send", "gmail.readonly"
HOUR = timedelta(hours=1)


@dataclass
class Provider:
    """Fills GrantIssuer: knows which refresh token is good, and may give another each time."""

    clock: FakeClock
    good: set[str] = field(default_factory=lambda: {"r1"})
    rotates: bool = False
    is_down: bool = False
    asked: int = 0
    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def refresh(self, refresh_token: str) -> RefreshedGrant:
        self.asked += 1
        number = self.asked
        if self.is_down:
            raise Unavailable("Google did not answer.")
        if refresh_token not in self.good:
            raise GrantGone("invalid_grant")
        new = None
        if self.rotates:
            self.good.remove(refresh_token)
            new = f"r{number}-new"
            self.good.add(new)
        if (deed := self.meanwhile) is not None:
            self.meanwhile = None
            await deed()
        await asyncio.sleep(0)  # whoever else waits is let in
        return RefreshedGrant(
            access_token=f"a{number}", expires_at=self.clock() + HOUR, refresh_token=new
        )

    async def revoke(self, token: str) -> None:
        if self.is_down:
            raise Unavailable("Google did not answer.")
        self.good.discard(token)


@pytest.fixture
def provider(clock: FakeClock) -> Provider:
    return Provider(clock)


def grants_with(mongo: AsyncDatabase[Document], provider: Provider, *keys: str) -> Grants:
    vault = Vault([key * 32 for key in keys or ("k",)])
    audit = Audit(entries=MongoAuditBook(mongo), clock=provider.clock)
    book = MongoGrantBook(mongo)
    return Grants(grants=book, vault=vault, issuer=provider, audit=audit, clock=provider.clock)


def someone(user_id: UserId) -> Actor:
    return Actor(
        account_id=ACME, user_id=user_id, role=Role.OWNER, email=f"{user_id}@acme.test", name="Ann"
    )


ANN_HERSELF = someone(ANN)


@pytest.fixture
def grants(mongo: AsyncDatabase[Document], provider: Provider) -> Grants:
    return grants_with(mongo, provider)


def new_grant(clock: FakeClock, refresh_token: str | None = "r1", **changes: str) -> NewGrant:
    return NewGrant(
        subject=changes.get("subject", "google:1"),
        email="ann@acme.test",
        scopes=frozenset({SEND}),
        access_token=changes.get("access_token", "a0"),
        refresh_token=refresh_token,
        expires_at=clock() + HOUR,
    )


async def test_a_token_is_handed_out_as_it_is_while_it_is_good(
    grants: Grants, provider: Provider, clock: FakeClock
) -> None:
    await grants.keep(ANN_HERSELF, new_grant(clock))
    clock.advance(minutes=59)

    assert await grants.fresh(ANN, [SEND]) == "a0"
    assert provider.asked == 0


async def test_a_token_is_refreshed_a_minute_before_it_is_over(
    grants: Grants, provider: Provider, clock: FakeClock
) -> None:
    await grants.keep(ANN_HERSELF, new_grant(clock))
    clock.advance(minutes=59, seconds=1)

    assert await grants.fresh(ANN, [SEND]) == "a1"
    assert await grants.fresh(ANN, [SEND]) == "a1"
    assert provider.asked == 1


async def test_neither_token_can_be_read_in_the_database(
    grants: Grants, mongo: AsyncDatabase[Document], clock: FakeClock
) -> None:
    new = new_grant(clock, "refresh-secret", access_token="access-secret")
    await grants.keep(ANN_HERSELF, new)

    kept = repr(await mongo.grants.find_one({"_id": ANN}))

    assert "refresh-secret" not in kept + repr(new)
    assert "access-secret" not in kept + repr(new)


async def test_a_grant_moved_to_someone_else_does_not_open(
    grants: Grants, mongo: AsyncDatabase[Document], clock: FakeClock
) -> None:
    await grants.keep(ANN_HERSELF, new_grant(clock))
    stolen = await mongo.grants.find_one({"_id": ANN})
    assert stolen is not None
    await mongo.grants.insert_one({**stolen, "_id": EVE})

    with pytest.raises(MustReconnect):
        await grants.fresh(EVE, [SEND])


async def test_what_is_missing_partial_or_revoked_is_shown_and_not_handed_out(
    grants: Grants, provider: Provider, clock: FakeClock
) -> None:
    assert (await grants.status(ANN, [SEND])).state is GrantState.MISSING
    await grants.keep(ANN_HERSELF, new_grant(clock))
    assert (await grants.status(ANN, [SEND])).state is GrantState.GOOD
    assert (await grants.status(ANN, [SEND, READ])).state is GrantState.PARTIAL
    with pytest.raises(MustReconnect):
        await grants.fresh(ANN, [SEND, READ])
    with pytest.raises(MustReconnect):
        await grants.fresh(EVE, [SEND])

    provider.good.clear()
    clock.advance(hours=1)

    with pytest.raises(MustReconnect):
        await grants.fresh(ANN, [SEND])
    assert (await grants.status(ANN, [SEND])).state is GrantState.REVOKED
    with pytest.raises(MustReconnect):
        await grants.fresh(ANN, [SEND])
    assert provider.asked == 1


async def test_connecting_again_makes_it_good_again(
    grants: Grants, provider: Provider, clock: FakeClock
) -> None:
    await grants.keep(ANN_HERSELF, new_grant(clock))
    provider.good = {"r2"}
    clock.advance(hours=1)
    with pytest.raises(MustReconnect):
        await grants.fresh(ANN, [SEND])

    await grants.keep(ANN_HERSELF, new_grant(clock, "r2", access_token="b0"))

    assert await grants.fresh(ANN, [SEND]) == "b0"


async def test_a_provider_that_is_down_costs_nobody_their_grant(
    grants: Grants, provider: Provider, clock: FakeClock
) -> None:
    await grants.keep(ANN_HERSELF, new_grant(clock))
    clock.advance(hours=1)
    provider.is_down = True

    with pytest.raises(Unavailable):
        await grants.fresh(ANN, [SEND])
    provider.is_down = False

    assert await grants.fresh(ANN, [SEND]) == "a2"


async def test_signing_in_again_without_a_refresh_token_keeps_the_earlier_one(
    grants: Grants, clock: FakeClock
) -> None:
    await grants.keep(ANN_HERSELF, new_grant(clock))
    await grants.keep(ANN_HERSELF, new_grant(clock, None, access_token="b0"))
    clock.advance(hours=1)

    assert await grants.fresh(ANN, [SEND]) == "a1"


async def test_another_persons_refresh_token_is_not_kept(grants: Grants, clock: FakeClock) -> None:
    await grants.keep(ANN_HERSELF, new_grant(clock))
    await grants.keep(ANN_HERSELF, new_grant(clock, None, subject="google:2"))
    clock.advance(hours=1)

    with pytest.raises(MustReconnect):
        await grants.fresh(ANN, [SEND])


@pytest.mark.parametrize("rotates", [False, True])
async def test_many_who_need_it_at_once_all_get_one(
    grants: Grants, provider: Provider, clock: FakeClock, rotates: bool
) -> None:
    provider.rotates = rotates
    await grants.keep(ANN_HERSELF, new_grant(clock))
    for _ in range(5):
        clock.advance(hours=1)

        tokens = await asyncio.gather(
            *(grants.fresh(ANN, [SEND]) for _ in range(6)), return_exceptions=True
        )

        assert [each for each in tokens if isinstance(each, BaseException)] == []
        assert (await grants.status(ANN, [SEND])).state is GrantState.GOOD
    assert provider.asked == 5


async def test_a_refresh_another_process_took_for_gone_is_kept_all_the_same(
    mongo: AsyncDatabase[Document], provider: Provider, clock: FakeClock
) -> None:
    provider.rotates = True
    here, there = grants_with(mongo, provider), grants_with(mongo, provider)
    await here.keep(ANN_HERSELF, new_grant(clock))
    clock.advance(hours=1)

    async def show_it_again() -> None:
        with pytest.raises(MustReconnect):
            await there.fresh(ANN, [SEND])

    provider.meanwhile = show_it_again

    assert await here.fresh(ANN, [SEND]) == await there.fresh(ANN, [SEND]) == "a1"
    clock.advance(hours=1)
    assert await there.fresh(ANN, [SEND]) == "a3"


async def test_forgetting_gives_it_back_and_deletes_it(
    grants: Grants, provider: Provider, clock: FakeClock
) -> None:
    await grants.keep(ANN_HERSELF, new_grant(clock))
    provider.is_down = True
    with pytest.raises(Unavailable):
        await grants.forget(ANN_HERSELF)
    provider.is_down = False

    await grants.forget(ANN_HERSELF)
    await grants.forget(ANN_HERSELF)

    assert provider.good == set()
    assert (await grants.status(ANN, [SEND])).state is GrantState.MISSING


async def test_a_new_key_takes_over_and_the_old_one_can_go(
    mongo: AsyncDatabase[Document], provider: Provider, clock: FakeClock
) -> None:
    old = grants_with(mongo, provider, "o")
    for user_id in (ANN, EVE):
        await old.keep(someone(user_id), new_grant(clock))

    both = grants_with(mongo, provider, "n", "o")
    assert await both.fresh(ANN, [SEND]) == "a0"
    assert (await both.rotate(), await both.rotate()) == (2, 0)

    new = grants_with(mongo, provider, "n")
    assert await new.fresh(ANN, [SEND]) == "a0"
    clock.advance(hours=1)
    assert await new.fresh(EVE, [SEND]) == "a1"


async def test_a_key_that_was_left_out_by_mistake_costs_nothing(
    mongo: AsyncDatabase[Document], provider: Provider, clock: FakeClock
) -> None:
    await grants_with(mongo, provider, "o").keep(ANN_HERSELF, new_grant(clock))
    mistaken = grants_with(mongo, provider, "n")
    assert (await mistaken.status(ANN, [SEND])).state is GrantState.REVOKED
    assert await mistaken.rotate() == 0

    mended = grants_with(mongo, provider, "n", "o")

    assert (await mended.status(ANN, [SEND])).state is GrantState.GOOD
    assert await mended.rotate() == 1
    assert await mended.fresh(ANN, [SEND]) == "a0"


async def test_what_somebody_changed_in_the_database_is_not_opened(
    mongo: AsyncDatabase[Document], provider: Provider, clock: FakeClock
) -> None:
    old = grants_with(mongo, provider, "o")
    for user_id in (ANN, EVE):
        await old.keep(someone(user_id), new_grant(clock))
    eves = await mongo.grants.find_one({"_id": EVE}) or {}
    swapped = {"access_sealed": eves["access_sealed"], "refresh_sealed": eves["refresh_sealed"]}
    await mongo.grants.update_one({"_id": ANN}, {"$set": swapped})

    both = grants_with(mongo, provider, "n", "o")

    with pytest.raises(MustReconnect):
        await both.fresh(ANN, [SEND])
    assert (await both.rotate(), await both.rotate()) == (2, 0)
    assert (await both.status(ANN, [SEND])).state is GrantState.REVOKED
    assert await both.fresh(EVE, [SEND]) == "a0"


async def test_what_no_key_opens_any_more_has_to_be_connected_again(
    mongo: AsyncDatabase[Document], provider: Provider, clock: FakeClock
) -> None:
    await grants_with(mongo, provider, "o").keep(ANN_HERSELF, new_grant(clock))
    new = grants_with(mongo, provider, "n")

    with pytest.raises(MustReconnect):
        await new.fresh(ANN, [SEND])
    await new.rotate()

    assert (await new.status(ANN, [SEND])).state is GrantState.REVOKED
    await new.forget(ANN_HERSELF)


async def test_connecting_and_forgetting_is_in_the_log_without_a_token(
    mongo: AsyncDatabase[Document], grants: Grants, clock: FakeClock
) -> None:
    wider = replace(new_grant(clock, "r2"), scopes=frozenset({SEND, READ}))

    await grants.keep(ANN_HERSELF, new_grant(clock))
    await grants.keep(ANN_HERSELF, new_grant(clock, "r2"))  # signed in again: nothing new
    await grants.keep(ANN_HERSELF, wider)
    await grants.forget(ANN_HERSELF)
    await grants.forget(ANN_HERSELF)

    log = await Audit(entries=MongoAuditBook(mongo), clock=clock).page(ANN_HERSELF)
    less, more = ({"email": "ann@acme.test", "permissions": p} for p in ([SEND], [READ, SEND]))
    assert [(entry.action, entry.before, entry.after) for entry in reversed(log)] == [
        ("mailbox.connected", {}, less),
        ("mailbox.connected", less, more),
        ("mailbox.forgotten", more, {}),
    ]
