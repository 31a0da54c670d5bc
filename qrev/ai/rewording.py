"""Other words for a mail by rules: as much as rules can do, and nothing invented. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from qrev.ai import phrases
from qrev.ai.cells import reader_of
from qrev.ai.edit_words import Edit
from qrev.ai.pitch import THEM, pitch_of
from qrev.assistant.contract import SourcedFact
from qrev.kit.mail_parts import MailParts, parts_of, sentences_of

LINK = re.compile(r"(?:\b[a-z][a-z0-9+.-]*://|\bwww\.)[^\s<>()\[\]\"']+", re.I)
SOURCE = "what you asked for"
FILLER = re.compile(
    r"(?:i\s+hope\s+(?:this|you|all)\b|hope\s+(?:this|you)\b|my\s+name\s+is\b|i\s+know\s+you\s+are\s+busy\b"
    r"|thank\s+you\s+for\s+your\s+time\b)",
    re.I,
)
FULL_FORMS = (
    (r"\bI['’]m\b", "I am"),
    (r"\b(I|you|we|they)['’]d\b", r"\1 would"),
    (r"\b(I|you|we|they)['’]ll\b", r"\1 will"),
    (r"\b(I|you|we|they)['’]ve\b", r"\1 have"),
    (r"\b(you|we|they)['’]re\b", r"\1 are"),
    (r"\b(it|that|there|what)['’]s\b", r"\1 is"),
    (r"\bHere['’]s\b", "This is"),
    (r"\bcan['’]t\b", "cannot"),
    (r"\bwon['’]t\b", "will not"),
    (r"\b(do|does|did|is|are|was|were|has|have|would|could|should)n['’]t\b", r"\1 not"),
    (r"!+", "."),
    (r"\bThanks\b", "Thank you"),
)
FORMAL = tuple(
    (re.compile(short, re.I if short[0] == "\\" else 0), long) for short, long in FULL_FORMS
)
GREETED = re.compile(r"\A(?:hi|hey|hello|dear)\b[ \t]*(?P<who>[^,!:\n]*)[,!:]?\s*\Z", re.I)
PS = re.compile(r"\n+p\.?\s?s\.?:?\s.*\Z", re.I | re.S)
CLAUSE = re.compile(
    r"(?:that\s+)?(?:we|our|you|your|i|my|it|they|there|this|the\s+\w+\s+(?:is|are|was|has))\b",
    re.I,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """A mail that is being changed. `ps` stands behind the closing; `facts` are the new ones."""

    subject: str
    parts: MailParts
    ps: str
    facts: tuple[SourcedFact, ...] = ()

    @property
    def body(self) -> str:
        return f"{self.parts.body}\n\n{self.ps}" if self.ps else self.parts.body


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """Who reads it and who writes."""

    person: Mapping[str, str]
    sender_company: str = ""


def reworded(
    subject: str, body: str, edits: tuple[Edit, ...], about: About
) -> tuple[str, str, tuple[SourcedFact, ...]]:
    """Return the subject, the words, and the facts that are new in them.

    What an edit cannot change stays; what it does not touch stays letter by letter.
    """
    ps = PS.search(body)
    was = Sheet(
        subject=subject,
        parts=parts_of(body[: ps.start()] if ps else body),
        ps=ps[0].strip() if ps else "",
    )
    sheet = was
    for edit in edits:
        sheet = _DO[edit.kind](sheet, edit, about)
    unchanged = replace(sheet, subject=was.subject, facts=()) == replace(was, facts=())
    said = body if unchanged else sheet.body
    facts = tuple(fact for fact in sheet.facts if fact.text in f"{sheet.subject}\n{said}")
    return sheet.subject, said, facts


def _shorter(sheet: Sheet, _: Edit, __: About) -> Sheet:
    parts = sheet.parts
    offer, question = parts.offer, parts.question
    kept: list[str] = []
    for paragraph in parts.paragraphs:
        sentences = [s for s in sentences_of(paragraph) if not FILLER.match(s)]
        wanted = [s for i, s in enumerate(sentences) if i == 0 or s in (offer, question)]
        kept.append(" ".join(wanted))
    if kept == list(parts.paragraphs) and len(kept) > 2:
        dispensable = [p for p in kept if offer not in p and question not in p] if offer else []
        kept = [p for p in kept if p not in dispensable[:1]]
    shorter = replace(parts, paragraphs=tuple(p for p in kept if p))
    return replace(sheet, parts=shorter) if shorter.paragraphs else sheet


def _formal(sheet: Sheet, _: Edit, about: About) -> Sheet:
    parts = sheet.parts
    greeted = GREETED.match(parts.greeting)
    greeting = parts.greeting
    if greeted and greeted["who"].strip():
        full = reader_of(about.person).full_name
        first = greeted["who"].strip()
        greeting = f"Dear {full if first.lower() in full.lower() else first},"
    for short, long in FORMAL:
        parts = _everywhere(parts, lambda text, s=short, w=long: s.sub(w, text))  # type: ignore[misc]
    closing = _signed(parts.closing, phrases.SIGN_OFF["formal"])
    return replace(sheet, parts=replace(parts, greeting=greeting, closing=closing))


def _friendly(sheet: Sheet, _: Edit, about: About) -> Sheet:
    parts = sheet.parts
    greeted = GREETED.match(parts.greeting)
    greeting = parts.greeting
    if greeted and greeted["who"].strip():
        greeting = f"Hi {reader_of(about.person).first_name or greeted['who'].strip()},"
    for long, short in phrases.CONTRACTED:
        parts = _everywhere(parts, lambda text, a=long, b=short: text.replace(a, b))  # type: ignore[misc]
    closing = _signed(parts.closing, phrases.SIGN_OFF["friendly"])
    return replace(sheet, parts=replace(parts, greeting=greeting, closing=closing))


def _mention(sheet: Sheet, edit: Edit, _: About) -> Sheet:
    sentence = _sentence(edit)
    if not sentence or sentence.lower() in sheet.body.lower():
        return sheet
    paragraphs = list(sheet.parts.paragraphs)
    question = sheet.parts.question
    place = next(
        (i for i in range(len(paragraphs) - 1, -1, -1) if question and question in paragraphs[i]),
        len(paragraphs),
    )
    if place < len(paragraphs) and paragraphs[place] != question:
        before, after = paragraphs[place].rsplit(question, 1)
        paragraphs[place] = " ".join(f"{before}{sentence} {question}{after}".split())
    else:
        paragraphs.insert(place, sentence)
    parts = replace(sheet.parts, paragraphs=tuple(paragraphs))
    return replace(sheet, parts=parts, facts=(*sheet.facts, _fact(sentence)))


def _subject(sheet: Sheet, edit: Edit, _: About) -> Sheet:
    return replace(sheet, subject=edit.text, facts=(*sheet.facts, _fact(edit.text)))


def _replace(sheet: Sheet, edit: Edit, _: About) -> Sheet:
    if not edit.text:
        return sheet
    old = re.compile(rf"(?<!\w){re.escape(edit.text)}(?!\w)", re.I)

    def changed(text: str) -> str:
        return old.sub(lambda _: edit.other, text)

    return replace(
        sheet,
        subject=changed(sheet.subject),
        parts=_everywhere(sheet.parts, changed, is_whole=True),
        ps=changed(sheet.ps),
        facts=(*sheet.facts, _fact(edit.other)) if edit.other else sheet.facts,
    )


def _remove(sheet: Sheet, edit: Edit, _: About) -> Sheet:
    wanted = re.sub(r"^(?:the|our|my|your|an?)\s+", "", edit.text.lower())
    if re.fullmatch(r"(?:last\s+|final\s+|closing\s+)?question", wanted):
        wanted = sheet.parts.question.lower()
    if len(wanted) < 2:
        return sheet
    return _of_sentences(sheet, lambda sentence: wanted not in sentence.lower())


def _no_links(sheet: Sheet, _: Edit, __: About) -> Sheet:
    parts = sheet.parts
    kept = []
    for paragraph in parts.paragraphs:
        left = (
            [_unlinked(s) for s in sentences_of(paragraph)]
            if LINK.search(paragraph)
            else [paragraph]
        )
        kept.append(" ".join(s for s in left if s))
    closing = "\n".join(
        s for line in parts.closing.splitlines() if (s := LINK.sub("", line).strip())
    )
    paragraphs = tuple(p for p in kept if p)
    return replace(sheet, parts=replace(parts, paragraphs=paragraphs, closing=closing))


def _unlinked(sentence: str) -> str:
    """Return a sentence without its link, "" if it only leads there: “See https://…”."""
    if not LINK.search(sentence):
        return sentence
    left = LINK.sub("", sentence)
    left = " ".join(re.sub(r"\s+([.,;:!?])", r"\1", left).split())
    return (
        left
        if len(left.split()) > 5 and not re.search(r"\b(?:at|to|on|here|see)\s*[.:]?$", left)
        else ""
    )


