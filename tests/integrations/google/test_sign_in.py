"""The whole flow against servers that others wrote."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from qrev.integrations.google.client import MAILBOX, SEND, Google
from qrev.integrations.google.sign_in import GoogleSignIn, new_secrets
from qrev.kit.errors import NotAllowed, Unavailable
from tests.fakes import FakeClock
from tests.google_servers import UNVERIFIED, Emulated, Provider
from tests.integrations.google.conftest import REDIRECT_URI, google_at, our_client
from tests.sites import a_free_port

pytestmark = pytest.mark.anyio


def code_of(location: str) -> str:
    return parse_qs(urlsplit(location).query)["code"][0]


async def test_who_signed_in_is_known_with_what_they_allowed(
    emulated: Emulated, clock: FakeClock
) -> None:
    signing_in, made = GoogleSignIn(google_at(emulated.issuer, clock), clock=clock), new_secrets()

    back = await emulated.choose(await signing_in.start(made), "alice@acme.test")
    found = await signing_in.finish(made, code_of(back))

    assert back.startswith(REDIRECT_URI)
    assert (found.email, found.name) == ("alice@acme.test", "Alice Archer")
    assert found.subject.startswith("google:")
    assert found.grant.scopes >= MAILBOX
    assert found.grant.refresh_token
    assert found.grant.expires_at > clock() + timedelta(minutes=50)


async def test_the_browser_is_sent_with_a_challenge_and_asked_for_lasting_access(
    emulated: Emulated, clock: FakeClock
) -> None:
    signing_in, made = GoogleSignIn(google_at(emulated.issuer, clock), clock=clock), new_secrets()

    sent = parse_qs(urlsplit(await signing_in.start(made)).query)
    again = parse_qs(
        urlsplit(await signing_in.start(made, must_consent=True, hint="a@acme.test")).query
    )

    assert (sent["state"], sent["nonce"]) == ([made.state], [made.nonce])
    assert (sent["code_challenge_method"], sent["access_type"]) == (["S256"], ["offline"])
    assert made.verifier not in str(sent)
    assert (again["prompt"], again["login_hint"]) == (["consent"], ["a@acme.test"])


async def test_a_code_is_worth_nothing_without_its_verifier(
    emulated: Emulated, clock: FakeClock
) -> None:
    signing_in, made = GoogleSignIn(google_at(emulated.issuer, clock), clock=clock), new_secrets()
    back = await emulated.choose(await signing_in.start(made), "alice@acme.test")

    with pytest.raises(NotAllowed, match="no longer knows"):
        await signing_in.finish(new_secrets(), code_of(back))


async def test_a_code_works_once(emulated: Emulated, clock: FakeClock) -> None:
    signing_in, made = GoogleSignIn(google_at(emulated.issuer, clock), clock=clock), new_secrets()
    back = await emulated.choose(await signing_in.start(made), "alice@acme.test")
    await signing_in.finish(made, code_of(back))

    with pytest.raises(NotAllowed, match="used before"):
        await signing_in.finish(made, code_of(back))


async def test_an_answer_to_another_attempt_is_refused(
    emulated: Emulated, clock: FakeClock
) -> None:
    signing_in, made = GoogleSignIn(google_at(emulated.issuer, clock), clock=clock), new_secrets()
    swapped = type(made)(state=made.state, nonce="another", verifier=made.verifier)
    back = await emulated.choose(await signing_in.start(made), "alice@acme.test")

    with pytest.raises(NotAllowed, match="could not be verified"):
        await signing_in.finish(swapped, code_of(back))


async def test_an_address_google_has_not_verified_signs_nobody_in(
    emulated: Emulated, clock: FakeClock
) -> None:
    signing_in, made = GoogleSignIn(google_at(emulated.issuer, clock), clock=clock), new_secrets()
    back = await emulated.choose(await signing_in.start(made), UNVERIFIED)

    with pytest.raises(NotAllowed, match="not verified"):
        await signing_in.finish(made, code_of(back))


async def test_a_permission_that_was_unticked_is_not_taken_for_given(
    emulated: Emulated, clock: FakeClock
) -> None:
    signing_in, made = GoogleSignIn(google_at(emulated.issuer, clock), clock=clock), new_secrets()

    url = await signing_in.start(made)
    back = await emulated.choose(url, "bob@acme.test", scope=f"openid email profile {SEND}")
    found = await signing_in.finish(made, code_of(back))

    assert found.email == "bob@acme.test"
    assert found.grant.scopes & MAILBOX == {SEND}


async def test_an_identity_token_that_has_ended_is_refused(
    provider: Provider, clock: FakeClock
) -> None:
    await provider.know("1001", email="alice@acme.test", email_verified=True)
    signing_in, made = GoogleSignIn(google_at(provider.issuer, clock), clock=clock), new_secrets()
    back = await provider.choose(await signing_in.start(made), "1001")
    clock.advance(minutes=12)

    with pytest.raises(NotAllowed, match="could not be verified"):
        await signing_in.finish(made, code_of(back))


async def test_a_provider_that_does_not_say_that_an_address_is_verified_is_not_believed(
    provider: Provider, clock: FakeClock
) -> None:
    await provider.know("1002", email="alice@acme.test")
    signing_in, made = GoogleSignIn(google_at(provider.issuer, clock), clock=clock), new_secrets()
    back = await provider.choose(await signing_in.start(made), "1002")

    with pytest.raises(NotAllowed, match="not verified"):
        await signing_in.finish(made, code_of(back))


async def test_a_wrong_client_secret_is_said_to_whoever_can_change_it(
    emulated: Emulated, clock: FakeClock
) -> None:
    google = Google(our_client(emulated.issuer, client_secret="wrong"), clock=clock)
    signing_in, made = GoogleSignIn(google, clock=clock), new_secrets()
    back = await emulated.choose(await signing_in.start(made), "alice@acme.test")

    with pytest.raises(Unavailable, match="GOOGLE_CLIENT_SECRET"):
        await signing_in.finish(made, code_of(back))


async def test_a_google_that_is_away_is_said_in_words(clock: FakeClock) -> None:
    google = google_at(f"http://127.0.0.1:{a_free_port()}", clock)

    with pytest.raises(Unavailable, match="did not answer"):
        await GoogleSignIn(google, clock=clock).start(new_secrets())
