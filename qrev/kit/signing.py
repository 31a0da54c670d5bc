"""Tokens that only we can have made: for links in mails, where there is no session."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json

SHORT = 12  # bytes of a seal that has to fit into a mail's line: 96 bits


class Signer:
    """Signs short facts with HMAC-SHA256 (RFC 2104). `purpose` keeps kinds of links apart."""

    def __init__(self, secret: str, purpose: str) -> None:
        self._key = hashlib.sha256(f"{purpose}\0{secret}".encode()).digest()

    def sign(self, *facts: str) -> str:
        """Return a token, safe in an address, that carries the facts."""
        body = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
        return f"{_encoded(body)}.{_encoded(self._seal(body))}"

    def read(self, token: str) -> list[str] | None:
        """Return the facts, None for a token we did not make."""
        body, _, seal = token[:4000].partition(".")
        try:
            facts, given = _decoded(body), _decoded(seal)
        except (ValueError, binascii.Error):
            return None
        if not hmac.compare_digest(given, self._seal(facts)):
            return None
        return [str(fact) for fact in json.loads(facts)]

    def sign_short(self, body: bytes) -> str:
        """Return a token of a few bytes, as short as a link in a mail should be."""
        return _encoded(body + self._seal(body)[:SHORT])

    def read_short(self, token: str) -> bytes | None:
        """Return the bytes, None for a token we did not make."""
        try:
            data = _decoded(token[:200])
        except (ValueError, binascii.Error):
            return None
        body, given = data[:-SHORT], data[-SHORT:]
        is_ours = hmac.compare_digest(given, self._seal(body)[:SHORT])
        # One token for one thing: the last letter may have bits that say nothing.
        return body if is_ours and _encoded(data) == token else None

    def _seal(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, "sha256")[:18]


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
