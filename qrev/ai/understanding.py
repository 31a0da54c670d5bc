"""Everyday words to what a campaign needs, without any language model. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qrev.ai.choosing import EVERYONE, Whom, choose
from qrev.ai.scheduling import COUNT, MAILS, days_in
from qrev.kit.free_mail import FREE, PROVIDERS

QUOTED = r"[\"“„«]([^\"”“«»]{2,60})[\"”“»](?!\w)|(?<!\w)['‘]([^'’]{2,60})['’](?!\w)"
NAME = re.compile(
    rf"(?:\b(?:campaign|sequence|outreach|called|named|titled|it|name)\s*:?\s*)(?:{QUOTED})", re.I
)
PLAIN_NAME = re.compile(
    r"\b(?:called|named|titled)\s+((?:[A-Z0-9][\w&'’-]*\s?){1,6})(?=\s|[.,;:]|$)"
)
ANY_QUOTED = re.compile(QUOTED)

SKIP = re.compile(
    r"\b(?:skip(?:ping)?|exclud(?:e|ing)|without|ignor(?:e|ing)|leav(?:e|ing)\s+out|except|but\s+not"
    r"|not\s+to|no|(?:do\s+not|don['’]t|never)\s+(?:e-?mail|mail|contact|(?:write|send)(?:\s+to)?))\s+",
    re.I,
)
ADDRESSES = r"addresses|accounts|domains?|users|e-?mails?|mails|people|ones"
SKIP_FILLER = re.compile(
    rf"(?:all|any|the|anyone|anybody|everyone|at|from|with|on|an?|and|or|who|use|uses|{ADDRESSES})$",
    re.I,
)
DOMAIN = re.compile(r"@?((?:[\w-]+\.)+[a-z]{2,})$", re.I)
# "without Google" may be said of a product; these names only mean mail.
ONLY_MAIL = frozenset({"gmail", "yahoo", "hotmail", "icloud", "gmx", "aol"})

THEM = (
    r"(?:(?:to\s+)?(?:them|everyone|everybody|these|those|the|this|all|my)\b"
    r"(?:\s+(?:people|companies|leads|contacts|prospects|list|customers))*\s+)?"
)
WE = r"\b(?:we|i|(?:my|our)\s+(?:company|team|firm|startup|agency))\s+"
# How an offer is brought up. The words behind it are the offer; named groups say how to read them.
OFFER = re.compile(
    rf"{WE}(?:sells?|offers?|provides?|makes|builds|develops|does|do(?!\s+not|n['’]t))\s+"
    r"|\b(?:we|i)(?:\s+are|\s+am|['’]re|['’]m)\s+(?:selling|offering|building|making|launching"
    r"|promoting|introducing)\s+"
    r"|\b(?P<we>we\s+(?=(?:help|make|build|develop|produce|enable|reduce|save|automate|improve|increase|simplify|replace|teach"
    r"|deliver|give|design|train|clean|plan|run|cut|write|organi[sz]e|connect|protect|let|turn|find"
    r"|translate|manage|support|advise|test|repair|install|print|rent|recruit|host|audit)\b))"
    r"|\b(?P<are>(?:we\s+are|we['’]re|i\s+am|i['’]m)\s+(?=an?\s+(?!looking|trying)))"
    r"|\bour\s+(?:product|service|offer|offering|company)\s+is\s+"
    rf"|(?:^|\b(?:to|and|please|you|otherwise|then|but|[.,;:!])\s*)(?:sell|offer|pitch|promote|introduce|present|advertise"
    rf"|announce|show)\s+{THEM}(?:about\s+)?"
    r"|(?:^|[.,;:]\s*|\b(?:campaign|sequence|outreach|e-?mails?|mails?|them|people|contacts|leads|list"
    r"|by|steps?)\s+)(?:selling|offering|pitching|promoting|introducing|presenting|advertising"
    r"|announcing)\s+"
    r"|\binvit(?:e|ing)\s+(?:them|everyone|everybody|all(?:\s+of\s+them)?|(?:these|those|the|my)\s+\w+)"
    r"\s+(?P<event>(?=to\s))to\s+"
    r"|\b(?P<topic>about|regarding|concerning)\s*:?\s+"
    r"|\b(?P<verb>to\s+(?=help\s+(?:them|people|teams|companies|these)\b))"
    r"|\bfor\s+(?=(?:our|my)\s+(?!list|people|contacts|leads))"
    r"|\b(?:offer|product|service|pitch)\s*(?:is|:)\s*",
    re.I,
)
# Where an offer ends: at a sentence's end, or where the talk turns to how it is to be sent.
OFFER_ENDS = re.compile(
    rf"[;!?\n]|\.(?!\w)|,?\s+(?:and\s+)?(?:in|with|using|via|as)\s+(?:just\s+)?(?:{COUNT}[\s-]*(?:\w+\s+)?"
    rf"(?:{MAILS}|follow)|an?\s+(?:series|sequence|campaign)\b)"
    rf"|,?\s+(?:spread\s+)?(?:over|within|across)\s+(?:the\s+)?(?:next\s+|course\s+)?"
    r"(?:of\s+)?(?:(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve)\s+)?"
    r"(?:days?|weeks?|months?|fortnight)\b"
    r"|\s+to\s+(?:them|these|those|everyone|everybody|all|this\s+list)\b"
    r"|,?\s+(?:and\s+|but\s+)?(?:please|skip(?:ping)?|exclud(?:e|ing)|leav(?:e|ing)\s+out|ignor(?:e|ing))\b"
    r"|,?\s+without\s+(?:any\s+)?(?:follow|gmail|yahoo)"
    r"|,?\s+(?:on\s+)?days?\s+\d|,?\s+(?:and\s+)?(?:keep|make)\s+(?:it|them)\b|,?\s+every\s+"
    rf"|,?\s+(?:and\s+)?(?:write|send|use)\s+(?:them|these|everyone|{COUNT}\b)"
    r"|,?\s+(?:and\s+)?(?:call|name)\s+it\b"
    r"|,?\s+(?:called|named|titled)\s+[\"“„']"
    r"|,?\s+in\s+an?\s+(?:very\s+|more\s+)?\w+\s+(?:tone|way|style|manner|voice)\b"
    r"|,\s*(?:but\s+|and\s+)?(?:very\s+)?(?:friendly|formal|informal|casual|short|brief|warm|polite|concise"
    r"|professional|relaxed)\b"
    rf"|,\s*(?:no\s+follow|(?:just\s+|only\s+)?{COUNT}\b|not\s+to)",
    re.I,
)
TONE_WORDS = {
    "formal": r"formal|polite|professional|business-like|businesslike|respectful",
    "friendly": r"friendly|informal|casual|warm|relaxed|personal|light",
}
# A tone is one where mails are spoken of: "eco-friendly packaging" is none.
TONES = {
    tone: re.compile(
        rf"(?:\b(?:keep|make|be|sound|stay|write)\s+(?:it\s+|them\s+|this\s+)?(?:short\s+and\s+|\w+,\s+)?"
        rf"|\bin\s+an?\s+|[,;.]\s*(?:but\s+|and\s+)?|^)(?:very\s+|rather\s+|more\s+)?(?:{words})\b"
        rf"(?!-|\s+(?!and|but|please|tone|way|style|manner|voice|language|e-?mails?|mails?|campaign"
        rf"|sequence|outreach)\w)"
        rf"|(?<![\w-])(?:{words})(?:,?\s+(?:and\s+)?[\w-]+)?\s+(?:tone|style|way|manner|language|voice"
        rf"|e-?mails?|mails?|messages?|campaign|sequence|outreach)\b",
        re.I,
    )
    for tone, words in TONE_WORDS.items()
}
SHORT = re.compile(
    r"\b(?:keep|make|write|be|stay)\s+(?:it\s+|them\s+|this\s+)?(?:\w+\s+and\s+|\w+,\s+|very\s+)?"
    r"(?:short|brief|concise)\b"
    r"|\b(?:short|brief|concise)\s*(?:,\s*|\s+and\s+)?(?:\w+\s+)?(?:e-?mails?|mails?|messages?|notes?|tone)\b"
    r"|\bto\s+the\s+point\b|[,;.]\s*(?:short|brief|concise)\s*(?:[.,!;]|and\b|$)",
    re.I,
)
CAMPAIGN = re.compile(
    r"\b(?:campaign|sequence|outreach|cadence|drip|reach\s+out|write\s+to|write\s+(?:them|an?)|contact"
    r"|e-?mail|mail|draft|message|pitch|sell)\b",
    re.I,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What a campaign should be. `offer` is "" when the words do not say.

    `is_topic`: the offer was brought up as something to write about, not as a thing to sell.
    """

    offer: str
    is_topic: bool
    days: tuple[int, ...]
    name: str
    tone: str  # "", friendly or formal
    is_short: bool
    skipped_domains: tuple[str, ...]
    is_campaign: bool
    whom: Whom = EVERYONE
    begins: str = ""  # the day, as they said it


