"""Names for things: new ones at random, repeatable ones from what they name."""

from __future__ import annotations

import hashlib
import secrets


def new_id() -> str:
    """Return 24 hexadecimal digits nobody has used."""
    return secrets.token_hex(12)


def stable_id(kind: str, *parts: str) -> str:
    """Return the one id that these parts have: writing the same thing twice writes one thing.

    `kind` keeps a person and a company of the same name apart and makes ids readable in a log.
    The parts are length-prefixed, so ("ab", "c") and ("a", "bc") differ.
    """
    encoded = [part.encode() for part in (kind, *parts)]
    named = b"".join([len(part).to_bytes(4, "big") + part for part in encoded])
    return f"{kind}_{hashlib.sha256(named).hexdigest()[:24]}"
