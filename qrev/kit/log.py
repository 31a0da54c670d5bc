"""What we write down while running: one line per event, to stderr, never a secret."""

from __future__ import annotations

import logging
import sys

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# They tell every request or poll; ours are the lines worth reading.
CHATTY = ("httpx", "httpcore", "pymongo", "engineio", "socketio", "asyncio", "chainlit", "taskiq")
# A connection that is lost is pages of theirs, and one line of ours; and what a bounce says is for
# no log.
SILENT = ("aio_pika", "aiormq", "flufl.bounce")


def set_up(level: str) -> None:
    """Send our events to stderr from `level` up, and other people's from warnings up."""
    logging.basicConfig(level=level.upper(), format=FORMAT, stream=sys.stderr, force=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL)
