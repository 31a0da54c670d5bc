"""The one place that knows every class: who is handed what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from urllib.parse import quote

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts import store as accounts_store
from qrev.accounts.grants import NoIssuer
from qrev.assistant import store as assistant_store
from qrev.assistant.actions import Workbench
from qrev.assistant.conversation import Conversation, Surroundings
from qrev.assistant.desk import Desk, Sending
from qrev.assistant.intake import TakingIn
from qrev.assistant.ports import AiServer
from qrev.bootstrap.accounts import WhoMay, who_may
from qrev.bootstrap.google import at_google
from qrev.campaigns.drafts import Drafts
from qrev.campaigns.enacting import Enacting
from qrev.campaigns.gathering import Gathering
from qrev.campaigns.inviting import InvitationMail
from qrev.campaigns.mailboxes import FirstMailbox, MailboxDesk
from qrev.campaigns.models import Message
from qrev.campaigns.ports import Channel, Notices
from qrev.campaigns.proposing import Proposing
from qrev.campaigns.sender import Sender
from qrev.campaigns.sequences import Intake, Sequences
from qrev.campaigns.stopping import Stopping
from qrev.campaigns.store import drafts as drafts_store
from qrev.campaigns.store import mailboxes as mailboxes_store
from qrev.campaigns.store import messages as messages_store
from qrev.campaigns.store import notices as notices_store
from qrev.campaigns.store import proposals as proposals_store
from qrev.campaigns.store import prospects as prospects_store
from qrev.campaigns.store import sequences as sequences_store
from qrev.campaigns.sweeps import Sweeps
from qrev.campaigns.telling import Telling
from qrev.crm import store as crm_store
from qrev.crm.editing import Editing
from qrev.crm.service import People
from qrev.crm.suppressing import Suppressing
from qrev.crm.suppressions import SuppressionList
from qrev.integrations.google.sign_in import GoogleSignIn
from qrev.integrations.outbox.channel import LocalOutbox
from qrev.integrations.smtp.channel import SmtpChannel
from qrev.kit import limits
from qrev.kit.clock import Clock
from qrev.kit.limits import Limits
from qrev.kit.mongo import Document, Indexes, ensure_indexes
from qrev.kit.signing import Signer
from qrev.settings import Settings

CALLBACK_PATH = "/api/campaign/update_sequence_messages"
UNSUBSCRIBE_PATH = "/api/campaign/unsubscribe"

INDEXES: tuple[Indexes, ...] = (
    *accounts_store.INDEXES,
    *crm_store.INDEXES,
    sequences_store.INDEXES,
    prospects_store.INDEXES,
    drafts_store.INDEXES,
    mailboxes_store.INDEXES,
    messages_store.INDEXES,
    notices_store.INDEXES,
    proposals_store.INDEXES,
    *assistant_store.INDEXES,
    limits.INDEXES,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Databases:
    """Ours, and the one the AI server lays its drafts in (often the same)."""

    main: AsyncDatabase[Document]
    dropbox: AsyncDatabase[Document]

    async def ensure_indexes(
        self, *, main: Iterable[Indexes] = (), dropbox: Iterable[Indexes] = ()
    ) -> int:
        """Create what is missing, and what the doors need. Return how many are declared."""
        theirs = (*assistant_store.DROPBOX_INDEXES, *dropbox)
        return await ensure_indexes(self.main, (*INDEXES, *main)) + await ensure_indexes(
            self.dropbox, theirs
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Services(WhoMay):
    """What the doors call."""

    people: People
    editing: Editing
    suppressing: Suppressing
    conversation: Conversation
    desk: Desk
    sequences: Sequences
    proposing: Proposing
    taking_in: TakingIn
    dropbox: assistant_store.MongoDropBox
    stopping: Stopping
    notices: Notices
    sender: Sender
    sweeps: Sweeps
    enacting: Enacting
    google: GoogleSignIn | None  # None where no client is set up
    limits: Limits
    clock: Clock


def build(settings: Settings, databases: Databases, ai: AiServer, *, clock: Clock) -> Services:
    """Wire the application. Call once per process, inside its event loop."""
    db = databases.main
    account_book = accounts_store.MongoAccountBook(db)
    sequence_book = sequences_store.MongoSequenceBook(db)
    prospect_book = prospects_store.MongoProspectBook(db)
    draft_book = drafts_store.MongoDraftBook(db)
    proposal_book = proposals_store.MongoProposalBook(db)
    messages = messages_store.MongoMessages(db)
    mailboxes = mailboxes_store.MongoMailboxes(db)
    notices = notices_store.MongoNotices(db)
    dropbox = assistant_store.MongoDropBox(databases.dropbox)
    local_outbox = LocalOutbox(settings.data_dir / "outbox")
    channels = _channels(settings, local_outbox)
    reaching = {name: each for name, each in channels.items() if each is not local_outbox}
    post = InvitationMail(mailboxes=mailboxes, channels=reaching, clock=clock)
    google = at_google(settings, clock)
    issuer = NoIssuer() if google is None else google.grants
    room = who_may(settings, db, post, issuer, clock=clock)
    accounts = room.accounts
    suppression_book = crm_store.MongoSuppressions(db)
    suppressions = SuppressionList(suppressions=suppression_book, clock=clock)
    telling = Telling(notices=notices, sequences=sequence_book, clock=clock)
    people_book, company_book = crm_store.MongoPeopleBook(db), crm_store.MongoCompanyBook(db)
    people = People(
        people=people_book,
        companies=company_book,
        uploads=crm_store.MongoUploads(db),
        clock=clock,
    )
    sequences = Sequences(
        sequences=sequence_book,
        prospects=prospect_book,
        drafts=draft_book,
        messages=messages,
        clock=clock,
    )
    taking_in = TakingIn(
        dropbox=dropbox,
        sequences=sequence_book,
        intake=Intake(sequences=sequence_book, prospects=prospect_book, drafts=draft_book),
        people=people,
        telling=telling,
        clock=clock,
    )
    gathering = Gathering(
        accounts=account_book,
        prospects=prospect_book,
        drafts=draft_book,
        mailboxes=mailboxes,
        messages=messages,
        reachability=suppressions,
    )
    enacting = Enacting(
        gathering=gathering,
        sequences=sequence_book,
        prospects=prospect_book,
        locks=draft_book,
        messages=messages,
        proposals=proposal_book,
        telling=telling,
        hold=settings.hold,
        clock=clock,
    )
    proposing = Proposing(
        gathering=gathering,
        sequences=sequence_book,
        proposals=proposal_book,
        locks=draft_book,
        lease=proposals_store.MongoPlanningLease(db),
        enacting=enacting,
        hold=settings.hold,
        clock=clock,
    )
    link_secret = settings.link_secret.get_secret_value()
    stopping = Stopping(
        suppressions=suppressions,
        messages=messages,
        signer=Signer(link_secret, "opt-out"),
        clock=clock,
    )
    return Services(
        **{each.name: getattr(room, each.name) for each in fields(room)},
        people=people,
        editing=Editing(
            people=people_book,
            edits=crm_store.MongoPersonEdits(db),
            companies=company_book,
            clock=clock,
        ),
        suppressing=Suppressing(suppressions=suppression_book, audit=room.audit, clock=clock),
        conversation=Conversation(
            accounts=accounts,
            people=people,
            conversations=assistant_store.MongoConversations(db),
            dropbox=dropbox,
            ai=ai,
            workbench=Workbench(sequences=sequences, taking_in=taking_in),
            surroundings=Surroundings(callback_url=settings.base_url + CALLBACK_PATH),
            clock=clock,
        ),
        desk=Desk(
            accounts=accounts,
            people=people,
            sequences=sequences,
            drafts=Drafts(
                sequences=sequence_book, prospects=prospect_book, drafts=draft_book, clock=clock
            ),
            prospects=prospect_book,
            sending=Sending(
                proposing=proposing,
                messages=messages,
                mailboxes=mailboxes,
                desk=MailboxDesk(mailboxes=mailboxes, first=_first_mailbox(settings), clock=clock),
                copies={"outbox": local_outbox},
                hold=settings.hold,
            ),
            clock=clock,
        ),
        sequences=sequences,
        proposing=proposing,
        taking_in=taking_in,
        dropbox=dropbox,
        stopping=stopping,
        notices=notices,
        sender=Sender(
            outbox=messages,
            accounts=account_book,
            mailboxes=mailboxes,
            reachability=suppressions,
            stopping=stopping,
            telling=telling,
            channels=channels,
            unsubscribe_url=lambda message: _unsubscribe_url(settings, stopping, message),
            clock=clock,
        ),
        sweeps=Sweeps(
            outbox=messages,
            lateness=messages,
            messages=messages,
            sequences=sequence_book,
            mailboxes=mailboxes,
            accounts=account_book,
            telling=telling,
            clock=clock,
        ),
        enacting=enacting,
        google=None if google is None else google.sign_in,
        limits=Limits(db, clock),
        clock=clock,
    )


def _first_mailbox(settings: Settings) -> FirstMailbox:
    if not settings.smtp_url.get_secret_value():
        return FirstMailbox()
    return FirstMailbox(channel="smtp", email=settings.smtp_from, is_warmed=settings.smtp_warmed)


def _channels(settings: Settings, local_outbox: LocalOutbox) -> dict[str, Channel]:
    channels: dict[str, Channel] = {"outbox": local_outbox}
    if url := settings.smtp_url.get_secret_value():
        channels["smtp"] = SmtpChannel(url)
    return channels


def _unsubscribe_url(settings: Settings, stopping: Stopping, message: Message) -> str:
    return f"{settings.base_url}{UNSUBSCRIBE_PATH}?t={quote(stopping.link_token(message))}"
