"""A link in a mail names the mail it was in, in few letters, and only if we made it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.campaigns.mail_links import MailLinks, packed_id, unpacked_id
from qrev.campaigns.models import Message
from qrev.kit.ids import stable_id
from qrev.kit.signing import Signer
from tests.conftest import OTHER
from tests.contract.builders import a_message
from tests.fakes import FakeMessages, FakeSentMails

pytestmark = pytest.mark.anyio

ID = f"{stable_id('seq', 'a', 'b')}:{stable_id('per', 'c')}:2"
MESSAGE = replace(a_message(), id=ID)


async def links(*messages: Message, secret: str = "s") -> MailLinks:
    ledger = FakeMessages()
    await ledger.add_planned(messages)
    return MailLinks(mails=FakeSentMails(ledger), signer=Signer(secret, "opt-out"))


async def test_a_link_is_short_and_finds_its_mail() -> None:
    ours = await links(MESSAGE)
    token = ours.token(MESSAGE)

    assert len(token) <= 52
    assert await ours.mail_of(token) == MESSAGE


async def test_a_link_of_a_mail_with_another_kind_of_id_works_as_well() -> None:
    odd = a_message()
    ours = await links(odd)

    assert await ours.mail_of(ours.token(odd)) == odd
    assert await ours.mail_of(ours.token(odd, 3), 3) == odd


@pytest.mark.parametrize("message", [MESSAGE, a_message()])
async def test_a_link_of_one_number_is_not_one_of_another(message: Message) -> None:
    ours = await links(message)

    assert await ours.mail_of(ours.token(message, 2), 2) == message
    assert await ours.mail_of(ours.token(message, 2), 1) is None
    assert await ours.mail_of(ours.token(message)) == message
    assert await ours.mail_of(ours.token(message), 1) is None


@pytest.mark.parametrize("message", [MESSAGE, a_message()])
async def test_a_link_made_by_others_or_of_a_mail_that_is_gone_finds_nothing(
    message: Message,
) -> None:
    ours, theirs = await links(message), await links(message, secret="guessed")

    assert await ours.mail_of(theirs.token(message)) is None
    assert await (await links()).mail_of(ours.token(message)) is None


async def test_a_long_link_that_names_another_workspace_finds_nothing() -> None:
    odd = a_message()
    ours = await links(odd)

    assert await ours.mail_of(ours.token(replace(odd, account_id=OTHER))) is None


@given(st.binary(min_size=12, max_size=12), st.binary(min_size=12, max_size=12), st.integers(1))
def test_an_id_of_ours_is_packed_and_unpacked(sequence: bytes, person: bytes, step: int) -> None:
    message_id = f"seq_{sequence.hex()}:per_{person.hex()}:{step}"

    packed = packed_id(message_id)

    assert packed is None if step > 255 else unpacked_id(packed or b"") == message_id


@pytest.mark.parametrize("packed", [b"", b"a" * 24, b"a" * 26])
def test_what_was_not_packed_is_not_unpacked(packed: bytes) -> None:
    assert unpacked_id(packed) is None
