"""A reply that is dropped into the local inbox, heard by the product as it is wired."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.campaigns.hearing.models import EventKind
from qrev.campaigns.models import message_id
from qrev.campaigns.store.messages import MongoMessages
from qrev.kit.mongo import Document
from qrev.worker.beat import Beat
from qrev.worker.jobs import Jobs, in_process
from tests.conftest import ACME
from tests.fakes import FakeClock
from tests.waiting import eventually
from tests.worker.test_beat import QUICK
from tests.worker.world import SEQUENCE, a_message, a_workspace

pytestmark = pytest.mark.anyio


async def test_a_reply_stops_what_was_still_to_leave_and_is_counted(
    mongo: AsyncDatabase[Document], tmp_path: Path, clock: FakeClock
) -> None:
    services = await a_workspace(mongo, tmp_path, clock)
    first = a_message(0, clock)
    later = clock() + timedelta(days=3)
    second = dataclasses.replace(
        first, id=message_id(first.prospect_id, 2), step=2, send_at=later, held_until=later
    )
    await MongoMessages(mongo).add_planned([first, second])
    beat = Beat(Jobs(in_process(), services), pace=dataclasses.replace(QUICK, listen=0.05))
    await beat.start()
    await eventually(lambda: mongo.messages.find_one({"_id": first.id, "status": "sent"}))

    (tmp_path / "inbox").mkdir()
    reply = f"From: Bob <{first.to}>\nTo: alice@acme.test\nSubject: Re: Solar roofs\n\nYes, call me"
    (tmp_path / "inbox" / "reply.eml").write_text(reply)
    clock.advance(minutes=1)
    stopped = await eventually(
        lambda: mongo.messages.find_one({"_id": second.id, "status": "cancelled"})
    )
    counted = await eventually(lambda: services.events.counts(ACME, [SEQUENCE]))
    await beat.stop()

    assert stopped["reason"] == "they replied"
    assert dict(counted[SEQUENCE]) == {EventKind.REPLIED: 1}
    assert (await mongo.notices.find_one({"text": {"$regex": "Yes, call me"}})) is not None
