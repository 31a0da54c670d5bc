"""Words in the thread load nothing and lead nowhere else, in the page and in what is kept."""

from __future__ import annotations

import pytest

from tests.chat.test_who_may import signed_in
from tests.socket_client import Tab

pytestmark = pytest.mark.anyio


async def test_an_image_and_a_link_are_only_words_and_stay_so_after_a_reload(base: str) -> None:
    tab = await (await signed_in(base, "Alice")).open()

    await tab.say("pause ![x](https://evil.test/p.png)")
    shown = await tab.text("is waiting to leave")
    again = await Tab(base).same_browser(tab).open(shown["threadId"])
    kept = await again.text("is waiting to leave")

    assert "[x] (evil.test/p.png)" in shown["output"]
    assert kept["output"] == shown["output"]
