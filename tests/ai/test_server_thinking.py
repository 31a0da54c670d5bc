"""The AI server with a language model behind it, over HTTP without a socket."""

from __future__ import annotations

import asyncio
import json

import pytest

from qrev.ai.llm import OpenAiLlm
from tests.ai.test_server import OFFER, RIGHT, House, body, house
from tests.ai.turns import SAMPLE, a_turn
from tests.llm_server import Mock, failing, saying

pytestmark = pytest.mark.anyio
__all__ = ["house"]


async def test_words_come_as_events_before_the_answer_and_it_is_the_same_answer(
    house: House, model: Mock, llm: OpenAiLlm
) -> None:
    model.answers(saying("Twelve people are known, and three of them are new since Monday."))
    server = house.a_server(llm=llm)
    asked = {**RIGHT, "Idempotency-Key": "k"}

    async with house.client(server) as client:
        events = await client.post(
            "/turns",
            headers={**asked, "Accept": "text/event-stream"},
            json=body(a_turn("how many?")),
        )
        plain = await client.post("/turns", headers=asked, json=body(a_turn("how many?")))

    names = [line for line in events.text.splitlines() if line.startswith("event: ")]
    assert names[-1] == "event: answer"
    assert names.count("event: words") > 2
    last = events.text.strip().rpartition("data: ")[2]
    assert json.loads(last) == plain.json()
    assert len(model.asked()) == 1


async def test_a_model_in_trouble_is_replaced_by_the_rules_and_that_is_said(
    house: House, model: Mock, llm: OpenAiLlm
) -> None:
    model.answers(failing(401))
    server = house.a_server(llm=llm)

    answer = await server.answer(a_turn(OFFER, rows=SAMPLE[:1]), "k")
    await server.close()

    why, words, draft = answer.actions
    assert why.type == "text"
    assert "by rules this time, because the language model does not accept" in why.response
    assert words.type == "text"
    assert "built-in writer" in words.response
    assert draft.type == "email_sequence_draft"
    assert await house.drafts() == 2


async def test_who_asks_twice_at_once_costs_one_answer(
    house: House, model: Mock, llm: OpenAiLlm
) -> None:
    model.answers(saying("Hello.", latency=50))
    server = house.a_server(llm=llm)

    first, second = await asyncio.gather(*(server.answer(a_turn("hi"), "k") for _ in range(2)))

    assert first == second
    assert len(model.asked()) == 1
