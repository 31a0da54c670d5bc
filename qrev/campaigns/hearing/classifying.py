"""What a mail that came in means. Pure.

Asked in this order, since a later question would be misled by an earlier kind: is it a copy of our
own, a report that a mail did not arrive, a complaint, an answer that came by itself, a wish to be
left alone? What is left was written by somebody.
"""

from __future__ import annotations

import re
from datetime import datetime

from qrev.campaigns.hearing.absence import back_on, came_by_itself, is_away
from qrev.campaigns.hearing.models import Meaning, Verdict
from qrev.campaigns.hearing.own_words import own_words
from qrev.campaigns.hearing.reading import POSTMASTER, Read
from qrev.campaigns.hearing.stop_words import asks_to_stop

POSTMASTER_SUBJECT = re.compile(
    r"undeliver|delivery (?:status|failure|has failed|incomplete)|failure notice|returned mail"
    r"|mail delivery (?:failed|system)|unzustellbar|non remis|no (?:se )?(?:pudo )?entreg",
    re.I,
)


def meaning_of(mail: Read, mailbox: str, now: datetime) -> Verdict:
    """Return what it means to the mailbox of that address that this came in."""
    if mail.sender == mailbox:
        return Verdict(meaning=Meaning.OWN)
    if _is_delivery_report(mail):
        # One that a mail arrived, or is still being tried, asks for nothing.
        kind = Meaning.REFUSED if mail.refusals else Meaning.AUTOMATIC
        return Verdict(meaning=kind, refusals=mail.refusals)
    if mail.kind == "feedback-report":
        return Verdict(meaning=Meaning.COMPLAINT)
    words = own_words(mail.text)
    if mail.kind or came_by_itself(mail):
        if not is_away(mail):
            return Verdict(meaning=Meaning.AUTOMATIC, words=words)
        day = back_on(f"{mail.subject}\n{mail.text}", (mail.at or now).date())
        return Verdict(meaning=Meaning.AWAY, words=words, back_on=day)
    meaning = Meaning.STOP if asks_to_stop(words, mail.subject) else Meaning.REPLY
    return Verdict(meaning=meaning, words=words)


def _is_delivery_report(mail: Read) -> bool:
    if mail.kind:
        return mail.kind == "delivery-status"
    is_postmaster = POSTMASTER.match(mail.sender) is not None or (
        mail.headers.get("return-path") == "<>" and POSTMASTER_SUBJECT.search(mail.subject)
    )
    return bool(is_postmaster and (mail.refusals or POSTMASTER_SUBJECT.search(mail.subject)))
