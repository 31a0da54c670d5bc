"""Knowing again what HubSpot was told of somebody. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping


def digest_of(properties: Mapping[str, str]) -> str:
    """Return a digest that is the same for the same properties."""
    whole = json.dumps(sorted(properties.items()), ensure_ascii=False)
    return hashlib.sha256(whole.encode()).hexdigest()[:32]
