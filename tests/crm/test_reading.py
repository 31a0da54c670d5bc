from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qrev.crm.addresses import meant_domain, mended
from qrev.crm.list_files import MAX_BYTES, records_of
from qrev.crm.reading import MAX_ROWS, Reading, Taken
from qrev.crm.repairs import Finding, Plan, Repair
from qrev.crm.timezones import suggested_zone, zone_of
from qrev.kit.csv_writing import defused
from qrev.kit.errors import InvalidInput
from tests.crm.lists import read_people

SAMPLE = Path(__file__).parents[2] / "docs" / "sample.csv"


def read(text: str, encoding: str = "utf-8") -> list[tuple[str, str]]:
    return [(row.name, row.email) for row in read_people(text.encode(encoding)).rows]


def test_the_sample_is_read_whole() -> None:
    found = read_people(SAMPLE.read_bytes())

    assert (len(found.rows), found.refused) == (12, [])
    assert "keep" not in found.plan.choices
    first = found.rows[0]
    assert (first.line, first.email) == (2, "maria.gomez@solarex.test")
    assert (first.company_name, first.company_url) == ("Solarex Energy", "https://solarex.test")
    assert (first.job_title, first.timezone) == ("Head of Sales", "Europe/Madrid")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_delimiters_line_ends_and_encodings(delimiter: str, newline: str, encoding: str) -> None:
    lines = ["Name;Email;Title", "Zoë Müller;zoe@acme.test;CEO", "Bob Ray;bob@acme.test;CTO"]
    text = newline.join(line.replace(";", delimiter) for line in lines)

    assert read(text, encoding) == [("Zoë Müller", "zoe@acme.test"), ("Bob Ray", "bob@acme.test")]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252", "latin-1", "mac-roman"]
)
def test_names_are_read_in_the_encodings_of_windows_and_old_macs(encoding: str) -> None:
    names = ["René Müller", "Älva Öberg", "Hélène Brûlé", "Núria Peña"]
    lines = [f"{name},a{n}@acme.test" for n, name in enumerate(names)]

    found = read("\n".join(["name,email", *lines]), encoding)

    assert [name for name, _ in found] == names


