"""Whether other words for a mail can be used, and what is open about them. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from qrev.campaigns.checks import wrong_with
from qrev.campaigns.claims import unsupported
from qrev.campaigns.drafts import MAX_BODY, MAX_SUBJECT
from qrev.campaigns.models import Draft, DraftStatus, Prospect
from qrev.campaigns.rewriting.diff import changed_parts
from qrev.campaigns.rewriting.models import Rewrite, Rewritten, RowState, Words
from qrev.campaigns.rewriting.ports import Version

LINK = re.compile(r"(?:\b[a-z][a-z0-9+.-]*://|\bwww\.)[^\s<>()\[\]\"']+", re.I)
MAX_WHY = 200


def judged(rewrite: Rewrite, row: Rewritten, version: Version | None, called: str) -> Rewritten:
    """Return a mail with what came back for it. `called` is its reader's name."""
    if version is None:
        return replace(row, state=RowState.SAME)
    if version.why:
        return replace(row, state=RowState.REFUSED, why=" ".join(version.why.split())[:MAX_WHY])
    new = _words(row, version, called)
    if (new.subject, new.body) == (row.old.subject, row.old.body):
        return replace(row, state=RowState.SAME)
    if why := _wrong(rewrite, row, new):
        return replace(row, state=RowState.REFUSED, why=why)
    parts = changed_parts((row.old.subject, row.old.body), (new.subject, new.body))
    return replace(row, state=RowState.CHANGED, new=new, parts=parts)


def _words(row: Rewritten, version: Version, called: str) -> Words:
    subject = " ".join(version.subject.split())
    body = version.body.replace("\r\n", "\n").strip()
    kept = [fact for fact in row.old.facts if fact.text and fact.text in f"{subject}\n{body}"]
    facts = tuple(dict.fromkeys((*kept, *version.facts)))
    doubts = tuple(
        sentence
        for sentence in unsupported(body, facts, called)
        # What a member has vouched for before stays vouched for.
        if sentence not in row.old.body or sentence in row.old.doubts
    )
    missing = tuple(dict.fromkeys((*row.old.missing, *version.missing)))
    return Words(subject=subject, body=body, facts=facts, missing=missing, doubts=doubts)


def _wrong(rewrite: Rewrite, row: Rewritten, new: Words) -> str:
    """Return why these words cannot be used at all, "" if they can."""
    if len(new.subject) > MAX_SUBJECT or len(new.body) > MAX_BODY:
        return "The new words are too long."
    asked = _links(f"{row.old.subject} {row.old.body} {rewrite.instruction}")
    if _links(f"{new.subject} {new.body}") - asked:
        return "The new words hold a link nobody asked for."
    # What is missing or doubted blocks Send by itself; what is broken is not even offered.
    if finding := wrong_with(draft_with(row, new, is_plain=True)):
        return finding[0]
    if row.is_planned and (new.doubts or new.missing):
        return "The new words say something that nothing backs, and this mail is planned."
    return ""


def _links(text: str) -> set[str]:
    return {link.strip(".,;!?").lower() for link in LINK.findall(text)}


def draft_with(row: Rewritten, words: Words, *, is_plain: bool = False) -> Draft:
    """Return a draft that says this. A plain one has nothing open."""
    return Draft(
        id=row.draft_id,
        account_id=row.account_id,
        sequence_id="",
        prospect_id=row.prospect_id,
        step=row.step,
        subject=words.subject,
        body=words.body,
        facts=words.facts,
        missing=() if is_plain else words.missing,
        status=DraftStatus.READY,
        reason="",
        version=row.version,
        doubts=() if is_plain else words.doubts,
    )


def facts_of(prospect: Prospect) -> dict[str, str]:
    """Return what is known of somebody, by column; nothing empty."""
    known = {
        "name": prospect.name,
        "email": prospect.email,
        "company_name": prospect.company_name,
        "job_title": prospect.job_title,
    }
    return {name: value for name, value in known.items() if value}
