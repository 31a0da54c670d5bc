"""A Send worked out without being done, and the fingerprint that ties Confirm to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from qrev.campaigns.checks import standing_of
from qrev.campaigns.dry_run import READING, DryRun, SendInputs, dry_run, fingerprint
from qrev.campaigns.models import ProspectStatus, SequenceStatus
from qrev.campaigns.planning import Rules
from tests.campaigns.planning.people import a_taken
from tests.campaigns.things import (
    a_mailbox,
    a_prospect,
    a_sequence,
    an_account,
    drafts_for,
    steps_on,
)
from tests.campaigns.world import HOLD
from tests.conftest import TUESDAY_10AM

SEQUENCE = a_sequence(days=(0, 3))
ANN, BEN, CAY = (a_prospect(SEQUENCE, n) for n in range(3))
DRAFTS = [draft for p in (ANN, BEN, CAY) for draft in drafts_for(p)]
INPUTS = SendInputs(
    account=an_account(),
    sequence=SEQUENCE,
    rules=Rules(account_timezone="UTC"),
    prospects=(ANN, BEN, CAY),
    standing=standing_of(DRAFTS, (ANN, BEN, CAY)),
    mailboxes=(a_mailbox(),),
)
Change = Callable[[SendInputs], SendInputs]


def run(inputs: SendInputs, *, seed: int = 1) -> DryRun:
    return dry_run(inputs, planned_at=TUESDAY_10AM, seed=seed, hold=HOLD)


def with_draft(inputs: SendInputs, **new: object) -> SendInputs:
    """Return them with Ann's first draft changed."""
    first = replace(DRAFTS[0], **new)  # type: ignore[arg-type]
    return replace(inputs, standing=standing_of([first, *DRAFTS[1:]], inputs.prospects))


def with_ann(inputs: SendInputs, **new: object) -> SendInputs:
    changed = replace(inputs.prospects[0], **new)  # type: ignore[arg-type]
    return replace(inputs, prospects=(changed, *inputs.prospects[1:]))


def test_everyone_gets_every_step_and_none_before_there_was_time_to_read() -> None:
    found = run(INPUTS)

    planned = {(m.prospect_id, m.step) for m in found.messages}
    assert planned == {(p.id, step) for p in (ANN, BEN, CAY) for step in (1, 2)}
    assert (found.people, found.blocked, found.needs) == (3, (), ())
    assert found.first_at is not None
    assert found.first_at >= TUESDAY_10AM + HOLD + READING
    assert [m.send_at for m in found.messages] == sorted(m.send_at for m in found.messages)


def test_the_same_inputs_give_the_same_run() -> None:
    assert run(INPUTS) == run(INPUTS)
    assert run(INPUTS).messages != run(INPUTS, seed=2).messages


@pytest.mark.parametrize(
    ("inputs", "needs"),
    [
        (replace(INPUTS, mailboxes=()), ("mailbox",)),
        (replace(INPUTS, mailboxes=(a_mailbox(is_paused=True),)), ("mailbox",)),
        (replace(INPUTS, account=an_account(postal_address=" \n")), ("postal_address",)),
        (replace(INPUTS, sequence=a_sequence(is_drafting=True)), ("drafts",)),
        (
            replace(
                INPUTS, mailboxes=(), account=an_account(postal_address=""),
                sequence=a_sequence(is_drafting=True),
            ),
            ("drafts", "mailbox", "postal_address"),
        ),
    ],
)  # fmt: skip
def test_what_everybody_needs_is_named_and_nothing_is_planned(
    inputs: SendInputs, needs: tuple[str, ...]
) -> None:
    found = run(inputs)

    assert (found.needs, found.messages, found.people) == (needs, (), 0)


def test_who_is_blocked_is_left_out_whole_and_the_others_are_planned() -> None:
    inputs = with_draft(INPUTS, missing=("name",))
    inputs = replace(inputs, unreachable={BEN.email: "On the suppression list: no."})

    found = run(inputs)

    assert {b.prospect_id for b in found.blocked} == {ANN.id, BEN.id}
    assert {m.prospect_id for m in found.messages} == {CAY.id}


def test_half_a_sequence_is_none() -> None:
    """There is room for the first step today and for none of its follow-ups in three years."""
    days = (TUESDAY_10AM + timedelta(days=n) for n in range(1, 1200))
    full = replace(
        INPUTS,
        prospects=(ANN,),
        mailboxes=(a_mailbox(cap=1),),
        taken=tuple(a_taken(day, mailbox="mbx_alice", step=2) for day in days),
    )

    found = run(full)

    assert (found.messages, found.people) == ((), 0)
    assert [(b.prospect_id, b.step) for b in found.blocked] == [(ANN.id, 2)]


def test_a_mailbox_with_a_cap_of_nothing_blocks_everyone_and_says_why() -> None:
    found = run(replace(INPUTS, mailboxes=(a_mailbox(cap=0),)))

    assert (found.messages, found.people) == ((), 0)
    assert [b.prospect_id for b in found.blocked] == [ANN.id, BEN.id, CAY.id]
    assert all("daily cap of 0" in b.reason for b in found.blocked)


