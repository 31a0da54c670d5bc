"""A receipt proves itself: whatever is done to it shows, and so does a mail that left twice."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.accounts.models import Actor
from qrev.campaigns.models import LedgerEntry, Message, MessageStatus
from qrev.campaigns.ports import NoAnswer
from qrev.campaigns.receipt_check import check
from qrev.campaigns.receipting import Receipts
from qrev.campaigns.receipts import Chain
from qrev.campaigns.store.ledgers import MongoLedgers
from tests.campaigns.world import World
from tests.conftest import TUESDAY_10AM
from tests.contract.builders import a_message

ROOT = Path(__file__).parents[2]
SENT, SENDING, UNKNOWN = MessageStatus.SENT, MessageStatus.SENDING, MessageStatus.UNKNOWN
PLANNED = MessageStatus.PLANNED


def a_story(key: str, *told: tuple[str, MessageStatus]) -> Message:
    ledger = tuple(LedgerEntry(kind=k, at=TUESDAY_10AM, status=status) for k, status in told)
    return replace(a_message(key), ledger=ledger)


def a_sent_mail(key: str) -> Message:
    return a_story(key, ("planned", PLANNED), ("intent", SENDING), ("outcome", SENT))


def a_receipt(*messages: Message) -> list[bytes]:
    chain = Chain()
    return [chain.begin(account="acme"), *chain.tell(messages), chain.end()]


WHOLE = a_receipt(*(a_sent_mail(f"p{n}") for n in range(5)))


def test_an_untouched_receipt_is_whole_and_nobody_got_a_step_twice() -> None:
    finding = check(WHOLE)

    assert finding.is_good
    assert (finding.lines, finding.messages, finding.sent) == (12, 5, 5)
    assert finding.words().splitlines()[2:] == [
        "Nobody got a step twice.",
        "5 mails were tried, 5 were sent.",
    ]


def test_a_receipt_of_nothing_is_whole() -> None:
    assert check(a_receipt()).is_good


def removed(lines: list[bytes], at: int) -> list[bytes]:
    return lines[:at] + lines[at + 1 :]


def swapped(lines: list[bytes], at: int) -> list[bytes]:
    other = at + 1 if at + 1 < len(lines) else at - 1
    new = list(lines)
    new[at], new[other] = new[other], new[at]
    return new


def added(lines: list[bytes], at: int) -> list[bytes]:
    return lines[: at + 1] + lines[at:]


def changed(lines: list[bytes], at: int) -> list[bytes]:
    said = {**json.loads(lines[at]), "to": "somebody@else.test"}
    return [*lines[:at], json.dumps(said).encode() + b"\n", *lines[at + 1 :]]


@pytest.mark.parametrize("tampered", [removed, swapped, added])
@given(at=st.integers(0, len(WHOLE) - 1))
def test_whatever_is_done_to_its_lines_shows(
    tampered: Callable[[list[bytes], int], list[bytes]], at: int
) -> None:
    finding = check(tampered(WHOLE, at))

    assert finding.broken
    assert "The receipt is not whole" in finding.words()


@given(at=st.integers(0, len(WHOLE) - 2))
def test_a_line_that_was_changed_shows(at: int) -> None:
    assert check(changed(WHOLE, at)).broken


def test_a_last_line_that_was_changed_has_another_fingerprint() -> None:
    last = len(WHOLE) - 1

    assert check(changed(WHOLE, last)).fingerprint != check(WHOLE).fingerprint


@given(st.lists(st.binary(max_size=40), max_size=5))
def test_any_file_gets_an_answer(lines: list[bytes]) -> None:
    assert not check(lines).is_good


@pytest.mark.parametrize(
    "told",
    [
        [("intent", SENDING), ("outcome", SENT), ("intent", SENDING), ("outcome", SENT)],
        [("intent", SENDING), ("outcome", UNKNOWN), ("intent", SENDING)],
        [("intent", SENDING), ("intent", SENDING)],
        [("intent", SENDING), ("lease over", UNKNOWN), ("intent", SENDING)],
        [("intent", SENDING), ("outcome", SENT), ("settled", SENT)],
    ],
)
def test_a_mail_that_may_have_left_twice_is_named(told: list[tuple[str, MessageStatus]]) -> None:
    finding = check(a_receipt(a_sent_mail("fine"), a_story("twice", *told)))

    assert not finding.broken
    assert len(finding.twice) == 1
    assert "twice" in finding.twice[0]


@pytest.mark.parametrize(
    "told",
    [
        [("intent", SENDING), ("outcome", PLANNED), ("intent", SENDING), ("outcome", SENT)],
        [("intent", SENDING), ("lease over", UNKNOWN), ("settled", PLANNED), ("intent", SENDING)],
        [("intent", SENDING), ("lease over", UNKNOWN), ("outcome", SENT)],
    ],
)
def test_a_mail_that_was_tried_again_for_a_reason_is_fine(
    told: list[tuple[str, MessageStatus]],
) -> None:
    assert check(a_receipt(a_story("again", *told))).is_good


@pytest.mark.anyio
async def test_the_receipt_of_a_workspace_is_verified_with_nothing_but_the_file(
    world: World, alice: Actor, mallory: Actor, tmp_path: Path
) -> None:
    first, second, _ = await world.due(alice, people=3)
    world.postbox.troubles[second.to] = NoAnswer("cut after the data")
    await world.sender.send_batch()
    world.clock.advance(minutes=1)
    await world.evidence.settle()
    database = world.stores.messages._messages.database
    receipts = Receipts(ledgers=MongoLedgers(database), audit=world.audit, clock=world.clock)

    file = tmp_path / "receipt.jsonl"
    file.write_bytes(b"".join([piece async for piece in await receipts.export(alice)]))
    theirs = b"".join([piece async for piece in await receipts.export(mallory)])
    done = verified(file)

    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout.splitlines()
    assert said[2:] == [
        "Nobody got a step twice.",
        "3 mails were tried, 2 were sent, 1 of them still in doubt.",
    ]
    entry = (await world.audit.page(alice))[0]
    assert (entry.action, said[1]) == ("receipt.made", f"Its fingerprint is {fingerprint(entry)}.")
    assert first.to.encode() in file.read_bytes()
    assert theirs.count(b"\n") == 2


def test_a_file_that_is_no_receipt_is_said_to_be_none(tmp_path: Path) -> None:
    file = tmp_path / "other.txt"
    file.write_text("hello\n")

    assert verified(file).returncode == 1
    missing = verified(tmp_path / "missing")
    assert (missing.returncode, missing.stdout) == (2, "")
    assert "cannot be read: No such file" in missing.stderr


def test_the_lines_in_the_documentation_check_a_receipt(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "sending.md").read_text()
    script = text.partition("```python\n")[2].partition("```")[0]
    whole, broken = tmp_path / "receipt.jsonl", tmp_path / "broken.jsonl"
    whole.write_bytes(b"".join(WHOLE))
    broken.write_bytes(b"".join(removed(WHOLE, 3)))

    good = subprocess.run([sys.executable, "-c", script, whole], capture_output=True, check=False)
    bad = subprocess.run([sys.executable, "-c", script, broken], capture_output=True, check=False)

    assert (good.returncode, bad.returncode) == (0, 1)
    assert b"5 sent, nobody twice" in good.stdout


def verified(file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "qrev", "receipt", "verify", str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=timedelta(minutes=1).total_seconds(),
    )


def fingerprint(entry: object) -> str:
    return str(getattr(entry, "after", {}).get("fingerprint"))
