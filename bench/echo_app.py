"""The least a Chainlit app can do: say what was said. The floor our turns are measured against."""

from __future__ import annotations

import chainlit as cl


@cl.on_message
async def echo(message: cl.Message) -> None:
    """Answer with the same words."""
    await cl.Message(content=message.content).send()
