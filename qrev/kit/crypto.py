"""Sealing what must not be readable in a copy of the database (AES-256-GCM, NIST SP 800-38D)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = "1"
NONCE = 12  # bytes


class CannotOpen(Exception):
    """It was changed, is about something else, or its key is not among ours."""


class Vault:
    """Seals with the first key and opens with any, so that keys can be changed one by one."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._keys = {_key_id(secret): AESGCM(_key(secret)) for secret in secrets}
        self.key_id = next(iter(self._keys), "")
        self.earlier_key_ids = tuple(self._keys)[1:]

    def __repr__(self) -> str:
        return f"Vault(key_id={self.key_id!r})"

    def seal(self, text: str, about: str) -> str:
        """Return the text sealed. It opens only for the same `about`: moved elsewhere, it does not.

        The nonce is random: one key is good for 2³² seals.
        """
        nonce = os.urandom(NONCE)
        sealed = nonce + self._keys[self.key_id].encrypt(nonce, text.encode(), about.encode())
        return f"{VERSION}.{self.key_id}.{base64.urlsafe_b64encode(sealed).decode()}"

    def open(self, sealed: str, about: str) -> str:
        """Return the text. Raises CannotOpen."""
        version, _, rest = sealed.partition(".")
        key_id, _, body = rest.partition(".")
        key = self._keys.get(key_id)
        if version != VERSION or key is None:
            raise CannotOpen
        try:
            data = base64.urlsafe_b64decode(body)
            return key.decrypt(data[:NONCE], data[NONCE:], about.encode()).decode()
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise CannotOpen from error

    def has_key(self, key_id: str) -> bool:
        """Return whether what that key sealed can be opened."""
        return key_id in self._keys

    def is_stale(self, sealed: str) -> bool:
        """Return whether another key than the first sealed it."""
        return not sealed.startswith(f"{VERSION}.{self.key_id}.")


def _key(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"qrev sealing").derive(
        secret.encode()
    )


def _key_id(secret: str) -> str:
    return hashlib.sha256(b"qrev key id\0" + secret.encode()).hexdigest()[:8]
