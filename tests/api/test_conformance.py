"""The API keeps its own document, whatever it is sent."""

from __future__ import annotations

from pathlib import Path

from tests.conformance import an_owners_key, conformance
from tests.sites import a_process


def test_no_route_breaks_and_none_answers_what_its_document_does_not_say(tmp_path: Path) -> None:
    with a_process(tmp_path) as process:
        secret = an_owners_key(process.base)
        found = conformance(process.base, secret, tmp_path, examples=4, phases="fuzzing")

    assert not found.failures, found.said
    assert found.operations > 40, found.said
    assert found.cases > 150
