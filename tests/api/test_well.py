from __future__ import annotations

import pytest

from tests.api.conftest import CALLBACK, TOKEN, Door
from tests.fakes import FakeDropBox

pytestmark = pytest.mark.anyio


async def test_ready_means_that_the_database_answers(door: Door) -> None:
    well = await door.http.get("/readyz")
    door.is_well = False
    ill = await door.http.get("/readyz")

    assert (well.status_code, well.json()) == (200, {"status": "ready"})
    assert (ill.status_code, ill.json()["detail"]) == (503, "The database does not answer.")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
async def test_an_unknown_path_is_a_problem_document(door: Door, method: str) -> None:
    answer = await door.http.request(method, "/api/no/such/thing")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "There is no /api/no/such/thing."


async def test_a_method_that_is_not_offered_is_one_too(door: Door) -> None:
    answer = await door.http.delete("/api/campaign/unsubscribe")

    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_bug_tells_nothing_about_itself(door: Door) -> None:
    broken = FakeDropBox()
    broken.put_messages = _fail  # type: ignore[method-assign]

    answer = await door.with_dropbox(broken).post(
        CALLBACK,
        json={"type": "messages_ready", "sequence_id": "ai-1"},
        headers={"Authorization": f"Bearer {TOKEN}"},
    )

    assert (answer.status_code, answer.json()["detail"]) == (
        500,
        "Something went wrong on our side.",
    )


async def test_a_bug_is_found_by_the_number_that_is_told(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    broken = FakeDropBox()
    broken.put_messages = _fail  # type: ignore[method-assign]

    answer = await door.with_dropbox(broken).post(
        CALLBACK,
        json={"type": "messages_ready", "sequence_id": "ai-1"},
        headers={"Authorization": f"Bearer {TOKEN}"},
    )

    number = answer.json()["transaction_id"]
    assert f"update_sequence_messages failed ({number})" in caplog.text


async def _fail(rows: object) -> None:
    raise RuntimeError("a password, a path, the text of a mail")
