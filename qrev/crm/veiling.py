"""Addresses that are recognised and not known: what is left of someone who was erased. Pure."""

from __future__ import annotations

import hashlib
import hmac
import re

from qrev.accounts.models import AccountId

ERASED = "erased:"  # no address begins so and no domain has a colon
VEILED = re.compile(rf"{ERASED}[0-9a-f]{{40}}")


class Veil:
    """Makes hashes of addresses that only we can make (HMAC-SHA256, RFC 2104).

    A plain hash of an address is as good as the address: whoever has a list of addresses hashes
    them all. The key is not in the database, and the account is in the hash, so that nobody can
    tell whether two workspaces erased the same person.
    """

    def __init__(self, secret: str) -> None:
        self._key = hashlib.sha256(f"erased addresses\0{secret}".encode()).digest()

    def over(self, account_id: AccountId, email: str) -> str:
        """Return what stands for a normalised address on this account's suppression list."""
        said = f"{account_id}\0{email}".encode()
        return f"{ERASED}{hmac.digest(self._key, said, 'sha256').hex()[:40]}"


def is_veiled(value: str) -> bool:
    """Return whether it stands for an erased address."""
    return VEILED.fullmatch(value) is not None
