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
    ImportColumn,
    ImportProblem,
    OutboxCard,
    PeopleCard,
    QuestionCard,
    TextCard,
)
from qrev.assistant.companies_cards import CompaniesCard
from qrev.assistant.contract import (
    MAX_INLINE_ROWS,
    SAMPLE_ROWS,
    Action,
    ConversationSoFar,
    LookUp,
    ProposalAction,
    SenderCompany,
    SenderPerson,
    SequenceDraftAction,
    TurnRequest,
    UploadSummary,
    Utterance,
)
from qrev.assistant.keys_cards import KeysCard
from qrev.assistant.life_cards import ApprovalsCard
from qrev.assistant.looking_up import LookUpTickets
from qrev.assistant.members_cards import MembersCard, TeamsCard
from qrev.assistant.models import Line, Turn
from qrev.assistant.ports import AiServer, Conversations, DropBox, OnWords
from qrev.assistant.rules_cards import DefaultsCard
from qrev.assistant.settings_cards import SettingsCard
from qrev.assistant.suppressions_cards import SuppressionsCard
from qrev.assistant.workspace_cards import ProfileCard, WorkspaceCard
from qrev.crm.importing import Importing, ImportSummary, Progress
from qrev.crm.models import Upload
from qrev.crm.reading import PersonRow, Problem
from qrev.kit.clock import Clock
from qrev.kit.errors import InvalidInput, QrevError

log = logging.getLogger(__name__)

MAX_WORDS = 20_000  # characters of one turn
LINES_TOLD = 20
MAX_TOLD = 2000  # characters of each earlier line
SHOWN = 50
COLUMNS = (
    "name",
    "email",
    "company_name",
    "company_url",
    "job_title",
    "linkedin_url",
    "timezone",
    "phone_number",
)
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
        dropbox: DropBox,
        ai: AiServer,
        workbench: Workbench,
        surroundings: Surroundings,
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._importing = importing
        self._conversations = conversations
        self._dropbox = dropbox
        self._ai = ai
        self._workbench = workbench
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
            summary = await self._importing.import_upload(actor, upload.id, progress=progress)
            await self._conversations.set_upload(actor.account_id, turn.conversation_id, upload.id)
            yield import_card(summary)
            yield PeopleCard(title=upload.filename, upload_id=upload.id)
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
            uploaded_data=await self._uploaded(actor, upload_id),
            look_up=LookUp(
                url=self._surroundings.look_up_url,
                ticket=self._surroundings.look_ups.issue(actor),
            ),
        )

    async def _uploaded(
        self, actor: Actor, upload_id: str | None
    ) -> list[dict[str, str]] | UploadSummary | None:
        """Return the rows of the list, or a summary of a big one whose rows are in the drop box."""
        if upload_id is None:
            return None
        rows = [_row(row) for row in await self._importing.rows_of(actor, upload_id)]
        if len(rows) <= MAX_INLINE_ROWS:
            return rows
        await self._dropbox.put_upload(upload_id, rows)
        return UploadSummary(
            header=list(COLUMNS), sample=rows[:SAMPLE_ROWS], count=len(rows), upload_id=upload_id
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


def import_card(summary: ImportSummary) -> ImportCard:
    """Return the card for what became of a file."""
    read = summary.read
    return ImportCard(
        upload_id=summary.upload.id,
        filename=summary.upload.filename,
        new=summary.new,
        known=summary.known,
        companies=summary.companies,
        duplicates=read.duplicates,
        refused_count=len(read.problems),
        refused=[_problem(p) for p in read.problems[:SHOWN]],
        warnings=[_problem(p) for p in read.warnings[:SHOWN]],
        columns=[ImportColumn(header=header, field=field) for header, field in read.columns],
        kept=list(read.kept),
    )


def _each_sequence_once(actions: list[Action]) -> Iterator[Action]:
    seen: set[str] = set()
    for action in actions:
        if isinstance(action, SequenceDraftAction):
            if action.sequence.id in seen:
                continue
            seen.add(action.sequence.id)
        yield action


def _problem(problem: Problem) -> ImportProblem:
    return ImportProblem(line=problem.line, reason=problem.reason, value=problem.value)


def _row(row: PersonRow) -> dict[str, str]:
    """Return a row in our own column names; other columns beside them."""
    own = {name: getattr(row, name) for name in COLUMNS if getattr(row, name)}
    return {**{title: cell for title, cell in row.fields.items() if title not in COLUMNS}, **own}


def _company_name(account: Account, actor: Actor) -> str:
    """Return the workspace's name if someone chose it; the one we made up is nobody's company."""
    return "" if account.name == f"{actor.name}'s workspace" else account.name


def _command(words: str) -> Card | None:
    """Return the card of a slash command: no AI server is needed for those."""
    command = words.strip().lower()
    return COMMANDS.get(command)


COMMANDS: dict[str, Card] = {
    "/approvals": ApprovalsCard(),
    "/campaigns": CampaignsCard(),
    "/outbox": OutboxCard(),
    "/audit": AuditCard(),
    "/defaults": DefaultsCard(),
    "/keys": KeysCard(),
    "/members": MembersCard(),
    "/teams": TeamsCard(),
    "/people": PeopleCard(title="People"),
    "/companies": CompaniesCard(),
    "/profile": ProfileCard(),
    "/suppressions": SuppressionsCard(),
    "/settings": SettingsCard(),
    "/workspace": WorkspaceCard(),
    "/help": TextCard(
        text="Drop a CSV here and say what you offer. **/people** and **/companies** show "
        "whom you know, **/campaigns** how far each sequence is, **/outbox** each mail as it left, "
        "**/defaults** when and how much is sent, and why. Nothing leaves before you "
        "have seen the whole plan and pressed **Confirm**.\n\n"
        "**/undo** takes back what you confirmed last; write *pause*, *resume* or *stop* and a "
        "campaign, a person or a country. **/approvals** is what waits for a second member.\n\n"
        "**/workspace**, **/members** and **/teams** are about who works here, **/profile** is "
        "about you, your devices and your mailbox, **/settings** tells what the assistant is and "
        "costs, **/suppressions** shows whom nobody here writes to, **/audit** who changed what, "
        "and **/keys** lets programs in."
    ),
}
