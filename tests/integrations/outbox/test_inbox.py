from __future__ import annotations

import os
from pathlib import Path

import pytest

from qrev.integrations.outbox.inbox import LocalInbox
from tests.conftest import TUESDAY_10AM
from tests.contract.builders import a_mailbox

pytestmark = pytest.mark.anyio
MAILBOX = a_mailbox("m1")


def drop(folder: Path, name: str, to: str, *, at: int) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(f"From: bob@pine.test\nTo: {to}\n\nYes".encode())
    os.utime(folder / name, ns=(at, at))


async def test_what_is_dropped_is_heard_once_by_whom_it_is_for(tmp_path: Path) -> None:
    inbox = LocalInbox(tmp_path / "inbox")
    nothing = await inbox.since(MAILBOX, "", from_day=TUESDAY_10AM)
    drop(tmp_path / "inbox", "b.eml", f"Alice <{MAILBOX.email}>", at=1)
    drop(tmp_path / "inbox", "a.eml", MAILBOX.email, at=2)
    drop(tmp_path / "inbox", "c.eml", "someone@else.test", at=3)
    drop(tmp_path / "inbox", "d.txt", MAILBOX.email, at=4)

    first = await inbox.since(MAILBOX, nothing.mark, from_day=TUESDAY_10AM)
    drop(tmp_path / "inbox", "e.eml", MAILBOX.email, at=5)
    second = await inbox.since(MAILBOX, first.mark, from_day=TUESDAY_10AM)

    assert (nothing.ids, first.ids, second.ids) == ((), ("b.eml", "a.eml"), ("e.eml",))
    assert (await inbox.since(MAILBOX, second.mark, from_day=TUESDAY_10AM)).ids == ()
    assert (await inbox.fetch(MAILBOX, "b.eml") or b"").endswith(b"Yes")
    assert await inbox.fetch(MAILBOX, "gone.eml") is None


async def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{}")
    inbox = LocalInbox(tmp_path / "inbox")

    assert await inbox.fetch(MAILBOX, "../secrets.json") is None
