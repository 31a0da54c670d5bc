"""The assistant, wired: what is said to it, and the desk that works on what it made."""

from __future__ import annotations

from dataclasses import dataclass

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.store import MongoAccountBook, MongoMemberBook, MongoUserBook
from qrev.assistant import store
from qrev.assistant.actions import Workbench
from qrev.assistant.conversation import Conversation, Surroundings
from qrev.assistant.draft_stops import DraftStops
from qrev.assistant.enrolment import Enrolment
from qrev.assistant.imports_desk import ImportsDesk
from qrev.assistant.intake import TakingIn
from qrev.assistant.integrations_saying import VendorSaying
from qrev.assistant.knowledge.service import Knowledge
from qrev.assistant.life_desk import LifeDesk, Running
from qrev.assistant.life_saying import LifeSaying, WhatRuns
from qrev.assistant.lists import Lists
from qrev.assistant.looking_up import LookingUp, LookUpTickets
from qrev.assistant.ports import AiServer
from qrev.assistant.questions import Desks
from qrev.assistant.resuming import Resuming
from qrev.assistant.rewriter import AiRewriter
from qrev.bootstrap.databases import Databases
from qrev.bootstrap.desks import Around, Wired, desks_of
from qrev.campaigns.draft_history import DraftHistory
from qrev.campaigns.rewriting.choosing import Mails
from qrev.campaigns.rewriting.service import Rewriting
from qrev.campaigns.sequences import Intake
from qrev.kit.mongo import Document
from qrev.kit.signing import Signer

CALLBACK_PATH = "/api/campaign/update_sequence_messages"
LOOK_UP_PATH = "/api/campaign/look_up"


@dataclass(frozen=True, kw_only=True)
class Assistant:
    conversation: Conversation
    desks: Desks
    enrolment: Enrolment
    taking_in: TakingIn
    resuming: Resuming
    rewriting: Rewriting
    history: DraftHistory
    knowledge: Knowledge
    dropbox: store.MongoDropBox
    looking_up: LookingUp


def wire(databases: Databases, ai: AiServer, around: Around) -> Assistant:
    """Wire the assistant."""
    dropbox = store.MongoDropBox(databases.dropbox)
    life = _life(around)
    taking_in = _taking_in(dropbox, around)
    stops = DraftStops(
        sequences=around.stores.sequences,
        dropbox=dropbox,
        taking_in=taking_in,
        telling=around.campaigns.telling,
    )
    rewriting, history = _rewriting(databases.main, ai, around), _history(around)
    bench = Workbench(
        sequences=around.campaigns.sequences,
        taking_in=taking_in,
        inquiring=around.campaigns.inquiring,
        life=_life_saying(life, around),
        draft_stops=stops,
        vendors=VendorSaying(
            booking=around.vendors.booking,
            changes=around.may.changes,
            people=around.known.people,
            accounts=around.may.accounts,
            users=MongoUserBook(databases.main),
            clock=around.clock,
        ),
        rewriting=rewriting,
    )
    lists = Lists(importing=around.known.importing, work=around.known.import_work, dropbox=dropbox)
    conversation = _conversation(databases.main, ai, lists, bench, around)
    imports = ImportsDesk(importing=around.known.importing, lists=lists, conversation=conversation)
    return Assistant(
        conversation=conversation,
        desks=desks_of(databases, Wired(life, stops, imports, rewriting, history), around),
        enrolment=_enrolment(around),
        taking_in=bench.taking_in,
        resuming=_resuming(databases.main, around),
        rewriting=rewriting,
        history=history,
        knowledge=_knowledge(databases.main, around),
        dropbox=dropbox,
        looking_up=LookingUp(
            tickets=_tickets(around),
            members=MongoMemberBook(databases.main),
            users=MongoUserBook(databases.main),
            people=around.known.people,
            sequences=around.campaigns.sequences,
        ),
    )


def _rewriting(db: AsyncDatabase[Document], ai: AiServer, around: Around) -> Rewriting:
    stores = around.stores
    return Rewriting(
        rewrites=stores.rewrites,
        rows=stores.rewritten,
        mails=Mails(
            sequences=stores.sequences,
            prospects=stores.prospects,
            drafts=stores.drafts,
            reach=stores.messages,
        ),
        writer=AiRewriter(ai=ai, accounts=MongoAccountBook(db), users=MongoUserBook(db)),
        orders=around.campaigns.orders,
        clock=around.clock,
    )


def _resuming(db: AsyncDatabase[Document], around: Around) -> Resuming:
    return Resuming(
        work=around.known.import_work,
        conversations=store.MongoConversations(db),
        notices=around.stores.notices,
        clock=around.clock,
    )


def _knowledge(db: AsyncDatabase[Document], around: Around) -> Knowledge:
    return Knowledge(book=store.MongoKnowledgeBook(db), audit=around.may.audit, clock=around.clock)


def _history(around: Around) -> DraftHistory:
    stores = around.stores
    return DraftHistory(
        drafts=stores.drafts,
        versions=stores.drafts,
        prospects=stores.prospects,
        clock=around.clock,
    )


def _tickets(around: Around) -> LookUpTickets:
    signer = Signer(around.settings.link_secret.get_secret_value(), "look up")
    return LookUpTickets(signer, around.clock)


def _taking_in(dropbox: store.MongoDropBox, around: Around) -> TakingIn:
    stores = around.stores
    return TakingIn(
        dropbox=dropbox,
        sequences=stores.sequences,
        intake=Intake(sequences=stores.sequences, prospects=stores.prospects, drafts=stores.drafts),
        people=around.known.people,
        importing=around.known.importing,
        telling=around.campaigns.telling,
        clock=around.clock,
    )


def _conversation(
    db: AsyncDatabase[Document],
    ai: AiServer,
    lists: Lists,
    bench: Workbench,
    around: Around,
) -> Conversation:
    return Conversation(
        accounts=around.may.accounts,
        importing=around.known.importing,
        conversations=store.MongoConversations(db),
        lists=lists,
        ai=ai,
        workbench=bench,
        knowledge=_knowledge(db, around),
        surroundings=Surroundings(
            callback_url=around.settings.base_url + CALLBACK_PATH,
            look_up_url=around.settings.base_url + LOOK_UP_PATH,
            look_ups=_tickets(around),
        ),
        clock=around.clock,
    )


def _life(around: Around) -> LifeDesk:
    campaigns, stores = around.campaigns, around.stores
    return LifeDesk(
        accounts=around.may.accounts,
        sequences=campaigns.sequences,
        running=Running(
            orders=campaigns.orders,
            proposals=campaigns.proposals,
            approving=campaigns.approving,
            pausing=campaigns.pausing,
            reach=stores.messages,
            mailboxes=stores.mailboxes,
            adding=campaigns.adding,
            enrolment=_enrolment(around),
        ),
        clock=around.clock,
    )


def _enrolment(around: Around) -> Enrolment:
    campaigns = around.campaigns
    return Enrolment(
        adding=campaigns.adding,
        people=around.known.people,
        proposing=campaigns.proposing,
        sequences=campaigns.sequences,
    )


def _life_saying(desk: LifeDesk, around: Around) -> LifeSaying:
    stores = around.stores
    return LifeSaying(
        desk=desk,
        accounts=around.may.accounts,
        importing=around.known.importing,
        runs=WhatRuns(
            sequences=stores.sequences, prospects=stores.prospects, mailboxes=stores.mailboxes
        ),
        clock=around.clock,
    )
