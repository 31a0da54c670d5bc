"""What every Rulebooks promises."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from qrev.campaigns.rulebook import Rulebook
from tests.conftest import ACME, OTHER
from tests.contract.builders import a_rulebook
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio


async def test_what_was_never_set_is_an_empty_book(stores: Stores) -> None:
    assert await stores.rulebooks.get(ACME) == Rulebook()


async def test_a_rulebook_comes_back_as_the_next_version(stores: Stores) -> None:
    assert await stores.rulebooks.put(ACME, a_rulebook()) is True

    assert await stores.rulebooks.get(ACME) == a_rulebook(version=1)


async def test_only_the_newest_version_can_be_written_over(stores: Stores) -> None:
    await stores.rulebooks.put(ACME, a_rulebook())
    changed = a_rulebook(version=1, values={"ceiling": 7})

    assert await stores.rulebooks.put(ACME, changed) is True
    assert await stores.rulebooks.put(ACME, a_rulebook(version=1)) is False
    assert await stores.rulebooks.put(ACME, a_rulebook(version=0)) is False

    assert await stores.rulebooks.get(ACME) == replace(changed, version=2)


async def test_of_two_who_set_it_first_at_once_one_wins(stores: Stores) -> None:
    put = await asyncio.gather(
        *(stores.rulebooks.put(ACME, a_rulebook(values={"ceiling": n})) for n in range(1, 9))
    )

    assert put.count(True) == 1
    assert (await stores.rulebooks.get(ACME)).values == {"ceiling": put.index(True) + 1}


async def test_a_sequences_own_rules_and_anothers_are_apart(stores: Stores) -> None:
    await stores.rulebooks.put(ACME, a_rulebook(values={"ceiling": 7}))
    await stores.rulebooks.put(ACME, a_rulebook(values={"company_people": 1}), "s1")

    assert (await stores.rulebooks.get(ACME, "s1")).values == {"company_people": 1}
    assert (await stores.rulebooks.get(ACME)).values == {"ceiling": 7}
    assert await stores.rulebooks.get(OTHER) == Rulebook()
    assert await stores.rulebooks.get(OTHER, "s1") == Rulebook()
