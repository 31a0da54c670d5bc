"""A turn: words and a list in, cards out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

from qrev.accounts.models import Account, Actor
from qrev.accounts.service import Accounts
from qrev.assistant.actions import Occasion, Workbench, run
from qrev.assistant.audit_cards import AuditCard
from qrev.assistant.cards import (
    CampaignsCard,
    Card,
    ImportCard,
    OutboxCard,
    PeopleCard,
    QuestionCard,
    TextCard,
)
from qrev.assistant.companies_cards import CompaniesCard
from qrev.assistant.contract import (
    Action,
    ConversationSoFar,
    LookUp,
    ProposalAction,
    SenderCompany,
    SenderPerson,
    SequenceDraftAction,
    TurnRequest,
    Utterance,
)
from qrev.assistant.imports_cards import ImportsCard
from qrev.assistant.integrations_cards import IntegrationsCard
from qrev.assistant.keys_cards import KeysCard
from qrev.assistant.knowledge.service import Knowledge
from qrev.assistant.knowledge_cards import KnowledgeCard
from qrev.assistant.life_cards import ApprovalsCard
from qrev.assistant.lists import Lists
from qrev.assistant.looking_up import LookUpTickets
from qrev.assistant.mailboxes_cards import MailboxesCard
from qrev.assistant.members_cards import MembersCard, TeamsCard
from qrev.assistant.models import Line, Turn
from qrev.assistant.ports import AiServer, Conversations, OnWords
from qrev.assistant.privacy_cards import PrivacyCard
from qrev.assistant.rules_cards import DefaultsCard
from qrev.assistant.settings_cards import SettingsCard
from qrev.assistant.suppressions_cards import SuppressionsCard
from qrev.assistant.unknown_cards import UnknownCard
from qrev.assistant.workspace_cards import ProfileCard, WorkspaceCard
from qrev.crm.import_work import Progress
from qrev.crm.importing import Importing
from qrev.crm.imports import Import, ImportState, Wish
from qrev.crm.models import Upload
from qrev.kit.clock import Clock
from qrev.kit.errors import InvalidInput, QrevError

log = logging.getLogger(__name__)

MAX_WORDS = 20_000  # characters of one turn
LINES_TOLD = 20
MAX_TOLD = 2000  # characters of each earlier line
UNDO = "/undo"
NOTHING_SAID = "The assistant had nothing to say to that. Say it in other words, please."


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What the AI server is told about where we are, and how it reads there for a member."""

    callback_url: str
    look_up_url: str
    look_ups: LookUpTickets


