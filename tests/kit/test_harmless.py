"""Words of others on our page: read, and nothing else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.kit.harmless import harmless

AWAY = re.compile(r"!\[|\w:[/\\]{2}|\bwww\.\S|\]\((?!/[^/\\])", re.I)
PIECES = ("http", "s", ":", "//", "/", "\\", "www.", "evil.test", "![", "[", "a", "](", ")", "<")
MORE = (">", "]:", "&colon;", "&#47;", "\u200b", "\n", "`", " ", "javascript", "(", "&sol;", "!")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("**Hello** there, see *people*.", "**Hello** there, see *people*."),
        ("[Members](/members) and /teams", "[Members](/members) and /teams"),
        ("![logo](https://evil.test/a.png)", "[logo] (evil.test/a.png)"),
        ("read https://evil.test/a?b=1 now", "read evil.test/a?b=1 now"),
        ("[here](//evil.test)", "[here] (evil.test)"),
        ("write to bob@acme.test", "write to bob@acme.test"),
        ("a < b &amp; c > d, 3/4 or n/a", "a < b &amp; c > d, 3/4 or n/a"),
        ("At 10:30: the data: fine", "At 10:30: the data: fine"),
        ("[x](javascript:alert(1))", "[x] (javascript:alert(1))"),
        ("نمی‌خواهم 👩‍💻", "نمی‌خواهم 👩‍💻"),
        ("| a | b |\n| --- | --- |\n| 1 | 2 |", "| a | b |\n| --- | --- |\n| 1 | 2 |"),
    ],
)
def test_words_stay_and_what_leads_away_goes(said: str, shown: str) -> None:
    assert harmless(said) == shown


@given(st.lists(st.sampled_from(PIECES + MORE) | st.text(max_size=3), max_size=25).map("".join))
def test_nothing_leads_away_however_it_is_put_together(said: str) -> None:
    shown = harmless(said)

    assert not AWAY.search(shown)
    assert harmless(shown) == shown
