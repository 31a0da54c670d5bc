"""The assistant, wired: what is said to it, and the desk that works on what it made."""

from __future__ import annotations

from dataclasses import dataclass

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.store import MongoMemberBook, MongoUserBook
from qrev.assistant import store
from qrev.assistant.actions import Workbench
from qrev.assistant.audit_desk import AuditDesk
from qrev.assistant.conversation import Conversation, Surroundings
from qrev.assistant.desk import Desk, Sending
from qrev.assistant.draft_stops import DraftStops
from qrev.assistant.drafting_desk import DraftingDesk
from qrev.assistant.intake import TakingIn
from qrev.assistant.keys_desk import KeysDesk
from qrev.assistant.looking_up import LookingUp, LookUpTickets
from qrev.assistant.members_desk import MembersDesk
from qrev.assistant.newcomer_desk import NewcomerDesk
from qrev.assistant.own_desk import OwnDesk
from qrev.assistant.ports import AiServer
from qrev.assistant.profile_desk import GoogleHere, ProfileDesk
from qrev.assistant.questions import Desks
from qrev.assistant.settings_desk import Limit, SettingsDesk, TheAssistant
from qrev.assistant.workspace_desk import WorkspaceDesk
from qrev.bootstrap.accounts import WhoMay
from qrev.bootstrap.campaigns import Campaigns, CampaignStores
from qrev.bootstrap.channels import Channels, first_mailbox
from qrev.bootstrap.databases import Databases
from qrev.bootstrap.people import WhoWeKnow
from qrev.campaigns.drafts import Drafts
from qrev.campaigns.mailboxes import MailboxDesk
from qrev.campaigns.repairs import Repairs
from qrev.campaigns.sequences import Intake
from qrev.integrations.google.client import READ, SEND
from qrev.kit.clock import Clock
from qrev.kit.limits import Limits
from qrev.kit.mongo import Document
from qrev.kit.signing import Signer
from qrev.settings import Settings

CALLBACK_PATH = "/api/campaign/update_sequence_messages"
LOOK_UP_PATH = "/api/campaign/look_up"
PERMISSIONS = {SEND: "send mails as you", READ: "read the replies"}


@dataclass(frozen=True, kw_only=True)
class Assistant:
    conversation: Conversation
    desks: Desks
    taking_in: TakingIn
    dropbox: store.MongoDropBox
    looking_up: LookingUp


@dataclass(frozen=True, kw_only=True, slots=True)
class Around:
    """What the assistant is handed from the other rooms."""

    settings: Settings
    may: WhoMay
    known: WhoWeKnow
    campaigns: Campaigns
    stores: CampaignStores
    channels: Channels
    clock: Clock


def wire(databases: Databases, ai: AiServer, around: Around) -> Assistant:
    """Wire the assistant."""
    dropbox = store.MongoDropBox(databases.dropbox)
    taking_in = _taking_in(dropbox, around)
    stops = DraftStops(
        sequences=around.stores.sequences,
        dropbox=dropbox,
        taking_in=taking_in,
        telling=around.campaigns.telling,
    )
    workbench = Workbench(
        sequences=around.campaigns.sequences, taking_in=taking_in, draft_stops=stops
    )
    return Assistant(
        conversation=_conversation(databases.main, ai, dropbox, workbench, around),
        desks=Desks(
            own=OwnDesk(changes=around.may.changes, clock=around.clock),
            audit=AuditDesk(
                audit=around.may.audit, members=around.may.members, teams=around.may.teams
            ),
            keys=KeysDesk(api_keys=around.may.api_keys, clock=around.clock),
            members=_members_desk(databases.main, around),
            sending=_desk(around),
            newcomers=_newcomers(around.may),
            workspace=_workspace(around.may),
            profile=_profile(around),
            settings=_settings(databases.dropbox, around),
            drafting=_drafting(stops, around),
        ),
        taking_in=taking_in,
        dropbox=dropbox,
        looking_up=LookingUp(
            tickets=_tickets(around),
            members=MongoMemberBook(databases.main),
            users=MongoUserBook(databases.main),
            people=around.known.people,
            sequences=around.campaigns.sequences,
        ),
    )


