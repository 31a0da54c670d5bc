"""Drafts by a language model, on screen: the first ones at once, how fast it goes, and a stop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import expect

from tests.ai.test_bulk import MAIL
from tests.browser.conftest import (
    SAMPLE,
    WISH,
    Desktop,
    card,
    is_wider_than_its_window,
    picture,
    say,
)
from tests.llm_server import MODEL, Mock, a_model, calling

pytestmark = pytest.mark.anyio
CAMPAIGN = {"offer": "our demand forecasting tool", "name": "Forecasting", "days": [0, 7, 14]}


@pytest.fixture
def model() -> Iterator[Mock]:
    with a_model() as mock:
        mock.answers(
            {
                "match": {"responseFormat": "json_schema"},
                "response": {"content": MAIL},
                "chaos": {"latencyMs": 1500},
            },
            calling("draft_campaign", CAMPAIGN),
        )
        yield mock


@pytest.fixture
def more_settings(model: Mock) -> dict[str, Any]:
    return {"llm_base_url": model.url, "llm_model": MODEL, "llm_concurrency": 2}


async def test_the_first_drafts_are_read_while_the_rest_is_written_and_it_can_be_stopped(
    desktop: Desktop,
) -> None:
    page = await desktop.signed_in()
    await say(page, WISH, file=SAMPLE)
    drafts = card(page, "Forecasting")
    await expect(drafts.get_by_text("we sell tea to people at Alder")).to_be_visible(timeout=20000)
    await expect(drafts.get_by_text("of 36 drafted")).to_be_visible()
    desktop.clock.advance(seconds=20)
    await drafts.get_by_role("button", name="Stop drafting").scroll_into_view_if_needed()
    await picture(page, "drafting-1-going-on")

    await drafts.get_by_role("button", name="Stop drafting").click()
    await picture(page, "drafting-2-sure")
    await drafts.get_by_role("button", name="Stop", exact=True).click()

    await expect(page.get_by_text("Drafting is stopped.")).to_be_visible(timeout=20000)
    await expect(drafts.get_by_role("button", name="Stop drafting")).to_be_hidden()
    await expect(drafts.get_by_role("button", name="Send")).to_be_enabled()
    await picture(page, "drafting-3-stopped")


async def test_it_fits_a_phone_in_the_dark(desktop: Desktop) -> None:
    page = await desktop.signed_in(width=360, scheme="dark")
    await say(page, WISH, file=SAMPLE)

    drafts = card(page, "Forecasting")
    await expect(drafts.get_by_role("button", name="Stop drafting")).to_be_visible(timeout=20000)

    await drafts.get_by_role("button", name="Stop drafting").scroll_into_view_if_needed()
    await picture(page, "drafting-4-phone-dark")
    assert not await is_wider_than_its_window(page)


CLAIM = "I saw that you raised money last year."


async def test_what_nothing_backs_is_marked_and_mended_for_all_at_once(
    desktop: Desktop, model: Mock
) -> None:
    claiming = {**MAIL, "body": f"Hello,\n\n{CLAIM} We sell tea.\n\nBest,\nAlice"}
    model.answers(
        {"match": {"responseFormat": "json_schema"}, "response": {"content": claiming}},
        calling("draft_campaign", {**CAMPAIGN, "days": [0]}),
    )
    page = await desktop.signed_in()
    await say(page, WISH, file=SAMPLE)
    await page.get_by_text("12 drafts for 12 people are ready").wait_for(timeout=30000)
    drafts = card(page, "Forecasting")
    await expect(drafts.get_by_text("Nothing we know says this")).to_be_visible()
    await drafts.get_by_role("button", name="Take it out").scroll_into_view_if_needed()
    await picture(page, "repairs-1-one")
    await drafts.get_by_role("button", name="Take it out").click()
    await expect(drafts.get_by_text("Nothing we know says this")).to_be_hidden()

    await drafts.get_by_role("button", name="Mend them all at once").click()
    repairs = card(page, "What keeps drafts from leaving")
    await expect(repairs.get_by_text("11 people:")).to_be_visible()
    await picture(page, "repairs-2-all")
    await repairs.get_by_role("button", name="Take the sentences out").click()
    await picture(page, "repairs-3-sure")
    await repairs.get_by_role("button", name="Take them out").click()

    await expect(repairs.get_by_text("the sentences are out")).to_be_visible()
    await expect(repairs.get_by_text("Every draft may leave.")).to_be_visible()
    await picture(page, "repairs-4-done")
