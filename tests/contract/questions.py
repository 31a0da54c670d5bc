"""What the stores really ask the database, and how the database would find the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pymongo import monitoring
from pymongo.asynchronous.database import AsyncDatabase

from qrev.kit.mongo import Document


@dataclass(frozen=True)
class Question:
    """One filter the database was sent. `asked_by` is the port's method."""

    asked_by: str
    collection: str
    filter: Mapping[str, Any]
    sort: Mapping[str, Any]
    is_limited: bool
    inserts: Mapping[str, Any]  # what an upsert writes where nothing is found
    hint: Any = None  # the index the store names itself

    @property
    def names_the_account(self) -> bool:
        branches = self.filter.get("$or", [self.filter])
        is_asked = "account_id" in self.filter or all("account_id" in each for each in branches)
        return is_asked or "account_id" in self.inserts

    def is_what_it_is_for(self, key: Mapping[str, Any]) -> bool:
        """Return whether an index of that key holds the answer, together and in order."""
        equal = {n for n, v in self.filter.items() if n[0] != "$" and not isinstance(v, dict)}
        names = list(key)
        return set(names[: len(equal)]) == equal and names[len(equal) :] == list(self.sort)

    def __str__(self) -> str:
        return f"{self.asked_by} asks {self.collection} for {dict(self.filter)}"


class Listener(monitoring.CommandListener):
    """Keeps every question put while `asked_by` says by whom."""

    def __init__(self) -> None:
        self.asked_by = ""
        self.questions: list[Question] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if self.asked_by:
            for sent in _filters(event.command_name, event.command):
                self.questions.append(
                    Question(
                        asked_by=self.asked_by,
                        collection=event.command[event.command_name],
                        filter=sent.get("filter") or {},
                        sort=sent.get("sort") or {},
                        is_limited=bool(sent.get("limit")),
                        inserts=sent.get("inserts") or {},
                        hint=sent.get("hint"),
                    )
                )

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Answers are not looked at."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """An upsert that met its twin fails as well, and that is no question."""


class Heard:
    """A store whose every call is announced to the listener by its name."""

    def __init__(self, port: str, store: Any, listener: Listener) -> None:
        self._port = port
        self._store = store
        self._listener = listener

    def __getattr__(self, method: str) -> Any:
        async def call(*args: Any, **kwargs: Any) -> Any:
            self._listener.asked_by = f"{self._port}.{method}"
            try:
                return await getattr(self._store, method)(*args, **kwargs)
            finally:
                self._listener.asked_by = ""

        return call


def _filters(name: str, command: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Return every filter in a command, as a find would have it."""
    if name == "find":
        yield command
    elif name in ("count", "distinct"):
        yield {"filter": command.get("query")}
    elif name == "aggregate":
        yield {**_of_pipeline(command["pipeline"]), "hint": command.get("hint")}
    elif name == "findAndModify":
        yield _of_update(command["query"], command.get("update") or {}, command.get("upsert"))
    elif name == "update":
        for each in command["updates"]:
            yield _of_update(each["q"], each["u"], each.get("upsert"))
    elif name == "delete":
        for each in command["deletes"]:
            yield {"filter": each["q"]}


def _of_pipeline(stages: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    return {"filter": stages[0].get("$match", {}) if stages else {}}


def _of_update(question: Mapping[str, Any], update: Any, upsert: Any) -> Mapping[str, Any]:
    changes = update if isinstance(update, list) else [update]
    written: dict[str, Any] = {}
    for change in changes:
        written |= {**change.get("$set", {}), **change.get("$setOnInsert", {})}
    return {"filter": question, "inserts": written if upsert else {}}


@dataclass(frozen=True)
class Way:
    """How the database finds the answer: the steps it takes and the indexes it reads."""

    stages: frozenset[str]
    indexes: frozenset[str]

    @property
    def is_scan(self) -> bool:
        return "COLLSCAN" in self.stages

    @property
    def is_sorted_in_memory(self) -> bool:
        return "SORT" in self.stages


async def way_of(database: AsyncDatabase[Document], question: Question) -> Way:
    """Return how the question would be answered, asked as a find whatever it came in."""
    find: Document = {"find": question.collection, "filter": question.filter}
    if question.sort:
        find["sort"] = question.sort
    if question.hint:
        find["hint"] = question.hint
    explained = await database.command({"explain": find, "verbosity": "queryPlanner"})
    plan = explained["queryPlanner"]["winningPlan"]
    return Way(frozenset(_values(plan, "stage")), frozenset(_values(plan, "indexName")))


def _values(plan: Any, name: str) -> Iterator[str]:
    if isinstance(plan, Mapping):
        if name in plan:
            yield plan[name]
        for each in plan.values():
            yield from _values(each, name)
    elif isinstance(plan, list):
        for each in plan:
            yield from _values(each, name)
