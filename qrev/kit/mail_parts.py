"""A mail as its reader sees it: a greeting, what it says, a question, a closing. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

GREETING = re.compile(
    r"\A\s*(?:hi|hello|hey|dear|good\s+(?:morning|afternoon|evening)|hallo|liebe[r]?|bonjour|hola)\b"
    r"[^\n]{0,80}?[,!:]?[ \t]*(?:\n|\Z)",
    re.I,
)
CLOSING = re.compile(
    r"\n[ \t]*(?:(?:kind|best|warm|many|with)?[ \t]*(?:regards|wishes|thanks)|all the best|best"
    r"|cheers|sincerely|yours(?: sincerely| truly| faithfully)?|many thanks|thank you|thanks)"
    r"[ \t]*[,.!]?[ \t]*"
    r"(?:\n[^\n]{0,80}){0,4}\s*\Z",
    re.I,
)
# A full stop inside "e.g." or "Acme Inc." may end a sentence too early; a question mark never does.
SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?!\s|$)[^.!?\n]*)*[.!?]*[ \t]*|\n")
OFFER = re.compile(
    r"(?:At\s+[^,.]{2,60},\s+)?(?:we|our|I\s+would\s+like|I['’]d\s+like|I\s+am\s+writing)\b", re.I
)


@dataclass(frozen=True, kw_only=True, slots=True)
class MailParts:
    """`greeting` and `closing` are "" where there is none; `paragraphs` are what stands between."""

    greeting: str
    paragraphs: tuple[str, ...]
    closing: str

    @property
    def body(self) -> str:
        """Return the mail, put together again."""
        return "\n\n".join(part for part in (self.greeting, *self.paragraphs, self.closing) if part)

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(s for part in self.paragraphs for s in sentences_of(part))

    @property
    def question(self) -> str:
        """Return the last question, "" if nothing is asked."""
        return next((s for s in reversed(self.sentences) if s.endswith("?")), "")

    @property
    def offer(self) -> str:
        """Return the first sentence that speaks of us, "" if none does."""
        return next(
            (s for s in self.sentences if OFFER.match(s) and not s.endswith("?")),
            "",
        )


def parts_of(body: str) -> MailParts:
    """Return the parts of a mail's words. What has no shape of a mail is all paragraphs."""
    text = body.replace("\r\n", "\n").strip()
    greeting = GREETING.match(text)
    rest = text[greeting.end() :] if greeting else text
    closing = CLOSING.search(f"\n{rest}")
    middle = f"\n{rest}"[: closing.start()] if closing else rest
    paragraphs = (part.strip() for part in re.split(r"\n\s*\n", middle))
    return MailParts(
        greeting=greeting[0].strip() if greeting else "",
        paragraphs=tuple(part for part in paragraphs if part),
        closing=closing[0].strip() if closing else "",
    )


def sentences_of(paragraph: str) -> tuple[str, ...]:
    """Return the sentences of a paragraph, without the white space between them."""
    found = (match[0].strip() for match in SENTENCE.finditer(paragraph))
    return tuple(sentence for sentence in found if sentence)
