"""An answer told while it is made: `words` as they come, then the whole `answer`, as events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Protocol

from qrev.ai.minds import OnWords
from qrev.assistant.contract import Answer, TurnRequest


class Answering(Protocol):
    async def answer(
        self, turn: TurnRequest, key: str, on_words: OnWords | None = None
    ) -> Answer: ...


async def streamed(server: Answering, turn: TurnRequest, key: str) -> AsyncIterator[bytes]:
    """Yield server-sent events. Words that are followed by no answer are worth nothing."""
    news: asyncio.Queue[str | None] = asyncio.Queue()

    async def on_words(words: str) -> None:
        news.put_nowait(words)

    answering = asyncio.ensure_future(server.answer(turn, key, on_words))
    answering.add_done_callback(lambda _: news.put_nowait(None))
    try:
        while (words := await news.get()) is not None:
            yield _event("words", json.dumps({"text": words}))
        yield _event("answer", (await answering).model_dump_json())
    finally:
        answering.cancel()


def _event(name: str, data: str) -> bytes:
    return f"event: {name}\ndata: {data}\n\n".encode()
