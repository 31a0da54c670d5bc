"""The assistant's own card, and words that come while one looks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Desktop, card, command, is_wider_than_its_window, picture, say
from tests.llm_server import MODEL, Mock, a_model, saying

pytestmark = pytest.mark.anyio


@pytest.fixture
def model() -> Iterator[Mock]:
    with a_model() as mock:
        yield mock


@pytest.fixture
def more_settings(model: Mock) -> dict[str, Any]:
    return {
        "llm_base_url": model.url,
        "llm_model": MODEL,
        "llm_price_read": 1500,
        "llm_price_written": 6000,
        "llm_member_dollars": 1,
        "llm_account_dollars": 0.2,
    }


async def test_an_answer_is_read_while_it_comes_and_its_cost_is_shown(
    desktop: Desktop, model: Mock
) -> None:
    words = "Twelve people are known, and three of them are new. " * 6
    model.answers(saying(words, latency=60))
    page = await desktop.signed_in()
    await say(page, "How many people do we know?")
    await page.get_by_text("Twelve people are").first.wait_for()
    await picture(page, "words-1-coming")
    await expect(page.get_by_text(words.strip())).to_be_visible()

    await command(page, "settings")

    assistant = card(page, "The assistant")
    await expect(assistant.get_by_text(MODEL)).to_be_visible()
    await expect(assistant.get_by_text("of $1.00")).to_be_visible()
    await expect(assistant.get_by_text("Used up.")).to_be_visible()
    await expect(assistant.get_by_role("row", name="Alice Doe (you)")).to_be_visible()
    await picture(page, "settings-1-light")


async def test_the_card_fits_a_phone_in_the_dark(desktop: Desktop, model: Mock) -> None:
    model.answers(saying("Hello."))
    page = await desktop.signed_in(width=360, scheme="dark")
    await say(page, "hi")
    await page.get_by_text("Hello.").wait_for()

    await command(page, "settings")

    await expect(card(page, "The assistant").get_by_text("Alice Doe (you)")).to_be_visible()
    await picture(page, "settings-2-phone-dark")
    assert not await is_wider_than_its_window(page)
