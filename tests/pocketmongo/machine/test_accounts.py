"""Logging in, the server's side, against the driver's own client side by hand."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from pocketmongo.accounts import MECHANISM, Accounts
from pocketmongo.errors import ErrorCode, ServerError


def log_in(accounts: Accounts, user: str, password: str) -> bytes:
    """Do what a client does; return the server's last message."""
    bare = f"n={user},r=clientnonce"
    conversation, first = accounts.begin(MECHANISM, f"n,,{bare}".encode())
    fields = dict(part.split("=", 1) for part in first.decode().split(","))
    salted = hashlib.pbkdf2_hmac(
        "sha256", password.encode(), base64.b64decode(fields["s"]), int(fields["i"])
    )
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    without_proof = f"c=biws,r={fields['r']}"
    transcript = f"{bare},{first.decode()},{without_proof}".encode()
    signature = hmac.digest(hashlib.sha256(client_key).digest(), transcript, "sha256")
    proof = bytes(a ^ b for a, b in zip(client_key, signature, strict=True))
    message = f"{without_proof},p={base64.b64encode(proof).decode()}"
    return accounts.proceed(conversation, message.encode())


def test_the_right_password_opens() -> None:
    assert log_in(Accounts({"ann": "s3cret"}), "ann", "s3cret").startswith(b"v=")


@pytest.mark.parametrize(("user", "password"), [("ann", "other"), ("bob", "s3cret")])
def test_a_wrong_password_and_an_unknown_name_are_told_the_same(user: str, password: str) -> None:
    with pytest.raises(ServerError) as caught:
        log_in(Accounts({"ann": "s3cret"}), user, password)

    assert (caught.value.code, caught.value.message) == (
        ErrorCode.AuthenticationFailed,
        "Authentication failed.",
    )


def test_an_unknown_name_has_a_salt_that_stays_the_same() -> None:
    accounts = Accounts({"ann": "s3cret"})

    salts = set()
    for _ in range(2):
        _, first = accounts.begin(MECHANISM, b"n,,n=bob,r=nonce")
        salts.add(first.split(b",")[1])

    assert len(salts) == 1


@pytest.mark.parametrize("payload", [b"", b"n,,", b"\xff\xfe", b"p=tls,,n=ann,r=x", b"n,,r=x"])
def test_a_first_message_that_is_none_is_refused(payload: bytes) -> None:
    with pytest.raises(ServerError):
        Accounts({"ann": "s3cret"}).begin(MECHANISM, payload)


def test_another_mechanism_is_not_available() -> None:
    with pytest.raises(ServerError) as caught:
        Accounts({"ann": "s3cret"}).begin("PLAIN", b"\0ann\0s3cret")

    assert caught.value.code == ErrorCode.MechanismUnavailable
