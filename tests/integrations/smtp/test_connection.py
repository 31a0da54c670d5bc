from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from qrev.campaigns.sender import LEASE
from qrev.integrations.smtp.channel import ANSWER_WITHIN, READY_WITHIN
from qrev.integrations.smtp.connection import dotted


@given(st.lists(st.binary(max_size=8).filter(lambda line: not set(line) & set(b"\r\n"))))
def test_what_is_dotted_has_one_end_and_loses_nothing(lines: list[bytes]) -> None:
    raw = b"".join(line + b"\r\n" for line in lines)

    *sent, dot, rest = dotted(raw).split(b"\r\n")

    assert (dot, rest) == (b".", b"")
    assert b"." not in sent
    assert [line[1:] if line.startswith(b".") else line for line in sent] == lines


def test_the_slowest_server_is_given_up_while_the_message_is_still_ours() -> None:
    longest = timedelta(seconds=READY_WITHIN + ANSWER_WITHIN)

    assert longest < LEASE
