"""Other words for mails, over REST: proposed, read, confirmed like any proposal, brought back."""

from __future__ import annotations

import pytest

from qrev.ai.rewriting import Rewriter
from qrev.assistant.contract import Action, TurnRequest
from qrev.assistant.ports import AiServer, OnWords
from tests.api.conftest import Door
from tests.api.test_life import confirmed, running

pytestmark = pytest.mark.anyio


class ByRules:
    """Fills AiServer: has mails rewritten as our own AI server does without a model."""

    async def ask(
        self, request: TurnRequest, *, turn_id: str, on_words: OnWords | None = None
    ) -> list[Action]:
        assert request.rewrite is not None
        return list(await Rewriter().actions(request, request.rewrite))


@pytest.fixture
def ai() -> AiServer:
    return ByRules()


async def test_words_are_proposed_read_confirmed_and_undone(door: Door) -> None:
    alice, sequence_id = await running(door)

    made = await alice.done(
        "/campaign/update_using_ai",
        sequence_id=sequence_id,
        instruction="mention the fair in Milan",
        steps=[1],
        only_people=["maria"],
    )
    page = (
        await alice.get("/campaign/update_using_ai/mails", rewrite_id=made["rewrite_id"])
    ).json()
    done = await confirmed(alice, made["proposal"])
    undone = await alice.done("/proposals/undo", proposal_id=done["proposal_id"])

    assert (made["state"], made["done"], made["changed"]) == ("ready", 1, 1)
    assert (made["proposal"]["kind"], made["proposal"]["mails"]) == ("rewrite", 1)
    [mail] = page["mails"]
    assert (mail["email"], mail["step"]) == ("maria@x.test", 1)
    assert "the fair in Milan" in mail["new_body"]
    assert "the fair in Milan" not in mail["old_body"]
    assert done["outcome"] == "0 mails not planned yet and 1 mail planned has the new words."
    assert undone["outcome"].startswith("1 mail has its earlier words again.")


async def test_what_rules_cannot_do_is_said_and_proposes_nothing(door: Door) -> None:
    alice, sequence_id = await running(door)

    made = await alice.done(
        "/campaign/update_using_ai", sequence_id=sequence_id, instruction="translate it"
    )

    assert (made["state"], made["proposal"]) == ("failed", None)
    assert "needs a language model" in made["reason"]


async def test_nobody_meant_is_a_conflict_and_a_foreign_campaign_is_missing(door: Door) -> None:
    alice, sequence_id = await running(door)

    nobody = await alice.post(
        "/campaign/update_using_ai",
        sequence_id=sequence_id,
        instruction="shorter",
        only_titles=["pilot"],
    )
    missing = await alice.post(
        "/campaign/update_using_ai", sequence_id="seq_nope", instruction="shorter"
    )

    assert (nobody.status_code, missing.status_code) == (409, 404)