class Conversation:
    def __init__(
        self,
        *,
        accounts: Accounts,
        importing: Importing,
        conversations: Conversations,
        lists: Lists,
        ai: AiServer,
        workbench: Workbench,
        knowledge: Knowledge,
        surroundings: Surroundings,
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._importing = importing
        self._conversations = conversations
        self._lists = lists
        self._ai = ai
        self._workbench = workbench
        self._knowledge = knowledge
        self._surroundings = surroundings
        self._clock = clock

    async def take(
        self,
        actor: Actor,
        turn: Turn,
        *,
        upload: Upload | None = None,
        progress: Progress | None = None,
        on_words: OnWords | None = None,
    ) -> AsyncIterator[Card]:
        """Yield what to show for a turn, each card as soon as it is there. Raises QrevError.

        `on_words` is told the words of the answer while they are being said.

        An action that fails does not cost the others.
        """
        if len(turn.words) > MAX_WORDS:
            raise InvalidInput(
                f"That is {len(turn.words):,} characters; a message has at most {MAX_WORDS:,}. "
                "Put lists into a CSV file and drop that."
            )
        if upload is None and (card := _command(turn.words)) is not None:
            yield card
            return
        if upload is None and turn.words.strip().lower() == UNDO:
            occasion = Occasion(
                conversation_id=turn.conversation_id, upload_id=None, words=turn.words
            )
            for card in await run(ProposalAction(kind="undo"), actor, occasion, self._workbench):
                yield card
            return
        if upload is not None:
            async for card in self._listed(actor, turn, upload, progress, on_words):
                yield card
            return
        async for card in self._said(actor, turn, on_words):
            yield card

    async def bring_in(self, actor: Actor, import_id: str) -> AsyncIterator[Card]:
        """Work on an import until it rests. Once it is in, yield what its wish comes to."""
        was = await self._importing.get(actor, import_id)
        made = await self._lists.work(actor, import_id)
        wish = made.wish
        is_in = was.state is ImportState.RUNNING and made.state is ImportState.DONE
        if is_in and wish.conversation_id:
            turn = Turn(id=wish.turn_id, conversation_id=wish.conversation_id, words=wish.words)
            async for card in self._with_list(actor, turn, made, None):
                yield card

    async def _listed(
        self,
        actor: Actor,
        turn: Turn,
        upload: Upload,
        progress: Progress | None,
        on_words: OnWords | None,
    ) -> AsyncIterator[Card]:
        """Yield the card of a list, and what was wished for unless it waits for somebody."""
        wish = Wish(conversation_id=turn.conversation_id, turn_id=turn.id, words=turn.words)
        made = await self._lists.look(actor, upload, wish, progress)
        yield ImportCard(import_id=made.id, upload_id=upload.id, filename=made.filename)
        if made.diagnosis is None or made.diagnosis.needs_a_look:
            return
        made = await self._lists.confirm(actor, made)
        if made.state is ImportState.DONE:
            async for card in self._with_list(actor, turn, made, on_words):
                yield card

    async def _with_list(
        self, actor: Actor, turn: Turn, made: Import, on_words: OnWords | None
    ) -> AsyncIterator[Card]:
        await self._conversations.set_upload(actor.account_id, turn.conversation_id, made.upload_id)
        yield PeopleCard(title=made.filename, upload_id=made.upload_id)
        async for card in self._said(actor, turn, on_words):
            yield card

    async def _said(
        self, actor: Actor, turn: Turn, on_words: OnWords | None
    ) -> AsyncIterator[Card]:
        """Yield the answer to a turn, and remember its words."""
        said: list[str] = []
        async for card in self._answered(actor, turn, on_words):
            if isinstance(card, (TextCard, QuestionCard)):
                said.append(card.text)
            yield card
        await self._remember(actor, turn, "assistant", "\n".join(said) or "(shown as a card)")

    async def _answered(
        self, actor: Actor, turn: Turn, on_words: OnWords | None
    ) -> AsyncIterator[Card]:
        upload_id, account, lines = await asyncio.gather(
            self._conversations.upload_of(actor.account_id, turn.conversation_id),
            self._accounts.account(actor),
            self._conversations.last(actor.account_id, turn.conversation_id, limit=LINES_TOLD),
        )
        request = await self._request(actor, account, turn, lines, upload_id)
        await self._remember(actor, turn, "user", turn.words)
        actions = await self._ai.ask(request, turn_id=turn.id, on_words=on_words)
        if not actions:
            yield TextCard(text=NOTHING_SAID)
        occasion = Occasion(
            conversation_id=turn.conversation_id, upload_id=upload_id, words=turn.words
        )
        is_made = False
        for action in _each_sequence_once(actions):
            try:
                cards = await run(action, actor, occasion, self._workbench)
                is_made = is_made or isinstance(action, SequenceDraftAction)
            except QrevError as error:
                cards = [TextCard(text=str(error))]
            for card in cards:
                yield card
        if is_made:
            await self._conversations.set_upload(actor.account_id, turn.conversation_id, None)

    async def _request(
        self,
        actor: Actor,
        account: Account,
        turn: Turn,
        lines: Sequence[Line],
        upload_id: str | None,
    ) -> TurnRequest:
        told = [Utterance(role=line.role, content=line.content[:MAX_TOLD]) for line in lines]
        return TurnRequest(
            query=turn.words,
            company_id=actor.account_id,
            user_id=actor.user_id,
            asynchronous=self._surroundings.callback_url,
            conversation=ConversationSoFar(
                conversation_id=turn.conversation_id,
                messages=[*told, Utterance(role="user", content=turn.words)],
            ),
            sender_company=SenderCompany(
                name=_company_name(account, actor),
                website=account.domain,
                website_url=f"https://{account.domain}" if account.domain else "",
            ),
            sender_person=SenderPerson(name=actor.name, email=actor.email),
            sender_resource_documents=await self._knowledge.told(actor.account_id),
            uploaded_data=(
                None if upload_id is None else await self._lists.told(actor.account_id, upload_id)
            ),
            look_up=LookUp(
                url=self._surroundings.look_up_url,
                ticket=self._surroundings.look_ups.issue(actor),
            ),
        )

    async def _remember(self, actor: Actor, turn: Turn, role: str, content: str) -> None:
        await self._conversations.add_if_new(
            Line(
                id=f"{turn.id}:{role}",
                account_id=actor.account_id,
                conversation_id=turn.conversation_id,
                role="user" if role == "user" else "assistant",
                content=content[:MAX_WORDS],
                at=self._clock(),
            )
        )


def _each_sequence_once(actions: list[Action]) -> Iterator[Action]:
    seen: set[str] = set()
    for action in actions:
        if isinstance(action, SequenceDraftAction):
            if action.sequence.id in seen:
                continue
            seen.add(action.sequence.id)
        yield action


def _company_name(account: Account, actor: Actor) -> str:
    """Return the workspace's name if someone chose it; the one we made up is nobody's company."""
    return "" if account.name == f"{actor.name}'s workspace" else account.name


def _command(words: str) -> Card | None:
    """Return the card of a slash command: no AI server is needed for those."""
    command, _, more = words.strip().partition(" ")
    if command.lower() == "/people" and more.strip():
        return PeopleCard(title="People", search=more.strip()[:200])
    if command.lower() == "/integrations" and more.strip():
        return IntegrationsCard(about=more.strip()[:320])
    return COMMANDS.get(words.strip().lower())


COMMANDS: dict[str, Card] = {
    "/approvals": ApprovalsCard(),
    "/campaigns": CampaignsCard(),
    "/outbox": OutboxCard(),
    "/unknown": UnknownCard(),
    "/audit": AuditCard(),
    "/defaults": DefaultsCard(),
    "/imports": ImportsCard(),
    "/integrations": IntegrationsCard(),
    "/keys": KeysCard(),
    "/mailboxes": MailboxesCard(),
    "/knowledge": KnowledgeCard(),
    "/members": MembersCard(),
    "/teams": TeamsCard(),
    "/people": PeopleCard(title="People"),
    "/companies": CompaniesCard(),
    "/profile": ProfileCard(),
    "/suppressions": SuppressionsCard(),
    "/settings": SettingsCard(),
    "/privacy": PrivacyCard(),
    "/workspace": WorkspaceCard(),
    "/help": TextCard(
        text="Drop a CSV or Excel file here and say what you offer. **/people** and **/companies** "
        "show whom you know, **/imports** the lists you brought in, **/campaigns** how far each "
        "sequence is, **/outbox** each mail as it left, **/unknown** those of which nobody knows "
        "whether they left, **/mailboxes** what you send from, "
        "**/defaults** when and how much is sent, and why. Nothing leaves before you have "
        "seen the whole plan and pressed **Confirm**.\n\n"
        "**/undo** takes back what you confirmed last; write *pause*, *resume* or *stop* and a "
        "campaign, a person or a country. **/approvals** is what waits for a second member.\n\n"
        "**/workspace**, **/members** and **/teams** are about who works here, **/profile** is "
        "about you, your devices and your mailbox, **/knowledge** is "
        "what mails may say of you, **/settings** tells what the assistant is and "
        "costs, **/suppressions** shows whom nobody here writes to, **/privacy** what is held on "
        "somebody, **/audit** who changed what, **/keys** lets programs in, and **/integrations** "
        "connects other services."
    ),
}
