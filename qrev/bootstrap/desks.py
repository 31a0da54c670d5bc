"""The desks, wired: each answers what one kind of card asks."""

from __future__ import annotations

from dataclasses import dataclass

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.connection import Vendor
from qrev.assistant import store
from qrev.assistant.audit_desk import AuditDesk
from qrev.assistant.companies_desk import CompaniesDesk
from qrev.assistant.desk import Desk, Sending
from qrev.assistant.draft_stops import DraftStops
from qrev.assistant.drafting_desk import DraftingDesk
from qrev.assistant.imports_desk import ImportsDesk
from qrev.assistant.integrations_desk import IntegrationsDesk
from qrev.assistant.keys_desk import KeysDesk
from qrev.assistant.knowledge.service import Knowledge
from qrev.assistant.knowledge_desk import KnowledgeDesk
from qrev.assistant.life_desk import LifeDesk
from qrev.assistant.mailboxes_desk import AboutMailboxes, MailboxesDesk
from qrev.assistant.members_desk import MembersDesk
from qrev.assistant.newcomer_desk import NewcomerDesk
from qrev.assistant.own_desk import OwnDesk
from qrev.assistant.people_desk import AboutPeople, PeopleDesk
from qrev.assistant.plan_desk import PlanDesk
from qrev.assistant.privacy_desk import PrivacyDesk
from qrev.assistant.profile_desk import GoogleHere, ProfileDesk
from qrev.assistant.questions import Desks
from qrev.assistant.rewrite_desk import RewriteDesk
from qrev.assistant.rules_desk import Rulers, RulesDesk
from qrev.assistant.settings_desk import Limit, SettingsDesk, TheAssistant
from qrev.assistant.suppressions_desk import SuppressionsDesk
from qrev.assistant.unknown_desk import UnknownDesk
from qrev.assistant.workspace_desk import WorkspaceDesk
from qrev.bootstrap.accounts import WhoMay
from qrev.bootstrap.campaigns import Campaigns
from qrev.bootstrap.channels import Channels
from qrev.bootstrap.databases import Databases
from qrev.bootstrap.life import CampaignStores
from qrev.bootstrap.mailboxes import MailboxCare
from qrev.bootstrap.people import WhoWeKnow
from qrev.bootstrap.vendors import Vendors
from qrev.campaigns.draft_history import DraftHistory
from qrev.campaigns.drafts import Drafts
from qrev.campaigns.repairs import Repairs
from qrev.campaigns.rewriting.service import Rewriting
from qrev.campaigns.store.events import MongoEventBook
from qrev.campaigns.store.written import MongoMailsTo
from qrev.crm.privacy import Privacy
from qrev.integrations.google.client import READ, SEND
from qrev.integrations.hubspot.showing import ShownSyncing
from qrev.kit.clock import Clock
from qrev.kit.limits import Limits
from qrev.kit.mongo import Document
from qrev.settings import Settings

