"""The whole database as it is, to be compared and put back."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from qrev.kit.mongo import Document

# What keeps time or counts for the whole house belongs to no account.
NOBODYS = frozenset({"tries", "sign_ins", "pulses", "listening"})


@dataclass(frozen=True)
class Dump:
    """Every document of every collection, by collection and id."""

    documents: Mapping[str, Mapping[Any, Document]]

    def changes(self, later: Dump, *, but: Collection[str]) -> list[str]:
        """Return what differs, a line each; documents that name any of `but` may."""
        lines = []
        but = {*but, *later.files_of(but)}
        for name in sorted({*self.documents, *later.documents} - NOBODYS):
            before, after = self.documents.get(name, {}), later.documents.get(name, {})
            for key in sorted({*before, *after}, key=str):
                was, now = before.get(key), after.get(key)
                if was != now and not _names(was or now, but):
                    lines.append(f"{name} {key}: {_difference(was, now)}")
        return lines

    def files_of(self, words: Collection[str]) -> set[str]:
        """Return the files that uploads which name one of these are kept as."""
        uploads = self.documents.get("uploads", {}).values()
        return {str(d["file_id"]) for d in uploads if "file_id" in d and _names(d, words)}


async def dumped(database: AsyncDatabase[Document]) -> Dump:
    names = await database.list_collection_names()
    found = await asyncio.gather(*(database[name].find().to_list() for name in names))
    return Dump({n: {_key(d): d for d in each} for n, each in zip(names, found, strict=True)})


async def put_back(database: AsyncDatabase[Document], dump: Dump, now: Dump) -> None:
    """Make the database as it was."""
    for name in {*dump.documents, *now.documents}:
        was, is_now = dump.documents.get(name, {}), now.documents.get(name, {})
        if was != is_now:
            await database[name].delete_many({})
            if was:
                await database[name].insert_many(list(was.values()))


def _key(document: Document) -> Any:
    return repr(document["_id"])


def _names(document: Document | None, words: Collection[str]) -> bool:
    text = repr(document)
    return any(word in text for word in words)


def _difference(was: Document | None, now: Document | None) -> str:
    if was is None or now is None:
        return "is new" if was is None else "is gone"
    fields = sorted(k for k in {*was, *now} if was.get(k) != now.get(k))
    return ", ".join(f"{field} {was.get(field)!r} -> {now.get(field)!r}"[:200] for field in fields)
