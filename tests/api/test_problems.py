"""Whatever is wrong with a request is said in a problem document that repeats nothing of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.api.conftest import Door

pytestmark = pytest.mark.anyio
REFRESH = "/api/auth/refresh"
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        (b"", 422, "the body: Field required."),
        (b"{", 422, "The body is no JSON."),
        (b"[]", 422, "the body: "),
        (b"{}", 422, "refresh_token: Field required."),
        (b'{"refresh_token": 1}', 422, "refresh_token: Input should be a valid string."),
        (b'{"refresh_token": {"$ne": ""}}', 422, "refresh_token: "),
        (b'{"refresh_token": "\\ud800"}', 422, "refresh_token: "),
        (b'{"refresh_token": "x", "\\ud800": 1}', 422, ""),
        (b'{"refresh_token": "x", "colour": "my-secret"}', 422, "colour: Extra inputs"),
        (b'{"\xff": 1}', 400, ""),
        (b"[" * 100_000, 400, ""),
        (b'"' + b"x" * 300_000 + b'"', 413, "A body here has at most 256 KB."),
    ],
)
async def test_a_body_that_cannot_be_used_is_a_problem_that_says_where(
    door: Door, body: bytes, status: int, detail: str
) -> None:
    answer = await door.http.post(REFRESH, content=body, headers=JSON)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["detail"].startswith(detail)
    assert "my-secret" not in answer.text


async def test_a_body_of_unknown_length_is_counted_as_it_comes(door: Door) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 10_000

    answer = await door.http.post(REFRESH, content=pieces(), headers=JSON)

    assert (answer.status_code, answer.json()["status"]) == (413, 413)


async def test_a_method_that_is_not_offered_says_which_is(door: Door) -> None:
    answer = await door.http.delete(REFRESH)

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_document_names_every_route_and_each_way_to_fail(door: Door) -> None:
    document = (await door.http.get("/api/openapi.json")).json()

    operations = [
        (path, operation)
        for path, methods in document["paths"].items()
        for operation in methods.values()
    ]
    guarded = [o for path, o in operations if o.get("security") and "campaign" not in path]
    assert document["servers"] == [{"url": "/api"}]
    assert len(guarded) > 30
    assert all({"401", "403", "413", "422", "429"} <= set(o["responses"]) for o in guarded)
    assert all(o.get("description") for _, o in operations)


async def test_the_page_shows_every_route_and_asks_no_other_host(door: Door) -> None:
    document = (await door.http.get("/api/openapi.json")).json()

    page = await door.http.get("/api/docs")

    assert page.headers["content-type"].startswith("text/html")
    assert all(f"<code>/api{path}</code>" in page.text for path in document["paths"])
    assert "<td>string (optional)</td>" in page.text
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "<script" not in page.text
