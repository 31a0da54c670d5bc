"""A language model over the wire, on good days and on bad ones."""

from __future__ import annotations

import time

import pytest
from pydantic import BaseModel

from qrev.ai.llm import Endpoint, OpenAiLlm
from qrev.ai.minds import LlmTrouble, Prices, Usage
from tests.llm_server import MODEL, Mock, calling, failing, saying
from tests.sites import a_free_port

pytestmark = pytest.mark.anyio
LONG = "Twelve people are known, and three of them are new since Monday."


class Colours(BaseModel):
    first: str
    second: int


class Ear:
    """Hears the words as they come."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def __call__(self, words: str) -> None:
        self.heard.append(words)


def asking(words: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": words}]


async def test_words_are_told_as_they_come(model: Mock, llm: OpenAiLlm) -> None:
    model.answers(saying(LONG))
    ear = Ear()

    said = await llm.converse(asking("how many?"), (), ear)

    assert said.text == ear.heard[-1] == LONG
    assert len(ear.heard) > 2
    assert all(
        later.startswith(sooner) for sooner, later in zip(ear.heard, ear.heard[1:], strict=False)
    )
    assert said.usage.written > 0


async def test_a_tool_that_is_called_piece_by_piece_is_put_together(
    model: Mock, llm: OpenAiLlm
) -> None:
    arguments = {"contains": "a rather long word that is cut into several pieces"}
    model.answers(calling("look_up_people", arguments))

    said = await llm.converse(asking("who?"), (), Ear())

    (call,) = said.calls
    assert (call.name, call.id) == ("look_up_people", "call_look_up_people")
    assert "several pieces" in call.arguments


async def test_a_form_is_asked_for_and_filled(model: Mock, llm: OpenAiLlm) -> None:
    model.answers(
        {
            "match": {"responseFormat": "json_schema"},
            "response": {"content": {"first": "red", "second": 2}},
        }
    )

    filled, usage = await llm.fill(asking("colours?"), Colours)

    assert filled == Colours(first="red", second=2)
    assert usage.tokens > 0
    (asked,) = model.asked()
    assert asked["model"] == MODEL
    assert asked["response_format"]["json_schema"]["strict"] is True


@pytest.mark.parametrize("content", ["no JSON at all", '{"first": "red"}', '{"first": "red", "sec'])
async def test_a_form_that_does_not_fit_is_trouble_that_was_paid_for(
    model: Mock, llm: OpenAiLlm, content: str
) -> None:
    model.answers(saying(content))

    with pytest.raises(LlmTrouble, match="wrong form") as caught:
        await llm.fill(asking("colours?"), Colours)

    assert caught.value.usage.tokens > 0


async def test_too_many_requests_are_asked_again_when_the_server_says(
    model: Mock, llm: OpenAiLlm
) -> None:
    model.answers(failing(429, retry_after=1, sequenceIndex=0), saying("free"))
    began = time.monotonic()

    said = await llm.converse(asking("busy?"), (), Ear())

    assert said.text == "free"
    assert time.monotonic() - began >= 1


@pytest.mark.parametrize(
    ("status", "words", "is_lasting"),
    [
        (429, "asked too much", False),
        (500, "failed", False),
        (401, "does not accept LLM_API_KEY", True),
        (404, "LLM_MODEL is not there", True),
        (400, "refused the question", False),
    ],
)
async def test_a_refusal_is_said_in_words(
    model: Mock, status: int, words: str, is_lasting: bool
) -> None:
    model.answers(failing(status))
    endpoint = Endpoint(base_url=model.url, api_key="", model=MODEL, prices=Prices())
    llm = OpenAiLlm(endpoint, tries_again=0)

    with pytest.raises(LlmTrouble, match=words) as caught:
        await llm.converse(asking("x"), (), Ear())
    await llm.close()

    assert caught.value.is_lasting is is_lasting


async def test_a_stream_that_is_cut_is_no_answer(model: Mock, llm: OpenAiLlm) -> None:
    model.answers(saying(LONG, truncateAfterChunks=3, latency=20))

    with pytest.raises(LlmTrouble):
        await llm.converse(asking("x"), (), Ear())


async def test_an_answer_that_is_garbled_is_trouble(model: Mock, llm: OpenAiLlm) -> None:
    model.answers(saying("{}", chaos={"malformedRate": 1}))

    with pytest.raises(LlmTrouble):
        await llm.fill(asking("x"), Colours)


async def test_a_server_that_is_not_there_is_said_so() -> None:
    url = f"http://127.0.0.1:{a_free_port()}/v1"
    llm = OpenAiLlm(Endpoint(base_url=url, api_key="", model=MODEL, prices=Prices()), tries_again=0)

    with pytest.raises(LlmTrouble, match="cannot be reached"):
        await llm.fill(asking("x"), Colours)
    await llm.close()


def test_what_is_used_has_its_price() -> None:
    prices = Prices(read=2.5, written=10)

    assert prices.of(Usage(read=1_000_000, written=100_000)) == pytest.approx(3.5)
