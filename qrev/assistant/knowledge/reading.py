"""A file to plain words by page: PDF, Word, text and Markdown, each within limits."""

from __future__ import annotations

import io
import re
import zipfile

import docx
import pypdf
from docx.opc.exceptions import PackageNotFoundError
from pypdf.errors import PyPdfError

from qrev.kit.errors import InvalidInput
from qrev.kit.harmless import visible

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 60 * 1024 * 1024  # of a Word file, which is a ZIP
MAX_PAGES = 200
MAX_CHARACTERS = 200_000
NO_WORDS = "There are no words in it that can be read. A scanned page is a picture: use its text."
OLD_WORD = b"\xd0\xcf\x11\xe0"


def pages_of(data: bytes, filename: str) -> tuple[str, ...]:
    """Return the words of each page. Raises InvalidInput, in words for the member."""
    if not data.strip():
        raise InvalidInput("That file is empty.")
    if len(data) > MAX_BYTES:
        raise InvalidInput(f"A document has at most {MAX_BYTES >> 20} MB.")
    if data.startswith(b"%PDF"):
        pages = _of_pdf(data)
    elif data.startswith(b"PK"):
        pages = _of_word(data)
    elif data.startswith(OLD_WORD):
        raise InvalidInput("That is an old Word file. Save it as .docx or PDF.")
    else:
        pages = _of_text(data, filename)
    return tidied(pages)


def tidied(pages: list[str]) -> tuple[str, ...]:
    """Return pages without what cannot be seen, cut to what we keep. Raises InvalidInput."""
    found = [re.sub(r"\n{3,}", "\n\n", visible(page.replace("\x00", ""))).strip() for page in pages]
    if not any(any(c.isalpha() for c in page) for page in found):
        raise InvalidInput(NO_WORDS)
    if sum(map(len, found)) > MAX_CHARACTERS:
        raise InvalidInput(
            f"That is more than {MAX_CHARACTERS:,} characters. Keep what mails should say."
        )
    return tuple(found)


def _of_pdf(data: bytes) -> list[str]:
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise InvalidInput("That PDF is locked with a password. Save it without one.")
        if len(reader.pages) > MAX_PAGES:
            raise InvalidInput(f"A document has at most {MAX_PAGES} pages.")
        pages, length = [], 0
        for page in reader.pages:
            pages.append(page.extract_text())
            length += len(pages[-1])
            if length > MAX_CHARACTERS:
                break  # refused by whoever tidies them
        return pages
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, OSError) as error:
        raise InvalidInput("That PDF is damaged and cannot be read.") from error


def _of_word(data: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(each.file_size for each in packed.infolist()) > MAX_UNPACKED:
                raise InvalidInput("That file is far too large once it is unpacked.")
        paragraphs = docx.Document(io.BytesIO(data)).paragraphs
    except (
        zipfile.BadZipFile,
        PackageNotFoundError,
        KeyError,
        ValueError,
        SyntaxError,
    ) as error:
        raise InvalidInput("That is no Word document, or it is damaged.") from error
    return ["\n\n".join(p.text for p in paragraphs if p.text.strip())]


def _of_text(data: bytes, filename: str) -> list[str]:
    if b"\x00" in data[:1000] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InvalidInput(f"“{filename[:60]}” is no PDF, .docx, .txt or .md file.")
    wide = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ()
    for encoding in (*wide, "utf-8-sig", "cp1252"):
        try:
            return [data.decode(encoding)]
        except UnicodeError:
            continue
    return [data.decode("latin-1")]
