"""Why a mail could not be delivered: each kind is something else to do."""

from __future__ import annotations


class SendError(Exception):
    """A channel could not deliver. The subclass says what to do about it.

    `code` is what the server calls it, where there is such a thing.
    """

    code: str = ""


class NotNow(SendError):
    """It was not taken: no connection, a rate limit, a busy server. Later may work."""


class NoAnswer(SendError):
    """We handed it over and heard nothing back. It may be out: do not send it again."""


class AddressRefused(SendError):
    """This address will never take our mail. Do not ask again."""


class ContentRefused(SendError):
    """These words were refused for good. The address is innocent, the mailbox as well."""


class MailboxRefused(SendError):
    """Our own mailbox may not send: revoked, or over quota. The address is innocent."""
