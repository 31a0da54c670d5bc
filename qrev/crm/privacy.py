"""“What do you hold on me?”, and erasing it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qrev.accounts.addresses import user_id_of
from qrev.accounts.audit import Audit
from qrev.accounts.models import Actor, Change, Role
from qrev.accounts.ports import ChangeBook, MemberBook
from qrev.crm.addresses import normalised
from qrev.crm.privacy_ports import Room, Veiling, Whom
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict, InvalidInput

log = logging.getLogger(__name__)

DONE = ("Everything about one address was erased. A hash of it keeps them from being written to.",)
NAMES = {
    "people": ("person", "people"),
    "suppressions": ("entry on the suppression list", "entries on the suppression list"),
    "places_in_campaigns": ("place in a campaign", "places in campaigns"),
    "drafts": ("draft", "drafts"),
    "mails": ("mail", "mails"),
    "files": ("line of a dropped file", "lines of dropped files"),
    "conversations": ("line of a conversation", "lines of conversations"),
    "shown": ("thing shown in a conversation", "things shown in conversations"),
    "log": ("entry in the log of changes", "entries in the log of changes"),
    "waiting_at_the_assistant": ("row at the assistant", "rows at the assistant"),
    "calls": ("booked call", "booked calls"),
    "vendor_calls": ("call to another service", "calls to other services"),
    "elsewhere": ("mention elsewhere", "mentions elsewhere"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Dossier:
    """Everything about an address, by what it is."""

    email: str
    made_at: datetime
    held: Mapping[str, Sequence[Mapping[str, Any]]]

    @property
    def counts(self) -> dict[str, int]:
        """Return how many things of each kind there are, without those there are none of."""
        return {kind: n for kind, things in self.held.items() if (n := _how_many(things))}


class Privacy:
    """Fills accounts' `ChangeMaker` for erasing a person: shown, confirmed, and done once."""

    def __init__(
        self,
        *,
        veiling: Veiling,
        rooms: Sequence[Room],
        members: MemberBook,
        changes: ChangeBook,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._veiling = veiling
        self._rooms = rooms
        self._members = members
        self._changes = changes
        self._audit = audit
        self._clock = clock

    async def held(self, actor: Actor, address: str) -> Dossier:
        """Return everything about an address. Owners and admins only; the log says who asked.

        The log does not say about whom: asking leaves no new trace of them. Raises InvalidInput.
        """
        actor.must_be_able_to_manage()
        whom = self.whom(actor, address)
        found = await self._held(whom)
        await self._audit.record(actor, "privacy.asked", "", after={"count": sum_of(found)})
        return found

    def whom(self, actor: Actor, address: str) -> Whom:
        """Return whom an address belongs to, as far as we know. Raises InvalidInput."""
        email = normalised(address)
        if email is None:
            raise InvalidInput(f"“{address[:80]}” is not an email address.")
        return Whom(account_id=actor.account_id, email=email)

    async def facts(self, actor: Actor, subject: str) -> tuple[str, ...]:
        """Return what erasing an address would do. Raises Conflict for a member's."""
        actor.must_be_able_to_manage()
        whom = self.whom(actor, subject)
        if await self._members.get(actor.account_id, user_id_of(whom.email)) is not None:
            raise Conflict(
                f"{whom.email} belongs to a member of this workspace. Remove them in /members "
                "first."
            )
        counts = (await self._held(whom)).counts
        told = ", ".join(in_words(kind, n) for kind, n in counts.items())
        return (
            f"Everything about {whom.email} is erased for good: {told}."
            if told
            else f"Nothing is held on {whom.email}.",
            "Mails to them that have not left never will. Numbers of campaigns count one person "
            "less.",
            "Only a hash of the address stays, on the suppression list: a list that comes in "
            "later does not bring them back, and nobody here writes to them again.",
            "There is no way back.",
        )

    async def make(self, actor: Actor, change: Change) -> None:
        """Erase everything about the address of a confirmed change, the change's own words last.

        Each part may be done again, so one that was interrupted is taken up by `resume`.
        """
        await self._erase(change, actor)

    async def resume(self) -> int:
        """Finish erasures that were confirmed and whose process died. Return how many."""
        waiting = await self._changes.unmade_erasures(self._clock())
        for change in waiting:
            await self._erase(change, _on_behalf_of(change))
        return len(waiting)

    async def _erase(self, change: Change, actor: Actor) -> None:
        whom = Whom(account_id=change.account_id, email=change.subject)
        # The list first: from then on nothing new is planned, sent or brought in.
        veiled = await self._veiling.veil(whom)
        for room in self._rooms:
            await room.erase(whom)
        if await self._changes.forget(change, DONE):
            await self._audit.record(actor, "privacy.erased", veiled)

    async def _held(self, whom: Whom) -> Dossier:
        held: dict[str, list[Mapping[str, Any]]] = {}
        for room in self._rooms:
            for kind, things in (await room.held(whom)).items():
                held.setdefault(kind, []).extend(things)
        ordered = {kind: held[kind] for kind in NAMES if held.get(kind)}
        return Dossier(email=whom.email, made_at=self._clock(), held=ordered)


def sum_of(dossier: Dossier) -> int:
    """Return how many things are held."""
    return sum(dossier.counts.values())


def in_words(kind: str, count: int) -> str:
    """Return so many of a kind: “3 mails”."""
    one, many = NAMES[kind]
    return f"{count:,} {one if count == 1 else many}"


def _how_many(things: Sequence[Mapping[str, Any]]) -> int:
    return sum(len(each["lines"]) if "lines" in each else 1 for each in things)


def _on_behalf_of(change: Change) -> Actor:
    """Return whoever confirmed a change, for the log alone: they may do nothing."""
    return Actor(
        account_id=change.account_id,
        user_id=change.created_by,
        role=Role.VIEWER,
        email="",
        name="",
    )
