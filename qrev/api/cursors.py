"""Places in a list that goes back in time, as one opaque word."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

from qrev.kit.errors import InvalidInput

NO_PAGE = "That page does not exist. Begin with the first one."


def to_cursor(at: datetime, id_: str) -> str:
    """Return the place behind what has this moment and id."""
    return base64.urlsafe_b64encode(json.dumps([at.isoformat(), id_]).encode()).decode()


def from_cursor(cursor: str) -> tuple[datetime, str]:
    """Return the place. Raises InvalidInput for anything made up."""
    try:
        at, id_ = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or not isinstance(id_, str) or not id_.isascii():
            raise InvalidInput(NO_PAGE)
        return moment.astimezone(UTC), id_
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise InvalidInput(NO_PAGE) from error


def to_word_cursor(place: tuple[str, str], order: str) -> str:
    """Return the place behind what has these two words, in a list of this order."""
    return base64.urlsafe_b64encode(json.dumps([order, *place]).encode()).decode()


def from_word_cursor(cursor: str, order: str) -> tuple[str, str]:
    """Return the place. Raises InvalidInput for anything made up, or of another order."""
    try:
        of, word, id_ = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        if of != order or not isinstance(word, str) or not isinstance(id_, str):
            raise InvalidInput(NO_PAGE)
        f"{word}{id_}".encode()  # half a surrogate pair is no text to ask a database for
    except (ValueError, TypeError, RecursionError) as error:
        raise InvalidInput(NO_PAGE) from error
    return word, id_
