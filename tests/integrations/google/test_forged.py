"""Answers that look like Google's and are not: every one of them signs nobody in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx2 as httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from qrev.integrations.google.client import Google
from qrev.integrations.google.sign_in import GoogleSignIn, Secrets, SignedIn, new_secrets
from qrev.kit.errors import NotAllowed, Unavailable
from tests.fakes import FakeClock
from tests.google_servers import CLIENT_ID
from tests.integrations.google.conftest import our_client

pytestmark = pytest.mark.anyio
ISSUER = "https://accounts.google.test"
THEIRS = RSAKey.generate_key(2048, {"kid": "theirs"})
NEXT = RSAKey.generate_key(2048, {"kid": "next"})
FORGED = RSAKey.generate_key(2048, {"kid": "theirs"})


class Issuer:
    """An issuer in memory: `answer` is what its token endpoint says, `keys` what it publishes."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.keys = [THEIRS]
        self.discovery: dict[str, Any] = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
        }

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            return httpx.Response(200, json=self.answer)
        if request.url.path == "/keys":
            keys = [key.as_dict(private=False) for key in self.keys]
            return httpx.Response(200, json={"keys": keys})
        return httpx.Response(200, json=self.discovery)


def claims(clock: FakeClock, made: Secrets, **changes: Any) -> dict[str, Any]:
    now = int(clock().timestamp())
    good = {
        "iss": ISSUER,
        "aud": CLIENT_ID,
        "sub": "1001",
        "iat": now,
        "exp": now + 3600,
        "nonce": made.nonce,
        "email": "alice@acme.test",
        "email_verified": True,
        "name": "Alice",
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def signed(facts: dict[str, Any], key: RSAKey = THEIRS) -> str:
    return jwt.encode({"alg": "RS256", "kid": key.kid}, facts, key)


def answer(id_token: object) -> dict[str, Any]:
    return {"access_token": "a", "token_type": "Bearer", "expires_in": 3600, "id_token": id_token}


def signing_in(issuer: Issuer, clock: FakeClock) -> GoogleSignIn:
    transport = httpx.MockTransport(issuer)
    google = Google(our_client(ISSUER), clock=clock, transport=transport)
    return GoogleSignIn(google, clock=clock)


async def finished(made: Secrets, id_token: object, clock: FakeClock) -> SignedIn:
    return await signing_in(Issuer(answer(id_token)), clock).finish(made, "a-code")


async def test_the_true_answer_is_believed(clock: FakeClock) -> None:
    made = new_secrets()

    found = await finished(made, signed(claims(clock, made)), clock)

    assert (found.email, found.subject) == ("alice@acme.test", "google:1001")


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.test"},
        {"iss": None},
        {"aud": "another-client"},
        {"aud": None},
        {"aud": ["another-client"]},
        {"aud": [CLIENT_ID, "another-client"], "azp": "another-client"},
        {"azp": "another-client"},
        {"sub": None},
        {"sub": {"$ne": ""}},
        {"sub": "x" * 300},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"iat": 4_000_000_000},
        {"nbf": 4_000_000_000},
        {"nonce": "another"},
        {"nonce": None},
        {"email": None},
        {"email": {"$ne": ""}},
        {"email": "a" * 400},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": 1},
        {"email_verified": None},
    ],
    ids=str,
)
async def test_a_claim_that_is_wrong_signs_nobody_in(
    changes: dict[str, Any], clock: FakeClock
) -> None:
    made = new_secrets()

    with pytest.raises(NotAllowed):
        await finished(made, signed(claims(clock, made, **changes)), clock)


def unsigned(facts: dict[str, Any]) -> str:
    body = signed(facts).split(".")[1]
    return f"eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{body}."  # {"alg":"none","typ":"JWT"}


def signed_with_the_public_key(facts: dict[str, Any]) -> str:
    public = json.dumps(THEIRS.as_dict(private=False))
    return jwt.encode({"alg": "HS256", "kid": "theirs"}, facts, OctKey.import_key(public))


def signed_by_another(facts: dict[str, Any]) -> str:
    return signed(facts, FORGED)


def signed_by_an_unknown_key(facts: dict[str, Any]) -> str:
    return signed(facts, NEXT)


def changed_afterwards(facts: dict[str, Any]) -> str:
    head, _, seal = signed(facts).split(".")
    body = signed(facts | {"email": "owner@acme.test"}).split(".")[1]
    return f"{head}.{body}.{seal}"


@pytest.mark.parametrize(
    "forge",
    [
        unsigned,
        signed_with_the_public_key,
        signed_by_another,
        signed_by_an_unknown_key,
        changed_afterwards,
    ],
)
async def test_a_token_that_google_did_not_sign_signs_nobody_in(
    forge: Callable[[dict[str, Any]], str], clock: FakeClock
) -> None:
    made = new_secrets()

    with pytest.raises(NotAllowed, match="could not be verified"):
        await finished(made, forge(claims(clock, made)), clock)


@pytest.mark.parametrize("id_token", [None, "", "a.b.c", 7, ["x"], "é.é.é"])
async def test_what_is_no_token_signs_nobody_in(id_token: object, clock: FakeClock) -> None:
    with pytest.raises(NotAllowed):
        await finished(new_secrets(), id_token, clock)


async def test_new_keys_are_fetched_when_google_signs_with_them(clock: FakeClock) -> None:
    made = new_secrets()
    issuer = Issuer(answer(signed(claims(clock, made))))
    door = signing_in(issuer, clock)
    await door.finish(made, "a-code")

    issuer.keys, issuer.answer = [NEXT], answer(signed(claims(clock, made), NEXT))

    assert (await door.finish(made, "a-code")).email == "alice@acme.test"


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://evil.test"},
        {"token_endpoint": "http://accounts.google.test/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": None},
    ],
    ids=str,
)
async def test_a_discovery_document_that_leads_elsewhere_is_not_followed(
    changes: dict[str, Any], clock: FakeClock
) -> None:
    issuer = Issuer(answer(None))
    issuer.discovery |= changes

    with pytest.raises(Unavailable):
        await signing_in(issuer, clock).start(new_secrets())


async def test_nothing_secret_is_shown_or_logged(
    clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    made = new_secrets()
    token = signed(claims(clock, made, nonce="another"))
    door = signing_in(Issuer(answer(token)), clock)

    with pytest.raises(NotAllowed) as raised:
        await door.finish(made, "the-secret-code")

    written = caplog.text + str(raised.value) + repr(made) + repr(our_client(ISSUER))
    for secret in (token, made.state, made.nonce, made.verifier, "the-secret-code"):
        assert secret not in written
    assert "id_token was refused" in caplog.text
