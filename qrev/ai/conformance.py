"""Looking at an AI server as the backend does: what it gets right, and what it gets wrong."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import httpx

from qrev.ai.listening import Listener
from qrev.assistant.answers import UnreadableAnswer, read_answer
from qrev.assistant.contract import (
    Action,
    ConversationSoFar,
    MailsRewrittenAction,
    SenderCompany,
    SenderPerson,
    SequenceDraftAction,
    TurnRequest,
    UnknownAction,
    Utterance,
)
from qrev.kit.ids import new_id

MENTION = "mention the fair in Milan"
PEOPLE = [
    {
        "email": "ann.lee@example.test",
        "name": "Ann Lee",
        "company_name": "Alder",
        "job_title": "CTO",
    },
    {"email": "bo.ray@example.test", "name": "Bo Ray", "company_name": "Birch"},
    {"email": "cy@example.test"},
]
CAMPAIGN = (
    "Write to these people. We sell a tool that plans delivery routes. 2 emails, 3 days apart."
)
TIMEOUT = httpx.Timeout(5, read=90)
WAIT = 120.0  # seconds for the drafts of three people
Level = Literal["ok", "wrong", "note"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that was looked at. A `note` is allowed, and worth knowing."""

    level: Level
    text: str


class Rows(Protocol):
    """The drop box, as far as it is looked into."""

    async def messages(self, sequence_id: str) -> list[dict[str, Any]]: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """What is looked at. `rows` is None where the drop box cannot be reached from here."""

    url: str
    token: str
    callback_url: str
    listener: Listener
    rows: Rows | None = None
    transport: httpx.AsyncBaseTransport | None = None
    wait: float = WAIT


async def check(subject: Subject) -> AsyncIterator[Finding]:
    """Yield one finding after the other. About ten requests, and one small campaign."""
    async with httpx.AsyncClient(timeout=TIMEOUT, transport=subject.transport) as http:
        asking = _Asking(http, subject)
        try:
            yield await asking.status("A plain turn is answered.", _is_success, "200 was expected")
        except httpx.HTTPError as error:
            yield _wrong(f"The server cannot be reached: {error!r}.")
            return
        for look in (_refusals, _answers, _campaign, _rewriting):
            try:
                async for finding in look(asking):
                    yield finding
            except httpx.HTTPError as error:
                yield _wrong(f"The server broke off: {error!r}.")


class _Asking:
    """Sends turns, each under a key of its own unless one is given."""

    def __init__(self, http: httpx.AsyncClient, subject: Subject) -> None:
        self._http = http
        self.subject = subject

    async def post(
        self,
        words: str = "What can you do?",
        *,
        key: str = "",
        token: str | None = None,
        content: bytes | None = None,
        **fields: Any,
    ) -> httpx.Response:
        headers = {"Idempotency-Key": key or new_id(), "X-Request-ID": new_id()}
        shown = self.subject.token if token is None else token
        if shown:
            headers["Authorization"] = f"Bearer {shown}"
        turn = _turn(words, self.subject.callback_url).model_dump(mode="json", exclude_none=True)
        body = json.dumps({**turn, **fields}).encode() if content is None else content
        headers["Content-Type"] = "application/json"
        return await self._http.post(self.subject.url, content=body, headers=headers)

    async def status(
        self, title: str, is_right: Callable[[int], bool], expected: str, **turn: Any
    ) -> Finding:
        """Return what a status says about one turn."""
        answered = (await self.post(**turn)).status_code
        if is_right(answered):
            return _ok(title)
        return _wrong(f"{title} Here it is not: status {answered}, where {expected}.")


async def _refusals(asking: _Asking) -> AsyncIterator[Finding]:
    for title, token in (
        ("A turn with a wrong token is refused.", "wrong"),
        ("A turn without a token is refused.", ""),
    ):
        yield await asking.status(title, _is_refusal, "401 was expected", token=token)
    yield await asking.status(
        "A body that is no JSON is refused.",
        _is_client_error,
        "400 or 422 was expected",
        content=b"{",
    )
    yield await asking.status(
        "A field of a newer version is ignored.",
        _is_success,
        "200 was expected",
        from_a_newer_version={"of": "the contract"},
    )


async def _answers(asking: _Asking) -> AsyncIterator[Finding]:
    key = new_id()
    first, second = [await asking.post(key=key) for _ in range(2)]
    actions = _actions(first)
    if isinstance(actions, Finding):
        yield actions
        return
    if not actions:
        yield _wrong("An answer has no action: the member is told that there was nothing to say.")
    for action in actions:
        if isinstance(action, UnknownAction):
            yield _wrong(f"An action of type “{action.type}” cannot be shown: {action.reason}.")
    if actions and not any(isinstance(action, UnknownAction) for action in actions):
        yield _ok("Every action of the answer can be shown.")
    if _read(first) == _read(second):
        yield _ok("The same Idempotency-Key gets the same answer.")
    else:
        yield _wrong(
            "The same Idempotency-Key gets another answer: a turn that is sent again after a cut "
            "connection would be done twice."
        )