def _tickets(around: Around) -> LookUpTickets:
    signer = Signer(around.settings.link_secret.get_secret_value(), "look up")
    return LookUpTickets(signer, around.clock)


def _members_desk(db: AsyncDatabase[Document], around: Around) -> MembersDesk:
    may = around.may
    return MembersDesk(
        members=may.members,
        invitations=may.invitations,
        teams=may.teams,
        changes=may.changes,
        limits=Limits(db, around.clock),
    )


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
    dropbox: store.MongoDropBox,
    workbench: Workbench,
    around: Around,
) -> Conversation:
    return Conversation(
        accounts=around.may.accounts,
        importing=around.known.importing,
        conversations=store.MongoConversations(db),
        dropbox=dropbox,
        ai=ai,
        workbench=workbench,
        surroundings=Surroundings(
            callback_url=around.settings.base_url + CALLBACK_PATH,
            look_up_url=around.settings.base_url + LOOK_UP_PATH,
            look_ups=_tickets(around),
        ),
        clock=around.clock,
    )


def _desk(around: Around) -> Desk:
    stores = around.stores
    return Desk(
        accounts=around.may.accounts,
        people=around.known.people,
        sequences=around.campaigns.sequences,
        drafts=Drafts(
            sequences=stores.sequences,
            prospects=stores.prospects,
            drafts=stores.drafts,
            clock=around.clock,
        ),
        prospects=stores.prospects,
        sending=_sending(around),
        clock=around.clock,
    )


def _newcomers(may: WhoMay) -> NewcomerDesk:
    return NewcomerDesk(accounts=may.accounts, invitations=may.invitations, sessions=may.sessions)


def _sending(around: Around) -> Sending:
    stores = around.stores
    return Sending(
        proposing=around.campaigns.proposing,
        messages=stores.messages,
        mailboxes=stores.mailboxes,
        desk=MailboxDesk(
            mailboxes=stores.mailboxes,
            first=first_mailbox(around.settings),
            clock=around.clock,
        ),
        copies={"outbox": around.channels.outbox},
        hold=around.settings.hold,
    )


def _workspace(may: WhoMay) -> WorkspaceDesk:
    return WorkspaceDesk(
        accounts=may.accounts, members=may.members, sessions=may.sessions, changes=may.changes
    )


def _drafting(stops: DraftStops, around: Around) -> DraftingDesk:
    stores = around.stores
    repairs = Repairs(
        sequences=stores.sequences,
        prospects=stores.prospects,
        drafts=stores.drafts,
        clock=around.clock,
    )
    return DraftingDesk(
        stops=stops,
        repairs=repairs,
        sequences=around.campaigns.sequences,
        clock=around.clock,
    )


def _settings(dropbox: AsyncDatabase[Document], around: Around) -> SettingsDesk:
    return SettingsDesk(
        assistant=_the_assistant(around.settings),
        spending=store.MongoSpendingBook(dropbox),
        members=around.may.members,
        clock=around.clock,
    )


def _the_assistant(settings: Settings) -> TheAssistant:
    if settings.ai_bot_server_url:
        return TheAssistant(kind="other")
    if not settings.llm_base_url:
        return TheAssistant(kind="rules")
    return TheAssistant(
        kind="model",
        model=settings.llm_model,
        has_prices=settings.llm_price_read + settings.llm_price_written > 0,
        of_account=Limit(tokens=settings.llm_account_tokens, dollars=settings.llm_account_dollars),
        of_member=Limit(tokens=settings.llm_member_tokens, dollars=settings.llm_member_dollars),
    )


def _profile(around: Around) -> ProfileDesk:
    may = around.may
    return ProfileDesk(
        profile=may.profile,
        accounts=may.accounts,
        sessions=may.sessions,
        grants=may.grants,
        google=GoogleHere(permissions=PERMISSIONS) if around.settings.google_client_id else None,
    )
