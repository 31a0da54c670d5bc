"""What one says about oneself."""

from __future__ import annotations

import re

from qrev.accounts.addresses import a_name, a_timezone
from qrev.accounts.audit import Audit
from qrev.accounts.models import Actor, Newcomer, Picture, Scope, User, UserId, Who, WorkingHours
from qrev.accounts.ports import Pictures
from qrev.accounts.service import Books
from qrev.kit.errors import InvalidInput, NotFound

PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{4,30}")
HOUR = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
MAX_PICTURE = 256 * 1024  # bytes
# How files of each kind begin. The kind a browser is told is ours, never the sender's.
KINDS = (
    ("image/png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("image/jpeg", re.compile(rb"\xff\xd8\xff")),
    ("image/webp", re.compile(rb"RIFF....WEBP", re.DOTALL)),
)
MEDIA_TYPES = tuple(kind for kind, _ in KINDS)


class Profile:
    def __init__(self, *, books: Books, pictures: Pictures, audit: Audit) -> None:
        self._books = books
        self._pictures = pictures
        self._audit = audit

    async def get(self, who: Who) -> User:
        """Return who one is."""
        user = await self._books.users.get(who.user_id)
        if user is None:
            raise NotFound("We could not find you.")
        return user

    async def save(
        self,
        who: Who,
        *,
        name: str | None = None,
        phone: str | None = None,
        timezone: str | None = None,
    ) -> User:
        """Keep what is given. An empty phone or time zone is none. Raises InvalidInput."""
        who.must_be_present()
        before = await self.get(who)
        new: dict[str, str] = {}
        if name is not None:
            new["name"] = a_name(name, "a person")
        if phone is not None:
            new["phone"] = _phone(phone)
        if timezone is not None:
            new["timezone"] = a_timezone(timezone) if timezone else ""
        user = await self._books.users.change(
            who.user_id,
            name=new.get("name"),
            phone=new.get("phone"),
            timezone=new.get("timezone"),
        )
        if user is None:
            raise NotFound("We could not find you.")
        if "name" in new:
            await self._books.sessions.rename(who.user_id, user.name)
        was = {field: getattr(before, field) for field in new}
        await self._audit.record(who, "profile.saved", who.user_id, before=was, after=new)
        return user

    async def working_hours(self, actor: Actor) -> WorkingHours:
        """Return when the actor works in this workspace; office hours until they say."""
        kept = await self._books.members.working_hours(actor.account_id, actor.user_id)
        return kept or WorkingHours()

    async def save_working_hours(self, actor: Actor, hours: WorkingHours) -> WorkingHours:
        """Keep when the actor works. Raises InvalidInput."""
        actor.must_have(Scope.WRITE)
        if not all(0 <= day <= 6 for day in hours.weekdays):
            raise InvalidInput("Weekdays count from 0, Monday, to 6, Sunday.")
        if not (HOUR.fullmatch(hours.opens) and HOUR.fullmatch(hours.closes)):
            raise InvalidInput("Hours are written as 09:00.")
        if hours.opens >= hours.closes:
            raise InvalidInput("Working hours end after they begin.")
        clean = WorkingHours(
            weekdays=tuple(sorted(set(hours.weekdays))), opens=hours.opens, closes=hours.closes
        )
        before = await self.working_hours(actor)
        if not await self._books.members.save_working_hours(actor.account_id, actor.user_id, clean):
            raise NotFound("We could not find you.")
        await self._audit.record(
            actor,
            "profile.working_hours_saved",
            actor.user_id,
            before=_facts(before),
            after=_facts(clean),
        )
        return clean

    async def picture(self, who: Who, user_id: UserId) -> Picture:
        """Return one's own picture or a colleague's. Raises NotFound, for strangers as well."""
        may_see = user_id == who.user_id or await self._is_colleague(who, user_id)
        found = await self._pictures.get(user_id) if may_see else None
        if found is None:
            raise NotFound("We could not find that picture.")
        return found

    async def save_picture(self, who: Who, data: bytes) -> Picture:
        """Keep one's picture. Raises InvalidInput for what is none."""
        who.must_be_present()
        if len(data) > MAX_PICTURE:
            raise InvalidInput(f"A picture has at most {MAX_PICTURE // 1024} KB.")
        kind = next((kind for kind, begin in KINDS if begin.match(data)), None)
        if kind is None:
            raise InvalidInput("A picture is a PNG, JPEG or WebP file.")
        picture = Picture(media_type=kind, data=data)
        await self._pictures.put(who.user_id, picture)
        after = {"media_type": kind, "bytes": len(data)}
        await self._audit.record(who, "profile.picture_saved", who.user_id, after=after)
        return picture

    async def remove_picture(self, who: Who) -> None:
        """Show no picture any more."""
        who.must_be_present()
        await self._pictures.remove(who.user_id)
        await self._audit.record(who, "profile.picture_removed", who.user_id)

    async def _is_colleague(self, who: Who, user_id: UserId) -> bool:
        if isinstance(who, Newcomer):
            return False
        return await self._books.members.get(who.account_id, user_id) is not None


def _phone(text: str) -> str:
    phone = " ".join(text.split())
    if phone and PHONE.fullmatch(phone) is None:
        raise InvalidInput(f"“{phone[:40]}” is not a telephone number. One is “+49 30 123456”.")
    return phone


def _facts(hours: WorkingHours) -> dict[str, object]:
    return {"weekdays": list(hours.weekdays), "opens": hours.opens, "closes": hours.closes}