async def _campaign(asking: _Asking) -> AsyncIterator[Finding]:
    actions = _actions(await asking.post(CAMPAIGN, uploaded_data=PEOPLE))
    if isinstance(actions, Finding):
        yield actions
        return
    drafted = [action for action in actions if isinstance(action, SequenceDraftAction)]
    if not drafted:
        yield _note(f"No email_sequence_draft came for “{CAMPAIGN}”: its drafts are not checked.")
        return
    sequence = drafted[0].sequence
    yield _ok(f"A campaign is answered with a sequence of {len(sequence.steps)} steps.")
    ids = [step.id for step in sequence.steps]
    if not ids:
        yield _note("The sequence names no steps: three mails on days 0, 3 and 7 are assumed.")
    elif len(set(ids)) < len(ids):
        yield _note("Its steps share ids, so every message has to say its number in `step`.")
    async for finding in _callbacks(asking.subject, sequence.id):
        yield finding
    async for finding in _drafts(asking.subject, sequence.id, ids):
        yield finding


async def _rewriting(asking: _Asking) -> AsyncIterator[Finding]:
    mail = {"id": "m1", "subject": "Tea", "body": "Hi Ann,\n\nWe sell tea.\n\nBest,\nAlice"}
    actions = _actions(
        await asking.post(MENTION, rewrite={"instruction": MENTION, "mails": [mail]})
    )
    if isinstance(actions, Finding):
        yield actions
        return
    rewritten = [action for action in actions if isinstance(action, MailsRewrittenAction)]
    if not rewritten:
        yield _note("A rewrite gets no mails_rewritten: members cannot change mails with words.")
    elif any(each.id != "m1" for action in rewritten for each in action.mails):
        yield _wrong("A rewrite is answered with mails that were not sent along.")
    else:
        yield _ok("A rewrite is answered with the mails that were sent along.")


async def _callbacks(subject: Subject, sequence_id: str) -> AsyncIterator[Finding]:
    is_over = await subject.listener.wait_for_the_last(sequence_id, subject.wait)
    calls = subject.listener.of(sequence_id)
    faults = dict.fromkeys(fault for call in calls for fault in call.faults)
    for fault in faults:
        yield _wrong(f"A callback {fault}.")
    if not calls:
        yield _wrong(
            f"Nothing called back to {subject.callback_url} within {subject.wait:.0f} seconds. The "
            "backend looks into the drop box every minute, and gives up after 30 silent ones."
        )
    elif not is_over:
        yield _wrong("No messages_ready or messages_failed came: the backend waits 30 minutes.")
    elif not faults:
        yield _ok(f"{len(calls)} callbacks came, each as it should be, and the last said so.")


async def _drafts(subject: Subject, sequence_id: str, ids: Sequence[str]) -> AsyncIterator[Finding]:
    sent = [c.said for c in subject.listener.of(sequence_id) if c.said is not None]
    rows = [row for callback in sent for row in callback.messages]
    if subject.rows is not None:
        rows += await subject.rows.messages(sequence_id)
    elif not rows:
        yield _note("Drafts came in no callback; the drop box cannot be looked into from here.")
        return
    numbers = {str(number) for number in range(1, (len(ids) or 3) + 1)}
    known = {row["email"] for row in PEOPLE}
    fitting = 0
    for row in rows:
        step = str(row.get("step") or row.get("step_id") or "")
        if str(row.get("email", "")).lower() not in known:
            yield _wrong(f"A draft is for {row.get('email')!r}, who is not in the list.")
        elif step not in numbers and step not in ids:
            yield _wrong(f"A draft names the step {step!r}, which the answer did not.")
        elif not row.get("subject") or not row.get("body"):
            yield _wrong(f"The draft for {row['email']}, step {step}, lacks a subject or a body.")
        else:
            fitting += 1
    expected = len(PEOPLE) * (len(ids) or 3)
    if fitting == expected:
        yield _ok(f"All {expected} drafts are there and fit the people and the steps.")
    else:
        yield _note(f"{fitting} of {expected} drafts fit: the others are shown as never drafted.")


def _actions(response: httpx.Response) -> list[Action] | Finding:
    if not response.is_success:
        return _wrong(f"A turn is answered with status {response.status_code}.")
    try:
        return read_answer(response.content)
    except UnreadableAnswer as error:
        return _wrong(f"The answer cannot be read: {error}.")


def _read(response: httpx.Response) -> object:
    try:
        return response.json()
    except ValueError:
        return response.text


def _turn(words: str, callback_url: str) -> TurnRequest:
    said = Utterance(role="user", content=words)
    return TurnRequest(
        query=words,
        company_id="conformance-check",
        user_id="conformance-check",
        asynchronous=callback_url,
        conversation=ConversationSoFar(conversation_id="conformance-check", messages=[said]),
        sender_company=SenderCompany(name="Acme Analytics"),
        sender_person=SenderPerson(name="Alice Moreau", email="alice@example.test"),
        is_demo_conversation=True,
    )


def _is_success(status: int) -> bool:
    return 200 <= status < 300


def _is_refusal(status: int) -> bool:
    return status in (401, 403)


def _is_client_error(status: int) -> bool:
    return 400 <= status < 500


def _ok(text: str) -> Finding:
    return Finding(level="ok", text=text)


def _wrong(text: str) -> Finding:
    return Finding(level="wrong", text=text)


def _note(text: str) -> Finding:
    return Finding(level="note", text=text)
