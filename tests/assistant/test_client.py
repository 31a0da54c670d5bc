"""Asking an AI server that may be well, slow, away or talking nonsense."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from qrev.assistant.client import TIMEOUT, AiClient
from qrev.assistant.contract import (
    MAX_ANSWER,
    ConversationSoFar,
    TextAction,
    TurnRequest,
    UnknownAction,
)
from qrev.kit.errors import Unavailable

pytestmark = pytest.mark.anyio
URL = "https://ai.test/turns?v=1"
TOKEN = "secret-token"
HELLO = {"actions": [{"type": "text", "response": "hello"}]}
Answer = Callable[[httpx.Request], httpx.Response]


def a_client(answer: Answer, *, has_token_in_body: bool = False) -> AiClient:
    return AiClient(
        URL, TOKEN, has_token_in_body=has_token_in_body, transport=httpx.MockTransport(answer)
    )


def a_request() -> TurnRequest:
    return TurnRequest(
        query="hello",
        company_id="acme",
        user_id="alice",
        conversation=ConversationSoFar(conversation_id="c1"),
    )


async def refusal_of(answer: Answer) -> str:
    client = a_client(answer)
    with pytest.raises(Unavailable) as refused:
        await client.ask(a_request(), turn_id="t1")
    await client.close()
    return str(refused.value)


async def test_the_turn_is_posted_with_its_headers_and_the_answer_read() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=HELLO)

    client = a_client(answer)
    actions = await client.ask(a_request(), turn_id="t1")
    await client.ask(a_request(), turn_id="t1")

    first, second = seen
    assert actions == [TextAction(response="hello")]
    assert (first.method, str(first.url)) == ("POST", URL)
    assert first.headers["Authorization"] == f"Bearer {TOKEN}"
    assert first.headers["Idempotency-Key"] == "t1"
    assert first.headers["Content-Type"] == "application/json"
    assert first.headers["X-Request-ID"] != second.headers["X-Request-ID"]
    assert json.loads(first.content)["query"] == "hello"
    assert TOKEN.encode() not in first.content
    await client.close()


async def test_the_token_is_in_the_body_only_for_servers_that_want_it_there() -> None:
    seen: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.content)
        return httpx.Response(200, json=HELLO)

    client = a_client(answer, has_token_in_body=True)
    await client.ask(a_request(), turn_id="t1")

    assert json.loads(seen[0])["token"] == TOKEN
    await client.close()


@pytest.mark.parametrize("status", [500, 502, 503, 400, 404, 422, 429])
async def test_a_server_that_fails_is_an_answer_that_changed_nothing(status: int) -> None:
    assert "Nothing was changed" in await refusal_of(lambda _: httpx.Response(status))


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_token_is_said_to_whoever_can_mend_it(status: int) -> None:
    said = await refusal_of(lambda _: httpx.Response(status))

    assert "AI_BOT_SERVER_TOKEN" in said
    assert TOKEN not in said


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (httpx.ConnectError("refused"), "cannot be reached"),
        (httpx.ConnectTimeout("slow"), "took too long"),
        (httpx.ReadTimeout("slow"), "took too long"),
        (httpx.RemoteProtocolError("cut"), "cannot be reached"),
    ],
)
async def test_a_server_that_is_down_or_slow_is_said_to_be_so(error: Exception, words: str) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise error

    assert words in await refusal_of(answer)


def test_connecting_is_given_up_soon_and_thinking_late() -> None:
    assert (TIMEOUT.connect, TIMEOUT.read) == (5, 90)


@pytest.mark.parametrize(
    "body", [b"<html>Bad gateway</html>", b'{"actions": [{"type"', b"", b"[]", b'{"actions": 1}']
)
async def test_an_answer_that_cannot_be_read_is_said_to_be_so(body: bytes) -> None:
    assert "could not read" in await refusal_of(lambda _: httpx.Response(200, content=body))


async def test_an_unknown_action_comes_through_as_one() -> None:
    client = a_client(lambda _: httpx.Response(200, json={"actions": [{"type": "dance"}]}))

    (action,) = await client.ask(a_request(), turn_id="t1")

    assert isinstance(action, UnknownAction)
    await client.close()


async def test_actions_of_null_are_no_actions() -> None:
    client = a_client(lambda _: httpx.Response(200, json={"actions": None}))

    assert await client.ask(a_request(), turn_id="t1") == []
    await client.close()


async def test_an_endless_answer_is_cut_off() -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b" " * 1024 * 1024

    said = await refusal_of(lambda _: httpx.Response(200, content=endless()))

    assert "could not read" in said
    assert sent <= MAX_ANSWER // (1024 * 1024) + 2


async def test_a_redirect_is_not_followed_with_our_token() -> None:
    hosts: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        return httpx.Response(307, headers={"Location": "https://evil.test/turns"})

    said = await refusal_of(answer)

    assert hosts == ["ai.test"]
    assert "Nothing was changed" in said


def events(*lines: str) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        assert "text/event-stream" in request.headers["accept"]
        text = "\n".join(lines) + "\n"
        return httpx.Response(200, text=text, headers={"Content-Type": "text/event-stream"})

    return answer


async def heard_from(answer: Answer) -> tuple[list[str], list[object]]:
    heard: list[str] = []

    async def on_words(words: str) -> None:
        heard.append(words)

    client = a_client(answer)
    try:
        return heard, [*await client.ask(a_request(), turn_id="t1", on_words=on_words)]
    finally:
        await client.close()


async def test_words_are_told_before_the_answer_is_there() -> None:
    heard, actions = await heard_from(
        events(
            "event: words",
            'data: {"text": "hel"}',
            "",
            "event: words",
            'data: {"text": "hello"}',
            "",
            "event: answer",
            f"data: {json.dumps(HELLO)}",
            "",
        )
    )

    assert heard == ["hel", "hello"]
    assert actions == [TextAction(response="hello")]


async def test_a_server_that_cannot_stream_is_asked_all_the_same() -> None:
    heard, actions = await heard_from(lambda _: httpx.Response(200, json=HELLO))

    assert (heard, actions) == ([], [TextAction(response="hello")])


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("event: words", 'data: {"text": "hel"}', ""),
        ("event: words", "data: nonsense", ""),
        ("event: words", 'data: ["text"]', ""),
        ("event: answer", "data: <html>", ""),
    ],
)
async def test_events_without_an_answer_are_no_answer(lines: tuple[str, ...]) -> None:
    with pytest.raises(Unavailable, match="could not read"):
        await heard_from(events(*lines))
