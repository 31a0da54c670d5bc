"""How fast this machine is at the kind of work a small database in Python does."""

from __future__ import annotations

import sqlite3
import time

import bson

ROWS = 2500


def calibration_s() -> float:
    """Return the seconds of processor time that one fixed piece of work takes here and now.

    A rate times this is how much gets done meanwhile: a number that machines and busy moments
    share, as far as they are slower at everything alike.
    """
    began = time.process_time()
    _work()
    return time.process_time() - began


def _work() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, key BLOB UNIQUE, value BLOB)")
    for number in range(ROWS):
        name = f"n{number * 7919 % ROWS}"
        document = {"_id": number, "name": name, "tags": ["a", "b"] * 5}
        connection.execute(
            "INSERT INTO t VALUES(?,?,?)",
            (number, name.encode(), bson.encode(document)),
        )
    total = 0
    for number in range(ROWS):
        key = f"n{number}".encode()
        (value,) = connection.execute("SELECT value FROM t WHERE key=?", (key,)).fetchone()
        total += sum(len(str(each)) for each in bson.decode(value).values())
    counts: dict[int, int] = {}
    for number in range(60 * ROWS):
        counts[number % 97] = counts.get(number % 97, 0) + number
    connection.close()
    assert total + len(counts) > 0
