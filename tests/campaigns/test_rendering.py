"""From a message to bytes, and back as a receiver reads them."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qrev.campaigns.delivery import Earlier
from qrev.campaigns.models import Mailbox, Message, MessageStatus
from qrev.campaigns.ports import ContentRefused, Letter
from qrev.campaigns.rendering import digest, render
from tests.campaigns.things import a_mailbox, a_prospect, a_sequence
from tests.conftest import TUESDAY_10AM

ANN = a_prospect(a_sequence(), 1, email="ann@globex.test")
# As long as the longest of ours: the token names a workspace and a message, and is signed.
LINK = "https://mail.acme.test/api/u/" + "a" * 180 + "." + "b" * 24
MESSAGE = Message(
    id=f"{ANN.id}:1",
    account_id=ANN.account_id,
    sequence_id=ANN.sequence_id,
    prospect_id=ANN.id,
    person_id=ANN.person_id,
    proposal_id="prp_1",
    step=1,
    mailbox_id="mbx_alice",
    to=ANN.email,
    to_name="Ann Lee",
    company="globex.test",
    timezone="UTC",
    country="",
    subject="A question",
    body="Hi Ann,\n\nmay I ask something?\n",
    send_at=TUESDAY_10AM,
    held_until=TUESDAY_10AM,
    because="",
    status=MessageStatus.CLAIMED,
    created_at=TUESDAY_10AM,
)
FOLLOW_UP = replace(MESSAGE, id=f"{ANN.id}:3", step=3)
one_line = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=120
)


def rendered(
    message: Message = MESSAGE, mailbox: Mailbox | None = None, *earlier: Earlier
) -> Letter:
    return render(
        message,
        mailbox or a_mailbox(),
        postal_address="1 Main St\n12345 Town",
        unsubscribe_url=LINK,
        earlier=earlier,
        now=TUESDAY_10AM,
    )


def read(letter: Letter) -> EmailMessage:
    mail = email.message_from_bytes(letter.raw, policy=policy.SMTP)
    assert isinstance(mail, EmailMessage)
    return mail


def raw_header(letter: Letter, name: str) -> str:
    """Return a header as it is on the wire, unfolded but not decoded."""
    head = letter.raw.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").decode()
    (found,) = [line for line in head.split("\r\n") if line.startswith(f"{name}: ")]
    return found.removeprefix(f"{name}: ")


def test_a_receiver_reads_who_wrote_what_to_whom() -> None:
    mail = read(rendered())

    assert (mail["From"], mail["To"]) == ("Alice <alice@acme.test>", "Ann Lee <ann@globex.test>")
    assert mail["Subject"] == "A question"
    assert mail["Date"].datetime == TUESDAY_10AM
    assert mail.get_content_type() == "text/plain"
    assert mail.defects == []


def test_the_body_ends_with_the_postal_address_and_the_way_out() -> None:
    body = read(rendered()).get_content().replace("\r\n", "\n")

    assert body.startswith("Hi Ann,\n\nmay I ask something?\n\n-- \n1 Main St\n12345 Town\n")
    assert LINK in body


def test_the_envelope_is_the_mailboxs_and_the_persons() -> None:
    letter = rendered()

    assert (letter.sender, letter.recipient) == ("alice@acme.test", "ann@globex.test")
    assert letter.message_id == MESSAGE.id


def test_one_click_opt_out_is_as_rfc_8058_wants_it() -> None:
    letter = rendered()

    assert raw_header(letter, "List-Unsubscribe") == (
        f"<{LINK}>, <mailto:alice@acme.test?subject=unsubscribe>"
    )
    assert raw_header(letter, "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"


def test_every_line_is_one_a_mail_server_takes() -> None:
    letter = rendered(replace(MESSAGE, body="long " * 400 + "\n.\n" + "x" * 2000))

    lines = letter.raw.split(b"\r\n")
    assert max(len(line) for line in lines) < 998
    assert not any(b"\n" in line or b"\r" in line for line in lines)


def test_a_message_has_one_message_id_whenever_it_is_rendered() -> None:
    again = render(
        replace(MESSAGE, body="other words"),
        a_mailbox(),
        postal_address="",
        unsubscribe_url=LINK,
        now=datetime(2027, 1, 1, tzinfo=UTC),
    )

    assert rendered().header_id == again.header_id == raw_header(again, "Message-ID")
    assert again.header_id.endswith("@acme.test>")
    assert rendered(FOLLOW_UP).header_id != again.header_id


def test_a_follow_up_names_all_its_ancestors() -> None:
    first = rendered().header_id
    second = rendered(replace(MESSAGE, id=f"{ANN.id}:2", step=2)).header_id

    third = rendered(FOLLOW_UP)

    assert raw_header(third, "References").split() == [first, second]
    assert raw_header(third, "In-Reply-To") == second
    assert read(rendered())["References"] is None
    assert read(rendered())["In-Reply-To"] is None


def test_an_ancestor_goes_by_the_id_it_really_left_with() -> None:
    sent = Earlier(1, "A question", "<CAF+x=1@mail.gmail.com>", "17e")

    third = rendered(FOLLOW_UP, None, sent)

    second = rendered(replace(MESSAGE, id=f"{ANN.id}:2", step=2)).header_id
    assert raw_header(third, "References").split() == [sent.header_id, second]


@pytest.mark.parametrize("bad", ["<a@b>\r\nBcc: x@y.test", "a@b", "<a b@c>", "<>", "<ä@b>"])
def test_what_is_no_message_id_never_becomes_a_header(bad: str) -> None:
    third = rendered(FOLLOW_UP, None, Earlier(1, "A question", bad, ""))

    assert raw_header(third, "References").split()[0] == rendered().header_id
    assert read(third)["Bcc"] is None


@pytest.mark.parametrize(
    ("first", "later", "expected"),
    [
        ("A question", "A question", "Re: A question"),
        ("A question", "Re: A question", "Re: A question"),
        ("A question", "RE: re: a question ", "Re: A question"),
        ("Re: A question", "A question", "Re: A question"),
        ("A question", "Something else", "Something else"),
    ],
)
def test_a_follow_up_has_the_subject_it_answers(first: str, later: str, expected: str) -> None:
    follow_up = replace(FOLLOW_UP, subject=later)

    letter = rendered(follow_up, None, Earlier(1, first, "", "17e"))

    assert read(letter)["Subject"] == expected


def test_a_follow_up_goes_on_with_the_providers_conversation() -> None:
    first, second = Earlier(1, "A question", "", "17e"), Earlier(2, "A question", "", "17f")

    assert rendered(FOLLOW_UP, None, first, second).thread_id == "17f"
    assert rendered(FOLLOW_UP, None, first).thread_id == "17e"
    assert rendered(FOLLOW_UP).thread_id == ""
    # Gmail keeps mails together under one subject only; another one is the writer's choice.
    assert rendered(replace(FOLLOW_UP, subject="New"), None, first).thread_id == ""


def test_answers_go_where_the_mailbox_wants_them() -> None:
    mail = read(rendered(mailbox=replace(a_mailbox(), reply_to="desk@acme.test")))

    assert mail["Reply-To"] == "desk@acme.test"
    assert read(rendered())["Reply-To"] is None


def test_the_signature_stands_before_the_postal_address() -> None:
    body = read(
        rendered(mailbox=replace(a_mailbox(), signature="Alice Archer\nAcme\n"))
    ).get_content()

    assert "\n-- \nAlice Archer\nAcme\n1 Main St\n" in body.replace("\r\n", "\n")


def test_ids_of_a_long_domain_are_written_as_they_are() -> None:
    mailbox = a_mailbox(email=f"alice@{'a' * 60}.{'b' * 60}.test")

    letter = rendered(replace(FOLLOW_UP, step=12), mailbox)

    assert "=?" not in raw_header(letter, "References")
    assert len(raw_header(letter, "References").split()) == 11
    assert raw_header(letter, "Message-ID") == letter.header_id


def test_our_own_header_finds_the_message_again() -> None:
    assert raw_header(rendered(), "X-QRev-Message") == MESSAGE.id


@pytest.mark.parametrize("bad", ["\r\nBcc: x@y.test", "\n", "\r", "\x00", "\x0b", "\x85", "\u2028"])
@pytest.mark.parametrize("field", ["subject", "to", "to_name"])
def test_nothing_breaks_out_of_a_header(field: str, bad: str) -> None:
    message = replace(MESSAGE, **{field: getattr(MESSAGE, field) + bad + "more"})

    with pytest.raises(ContentRefused, match="line break"):
        rendered(message)


@pytest.mark.parametrize("field", ["name", "email", "reply_to"])
def test_nothing_breaks_out_of_the_senders_name(field: str) -> None:
    mailbox = replace(a_mailbox(), **{field: "alice@acme.test\r\nBcc: x@y.test"})  # type: ignore[arg-type]

    with pytest.raises(ContentRefused, match="line break"):
        rendered(mailbox=mailbox)


@pytest.mark.parametrize(
    "address", ["", "ann", "ann@", "@globex.test", "a b@c.test", "a@b.test, c@d.test", "a@b..test"]
)
def test_what_is_no_address_is_refused_as_content(address: str) -> None:
    with pytest.raises(ContentRefused):
        rendered(replace(MESSAGE, to=address))
    with pytest.raises(ContentRefused):
        rendered(mailbox=a_mailbox(email=address))


@settings(max_examples=150, deadline=None)
@given(subject=one_line, name=one_line, sender=one_line)
def test_any_name_and_subject_arrives_as_it_was(subject: str, name: str, sender: str) -> None:
    letter = rendered(replace(MESSAGE, subject=subject, to_name=name), a_mailbox(name=sender))

    mail = read(letter)
    assert letter.raw.partition(b"\r\n\r\n")[0].isascii()
    assert "".join(mail["Subject"].split()) == "".join(subject.split())
    for header, written in (("From", sender), ("To", name)):
        (address,) = mail[header].addresses
        assert "".join(address.display_name.split()) == "".join(written.split())
    assert mail["To"].addresses[0].addr_spec == "ann@globex.test"


@settings(max_examples=150, deadline=None)
@given(field=st.sampled_from(["subject", "to", "to_name", "body"]), text=st.text(max_size=80))
def test_no_text_in_any_field_makes_a_header(field: str, text: str) -> None:
    changed: dict[str, Any] = {field: text}
    try:
        letter = rendered(replace(MESSAGE, **changed), replace(a_mailbox(), signature=text))
    except ContentRefused:
        return

    names = ["From", "To", "Subject", "Date", "MIME-Version"]
    assert [name for name in read(letter) if not name.startswith("Content-")] == [
        *("Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "X-QRev-Message"),
        *names[:4],
        names[4],
    ]


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
def test_any_body_arrives_as_it_was(body: str) -> None:
    content = read(rendered(replace(MESSAGE, body=body))).get_content()

    assert "".join(content.split()).startswith("".join(body.split()))


def test_an_address_of_an_international_domain_is_written_in_utf8() -> None:
    mailbox = a_mailbox(email="alice@bücher.test")

    letter = rendered(replace(MESSAGE, to="ann@müller.test", to_name="Änn"), mailbox)

    assert raw_header(letter, "To").endswith("<ann@müller.test>")
    assert letter.header_id.endswith("@xn--bcher-kva.test>")
    assert letter.recipient == "ann@müller.test"


def test_the_digest_is_of_the_bytes_handed_over() -> None:
    assert digest(rendered()) == digest(rendered())
    assert digest(rendered()) != digest(rendered(replace(MESSAGE, body="other")))
