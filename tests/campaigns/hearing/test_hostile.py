"""Whoever can write to a mailbox decides what stands in it. Nothing of it raises, or takes long."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qrev.campaigns.hearing.classifying import meaning_of
from qrev.campaigns.hearing.models import Meaning
from qrev.campaigns.hearing.own_words import own_words
from qrev.campaigns.hearing.reading import MAX_BYTES, MAX_TEXT, Read, read
from qrev.campaigns.hearing.stop_words import asks_to_stop

NOW = datetime(2026, 3, 3, 10, tzinfo=UTC)
LINES = st.sampled_from(
    [
        b"From: =?utf-8?q?B=C3=B6b?= <bob@pine.test>",
        b"From: =?nonsense?x?@@@?=",
        b"From: " + b"<" * 500,
        b"To: alice@acme.test, " * 40,
        b"Subject: =?utf-8?b?" + b"A" * 200,
        b"Subject: a\rBcc: x@y.test",
        b"Date: Tue, 99 Foo 20262 25:99:99 +9999",
        b"Content-Type: text/plain; charset=klingon-8",
        b'Content-Type: text/plain; charset="utf-7\x00"',
        b"Content-Type: multipart/mixed; boundary=b",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        b"Content-Type: message/rfc822",
        b"Content-Type: message/delivery-status",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: quoted-printable",
        b"Content-Disposition: attachment; filename*0*=utf-8''%ff",
        b"Final-Recipient: rfc822; bob@pine.test",
        b"Action: failed",
        b"Status: 5.1.1",
        b"In-Reply-To: <" + b"a" * 300 + b">",
        b"References: " + b"<a@b> " * 200,
        b"--b",
        b"--b--",
        b"",
        b"\xff\xfe\x00stop",
    ]
)


@given(
    st.lists(st.one_of(LINES, st.binary(max_size=60)), max_size=25),
    st.sampled_from([b"\n", b"\r\n", b"\r"]),
)
@settings(max_examples=150)
def test_no_mail_whatever_stands_in_it_raises(lines: list[bytes], end: bytes) -> None:
    mail = read(end.join(lines))
    verdict = meaning_of(mail, "alice@acme.test", NOW)

    assert isinstance(verdict.meaning, Meaning)
    assert "\n" not in mail.subject + mail.sender


@pytest.mark.parametrize(
    "raw",
    [
        b"Content-Type: message/rfc822\n\n" * 2000 + b"Subject: deep\n\nstop",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" * 1000,
        b"From: bob@pine.test\n\n" + b"x" * (MAX_BYTES * 2),
        b"From: bob@pine.test\nContent-Type: text/html\n\n" + b"<div" * 100_000,
        b"From: bob@pine.test\nContent-Type: text/html\n\n" + b"<blockquote>" * 50_000,
        b"From: bob@pine.test\n\n" + b"On " * 50_000 + b"wrote:",
        b"From: bob@pine.test\n\n" + b"> " * 100_000,
        b"From: bob@pine.test\n\n" + b"remove me " * 20_000,
        b"References: " + b"<" * 1_000_000,
        b"A: b\n" * 300_000,
    ],
    ids=[
        "nested",
        "boundaries",
        "huge",
        "tags",
        "quotes",
        "attribution",
        "marks",
        "wishes",
        "ids",
        "headers",
    ],
)
def test_a_mail_made_to_be_slow_is_read_in_a_moment(raw: bytes) -> None:
    begun = time.monotonic()

    mail = read(raw)
    meaning_of(mail, "alice@acme.test", NOW)

    assert time.monotonic() - begun < 4
    assert len(mail.text) <= MAX_TEXT


@given(st.text(max_size=600))
@settings(max_examples=50)
def test_no_words_raise(text: str) -> None:
    assert isinstance(asks_to_stop(own_words(text), text[:200]), bool)


def test_a_reply_with_a_wrong_charset_is_still_read() -> None:
    raw = (
        b"From: =?iso-8859-1?q?B=F6b?= <bob@pine.test>\nContent-Type: text/plain; charset=ascii\n\n"
        b"Gr\xc3\xbc\xc3\x9fe, abmelden bitte"
    )

    mail = read(raw)

    assert (mail.sender, mail.sender_name, mail.text) == (
        "bob@pine.test",
        "Böb",
        "Grüße, abmelden bitte",
    )


def test_html_alone_is_read_as_its_words_without_what_it_quotes() -> None:
    raw = (
        b"From: bob@pine.test\nContent-Type: text/html; charset=utf-8\n\n<style>p{}</style><p>Yes "
        b"&amp; thanks</p><blockquote>unsubscribe</blockquote>"
    )

    assert read(raw).text.strip() == "Yes & thanks"


def test_nothing_at_all_is_an_empty_mail() -> None:
    assert read(b"").text == ""
    assert read(b"") == Read(text="")
