"""A mailbox and a letter to try channels with."""

from __future__ import annotations

from qrev.campaigns.models import Mailbox
from qrev.campaigns.ports import Letter
from tests.conftest import ACME

RAW = (
    b"From: Alice <alice@acme.test>\r\nTo: Bob <bob@solarex.test>\r\n"
    b"Subject: Solar roofs\r\n\r\nHi Bob,\r\n\r\nshall we talk?\r\n"
)


def a_mailbox(channel: str = "smtp") -> Mailbox:
    return Mailbox(
        id="mbx_1",
        account_id=ACME,
        email="alice@acme.test",
        name="Alice",
        channel=channel,
        timezone="UTC",
        cap=30,
        ramp_started_on=None,
    )


def a_letter(
    raw: bytes = RAW,
    *,
    message_id: str = "seq_1:per_1:1",
    sender: str = "alice@acme.test",
    recipient: str = "bob@solarex.test",
) -> Letter:
    return Letter(
        message_id=message_id,
        header_id="<1@acme.test>",
        sender=sender,
        recipient=recipient,
        raw=raw,
    )
