"""Going on where we were, whatever the mailbox or the database did in between."""

from __future__ import annotations

from datetime import datetime

import pytest

from qrev.campaigns.hearing.listening import EVERY, Listening
from qrev.campaigns.hearing.ports import Incoming, MayNotHear, NotHeard, Place
from qrev.campaigns.models import Mailbox
from tests.campaigns.hearing.conftest import Ear
from tests.conftest import ACME, OTHER

pytestmark = pytest.mark.anyio
MAILBOX = "mbx_alice"


class Shelf:
    """Fills Letters: mails in a row, of which the mark is how many were read."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.trouble: Exception | None = None

    async def since(self, mailbox: Mailbox, mark: str, *, from_day: datetime) -> Incoming:
        if self.trouble is not None:
            raise self.trouble
        ids = tuple(str(number) for number in range(int(mark or 0), len(self.mails)))
        return Incoming(ids=ids, mark=str(len(self.mails)))

    async def fetch(self, mailbox: Mailbox, letter_id: str) -> bytes | None:
        return self.mails[int(letter_id)]


class Told:
    """Fills Reports."""

    def __init__(self) -> None:
        self.places: list[str] = []

    def report(self, location: str, error: BaseException, transaction_id: str = "") -> None:
        self.places.append(location)


class Broken:
    """Stands where Hearing does, and cannot take one of the mails."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def take(self, mailbox: Mailbox, letter_id: str, raw: bytes) -> None:
        if raw == b"bad":
            raise RuntimeError("a mail we have no way with")
        self.taken.append(letter_id)


def listening(ear: Ear, shelf: Shelf, hearing: object, told: Told | None = None) -> Listening:
    return Listening(
        letters={"outbox": shelf},
        hearing=hearing,  # type: ignore[arg-type]
        places=ear.places,
        mailboxes=ear.world.stores.mailboxes,
        reports=told or Told(),
        clock=ear.world.clock,
    )


async def test_every_mail_is_taken_once_and_the_next_look_is_a_little_later(ear: Ear) -> None:
    shelf, hearing = Shelf(), Broken()
    ears = listening(ear, shelf, hearing)
    shelf.mails += [b"1", b"2"]

    looks = [await ears.listen(ACME, MAILBOX) for _ in range(2)]
    shelf.mails.append(b"3")
    called = await ears.listen(ACME, MAILBOX, is_called=True)
    ear.world.clock.now += EVERY
    shelf.mails.append(b"4")
    later = await ears.listen(ACME, MAILBOX)

    assert (looks, called, later) == ([2, 0], 1, 1)
    assert hearing.taken == ["0", "1", "2", "3"]
    assert await ears.all() == [(ACME, MAILBOX)]
    assert await ears.listen(OTHER, MAILBOX) == 0


async def test_a_mail_that_cannot_be_taken_is_tried_again_and_then_left(ear: Ear) -> None:
    shelf, hearing, told = Shelf(), Broken(), Told()
    ears = listening(ear, shelf, hearing, told)
    shelf.mails += [b"bad", b"good"]

    marks = []
    for _ in range(5):
        await ears.listen(ACME, MAILBOX, is_called=True)
        marks.append((await ear.places.get(ACME, MAILBOX)).mark)

    assert marks == ["", "", "", "", "2"]
    assert "1" in hearing.taken
    assert told.places == ["hearing a mail"] * 5


async def test_a_mailbox_that_is_away_is_heard_from_where_we_were(ear: Ear) -> None:
    shelf, hearing = Shelf(), Broken()
    ears = listening(ear, shelf, hearing)
    shelf.mails.append(b"1")
    await ears.listen(ACME, MAILBOX)
    shelf.trouble = NotHeard("no answer")
    shelf.mails.append(b"2")

    await ears.listen(ACME, MAILBOX, is_called=True)
    trouble = await ear.places.get(ACME, MAILBOX)
    shelf.trouble = None
    await ears.listen(ACME, MAILBOX, is_called=True)

    assert (trouble.mark, trouble.trouble) == ("1", "no answer")
    assert hearing.taken == ["0", "1"]
    assert (await ear.places.get(ACME, MAILBOX)).trouble == ""


async def test_who_may_not_hear_does_not_go_on_writing(ear: Ear) -> None:
    shelf = Shelf()
    shelf.trouble = MayNotHear("Google was told to let us in no more")

    await listening(ear, shelf, Broken()).listen(ACME, MAILBOX)

    [mailbox] = await ear.world.stores.mailboxes.of_account(ACME)
    assert (mailbox.is_paused, mailbox.paused_reason) == (
        True,
        "Google was told to let us in no more",
    )
    assert await ear.places.get(ACME, MAILBOX) == Place(
        trouble="Google was told to let us in no more"
    )
