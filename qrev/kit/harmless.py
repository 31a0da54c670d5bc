"""Markdown that loads nothing and leads nowhere else, whoever wrote it. Pure."""

from __future__ import annotations

import html
import re
import unicodedata

# They join letters in Persian and in scripts of India, and the parts of an emoji.
JOINERS = "\u200c\u200d"
# Variation selectors that no font knows: words can be hidden in them.
UNSEEN = re.compile("[\U000e0100-\U000e01ef\ufe00-\ufe0d]")
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
KEPT_ENTITIES = frozenset("&<>\"'\u00a0")
ESCAPED = re.compile(r"\\+(?=[:/.\\])")
SCHEME = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}:[/\\]{2,}", re.I)
NO_SCHEME = re.compile(r"(?<![\w:])[/\\]{2,}(?=[\w\[])")
WWW = re.compile(r"\bwww\.(?=\S)", re.I)
AUTOLINK = re.compile(r"<([a-z][a-z0-9+.-]*:[^<>\s]*|[^<>\s@]+@[^<>\s]+)>", re.I)
# Only a path of this site is a place to go to.
LINK_AWAY = re.compile(r"\]\((?!/(?![/\\])[\w/?=%.#-]*\))")


def visible(text: str) -> str:
    """Return the text without what cannot be seen in it."""
    text = UNSEEN.sub("", text)
    return "".join(c for c in text if c in JOINERS or unicodedata.category(c) != "Cf")


def harmless(markdown: str) -> str:
    """Return the same words without images, and without links to any other site.

    Addresses stay readable; nothing makes them links. What is one again once escapes and entities
    are read counts as well.
    """
    text = ENTITY.sub(_read, visible(markdown))
    before = None
    while before != text:  # what is cut out may join what stood around it
        before = text
        text = SCHEME.sub("", ESCAPED.sub("", text))
        text = visible(WWW.sub("", NO_SCHEME.sub("", text)))
    text = AUTOLINK.sub(r"\1", text)
    text = re.sub(r"!+\[", "[", text).replace("]:", "] :")
    return LINK_AWAY.sub("] (", text)


def _read(entity: re.Match[str]) -> str:
    meant = html.unescape(entity[0])
    return entity[0] if meant in KEPT_ENTITIES else visible(meant)