def understand(words: str, *, default_days: tuple[int, ...] = ()) -> Wish:
    """Return what these words ask for. `default_days` are the workspace's own, if it has any."""
    choice = choose(words)
    name, rest = _name(choice.rest)
    offer, is_topic = _offer(rest)
    about_mails = rest.replace(offer, " ") if offer else rest  # "a friendly robot" is no tone
    tone = next((tone for tone, found in TONES.items() if found.search(about_mails)), "")
    return Wish(
        offer=offer,
        is_topic=is_topic,
        days=days_in(about_mails, default_days),
        name=name,
        tone=tone,
        is_short=SHORT.search(about_mails) is not None,
        skipped_domains=_skipped(about_mails),
        is_campaign=bool(offer or CAMPAIGN.search(words)),
        whom=choice.whom,
        begins=choice.begins,
    )


def clean_offer(text: str) -> str:
    """Return an offer as it can stand inside a sentence, "" if too little is left."""
    text = "".join(c if c.isprintable() else " " for c in text)
    text = " ".join(text.split()).strip(" .,:;!?-–\"“”„'‘’")
    text = re.sub(r"[<>{}\[\]|\\^`\"“”„]", "", text)[:160].strip()
    if text.isupper() and " " in text:
        text = text.lower()
    return text if len(text) > 2 and any(c.isalpha() for c in text) else ""


