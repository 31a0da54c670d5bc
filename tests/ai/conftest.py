"""A language model on loopback for the tests of the AI server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from qrev.ai.llm import Endpoint, OpenAiLlm
from qrev.ai.minds import Prices
from tests.llm_server import MODEL, Mock, a_model


@pytest.fixture(scope="session")
def model() -> Iterator[Mock]:
    """One server for all: each test says what it answers."""
    with a_model() as mock:
        yield mock


@pytest.fixture
async def llm(model: Mock) -> AsyncIterator[OpenAiLlm]:
    prices = Prices(read=1_000_000, written=2_000_000)
    endpoint = Endpoint(base_url=model.url, api_key="key", model=MODEL, prices=prices)
    llm = OpenAiLlm(endpoint, tries_again=1)
    yield llm
    await llm.close()