def test_who_is_planned_already_is_not_planned_again() -> None:
    found = run(with_ann(INPUTS, status=ProspectStatus.ACTIVE))

    assert {m.prospect_id for m in found.messages} == {BEN.id, CAY.id}


def test_warnings_are_about_those_who_will_be_written_to() -> None:
    shouting = with_draft(INPUTS, subject="READ THIS NOW")

    assert run(shouting).warnings == ("1 × a subject in capitals only",)
    assert run(replace(shouting, unreachable={ANN.email: "no"})).warnings == ()


def test_numbers_by_day_and_by_mailbox_add_up() -> None:
    found = run(INPUTS)

    assert found.per_day("UTC") == [("2026-03-03", 3), ("2026-03-06", 3)]
    assert found.per_mailbox({"mbx_alice": "UTC"}) == [("mbx_alice", 6, 3)]
    assert found.last_at is not None
    assert found.last_at.date().isoformat() == "2026-03-06"


MATTERS: dict[str, Change] = {
    "the account's zone": lambda i: replace(i, account=an_account(timezone="Asia/Tokyo")),
    "a rule": lambda i: replace(i, rules=replace(i.rules, ceiling=7)),
    "the postal address": lambda i: replace(i, account=an_account(postal_address="elsewhere")),
    "another sequence": lambda i: replace(i, sequence=a_sequence(name="autumn", days=(0, 3))),
    "drafting going on": lambda i: replace(i, sequence=replace(i.sequence, is_drafting=True)),
    "a stop": lambda i: replace(i, sequence=replace(i.sequence, status=SequenceStatus.FINISHED)),
    "one person fewer": lambda i: replace(i, prospects=i.prospects[1:]),
    "one person planned": lambda i: with_ann(i, status=ProspectStatus.ACTIVE),
    "an address": lambda i: with_ann(i, email="ann@elsewhere.test"),
    "a person's zone": lambda i: with_ann(i, timezone="Asia/Tokyo"),
    "a person's country": lambda i: with_ann(i, country="DE"),
    "a person's steps": lambda i: with_ann(i, steps=steps_on(0, 4)),
    "a suppression": lambda i: replace(i, unreachable={ANN.email: "asked to stop"}),
    "a draft's version": lambda i: with_draft(i, version=2),
    "a draft fewer": lambda i: replace(i, standing=standing_of(DRAFTS[1:], i.prospects)),
    "a mailbox more": lambda i: replace(i, mailboxes=(*i.mailboxes, a_mailbox("mbx_b"))),
    "a mailbox's address": lambda i: replace(i, mailboxes=(a_mailbox(email="a@acme.test"),)),
    "a mailbox's zone": lambda i: replace(i, mailboxes=(a_mailbox(timezone="Asia/Tokyo"),)),
    "a mailbox's cap": lambda i: replace(i, mailboxes=(a_mailbox(cap=31),)),
    "a mailbox's ramp": lambda i: replace(
        i, mailboxes=(a_mailbox(ramp_started_on=TUESDAY_10AM.date()),)
    ),
    "a mailbox's pause": lambda i: replace(i, mailboxes=(a_mailbox(is_paused=True),)),
    "a mail planned elsewhere": lambda i: replace(i, taken=(a_taken(TUESDAY_10AM),)),
}


@pytest.mark.parametrize("change", MATTERS.values(), ids=MATTERS.keys())
def test_the_fingerprint_changes_with_whatever_decides_the_plan(change: Change) -> None:
    assert fingerprint(change(INPUTS)) != fingerprint(INPUTS)


def test_every_fact_of_a_taken_mail_is_in_the_fingerprint() -> None:
    taken = a_taken(TUESDAY_10AM, company="acme.test")
    others = [
        replace(taken, mailbox_id="other"),
        replace(taken, send_at=TUESDAY_10AM + timedelta(minutes=1)),
        replace(taken, company=""),
        replace(taken, prospect_id="another"),
        replace(taken, step=2),
    ]

    prints = {fingerprint(replace(INPUTS, taken=(each,))) for each in (taken, *others)}

    assert len(prints) == 6


DOES_NOT_MATTER: dict[str, Change] = {
    "the order things were read in": lambda i: replace(
        i,
        prospects=i.prospects[::-1],
        standing=standing_of(DRAFTS[::-1], i.prospects),
    ),
    "the account's name": lambda i: replace(i, account=replace(i.account, name="Acme Ltd")),
    "the sequence's name": lambda i: replace(i, sequence=replace(i.sequence, name="other")),
    "a seal": lambda i: with_draft(i, is_sealed=True),
    "a suppressed stranger": lambda i: replace(i, unreachable={"x@y.test": "no"}),
    "why a mailbox was paused once": lambda i: replace(
        i, mailboxes=(replace(i.mailboxes[0], paused_reason="mended"),)
    ),
}


@pytest.mark.parametrize("change", DOES_NOT_MATTER.values(), ids=DOES_NOT_MATTER.keys())
def test_the_fingerprint_does_not_change_with_the_rest(change: Change) -> None:
    assert fingerprint(change(INPUTS)) == fingerprint(INPUTS)