def test_windows_letters_are_not_taken_for_those_of_a_mac() -> None:
    assert read("name,email\nŠime Žižek – “Ž”,a@acme.test\n", "cp1252")[0][0].startswith("Šime Ž")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"PK\x03\x04rest", "Excel"),
        (b"\xd0\xcf\x11\xe0rest", "Excel"),
        (b"%PDF-1.7 rest", "PDF"),
        (b"name,phone\nAnn,123\n", "No column of email addresses"),
        (b"email\n" + b"," * 600 + b"\n", "500 columns"),
    ],
)
def test_a_file_that_cannot_be_used_says_what_to_do(data: bytes, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        read_people(data)


def test_a_file_that_is_too_big_says_so(tmp_path: Path) -> None:
    with (tmp_path / "big.csv").open("wb+") as file:
        file.truncate(MAX_BYTES + 1)

        with pytest.raises(InvalidInput, match="over 200 MB"):
            next(records_of(file))


def test_one_row_over_a_million_is_refused_with_the_limit() -> None:
    reading = Reading(Plan(titles=("email",), choices=("email",)))
    for number in range(MAX_ROWS):
        reading.read((number, []))

    with pytest.raises(InvalidInput, match="1,000,000 rows"):
        reading.read((MAX_ROWS, []))


def test_a_preamble_above_the_header_is_passed_over() -> None:
    text = (
        'Notes:\n"When exporting your connections, some may be missing"\n\n'
        "First Name,Last Name,URL,Email Address,Company,Position\n"
        "Ann,Lee,https://linkedin.test/in/ann,ann@acme.test,Acme,CEO\n"
    )

    found = read_people(text.encode())

    assert (found.rows[0].name, found.rows[0].job_title, found.rows[0].line) == (
        "Ann Lee",
        "CEO",
        5,
    )
    assert found.refused == []


def test_a_list_without_a_header_is_understood_by_its_cells() -> None:
    assert read("Ann Lee,ann@acme.test,Acme\nBob Ray,bob@acme.test,Acme\n") == [
        ("Ann Lee", "ann@acme.test"),
        ("Bob Ray", "bob@acme.test"),
    ]


@pytest.mark.parametrize(
    "header",
    [
        "First Name,Last Name,Company Name for Emails,Title,Email,Person Linkedin Url",  # Apollo
        "First Name,Last Name,Company Name,Job Title,Email,LinkedIn",  # HubSpot
        "FirstName,LastName,Account Name,Title,Email,LinkedIn URL",  # Salesforce
        "First Name,Last Name,Company,Position,Email Address,URL",  # LinkedIn
        "First Name,Last Name,Organization Name,Organization Title,E-mail 1 - Value,X",  # Google
        "First Name,Last Name,Company,Job Title,E-mail Address,Web Page",  # Outlook
    ],
)
def test_the_columns_of_the_usual_tools_are_known(header: str) -> None:
    found = read_people(f"{header}\nAnn,Lee,Acme,CEO,ann@acme.test,linkedin.test/ann\n".encode())

    row = found.rows[0]
    assert (row.name, row.company_name, row.job_title) == ("Ann Lee", "Acme", "CEO")


def test_other_columns_are_kept_under_safe_names() -> None:
    found = read_people(b"email,Deal.Size,$where,Deal.Size,\na@acme.test,10,x,20,y\n")

    assert found.rows[0].fields == {
        "Deal_Size": "10",
        "_where": "x",
        "Deal_Size (2)": "20",
        "column 5": "y",
    }


def test_a_second_column_of_addresses_is_kept_as_a_field() -> None:
    row = read_people(b"email,Email,name\na@acme.test,b@acme.test,Ann\n").rows[0]

    assert (row.email, row.fields) == ("a@acme.test", {"Email": "b@acme.test"})


def test_bad_lines_are_named_and_the_rest_goes_on() -> None:
    text = (
        'name,email,note\n"Ann\nLee",ann@acme.test,"two\nlines"\n'
        "Eve,eve(at)acme.test\nNobody,\nBob,bob@acme.test,x,too,many\n"
    )

    found = read_people(text.encode())

    assert [row.email for row in found.rows] == ["ann@acme.test", "bob@acme.test"]
    assert found.reasons() == [
        (5, "“eve(at)acme.test” is not an email address"),
        (6, "there is no email address"),
    ]


def test_one_address_in_two_spellings_is_one_person() -> None:
    found = read_people(b"email,name\nAnn@Acme.test,Ann\nann@acme.TEST,Ann\n")

    assert found.emails == ["ann@acme.test"]
    assert found.reasons() == [(3, "the same person as line 2")]


def test_role_addresses_are_taken_and_pointed_out() -> None:
    found = read_people(b"email\ninfo@acme.test\n")

    assert found.emails == ["info@acme.test"]
    assert [note.value for note in found.notes(Finding.ROLE)] == ["info@acme.test"]
    assert read_people(b"email\ninfo@acme.test\n", Repair.DROP_ROLES).emails == []


def test_international_addresses_and_names_are_kept() -> None:
    names = ["Ольга Иванова", "田中 太郎", "محمد علي", "Γιώργος", "אבי כהן", "Zoë"]
    text = "name,email\n" + "".join(f"{n},user{i}@bücher.test\n" for i, n in enumerate(names))

    found = read(text)

    assert [name for name, _ in found] == names
    assert found[0][1] == "user0@bücher.test"


def test_formulas_stay_text_and_are_defused_on_the_way_out() -> None:
    row = read_people(b'email,name,x\na@acme.test,"=HYPERLINK(1)",+1\n').rows[0]

    assert (row.name, row.fields["x"]) == ("=HYPERLINK(1)", "+1")
    assert [defused(cell) for cell in ("=1", "+1", "-1", "@x", "ok")] == [
        "'=1",
        "'+1",
        "'-1",
        "'@x",
        "ok",
    ]


def test_nul_bytes_and_two_hundred_columns_are_survived() -> None:
    extra = ",".join(f"c{i}" for i in range(200))
    values = ",".join("v" for _ in range(200))

    found = read_people(f"email,{extra}\na\x00@acme.test,{values}\n".encode())

    assert (found.rows[0].email, len(found.rows[0].fields)) == ("a@acme.test", 200)


def test_a_cell_of_megabytes_does_not_end_the_reading() -> None:
    text = "email,note\na@acme.test,x\nb@acme.test," + "y" * 2_000_000 + "\nc@acme.test,z\n"

    assert [email for _, email in read(text)][-1] == "c@acme.test"


def test_web_addresses_that_are_none_are_left_out() -> None:
    row = read_people(
        b"email,website,linkedin\na@acme.test,javascript:alert(1),acme.test/x\n"
    ).rows[0]

    assert (row.company_url, row.linkedin_url) == ("", "https://acme.test/x")


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("EST", "America/New_York"),
        ("Pacific Time", "America/Los_Angeles"),
        ("GMT+2", "Etc/GMT-2"),
        ("UTC-05:00", "Etc/GMT+5"),
        ("Europe/Berln", "Europe/Berlin"),
        ("Mars/Olympus", None),
        ("", None),
    ],
)
def test_time_zones_as_people_write_them(text: str, zone: str | None) -> None:
    assert zone_of(text) == zone


