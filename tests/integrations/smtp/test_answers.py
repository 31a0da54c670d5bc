"""What the words of a mail server mean, from the sentences servers are known to say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.campaigns.ports import (
    AddressRefused,
    ContentRefused,
    MailboxRefused,
    NotNow,
    SendError,
)
from qrev.integrations.smtp.answers import LONGEST, meaning, plain

PHASES = [MailboxRefused, AddressRefused, ContentRefused]  # after MAIL, RCPT, DATA


@pytest.mark.parametrize(
    ("code", "said", "after_mail", "after_rcpt", "after_data"),
    [
        (450, "4.2.0 Greylisted", NotNow, NotNow, NotNow),
        (421, "5.1.1 a code that contradicts itself", NotNow, NotNow, NotNow),
        # Whose address it is depends on the second number.
        (550, "5.1.1 User unknown", MailboxRefused, AddressRefused, AddressRefused),
        (550, "5.1.10 Recipient not found", MailboxRefused, AddressRefused, AddressRefused),
        (553, "5.1.7 Bad sender address", MailboxRefused, MailboxRefused, MailboxRefused),
        (550, "5.1.8 Sender domain not found", MailboxRefused, MailboxRefused, MailboxRefused),
        (550, "5.2.1 Mailbox disabled", MailboxRefused, AddressRefused, ContentRefused),
        (550, "5.2.2 Mailbox full", ContentRefused, ContentRefused, ContentRefused),
        (550, "5.4.5 Daily quota exceeded", MailboxRefused, MailboxRefused, MailboxRefused),
        (503, "5.5.1 Bad sequence of commands", ContentRefused, ContentRefused, ContentRefused),
        (554, "5.6.0 Not valid MIME", ContentRefused, ContentRefused, ContentRefused),
        (552, "too big", ContentRefused, ContentRefused, ContentRefused),
        # Our right to send is not the address's fault; after DATA it is the words that were read.
        (550, "5.7.1 Relaying denied", MailboxRefused, MailboxRefused, ContentRefused),
        (550, "5.7.26 Unauthenticated", MailboxRefused, MailboxRefused, MailboxRefused),
        (535, "5.7.8 Bad credentials", MailboxRefused, MailboxRefused, MailboxRefused),
        (530, "Must issue STARTTLS first", MailboxRefused, MailboxRefused, MailboxRefused),
        # Without an enhanced code only the codes made for addresses blame one.
        (550, "No such user", MailboxRefused, AddressRefused, ContentRefused),
        (556, "Domain takes no mail", MailboxRefused, AddressRefused, ContentRefused),
        (554, "Transaction failed", MailboxRefused, ContentRefused, ContentRefused),
        (503, "Need MAIL first", MailboxRefused, ContentRefused, ContentRefused),
        # Servers that say it elsewhere, and numbers that only look like it.
        (553, "sorry, relaying denied (#5.7.1)", MailboxRefused, MailboxRefused, ContentRefused),
        (554, "no mailbox here (#5.1.1)", MailboxRefused, AddressRefused, AddressRefused),
        (554, "5.1.1.9 is blocked", MailboxRefused, ContentRefused, ContentRefused),
        (554, "your IP 5.1.22.3 is blocked", MailboxRefused, ContentRefused, ContentRefused),
        (554, "your IP 192.5.1.22 is blocked", MailboxRefused, ContentRefused, ContentRefused),
    ],
)
def test_a_refusal_names_who_is_to_blame(
    code: int,
    said: str,
    after_mail: type[SendError],
    after_rcpt: type[SendError],
    after_data: type[SendError],
) -> None:
    meant = [type(meaning(code, said, phase)) for phase in PHASES]

    assert meant == [after_mail, after_rcpt, after_data]


@given(st.integers(400, 599), st.text(), st.sampled_from(PHASES))
def test_whatever_a_server_says_there_is_one_thing_to_do(
    code: int, said: str, phase: type[SendError]
) -> None:
    error = meaning(code, said, phase)

    assert isinstance(error, NotNow) == (code < 500)
    assert str(error).startswith(str(code))
    assert len(str(error)) <= LONGEST


@given(st.binary())
def test_whatever_bytes_a_server_answers_can_be_stored_and_shown_in_one_line(raw: bytes) -> None:
    text = plain(raw.decode("utf-8", "surrogateescape"))

    text.encode()
    assert text.isprintable()
    assert len(text) <= LONGEST