PERMISSIONS = {SEND: "send mails as you", READ: "read the replies"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Around:
    """What the assistant is handed from the other rooms."""

    settings: Settings
    may: WhoMay
    known: WhoWeKnow
    campaigns: Campaigns
    stores: CampaignStores
    channels: Channels
    mailboxes: MailboxCare
    privacy: Privacy
    vendors: Vendors
    clock: Clock


@dataclass(frozen=True, slots=True)
class Wired:
    """What the desks share with the conversation."""

    life: LifeDesk
    stops: DraftStops
    imports: ImportsDesk
    rewriting: Rewriting
    history: DraftHistory


def desks_of(databases: Databases, wired: Wired, around: Around) -> Desks:
    """Wire every desk."""
    return Desks(
        own=OwnDesk(changes=around.may.changes, clock=around.clock),
        audit=AuditDesk(audit=around.may.audit, members=around.may.members, teams=around.may.teams),
        imports=wired.imports,
        keys=KeysDesk(api_keys=around.may.api_keys, clock=around.clock),
        members=_members_desk(databases.main, around),
        sending=_desk(around),
        life=wired.life,
        newcomers=_newcomers(around.may),
        workspace=_workspace(around.may),
        profile=_profile(around),
        people=_people(databases.main, around),
        companies=_companies(around),
        unknown=UnknownDesk(deciding=around.campaigns.deciding, changes=around.may.changes),
        privacy=PrivacyDesk(
            privacy=around.privacy,
            changes=around.may.changes,
            suppressions=around.known.suppressions,
        ),
        integrations=_integrations(around),
        suppressions=SuppressionsDesk(
            suppressing=around.known.suppressing, members=around.may.members
        ),
        rules=_rules(around),
        mailboxes=_mailboxes(around),
        plans=PlanDesk(inquiring=around.campaigns.inquiring, sequences=around.campaigns.sequences),
        settings=_settings(databases.dropbox, around),
        drafting=_drafting(wired.stops, around),
        rewriting=_rewriting(wired, around),
        knowledge=KnowledgeDesk(
            knowledge=Knowledge(
                book=store.MongoKnowledgeBook(databases.main),
                audit=around.may.audit,
                clock=around.clock,
            )
        ),
    )


def _integrations(around: Around) -> IntegrationsDesk:
    vendors = around.vendors
    return IntegrationsDesk(
        connections=vendors.connections,
        log=vendors.call_log,
        changes=around.may.changes,
        syncing={Vendor.HUBSPOT: ShownSyncing(vendors.hubspot)},
    )


def _members_desk(db: AsyncDatabase[Document], around: Around) -> MembersDesk:
    may = around.may
    return MembersDesk(
        members=may.members,
        invitations=may.invitations,
        teams=may.teams,
        changes=may.changes,
        limits=Limits(db, around.clock),
    )


def _people(db: AsyncDatabase[Document], around: Around) -> PeopleDesk:
    known, may = around.known, around.may
    return PeopleDesk(
        AboutPeople(
            people=known.people,
            editing=known.editing,
            keeping=known.keeping,
            grouping=known.grouping,
            lists=known.lists,
            merging=known.merging,
            mails=MongoMailsTo(db),
            events=MongoEventBook(db),
            booking=around.vendors.booking,
            members=may.members,
            teams=may.teams,
        )
    )


def _desk(around: Around) -> Desk:
    stores = around.stores
    return Desk(
        accounts=around.may.accounts,
        sequences=around.campaigns.sequences,
        drafts=Drafts(
            sequences=stores.sequences,
            prospects=stores.prospects,
            drafts=stores.drafts,
            clock=around.clock,
            links=around.vendors.booking,
        ),
        prospects=stores.prospects,
        events=stores.events,
        sending=_sending(around),
        clock=around.clock,
    )


def _rewriting(wired: Wired, around: Around) -> RewriteDesk:
    return RewriteDesk(
        rewriting=wired.rewriting,
        orders=around.campaigns.orders,
        life=wired.life,
        sequences=around.campaigns.sequences,
        history=wired.history,
        members=around.may.members,
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


def _newcomers(may: WhoMay) -> NewcomerDesk:
    return NewcomerDesk(accounts=may.accounts, invitations=may.invitations, sessions=may.sessions)


def _sending(around: Around) -> Sending:
    stores = around.stores
    return Sending(
        proposing=around.campaigns.proposing,
        messages=stores.messages,
        mailboxes=stores.mailboxes,
        desk=around.mailboxes.first_mailboxes,
        approving=around.campaigns.approving,
        copies={"outbox": around.channels.outbox},
        hold=around.settings.hold,
    )


def _workspace(may: WhoMay) -> WorkspaceDesk:
    return WorkspaceDesk(
        accounts=may.accounts, members=may.members, sessions=may.sessions, changes=may.changes
    )


def _companies(around: Around) -> CompaniesDesk:
    return CompaniesDesk(
        companies=around.known.companies,
        counting=around.campaigns.company_numbers,
        members=around.may.members,
        teams=around.may.teams,
    )


def _rules(around: Around) -> RulesDesk:
    selling = around.campaigns
    return RulesDesk(
        accounts=around.may.accounts,
        rulers=Rulers(
            ruling=selling.ruling,
            senders=selling.senders,
            sequences=selling.sequences,
            hold=around.settings.hold,
        ),
        clock=around.clock,
    )


def _mailboxes(around: Around) -> MailboxesDesk:
    return MailboxesDesk(
        accounts=around.may.accounts,
        about=AboutMailboxes(
            connecting=around.mailboxes.connecting,
            senders=around.campaigns.senders,
            first=around.mailboxes.first_mailboxes,
            domains=around.mailboxes.domain_checks,
            rulebooks=around.stores.rulebooks,
        ),
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
