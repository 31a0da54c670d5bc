"""A person's timeline, in sentences."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qrev.accounts.models import UserId
from qrev.assistant.people_words import said
from qrev.crm.edits import FieldEdit, HistoryEntry
from qrev.crm.timeline import Arrival, Happening, Mail, MailState, timeline
from tests.conftest import TUESDAY_10AM
from tests.contract.builders import a_person

NAMES = {"alice": "Alice", "bob": "Bob", "t1": "North", "per_1": "Cy (cy@b.test)"}


def entry(field: str, before: str, after: str, by: str = "alice") -> HistoryEntry:
    edit = FieldEdit(field=field, before=before, after=after)
    return HistoryEntry(at=TUESDAY_10AM, by=UserId(by), edits=(edit,))


def mail(state: MailState, reason: str = "") -> Mail:
    return Mail(at=TUESDAY_10AM, subject="Tea", step=2, state=state, reason=reason)


@pytest.mark.parametrize(
    ("happening", "words"),
    [
        (entry("name", "Ann", "Anna"), "Alice changed the name from “Ann” to “Anna”."),
        (entry("job_title", "", "CEO", "gone"), "Somebody who left filled in the title: “CEO”."),
        (entry("phone_number", "1", ""), "Alice emptied the phone. It was “1”."),
        (entry("fields.Deal", "", "9"), "Alice filled in the Deal: “9”."),
        (entry("tags", "", "VIP"), "Alice added the tag VIP."),
        (entry("tags", "VIP", ""), "Alice took off the tag VIP."),
        (entry("owner", "", "bob"), "Alice gave them to Bob."),
        (entry("owner", "bob", "alice"), "Alice took them over."),
        (entry("owner", "bob", ""), "Alice took them from Bob."),
        (entry("team", "", "t1"), "Alice put them into the team North."),
        (entry("team", "t1", ""), "Alice took them out of the team North."),
        (entry("created", "", "written down"), "Alice wrote them down."),
        (entry("deleted", "", "deleted"), "Alice deleted them."),
        (entry("deleted", "", "merged"), "Alice merged them into somebody."),
        (entry("deleted", "deleted", ""), "Alice restored them."),
        (entry("merged", "", "per_1"), "Alice merged Cy (cy@b.test) into them."),
        (entry("merged", "per_1", ""), "Alice made Cy (cy@b.test) a person again."),
        (entry("merged", "", "per_erased"), "Alice merged somebody into them."),
        (Arrival(at=TUESDAY_10AM, source="people.csv"), "Came in with people.csv."),
        (Arrival(at=TUESDAY_10AM, source="written down"), "Became one of your people."),
        (mail(MailState.SENT), "Mail 2 was sent: “Tea”."),
        (mail(MailState.AHEAD), "Mail 2 is planned: “Tea”."),
        (mail(MailState.STOPPED, "they replied."), "Mail 2 was stopped: they replied."),
        (mail(MailState.FAILED), "Mail 2 could not be delivered: no reason was given."),
    ],
)
def test_everything_that_happens_has_its_sentence(happening: Happening, words: str) -> None:
    assert said(happening, NAMES) == words


def test_a_long_value_is_told_shortly() -> None:
    words = said(entry("name", "", "x" * 300), NAMES)

    assert len(words) < 150
    assert "…" in words


def test_what_is_ahead_comes_first_and_the_arrival_last() -> None:
    person = a_person()
    later = Mail(at=TUESDAY_10AM + timedelta(days=1), subject="Tea", step=1, state=MailState.AHEAD)
    change = entry("name", "Ann", "Bob")

    assert timeline(person, [change], [later]) == [
        later,
        change,
        Arrival(at=TUESDAY_10AM, source="people.csv"),
    ]
