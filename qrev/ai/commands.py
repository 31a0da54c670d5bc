"""What is asked of things that are there already: to see them, to stop them, to get help."""

from __future__ import annotations

import re
from collections.abc import Callable

from qrev.ai.asking_back import question_in
from qrev.ai.edit_orders import edit_in
from qrev.ai.inquiries import POLITE, inquiry_in
from qrev.ai.narrowing import when_in
from qrev.ai.orders import order_in
from qrev.ai.plan_questions import plan_question_in
from qrev.ai.rule_sentences import rule_in
from qrev.ai.understanding import OFFER
from qrev.assistant.contract import Action, ProposalAction, QueryAction, TextAction

HELP = """Here is what I can do:

- **Write to a list.** Drop a CSV with names and addresses here and say what you offer, for \
example: *“Write to these people about our demand forecasting tool, in 3 steps over two weeks, \
skip Gmail addresses, only CTOs.”*
- **Show people.** *“Show my people”*, or one of them: *“Show Anna Lee.”*
- **Question a plan.** *“Who gets mail on Friday?”*, *“Why does Anna get hers on Thursday?”*, \
*“Can it be done by Friday?”*, *“What if the cap were 40?”*
- **Change the words.** *“Make them shorter, only for CTOs”*, *“mention the fair in Milan in \
the second mail”*: you see what would change before it does.
- **Set rules.** *“Never on Fridays after 14”*, *“Never more than two people per company a week”*, \
*“No one at gmail.com”*, and /defaults.
- **Show campaigns.** *“How are my campaigns doing?”* or /campaigns.
- **Pause, resume, stop.** *“Pause Germany until Monday”*, *“stop Anna”*, or /undo for what you \
confirmed last.
- **Work together.** *“Invite bob@acme.com as seller”*, /members and /teams.
- **Read what left.** /outbox shows each mail as it was sent.
- **Show your workspace, or you.** /workspace and /profile.

Nothing leaves before you have seen the whole plan and pressed **Confirm**."""
ONE_AT_A_TIME = (
    "I can fill in one invitation at a time. Open /members and invite them one after the other."
)
NO_OWNER = (
    "Nobody is invited as an owner. Invite them as an admin first; in /members an owner can then "
    "make them an owner."
)
QUOTED_FIRST = re.compile(r"\s*[\"“„«‘']\w")
ADDRESS = re.compile(r"[^\s,;:<>()]+@[^\s,;:<>()]+")
DOMAIN = r"@?\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24}\b"
AS_ROLE = re.compile(
    r"\b(?:as|to be)\s+(?:an?\s+|the\s+)?(owner|admin|seller|viewer)\b", re.IGNORECASE
)
# "Show Anna Müller": names are written with capitals, and of few words.
SOMEBODY = re.compile(
    r"(?i:please\s+)?(?i:show|find|open|look up|search for|who is)\s+(?i:me\s+)?"
    r"([^\W\d_][\w.'’+-]*(?:@[\w.-]+)?(?:\s+[^\W\d_][\w.'’-]*){0,3})[?!.]*"
)
PARTICLES = frozenset({"de", "da", "di", "la", "le", "van", "von", "der", "den", "bin", "al"})
SHOW = r"(?:show|list|see|view|find|give|open|display)\s+(?:me\s+)?"
HERE = r"members?|colleagues|team\s?mates|team members|invitations|this workspace|workspace"
END = r"(?:\s+(?:are there|do (?:i|we) have|(?:of|in) (?:my|our|the|this) workspace))?[\s?!.]*$"
MINE = r"(?:(?:all|of|my|the|our|your|every|recent|new)\s+)*"


def command_in(words: str, *, has_list: bool = False) -> Action | None:
    """Return the action of an order or question about what is there, None if it is neither.

    `has_list`: people to write to are here, so that words may be about them.
    """
    if QUOTED_FIRST.match(words):
        return None  # somebody else's words: what they order, the member does not
    if (talk := question_in(words, has_list=has_list)) is not None:
        return talk
    # "don't write to rival.com, pitch our tea to the rest" is about the list that is here.
    is_campaign = has_list and OFFER.search(words) is not None
    readers = (plan_question_in, rule_in, inquiry_in, _suppressed, order_in)
    for read in readers:
        if is_campaign and read is _suppressed:
            continue
        if (action := read(words)) is not None:
            return action
    for pattern, answer in _COMMANDS:
        if pattern.search(words):
            return answer(words)
    if (somebody := _somebody(words)) is not None:
        return somebody
    # With a list at hand, "make it friendly" is about the campaign that is to be.
    return None if has_list else edit_in(words)


