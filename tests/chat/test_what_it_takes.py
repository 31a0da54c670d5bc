"""Odd input at the door: answered in words, and the next message works."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.chat.test_who_may import signed_in
from tests.fakes import FakeClock
from tests.journeys.conftest import SAMPLE
from tests.servers import a_database_server
from tests.sites import a_free_port, a_site, some_settings

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("data", "name", "mime", "said"),
    [
        (b"", "people.csv", "text/csv", "That file is empty."),
        (b"email\n", "people.csv", "text/csv", "no people under it"),
        (b"%PDF-1.7 ...", "people.csv", "text/csv", "That is a PDF"),
        (b"PK\x03\x04...", "people.csv", "application/vnd.ms-excel", "Excel workbook"),
        (b"a,b\n1,2\n", "people.csv", "text/plain", "No column of email addresses"),
    ],
)
async def test_a_file_that_is_no_list_is_refused_in_words(
    base: str, data: bytes, name: str, mime: str, said: str
) -> None:
    tab = await (await signed_in(base, "Alice")).open()

    await tab.say("Write to them", files=[await tab.drop(data, name=name, mime=mime)])
    await tab.text(said)
    await tab.say("/help")

    await tab.text("Drop a CSV or Excel file here")


async def test_two_files_at_once_are_asked_for_one_by_one(base: str) -> None:
    tab = await (await signed_in(base, "Alice")).open()
    files = [await tab.drop(SAMPLE), await tab.drop(b"email\na@b.test\n")]

    await tab.say("Write to them about tea", files=files)

    await tab.text("One list at a time")
    assert (await tab.view("people_page"))["total"] == 0


async def test_a_message_of_a_megabyte_is_answered_in_words(base: str) -> None:
    tab = await (await signed_in(base, "Alice")).open()

    await tab.say("x" * 1_000_000)

    await tab.text("1,000,000 characters; a message has at most 20,000")


async def test_events_of_what_we_do_not_offer_do_nothing(base: str) -> None:
    tab = await (await signed_in(base, "Alice")).open()
    message_id = await tab.say("/help")
    await tab.text("Drop a CSV or Excel file here")
    shown = len(tab.messages)

    for event in ("edit_message", "message_favorite", "window_message", "audio_start"):
        await tab.emit(event, {"message": {"id": message_id, "output": "/people", "metadata": {}}})
    await tab.say("/outbox")

    await tab.card("OutboxCard")
    assert [e["name"] for e in tab.elements.values()] == ["OutboxCard"]
    assert len(tab.messages) == shown + 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/project/element"),
        ("DELETE", "/project/element"),
        ("PUT", "/project/thread/share"),
        ("GET", "/project/share/x"),
        ("PUT", "/feedback"),
        ("POST", "/mcp"),
        ("POST", "/auth/jwt"),
        ("GET", "/docs"),
        ("GET", "/openapi.json"),
        ("GET", "/copilot/index.js"),
        ("GET", "/api/typo"),
        ("DELETE", "/api/campaign/typo"),
    ],
)
async def test_what_we_do_not_offer_is_not_there(base: str, method: str, path: str) -> None:
    tab = await signed_in(base, "Alice")

    response = await tab.http.request(method, path, json={})

    assert response.status_code == 404
    assert response.headers["content-type"].startswith("application/")


async def test_a_body_is_bounded(base: str) -> None:
    tab = await signed_in(base, "Alice")

    large = await tab.http.post("/project/action", content=b"x" * 3_000_000)
    unsaid = await tab.http.post("/project/action", content=_pieces())

    assert (large.status_code, unsaid.status_code) == (413, 411)


async def test_every_answer_says_what_a_page_may_do(base: str) -> None:
    async with httpx.AsyncClient(base_url=base) as browser:
        page, chat = await browser.get("/login"), await browser.get("/")

    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-frame-options"] == "DENY"
    assert "https://" not in chat.text.split("<body")[0]


async def test_an_ai_server_that_is_away_costs_an_answer_and_nothing_else(
    tmp_path: Path, clock: FakeClock
) -> None:
    nobody = f"http://127.0.0.1:{a_free_port()}/turns"
    settings = some_settings(tmp_path / "data", ai_bot_server_url=nobody)
    async with a_site(settings, clock) as address:
        tab = await (await signed_in(address, "Alice")).open()

        await tab.say("Write to them about tea", files=[await tab.drop(SAMPLE)])

        question = await tab.card("QuestionCard")
        assert question["choices"] == ["Write to them about tea"]
        made = await tab.view("import_get", import_id=(await tab.card("ImportCard"))["import_id"])
        assert made["tally"]["new"] == 12


async def test_a_database_that_is_away_is_said_and_then_all_goes_on(
    tmp_path: Path, clock: FakeClock
) -> None:
    folder = Path(tempfile.mkdtemp(prefix="qrev-db-"))
    with ExitStack() as stack:
        first = ExitStack()
        url = first.enter_context(a_database_server(folder))
        settings = some_settings(tmp_path / "data", mongo_db_url=url)
        async with a_site(settings, clock) as address:
            tab = await (await signed_in(address, "Alice")).open()
            await tab.say("/help")
            await tab.text("Drop a CSV or Excel file here")

            first.close()
            await tab.say("/people")
            toast = await tab.until(lambda tab: tab.toasts)

            stack.enter_context(a_database_server(folder))
            await tab.say("/people")
            assert await tab.card("PeopleCard")
            assert toast == [
                "The database does not answer just now. Nothing was changed; try again in a minute."
            ]
    shutil.rmtree(folder)


async def _pieces() -> AsyncIterator[bytes]:
    yield b"{"
    yield b"}"
