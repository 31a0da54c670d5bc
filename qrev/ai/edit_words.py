"""What is to be changed about a mail, in everyday words: “shorter, and mention the fair”. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "shorter",
    "formal",
    "friendly",
    "mention",
    "subject",
    "replace",
    "remove",
    "no_links",
    "no_ps",
    "offer",
    "ask",
    "ps",
    "sign",
]
VERB = (
    r"(?:please|make|keep|mention|add|remove|delete|drop|replace|swap|change|use|set|shorten|sign|ask"
    r"|no|leave|cut|take|say|write|include|more|less|much|a\s+bit|shorter|friendlier|warmer|briefer"
    r"|formal|friendly|polite|with|without|don['’]t|do\s+not|offer|put|end)\b"
)
SPLIT = re.compile(
    rf"[.;!?\n]+(?:\s+|$)|,?\s+(?:and|but|then|also|plus)\s+(?:also\s+|then\s+)?(?={VERB})"
    rf"|,\s*(?={VERB})",
    re.I,
)
QUOTED = re.compile(r"[\"“„«]([^\"”“«»]{1,1000})[\"”“»]")
MARK = "\ue000{}\ue001"  # stands for what is quoted while the rest is read
MARKED = re.compile("\ue000(\\d+)\ue001")
VERY = r"(?:(?:a\s+(?:bit|little)|much|more|very|rather|less)\s+)*"
SHORTER = re.compile(
    r"\b(?:shorter|shorten|briefer|(?:more\s+)?(?:concise|brief|succinct)|less\s+wordy|trim|tighten"
    r"|cut\s+(?:it|them|this|these)?\s*(?:down|short)|too\s+long|(?:make|keep)\s+\w+\s+(?:very\s+)?short)\b",
    re.I,
)
FRIENDLY = re.compile(
    rf"\b(?:friendlier|warmer|less\s+(?:formal|stiff|serious)|{VERY}(?:friendly|warm|casual|informal"
    r"|relaxed|personable))\b",
    re.I,
)
FORMAL = re.compile(
    r"\b(?:formal|polite|politer|professional|serious|business-?like|respectful|less\s+(?:casual"
    r"|friendly|informal|chatty))\b",
    re.I,
)
NO_LINKS = re.compile(
    r"\b(?:no|without|remove|delete|drop|leave\s+out|take\s+out|cut)\s+(?:any\s+|all\s+|the\s+)*"
    r"(?:links?|urls?)\b",
    re.I,
)
NO_PS = re.compile(r"\b(?:no|without|remove|delete|drop|cut)\s+(?:the\s+)?p\.?\s?s\.?(?!\w)", re.I)
PS = re.compile(
    r"\b(?:add|put|with|write|include)\s+(?:an?\s+|the\s+)?p\.?\s?s\.?(?!\w)\s*[:,]?\s*"
    r"(?:(?:saying|that\s+says|with|about|which\s+says)\s+)?(?:that\s+)?(?P<text>.+)",
    re.I,
)
SUBJECT = re.compile(
    r"\bsubject(?:\s+lines?)?s?\s*(?:of\s+\S+\s+\S+\s+)?(?:to|into|:|is|should\s+be|as|=)\s*(?P<text>.+)"
    r"|\b(?:use|take|put)\s+(?P<other>.+?)\s+as\s+(?:the\s+)?subject\b",
    re.I,
)
REPLACE = (
    re.compile(
        r"\b(?:replace|swap|change)\s+(?P<old>.+?)\s+(?:with|by|for|into)\s+(?P<new>.+)", re.I
    ),
    re.compile(r"\b(?:say|use|write|put)\s+(?P<new>.+?)\s+instead\s+of\s+(?P<old>.+)", re.I),
    re.compile(r"\binstead\s+of\s+(?P<old>.+?),?\s+(?:say|use|write|put)\s+(?P<new>.+)", re.I),
)
OFFER = re.compile(
    r"\b(?:change|set|switch|make)\s+(?:the|our|my)\s+offer\s+(?:to|into|be|:)\s*(?P<text>.+)"
    r"|^\W*offer\s+(?P<other>.+?)\s+instead\b.*",
    re.I,
)
ASK = re.compile(
    r"\b(?:change|set|make|end\s+with)\s+(?:the\s+)?(?:ask|(?:last\s+|final\s+|closing\s+)?question"
    r"|call\s+to\s+action|cta)\s*(?:to|into|be|:)?\s*(?P<text>.+)"
    r"|\bask\s+(?:them\s+)?(?P<whether>(?:whether|if)\s+.+)"
    r"|\bask\s+(?:them\s+)?(?:for|about)\s+(?P<thing>.+?)(?:\s+instead)?$",
    re.I,
)
SIGN = re.compile(
    r"\bsign\s+(?:(?:it|them|this|off|the\s+mails?)\s+)*(?:as|with)\s+(?P<text>.+)", re.I
)
REMOVE = re.compile(
    r"\b(?:remove|delete|drop|cut|leave\s+out|take\s+out|without|no)\s+(?:the\s+|any\s+|all\s+)*"
    r"(?:(?:sentence|line|part|paragraph|bit|words?|mention)s?\s+(?:about|with|on|of|that\s+says?)\s+)?"
    r"(?P<text>.+?)(?:\s+from\s+(?:it|them|the\s+mails?))?$"
    r"|\b(?:do\s+not|don['’]t)\s+mention\s+(?P<other>.+)",
    re.I,
)
MENTION = re.compile(
    r"\b(?:mention|add|say|include|bring\s+up|tell\s+them|refer\s+to|point\s+out|write)\s+"
    r"(?:(?:a\s+)?(?:sentence|line|word|note|link)\s+(?:about|on|to|saying|that)\s+)?(?P<text>.+)",
    re.I,
)
OF_A_PART = re.compile(
    r"\b(?:(?:first|last|second|third|opening|closing)\s+(?:line|sentence|paragraph)|subject|greeting"
    r"|question|offer|intro(?:duction)?)\b",
    re.I,
)
MAX_TEXT = 600
NOT_UNDERSTOOD = (
    "By rules I can make mails shorter, more formal or friendlier, mention something, change the "
    "subject, the offer or the question, replace or take out words and links, and add a P.S. "
    "{said} needs a language model, and none is connected. Say it in other words, or press "
    "**Edit** on a draft."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """One change. `text` is what it is about; of `replace`, `other` takes its place."""

    kind: Kind
    text: str = ""
    other: str = ""
    is_quoted: bool = False  # the text is to stand as it was said


def edits_in(instruction: str) -> tuple[tuple[Edit, ...], tuple[str, ...]]:
    """Return what is to change, and the parts of the words that no rule can follow."""
    quoted: list[str] = []

    def put_aside(found: re.Match[str]) -> str:
        quoted.append(found[1])
        return MARK.format(len(quoted) - 1)

    words = re.sub(r"\bp\.\s?s\.?(?!\w)", "PS", instruction, flags=re.I)
    masked = QUOTED.sub(put_aside, " ".join(words.split()))
    edits: list[Edit] = []
    unread: list[str] = []
    for clause in SPLIT.split(masked):
        said = clause.strip(" ,;:-–")
        if not said:
            continue
        found = _edits_of(said, quoted)
        edits += found
        if not found:
            unread.append(_restored(said, quoted))
    return tuple(dict.fromkeys(edits)), tuple(unread)


def cannot(unread: tuple[str, ...]) -> str:
    """Return what rules can do, and that they cannot do this."""
    said = f"“{', '.join(unread)[:200]}”" if unread else "That"
    return NOT_UNDERSTOOD.format(said=said)


def _edits_of(said: str, quoted: list[str]) -> list[Edit]:
    for read in (_about_parts, _about_words, _about_tone):
        if found := read(said, quoted):
            return found
    return []


def _about_parts(said: str, quoted: list[str]) -> list[Edit]:
    """Return what is said about a part of the mail that has a name."""
    if NO_LINKS.search(said):
        return [Edit(kind="no_links")]
    if NO_PS.search(said):
        return [Edit(kind="no_ps")]
    named: tuple[tuple[re.Pattern[str], Kind], ...] = (
        (PS, "ps"),
        (SUBJECT, "subject"),
        (OFFER, "offer"),
        (ASK, "ask"),
        (SIGN, "sign"),
    )
    for pattern, kind in named:
        if (found := pattern.search(said)) is not None:
            text = next(group for group in found.groups() if group)
            if kind == "ask" and found["thing"]:
                text = f"for {text}"
            return [_edit(kind, text, quoted)]
    return []


def _about_words(said: str, quoted: list[str]) -> list[Edit]:
    """Return what is said about words of it: others in their place, none, or more."""
    for pattern in REPLACE:
        if (found := pattern.search(said)) is not None:
            old, new = (
                re.sub(r"^the\s+words?\s+", "", _text(found[name], quoted), flags=re.I)
                for name in ("old", "new")
            )
            return [Edit(kind="replace", text=old, other=new)]
    if _tone(said) and not MENTION.match(said):
        return []
    if (found := REMOVE.search(said)) is not None:
        return [_edit("remove", found["text"] or found["other"], quoted)]
    if (found := MENTION.search(said)) is not None:
        return [_edit("mention", found["text"], quoted)]
    return []


def _about_tone(said: str, _: list[str]) -> list[Edit]:
    return _tone(said)


def _tone(said: str) -> list[Edit]:
    if OF_A_PART.search(said):
        return []  # rules can only do it to all of a mail
    edits = [Edit(kind="shorter")] if SHORTER.search(said) else []
    if FRIENDLY.search(said) and not re.search(
        r"\bless\s+(?:friendly|casual|informal)", said, re.I
    ):
        return [*edits, Edit(kind="friendly")]
    return [*edits, Edit(kind="formal")] if FORMAL.search(said) else edits


def _edit(kind: Kind, text: str, quoted: list[str]) -> Edit:
    return Edit(kind=kind, text=_text(text, quoted), is_quoted=MARKED.search(text) is not None)


def _text(text: str, quoted: list[str]) -> str:
    """Return what was meant: only what is quoted, where something is."""
    marked = MARKED.search(text)
    said = quoted[int(marked[1])] if marked else text
    return " ".join(said.split()).strip(" ,;:'’‘\"").strip()[:MAX_TEXT]


def _restored(said: str, quoted: list[str]) -> str:
    return MARKED.sub(lambda found: f"“{quoted[int(found[1])]}”", said)
