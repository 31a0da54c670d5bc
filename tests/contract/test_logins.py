"""What every LoginBook promises, and how a login is sealed over it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qrev.campaigns.logins import CannotSignIn, Logins, Security, SmtpLogin
from qrev.kit.crypto import Vault
from tests.conftest import ACME, OTHER
from tests.contract.builders import a_login
from tests.contract.stores import Stores
from tests.integrations.letters import a_mailbox

pytestmark = pytest.mark.anyio

LOGIN = SmtpLogin(
    host="mail.acme.test", port=587, security=Security.STARTTLS, user="alice", password="s3cret-ß"
)


async def test_a_login_takes_the_place_of_the_one_before(stores: Stores) -> None:
    await stores.logins.put(a_login())
    await stores.logins.put(a_login(sealed="two"))

    kept = await stores.logins.get(ACME, "m1")

    assert kept == a_login(sealed="two", version=2)
    assert await stores.logins.get(OTHER, "m1") is None
    assert not await stores.logins.replace(a_login(sealed="three"), was=1)
    assert await stores.logins.replace(a_login(sealed="three"), was=2)
    assert not await stores.logins.remove(OTHER, "m1")
    assert await stores.logins.remove(ACME, "m1")
    assert await stores.logins.get(ACME, "m1") is None


async def test_what_is_kept_does_not_show_the_password_and_opens_for_its_mailbox_alone(
    stores: Stores,
) -> None:
    logins, mailbox = Logins(logins=stores.logins, vault=Vault(["k1"])), a_mailbox()
    await logins.keep(ACME, mailbox.id, LOGIN)
    kept = await stores.logins.get(ACME, mailbox.id)
    assert kept is not None

    await stores.logins.put(replace(kept, mailbox_id="mbx_2"))

    assert "s3cret" not in str(kept.sealed) + repr(LOGIN)
    assert await logins.of(mailbox) == LOGIN
    assert await logins.of(replace(mailbox, id="mbx_3")) is None
    with pytest.raises(CannotSignIn):
        await logins.of(replace(mailbox, id="mbx_2"))


async def test_a_new_key_seals_again_what_an_earlier_one_sealed(stores: Stores) -> None:
    mailbox = a_mailbox()
    await Logins(logins=stores.logins, vault=Vault(["k1"])).keep(ACME, mailbox.id, LOGIN)
    both = Logins(logins=stores.logins, vault=Vault(["k2", "k1"]))

    assert await both.rotate() == 1
    assert await both.rotate() == 0

    assert await Logins(logins=stores.logins, vault=Vault(["k2"])).of(mailbox) == LOGIN
    with pytest.raises(CannotSignIn):
        await Logins(logins=stores.logins, vault=Vault(["k3"])).of(mailbox)


async def test_a_login_somebody_changed_is_lost_and_does_not_stop_the_others(
    stores: Stores,
) -> None:
    vault, mailbox = Vault(["k1"]), a_mailbox()
    await stores.logins.put(a_login(key_id=vault.key_id))
    await Logins(logins=stores.logins, vault=vault).keep(ACME, mailbox.id, LOGIN)
    both = Logins(logins=stores.logins, vault=Vault(["k2", "k1"]))

    assert await both.rotate() == 2

    assert await both.of(mailbox) == LOGIN
    with pytest.raises(CannotSignIn):
        await both.of(replace(mailbox, id="m1"))
