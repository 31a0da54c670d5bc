"""Pictures over HTTP: what is kept is shown as what it is, to those who may see it."""

from __future__ import annotations

import pytest

from qrev.accounts.profile import MAX_PICTURE
from qrev.kit.errors import NotFound
from tests.api.conftest import Door, Program

pytestmark = pytest.mark.anyio
PATH = "/api/user/picture"
PNG = b"\x89PNG\r\n\x1a\n and so on"
JPEG = b"\xff\xd8\xff and so on"


def of(program: Program, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {program.access}", **more}


async def test_a_picture_is_shown_as_what_it_is_and_not_as_what_was_said(door: Door) -> None:
    alice = await door.program()
    lie = of(alice, **{"Content-Type": "text/html"})

    kept = await door.http.put(PATH, content=PNG, headers=lie)
    shown = await door.http.get(PATH, headers=of(alice))

    assert (kept.status_code, shown.status_code, shown.content) == (204, 200, PNG)
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["cache-control"] == "private, no-cache"


async def test_colleagues_see_it_and_strangers_do_not(door: Door) -> None:
    alice = await door.program()
    bob = await door.joined(alice, "Bob")
    mallory = await door.program("Mallory")
    await door.http.put(PATH, content=JPEG, headers=of(bob))
    statuses = {}

    for name, asker in (("alice", alice), ("bob", bob), ("mallory", mallory)):
        answer = await door.http.get(PATH, params={"user_id": bob.user_id}, headers=of(asker))
        statuses[name] = answer.status_code

    nobody = await door.http.get(PATH, params={"user_id": bob.user_id})
    assert statuses == {"alice": 200, "bob": 200, "mallory": 404}
    assert nobody.status_code == 401


async def test_a_browser_that_has_it_is_not_sent_it_again(door: Door) -> None:
    alice = await door.program()
    await door.http.put(PATH, content=PNG, headers=of(alice))
    tag = (await door.http.get(PATH, headers=of(alice))).headers["etag"]

    same = await door.http.get(PATH, headers=of(alice, **{"If-None-Match": tag}))
    await door.http.put(PATH, content=JPEG, headers=of(alice))
    other = await door.http.get(PATH, headers=of(alice, **{"If-None-Match": tag}))

    assert (same.status_code, same.content) == (304, b"")
    assert (other.status_code, other.content) == (200, JPEG)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 422),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", 422),
        (PNG.ljust(MAX_PICTURE + 1), 413),
    ],
)
async def test_what_is_no_small_picture_is_not_kept(door: Door, data: bytes, status: int) -> None:
    alice = await door.program()

    answer = await door.http.put(PATH, content=data, headers=of(alice))

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert await door.database.pictures.count_documents({}) == 0


async def test_a_removed_picture_is_gone(door: Door) -> None:
    alice = await door.program()
    await door.http.put(PATH, content=PNG.ljust(MAX_PICTURE), headers=of(alice))

    removed = await door.http.delete(PATH, headers=of(alice))

    assert removed.status_code == 204
    assert (await door.http.get(PATH, headers=of(alice))).status_code == 404
    with pytest.raises(NotFound):
        await door.services.profile.picture(door.actor, door.actor.user_id)


async def test_another_pages_browser_changes_no_picture(door: Door) -> None:
    browser = door.browser_of(await door.program(), origin="https://evil.test")

    answers = [await browser.put(PATH, content=PNG), await browser.delete(PATH)]

    assert [answer.status_code for answer in answers] == [403, 403]
