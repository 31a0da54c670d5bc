"""Who may connect: SCRAM-SHA-256, the server's side of it.

https://www.rfc-editor.org/rfc/rfc7677 and, for its use with MongoDB,
https://github.com/mongodb/specifications/blob/master/source/auth/auth.md
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from pocketmongo.errors import ErrorCode, ServerError

MECHANISM = "SCRAM-SHA-256"
ROUNDS = 15_000
_SALT_SIZE = 28
_NONCE_SIZE = 18


@dataclass(frozen=True, slots=True)
class Credential:
    """What is kept of a password."""

    salt: bytes
    stored_key: bytes
    server_key: bytes


@dataclass(slots=True)
class Conversation:
    """One login under way."""

    user: str
    credential: Credential
    is_known: bool
    nonce: str
    transcript: str
    is_proven: bool = False


class Accounts:
    """The users of a server; without any, everyone may connect."""

    def __init__(self, passwords: Mapping[str, str] | None = None) -> None:
        self._credentials = {
            user: make_credential(password) for user, password in (passwords or {}).items()
        }
        # An unknown user is asked for a password too, always with the same salt.
        self._secret = secrets.token_bytes(32)

    @property
    def is_required(self) -> bool:
        """True if clients must log in."""
        return bool(self._credentials)

    def begin(self, mechanism: object, payload: bytes) -> tuple[Conversation, bytes]:
        """Return a new conversation and the server's first message."""
        if mechanism != MECHANISM:
            raise ServerError(
                ErrorCode.MechanismUnavailable,
                f"Received authentication for mechanism {mechanism} which is not enabled",
            )
        bare = _bare_message(payload)
        fields = _fields(bare)
        user, client_nonce = _unescaped(fields.get("n", "")), fields.get("r", "")
        if not user or not client_nonce:
            raise failed()
        credential = self._credentials.get(user)
        asked = credential or self._decoy(user)
        nonce = client_nonce + base64.b64encode(secrets.token_bytes(_NONCE_SIZE)).decode()
        first = f"r={nonce},s={base64.b64encode(asked.salt).decode()},i={ROUNDS}"
        conversation = Conversation(user, asked, credential is not None, nonce, f"{bare},{first}")
        return conversation, first.encode()

    def proceed(self, conversation: Conversation, payload: bytes) -> bytes:
        """Check the client's proof and return the server's. Raises ServerError if it is wrong."""
        message = _text(payload)
        without_proof, separator, proof = message.rpartition(",p=")
        if not separator or _fields(without_proof).get("r") != conversation.nonce:
            raise failed()
        transcript = f"{conversation.transcript},{without_proof}".encode()
        credential = conversation.credential
        signature = hmac.digest(credential.stored_key, transcript, "sha256")
        try:
            proof_bytes = base64.b64decode(proof, validate=True)
        except binascii.Error as error:
            raise failed() from error
        if len(proof_bytes) != len(signature):
            raise failed()
        client_key = bytes(one ^ other for one, other in zip(proof_bytes, signature, strict=True))
        is_right = hmac.compare_digest(hashlib.sha256(client_key).digest(), credential.stored_key)
        if not is_right or not conversation.is_known:
            raise failed()
        conversation.is_proven = True
        server_signature = hmac.digest(credential.server_key, transcript, "sha256")
        return b"v=" + base64.b64encode(server_signature)

    def _decoy(self, user: str) -> Credential:
        salt = hmac.digest(self._secret, user.encode(), "sha256")[:_SALT_SIZE]
        return Credential(salt, self._secret, self._secret)


def make_credential(password: str) -> Credential:
    """Return what to keep of a password."""
    salt = secrets.token_bytes(_SALT_SIZE)
    prepared = unicodedata.normalize("NFKC", password).encode()
    salted = hashlib.pbkdf2_hmac("sha256", prepared, salt, ROUNDS)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    return Credential(
        salt, hashlib.sha256(client_key).digest(), hmac.digest(salted, b"Server Key", "sha256")
    )


def failed() -> ServerError:
    """Return what a client is told, whatever was wrong."""
    return ServerError(ErrorCode.AuthenticationFailed, "Authentication failed.")


def _text(payload: bytes) -> str:
    try:
        return bytes(payload).decode()
    except UnicodeDecodeError as error:
        raise failed() from error


def _bare_message(payload: bytes) -> str:
    # The first two fields say that no channel is bound and who asks in whose name.
    flag, _, rest = _text(payload).partition(",")
    _, _, bare = rest.partition(",")
    if flag not in ("n", "y"):
        raise failed()
    return bare


def _fields(message: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in message.split(","))
    return {name: value for name, _, value in pairs}


def _unescaped(name: str) -> str:
    return name.replace("=2C", ",").replace("=3D", "=")
