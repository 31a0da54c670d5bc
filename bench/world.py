"""A list of people as members really have them, drawn by chance from a fixed seed."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from bench.measuring import SEED

MONDAY = datetime(2026, 3, 2, 7, tzinfo=UTC)
DAYS = (0, 3, 7, 14)  # on which the four steps are due
MAILBOXES = 5
# (zone, country, how many of a hundred). Some lists do not say the one, some neither.
PLACES = (
    ("America/New_York", "US", 18),
    ("America/Chicago", "US", 9),
    ("America/Los_Angeles", "US", 12),
    ("America/Sao_Paulo", "BR", 3),
    ("Europe/London", "GB", 12),
    ("Europe/Berlin", "DE", 13),
    ("Europe/Paris", "FR", 6),
    ("Europe/Madrid", "ES", 4),
    ("Europe/Stockholm", "SE", 3),
    ("Asia/Kolkata", "IN", 4),
    ("Asia/Tokyo", "JP", 2),
    ("Australia/Sydney", "AU", 3),
    ("", "NL", 5),
    ("", "", 6),
)
TITLES = ("CEO", "Head of Sales", "VP Operations", "Marketing Manager", "Supply Chain Lead")
ON_FREE_MAIL = 0.04
PER_COMPANY = 2.5  # people of a list at one company, on average; a few have twenty


@dataclass(frozen=True, kw_only=True, slots=True)
class Somebody:
    number: int
    company: str
    domain: str
    title: str
    zone: str
    country: str

    @property
    def email(self) -> str:
        return f"person{self.number}@{self.domain}"

    @property
    def name(self) -> str:
        return f"Person Number{self.number}"


def somebodies(count: int) -> Iterator[Somebody]:
    """Yield that many people, the same ones each time."""
    chance = random.Random(SEED)
    companies = max(1, round(count / PER_COMPANY))
    weights = [share for _, _, share in PLACES]
    for number in range(count):
        zone, country, _ = chance.choices(PLACES, weights)[0]
        # The square makes some companies large and leaves most of them small.
        company = int(companies * chance.random() ** 2)
        is_on_free_mail = chance.random() < ON_FREE_MAIL
        yield Somebody(
            number=number,
            company=f"Firm {company}",
            domain="gmail.com" if is_on_free_mail else f"firm{company}.test",
            title=chance.choice(TITLES),
            zone=zone,
            country=country,
        )


def a_list(count: int) -> bytes:
    """Return them as the file a member drops into the chat."""
    file = io.BytesIO()
    write_list(count, file)
    return file.getvalue()


def write_list(count: int, file: BinaryIO) -> None:
    """As `a_list`, into a file."""
    text = io.TextIOWrapper(file, "utf-8", newline="")
    rows = csv.writer(text)
    rows.writerow(
        (
            *("name", "email", "company_name", "company_url", "job_title", "linkedin_url"),
            *("timezone", "country", "segment"),
        )
    )
    for each in somebodies(count):
        rows.writerow(
            (
                *(each.name, each.email, each.company, f"https://{each.domain}", each.title),
                f"https://linkedin.test/in/person{each.number}",
                *(each.zone, each.country, f"segment {each.number % 7}"),
            )
        )
    text.flush()
    text.detach()
