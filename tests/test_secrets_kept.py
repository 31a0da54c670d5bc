"""What looks through every log does see what it looks for."""

from __future__ import annotations

import logging
from pathlib import Path

import jwt
import pytest

from tests.conformance import an_owners_key
from tests.secrets_kept import found_in, kept_in, logged
from tests.sites import SECRETS, a_process

JWT = jwt.encode({"sub": "alice"}, "k" * 32, algorithm="HS256")
SECRETIVE = (
    f"a token {JWT} was refused",
    "Authorization: Bearer abcdefghijklmnop",
    "the key qrev_366b4708fb904673c45a4932_oStkcv-2VWjEsAmY7p is over",
    "connecting to smtp://alice:geheim@mail.example.test",
    "POST /token?refresh_token=abcdef123&x=1",
    f"settings {SECRETS['encryption_key']}",
)
HARMLESS = (
    "a refresh token of session ses_366b4708fb904673c45a4932 was shown twice",
    "The Authorization header must be “Bearer” and a token.",
    "the database qrev_session is at mongodb://localhost:27017/qrev",
    "",
)


@pytest.mark.parametrize("text", SECRETIVE)
def test_a_secret_is_found_and_not_repeated(text: str) -> None:
    [found] = set(found_in(text))

    assert len(found) <= 13


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_is_not_taken_for_one(text: str) -> None:
    assert found_in(text) == []


def test_what_an_error_says_is_read_as_well() -> None:
    try:
        raise ValueError(f"cannot read {JWT}")
    except ValueError as error:
        trace = (type(error), error, error.__traceback__)
    record = logging.LogRecord("qrev", logging.ERROR, "", 0, "it failed", None, trace)

    assert found_in(logged(record))


def test_a_process_at_its_most_talkative_writes_no_secret_of_its_own(tmp_path: Path) -> None:
    with a_process(tmp_path, LOG_LEVEL="debug") as process:
        an_owners_key(process.base)
        process.child.terminate()
        out, err = process.child.communicate(timeout=30)

    kept = kept_in(tmp_path / "data")
    assert len(kept) >= 6
    assert found_in((out + err).decode(), kept) == []
