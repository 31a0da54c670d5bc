"""What somebody wrote themselves, without the mail they answer and their signature. Pure."""

from __future__ import annotations

import re

# “On Tue … wrote:” as the usual programs write it, in the languages we send in.
ATTRIBUTION = re.compile(
    r"^\s*(?:"
    r"(?:on|am|le|el|il giorno|em|op|den|dnia|w dniu|pe|на)\b.{3,200}?"
    r"\b(?:wrote|schrieb|écrit|escribió|ha scritto|escreveu|schreef|skrev|napisał\w*|kirjoitti|"
    r"napsal\w*)\b.{0,120}?"
    r"|.{3,160}<[^<>\s]+@[^<>\s]+>\s*(?:wrote|schrieb|a écrit|escribió|ha scritto|escreveu|schreef)"
    r")\s*:?\s*$",
    re.I,
)
DIVIDER = re.compile(
    r"^\s*(?:_{10,}|-{2,}\s*(?:original message|ursprüngliche nachricht|message d'origine|"
    r"mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht|"
    r"original meddelande|forwarded message)\s*-{2,})\s*$",
    re.I | re.M,
)
# The block of headers that Outlook puts above what it quotes.
HEADERS = re.compile(
    r"^\s*\*?(?:from|von|de|da|van|från|fra|od)\s*:\*?\s.+\n(?:.*\n){0,3}?"
    r"\s*\*?(?:sent|gesendet|envoyé|enviado|inviato|verzonden|skickat|sendt|wysłano|date|datum|"
    r"fecha|data|to|an|à|para|aan|till|til)\s*:",
    re.I | re.M,
)
SIGNATURE = re.compile(r"^-- ?$", re.M)
QUOTED = re.compile(r"^\s*>.*$", re.M)
MAX = 4000  # characters; nobody's wish needs more


def own_words(text: str) -> str:
    """Return the part above the mail that is answered, "" where there is nothing above."""
    text = text[: MAX * 5].replace("\r\n", "\n")
    ends = [m.start() for p in (DIVIDER, HEADERS, SIGNATURE) if (m := p.search(text))]
    end = min([*ends, _attribution(text)])
    own = QUOTED.sub("", text[:end])
    return re.sub(r"\n{3,}", "\n\n", own).strip()[:MAX]


def _attribution(text: str) -> int:
    """Return where somebody begins to say who wrote what follows, the end if nobody does."""
    lines, place = text.split("\n"), 0
    for number, line in enumerate(lines):
        two = f"{line} {lines[number + 1] if number + 1 < len(lines) else ''}"
        # A program folds a long line into two.
        if any(len(each) < 400 and ATTRIBUTION.match(each) for each in (line, two) if line.strip()):
            return place
        place += len(line) + 1
    return len(text)
