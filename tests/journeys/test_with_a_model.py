"""A turn with a language model, from the words in one tab to those in the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import TUESDAY_10AM
from tests.fakes import FakeClock
from tests.llm_server import MODEL, Mock, a_model, calling, failing, saying
from tests.sites import a_site, some_settings
from tests.socket_client import Tab

pytestmark = pytest.mark.anyio
LONG = "Twelve people are known here, and three of them are new since Monday. " * 4


@pytest.fixture
def model() -> object:
    with a_model() as mock:
        yield mock


@pytest.fixture
async def tab(tmp_path: Path, clock: FakeClock, model: Mock) -> AsyncIterator[Tab]:
    clock.now = TUESDAY_10AM
    settings = some_settings(tmp_path / "data", llm_base_url=model.url, llm_model=MODEL)
    async with a_site(settings, clock) as base:
        tab = await Tab(base).sign_in("alice@acme.test", "Alice")
        yield await tab.open()


async def test_words_grow_in_the_thread_and_stay_as_one_message(tab: Tab, model: Mock) -> None:
    model.answers(saying(LONG, latency=30))

    await tab.say("How many people do we know?")
    await tab.text(LONG.strip())

    said = [m for m in tab.messages.values() if m["type"] == "assistant_message"]
    assert len(said) == 1
    assert tab.events.count("update_message") > 2
    again = await Tab(tab.base).same_browser(tab).open(tab.thread_id)
    assert (await again.text("Twelve people"))["output"] == LONG.strip()


async def test_the_model_reads_what_the_member_may_see(tab: Tab, model: Mock) -> None:
    model.answers(
        calling("look_up_people", {"contains": "gomez"}), saying("You know her.", when="Gomez")
    )
    data = b"name,email\nMaria Gomez,maria@x.test\n"
    await tab.say("Do we know Gomez?", files=[await tab.drop(data)])

    await tab.text("You know her.")

    assert "maria@x.test" in model.asked()[-1]["messages"][-1]["content"]


async def test_a_model_that_breaks_off_leaves_no_half_sentence(tab: Tab, model: Mock) -> None:
    model.answers(saying(LONG, latency=40, truncateAfterChunks=8))

    await tab.say("help")
    await tab.text("I answer by rules this time, because the language model")

    said = [m["output"] for m in tab.messages.values() if m["type"] == "assistant_message"]
    assert not any(words.startswith("Twelve") for words in said)


async def test_without_its_model_the_assistant_still_answers(tab: Tab, model: Mock) -> None:
    model.answers(failing(401))

    await tab.say("help")

    await tab.text("because the language model does not accept LLM_API_KEY")
    await tab.text("Here is what I can do")
