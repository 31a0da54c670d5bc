"""Another account's things are not there, whatever is asked, and cannot be changed."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from qrev.accounts.models import AccountId
from tests.conftest import ACME, OTHER
from tests.contract.calls import CALLS, fill
from tests.contract.ports import ports
from tests.contract.stores import Call, Stores

pytestmark = pytest.mark.anyio
THIRD = AccountId("third")


def methods(port: type) -> list[str]:
    return [name for name in vars(port) if not name.startswith("_")]


def is_scoped(call: Call) -> bool:
    """Return whether the method is asked on behalf of an account."""
    return "account_id" in inspect.signature(getattr(ports()[call.port], call.method)).parameters


SCOPED = [call for call in CALLS if is_scoped(call)]


def test_every_method_of_every_port_is_called() -> None:
    called = {(call.port, call.method) for call in CALLS}

    assert called == {(name, each) for name, port in ports().items() for each in methods(port)}


async def everything(stores: Stores) -> list[tuple[str, Any]]:
    return [(call.name, await call.ask(stores, ACME)) for call in CALLS if call.reads]


@pytest.mark.parametrize("port", sorted({call.port for call in SCOPED}))
async def test_what_is_another_accounts_looks_like_what_is_missing(
    stores: Stores, port: str
) -> None:
    calls = [call for call in SCOPED if call.port == port]
    of_nothing = [(call.name, await call.ask(stores, OTHER)) for call in calls]
    await fill(stores)

    of_acmes = [(call.name, await call.ask(stores, THIRD)) for call in calls]

    assert of_acmes == of_nothing


@pytest.mark.parametrize("port", sorted({call.port for call in SCOPED if not call.reads}))
async def test_what_is_another_accounts_cannot_be_changed(stores: Stores, port: str) -> None:
    await fill(stores)
    before = await everything(stores)

    for call in SCOPED:
        if call.port == port and not call.reads:
            await call.ask(stores, OTHER)

    assert await everything(stores) == before


async def test_acme_itself_does_see_and_change_its_things(stores: Stores) -> None:
    await fill(stores)
    before = dict(await everything(stores))

    for call in SCOPED:
        if not call.reads:
            await call.ask(stores, ACME)

    after = dict(await everything(stores))
    assert not [name for name, answer in before.items() if not answer]
    assert {name for name in before if before[name] != after[name]} >= {
        "accounts.get_account",
        "api_keys.get",
        "conversations.upload_of",
        "drafts.get",
        "mailboxes.of_account",
        "members.working_hours",
        "messages.get",
        "proposals.get",
        "prospects.get",
        "sequences.get",
        "teams.get",
    }
