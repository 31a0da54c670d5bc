"""What a report says: where it was, and nothing that anybody wrote."""

from __future__ import annotations

from dataclasses import astuple

from hypothesis import given
from hypothesis import strategies as st

from qrev.integrations.sendgrid.faults import Fault, fault_of
from qrev.kit.errors import QrevError
from qrev.kit.ids import new_id
from qrev.kit.signing import Signer


def caught(error: Exception, *, cause: Exception | None = None) -> Exception:
    try:
        raise error from cause
    except Exception as raised:
        return raised


def broken_in_ours() -> Exception:
    try:
        Signer("x", None).sign(object())  # type: ignore[arg-type]
    except TypeError as raised:
        return raised
    raise AssertionError


def told(fault: Fault) -> str:
    return "\n".join(astuple(fault))


@given(st.text(st.characters(codec="utf-8"), min_size=6), st.sampled_from([ValueError, QrevError]))
def test_no_word_of_an_error_is_told(words: str, kind: type[Exception]) -> None:
    secret = f"Hi Anna, ya29.{words} anna@globex.test"
    error = caught(kind(secret), cause=caught(KeyError(secret)))

    fault = fault_of(f"turn of {secret}", error, secret)

    assert secret not in told(fault)
    assert "anna@globex.test" not in told(fault)
    assert "ya29" not in told(fault)
    assert fault.transaction_id == ""


def test_it_says_what_kind_where_and_what_it_came_of() -> None:
    error = caught(RuntimeError("x"), cause=broken_in_ours())

    fault = fault_of("job send_due", error, "0123456789")

    assert fault.subject == "QRev: RuntimeError in job send_due"
    assert fault.transaction_id == "0123456789"
    assert fault.message.startswith("builtins.RuntimeError at ")
    assert "← builtins.TypeError at qrev/kit/signing.py:" in fault.message


def test_a_number_an_error_carries_is_told() -> None:
    fault = fault_of("turn", caught(ConnectionRefusedError(111, "no")), "")

    assert "errno 111" in fault.message


def test_the_same_fault_has_one_fingerprint_and_another_has_another() -> None:
    first, second = (fault_of(f"turn of {new_id()}", broken_in_ours(), "") for _ in range(2))
    other = fault_of("turn", caught(ValueError("x")), "")

    assert first.fingerprint == second.fingerprint
    assert first.fingerprint != other.fingerprint
