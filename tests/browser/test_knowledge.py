"""What a workspace tells of itself, on screen: a text, a file, what was understood, and gone."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.assistant.test_knowledge import a_pdf
from tests.browser.conftest import Desktop, card, command, looks

pytestmark = pytest.mark.anyio


async def test_a_text_and_a_file_are_read_shown_and_deleted(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    await command(page, "knowledge")
    knowledge = card(page, "Knowledge")
    await expect(knowledge.get_by_text("Nothing yet")).to_be_visible()

    await knowledge.get_by_label("What is it about?").select_option("case_studies_doc")
    await knowledge.get_by_label("Its words").fill("Pine saved 30 % of its time with us.")
    await knowledge.get_by_role("button", name="Keep the text").click()
    await expect(knowledge.get_by_text("The text is kept.")).to_be_visible()
    pdf = {"name": "us.pdf", "mimeType": "application/pdf", "buffer": a_pdf("Since 1999.")}
    await knowledge.get_by_label("A document").set_input_files(pdf)
    await expect(knowledge.get_by_text("us.pdf is read: 2 words.")).to_be_visible()
    await knowledge.get_by_role("button", name="What was understood of Case studies").click()
    await expect(knowledge.get_by_role("listitem").first).to_contain_text("Pine saved 30 %")
    await looks(page, "knowledge-1")

    broken = {"name": "us.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 no"}
    await knowledge.get_by_label("A document").set_input_files(broken)
    await expect(knowledge.get_by_text("That PDF is damaged")).to_be_visible()
    await knowledge.get_by_role("button", name="Delete us.pdf").click()
    await knowledge.get_by_role("button", name="Delete", exact=True).click()
    await expect(knowledge.get_by_text("us.pdf is deleted.")).to_be_visible()
    await looks(page, "knowledge-2")