def _somebody(words: str) -> Action | None:
    """Return the search for a person who is named or whose address is given, None without one."""
    asked = SOMEBODY.fullmatch(words.strip())
    if asked is None:
        return None
    whom = asked[1].strip().rstrip(".")
    is_named = all(part[0].isupper() or part.lower() in PARTICLES for part in whom.split())
    return _query("people", search=whom)(words) if "@" in whom or is_named else None


def _query(entity: str, **filter: str) -> Callable[[str], Action]:
    def answer(_: str) -> Action:
        return QueryAction.model_validate({"type": "query", "entity": entity, "filter": filter})

    return answer


def _query_of_days(entity: str, **filter: str) -> Callable[[str], Action]:
    return lambda words: _query(entity, **filter, **when_in(words))(words)


def _proposal(kind: str) -> Callable[[str], Action]:
    def answer(words: str) -> Action:
        return ProposalAction(kind=kind, arguments={"words": words[:300]})

    return answer


def _invite(words: str) -> Action:
    """Return a form to look at, filled in with what was said. Nobody is invited by it."""
    addresses = ADDRESS.findall(words)
    if len(addresses) > 1:
        return TextAction(response=ONE_AT_A_TIME)
    named = AS_ROLE.search(words)
    role = named[1].lower() if named else ""
    if role == "owner":
        return TextAction(response=NO_OWNER)
    email = addresses[0].rstrip(".!?")[:300]
    return ProposalAction(kind="invite", arguments={"email": email, "role": role})


def _suppressed(words: str) -> Action | None:
    """Return the form of the suppression list, filled in. Only its button adds anything."""
    if not SUPPRESS.search(words):
        return None
    found = ADDRESS.search(words) or re.search(DOMAIN, words, re.IGNORECASE)
    value = found[0].strip("'\"“”’").rstrip(".!?") if found else ""
    return ProposalAction(kind="suppress", arguments={"value": value[:300]})


def _about(words: str) -> Action:
    """Return the card about what is held on an address. Nothing is looked up or erased by it."""
    found = ADDRESS.search(words)
    email = found[0].strip("'\"“”’").rstrip(".!?") if found else ""
    return ProposalAction(kind="hold", arguments={"email": email[:300]})


def _say(text: str) -> Callable[[str], Action]:
    return lambda _: TextAction(response=text)


def _asking(words: str) -> re.Pattern[str]:
    # Anchored: "write about our tool that shows who replied" asks for a campaign.
    return re.compile(POLITE + f"(?:{words})", re.IGNORECASE)


def _said_outside(words: str) -> Action:
    """Return the question what another service was told, and about whom."""
    about = re.search(r"\babout\s+(.{1,200}?)[\s?!.]*$", words)
    arguments = {"about": about[1].strip()} if about else {}
    return ProposalAction(kind="integrations", arguments=arguments)


