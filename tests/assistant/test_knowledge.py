"""What a workspace tells of itself: read from files, understood, told on, and forgotten."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from typing import Any

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.accounts.models import Actor
from qrev.assistant.asking import answer
from qrev.assistant.contract import TextAction
from qrev.assistant.knowledge.models import Kind
from qrev.assistant.knowledge.reading import MAX_UNPACKED, pages_of
from qrev.kit.errors import InvalidInput
from tests.assistant.world import World

pytestmark = pytest.mark.anyio
STUDY = "# Pine\n\nPine saved 30 % of its time with us. We like tea."


def a_pdf(*pages: str) -> bytes:
    """Return a PDF with a line of words on each page."""
    streams = [f"BT /F1 12 Tf 72 720 Td ({words}) Tj ET".encode() for words in pages]
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for i, stream in enumerate(streams):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << "
            b"/F1 3 0 R >> >> /Contents %d 0 R >>" % (5 + 2 * i)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    file, places = io.BytesIO(), []
    file.write(b"%PDF-1.4\n")
    for number, each in enumerate(objects, start=1):
        places.append(file.tell())
        file.write(b"%d 0 obj\n%s\nendobj\n" % (number, each))
    start = file.tell()
    file.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    file.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    file.write(b"trailer << /Size %d /Root 1 0 R >>\n" % (len(objects) + 1))
    file.write(b"startxref\n%d\n%%%%EOF" % start)
    return file.getvalue()


def a_word_file(*paragraphs: str) -> bytes:
    document, file = docx.Document(), io.BytesIO()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(file)
    return file.getvalue()


def a_bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", b"0" * (MAX_UNPACKED + 1))
    return file.getvalue()


async def ask(world: World, actor: Actor, name: str, **payload: Any) -> Any:
    answered = await answer(world.services.desks, actor, name, payload)
    return answered.view or answered.refusal


async def added(world: World, actor: Actor, text: str = STUDY, **more: Any) -> Any:
    return await ask(world, actor, "knowledge_add", kind=Kind.CASE_STUDIES, text=text, **more)


def test_pages_of_a_pdf_are_kept_apart() -> None:
    assert pages_of(a_pdf("We sell tea.", "Pine saved 30 %."), "a.pdf") == (
        "We sell tea.",
        "Pine saved 30 %.",
    )


def test_word_and_text_files_are_read() -> None:
    assert pages_of(a_word_file("We sell tea.", "Since 1999."), "a.docx") == (
        "We sell tea.\n\nSince 1999.",
    )
    assert pages_of("Tee für alle".encode("cp1252"), "a.txt") == ("Tee für alle",)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b" ", "empty"),
        (b"%PDF-1.4 nothing", "damaged"),
        (b"PK\x03\x04 nothing", "no Word document"),
        (b"\xd0\xcf\x11\xe0 old", "old Word file"),
        (b"\x00\x01\x02\x03" * 9, "no PDF"),
        (b"12 34", "no words"),
        (b"a" * 200_001, "more than 200,000"),
        (b"x" * (10 * 1024 * 1024 + 1), "at most 10 MB"),
        (a_bomb(), "too large once it is unpacked"),
        (a_pdf(""), "no words"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        pages_of(data, "a.bin")


@given(st.binary(max_size=400), st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04"]))
def test_whatever_is_handed_over_is_read_or_refused(data: bytes, head: bytes) -> None:
    with suppress(InvalidInput):  # and nothing else
        assert pages_of(head + data, "x")


async def test_a_text_is_kept_understood_replaced_and_deleted(world: World, alice: Actor) -> None:
    first = await added(world, alice, title="Pine")
    understood = await ask(world, alice, "knowledge_read", document_id=first.rows[0].id)
    replaced = await added(world, alice, "Other words here.", replaces=first.rows[0].id)
    left = await ask(world, alice, "knowledge_remove", document_id=first.rows[0].id)

    assert [(row.title, row.pages, row.added_by) for row in first.rows] == [("Pine", 1, "Alice")]
    assert [claim.text for claim in understood.claims] == ["Pine saved 30 % of its time with us."]
    assert [section.heading for section in understood.sections][:1] == ["Pine"]
    assert [(row.id, row.words) for row in replaced.rows] == [(first.rows[0].id, 3)]
    assert left.rows == []


async def test_it_is_told_to_the_assistant_by_page(world: World, alice: Actor) -> None:
    pdf = a_pdf("We sell tea.", "Pine saved 30 %.")
    await world.services.knowledge.add_file(alice, Kind.BRAND, "us.pdf", pdf)

    await world.say(alice, "hello", TextAction(response="Hi"))

    [told] = [turn.sender_resource_documents for turn in world.ai.asked.values()]
    assert [(d.name, d.title, [p.number for p in d.pages]) for d in told] == [
        ("brand_doc", "us.pdf", [1, 2])
    ]
    assert told[0].pages[1].text == "Pine saved 30 %."


async def test_there_are_at_most_twenty(world: World, alice: Actor) -> None:
    for _ in range(20):
        await added(world, alice)

    refused = await added(world, alice)

    assert (refused.code, "at most 20" in refused.message) == ("conflict", True)


async def test_others_look_or_find_nothing(
    world: World, alice: Actor, victor: Actor, mallory: Actor
) -> None:
    document_id = (await added(world, alice)).rows[0].id

    looked = await ask(world, victor, "knowledge_get")
    tried = await added(world, victor)
    foreign = await ask(world, mallory, "knowledge_read", document_id=document_id)
    taken = await added(world, mallory, replaces=document_id)

    assert (len(looked.rows), looked.can_change, tried.code) == (1, False, "not_allowed")
    assert (foreign.code, taken.code) == ("not_found", "not_found")
    assert (await ask(world, mallory, "knowledge_get")).rows == []
