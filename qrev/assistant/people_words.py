"""What happened with a person, in sentences that colleagues understand. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from qrev.campaigns.hearing.models import Event, EventKind
from qrev.crm.edits import CUSTOM, FieldEdit, HistoryEntry
from qrev.crm.keeping import BY_HAND
from qrev.crm.marks import CREATED, DELETED, MERGED, OWNER, TAGS, TEAM
from qrev.crm.meetings import MeetingState
from qrev.crm.timeline import Arrival, Call, Happening, Heard, Mail, MailState
from qrev.kit.harmless import harmless

LABELS: Mapping[str, str] = {
    "name": "Name",
    "email": "Email",
    "job_title": "Title",
    "company_name": "Company",
    "company_url": "Website",
    "linkedin_url": "LinkedIn",
    "phone_number": "Phone",
    "timezone": "Time zone",
    "country": "Country",
}
HEARD: Mapping[EventKind, str] = {
    EventKind.REPLIED: "They replied",
    EventKind.AWAY: "They were away",
    EventKind.BOUNCED: "The mail came back, and will for good",
    EventKind.SOFT_BOUNCED: "The mail came back, for now",
    EventKind.COMPLAINED: "They called a mail spam",
    EventKind.UNSUBSCRIBED: "They asked to be left alone",
}
SOMEBODY = "Somebody who left"
LONG = 80
MAILS: Mapping[MailState, str] = {
    MailState.AHEAD: "Mail {step} is planned: “{subject}”.",
    MailState.SENT: "Mail {step} was sent: “{subject}”.",
    MailState.FAILED: "Mail {step} could not be delivered: {reason}.",
    MailState.STOPPED: "Mail {step} was stopped: {reason}.",
    MailState.UNKNOWN: "Nobody knows whether mail {step} arrived: “{subject}”.",
}

CALLS: Mapping[MeetingState, str] = {
    MeetingState.PLANNED: "{who} booked a call with them, {minutes} minutes:",
    MeetingState.STARTED: "The call with {who} has begun.",
    MeetingState.ENDED: "The call with {who} was held.",
    MeetingState.CANCELLED: "The call with {who} was called off.",
}


def label(field: str) -> str:
    """Return what a field is called on the screen."""
    return LABELS.get(field, field.removeprefix(CUSTOM))


def heard(events: Iterable[Event]) -> list[Heard]:
    """Return what came back from somebody, as their timeline has it."""
    return [Heard(at=event.at, text=_heard(event)) for event in events if event.kind in HEARD]


def _heard(event: Event) -> str:
    words = " ".join(harmless(event.note).split())
    return f"{HEARD[event.kind]}: “{_short(words)}”." if words else f"{HEARD[event.kind]}."


def said(happening: Happening, names: Mapping[str, str]) -> str:
    """Return a happening in sentences. `names` are those of members, teams and other people."""
    if isinstance(happening, Mail):
        reason = happening.reason.rstrip(".") or "no reason was given"
        words = MAILS[happening.state]
        return words.format(step=happening.step, subject=_short(happening.subject), reason=reason)
    if isinstance(happening, Call):
        words = CALLS[happening.state].format(
            who=names.get(happening.by, SOMEBODY), minutes=happening.minutes
        )
        return f"{words} {happening.link}" if happening.state is MeetingState.PLANNED else words
    if isinstance(happening, Arrival):
        return _arrival(happening)
    if isinstance(happening, Heard):
        return happening.text
    return _entry(happening, names)


def _arrival(arrival: Arrival) -> str:
    if arrival.source in ("", BY_HAND):
        return "Became one of your people."
    return f"Came in with {_short(arrival.source)}."


def _entry(entry: HistoryEntry, names: Mapping[str, str]) -> str:
    who = names.get(entry.by, SOMEBODY)
    return " ".join(_edit(who, entry.by, edit, names) for edit in entry.edits)


def _edit(who: str, by: str, edit: FieldEdit, names: Mapping[str, str]) -> str:
    before, after = _short(edit.before), _short(edit.after)
    if edit.field == TAGS:
        return f"{who} added the tag {after}." if after else f"{who} took off the tag {before}."
    if edit.field == OWNER and edit.after == by:
        return f"{who} took them over."
    if edit.field == OWNER:
        return _given(
            who, f"gave them to {names.get(edit.after, SOMEBODY)}", "took them from", edit, names
        )
    if edit.field == TEAM:
        into = f"put them into the team {names.get(edit.after, 'that is gone')}"
        return _given(who, into, "took them out of the team", edit, names)
    if edit.field == CREATED:
        return f"{who} wrote them down."
    if edit.field == DELETED:
        return _deleted(who, edit)
    if edit.field == MERGED:
        whom = names.get(edit.after or edit.before, "somebody")
        return f"{who} merged {whom} into them." if after else f"{who} made {whom} a person again."
    return _fact(who, edit)


def _given(who: str, given: str, taken: str, edit: FieldEdit, names: Mapping[str, str]) -> str:
    if edit.after:
        return f"{who} {given}."
    return f"{who} {taken} {names.get(edit.before, SOMEBODY)}."


def _deleted(who: str, edit: FieldEdit) -> str:
    if not edit.after:
        return f"{who} restored them."
    return f"{who} {'merged them into somebody' if edit.after == 'merged' else 'deleted them'}."


def _fact(who: str, edit: FieldEdit) -> str:
    name = label(edit.field)
    name = name if edit.field.startswith(CUSTOM) else name[0].lower() + name[1:]
    name = "LinkedIn address" if edit.field == "linkedin_url" else name
    before, after = _short(edit.before), _short(edit.after)
    if not before:
        return f"{who} filled in the {name}: “{after}”."
    if not after:
        return f"{who} emptied the {name}. It was “{before}”."
    return f"{who} changed the {name} from “{before}” to “{after}”."


def _short(text: str) -> str:
    return text if len(text) <= LONG else f"{text[: LONG - 1]}…"