SUPPRESS = _asking(
    rf"(?:never|do not|don['’]t|stop)\s+(?:ever\s+)?(?:write|writing|mail|e-?mail|mailing"
    rf"|e-?mailing|contact|contacting|send(?:ing)?)\b[^@\n]{{0,40}}?(?:{ADDRESS.pattern}|{DOMAIN})"
    rf"|(?:suppress|block|unsubscribe)\s+(?:{ADDRESS.pattern}|{DOMAIN})"
)
# The first that matches answers.
_COMMANDS: tuple[tuple[re.Pattern[str], Callable[[str], Action]], ...] = (
    (
        _asking(
            r"(?:/?help(?:\s+me)?|hi|hello|hello there|hey|good (?:morning|afternoon)|\?|examples?"
            r"|what can (?:you|i) do(?: here| for me)?|what do you do|who are you"
            r"|how does (?:this|it|that) work|how do i (?:start|begin))[\s?!.]*$"
        ),
        _say(HELP),
    ),
    (
        _asking(r"(?:who|has any(?:one|body)|did any(?:one|body)|how many)\b.*\b(?:repl|answered)"),
        _query_of_days("events", kind="replied"),
    ),
    (
        _asking(rf"(?:{SHOW}|any|what about|how many)\s*{MINE}(?:repl(?:y|ies)|answers)\b"),
        _query_of_days("events", kind="replied"),
    ),
    (
        _asking(
            r"(?:who|which|how many|did any(?:one|body)|has any(?:one|body)).*\bopen(?:ed|s)?\b"
        ),
        _query_of_days("events", kind="opened"),
    ),
    (_asking(rf"(?:{SHOW}|any)\s*{MINE}opens\b"), _query_of_days("events", kind="opened")),
    (
        _asking(rf"(?:(?:who|which|how many|what|did)\b.*|(?:{SHOW}|any)\s*{MINE})bounce[ds]?\b"),
        _query_of_days("events", kind="bounced"),
    ),
    (
        _asking(
            r"(?:log|sign)\s+(?:me\s+)?out(?:\s+of)?\s+"
            r"(?:everywhere|(?:on\s+)?(?:all|every)(?:\s+my|\s+the)?\s+(?:devices?|browsers?))[\s.!]*$"
        ),
        _proposal("log_out_everywhere"),
    ),
    (
        _asking(
            rf"(?:{SHOW}|change|edit|update|what are)\s*{MINE}(?:sending )?"
            r"(?:defaults|settings|rules|sending hours|caps?|limits|policies)[\s?!.]*$"
        ),
        _proposal("change_defaults"),
    ),
    (
        _asking(
            rf"(?:{SHOW}|change|edit|update)\s*{MINE}(?:profile|working hours|devices)[\s?.!]*$"
        ),
        _proposal("change_profile"),
    ),
    (
        _asking(
            rf"(?:{SHOW}|change|edit|update|rename|switch|leave|delete)\s*{MINE}workspaces?[\s?.!]*$"
        ),
        _proposal("change_workspace"),
    ),
    (
        _asking(
            rf"(?:(?:who|what|which)\b.{{0,30}}?\bchanged\b"
            rf"|{SHOW}{MINE}(?:(?:audit|change) )?(?:logs?|history|changes)\b)"
        ),
        _query("audit"),
    ),
    (
        _asking(
            r"(?:book|schedule|arrange|set\s+up)\s+(?:an?\s+|the\s+)?"
            r"(?:\d{1,3}[- ]?min(?:ute)?s?\s+)?(?:zoom\s+)?(?:call|meeting)\s+with\b"
        ),
        _proposal("book_call"),
    ),
    (
        _asking(
            r"(?:what|which)\b.{0,40}?\b(?:sent|send|said|say|wrote|written|told|pushed|goes|went)\s+to\s+"
            r"(?:hub\s?spot|zoom)\b"
        ),
        _said_outside,
    ),
    (
        _asking(
            rf"(?:{SHOW}|connect|disconnect|reconnect)\s*{MINE}(?:integrations?|hub\s?spot|zoom)\b"
        ),
        _proposal("integrations"),
    ),
    (
        _asking(
            rf"invite\s+{ADDRESS.pattern}"
            rf"|add\s+{ADDRESS.pattern}\s+(?:to|as)\b(?!\s+(?:the\s+|my\s+|our\s+)?(?:list|people|campaign))"
        ),
        _invite,
    ),
    (
        _asking(
            rf"(?:what|which data|everything)\b.{{0,40}}?\b(?:hold|have|know|store|keep|about|on)\b"
            rf".{{0,20}}?{ADDRESS.pattern}"
            rf"|(?:erase|forget|delete)\b.{{0,30}}?{ADDRESS.pattern}"
        ),
        _about,
    ),
    (_asking(r"(?:duplicate|copy)\b.*\b(?:campaign|sequence)\b"), _proposal("duplicate")),
    (_asking(r"rename\b.*\b(?:campaign|sequence)\b.*\bto\b"), _proposal("rename")),
    (
        _asking(r"add\b.{0,80}?\b(?:to|into)\b.*\b(?:campaign|sequence)\b"),
        _proposal("add_people"),
    ),
    (
        _asking(
            rf"{SHOW}{MINE}(?:suppressions|opt[- ]?outs|unsubscribes"
            r"|(?:suppression|block|do[- ]not[- ](?:contact|mail|write))[- ]?(?:list|s))\b"
        ),
        _query("suppressions"),
    ),
    # To the end: "show our team how it works" is no question about a team.
    (
        _asking(
            rf"(?:{SHOW}|who are\s+|how many\s+|(?:who is|who['’]s) in\s+){MINE}(?:{HERE}){END}"
        ),
        _query("members"),
    ),
    (
        _asking(
            rf"(?:{SHOW}|which\s+|what\s+|how many\s+|(?:who is|who['’]s) in\s+){MINE}teams?{END}"
        ),
        _query("teams"),
    ),
    (
        _asking(
            rf"(?:{SHOW}{MINE}|how many\s+|who are\s+{MINE}|whom do i\s+)"
            r"(?:people|persons|contacts|leads|know\b)"
        ),
        _query("people"),
    ),
    (_asking(rf"(?:{SHOW}{MINE}|how many\s+)(?:companies|accounts)\b"), _query("companies")),
    (
        _asking(
            rf"(?:{SHOW}|how (?:is|are|did|many|well)|(?:the )?status of"
            r"|what about|what is|which)\s*"
            rf".{{0,20}}?\b{MINE}(?:campaigns?|sequences?|outreach|progress|numbers|stats|statistics)\b"
        ),
        _query("sequences"),
    ),
    (
        _asking(
            rf"(?:{SHOW}{MINE}(?:outbox|sent|mails?|e-?mails?)"
            r"|(?:{SHOW})?(?:what|which|how many|did)\b.*\b(?:sent|outbox|left|went out))\b"
        ),
        _query_of_days("messages", status="sent"),
    ),
)
