"""What the cards of the sending rules can ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from qrev.accounts.models import Actor
from qrev.accounts.service import Accounts
from qrev.assistant import rules_cards as asked
from qrev.assistant.rules_cards import (
    DefaultsView,
    PolicyView,
    SenderView,
    SettingView,
    TrialView,
    TriedRow,
)
from qrev.campaigns.dry_run import planner_mailbox
from qrev.campaigns.models import Mailbox
from qrev.campaigns.planning import Rules
from qrev.campaigns.planning.calendar import daily_cap
from qrev.campaigns.planning.hours import zone_named
from qrev.campaigns.policies import Policy
from qrev.campaigns.rulebook import SETTINGS, Rulebook, Setting, clock, rules_of, values_of
from qrev.campaigns.ruling import Ruling, Trial
from qrev.campaigns.senders import SenderChange, Senders
from qrev.campaigns.sequences import Sequences
from qrev.campaigns.trials import Unfit
from qrev.kit.clock import Clock

ROWS = 10  # of a trial


@dataclass(frozen=True, kw_only=True, slots=True)
class Rulers:
    """The services behind the sending rules."""

    ruling: Ruling
    senders: Senders
    sequences: Sequences
    hold: timedelta  # of this installation


class RulesDesk:
    def __init__(self, *, accounts: Accounts, rulers: Rulers, clock: Clock) -> None:
        self._accounts = accounts
        self._ruling = rulers.ruling
        self._senders = rulers.senders
        self._sequences = rulers.sequences
        self._usual = {"hold_minutes": round(rulers.hold / timedelta(minutes=1))}
        self._clock = clock

    async def defaults_get(self, actor: Actor, ask: asked.DefaultsAsked) -> DefaultsView:
        """Return every setting in force, with its reason, the rules and the mailboxes."""
        books = await self._ruling.books(actor, ask.sequence_id)
        account = await self._accounts.account(actor)
        subject = ""
        if ask.sequence_id:
            subject = (await self._sequences.get(actor, ask.sequence_id)).name
        rules = rules_of(account.timezone, *books)
        return DefaultsView(
            version=books[-1].version,
            subject=subject,
            sequence_id=ask.sequence_id,
            timezone=account.timezone,
            may_change=actor.may_manage,
            settings=setting_views(books, self._usual, is_of_sequence=bool(subject)),
            policies=[_policy(p) for book in books[:1] for p in book.policies],
            senders=[self._sender(m, rules) for m in await self._senders.all(actor)],
        )

    async def defaults_try(self, actor: Actor, ask: asked.DefaultsTryAsked) -> TrialView:
        """Return what these settings would change for planned mails."""
        trial = await self._ruling.try_values(
            actor, ask.values, version=ask.version, sequence_id=ask.sequence_id
        )
        return await self._tried(actor, trial)

    async def defaults_save(self, actor: Actor, ask: asked.DefaultsSaveAsked) -> DefaultsView:
        """Keep these settings; planned mails follow them."""
        await self._ruling.save_values(
            actor, ask.values, version=ask.version, hash=ask.hash, sequence_id=ask.sequence_id
        )
        return await self.defaults_get(actor, ask)

    async def rule_try(self, actor: Actor, ask: asked.RuleAsked) -> TrialView:
        """Return what a rule would mean; the rule itself if it is in force already."""
        policy = policy_of(ask)
        (book,) = await self._ruling.books(actor)
        known = next((p for p in book.policies if p.sentence == policy.sentence), None)
        if known is not None:
            account = await self._accounts.account(actor)
            return _in_force(known, may_change=actor.may_manage, timezone=account.timezone)
        return await self._tried(actor, await self._ruling.try_policy(actor, policy), policy)

    async def rule_confirm(self, actor: Actor, ask: asked.RuleConfirmAsked) -> TrialView:
        """Have a rule count from now on."""
        policy = policy_of(ask)
        trial = await self._ruling.add_policy(actor, policy, hash=ask.hash)
        return await self._tried(actor, trial, trial.book.policies[-1])

    async def rule_switch(self, actor: Actor, ask: asked.PolicySwitchAsked) -> DefaultsView:
        """Switch a rule on or off."""
        await self._ruling.switch_policy(actor, ask.policy_id, is_on=ask.is_on)
        return await self.defaults_get(actor, asked.DefaultsAsked())

    async def rule_remove(self, actor: Actor, ask: asked.PolicyAsked) -> DefaultsView:
        """Forget a rule."""
        await self._ruling.remove_policy(actor, ask.policy_id)
        return await self.defaults_get(actor, asked.DefaultsAsked())

    async def sender_save(self, actor: Actor, ask: asked.SenderSaveAsked) -> DefaultsView:
        """Set how much a mailbox may send."""
        change = SenderChange(cap=ask.cap, timezone=ask.timezone, is_warmed=ask.is_warmed)
        await self._senders.change(actor, ask.mailbox_id, change)
        return await self.defaults_get(actor, asked.DefaultsAsked())

    def _sender(self, mailbox: Mailbox, rules: Rules) -> SenderView:
        zone = zone_named(mailbox.timezone) or ZoneInfo("UTC")
        today = self._clock().astimezone(zone).toordinal()
        return SenderView(
            id=mailbox.id,
            email=mailbox.email,
            cap=mailbox.cap,
            timezone=mailbox.timezone,
            is_warmed=mailbox.ramp_started_on is None,
            is_paused=mailbox.is_paused,
            today=daily_cap(planner_mailbox(mailbox), rules, today),
        )

    async def _tried(self, actor: Actor, trial: Trial, policy: Policy | None = None) -> TrialView:
        account = await self._accounts.account(actor)
        return TrialView(
            sentence=policy.sentence if policy else "",
            policy_id=policy.id if policy else "",
            is_on=bool(policy and policy.id),
            may_change=actor.may_manage,
            timezone=account.timezone,
            planned=len(trial.planned),
            dropped=sum(u.is_for_good for u in trial.planned),
            planned_of=trial.looked_at[0],
            past=len(trial.past),
            past_of=trial.looked_at[1],
            rows=_rows(trial.planned),
            past_rows=_rows(trial.past),
            hash=trial.hash,
        )


def policy_of(ask: asked.RuleAsked) -> Policy:
    """Return the policy that was asked for, not yet kept. Raises InvalidInput by name."""
    return Policy(
        id="",
        kind=ask.rule,
        count=ask.count,
        days=ask.days,
        weekdays=tuple(sorted(set(ask.weekdays))),
        begins=clock("Hours", ask.begins),
        ends=clock("Hours", ask.ends),
        domains=tuple(domain.lower().strip("@ ") for domain in ask.domains),
        said=ask.said,
    )


def setting_views(
    books: Iterable[Rulebook], usual: Mapping[str, Any], *, is_of_sequence: bool
) -> list[SettingView]:
    """Return the settings that can be set there, as they are in force.

    `usual` are the defaults that this installation has.
    """
    books = list(books)
    values = {**usual, **values_of(*books)}
    before = {**usual, **values_of(*(books[:-1] if is_of_sequence else ()))}
    return [
        SettingView(
            name=setting.name,
            title=setting.title,
            unit=setting.unit,
            kind=_kind(setting),
            value=values[setting.name],
            default=before[setting.name],
            low=setting.low,
            high=setting.high,
            reason=setting.reason,
            source=setting.source,
            is_own=setting.name in books[-1].values,
        )
        for setting in SETTINGS
        if not (is_of_sequence and setting.is_of_mailboxes)
    ]


def _kind(setting: Setting) -> str:
    if isinstance(setting.default, bool):
        return "switch"
    return "windows" if isinstance(setting.default, Mapping) else "number"


def _policy(policy: Policy) -> PolicyView:
    return PolicyView(
        id=policy.id,
        sentence=policy.sentence,
        said=policy.said,
        is_on=policy.is_on,
        created_at=policy.created_at,
    )


def _rows(found: Iterable[Unfit]) -> list[TriedRow]:
    return [
        TriedRow(
            name=u.touch.name,
            email=u.touch.email,
            step=u.touch.step,
            at=u.touch.sent_at or u.touch.send_at,
            reason=u.reason,
            is_for_good=u.is_for_good,
        )
        for u in list(found)[:ROWS]
    ]


def _in_force(policy: Policy, *, may_change: bool, timezone: str) -> TrialView:
    return TrialView(
        sentence=policy.sentence,
        policy_id=policy.id,
        is_on=policy.is_on,
        may_change=may_change,
        timezone=timezone,
        planned=0,
        dropped=0,
        planned_of=0,
        past=0,
        past_of=0,
        rows=[],
        past_rows=[],
        hash="",
    )
