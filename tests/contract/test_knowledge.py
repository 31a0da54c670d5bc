"""What every KnowledgeBook promises."""

from __future__ import annotations

import pytest

from tests.conftest import ACME, OTHER, TUESDAY_10AM
from tests.contract.builders import MINUTE
from tests.contract.knowledge_calls import a_document
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio


async def test_a_document_comes_back_and_the_same_id_takes_its_place(stores: Stores) -> None:
    later = a_document("know_2", added_at=TUESDAY_10AM + MINUTE, pages=("Other",))
    await stores.knowledge.put(later)
    await stores.knowledge.put(a_document())
    await stores.knowledge.put(a_document("know_2", added_at=later.added_at))

    found = await stores.knowledge.of_account(ACME)

    assert found == [a_document(), a_document("know_2", added_at=later.added_at)]
    assert await stores.knowledge.of_account(OTHER) == []


async def test_what_is_removed_is_gone_once(stores: Stores) -> None:
    await stores.knowledge.put(a_document())

    removed = [await stores.knowledge.remove(ACME, "know_1") for _ in range(2)]

    assert removed == [True, False]
    assert await stores.knowledge.get(ACME, "know_1") is None
