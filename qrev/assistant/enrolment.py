"""People one knows, brought into a campaign and planned: in the chat and for programs alike."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from qrev.accounts.models import Actor
from qrev.campaigns.life.adding import Adding
from qrev.campaigns.life.words import persons
from qrev.campaigns.models import Proposal
from qrev.campaigns.proposing import Proposing
from qrev.campaigns.sequences import Sequences
from qrev.crm.addresses import normalised
from qrev.crm.service import People
from qrev.kit.errors import InvalidInput

NAMED = 5  # addresses in one sentence


@dataclass(frozen=True, kw_only=True, slots=True)
class Added:
    """How many were new, in words, and the plan for whoever waits; None if nobody does."""

    count: int
    words: str
    proposal: Proposal | None


class Enrolment:
    def __init__(
        self, *, adding: Adding, people: People, proposing: Proposing, sequences: Sequences
    ) -> None:
        self._adding = adding
        self._people = people
        self._proposing = proposing
        self._sequences = sequences

    async def add(self, actor: Actor, sequence_id: str, emails: Collection[str]) -> Added:
        """Bring people in and plan them, to be confirmed. What was planned before stays.

        Raises InvalidInput for addresses nobody is known by.
        """
        actor.must_be_able_to_change()
        addresses = {email: normalised(email) for email in emails}
        wanted = [address for address in addresses.values() if address]
        known = await self._people.known(actor.account_id, wanted)
        strangers = [email for email, address in addresses.items() if address not in known]
        if strangers:
            shown = ", ".join(strangers[:NAMED])
            more = f" and {len(strangers) - NAMED:,} more" if len(strangers) > NAMED else ""
            raise InvalidInput(
                f"These are nobody you know yet: {shown}{more}. Drop them as a list into the chat "
                "first. Nobody was added."
            )
        if not known:
            raise InvalidInput("Give the address of at least one person you know.")
        added = await self._adding.add(actor, sequence_id, list(known.values()))
        sequence = await self._sequences.get(actor, sequence_id)
        before = len(known) - added
        words = f"{persons(added)} {'is' if added == 1 else 'are'} new in “{sequence.name}”."
        if before:
            words += f" {persons(before)} {'was' if before == 1 else 'were'} in it before."
        if not added:
            return Added(count=0, words=words, proposal=None)
        proposal = await self._proposing.propose(actor, sequence_id)
        words += " Nobody is written to before you confirm the plan."
        return Added(count=added, words=words, proposal=proposal)
