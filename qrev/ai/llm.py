"""A language model behind any endpoint that speaks OpenAI's chat completions.

Imported only where a model is set: the client alone takes a second and 35 MB.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import openai
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.completion_usage import CompletionUsage
from pydantic import BaseModel, ValidationError

from qrev.ai.minds import Filled, Llm, LlmTrouble, Messages, OnWords, Prices, Said, ToolCall, Usage

log = logging.getLogger(__name__)

COMPLETIONS = "/chat/completions"
TIMEOUT = openai.Timeout(60, connect=5)  # seconds
TRIES_AGAIN = 6  # 429 and 5xx, after what Retry-After says, up to two minutes each
TRIES_IN_A_TURN = 1  # somebody waits


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """Where the model is. `prices` are those of its maker."""

    base_url: str
    api_key: str
    model: str
    prices: Prices


class OpenAiLlm(Llm):
    """Fills Llm. Several callers may use one at a time; `close` it at the end."""

    def __init__(self, endpoint: Endpoint, *, tries_again: int = TRIES_AGAIN) -> None:
        self.model = endpoint.model
        self.prices = endpoint.prices
        self._client = openai.AsyncOpenAI(
            base_url=endpoint.base_url,
            api_key=endpoint.api_key or "none",  # a model on one's own machine needs none
            timeout=TIMEOUT,
            max_retries=tries_again,
        )
        hurried = self._client.with_options(max_retries=min(tries_again, TRIES_IN_A_TURN))
        # Its signature names every model there was when it was made; ours may be newer.
        self._create: Any = hurried.chat.completions.create

    async def converse(
        self,
        messages: Messages,
        tools: Sequence[Mapping[str, Any]],
        on_words: OnWords,
    ) -> Said:
        gathered = _Gathered()
        try:
            stream = await self._create(
                model=self.model,
                messages=list(messages),
                tools=list(tools),
                stream=True,
                stream_options={"include_usage": True},
            )
            async for chunk in stream:
                if words := gathered.add(chunk):
                    await on_words(words)
        except (openai.OpenAIError, ValueError) as error:
            raise _trouble(error) from error
        if not gathered.is_whole:
            raise LlmTrouble("the language model broke off in mid-sentence")
        return gathered.said()

    async def fill(self, messages: Messages, kind: type[Filled]) -> tuple[Filled, Usage]:
        try:
            # Not `create`: it looks at every word of the schema anew, a third of a mail's time.
            completion = await self._client.post(
                COMPLETIONS,
                cast_to=ChatCompletion,
                body={
                    "model": self.model,
                    "messages": list(messages),
                    "response_format": _format(kind),
                },
            )
        except (openai.OpenAIError, ValueError) as error:
            raise _trouble(error) from error
        usage = _usage(completion.usage)
        try:
            content = completion.choices[0].message.content or ""
            return kind.model_validate_json(content), usage
        except (IndexError, TypeError, ValidationError) as error:
            log.info("the model's answer does not fit: %s", error)
            raise LlmTrouble(
                "the language model's answer has the wrong form", usage=usage
            ) from error

    async def close(self) -> None:
        await self._client.close()


class _Gathered:
    """A stream, put together again."""

    def __init__(self) -> None:
        self.is_whole = False
        self._words: list[str] = []
        self._calls: dict[int, dict[str, str]] = {}
        self._usage = Usage()

    def add(self, chunk: ChatCompletionChunk) -> str:
        """Take in a piece and return all words so far, "" if it brought none."""
        if chunk.usage is not None:
            self._usage = _usage(chunk.usage)
        words = ""
        for choice in chunk.choices[:1]:
            self.is_whole = self.is_whole or choice.finish_reason is not None
            words = choice.delta.content or ""
            for part in choice.delta.tool_calls or ():
                call = self._calls.setdefault(part.index, {"id": "", "name": "", "arguments": ""})
                call["id"] = part.id or call["id"]
                if part.function is not None:
                    call["name"] += part.function.name or ""
                    call["arguments"] += part.function.arguments or ""
        if not words:
            return ""
        self._words.append(words)
        return "".join(self._words)

    def said(self) -> Said:
        return Said(
            text="".join(self._words).strip(),
            calls=tuple(ToolCall(**call) for _, call in sorted(self._calls.items())),
            usage=self._usage,
        )


@cache
def _format(kind: type[BaseModel]) -> dict[str, Any]:
    schema = kind.model_json_schema()
    return {
        "type": "json_schema",
        "json_schema": {"name": kind.__name__, "schema": schema, "strict": True},
    }


def _usage(used: CompletionUsage | None) -> Usage:
    if used is None:
        return Usage()
    return Usage(read=used.prompt_tokens, written=used.completion_tokens)


def _trouble(error: Exception) -> LlmTrouble:
    """Return what happened, in words that go behind “because”."""
    log.warning("the language model: %r", error)
    if isinstance(error, openai.RateLimitError):
        return LlmTrouble("the language model is asked too much at the moment")
    if isinstance(error, (openai.AuthenticationError, openai.PermissionDeniedError)):
        return LlmTrouble("the language model does not accept LLM_API_KEY", is_lasting=True)
    if isinstance(error, openai.NotFoundError):
        return LlmTrouble("LLM_MODEL is not there, or LLM_BASE_URL is wrong", is_lasting=True)
    if isinstance(error, openai.BadRequestError):
        return LlmTrouble("the language model refused the question")
    if isinstance(error, openai.APITimeoutError):
        return LlmTrouble("the language model took too long")
    if isinstance(error, openai.APIConnectionError):
        return LlmTrouble("the language model cannot be reached")
    return LlmTrouble("the language model failed")
