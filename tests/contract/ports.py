"""The ports whose promises are kept here."""

from __future__ import annotations

from typing import Protocol, get_type_hints

from tests.contract.stores import Stores


def ports() -> dict[str, type]:
    """Return the port behind each name of `Stores`."""
    return {
        name: kind
        for name, kind in get_type_hints(Stores).items()
        if isinstance(kind, type) and Protocol in kind.__bases__
    }
