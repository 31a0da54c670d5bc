"""What each recorded change is called, in a sentence that colleagues understand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from string import Formatter

from qrev.accounts.models import AuditEntry


class Kind(StrEnum):
    """What a change is about: what the log can be narrowed to."""

    MEMBERS = "members"
    TEAMS = "teams"
    WORKSPACE = "workspace"
    PROFILES = "profiles"
    SIGN_INS = "sign_ins"
    KEYS = "keys"
    IMPORTS = "imports"
    SUPPRESSIONS = "suppressions"
    MAILBOXES = "mailboxes"
    PEOPLE = "people"
    EXPORTS = "exports"
    RULES = "rules"
    CAMPAIGNS = "campaigns"
    INTEGRATIONS = "integrations"


TITLES: dict[Kind, str] = {
    Kind.MEMBERS: "Members and invitations",
    Kind.TEAMS: "Teams",
    Kind.WORKSPACE: "The workspace",
    Kind.PROFILES: "Profiles",
    Kind.SIGN_INS: "Sign-ins",
    Kind.KEYS: "API keys",
    Kind.IMPORTS: "Lists",
    Kind.SUPPRESSIONS: "Suppression list",
    Kind.MAILBOXES: "Mailboxes",
    Kind.PEOPLE: "People",
    Kind.EXPORTS: "Downloads and privacy",
    Kind.RULES: "Sending rules",
    Kind.CAMPAIGNS: "Campaigns",
    Kind.INTEGRATIONS: "Other services",
}
OTHER = "{who} changed something that has no words here yet ({action})"


@dataclass(frozen=True, slots=True)
class Words:
    """A kind, and sentences from the fullest to the barest.

    The first is said of which everything is known: entries of earlier versions hold less.
    Named are {who}, {whom} and {team}; {field} of what is after and {was_field} of what was before.
    """

    kind: Kind
    sentences: tuple[str, ...]


def _of(kind: Kind, *sentences: str) -> Words:
    return Words(kind, sentences)


WORDS: dict[str, Words] = {
    "import.confirmed": _of(
        Kind.IMPORTS, "{who} brought in the list {filename}, {rows} rows", "{who} brought in a list"
    ),
    "import.undone": _of(
        Kind.IMPORTS, "{who} undid the import of {filename}", "{who} undid an import"
    ),
    "import.rules": _of(Kind.IMPORTS, "{who} changed what lists may do to people who are known"),
    "account.created": _of(
        Kind.WORKSPACE, "{who} made the workspace {name}", "{who} made the workspace"
    ),
    "account.renamed": _of(
        Kind.WORKSPACE,
        "{who} named the workspace {name} and gave it the domain {domain}, before: {was_name}",
        "{who} named the workspace {name}, before: {was_name}",
        "{who} gave the workspace the domain {domain}, before: {was_domain}",
        "{who} gave the workspace the domain {domain}",
        "{who} changed the name or the domain of the workspace",
    ),
    "account.postal_address_saved": _of(
        Kind.WORKSPACE,
        "{who} changed the postal address under every mail to {postal_address}",
        "{who} changed the postal address under every mail",
    ),
    "account.timezone_saved": _of(
        Kind.WORKSPACE,
        "{who} set the time zone of the workspace to {timezone}, before: {was_timezone}",
        "{who} set the time zone of the workspace",
    ),
    "rules.saved": _of(Kind.RULES, "{who} changed the sending rules"),
    "rule.added": _of(
        Kind.RULES, "{who} made the rule “{rule}”", "{who} made a rule about sending"
    ),
    "rule.on": _of(Kind.RULES, "{who} switched the rule “{rule}” on", "{who} switched a rule on"),
    "rule.off": _of(
        Kind.RULES, "{who} switched the rule “{rule}” off", "{who} switched a rule off"
    ),
    "rule.removed": _of(
        Kind.RULES, "{who} removed the rule “{rule}”", "{who} removed a rule about sending"
    ),
    "mailbox.set": _of(
        Kind.MAILBOXES,
        "{who} set {email} to {cap} mails a day, before: {was_cap}",
        "{who} changed how a mailbox sends",
    ),
    "account.deletion_begun": _of(
        Kind.WORKSPACE, "{who} had the workspace deleted, after some days of grace"
    ),
    "account.restored": _of(Kind.WORKSPACE, "{who} restored the workspace"),
    "change.delete_account_proposed": _of(
        Kind.WORKSPACE, "{who} looked at what deleting the workspace would do"
    ),
    "change.transfer_ownership_proposed": _of(
        Kind.MEMBERS, "{who} looked at what handing the workspace over to {whom} would do"
    ),
    "change.remove_member_proposed": _of(
        Kind.MEMBERS, "{who} looked at what removing {whom} would do"
    ),
    "campaign.sent": _of(
        Kind.CAMPAIGNS,
        "{who} confirmed the Send of {what} to {people} people",
        "{who} confirmed a Send",
    ),
    "campaign.send_undone": _of(
        Kind.CAMPAIGNS, "{who} undid a Send: {outcome}", "{who} undid a Send"
    ),
    "campaign.changed": _of(
        Kind.CAMPAIGNS, "{who} confirmed “{what}”: {outcome}", "{who} changed a campaign"
    ),
    "campaign.undone": _of(
        Kind.CAMPAIGNS, "{who} undid “{what}”: {outcome}", "{who} undid a change to a campaign"
    ),
    "approvals.threshold_saved": _of(
        Kind.CAMPAIGNS,
        "{who} set from how many people on two members confirm to {people}, before: {was_people}",
        "{who} set from how many people on two members confirm",
    ),
    "invitation.sent": _of(
        Kind.MEMBERS, "{who} invited {email} as {role}", "{who} invited somebody"
    ),
    "invitation.revoked": _of(
        Kind.MEMBERS,
        "{who} took back the invitation of {was_email} as {was_role}",
        "{who} took back an invitation",
    ),
    "invitation.declined": _of(Kind.MEMBERS, "{who} declined the invitation"),
    "member.joined": _of(Kind.MEMBERS, "{who} joined as {role}", "{who} joined"),
    "member.role_changed": _of(
        Kind.MEMBERS,
        "{who} gave {whom} the role {role}, before: {was_role}",
        "{who} gave {whom} another role",
    ),
    "member.removed": _of(
        Kind.MEMBERS,
        "{who} removed {was_email}, who was {was_role}",
        "{who} removed {whom}",
    ),
    "member.left": _of(
        Kind.MEMBERS, "{who} left the workspace, and was {was_role}", "{who} left the workspace"
    ),
    "user.disabled": _of(
        Kind.MEMBERS,
        "{who} stopped {email} from signing in",
        "{who} stopped {whom} from signing in",
    ),
    "user.enabled": _of(
        Kind.MEMBERS, "{who} let {email} sign in again", "{who} let {whom} sign in again"
    ),
    "user.unbound": _of(
        Kind.MEMBERS,
        "{who} let {email} sign in with another Google account",
        "{who} let {whom} sign in with another Google account",
    ),
    "team.created": _of(Kind.TEAMS, "{who} made the team {name}", "{who} made a team"),
    "team.renamed": _of(
        Kind.TEAMS, "{who} named the team {was_name} {name}", "{who} renamed the team {team}"
    ),
    "team.deleted": _of(Kind.TEAMS, "{who} deleted the team {was_name}", "{who} deleted a team"),
    "team.member_put": _of(
        Kind.TEAMS,
        "{who} made {whom} {role} of the team {team}, before: {was_role}",
        "{who} put {whom} into the team {team} as {role}",
        "{who} put {whom} into the team {team}",
    ),
    "team.member_removed": _of(Kind.TEAMS, "{who} took {whom} out of the team {team}"),
    "profile.saved": _of(
        Kind.PROFILES,
        "{who} changed their name to {name}, before: {was_name}",
        "{who} changed their profile",
    ),
    "profile.working_hours_saved": _of(
        Kind.PROFILES,
        "{who} set their working hours to {opens}–{closes}",
        "{who} set their working hours",
    ),
    "profile.picture_saved": _of(Kind.PROFILES, "{who} put up a picture of themselves"),
    "profile.picture_removed": _of(Kind.PROFILES, "{who} took down their picture"),
    "session.begun": _of(Kind.SIGN_INS, "{who} signed in"),
    "session.ended": _of(Kind.SIGN_INS, "{who} signed out on one device"),
    "session.all_ended": _of(
        Kind.SIGN_INS,
        "{who} signed out everywhere, on how many devices: {devices}",
        "{who} signed out everywhere",
    ),
    "session.replayed": _of(
        Kind.SIGN_INS,
        "A sign-in of {who} was used twice, perhaps by somebody else: it was ended",
    ),
    "session.workspace_chosen": _of(Kind.SIGN_INS, "{who} went on in this workspace"),
    "api_key.created": _of(
        Kind.KEYS,
        "{who} made the API key {name}, which may {scopes}",
        "{who} made an API key",
    ),
    "api_key.revoked": _of(
        Kind.KEYS, "{who} revoked the API key {was_name}", "{who} revoked an API key"
    ),
    "mailbox.added": _of(
        Kind.MAILBOXES, "{who} connected {email} to send from", "{who} connected a mailbox"
    ),
    "mailbox.worded": _of(
        Kind.MAILBOXES,
        "{who} changed what stands in the mails of {email}",
        "{who} changed a mailbox",
    ),
    "mailbox.paused": _of(Kind.MAILBOXES, "{who} paused {email}", "{who} paused a mailbox"),
    "mailbox.resumed": _of(
        Kind.MAILBOXES, "{who} set {email} going again", "{who} set a mailbox going again"
    ),
    "mailbox.removed": _of(Kind.MAILBOXES, "{who} took {email} away", "{who} took a mailbox away"),
    "mailbox.connected": _of(
        Kind.MAILBOXES,
        "{who} connected {email} with other permissions, before: {was_email}",
        "{who} connected {email}",
        "{who} connected a mailbox",
    ),
    "mailbox.forgotten": _of(
        Kind.MAILBOXES, "{who} disconnected {was_email}", "{who} disconnected a mailbox"
    ),
    "people.deleted": _of(
        Kind.PEOPLE, "{who} deleted people, {count} at once", "{who} deleted people"
    ),
    "people.restored": _of(
        Kind.PEOPLE, "{who} restored people, {count} at once", "{who} restored people"
    ),
    "people.merged": _of(Kind.PEOPLE, "{who} made one of two people"),
    "people.merge_undone": _of(Kind.PEOPLE, "{who} made two of a merged person again"),
    "change.erase_person_proposed": _of(
        Kind.EXPORTS, "{who} looked at what erasing everything about somebody would do"
    ),
    "integration.connected": _of(
        Kind.INTEGRATIONS,
        "{who} connected {service}, {label}",
        "{who} connected another service",
    ),
    "integration.disconnected": _of(
        Kind.INTEGRATIONS,
        "{who} disconnected {was_service}, {was_label}",
        "{who} disconnected another service",
    ),
    "hubspot.pull": _of(Kind.INTEGRATIONS, "{who} had contacts of HubSpot read"),
    "hubspot.push_started": _of(
        Kind.INTEGRATIONS, "{who} had our people written to HubSpot from then on"
    ),
    "hubspot.push_stopped": _of(Kind.INTEGRATIONS, "{who} had nothing more written to HubSpot"),
    "call.booked": _of(Kind.PEOPLE, "{who} booked a call with somebody"),
    "change.book_call_proposed": _of(Kind.PEOPLE, "{who} looked at a call before booking it"),
    "change.write_to_hubspot_proposed": _of(
        Kind.INTEGRATIONS, "{who} looked at what writing our people to HubSpot would do"
    ),
    "privacy.asked": _of(Kind.EXPORTS, "{who} looked at what is held on somebody"),
    "privacy.erased": _of(Kind.EXPORTS, "{who} had everything about somebody erased"),
    "people.exported": _of(Kind.EXPORTS, "{who} downloaded people"),
    "campaign.people_exported": _of(Kind.EXPORTS, "{who} downloaded the people of a campaign"),
    "campaign.mails_exported": _of(Kind.EXPORTS, "{who} downloaded mails that left"),
    "company.imported": _of(
        Kind.PEOPLE,
        "{who} brought in the companies of {filename}: {new} new, {filled} filled up",
        "{who} brought in a list of companies",
    ),
    "company.import_undone": _of(
        Kind.PEOPLE,
        "{who} took the companies of {filename} back: {removed} went",
        "{who} took a list of companies back",
    ),
    "change.settle_as_sent_proposed": _of(
        Kind.CAMPAIGNS, "{who} looked at what it means that a mail left"
    ),
    "change.settle_as_not_sent_proposed": _of(
        Kind.CAMPAIGNS, "{who} looked at what it means that a mail did not leave"
    ),
    "message.settled": _of(
        Kind.CAMPAIGNS,
        "{who} said of a mail in doubt {said}",
        "{who} said of a mail in doubt whether it left",
    ),
    "receipt.exported": _of(Kind.EXPORTS, "{who} downloaded the receipt of what was sent"),
    "receipt.made": _of(
        Kind.EXPORTS,
        "The receipt {who} downloaded has {lines} lines and the fingerprint {fingerprint}",
        "The receipt {who} downloaded was made",
    ),
    "company.exported": _of(Kind.EXPORTS, "{who} downloaded the companies"),
    "knowledge.added": _of(
        Kind.WORKSPACE, "{who} added “{what}” to the knowledge", "{who} added to the knowledge"
    ),
    "knowledge.removed": _of(
        Kind.WORKSPACE,
        "{who} took “{what}” out of the knowledge",
        "{who} took something out of the knowledge",
    ),
    "suppression.added": _of(
        Kind.SUPPRESSIONS,
        "{who} put {subject} on the suppression list: {reason}",
        "{who} put {subject} on the suppression list",
    ),
    "suppression.imported": _of(
        Kind.SUPPRESSIONS,
        "{who} put a list of {count} on the suppression list: {reason}",
        "{who} put a list on the suppression list",
    ),
    "suppression.exported": _of(Kind.SUPPRESSIONS, "{who} downloaded the suppression list"),
    "suppression.removed": _of(
        Kind.SUPPRESSIONS,
        "{who} took {subject} off the suppression list: {reason}",
        "{who} took {subject} off the suppression list",
    ),
}
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
