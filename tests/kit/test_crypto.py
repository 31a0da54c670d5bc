from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.kit.crypto import CannotOpen, Vault

OLD, NEW = "old " * 8, "new " * 8


@given(text=st.text(), about=st.text())
def test_what_is_sealed_opens_again(text: str, about: str) -> None:
    vault = Vault([NEW])

    assert vault.open(vault.seal(text, about), about) == text


def test_the_same_words_are_never_sealed_the_same_way() -> None:
    vault = Vault([NEW])

    assert len({vault.seal("token", "grant") for _ in range(100)}) == 100


def test_nothing_of_the_words_or_the_key_can_be_read() -> None:
    vault = Vault([NEW])

    sealed = vault.seal("token", "grant")

    assert b"token" not in base64.urlsafe_b64decode(sealed.split(".")[2])
    assert NEW not in repr(vault)


def test_moved_to_something_else_it_does_not_open() -> None:
    vault = Vault([NEW])
    sealed = vault.seal("token", "grant:alice")

    with pytest.raises(CannotOpen):
        vault.open(sealed, "grant:mallory")


@given(position=st.integers(min_value=0), change=st.integers(min_value=1, max_value=255))
def test_with_one_byte_changed_it_does_not_open(position: int, change: int) -> None:
    vault = Vault([NEW])
    version, key_id, body = vault.seal("token", "grant").split(".")
    data = bytearray(base64.urlsafe_b64decode(body))
    data[position % len(data)] ^= change
    forged = base64.urlsafe_b64encode(data).decode()

    with pytest.raises(CannotOpen):
        vault.open(f"{version}.{key_id}.{forged}", "grant")


@pytest.mark.parametrize("nonsense", ["", ".", "..", "1..", "token", "1.deadbeef.AAAA", "2.x.y"])
def test_what_was_never_sealed_does_not_open(nonsense: str) -> None:
    with pytest.raises(CannotOpen):
        Vault([NEW]).open(nonsense, "grant")


@pytest.mark.parametrize("body", ["", "A", "é", "AAAA", "====", "AAAAAAAAAAAAAAAAAAAA"])
def test_a_body_that_nobody_sealed_does_not_open(body: str) -> None:
    vault = Vault([NEW])

    with pytest.raises(CannotOpen):
        vault.open(f"1.{vault.key_id}.{body}", "grant")


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    sealed_before = Vault([OLD]).seal("token", "grant")
    vault = Vault([NEW, OLD])

    sealed_now = vault.seal("token", "grant")

    assert vault.open(sealed_before, "grant") == vault.open(sealed_now, "grant") == "token"
    assert (vault.is_stale(sealed_before), vault.is_stale(sealed_now)) == (True, False)
    assert Vault([NEW]).open(sealed_now, "grant") == "token"


def test_without_its_key_it_does_not_open() -> None:
    sealed = Vault([OLD]).seal("token", "grant")

    with pytest.raises(CannotOpen):
        Vault([NEW]).open(sealed, "grant")