def test_a_zone_nobody_knows_is_kept_beside_and_pointed_out() -> None:
    found = read_people(b"email,timezone\na@acme.test,Mars/Olympus\n")

    assert (found.rows[0].timezone, found.rows[0].fields) == ("", {"timezone": "Mars/Olympus"})
    assert [note.value for note in found.notes(Finding.UNKNOWN_ZONE)] == ["Mars/Olympus"]


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Berlin, Germany", "Europe/Berlin"),
        ("(UTC+01:00) Amsterdam, Berlin", "Europe/Amsterdam"),
        ("Eastern Standard Time (US)", "America/New_York"),
        ("Los Angelos", "America/Los_Angeles"),
        ("Mars/Olympus", None),
        ("", None),
    ],
)
def test_what_may_be_meant_by_a_zone_nobody_knows(text: str, zone: str | None) -> None:
    assert suggested_zone(text) == zone


def test_a_zone_is_mended_only_when_somebody_says_so() -> None:
    data = b'email,timezone\na@acme.test,"Berlin, Germany"\n'

    as_it_is, mended_one = read_people(data), read_people(data, Repair.FIX_ZONES)

    assert as_it_is.notes(Finding.UNKNOWN_ZONE)[0].suggestion == "Europe/Berlin"
    assert (as_it_is.rows[0].timezone, mended_one.rows[0].timezone) == ("", "Europe/Berlin")
    assert mended_one.rows[0].fields == {}


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("hotmial.con", "hotmail.com"),
        ("yahooo.com", "yahoo.com"),
        ("acme.con", "acme.com"),
        ("acme.com", None),
        ("gmail.com", None),
        ("email.com", None),
        ("con", None),
        ("", None),
    ],
)
def test_slips_in_domains_that_are_sure_enough_to_ask_about(domain: str, meant: str | None) -> None:
    assert meant_domain(domain) == meant


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ann@acme,com", "ann@acme.com"),
        ("ann @ acme.com", "ann@acme.com"),
        ("ann(at)acme.com", "ann@acme.com"),
        ("ann [at] acme [dot] com", "ann@acme.com"),
        ("ann@@acme..com.", "ann@acme.com"),
        ("nonsense", None),
        ("@", None),
        ("", None),
    ],
)
def test_addresses_written_as_people_write_them(text: str, address: str | None) -> None:
    assert mended(text) == address


def test_slips_are_mended_only_when_somebody_says_so() -> None:
    data = b'email\nann@gmial.com\n"bob@acme,com"\nann@gmail.com\n'

    as_it_is = read_people(data)
    whole = read_people(data, Repair.FIX_TYPOS, Repair.MEND_ADDRESSES)

    assert as_it_is.emails == ["ann@gmial.com", "ann@gmail.com"]
    assert as_it_is.notes(Finding.TYPO)[0].suggestion == "gmail.com"
    assert as_it_is.refused[0].suggestion == "bob@acme.com"
    assert whole.emails == ["ann@gmail.com", "bob@acme.com"]
    assert whole.reasons() == [(4, "the same person as line 2")]


def test_a_header_nobody_knows_is_judged_by_what_stands_below() -> None:
    found = read_people(b"Kontaktweg,Wer\nann@acme.test,Ann Lee\nbob@acme.test,Bob Ray\n")

    assert (found.emails, found.refused) == (["ann@acme.test", "bob@acme.test"], [])
    assert found.columns.suggested == {0: "email"}


def test_titles_that_are_nearly_known_are_asked_about_and_known_ones_are_not() -> None:
    found = read_people(b"Email,Job titel,Compny Name,Shoe size\na@acme.test,CEO,Acme,39\n")

    assert found.columns.suggested == {1: "job_title", 2: "company_name"}
    assert (found.rows[0].job_title, found.rows[0].company_name) == ("CEO", "Acme")
    assert found.rows[0].fields == {"Shoe size": "39"}


def test_what_we_wrote_beside_refused_lines_is_left_out_when_they_come_back() -> None:
    data = b"email,phone,QRev: line,QRev: why it was refused\na@acme.test,'+49 30 1,7,x\n"

    row = read_people(data).rows[0]

    assert (row.phone_number, row.fields) == ("+49 30 1", {})


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_refused_in_words(data: bytes) -> None:
    try:
        rows = read_people(b"email,name\n" + data).rows
    except InvalidInput:
        rows = []

    assert all("@" in row.email for row in rows)


@given(st.lists(st.text(max_size=30), max_size=30), st.sets(st.sampled_from(Repair)))
@settings(max_examples=150, deadline=None)
def test_each_line_is_taken_or_refused_whatever_it_says(
    cells: list[str], repairs: set[Repair]
) -> None:
    reading = Reading(
        Plan(
            titles=("e", "n", "t", "x"),
            choices=("email", "name", "timezone", "keep"),
            repairs=frozenset(repairs),
        )
    )

    lines = [reading.read((n, [cell, cell, cell, cell])) for n, cell in enumerate(cells)]

    assert len(lines) == len(cells)
    emails = [line.row.email for line in lines if isinstance(line, Taken)]
    assert len(emails) == len(set(emails))
