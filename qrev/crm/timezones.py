"""Time zones as people write them. Pure."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from zoneinfo import available_timezones

# What sales lists say; the zone that keeps the same clock all year round.
USUAL = {
    "utc": "UTC",
    "gmt": "Europe/London",
    "bst": "Europe/London",
    "cet": "Europe/Berlin",
    "cest": "Europe/Berlin",
    "eet": "Europe/Helsinki",
    "msk": "Europe/Moscow",
    "ist": "Asia/Kolkata",
    "sgt": "Asia/Singapore",
    "jst": "Asia/Tokyo",
    "aest": "Australia/Sydney",
    "aedt": "Australia/Sydney",
    "est": "America/New_York",
    "edt": "America/New_York",
    "et": "America/New_York",
    "eastern": "America/New_York",
    "cst": "America/Chicago",
    "cdt": "America/Chicago",
    "ct": "America/Chicago",
    "central": "America/Chicago",
    "mst": "America/Denver",
    "mdt": "America/Denver",
    "mountain": "America/Denver",
    "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles",
    "pt": "America/Los_Angeles",
    "pacific": "America/Los_Angeles",
}
OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])\s*(\d{1,2})(?::?00)?", re.IGNORECASE)


@lru_cache(maxsize=4096)
def zone_of(text: str) -> str | None:
    """Return the IANA zone that is meant, None if that cannot be told."""
    wanted = re.sub(r"[\s_]+", "_", text.strip()).lower()
    if not wanted:
        return None
    exact, cities = _names()
    plain = wanted.removesuffix("_time").removesuffix("_standard")
    if plain in USUAL:  # before the exact names: the zone "EST" never changes its clocks
        return USUAL[plain]
    if wanted in exact:
        return exact[wanted]
    if len(cities.get(wanted, ())) == 1:
        return cities[wanted][0]
    if (offset := OFFSET.fullmatch(text.strip())) is not None and int(offset[2]) <= 12:
        # POSIX signs: Etc/GMT-2 is two hours ahead of Greenwich.
        sign = "-" if offset[1] == "+" else "+"
        return f"Etc/GMT{sign}{int(offset[2])}" if int(offset[2]) else "UTC"
    close = difflib.get_close_matches(wanted, exact, n=2, cutoff=0.88)
    return exact[close[0]] if len({exact[name] for name in close}) == 1 else None


@lru_cache(maxsize=1)
def _names() -> tuple[dict[str, str], dict[str, list[str]]]:
    exact = {name.lower(): name for name in available_timezones()}
    cities: dict[str, list[str]] = {}
    for lowered, name in exact.items():
        if "/" in name and not name.startswith(("Etc/", "US/")):
            cities.setdefault(lowered.rpartition("/")[2], []).append(name)
    return exact, cities


@lru_cache(maxsize=4096)
def suggested_zone(text: str) -> str | None:
    """Return the zone that may be meant by what `zone_of` does not know, None for no idea."""
    exact, cities = _names()
    words = [word for word in re.split(r"[^a-z]+", text.lower()) if len(word) > 2]
    for size in (3, 2, 1):
        for at in range(len(words) - size + 1):
            name = "_".join(words[at : at + size])
            if name in USUAL and name not in ("utc", "gmt"):  # they begin other zones' names
                return USUAL[name]
            if len(cities.get(name, ())) == 1:
                return cities[name][0]
    joined = "_".join(words)
    close = difflib.get_close_matches(joined, cities, n=1, cutoff=0.78) if joined else []
    if close and len(cities[close[0]]) == 1:
        return cities[close[0]][0]
    wanted = re.sub(r"[\s_]+", "_", text.strip()).lower()
    near = difflib.get_close_matches(wanted, exact, n=1, cutoff=0.75)
    return exact[near[0]] if near else None
