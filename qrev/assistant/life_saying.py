"""Orders in everyday words: found out what they are about, and shown before anything happens."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from qrev.accounts.models import AccountId, Actor
from qrev.accounts.service import Accounts
from qrev.assistant.cards import CampaignsCard, Card, QuestionCard, TextCard
from qrev.assistant.life_cards import (
    CampaignAsked,
    CampaignCard,
    CampaignNameAsked,
    OrderProposeAsked,
)
from qrev.assistant.life_desk import LifeDesk
from qrev.assistant.life_words import Meant, added_to, meant, renamed
from qrev.campaigns.models import Prospect, Sequence, SequenceStatus
from qrev.campaigns.planning.hours import country_code, name_of_country, zone_named
from qrev.campaigns.ports import Mailboxes, ProspectBook, SequenceBook
from qrev.crm.importing import Importing
from qrev.kit.clock import Clock

MOST_CHOICES = 6
VERBS = {"pause": "Pause", "resume": "Resume", "stop": "Stop", "archive": "Archive"}
ORDERS = frozenset({*VERBS, "undo", "rename", "duplicate", "add_people"})
UNCLEAR_DAY = (
    "I did not understand the day. Say it like *until Monday*, *until 30 November* or *for a week*."
)
NO_LIST = "Drop the list of people into the chat, and say it again."
COPIED = (
    "Here is a copy with the same mails and nobody in it yet. Add people with its button, or drop "
    "a list and write *add these people to* and its name."
)
ASK_UNDO = "Shall I take back what you confirmed last?"
HELP = (
    "Say what: a campaign by its name, a person by name or address, a country, one of your "
    "mailboxes, or *everything*. For example: *pause Germany until Monday*."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class WhatRuns:
    """Where what is named is looked for."""

    sequences: SequenceBook
    prospects: ProspectBook
    mailboxes: Mailboxes


class LifeSaying:
    def __init__(
        self,
        *,
        desk: LifeDesk,
        accounts: Accounts,
        importing: Importing,
        runs: WhatRuns,
        clock: Clock,
    ) -> None:
        self._desk = desk
        self._accounts = accounts
        self._importing = importing
        self._runs = runs
        self._clock = clock

    async def cards(
        self, actor: Actor, order: str, words: str, *, conversation_id: str, is_theirs: bool
    ) -> list[Card]:
        """Return what is shown for an order. Only undoing does anything at once. Raises QrevError.

        “stop” alone, while a Send is held, takes that back: that is what the hold is for. Neither
        is done unless it `is_theirs`: said by the member, and not only made out by the AI server.
        """
        if order == "rename":
            return await self._renamed(actor, words)
        if order == "duplicate":
            return await self._duplicated(actor, words)
        account = await self._accounts.account(actor)
        zone = zone_named(account.timezone) or ZoneInfo("UTC")
        said = meant(words, self._clock().astimezone(zone).date())
        if order == "undo":
            return await self._undone(actor) if is_theirs else _question(ASK_UNDO, ["Undo"])
        if said.is_day_unclear:
            return [TextCard(text=UNCLEAR_DAY)]
        if order == "stop" and is_theirs and not said.subject and not said.is_everything:
            held = await self._desk.undo_held(actor)
            if held is not None:
                return [TextCard(text=held[0]), held[1]]
        asked = await self._asked(actor.account_id, order, said)
        if not isinstance(asked, OrderProposeAsked):
            return asked
        return [await self._desk.propose(actor, asked, conversation_id=conversation_id)]

    async def add_people(self, actor: Actor, words: str, *, upload_id: str | None) -> list[Card]:
        """Bring the people of the list that was dropped into the campaign that is named."""
        if upload_id is None:
            return [TextCard(text=NO_LIST)]
        found = await self._one_called(actor.account_id, added_to(words), "Add them to")
        if not isinstance(found, Sequence):
            return found
        pieces = self._importing.rows(actor.account_id, upload_id)
        emails = [row.email async for rows in pieces for row in rows]
        return await self._desk.add_known(actor, found.id, emails)

    async def _renamed(self, actor: Actor, words: str) -> list[Card]:
        asked = renamed(words)
        if asked is None:
            return [TextCard(text="Say it like *rename Berlin to Munich*.")]
        found = await self._one_called(actor.account_id, asked[0], "Rename")
        if not isinstance(found, Sequence):
            return found
        ask = CampaignNameAsked(sequence_id=found.id, name=asked[1][:300])
        view = await self._desk.rename(actor, ask)
        text = f"“{found.name}” is called “{view.name}” now."
        return [TextCard(text=text), CampaignCard(sequence_id=found.id)]

    async def _duplicated(self, actor: Actor, words: str) -> list[Card]:
        name = meant(words, self._clock().date()).subject
        found = await self._one_called(actor.account_id, name, "Duplicate")
        if not isinstance(found, Sequence):
            return found
        card = await self._desk.duplicate(actor, CampaignAsked(sequence_id=found.id))
        return [TextCard(text=COPIED), card]

    async def _one_called(
        self, account_id: AccountId, name: str, verb: str
    ) -> Sequence | list[Card]:
        """Return the campaign of that name, or cards that ask which is meant."""
        every = await self._runs.sequences.page(account_id, before=None, limit=100)
        shown = [s for s in every if s.status is not SequenceStatus.ARCHIVED]
        found = _called(shown, name) if name else shown
        if len(found) == 1:
            return found[0]
        if not found:
            return [TextCard(text=f"There is no campaign called “{name[:80]}”."), CampaignsCard()]
        names = ", ".join(f"“{s.name}”" for s in found[:MOST_CHOICES])
        return [TextCard(text=f"{verb} which campaign: {names}? Say it with the whole name.")]

    async def _undone(self, actor: Actor) -> list[Card]:
        text, card = await self._desk.undo_last(actor)
        return [TextCard(text=text), card]

    async def _asked(
        self, account_id: AccountId, order: str, said: Meant
    ) -> OrderProposeAsked | list[Card]:
        """Return the one thing that is meant, or cards that ask which."""
        sequences = await self._sequences(account_id, order)
        if said.within:
            named = _called(sequences, said.within)
            if len(named) == 1:
                return await self._narrower(account_id, order, said, named[0].id) or _nothing(said)
        if said.is_everything:
            if order in ("pause", "resume"):
                return _order(order, until=said.until)
            return _which(order, sequences)
        if not said.subject:
            return _of_one(order, sequences, said)
        whole = f"{said.subject} in {said.within}" if said.within else said.subject
        named = _called(sequences, whole)
        if len(named) == 1:
            return _order(order, sequence_id=named[0].id, until=said.until)
        if named:
            return _which(order, named)
        return await self._narrower(account_id, order, said, "") or _nothing(said)

    async def _narrower(
        self, account_id: AccountId, order: str, said: Meant, sequence_id: str
    ) -> OrderProposeAsked | list[Card] | None:
        """Return an order about a country, a mailbox, a company or a person, None if it is none."""
        subject = said.subject
        if order in ("pause", "resume"):
            return await self._part(account_id, order, said, sequence_id)
        if order != "stop":
            return None
        if country_code(subject):
            name = name_of_country(country_code(subject))
            return [TextCard(text=f"A whole country is paused, not stopped: write *pause {name}*.")]
        people = await self._people(account_id, subject, sequence_id)
        if len(people) == 1:
            return _order("stop_person", person=next(iter(people)), sequence_id=sequence_id)
        if people:
            return _question(
                f"There are {len(people):,} people called “{subject}”. Whom do you mean?",
                [f"Stop {email}" for email in people],
            )
        return None

    async def _part(
        self, account_id: AccountId, order: str, said: Meant, sequence_id: str
    ) -> OrderProposeAsked | None:
        subject = said.subject.lower()
        terms: dict[str, str] = {}
        mailboxes = await self._runs.mailboxes.of_account(account_id)
        mailbox = next(
            (m for m in mailboxes if subject in (m.email.lower(), m.email.split("@")[0].lower())),
            None,
        )
        if country_code(subject):
            terms = {"country": country_code(subject)}
        elif mailbox is not None:
            terms = {"mailbox_id": mailbox.id}
        elif "." in subject and "@" not in subject.lstrip("@") and " " not in subject:
            terms = {"company": subject.lstrip("@")}
        if not terms:
            return None
        if order == "resume":
            pause_id = await self._desk.pause_about(account_id, **terms)
            return None if pause_id is None else _order("resume", pause_id=pause_id)
        return _order(order, sequence_id=sequence_id, until=said.until, **terms)

    async def _people(
        self, account_id: AccountId, subject: str, sequence_id: str
    ) -> dict[str, Prospect]:
        """Return who is meant, by address."""
        if "@" in subject:
            found = await self._runs.prospects.of_address(account_id, subject.lower())
        else:
            running = [s.id for s in await self._runs.sequences.running(account_id)]
            meant_in = [sequence_id] if sequence_id else running
            found = await self._runs.prospects.named(
                account_id, meant_in, subject, limit=10 * MOST_CHOICES
            )
        return {prospect.email: prospect for prospect in found}

    async def _sequences(self, account_id: AccountId, order: str) -> list[Sequence]:
        """Return the campaigns an order can be about, the newest first."""
        if order == "archive":
            every = await self._runs.sequences.page(account_id, before=None, limit=100)
            return [s for s in every if s.status is not SequenceStatus.ARCHIVED]
        running = await self._runs.sequences.running(account_id)
        return sorted(running, key=lambda s: s.created_at, reverse=True)


def _order(order: str, **terms: object) -> OrderProposeAsked:
    return OrderProposeAsked.model_validate({"order": order, **terms})


def _called(sequences: list[Sequence], name: str) -> list[Sequence]:
    """Return those of that name, else those it is part of, else those that are part of it."""
    wanted = name.lower()
    for fits in (
        lambda s: s.name.lower() == wanted,
        lambda s: wanted in s.name.lower(),
        lambda s: len(s.name) > 3 and s.name.lower() in wanted,
    ):
        if found := [s for s in sequences if fits(s)]:
            return found
    return []


def _of_one(order: str, sequences: list[Sequence], said: Meant) -> OrderProposeAsked | list[Card]:
    """Return the order about the only campaign there is, or ask which."""
    if order == "resume":
        paused = [s for s in sequences if s.status is SequenceStatus.PAUSED]
        sequences = paused or sequences
    if len(sequences) == 1:
        return _order(order, sequence_id=sequences[0].id, until=said.until)
    return _which(order, sequences)


def _which(order: str, sequences: list[Sequence]) -> list[Card]:
    if not sequences:
        return [
            TextCard(text="No campaign is running, so there is nothing to do."),
            CampaignsCard(),
        ]
    choices = [f"{VERBS[order]} “{s.name}”" for s in sequences[:MOST_CHOICES]]
    if order == "pause" and len(sequences) > 1:
        choices.append("Pause everything")
    return _question(f"{VERBS[order]} which campaign?", choices)


def _question(text: str, choices: list[str]) -> list[Card]:
    return [QuestionCard(text=text, choices=choices[: MOST_CHOICES + 1])]


def _nothing(said: Meant) -> list[Card]:
    name = said.subject[:80]
    return [TextCard(text=f"I found nothing called “{name}” that is running. {HELP}")]
