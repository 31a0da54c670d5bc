"""What keeps a draft from being sent, and what is merely unwise. Pure: words in, findings out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from qrev.campaigns.models import (
    Blocked,
    Draft,
    DraftStatus,
    DraftTally,
    Prospect,
    Remark,
    Standing,
)

# Of what is kept beside a draft: one more whenever anything below judges otherwise than before.
EDITION = 1

UNRESOLVED = re.compile(r"\{\{[^}]*\}?\}?|\{%[^%]*%\}|\$\{[^}]*\}|%[A-Z_]{3,}%")
PLACEHOLDER = re.compile(
    r"[\[<](?:your|my|our|their|insert|enter|add|first|last|full|company|name|title|role|job|sender"
    r"|recipient|prospect|product|date|link|city|industry)\b[^\]>\n]{0,60}[\]>]",
    re.IGNORECASE,
)
# "Hi ," is what a template leaves behind when it had no name; "Hello," is what people write.
EMPTY_GREETING = re.compile(
    r"\A\s*(?:(?:hi|hello|hey|dear|hallo|liebe[r]?|sehr geehrte[r]?|bonjour|cher|ch[eè]re|hola"
    r"|estimad[oa]|ciao|beste|ol[aá])\s+[,!:.\-–—]|(?:dear|estimad[oa]|beste)\s*[,!:])",
    re.IGNORECASE,
)
# Whatever some reader of mail takes for the end of a line, and what no text should hold.
LINE_BREAK = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
LINK = re.compile(r"https?://", re.IGNORECASE)
SPAM_PHRASES = (
    "100% free",
    "act now",
    "buy now",
    "cash bonus",
    "click here",
    "double your",
    "guaranteed results",
    "limited time",
    "no obligation",
    "once in a lifetime",
    "risk-free",
    "winner",
)
MAX_WORDS = 200
MAX_SUBJECT = 60

FACT_NAMES = {
    "name": "name",
    "company_name": "company",
    "job_title": "job title",
    "company_url": "company website",
}


def fact_name(field: str) -> str:
    """Return what people call a column: "company_name" is their company."""
    return FACT_NAMES.get(field, field.replace("_", " "))


def wrong_with(draft: Draft) -> tuple[str, str] | None:
    """Return what blocks these words and what would mend it, or None if they may go out."""
    if draft.status is DraftStatus.FAILED:
        return (
            draft.reason or "This draft could not be written.",
            "Write it yourself: press Edit.",
        )
    if draft.missing:
        facts = ", ".join(fact_name(field) for field in draft.missing)
        return (f"Missing: {facts}.", "Edit the draft so that it does not need it, and save.")
    if draft.doubts:
        return (
            f"Nothing we know says: “{draft.doubts[0][:120]}”",
            "Take the sentence out, or confirm that it is true.",
        )
    if found := UNRESOLVED.search(f"{draft.subject}\n{draft.body}"):
        return (f"“{found.group()[:40]}” was never filled in.", "Edit the draft and replace it.")
    if found := PLACEHOLDER.search(f"{draft.subject}\n{draft.body}"):
        return (f"“{found.group()[:40]}” is a placeholder.", "Edit the draft and replace it.")
    if not draft.body.strip():
        return ("The text is empty.", "Edit the draft and write one.")
    if not draft.subject.strip():
        return ("The subject is empty.", "Edit the draft and write one.")
    if LINE_BREAK.search(draft.subject):
        return ("The subject has a line break in it.", "Edit the draft and make it one line.")
    if EMPTY_GREETING.match(draft.body):
        return ("The greeting has no name in it.", "Edit the draft and add the name.")
    return None


def remark_on(draft: Draft) -> Remark:
    """Return what there is to say of a draft; nothing but whose it is for one that is fine."""
    reason, repair = wrong_with(draft) or ("", "")
    return Remark(draft.prospect_id, draft.step, reason, repair, tuple(_unwise(draft)))


def says_anything(remark: Remark) -> bool:
    return bool(remark.reason or remark.unwise)


def standing_of(drafts: Iterable[Draft], prospects: Iterable[Prospect]) -> Standing:
    """Return how these people's drafts stand, from the words themselves."""
    drafts = list(drafts)
    tally = DraftTally(count=len(drafts), versions=sum(d.version for d in drafts))
    steps: dict[str, set[int]] = defaultdict(set)
    for draft in drafts:
        steps[draft.prospect_id].add(draft.step)
    return Standing(
        tally=tally,
        remarks=by_prospect(map(remark_on, drafts)),
        absent=absent(prospects, steps),
    )


def by_prospect(remarks: Iterable[Remark]) -> dict[str, tuple[Remark, ...]]:
    """Return those that say anything, each person's in the order of the steps."""
    found: dict[str, list[Remark]] = defaultdict(list)
    for remark in remarks:
        if says_anything(remark):
            found[remark.prospect_id].append(remark)
    return {id: tuple(sorted(each, key=lambda r: r.step)) for id, each in found.items()}


def absent(
    prospects: Iterable[Prospect], steps: Mapping[str, set[int]]
) -> dict[str, tuple[int, ...]]:
    """Return the steps nobody drafted. `steps` are those that are drafted, by prospect."""
    missing = {
        p.id: tuple(s.number for s in p.steps if s.number not in steps.get(p.id, ()))
        for p in prospects
    }
    return {id: numbers for id, numbers in missing.items() if numbers}


def blocked(
    prospect: Prospect, standing: Standing, unreachable: Mapping[str, str]
) -> Blocked | None:
    """Return why this person cannot be written to as things are, or None.

    One bad step blocks all of them: a second mail without the first makes no sense.
    `unreachable` says why an address must not be used (suppressed, excluded, not an address).
    """

    def because(step: int, reason: str, repair: str) -> Blocked:
        return Blocked(
            prospect_id=prospect.id,
            name=prospect.name,
            email=prospect.email,
            step=step,
            reason=reason,
            repair=repair,
        )

    if reason := unreachable.get(prospect.email):
        return because(0, reason, "Nothing to do: this address stays out.")
    for number in standing.absent.get(prospect.id, ()):
        return because(number, f"Mail {number} was never drafted.", "Ask for the campaign again.")
    for remark in standing.remarks.get(prospect.id, ()):
        if remark.reason:
            return because(remark.step, remark.reason, remark.repair)
    return None


def warnings(remarks: Iterable[Remark]) -> list[str]:
    """Return what a seasoned sender would frown at, one sentence per kind, with how often."""
    counts: dict[str, int] = {}
    for remark in remarks:
        for finding in remark.unwise:
            counts[finding] = counts.get(finding, 0) + 1
    return [f"{count:,} × {finding}" for finding, count in counts.items()]


def _unwise(draft: Draft) -> Iterable[str]:
    if len(draft.body.split()) > MAX_WORDS:
        yield f"more than {MAX_WORDS} words: long first mails are rarely read"
    if draft.step == 1 and len(LINK.findall(draft.body)) > 1:
        yield "more than one link in the first mail: filters dislike that"
    if len(draft.subject) > MAX_SUBJECT:
        yield f"a subject over {MAX_SUBJECT} characters: phones cut it off"
    letters = [c for c in draft.subject if c.isalpha()]
    if len(letters) > 4 and all(c.isupper() for c in letters):
        yield "a subject in capitals only"
    text = f"{draft.subject} {draft.body}".lower()
    if phrase := next((p for p in SPAM_PHRASES if p in text), None):
        yield f"“{phrase}”, which spam filters know well"
