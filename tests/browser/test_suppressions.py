"""The suppression list in a real browser: filled from words, searched, brought in, taken off."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import (
    Desktop,
    card,
    command,
    looks,
    picture,
    say,
)

pytestmark = pytest.mark.anyio
LIST = "email;reason\nann@elm.test;complained\nnonsense;x\nash.test;\n"


async def test_the_list_is_kept_with_words_a_file_and_a_form(
    desktop: Desktop, tmp_path: Path
) -> None:
    page = await desktop.signed_in()
    await say(page, "never write to bob@pine.test")
    listed = card(page, "Suppression list")
    await expect(listed.get_by_text("Nobody is on the list")).to_be_visible()
    await expect(listed.get_by_label("Address, or a whole domain")).to_have_value("bob@pine.test")
    await looks(page, "suppressions-1-empty")

    await listed.get_by_label("Why").fill("asked us to stop")
    await page.keyboard.press("Enter")
    await expect(listed.get_by_text("Nobody here writes to bob@pine.test")).to_be_visible()
    file = tmp_path / "list.csv"
    file.write_text(LIST)
    await listed.get_by_label("List to add").set_input_files(file)
    await expect(listed.get_by_text("2 entries are new")).to_be_visible()
    await expect(listed.get_by_text("Line 3: “nonsense” is neither")).to_be_visible()
    await expect(listed.get_by_role("row")).to_have_count(4)
    await looks(page, "suppressions-2-list")

    await listed.get_by_label("Search").fill("PINE")
    await expect(listed.get_by_role("row")).to_have_count(2)
    await listed.get_by_role("button", name="Take off bob@pine.test").click()
    await listed.get_by_label("Why may bob@pine.test").fill("changed their mind")
    await listed.scroll_into_view_if_needed()
    await looks(page, "suppressions-3-off")
    await listed.get_by_role("button", name="Take it off").click()
    await expect(listed.get_by_text("bob@pine.test can be written to again")).to_be_visible()
    await expect(listed.get_by_text("Nothing fits")).to_be_visible()
    async with page.expect_download() as downloaded:
        await listed.get_by_label("Search").fill("")
        await listed.get_by_role("link", name="Download all").click()
    text = Path(await (await downloaded.value).path()).read_text("utf-8-sig")
    assert [line.partition(",")[0] for line in text.splitlines()[1:]] == [
        "ann@elm.test",
        "ash.test",
    ]


async def test_what_somebody_asked_for_is_not_taken_off_by_the_way(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    await command(page, "suppressions")
    listed = card(page, "Suppression list")
    await listed.get_by_label("Address, or a whole domain").fill("no address")
    await listed.get_by_label("Why").fill("x")
    await listed.get_by_role("button", name="Add", exact=True).click()
    await expect(listed.get_by_role("alert")).to_contain_text("neither an email address")
    await picture(page, "suppressions-4-refused")
