"""What connections and syncing keep, one of each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from qrev.accounts.connection import Connection, ConnectionAttempt, Vendor, connection_id
from qrev.crm.calls import VendorCall
from qrev.crm.meetings import Meeting
from qrev.integrations.hubspot.models import Row, Sync
from tests.conftest import ACME, TUESDAY_10AM
from tests.contract.builders import ALICE, MINUTE

HUBSPOT = Vendor.HUBSPOT
CONNECTION_ID = connection_id(ACME, HUBSPOT, None)


def a_connection(**changes: Any) -> Connection:
    made = Connection(
        id=CONNECTION_ID,
        account_id=ACME,
        vendor=HUBSPOT,
        user_id=None,
        external_id="62515",
        label="acme.hubspot.test",
        scopes=frozenset({"oauth"}),
        access_sealed="a",
        refresh_sealed="r",
        key_id="key1",
        expires_at=TUESDAY_10AM + MINUTE,
        connected_by=ALICE,
        connected_at=TUESDAY_10AM,
    )
    return replace(made, **changes)


def an_attempt(digest: str = "d1", **changes: Any) -> ConnectionAttempt:
    made = ConnectionAttempt(
        digest=digest,
        vendor=HUBSPOT,
        account_id=ACME,
        user_id=ALICE,
        session_id=None,
        verifier="v",
        wanted="/",
        ends_at=TUESDAY_10AM + MINUTE,
    )
    return replace(made, **changes)


def a_call(id_: str = "call1", **changes: Any) -> VendorCall:
    made = VendorCall(
        id=id_,
        account_id=ACME,
        vendor=HUBSPOT,
        at=TUESDAY_10AM,
        what="wrote a contact",
        about=("ann@pine.test",),
        fields=("email",),
    )
    return replace(made, **changes)


def a_sync(**changes: Any) -> Sync:
    return replace(Sync(account_id=ACME, by=ALICE, due_at=TUESDAY_10AM), **changes)


def a_row(contact_id: str = "101") -> Row:
    return Row(contact_id=contact_id, email="ann@pine.test", cells=("a", "b"), owner_id="7")


def a_meeting(id_: str = "mtg1", **changes: Any) -> Meeting:
    made = Meeting(
        id=id_,
        account_id=ACME,
        person_id="ann",
        email="ann@pine.test",
        name="Ann Lee",
        by=ALICE,
        host="alice@zoom.test",
        topic="Alice and Ann Lee",
        starts_at=TUESDAY_10AM + 60 * MINUTE,
        minutes=30,
        link="https://zoom.test/j/1",
        external_id=f"zoom-{id_}",
        created_at=TUESDAY_10AM,
        sequence_id="s1",
    )
    return replace(made, **changes)
