"""What each recorded change is called, in a sentence that colleagues understand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

from qrev.accounts.models import AuditEntry
from qrev.assistant.audit_sentences import WORDS, Kind

OTHER = "{who} changed something that has no words here yet ({action})"
FIELDS: dict[str, str] = {
    "bytes": "size in bytes",
    "closes": "until",
    "deletes_at": "is deleted on",
    "devices": "devices",
    "domain": "domain",
    "email": "address",
    "is_observer": "looks on only",
    "media_type": "kind of picture",
    "opens": "from",
    "postal_address": "postal address",
    "scopes": "may",
    "sequences_handed_over": "campaigns handed over",
    "timezone": "time zone",
    "user_id": "member",
    "weekdays": "working days",
}
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """How the people and teams of a workspace are called, by their ids."""

    people: Mapping[str, str]
    teams: Mapping[str, str]

    def person(self, user_id: str) -> str:
        return self.people.get(user_id, "a former member")

    def team(self, team_id: str) -> str:
        return self.teams.get(team_id, "that is deleted")


def actions_of(kind: Kind) -> frozenset[str]:
    """Return the recorded actions of a kind."""
    return frozenset(action for action, words in WORDS.items() if words.kind is kind)


def sentence(entry: AuditEntry, names: Names) -> str:
    """Return who did what, in one sentence without a full stop."""
    known = _known(entry, names)
    words = WORDS.get(entry.action)
    for each in words.sentences if words else ():
        if all(known.get(name) for _, name, _, _ in Formatter().parse(each) if name):
            return _begun(each.format_map(known))
    return _begun(OTHER.format_map(known))


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def field_words(name: str) -> str:
    """Return what a field of before and after is called."""
    return FIELDS.get(name, name.replace("_", " "))


def value_words(name: str, value: object, names: Names) -> str:
    """Return a value of before and after as text, empty for nothing."""
    if name == "user_id" and isinstance(value, str):
        return names.person(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_item_words(name, each, names) for each in value)
    return "" if value is None else ", ".join(str(value).split("\n"))


def _item_words(name: str, item: object, names: Names) -> str:
    if name == "members":
        return names.person(str(item))
    if name == "weekdays" and isinstance(item, int) and 0 <= item < len(DAYS):
        return DAYS[item]
    if name == "permissions":
        return str(item).rpartition("/")[2]  # a provider's begin with its address
    return str(item)


def _known(entry: AuditEntry, names: Names) -> dict[str, str]:
    """Return what a sentence can name."""
    facts = {name: value_words(name, value, names) for name, value in entry.after.items()}
    was = {f"was_{name}": value_words(name, value, names) for name, value in entry.before.items()}
    whom = entry.after.get("user_id", entry.before.get("user_id", entry.subject))
    return {
        **was,
        **facts,
        "who": names.people.get(entry.by) or entry.by_email or "Somebody",
        "whom": names.person(str(whom)),
        "team": names.team(entry.subject),
        "subject": entry.subject,
        "action": entry.action,
    }
