"""How a message is written down."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from qrev.accounts.models import AccountId
from qrev.campaigns.models import FIRST_LOOK, LedgerEntry, Message, MessageStatus
from qrev.campaigns.ports import Outcome
from qrev.kit.mongo import Document

PLAIN = (
    "sequence_id",
    "prospect_id",
    "person_id",
    "proposal_id",
    "step",
    "mailbox_id",
    "to",
    "to_name",
    "company",
    "timezone",
    "country",
    "subject",
    "body",
    "send_at",
    "held_until",
    "because",
    "created_at",
    "attempts",
    "token",
    "lease_until",
    "reason",
    "provider_id",
    "sent_at",
)


def entry(
    kind: str,
    at: datetime,
    status: MessageStatus,
    *,
    note: str = "",
    token: str = "",
    digest: str = "",
    provider_id: str = "",
    mailbox_id: str = "",
    channel: str = "",
    code: str = "",
) -> Document:
    """Return one line of the ledger; what is empty is left out."""
    line = {"kind": kind, "at": at, "status": status.value}
    more = {
        "note": note,
        "token": token,
        "digest": digest,
        "provider_id": provider_id,
        "mailbox_id": mailbox_id,
        "channel": channel,
        "code": code,
    }
    return line | {name: value for name, value in more.items() if value}


def told(message: Message, outcome: Outcome) -> list[Document]:
    """Return the lines that an outcome adds: when it went to the wire, if it did, and its end."""
    wire = [
        entry("wire", at, MessageStatus.SENDING, token=message.token, channel=outcome.channel)
        for at in (outcome.began_at,)
        if at is not None
    ]
    end = entry(
        "outcome" if outcome.is_attempt else "put back",
        outcome.at,
        outcome.status,
        note=outcome.note,
        token=message.token,
        provider_id=outcome.provider_id,
        code=outcome.code,
    )
    return [*wire, end]


def to_document(message: Message) -> Document:
    return {
        "_id": message.id,
        "v": 1,
        "account_id": message.account_id,
        "status": message.status.value,
        **{name: getattr(message, name) for name in PLAIN},
        **_seldom(message),
        "ledger": [
            entry(
                each.kind,
                each.at,
                each.status,
                note=each.note,
                token=each.token,
                digest=each.digest,
                provider_id=each.provider_id,
                mailbox_id=each.mailbox_id,
                channel=each.channel,
                code=each.code,
            )
            for each in message.ledger
        ],
    }


def from_document(d: Document) -> Message:
    return Message(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        status=MessageStatus(d["status"]),
        **{name: d[name] for name in PLAIN},
        paused_by=tuple(d.get("paused_by", ())),
        cancelled_by=d.get("cancelled_by", ""),
        header_id=d.get("header_id", ""),
        thread_id=d.get("thread_id", ""),
        look_at=d.get("look_at"),
        absent_at=d.get("absent_at"),
        ledger=tuple(
            LedgerEntry(**{**line, "status": MessageStatus(line["status"])}) for line in d["ledger"]
        ),
    )


def _seldom(message: Message) -> Document:
    """Return what most messages never have, left out of those."""
    seldom: Document = {
        "paused_by": list(message.paused_by),
        "cancelled_by": message.cancelled_by,
        "header_id": message.header_id,
        "thread_id": message.thread_id,
        "look_at": message.look_at,
        "absent_at": message.absent_at,
    }
    return {name: value for name, value in seldom.items() if value}


def what_is_new(outcome: Outcome) -> Document:
    """Return what an outcome sets."""
    new: dict[str, Any] = {
        "status": outcome.status.value,
        "reason": "" if outcome.status is MessageStatus.SENT else outcome.note,
        "provider_id": outcome.provider_id,
        "token": "",
    }
    if outcome.status is MessageStatus.UNKNOWN:
        new["look_at"] = outcome.at + FIRST_LOOK
    if outcome.status is MessageStatus.SENT:
        new["sent_at"] = outcome.at
    new |= {name: value for name in ("header_id", "thread_id") if (value := getattr(outcome, name))}
    if outcome.send_at is not None:
        new["send_at"] = outcome.send_at
    if outcome.held_until is not None:
        new["held_until"] = outcome.held_until
    return new
