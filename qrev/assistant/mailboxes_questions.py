"""What the card of the mailboxes may ask, by name."""

from __future__ import annotations

from qrev.assistant import mailboxes_cards as asked
from qrev.assistant.mailboxes_desk import MailboxesDesk
from qrev.assistant.questions import Desks, Question, viewed


def _mailboxes(desks: Desks) -> MailboxesDesk:
    return desks.mailboxes


QUESTIONS: dict[str, Question] = {
    "mailboxes_get": viewed(asked.MailboxesAsked, _mailboxes, MailboxesDesk.mailboxes_get),
    "mailbox_connect_smtp": viewed(asked.MailboxSmtpAsked, _mailboxes, MailboxesDesk.connect_smtp),
    "mailbox_connect_google": viewed(
        asked.MailboxesAsked, _mailboxes, MailboxesDesk.connect_google
    ),
    "mailbox_save": viewed(asked.MailboxSaveAsked, _mailboxes, MailboxesDesk.save),
    "mailbox_test": viewed(asked.MailboxAsked, _mailboxes, MailboxesDesk.try_out),
    "mailbox_pause": viewed(asked.MailboxAsked, _mailboxes, MailboxesDesk.pause),
    "mailbox_resume": viewed(asked.MailboxAsked, _mailboxes, MailboxesDesk.resume),
    "mailbox_remove": viewed(asked.MailboxAsked, _mailboxes, MailboxesDesk.remove),
    "mailbox_domain": viewed(asked.MailboxAsked, _mailboxes, MailboxesDesk.domain),
}
