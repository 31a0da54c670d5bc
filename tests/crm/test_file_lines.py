"""Dropped files without the lines of somebody."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qrev.crm.file_lines import lines_about, without_lines
from qrev.crm.reading import read_people
from tests.crm.test_workbooks import a_workbook

CSV = 'name;email;note\r\nAnn;ann@elm.test;"two\r\nlines"\r\nBob;BOB@pine.test;"a\nb"\r\n'
BOB = "bob@pine.test"


def test_a_line_goes_with_its_line_breaks_and_the_rest_stays_as_it_is() -> None:
    kept = without_lines(CSV.encode("cp1252"), BOB)

    assert kept is not None
    assert kept.decode("utf-8-sig") == 'name;email;note\nAnn;ann@elm.test;"two\nlines"\n'
    assert lines_about(CSV.encode(), BOB) == ['Bob;BOB@pine.test;"a\nb"']


def test_a_file_that_does_not_speak_of_them_is_left_alone() -> None:
    assert without_lines(CSV.encode(), "ann@elm.test.org") is None
    assert without_lines(b"", BOB) is None
    assert without_lines(b"%PDF-1.4 and so on", BOB) is None


def test_a_quote_that_is_never_closed_does_not_take_the_rest_along() -> None:
    data = b'email,name\nann@elm.test,"Ann\nbob@pine.test,Bob\neve@oak.test,Eve\n'

    kept = without_lines(data, BOB)

    assert kept is not None
    assert b"bob@pine.test" not in kept
    assert b"eve@oak.test" in kept


def test_a_workbook_is_written_anew_as_text() -> None:
    data = a_workbook([["Name", "Email"], ["Ann", "ann@elm.test"], ["Bob", "Bob@Pine.test"]])

    kept = without_lines(data, BOB)

    assert kept is not None
    assert [row.email for row in read_people(kept).rows] == ["ann@elm.test"]


@given(st.text(max_size=300))
def test_any_file_is_without_them_afterwards(text: str) -> None:
    data = f"{text}\nBob,bob@pine.test\n".encode("utf-8", "replace")

    kept = without_lines(data, BOB)

    assert kept is None or lines_about(kept, BOB) == []
    assert kept is not None or lines_about(data, BOB) == []
