"""Orders about what runs, said in one verb each: pause, resume, stop, archive, undo. Pure."""

from __future__ import annotations

import re

from qrev.ai.inquiries import POLITE
from qrev.assistant.contract import ProposalAction

MAX_ORDER = 300  # characters
WHAT_ORDERS_DO = (
    "Nothing happens before you confirm it. Say *pause*, *resume*, *stop* or *archive* and what: a "
    "campaign, a person or a country. I then show how many mails it concerns and how many are "
    "already gone, and you confirm it or leave it. A pause can be ended at any time; **/undo** "
    "takes back what you confirmed last."
)
DEED = r"(?:pause|hold|resume|unpause|stop|cancel|archive|undo|halt|suspend)"
ASKED_ABOUT = re.compile(
    rf"{POLITE}(?:what\s+(?:happens|would\s+happen)\s+(?:if|when)\s+(?:i|we|you)|should\s+(?:i|we)"
    r"|(?:can|may|could)\s+(?:i|we)|how\s+(?:do|can)\s+(?:i|we)|do\s+(?:i|we)\s+have\s+to"
    rf"|is\s+it\s+possible\s+to|what\s+does)\s+(?:still\s+)?{DEED}\b",
    re.I,
)
# A sentence that sells something is no order, whatever verb it begins with.
SELLS = re.compile(r"\b(?:we|i)\s+(?:sell|offer|help|make|build|provide|develop)\b", re.I)
ON_HOLD = re.compile(rf"{POLITE}put\s+(?P<what>.+?)\s+on\s+hold\b(?P<rest>.*)$", re.I | re.S)
MAILS_TO = re.compile(
    r"^(?:all\s+|any\s+|the\s+|my\s+|our\s+)*(?:(?:e-?)?mails?|messages|mailing|writing|sending)\s+"
    r"(?:to|for)\s+",
    re.I,
)
VERBS: tuple[tuple[str, str], ...] = (
    ("undo", r"(?:undo|take (?:it|that|them) (?:all )?back)\b"),
    ("pause", r"(?:pause|suspend|freeze)\b|hold\s+(?!on\b|up\b)(?=\w)"),
    ("resume", r"(?:resume|unpause)\b|(?:continue|restart|carry on with|go on with)\s+(?=\w)"),
    ("archive", r"archive\b"),
    (
        "stop_drafting",
        r"(?:stop|cancel|abort|halt)\s+(?:(?:the|these|all|my|any more)\s+)*"
        r"(?:draft(?:s|ing)?|writing)\b(?!\s+(?:to|for)\b)",
    ),
    ("stop", r"(?:stop|cancel|abort|halt)\b"),
)
_VERBS = tuple((kind, re.compile(POLITE + f"(?:{verb})", re.I)) for kind, verb in VERBS)


def order_in(words: str) -> ProposalAction | None:
    """Return the order as one the backend reads; None if it is none."""
    if SELLS.search(words):
        return None
    if (held := ON_HOLD.search(words)) is not None:
        return _proposal("pause", f"{held['what']}{held['rest']}")
    for kind, pattern in _VERBS:
        if (found := pattern.search(words)) is not None:
            return _proposal(kind, words[found.end() :])
    return None


def _proposal(kind: str, about: str) -> ProposalAction:
    verb = "stop drafting" if kind == "stop_drafting" else kind
    said = f"{verb} {MAILS_TO.sub('', about.strip())}".strip()
    return ProposalAction(kind=kind, arguments={"words": said[:MAX_ORDER]})
