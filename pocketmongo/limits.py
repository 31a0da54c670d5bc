"""What is allowed: how many clients and statements, and which options a collection may have."""

from __future__ import annotations

from functools import cache

from pocketmongo.storage.connections import MAX_OPEN

MAX_CLIENTS = 1_000
MAX_STATEMENTS = 100_000  # in one command that writes
COLLECTION_OPTIONS = (
    "capped",
    "size",
    "max",
    "validator",
    "validationLevel",
    "validationAction",
    "viewOn",
    "pipeline",
    "collation",
    "clusteredIndex",
    "changeStreamPreAndPostImages",
)
_DESCRIPTORS_PER_READER = 3
_DESCRIPTORS_OF_OUR_OWN = 32


@cache
def max_clients() -> int:
    """Return how many clients may be connected at once; asks the system for more first."""
    try:
        import resource
    except ImportError:
        return MAX_CLIENTS
    reserved = MAX_OPEN * _DESCRIPTORS_PER_READER + _DESCRIPTORS_OF_OUR_OWN
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_CLIENTS + reserved
    if soft != resource.RLIM_INFINITY and soft < wanted:
        granted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (granted, hard))
        return max(1, granted - reserved)
    return MAX_CLIENTS
