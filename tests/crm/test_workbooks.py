"""Excel workbooks, written by hand so that each byte is known."""

from __future__ import annotations

import contextlib
import io
import zipfile
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qrev.crm.workbooks import MAX_UNPACKED
from qrev.kit.errors import InvalidInput
from tests.crm.lists import read_people

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
MEGABYTE = 1024 * 1024


def a_workbook(*sheets: list[list[str | int | float]]) -> bytes:
    """Return an .xlsx file with these sheets."""
    numbers = range(1, len(sheets) + 1)
    listed = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    related = "".join(
        f'<Relationship Id="r{n}" Type="{DOCUMENT}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{KIND}.worksheet+xml"/>'
        for n in numbers
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
        f"{overrides}</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" '
        f'Type="{DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}">'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{related}</Relationships>',
        **{f"xl/worksheets/sheet{n}.xml": _sheet(rows) for n, rows in enumerate(sheets, 1)},
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return written.getvalue()


def _sheet(rows: list[list[str | int | float]]) -> str:
    lines = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    return f'<worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData></worksheet>'


def _cell(value: str | float) -> str:
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f"<c><v>{value}</v></c>"


def test_a_workbook_is_read_like_a_list_whatever_its_name_says() -> None:
    data = a_workbook([["Name", "Email", "Seats"], ["Zoë Müller", "Zoe@Acme.test", 40]])

    (row,) = read_people(data).rows

    assert (row.line, row.name, row.email) == (2, "Zoë Müller", "zoe@acme.test")
    assert row.fields == {"Seats": "40"}


def test_the_first_sheet_that_has_anything_in_it_is_read() -> None:
    data = a_workbook([], [[], [], ["email"], ["ann@acme.test"], ["nonsense"]])

    found = read_people(data)

    assert found.emails == ["ann@acme.test"]
    assert [line.line for line in found.refused] == [5]


def test_a_formula_in_a_workbook_stays_text() -> None:
    data = a_workbook([["email", "name"], ["ann@acme.test", "=HYPERLINK(1)"]])

    assert read_people(data).rows[0].name == "=HYPERLINK(1)"


def test_a_workbook_that_unpacks_to_hundreds_of_megabytes_is_refused() -> None:
    written = io.BytesIO()
    with (
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed,
        packed.open("xl/worksheets/sheet1.xml", "w") as sheet,
    ):
        for _ in range(MAX_UNPACKED // MEGABYTE + 1):
            sheet.write(bytes(MEGABYTE))

    with pytest.raises(InvalidInput, match="too big once unpacked"):
        read_people(written.getvalue())


@given(st.integers(0, 900), st.binary(min_size=1, max_size=40))
@settings(deadline=None, max_examples=60)
def test_a_broken_workbook_is_read_or_refused_in_words(place: int, noise: bytes) -> None:
    data = a_workbook([["email", "name"], ["ann@acme.test", "Ann"]])
    broken = data[: place + 4] + noise + data[place + 4 + len(noise) :]

    with contextlib.suppress(InvalidInput):  # anything else fails here
        read_people(broken)
