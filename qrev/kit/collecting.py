"""Making very many things at once without looking for garbage among them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collecting() -> Iterator[None]:
    """Keep the garbage collector still meanwhile: for a second or two of making what is kept.

    Every so many new objects it goes through all there are. While tens of thousands are made that
    nobody lets go of, that finds nothing and takes as long as making half of them.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
