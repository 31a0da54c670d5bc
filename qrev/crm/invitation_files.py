"""A call as a file that calendars understand (RFC 5545). Pure."""

from __future__ import annotations

from datetime import datetime

from icalendar import Calendar, Event, vCalAddress, vText

from qrev.crm.meetings import Meeting


def invitation_of(meeting: Meeting, *, organiser: str, at: datetime) -> bytes:
    """Return the invitation to a call. The same call at the same moment is the same file."""
    calendar = Calendar()
    calendar.add("prodid", "-//QRev//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "REQUEST")
    event = Event()
    event.add("uid", f"{meeting.id}@qrev")
    event.add("dtstamp", at)
    event.add("dtstart", meeting.starts_at)
    event.add("dtend", meeting.ends_at)
    event.add("summary", _line(meeting.topic))
    event.add("location", meeting.link)
    event.add("url", meeting.link)
    event.add("organizer", vCalAddress(f"mailto:{organiser}"))
    attendee = vCalAddress(f"mailto:{meeting.email}")
    attendee.params["RSVP"] = vText("TRUE")
    if name := _line(meeting.name).replace('"', "'"):
        attendee.params["CN"] = vText(name)
    event.add("attendee", attendee, encode=False)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]