def _no_ps(sheet: Sheet, _: Edit, __: About) -> Sheet:
    return replace(sheet, ps="")


def _ps(sheet: Sheet, edit: Edit, _: About) -> Sheet:
    sentence = _capital(_closed(_to_reader(edit.text)))
    return replace(sheet, ps=f"P.S. {sentence}", facts=(*sheet.facts, _fact(sentence)))


def _offer(sheet: Sheet, edit: Edit, about: About) -> Sheet:
    offer = sheet.parts.offer
    if not offer:
        return sheet
    new = pitch_of(edit.text, sender_company=about.sender_company).sentence
    if edit.is_quoted and len(edit.text.split()) > 4:
        new = _capital(_closed(edit.text))
    changed = _everywhere(sheet.parts, lambda text: text.replace(offer, new, 1))
    return replace(sheet, parts=changed, facts=(*sheet.facts, _fact(new)))


def _ask(sheet: Sheet, edit: Edit, _: About) -> Sheet:
    question = _question(edit)
    old = sheet.parts.question
    if not old:
        paragraphs = (*sheet.parts.paragraphs, question)
        return replace(sheet, parts=replace(sheet.parts, paragraphs=paragraphs))
    return replace(sheet, parts=_everywhere(sheet.parts, lambda text: text.replace(old, question)))


