"""The mailboxes on the screen: their card, what it asks for and what it is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from qrev.assistant.cards import Card
from qrev.campaigns.logins import Security

MailboxId = Annotated[str, Field(min_length=1, max_length=100)]


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MailboxesCard(Card):
    """The addresses this workspace sends from, and how each is doing."""

    @property
    def key(self) -> str:
        return "mailboxes"


class MailboxesAsked(_Asked):
    """Nothing more is to be said."""


class MailboxAsked(_Asked):
    mailbox_id: MailboxId


class MailboxSmtpAsked(_Asked):
    """A mailbox to connect by its mail server. The password is never shown again."""

    email: Annotated[str, Field(min_length=1, max_length=320)]
    name: Annotated[str, Field(max_length=100)] = ""
    host: Annotated[str, Field(min_length=1, max_length=253)]
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Security = Security.STARTTLS
    user: Annotated[str, Field(min_length=1, max_length=320)]
    password: Annotated[SecretStr, Field(min_length=1, max_length=1000)]


class MailboxSaveAsked(_Asked):
    """What is to be set of a mailbox; what is left out stays as it is."""

    mailbox_id: MailboxId
    name: Annotated[str, Field(max_length=100)] | None = None
    reply_to: Annotated[str, Field(max_length=320)] | None = None
    signature: Annotated[str, Field(max_length=1000)] | None = None
    cap: Annotated[int, Field(ge=0, le=1000)] | None = None
    is_warmed: bool | None = None


class MailboxRow(_Shown):
    """`kind` is how it sends, `today` how many it may send today; `trouble` what went wrong last.

    Counts of `week` are of the last seven days.
    """

    id: str
    email: str
    name: str
    kind: Literal["gmail", "smtp", "outbox"]
    reply_to: str
    signature: str
    cap: int
    today: int
    is_warmed: bool
    is_paused: bool
    paused_reason: str
    sent_today: int
    sent_week: int
    refused_today: int
    refused_week: int
    unknown_week: int
    waiting: int
    trouble: str
    trouble_at: datetime | None
    is_mine: bool
    may_change: bool
    has_own_server: bool


class MailboxesView(_Shown):
    """`said` is what a change came to, empty for none; `me` where a test mail goes."""

    rows: list[MailboxRow]
    me: str
    has_google: bool
    may_connect: bool
    may_set_caps: bool
    said: str = ""


class FindingRow(_Shown):
    name: str
    state: Literal["good", "missing", "wrong", "unknown"]
    words: str
    advice: str


class MailboxDomainView(_Shown):
    """What receivers can see of a mailbox's domain."""

    domain: str
    findings: list[FindingRow]
