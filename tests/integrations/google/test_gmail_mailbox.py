"""A member's Gmail, wired as in production: connected, tried, revoked, connected again."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.bootstrap import Databases, build
from qrev.integrations.google.client import MAILBOX
from qrev.kit.errors import Conflict
from qrev.kit.mongo import Document
from tests.fakes import FakeAiServer, FakeClock
from tests.google_servers import Emulated, google_settings
from tests.integrations.google.conftest import google_at
from tests.integrations.google.test_grants import granted, refresh_token
from tests.sites import a_free_port

pytestmark = pytest.mark.anyio
EMAIL = "alice@acme.test"


async def test_a_revoked_gmail_is_paused_in_words_and_goes_on_once_it_is_allowed_again(
    mongo: AsyncDatabase[Document], emulated: Emulated, clock: FakeClock, tmp_path: Path
) -> None:
    databases = Databases(main=mongo, dropbox=mongo)
    await databases.ensure_indexes()
    settings = google_settings(tmp_path, emulated.issuer, a_free_port())
    services = build(settings, databases, FakeAiServer(), clock=clock)
    google = google_at(emulated.issuer, clock)
    alice = await services.accounts.sign_in(EMAIL, "Alice")
    account = await services.accounts.account(alice)
    grant = await granted(google, emulated, EMAIL, clock)
    await services.grants.keep(alice, grant)

    mailbox = await services.connecting.connect_google(alice, account)
    await services.connecting.try_out(alice, mailbox.id)

    assert (mailbox.email, mailbox.channel) == (EMAIL, "gmail")
    token = await services.grants.fresh(alice.user_id, MAILBOX)
    assert await _sent(emulated, token) >= 1

    await emulated.revoke(refresh_token(grant))
    clock.advance(hours=1)
    with pytest.raises(Conflict, match="press Reconnect"):
        await services.connecting.try_out(alice, mailbox.id)
    paused = await services.connecting.get(alice, mailbox.id)
    assert paused.is_paused
    assert "press Reconnect" in paused.paused_reason
    with pytest.raises(Conflict):
        await services.connecting.resume(alice, mailbox.id)

    clock.advance(hours=-1)
    await services.grants.keep(alice, await granted(google, emulated, EMAIL, clock))
    again = await services.connecting.connect_google(alice, account)
    assert (again.id, again.is_paused) == (mailbox.id, False)


async def _sent(emulated: Emulated, token: str) -> int:
    """Return how many tests of ours are in the mailbox's Sent."""
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{emulated.issuer}/gmail/v1/users/me/messages"
    asked = {"labelIds": "SENT", "q": f"to:{EMAIL}"}
    async with httpx.AsyncClient(headers=headers) as http:
        return len((await http.get(url, params=asked)).json()["messages"])
