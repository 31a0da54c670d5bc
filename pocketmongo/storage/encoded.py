"""The keys of one document's own fields, each worked out once for all indexes that have it."""

from __future__ import annotations

from pocketmongo.collation import Fold
from pocketmongo.keys import encode_key
from pocketmongo.values import MISSING, Document


class EncodedFields(dict[str, bytes]):
    """By field: the key of its value, nothing for an array.

    What stands for an array is in `arrays`: the keys of its elements if all of them are texts,
    else None.
    """

    __slots__ = ("arrays", "document", "fold")

    def __init__(self, document: Document, fold: Fold | None = None) -> None:
        super().__init__()
        self.document = document
        self.fold = fold
        self.arrays: dict[str, list[bytes] | None] = {}

    def __missing__(self, path: str) -> bytes:
        value = self.document.get(path, MISSING)
        if type(value) is list:
            key = b""
            is_plain = bool(value) and all(type(each) is str for each in value)
            elements = [encode_key(each, self.fold) for each in value] if is_plain else None
            self.arrays[path] = elements
        else:
            key = encode_key(value, self.fold)
        self[path] = key
        return key