def _sign(sheet: Sheet, edit: Edit, _: About) -> Sheet:
    closing = sheet.parts.closing
    first = closing.splitlines()[0] if closing else phrases.SIGN_OFF[""]
    return replace(sheet, parts=replace(sheet.parts, closing=f"{first}\n{edit.text}"))


_DO: Mapping[str, Callable[[Sheet, Edit, About], Sheet]] = {
    "shorter": _shorter,
    "formal": _formal,
    "friendly": _friendly,
    "mention": _mention,
    "subject": _subject,
    "replace": _replace,
    "remove": _remove,
    "no_links": _no_links,
    "no_ps": _no_ps,
    "ps": _ps,
    "offer": _offer,
    "ask": _ask,
    "sign": _sign,
}


def _of_sentences(sheet: Sheet, is_kept: Callable[[str], bool]) -> Sheet:
    kept = []
    for paragraph in sheet.parts.paragraphs:
        sentences = sentences_of(paragraph)
        wanted = [s for s in sentences if is_kept(s)]
        kept.append(paragraph if len(wanted) == len(sentences) else " ".join(wanted))
    paragraphs = tuple(p for p in kept if p)
    if not paragraphs:
        return sheet  # a mail that says nothing is none
    return replace(sheet, parts=replace(sheet.parts, paragraphs=paragraphs))


def _everywhere(parts: MailParts, do: Callable[[str], str], *, is_whole: bool = False) -> MailParts:
    """Return the parts with that done to each paragraph; to greeting and closing, too, if whole."""
    return MailParts(
        greeting=do(parts.greeting) if is_whole else parts.greeting,
        paragraphs=tuple(text for p in parts.paragraphs if (text := do(p).strip())),
        closing=do(parts.closing) if is_whole else parts.closing,
    )


def _signed(closing: str, words: str) -> str:
    """Return a closing with another first line, "" for none."""
    return "\n".join([words, *closing.splitlines()[1:]]) if closing else ""


def _sentence(edit: Edit) -> str:
    """Return what is to be mentioned as a sentence of the mail."""
    text = _to_reader(re.sub(r"^that\s+", "", edit.text, flags=re.I))
    if not text:
        return ""
    if edit.is_quoted and len(text.split()) > 3:
        return _capital(_closed(text))
    if LINK.fullmatch(text.rstrip(".")):
        return f"There is more at {text.rstrip('.')}."
    if CLAUSE.match(text):
        return _capital(_closed(text))
    return _closed(f"I also wanted to mention {text}")


def _to_reader(text: str) -> str:
    """Return the words as they are said to the reader: “them” is “you”."""
    for said, meant in THEM:
        text = said.sub(meant, text)
    return text


def _question(edit: Edit) -> str:
    text = _to_reader(edit.text).rstrip(".")
    if text.endswith("?"):
        return _capital(text)
    if (found := re.match(r"(?:whether|if)\s+(.+)", text, re.I)) is not None:
        return f"May I ask whether {found[1]}?"
    thing = re.sub(r"^for\s+", "", text, flags=re.I)
    return f"Would you be open to {thing}?"


def _closed(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _fact(text: str) -> SourcedFact:
    return SourcedFact(text=text[:1000], source=SOURCE)
