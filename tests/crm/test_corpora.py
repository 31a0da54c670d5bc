"""What others have collected that breaks programs, read the way lists are."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qrev.crm.addresses import normalised
from qrev.crm.list_files import MAX_CELL, records_of
from qrev.kit.csv_writing import csv_of
from tests.crm.lists import read_people
from tests.source_packages import fetched

PASTED = re.compile(r"^\s|\s$|<.*>").search
PACKAGES = Path(__file__).parents[1] / "services" / "node_modules"
SPECTRUM = PACKAGES / "csv-spectrum"
# What its collectors say of one is about another file: 1234567890 stands nowhere in it.
KINDS = sorted({p.stem for p in (SPECTRUM / "csvs").glob("*.csv")} - {"location_coordinates"})


def naughty() -> list[str]:
    text = (PACKAGES / "big-list-of-naughty-strings" / "blns.json").read_text()
    return [each for each in json.loads(text) if each.strip()]


def test_the_collections_are_there() -> None:
    assert len(KINDS) == 11
    assert len(naughty()) > 400


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_csv_is_read_as_its_collectors_say(kind: str) -> None:
    with (SPECTRUM / "csvs" / f"{kind}.csv").open("rb") as file:
        found = [cells for _, cells in records_of(file)]

    told = json.loads((SPECTRUM / "json" / f"{kind}.json").read_bytes())
    rows: list[dict[str, str]] = told if isinstance(told, list) else [told]
    assert [[_plain(cell) for cell in cells] for cells in found] == [
        list(map(_plain, cells)) for cells in ([*rows[0]], *([*row.values()] for row in rows))
    ]


def _plain(cell: str) -> str:
    return cell.replace("\r\n", "\n").strip()


@pytest.mark.anyio
async def test_naughty_strings_come_in_and_go_out_as_they_are() -> None:
    strings = [text for text in naughty() if len(text) <= MAX_CELL]
    lines = [[f"p{n}@pine.test", text, text] for n, text in enumerate(strings)]

    async def batches() -> Any:
        yield lines

    data = b"".join([piece async for piece in csv_of(["email", "name", "Note"], batches())])
    read = read_people(data)

    kept = {row.email: row.fields.get("Note", "") for row in read.rows}
    assert len(kept) == len(strings)
    assert read.refused == []
    for email, text, _ in lines:
        assert _said(kept[email]) == _said(text)


def _said(text: str) -> str:
    """Return a text without what no cell of a list keeps: nothing at its ends, no NUL."""
    clean = text.encode("utf-8", "replace").decode().replace("\x00", "")
    return "\n".join(clean.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()


def test_naughty_strings_are_no_addresses_and_cost_no_line() -> None:
    text = io.StringIO()
    csv.writer(text).writerows([["email", "name"], *([each, "Ann"] for each in naughty())])

    read = read_people(text.getvalue().encode("utf-8", "replace") + b"ann@pine.test,Ann\n")

    assert read.emails[-1] == "ann@pine.test"
    assert all("@" in email for email in read.emails)
    assert all(reason for _, reason in read.reasons())


def cases(test: str) -> Iterator[tuple[str, str]]:
    """Yield (address, what is expected of it) from a test of email-validator's own."""
    path = fetched("email-validator", tests="tests") / "tests" / "test_syntax.py"
    for each in ast.parse(path.read_text()).body:
        if isinstance(each, ast.FunctionDef) and each.name == test:
            [marked] = each.decorator_list
            assert isinstance(marked, ast.Call)
            assert isinstance(marked.args[1], ast.List)
            for case in marked.args[1].elts:
                assert isinstance(case, ast.Tuple)
                address, expected = case.elts
                yield ast.literal_eval(address), _normalized(expected)


def _normalized(expected: ast.expr) -> str:
    if not isinstance(expected, ast.Call):
        return ""
    return str(next(ast.literal_eval(k.value) for k in expected.keywords if k.arg == "normalized"))


@pytest.mark.parametrize("test", ["test_email_valid", "test_email_valid_intl_local_part"])
def test_addresses_that_are_ones_are_taken_in_one_form(test: str) -> None:
    # A quoted name is an address of the books only: nobody writes to one.
    told = {address: form for address, form in cases(test) if '"' not in address}

    assert len(told) > 5
    assert {address: normalised(address) for address in told} == {
        address: expected.lower() for address, expected in told.items()
    }


def test_addresses_that_are_none_are_refused() -> None:
    # Space around an address, and a name before it, are how people paste them.
    told = [address for address, _ in cases("test_email_invalid_syntax") if not PASTED(address)]

    taken = {address: found for address in told if (found := normalised(address))}

    assert len(told) > 50
    assert taken == {}
