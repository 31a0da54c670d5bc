"""The invitation to a call: in the next mail to somebody, and in one mail only."""

from __future__ import annotations

import email
from datetime import timedelta
from email.message import Message as Mail

import pytest
from icalendar import Calendar

from qrev.accounts.models import Account
from qrev.campaigns.lettering import Lettering
from qrev.campaigns.models import Message
from tests.conftest import ACME, TUESDAY_10AM
from tests.contract.builders import a_mailbox, a_message
from tests.contract.vendor_builders import a_meeting
from tests.fakes import FakeMeetings, FakeMessages, FakeSentMails

pytestmark = pytest.mark.anyio
ACCOUNT = Account(id=ACME, name="Acme", postal_address="1 Road")


async def letters(meetings: FakeMeetings, *messages: Message) -> list[bytes]:
    """Return the mails of a batch, as they leave."""
    lettering = Lettering(
        mails=FakeSentMails(FakeMessages()),
        unsubscribe_url=lambda message: f"https://qrev.test/{message.id}",
        meetings=meetings,
    )
    prepared = await lettering.prepare(ACME, messages)
    return [prepared.write(message, a_mailbox(), ACCOUNT, TUESDAY_10AM).raw for message in messages]


def calendars_in(raw: bytes) -> list[bytes]:
    mail: Mail = email.message_from_bytes(raw)
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert all(part.get_param("method") == "REQUEST" for part in parts)
    found = [part.get_payload(decode=True) for part in parts]
    return [each for each in found if isinstance(each, bytes)]


async def test_the_next_mail_carries_it_and_no_later_one(
    world_of_calls: FakeMeetings, message: Message
) -> None:
    [first] = await letters(world_of_calls, message)
    [later] = await letters(world_of_calls, a_message(step=2, person_id="ann"))

    [found] = calendars_in(first)
    event = Calendar.from_ical(found).walk("VEVENT")[0]
    assert str(event["LOCATION"]) == "https://zoom.test/j/1"
    assert event.decoded("DTSTART") == TUESDAY_10AM + timedelta(hours=1)
    assert str(event["ATTENDEE"]) == "mailto:ann@pine.test"
    assert calendars_in(later) == []


async def test_a_mail_that_is_tried_again_is_the_same_mail(
    world_of_calls: FakeMeetings, message: Message
) -> None:
    first, second = [await letters(world_of_calls, message) for _ in range(2)]

    assert first == second


async def test_a_mail_to_somebody_without_a_call_is_plain_text(message: Message) -> None:
    [raw] = await letters(FakeMeetings(), message)

    assert email.message_from_bytes(raw).get_content_type() == "text/plain"


async def test_odd_names_and_topics_break_no_invitation(message: Message) -> None:
    meetings = FakeMeetings()
    odd = 'Ann "the\r\nBCC: x@y.test" Lee; ,:\\'
    await meetings.add(a_meeting(name=odd, topic=odd))

    [raw] = await letters(meetings, message)

    [found] = calendars_in(raw)
    event = Calendar.from_ical(found).walk("VEVENT")[0]
    assert "BCC: x@y.test" in str(event["SUMMARY"])
    assert b"\r\nBCC" not in found


@pytest.fixture
async def world_of_calls() -> FakeMeetings:
    meetings = FakeMeetings()
    await meetings.add(a_meeting())
    return meetings


@pytest.fixture
def message() -> Message:
    return a_message(person_id="ann")
