"""What one asks of a plan is answered from the plan, in words and rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from qrev.accounts.models import Actor
from qrev.campaigns.checks import standing_of
from qrev.campaigns.dry_run import SendInputs, dry_run
from qrev.campaigns.planning import Rules
from qrev.campaigns.questions import Questions, about_run
from qrev.kit.errors import Conflict, InvalidInput, NotFound
from tests.campaigns.things import (
    a_draft,
    a_mailbox,
    a_prospect,
    a_sequence,
    an_account,
    drafts_for,
)
from tests.campaigns.world import HOLD, World
from tests.conftest import TUESDAY_10AM

SEQUENCE = a_sequence(days=(0, 3))
PEOPLE = tuple(a_prospect(SEQUENCE, n) for n in range(4))
DRAFTS = [draft for p in PEOPLE for draft in drafts_for(p)]
INPUTS = SendInputs(
    account=an_account(),
    sequence=SEQUENCE,
    rules=Rules(account_timezone="UTC"),
    prospects=PEOPLE,
    standing=standing_of(DRAFTS, PEOPLE),
    mailboxes=(a_mailbox(cap=2),),
)
TUESDAY, FRIDAY, MONDAY = date(2026, 3, 3), date(2026, 3, 6), date(2026, 3, 9)


def asked_of(inputs: SendInputs) -> Questions:
    run = dry_run(inputs, planned_at=TUESDAY_10AM, seed=1, hold=HOLD)
    return Questions(about_run(inputs, run, seed=1))


def test_who_gets_mail_on_a_day_is_listed_as_they_leave() -> None:
    answer = asked_of(INPUTS).who_on(TUESDAY)

    assert answer.text == "2 mails to 2 people leave on Tuesday 3 March 2026."
    assert [(row.name, row.step) for row in answer.rows] == [("Person 0", 1), ("Person 1", 1)]


def test_a_day_without_mail_says_when_the_next_leaves() -> None:
    answer = asked_of(INPUTS).who_on(date(2026, 3, 5))

    assert answer.rows == ()
    assert answer.text == (
        "Nobody is written to on Thursday 5 March 2026. The next leave on Friday 6 March 2026."
    )


def test_the_last_one_is_named() -> None:
    answer = asked_of(INPUTS).last()

    assert answer.text == "The last mail leaves on Monday 9 March 2026."
    (row,) = answer.rows
    assert (row.step, row.mailbox) == (2, "alice@acme.test")


def test_why_someone_gets_theirs_then_is_said_for_each_mail() -> None:
    answer = asked_of(INPUTS).why(PEOPLE[2].id)

    assert answer.text == "Person 2 gets 2 mails."
    assert "moved from Tue 3 Mar: the mailbox was full" in answer.rows[0].because


def test_someone_who_is_blocked_is_told_why_and_what_to_do() -> None:
    unread = a_draft(PEOPLE[0], body="Hi {{name}}")
    standing = standing_of([unread, *DRAFTS[1:]], PEOPLE)

    answer = asked_of(replace(INPUTS, standing=standing)).why(PEOPLE[0].id)

    assert answer.text == (
        "Person 0 gets no mail: “{{name}}” was never filled in. Edit the draft and replace it."
    )


def test_a_stranger_is_not_in_the_plan() -> None:
    with pytest.raises(NotFound):
        asked_of(INPUTS).why("somebody else")


def test_what_is_not_done_by_a_day_is_listed() -> None:
    no, yes = asked_of(INPUTS).done_by(FRIDAY), asked_of(INPUTS).done_by(MONDAY)

    assert no.text.startswith("No: 2 mails to 2 people leave after Friday 6 March 2026.")
    assert len(no.rows) == 2
    assert yes.text.startswith("Yes: everything has left by Monday 9 March 2026.")


def test_with_a_higher_cap_the_last_leaves_earlier() -> None:
    answer = asked_of(INPUTS).with_cap(40)

    assert answer.text == (
        "With 40 mails a day for each mailbox the last of 8 would leave on "
        "Friday 6 March 2026, 3 days earlier than now."
    )


def test_with_the_cap_it_has_nothing_changes() -> None:
    assert asked_of(INPUTS).with_cap(2).text.endswith("the same day as now.")


@pytest.mark.parametrize("cap", [0, -1, 51, 10**9])
def test_a_cap_no_mailbox_may_have_is_refused_by_its_range(cap: int) -> None:
    with pytest.raises(InvalidInput, match="1 to 50"):
        asked_of(INPUTS).with_cap(cap)


def test_without_one_of_two_mailboxes_all_takes_longer() -> None:
    other = a_mailbox("mbx_bob", email="bob@acme.test", cap=2)
    questions = asked_of(replace(INPUTS, mailboxes=(*INPUTS.mailboxes, other)))

    answer = questions.without("mbx_bob")

    assert answer.text == (
        "bob@acme.test has 4 mails in this plan. Without it the last of 8 would leave on "
        "Monday 9 March 2026, 3 days later than now."
    )


def test_without_the_only_mailbox_nothing_leaves() -> None:
    assert "nothing leaves" in asked_of(INPUTS).without("mbx_alice").text
    with pytest.raises(NotFound):
        asked_of(INPUTS).without("mbx_of_mallory")


def test_an_empty_plan_has_answers_too() -> None:
    questions = asked_of(replace(INPUTS, mailboxes=()))

    assert questions.last().text == "Nothing is planned, so nothing leaves."
    assert questions.done_by(FRIDAY) == questions.last()
    assert "Nobody" in questions.who_on(FRIDAY).text


@pytest.mark.anyio
async def test_an_open_plan_answers_and_a_decided_one_says_where_its_mails_are(
    world: World, alice: Actor
) -> None:
    sequence = await world.a_sequence(people=2)
    proposal = await world.proposing.propose(alice, sequence.id)

    questions = await world.proposing.questions(alice, proposal.id)

    assert questions.who_on(TUESDAY).text.startswith("2 mails to 2 people")
    await world.proposing.confirm(alice, proposal.id, proposal.hash)
    with pytest.raises(Conflict, match="/campaigns"):
        await world.proposing.questions(alice, proposal.id)