def answered_offer(words: str) -> tuple[str, bool]:
    """Return what they offer, and whether it is a topic, from an answer to our asking for it."""
    wish = understand(words)
    if wish.offer:
        return wish.offer, wish.is_topic
    text = clean_offer(OFFER_ENDS.split(choose(words).rest.strip(), maxsplit=1)[0])
    text = re.sub(
        r"^(?:it['’]s|it\s+is|that['’]s|that\s+is|well|oh|just|our offer is)\b,?\s*",
        "",
        text,
        flags=re.I,
    )
    if re.match(r"[A-Z][a-z]+\s+[a-z]", text):  # the first word of a sentence, not a name
        text = f"{text[0].lower()}{text[1:]}"
    return text, False


def _name(words: str) -> tuple[str, str]:
    """Return the name they give, and the words without it: a name is no offer."""
    found = NAME.search(words) or PLAIN_NAME.search(words)
    if found is not None:
        name = next(group for group in found.groups() if group)
        start = found.start(found.lastindex or 0)
        end = found.end(found.lastindex or 0)
        return name.strip(), f"{words[:start].rstrip(' “„«‘')} {words[end:]}"
    return "", words


def _offer(words: str) -> tuple[str, bool]:
    """Return the offer and whether it is a topic. The first that makes sense counts."""
    for found in OFFER.finditer(words):
        rest = words[found.end() :]
        end = OFFER_ENDS.search(rest)
        offer = clean_offer(rest[: end.start()] if end else rest)
        is_nothing = re.match(
            r"(?:to|for|it|them|this|that|these|those|you|in|on|and)\b", offer, re.I
        )
        if not offer or is_nothing:
            continue
        for group, prefix in (("we", "we "), ("are", "we are "), ("verb", "to ")):
            if found[group]:
                return f"{prefix}{offer}", False
        if found["event"] is not None:
            return f"an invitation to {offer}", False
        return offer, found["topic"] is not None
    return "", False


def _skipped(words: str) -> tuple[str, ...]:
    domains: list[str] = []
    for found in SKIP.finditer(words):
        rest = re.split(r"[;!?\n]|\.(?!\w)", words[found.end() :], maxsplit=1)[0]
        domains += _domains_at_start(rest[:200])
    return tuple(dict.fromkeys(domains))


def _domains_at_start(rest: str) -> list[str]:
    """Return the domains named before the talk turns to something else."""
    domains: list[str] = []
    said = [word.strip("(),'\"“”").lower() for word in re.split(r"[\s,/]+", rest) if word]
    about_mail = any(re.fullmatch(ADDRESSES, word) for word in said[:10])
    for word in said:
        domain = DOMAIN.match(word)
        if domain is not None:
            domains.append(domain[1])
        elif word in PROVIDERS and (about_mail or word in ONLY_MAIL):
            domains += PROVIDERS[word]
        elif word in {"personal", "private", "free", "freemail"} and about_mail:
            domains += FREE
        elif not SKIP_FILLER.match(word):
            break
    return domains
