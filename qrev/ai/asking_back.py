"""Where words can be read in two ways, or say too little: a question with choices. Pure.

Each choice is a request that is understood in one way only.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from qrev.ai.inquiries import POLITE, WHO
from qrev.ai.narrowing import deeds_in, deeds_said
from qrev.ai.orders import ASKED_ABOUT, WHAT_ORDERS_DO
from qrev.ai.understanding import OFFER, understand
from qrev.assistant.contract import Action, QuestionAction, TextAction

NEED_ADDRESS = (
    "I need the address to invite somebody: write *invite bob@acme.com as seller*, or open "
    "/members."
)
PRESS_SEND = (
    "I send nothing by myself. Press **Send** below the drafts: you then see the whole plan, and "
    "only its **Confirm** lets mails leave."
)
YOU_ARE_WELCOME = "You are welcome. Tell me when I can do something for you."
COUNTS = ["How many people do we have?", "How many mails were sent?", "How many replied?"]
TABLES = ["Show my people", "Show companies", "How are my campaigns doing?"]
NEW_LIST = "Start a campaign"
ADDRESS = r"[^\s,;:<>()]+@[^\s,;:<>()]+"
REMOVE = re.compile(
    rf"{POLITE}(?P<verb>remove|delete|erase|drop|get rid of)\s+"
    r"(?P<who>(?!the\s+file|it\b|them\b|this\b|that\b|all\b|every)\S+(?:\s+\S+){0,5}?)[\s.!?]*$",
    re.I,
)
OTHER_THINGS = re.compile(
    r"\b(?:drafts?|mails?|lists?|keys?|teams?|rules?|members?|files?|workspaces?|profile|steps?"
    r"|sentences?|words?|paragraphs?|lines?|accounts?|mailbox(?:es)?|addresses|duplicates)\b",
    re.I,
)
CAMPAIGN_NAMED = re.compile(r"\b(?:campaign|sequence)s?$", re.I)
FOLLOW_UP = re.compile(
    rf"{POLITE}(?:write|mail|e-?mail|contact|message|send|reach\s+out|follow\s+up)\b"
    rf"(?:\s+(?:a|an|another|with|mail|note|message|reminder|again))*\s+(?:to\s+)?(?:all\s+)?(?:of\s+)?"
    rf"(?:the\s+)?{WHO}\s+(?:of\s+them\s+)?(?:who|that)\b",
    re.I,
)
SKIPS = re.compile(
    rf"{POLITE}(?:skip|exclude|leave\s+out|ignore|omit|without|no)\s+(?!one\b|body\b)", re.I
)
HOW_MANY = re.compile(rf"{POLITE}how (?:many|much)(?: is it| are (?:there|they))?[\s?!.]*$", re.I)
SHOW_WHAT = re.compile(
    rf"{POLITE}(?:show(?: me)?(?: (?:all|everything|the list))?|list|report|numbers?|statistics"
    r"|status|table)[\s?!.]*$",
    re.I,
)
ADD_ADDRESS = re.compile(rf"{POLITE}add\s+(?P<email>{ADDRESS})[\s.!]*$", re.I)
INVITE_WHOM = re.compile(
    rf"{POLITE}invite\s+(?!them\b|these\b|those\b|all\b|every)[^@\s]+(?:\s+[^@\s]+)?"
    r"(?:\s+as\s+(?:an?\s+)?\w+)?[\s.!?]*$",
    re.I,
)
THE_DRAFTS = (
    r"(?:it|this|that|them|these|everything|all"
    r"|the\s+(?:drafts?|mails?|e-?mails?|campaign|sequence|messages?))"
)
SEND_NOW = re.compile(
    rf"{POLITE}(?:go\s+ahead\s*(?:and\s+)?|yes,?\s+)?(?:send|launch|fire|ship)\s*(?:off\s+)?{THE_DRAFTS}?"
    r"(?:\s+(?:all|out|off|now|today|please|right\s+away|immediately))*[\s.!]*$",
    re.I,
)
THANKS = re.compile(
    r"^\W*(?:many\s+)?(?:thanks?(?:\s+you)?|thx|cheers|great|perfect|nice|well done|(?:good\s*)?bye"
    r"|good\s+night|see\s+you)\b[\s\w,]{0,20}[\s.!]*$",
    re.I,
)


def question_in(words: str, *, has_list: bool) -> Action | None:
    """Return what to ask back or to say instead, None if the words leave nothing open."""
    said = " ".join(words.split())
    for read in _READERS if has_list else (*_READERS, *_WITHOUT_LIST):
        if (action := read(said)) is not None:
            return action
    return None


def _ask(text: str, choices: list[str]) -> QuestionAction:
    return QuestionAction(response=text, choices=[choice[:300] for choice in choices])


def _small_talk(said: str) -> Action | None:
    if ASKED_ABOUT.search(said):
        return TextAction(response=WHAT_ORDERS_DO)
    if SEND_NOW.search(said):
        return TextAction(response=PRESS_SEND)
    if INVITE_WHOM.search(said):
        return TextAction(response=NEED_ADDRESS)
    return TextAction(response=YOU_ARE_WELCOME) if THANKS.search(said) else None


def _too_short(said: str) -> Action | None:
    if HOW_MANY.search(said):
        return _ask("How many of what?", COUNTS)
    return _ask("What would you like to see?", TABLES) if SHOW_WHAT.search(said) else None


def _added(said: str) -> Action | None:
    if (found := ADD_ADDRESS.search(said)) is None:
        return None
    email = found["email"].rstrip(".!")
    text = "Shall they work here with you? People to write to come with a CSV you drop here."
    return _ask(text, [f"Invite {email}", f"Find {email}"])


def _removed(said: str) -> Action | None:
    found = REMOVE.search(said)
    if found is None or OTHER_THINGS.search(found["who"]):
        return None
    who = found["who"].strip(" .!?")
    if CAMPAIGN_NAMED.search(who):
        return _ask("Shall it stop, or only leave the list?", [f"Stop {who}", f"Archive {who}"])
    is_address = re.fullmatch(ADDRESS, who) is not None
    if is_address and found["verb"].lower() in ("delete", "erase"):
        return None  # that is about what is held on them
    never = [f"Never write to {who}", f"Erase {who}"] if is_address else []
    return _ask(
        "Shall what runs stop, or do you look for them?", [f"Stop {who}", *never, f"Find {who}"]
    )


def _followed_up(said: str) -> Action | None:
    if not FOLLOW_UP.search(said) or not (deeds := deeds_in(said)):
        return None
    text = (
        "I write to lists you drop here, not yet to people by what they did. I can show you who "
        "they are, or you drop a list of them."
    )
    return _ask(text, [f"Show those who {deeds_said(deeds)}", NEW_LIST])


def _skipped_where(said: str) -> Action | None:
    domains = understand(said).skipped_domains
    if (
        not domains
        or not SKIPS.search(said)
        or OFFER.search(said)
        or re.search(r"\b(?:campaign|list)\b", said, re.I)
    ):
        return None
    named = " and ".join(domains[:2])
    text = "For every campaign from now on, or only for the next one?"
    return _ask(text, [f"No one at {named}", f"Start a campaign, skip {named} addresses"])


_READERS: tuple[Callable[[str], Action | None], ...] = (
    _small_talk,
    _too_short,
    _added,
    _followed_up,
)
_WITHOUT_LIST: tuple[Callable[[str], Action | None], ...] = (_removed, _skipped_where)
