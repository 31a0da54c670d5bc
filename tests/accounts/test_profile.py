"""What one says about oneself, on the real store."""

from __future__ import annotations

import pytest

from qrev.accounts.models import UserId, WorkingHours
from qrev.kit.errors import InvalidInput, NotFound
from tests.accounts.world import Room

pytestmark = pytest.mark.anyio
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


async def test_a_newcomer_may_say_who_they_are(room: Room) -> None:
    bob = await room.newcomer("Bob")

    user = await room.may.profile.save(
        bob, name=" Bob  Ross ", phone="+49 30 123456", timezone="Asia/Tokyo"
    )

    assert (user.name, user.phone, user.timezone) == ("Bob Ross", "+49 30 123456", "Asia/Tokyo")
    assert await room.may.profile.get(bob) == user
    assert (await room.asked(bob)).name == "Bob Ross"


async def test_what_is_not_given_stays(room: Room) -> None:
    ann = await room.owner("Ann")
    await room.may.profile.save(ann, phone="030 123456", timezone="Asia/Tokyo")

    user = await room.may.profile.save(ann, phone="")

    assert (user.name, user.phone, user.timezone) == ("Ann", "", "Asia/Tokyo")
    saved = (await room.may.audit.page(ann))[0]
    assert (saved.before, saved.after) == ({"phone": "030 123456"}, {"phone": ""})


@pytest.mark.parametrize(
    "bad",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"phone": "call me"},
        {"phone": "1" * 40},
        {"timezone": "Mars/Olympus"},
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(
    room: Room, bad: dict[str, str]
) -> None:
    ann = await room.owner("Ann")
    before = await room.may.profile.get(ann)

    with pytest.raises(InvalidInput):
        await room.may.profile.save(ann, **bad)

    assert await room.may.profile.get(ann) == before


async def test_working_hours_are_office_hours_until_one_says(room: Room) -> None:
    ann = await room.owner("Ann")

    assert await room.may.profile.working_hours(ann) == WorkingHours()
    hours = WorkingHours(weekdays=(6, 0, 6), opens="10:00", closes="14:30")
    saved = await room.may.profile.save_working_hours(ann, hours)

    assert saved == WorkingHours(weekdays=(0, 6), opens="10:00", closes="14:30")
    assert await room.may.profile.working_hours(ann) == saved


@pytest.mark.parametrize(
    "hours",
    [
        WorkingHours(weekdays=(7,)),
        WorkingHours(opens="9:00"),
        WorkingHours(opens="24:00"),
        WorkingHours(opens="17:00", closes="09:00"),
        WorkingHours(opens="09:00", closes="09:00"),
    ],
)
async def test_hours_that_cannot_be_are_refused(room: Room, hours: WorkingHours) -> None:
    ann = await room.owner("Ann")

    with pytest.raises(InvalidInput):
        await room.may.profile.save_working_hours(ann, hours)


async def test_a_picture_is_seen_by_colleagues_alone(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob")
    mallory = await room.owner("Mallory", "Evil")

    await room.may.profile.save_picture(bob, PNG)

    assert (await room.may.profile.picture(ann, bob.user_id)).data == PNG
    assert (await room.may.profile.picture(ann, bob.user_id)).media_type == "image/png"
    for asker, user_id in ((mallory, bob.user_id), (ann, ann.user_id), (ann, UserId("nobody"))):
        with pytest.raises(NotFound):
            await room.may.profile.picture(asker, user_id)
    await room.may.profile.remove_picture(bob)
    with pytest.raises(NotFound):
        await room.may.profile.picture(ann, bob.user_id)


@pytest.mark.parametrize("data", [b"", b"<svg onload=alert(1)>", b"GIF89a", PNG + b"x" * (1 << 18)])
async def test_what_is_no_small_picture_is_refused(room: Room, data: bytes) -> None:
    ann = await room.owner("Ann")

    with pytest.raises(InvalidInput):
        await room.may.profile.save_picture(ann, data)
