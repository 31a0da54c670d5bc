from __future__ import annotations

import stat
from pathlib import Path

import pytest

from qrev.campaigns.delivery import Absent, CouldNotLook, Found
from qrev.campaigns.ports import NotNow
from qrev.integrations.outbox.channel import LocalOutbox
from qrev.kit.errors import NotFound, Unavailable
from tests.contract.builders import a_message
from tests.integrations.letters import RAW, a_letter, a_mailbox

pytestmark = pytest.mark.anyio


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "outbox"


async def test_every_message_is_a_file_that_only_its_owner_may_read(folder: Path) -> None:
    name = (await LocalOutbox(folder).send(a_mailbox("outbox"), a_letter())).provider_id

    assert [path.name for path in folder.iterdir()] == [name]
    assert (folder / name).read_bytes() == RAW
    assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_a_message_sent_twice_is_one_file_and_two_messages_are_two(folder: Path) -> None:
    outbox = LocalOutbox(folder)

    once = await outbox.send(a_mailbox("outbox"), a_letter())
    again = await outbox.send(a_mailbox("outbox"), a_letter())
    other = await outbox.send(a_mailbox("outbox"), a_letter(message_id="seq_1:per_1:2"))

    assert once == again != other
    assert {path.name for path in folder.iterdir()} == {once.provider_id, other.provider_id}


async def test_no_message_id_can_name_a_file_outside_the_folder(folder: Path) -> None:
    taken = await LocalOutbox(folder).send(
        a_mailbox("outbox"), a_letter(message_id="../../../etc/passwd")
    )

    assert [path.name for path in folder.iterdir()] == [taken.provider_id]


async def test_a_folder_that_cannot_be_written_means_later_and_leaves_nothing(
    folder: Path,
) -> None:
    folder.parent.mkdir()
    folder.write_text("a file in the way")

    with pytest.raises(NotNow, match="the outbox cannot be written"):
        await LocalOutbox(folder).send(a_mailbox("outbox"), a_letter())

    assert list(folder.parent.iterdir()) == [folder]


async def test_a_file_that_cannot_be_finished_leaves_no_half_of_it(folder: Path) -> None:
    name = (await LocalOutbox(folder).send(a_mailbox("outbox"), a_letter())).provider_id
    (folder / name).unlink()
    (folder / name).mkdir()  # now nothing can take that name

    with pytest.raises(NotNow):
        await LocalOutbox(folder).send(a_mailbox("outbox"), a_letter())

    assert [path.name for path in folder.iterdir()] == [name]


async def test_a_mail_is_read_back_as_people_see_it(folder: Path) -> None:
    outbox = LocalOutbox(folder)
    letter = a_letter(
        b"From: =?utf-8?q?Jos=C3=A9?= <jose@acme.test>\r\nTo: bob@solarex.test\r\n"
        b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\nSch=C3=B6n.\r\n"
    )
    await outbox.send(a_mailbox("outbox"), letter)

    mail = await outbox.read(letter.message_id)

    assert mail.headers[:3] == (
        ("From", "José <jose@acme.test>"),
        ("To", "bob@solarex.test"),
        ("Subject", "Grüße"),
    )
    assert mail.text == "Schön.\n"


async def test_a_mail_that_is_gone_is_not_found(folder: Path) -> None:
    with pytest.raises(NotFound, match="not in the outbox folder"):
        await LocalOutbox(folder).read("seq_1:per_1:1")


async def test_a_folder_that_cannot_be_read_is_said_to_be_so(folder: Path) -> None:
    folder.parent.mkdir()
    folder.write_text("a file in the way")

    with pytest.raises(Unavailable, match="cannot be read"):
        await LocalOutbox(folder).read("seq_1:per_1:1")


async def test_a_mail_that_got_no_answer_is_looked_for_by_its_file(folder: Path) -> None:
    outbox, mailbox, message = LocalOutbox(folder), a_mailbox("outbox"), a_message()

    before = await outbox.look(mailbox, message)
    taken = await outbox.send(mailbox, a_letter(message_id=message.id))

    assert before == Absent()
    assert await outbox.look(mailbox, message) == Found(taken)


async def test_an_outbox_that_cannot_be_read_says_nothing_of_a_mail(tmp_path: Path) -> None:
    outbox = LocalOutbox(tmp_path / ("x" * 300))

    assert isinstance(await outbox.look(a_mailbox("outbox"), a_message()), CouldNotLook)
