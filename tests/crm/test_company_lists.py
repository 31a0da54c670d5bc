"""Reading lists of companies: every line becomes a company or says why not."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.crm.company_lists import CompanyRow, open_companies
from qrev.crm.list_files import Problem
from qrev.kit.errors import InvalidInput


def read(text: str) -> tuple[list[dict[str, str]], list[Problem]]:
    rows = list(open_companies(io.BytesIO(text.encode())).rows)
    good = [row.facts for row in rows if isinstance(row, CompanyRow)]
    return good, [row for row in rows if isinstance(row, Problem)]


def test_the_exports_of_other_tools_are_understood() -> None:
    titles = "Record ID,Company name,Company Domain Name,Industry,Country/Region"

    good, bad = read(f"{titles}\n7,Pine,pine.test,Wood,Norway\n")

    assert (good, bad) == (
        [
            {
                "fields.Record ID": "7",
                "name": "Pine",
                "url": "https://pine.test",
                "industry": "Wood",
                "country": "Norway",
            }
        ],
        [],
    )


def test_an_export_of_ours_comes_back_as_it_was() -> None:
    ours = (
        "name,domain,web site,industry,country,phone number,LinkedIn,owner,source,added,people\n"
        "'=Pine,pine.test,https://www.pine.test,Wood,,'+47 1,,ann@acme.test,a.csv,2026-01-01,3\n"
    )

    good, _ = read(ours)

    assert good == [
        {"name": "=Pine", "url": "https://pine.test", "industry": "Wood", "phone_number": "+47 1"}
    ]


def test_a_line_that_is_no_company_says_why() -> None:
    good, bad = read("name;website\nPine;pine.test\n;\nOak;not a site\n;javascript:x()\n")

    assert [each["name"] for each in good] == ["Pine"]
    assert [(each.line, each.value) for each in bad] == [(4, "not a site"), (5, "javascript:x()")]


def test_a_preamble_is_passed_over() -> None:
    good, _ = read("Exported on Monday\n\nFirma,Webseite\nPine,pine.test\n")

    assert good == [{"name": "Pine", "url": "https://pine.test"}]


@pytest.mark.parametrize("text", ["", "email,age\nann@acme.test,3\n", "%PDF-1.7"])
def test_what_is_no_list_of_companies_says_what_to_do(text: str) -> None:
    with pytest.raises(InvalidInput):
        read(text)


@given(st.text(max_size=300))
def test_any_text_ends_in_companies_or_in_words(text: str) -> None:
    try:
        good, bad = read(f"name,website,note\n{text}")
    except InvalidInput:
        return
    assert all(each.get("name") or each.get("url") for each in good)
    assert all(each.reason for each in bad)
