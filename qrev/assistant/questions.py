"""What a question of a card is: what it is asked with, and which desk answers it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

from qrev.accounts.models import Actor
from qrev.assistant.audit_desk import AuditDesk
from qrev.assistant.cards import Card, Refusal
from qrev.assistant.companies_desk import CompaniesDesk
from qrev.assistant.desk import Desk
from qrev.assistant.drafting_desk import DraftingDesk
from qrev.assistant.imports_desk import ImportsDesk
from qrev.assistant.integrations_desk import IntegrationsDesk
from qrev.assistant.keys_desk import KeysDesk
from qrev.assistant.knowledge_desk import KnowledgeDesk
from qrev.assistant.life_desk import LifeDesk
from qrev.assistant.mailboxes_desk import MailboxesDesk
from qrev.assistant.members_desk import MembersDesk
from qrev.assistant.newcomer_desk import NewcomerDesk
from qrev.assistant.own_desk import OwnDesk
from qrev.assistant.people_desk import PeopleDesk
from qrev.assistant.plan_desk import PlanDesk
from qrev.assistant.privacy_desk import PrivacyDesk
from qrev.assistant.profile_desk import ProfileDesk
from qrev.assistant.rewrite_desk import RewriteDesk
from qrev.assistant.rules_desk import RulesDesk
from qrev.assistant.settings_desk import SettingsDesk
from qrev.assistant.suppressions_desk import SuppressionsDesk
from qrev.assistant.unknown_desk import UnknownDesk
from qrev.assistant.workspace_desk import WorkspaceDesk

Asked = TypeVar("Asked", bound=BaseModel)
AtDesk = TypeVar("AtDesk")


@dataclass(frozen=True, kw_only=True, slots=True)
class Desks:
    """Who answers what cards ask, each for a part of the product."""

    sending: Desk
    own: OwnDesk
    newcomers: NewcomerDesk
    audit: AuditDesk
    imports: ImportsDesk
    keys: KeysDesk
    workspace: WorkspaceDesk
    profile: ProfileDesk
    members: MembersDesk
    people: PeopleDesk
    suppressions: SuppressionsDesk
    companies: CompaniesDesk
    life: LifeDesk
    rules: RulesDesk
    mailboxes: MailboxesDesk
    plans: PlanDesk
    settings: SettingsDesk
    drafting: DraftingDesk
    privacy: PrivacyDesk
    unknown: UnknownDesk
    integrations: IntegrationsDesk
    rewriting: RewriteDesk
    knowledge: KnowledgeDesk


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """What a card's question came to: a view or a refusal for it, and cards for everybody.

    `later` are cards that come of it in time; whoever asked does not wait for them.
    """

    view: BaseModel | None = None
    refusal: Refusal | None = None
    cards: tuple[Card, ...] = ()
    later: AsyncIterator[Card] | None = None

    def to_browser(self) -> dict[str, Any]:
        """Return what the card is answered: `ok` and a view, or `ok: false` and a refusal."""
        if self.refusal is not None:
            return {"ok": False, **self.refusal.model_dump(mode="json")}
        return {"ok": True, "view": self.view.model_dump(mode="json") if self.view else {}}


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One thing a card may ask. `answer` takes the desks, who asks and a parsed `asks`.

    Who asks is an Actor, or a Newcomer as well where it `is_for_newcomers`.
    """

    asks: type[BaseModel]
    answer: Callable[[Desks, Any, Any], Awaitable[Answered]]
    is_for_newcomers: bool = False


def viewed(
    asks: type[Asked],
    at: Callable[[Desks], AtDesk],
    ask: Callable[[AtDesk, Actor, Asked], Awaitable[BaseModel]],
) -> Question:
    """Return a question that a desk answers with a view: the most usual kind."""

    async def answer(desks: Desks, actor: Actor, asked: Asked) -> Answered:
        return Answered(view=await ask(at(desks), actor, asked))

    return Question(asks=asks, answer=answer)
