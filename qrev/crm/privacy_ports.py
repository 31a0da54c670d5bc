"""What asking for, and erasing, everything about an address needs of each room."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from qrev.accounts.models import AccountId
from qrev.crm.models import person_id
from qrev.kit.mentions import Mention

Held = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Whom:
    """An address in the form it is kept, and in which account."""

    account_id: AccountId
    email: str

    @property
    def person_id(self) -> str:
        return person_id(self.account_id, self.email)

    @property
    def mention(self) -> Mention:
        """What finds them in a text: the address, and the id that is made of it."""
        return Mention(self.email, self.person_id)


class Room(Protocol):
    """A part of what is kept. Everything it is asked twice is harmless."""

    async def held(self, whom: Whom) -> Held:
        """Return everything about an address as it is kept, by what it is; nothing empty."""

    async def erase(self, whom: Whom) -> None:
        """Delete what is about an address, and take it out of everything else."""


class Mentions(Protocol):
    """Whatever speaks of an address, wherever it is kept."""

    def found(
        self, account_id: AccountId, mention: Mention
    ) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        """Yield (collection, document) of all that speak of it."""

    async def take_out(self, account_id: AccountId, mention: Mention) -> None:
        """Write it out of all of them."""


class Veiling(Protocol):
    async def veil(self, whom: Whom) -> str:
        """Leave only a hash of the address on the suppression list, and return it."""
