"""The things campaigns are made of, as tests want them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from qrev.accounts.models import Account, AccountId, UserId
from qrev.campaigns.models import (
    Draft,
    DraftStatus,
    Mailbox,
    Prospect,
    Sequence,
    SequenceStatus,
    Step,
    message_id,
    prospect_id,
    sequence_id,
)
from tests.conftest import ACME


def an_account(*, timezone: str = "UTC", postal_address: str = "1 Main St, 12345 Town") -> Account:
    return Account(id=ACME, name="Acme", timezone=timezone, postal_address=postal_address)


def a_mailbox(
    id: str = "mbx_alice",
    *,
    account_id: AccountId = ACME,
    email: str = "alice@acme.test",
    name: str = "Alice",
    channel: str = "outbox",
    timezone: str = "UTC",
    cap: int = 30,
    ramp_started_on: date | None = None,
    is_paused: bool = False,
) -> Mailbox:
    return Mailbox(
        id=id,
        account_id=account_id,
        email=email,
        name=name,
        channel=channel,
        timezone=timezone,
        cap=cap,
        ramp_started_on=ramp_started_on,
        is_paused=is_paused,
    )


def steps_on(*days: int) -> tuple[Step, ...]:
    return tuple(Step(number=n, delay=timedelta(days=day)) for n, day in enumerate(days, start=1))


def a_sequence(
    *,
    name: str = "spring",
    days: tuple[int, ...] = (0,),
    people: int = 3,
    is_drafting: bool = False,
) -> Sequence:
    return Sequence(
        id=sequence_id(ACME, name),
        account_id=ACME,
        owner_id=UserId("alice"),
        dropbox_id=name,
        conversation_id="conversation",
        name=name,
        steps=steps_on(*days),
        status=SequenceStatus.DRAFT,
        upload_id=None,
        people=people,
        is_enrolled=True,
        is_drafting=is_drafting,
        created_at=datetime(2026, 3, 3, 10, tzinfo=UTC),
    )


def a_prospect(sequence: Sequence, n: int, *, email: str = "", timezone: str = "UTC") -> Prospect:
    """Return the n-th person, each at a company of their own."""
    person_id = f"per_{n:04}"
    return Prospect(
        id=prospect_id(sequence.id, person_id),
        account_id=sequence.account_id,
        sequence_id=sequence.id,
        person_id=person_id,
        email=email or f"person{n}@{sequence.name}{n}.test",
        name=f"Person {n}",
        company_name=f"Company {n}",
        job_title="",
        timezone=timezone,
        country="",
        steps=sequence.steps,
        position=n,
    )


def a_draft(prospect: Prospect, step: int = 1, *, subject: str = "", body: str = "") -> Draft:
    return Draft(
        id=message_id(prospect.id, step),
        account_id=prospect.account_id,
        sequence_id=prospect.sequence_id,
        prospect_id=prospect.id,
        step=step,
        subject=subject or "A question",
        body=body or f"Hi {prospect.name},\n\nmay I ask something, for the {step}. time?\n\nAlice",
        facts=(),
        missing=(),
        status=DraftStatus.READY,
        reason="",
        version=1,
    )


def drafts_for(prospect: Prospect) -> list[Draft]:
    return [a_draft(prospect, step.number) for step in prospect.steps]
