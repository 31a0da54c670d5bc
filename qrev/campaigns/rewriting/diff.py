"""What two versions of a mail have in common, word by word and part by part. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from qrev.kit.mail_parts import MailParts, parts_of

TOKEN = re.compile(r"\s+|[\w'’-]+|[^\w\s]")
MAX_TOKENS = 6000  # of one text; beyond it all of it counts as changed
NAMES: Mapping[str, str] = {
    "subject": "the subject",
    "greeting": "the greeting",
    "first": "the first line",
    "offer": "the offer",
    "ask": "the question",
    "closing": "the closing",
    "text": "the text",
}
MANY = "many"  # more than two parts


class Piece(NamedTuple):
    kind: Literal["same", "gone", "new"]
    text: str


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """Return how one text becomes the other: `same` and `gone` are the old, `same` and `new` the
    new one.
    """
    before, after = TOKEN.findall(old), TOKEN.findall(new)
    if max(len(before), len(after)) > MAX_TOKENS:
        return tuple(piece for piece in (Piece("gone", old), Piece("new", new)) if piece.text)
    found: list[Piece] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            found.append(Piece("same", "".join(before[i1:i2])))
            continue
        found += [
            Piece("gone", "".join(before[i1:i2])),
            Piece("new", "".join(after[j1:j2])),
        ]
    return _joined(piece for piece in found if piece.text)


def _joined(found: Iterable[Piece]) -> tuple[Piece, ...]:
    """Return the pieces with no crumbs: a space alone between two changes changes with them."""
    rest = list(found)
    joined: list[Piece] = []
    gone = new = ""
    for index, piece in enumerate(rest):
        is_crumb = piece.kind == "same" and piece.text.isspace() and "\n" not in piece.text
        if is_crumb and (gone or new) and index + 1 < len(rest):
            gone, new = gone + piece.text, new + piece.text
        elif piece.kind == "same":
            joined += [p for p in (Piece("gone", gone), Piece("new", new)) if p.text]
            gone = new = ""
            joined.append(piece)
        elif piece.kind == "gone":
            gone += piece.text
        else:
            new += piece.text
    return (*joined, *(p for p in (Piece("gone", gone), Piece("new", new)) if p.text))


def changed_parts(old: tuple[str, str], new: tuple[str, str]) -> str:
    """Return which parts of a mail (subject, body) differ, as their names joined by “+”.

    `MANY` for more than two, "" for none.
    """
    changed = [] if old[0] == new[0] else ["subject"]
    before, after = parts_of(old[1]), parts_of(new[1])
    left, right = _named(before), _named(after)
    changed += [name for name in left if left[name] != right[name]]
    if not changed and old[1] != new[1]:
        changed = ["text"]
    return MANY if len(changed) > 2 else "+".join(changed)


def _named(mail: MailParts) -> dict[str, object]:
    sentences = list(mail.sentences)
    first = sentences[0] if sentences else ""
    offer, ask = mail.offer, mail.question
    rest = tuple(s for s in sentences[1:] if s not in (offer, ask))
    return {
        "greeting": mail.greeting,
        "first": "" if first in (offer, ask) else first,
        "offer": offer,
        "ask": ask,
        "text": rest,
        "closing": mail.closing,
    }


def in_words(parts: str, count: int) -> str:
    """Return what so many mails changed: “184 changed only the first line”."""
    if parts == MANY:
        return f"{count:,} changed most of the mail"
    names = [NAMES[part] for part in parts.split("+")]
    only = "only " if len(names) == 1 else ""
    return f"{count:,} changed {only}{' and '.join(names)}"


def summary(groups: Mapping[str, int]) -> str:
    """Return all groups as one line, the largest first."""
    ordered = sorted(groups.items(), key=lambda group: (-group[1], group[0]))
    return ", ".join(in_words(parts, count) for parts, count in ordered)
