"""Conversations, the drop box and an AI server, in memory."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from qrev.accounts.models import AccountId
from qrev.assistant.contract import Action, TurnRequest
from qrev.assistant.models import Line
from qrev.assistant.ports import Heard, OnWords, Spent
from qrev.kit.errors import Unavailable


class FakeAiServer:
    """Fills AiServer: answers with what was prepared, in turn; with nothing left it is down."""

    def __init__(self, *answers: list[Action]) -> None:
        self.answers = list(answers)
        self.asked: dict[str, TurnRequest] = {}

    async def ask(
        self, request: TurnRequest, *, turn_id: str, on_words: OnWords | None = None
    ) -> list[Action]:
        self.asked[turn_id] = request
        if not self.answers:
            raise Unavailable("The assistant did not answer. Please try again.")
        return self.answers.pop(0)


class FakeConversations:
    """Fills Conversations."""

    def __init__(self) -> None:
        self.lines: dict[str, Line] = {}
        self._uploads: dict[tuple[AccountId, str], str | None] = {}

    async def add_if_new(self, line: Line) -> bool:
        is_new = line.id not in self.lines
        self.lines.setdefault(line.id, line)
        return is_new

    async def last(self, account_id: AccountId, conversation_id: str, *, limit: int) -> list[Line]:
        found = [
            line
            for line in self.lines.values()
            if (line.account_id, line.conversation_id) == (account_id, conversation_id)
        ]
        return sorted(found, key=lambda line: (line.at, line.role == "assistant"))[-limit:]

    async def set_upload(
        self, account_id: AccountId, conversation_id: str, upload_id: str | None
    ) -> None:
        self._uploads[account_id, conversation_id] = upload_id

    async def upload_of(self, account_id: AccountId, conversation_id: str) -> str | None:
        return self._uploads.get((account_id, conversation_id))


class FakeDropBox:
    """Fills DropBox. The AI server's part is `lay_prospects` and `read_upload`."""

    def __init__(self) -> None:
        self.prospects = FakeRows()
        self.messages = FakeRows()
        self.uploads: dict[str, list[dict[str, str]]] = {}
        self.callbacks: dict[str, Heard] = {}
        self.spending = FakeSpendingBook()
        self.stops: set[str] = set()

    async def lay_prospects(self, rows: Collection[dict[str, Any]]) -> None:
        self.prospects.put(rows)

    async def put_prospects(self, rows: Collection[dict[str, Any]]) -> None:
        self.prospects.put(rows)

    async def put_messages(self, rows: Collection[dict[str, Any]]) -> None:
        self.messages.put(rows)

    async def new_prospects(self, dropbox_id: str, *, limit: int) -> list[dict[str, Any]]:
        return self.prospects.new(dropbox_id, limit)

    async def new_messages(self, dropbox_id: str, *, limit: int) -> list[dict[str, Any]]:
        return self.messages.new(dropbox_id, limit)

    async def mark_prospects(self, row_ids: Collection[str], *, is_used: bool) -> None:
        self.prospects.mark(row_ids, is_used)

    async def mark_messages(self, row_ids: Collection[str], *, is_used: bool | None) -> None:
        self.messages.mark(row_ids, is_used)

    async def hear(self, dropbox_id: str, heard: Heard) -> None:
        before = await self.heard(dropbox_id)
        self.callbacks[dropbox_id] = Heard(
            are_people_complete=before.are_people_complete or heard.are_people_complete,
            is_last=before.is_last or heard.is_last,
            at=max(filter(None, (before.at, heard.at)), default=None),
        )

    async def heard(self, dropbox_id: str) -> Heard:
        return self.callbacks.get(dropbox_id, Heard())

    async def ask_to_stop(self, dropbox_id: str) -> None:
        self.stops.add(dropbox_id)

    async def is_stopped(self, dropbox_id: str) -> bool:
        return dropbox_id in self.stops

    async def put_upload(
        self, upload_id: str, rows: Collection[dict[str, str]], *, first: int
    ) -> None:
        laid = self.uploads.setdefault(upload_id, [])
        laid += [dict(row) for number, row in enumerate(rows, first) if number >= len(laid)]

    async def read_upload(self, upload_id: str) -> list[dict[str, str]]:
        return self.uploads.get(upload_id, [])


class FakeSpendingBook:
    """Fills SpendingBook. The AI server's part is `lay`."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    async def lay(self, row: dict[str, Any]) -> None:
        self.rows.append(row)

    async def in_month(self, account_id: AccountId, month: str) -> list[Spent]:
        return [
            Spent(
                user_id=row["user_id"],
                calls=row["calls"],
                tokens=row["read"] + row["written"],
                dollars=row["dollars"],
            )
            for row in self.rows
            if (row["account_id"], row["month"]) == (account_id, month)
        ]


class FakeRows:
    """One collection of the drop box. `taken` in a row says what became of it."""

    def __init__(self) -> None:
        self.by_id: dict[str, dict[str, Any]] = {}

    def put(self, rows: Collection[dict[str, Any]]) -> None:
        for row in rows:
            self.by_id.setdefault(row["_id"], dict(row))

    def new(self, dropbox_id: str, limit: int) -> list[dict[str, Any]]:
        found = [
            dict(row)
            for row in self.by_id.values()
            if row.get("sequence_id") == dropbox_id and row.get("taken") is None
        ]
        return found[:limit]

    def mark(self, row_ids: Collection[str], is_used: bool | None) -> None:
        for row_id in row_ids:
            if row_id in self.by_id:
                self.by_id[row_id]["taken"] = is_used
