"""What every InvitationBook, TeamBook, AuditBook, ChangeBook, GrantBook and Belongings promises."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from qrev.accounts.models import (
    ChangeKind,
    ChangeState,
    InvitationState,
    TeamMember,
    TeamRole,
    UserId,
)
from tests.conftest import ACME, OTHER, TUESDAY_10AM
from tests.contract.builders import (
    ALICE,
    MINUTE,
    a_change,
    a_grant,
    a_sequence,
    a_team,
    an_audit_entry,
    an_invitation,
)
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio
LATER = TUESDAY_10AM + MINUTE
BOB = UserId("bob")
OPEN, ACCEPTING = InvitationState.OPEN, InvitationState.ACCEPTING
DECLINED, REVOKED = InvitationState.DECLINED, InvitationState.REVOKED


async def test_an_invitation_waits_for_its_address_in_every_account(stores: Stores) -> None:
    invitations = stores.invitations
    first, later = an_invitation(), an_invitation("inv2", account_id=OTHER, created_at=LATER)
    for each in (first, later, an_invitation("inv3", email="eve@pine.test", created_at=LATER)):
        await invitations.put(each)

    assert await invitations.of_address("bob@pine.test", LATER) == [later, first]
    assert [i.id for i in await invitations.of_account(ACME, LATER)] == ["inv3", "inv1"]
    assert await invitations.find("inv1", "bob@pine.test") == first
    assert await invitations.find("inv1", "eve@pine.test") is None


async def test_an_invitation_that_is_over_waits_no_more(stores: Stores) -> None:
    await stores.invitations.put(an_invitation(expires_at=LATER))

    assert len(await stores.invitations.of_account(ACME, TUESDAY_10AM)) == 1
    assert await stores.invitations.of_account(ACME, LATER) == []
    assert await stores.invitations.of_address("bob@pine.test", LATER) == []
    assert not await stores.invitations.move(
        an_invitation(), before=[OPEN], after=ACCEPTING, now=LATER
    )


async def test_of_those_who_answer_at_once_one_does(stores: Stores) -> None:
    await stores.invitations.put(an_invitation())

    have_moved = await asyncio.gather(
        *(
            stores.invitations.move(an_invitation(), before=[OPEN], after=after, now=LATER)
            for after in (ACCEPTING, DECLINED, REVOKED)
        )
    )

    assert have_moved.count(True) == 1


async def test_one_that_was_renewed_is_another(stores: Stores) -> None:
    await stores.invitations.put(an_invitation())
    await stores.invitations.put(an_invitation(serial="second"))

    assert not await stores.invitations.move(an_invitation(), before=[OPEN], after=DECLINED)
    assert await stores.invitations.get(ACME, "inv1") == an_invitation(serial="second")


async def test_closing_revokes_whatever_was_sent_to_an_address(stores: Stores) -> None:
    accepted = an_invitation(state=InvitationState.ACCEPTED)
    others = an_invitation("inv2", account_id=OTHER)
    for each in (accepted, others):
        await stores.invitations.put(each)

    await stores.invitations.close(ACME, "bob@pine.test")

    assert await stores.invitations.get(ACME, "inv1") == replace(accepted, state=REVOKED)
    assert await stores.invitations.get(OTHER, "inv2") == others


async def test_a_team_has_its_name_alone_in_its_account(stores: Stores) -> None:
    teams = stores.teams

    were_added = await asyncio.gather(
        *(teams.add(a_team(f"t{n}", name=name)) for n, name in enumerate(("North", "NORTH")))
    )
    await teams.add(a_team("south", name="South"))

    assert sorted(were_added) == [False, True]
    assert await teams.add(a_team("theirs", account_id=OTHER))
    assert await teams.rename(ACME, "south", "nORTH") is False
    assert await teams.rename(ACME, "south", "SOUTH") is True
    assert await teams.rename(ACME, "nobody", "West") is None
    assert [t.name.casefold() for t in await teams.of_account(ACME)] == ["north", "south"]


async def test_someone_is_in_a_team_once_as_they_were_put_last(stores: Stores) -> None:
    await stores.teams.add(a_team())
    bob = TeamMember(user_id=BOB, role=TeamRole.MEMBER, is_observer=True)

    await asyncio.gather(*(stores.teams.put_member(ACME, "team1", bob) for _ in range(5)))
    await stores.teams.put_member(ACME, "team1", replace(bob, is_observer=False))

    team = await stores.teams.get(ACME, "team1")
    assert team is not None
    assert team.members == (*a_team().members, TeamMember(user_id=BOB))
    assert not await stores.teams.put_member(ACME, "nobody", bob)
    assert await stores.teams.remove_member(ACME, "team1", BOB)
    assert not await stores.teams.remove_member(ACME, "team1", BOB)


async def test_who_is_forgotten_is_in_no_team_of_the_account(stores: Stores) -> None:
    for key in ("one", "two"):
        await stores.teams.add(a_team(key, name=key))
    await stores.teams.add(a_team("empty", name="empty", members=()))
    await stores.teams.add(a_team("theirs", account_id=OTHER))

    assert await stores.teams.forget(ACME, ALICE) == 2

    assert [len(t.members) for t in await stores.teams.of_account(ACME)] == [0, 0, 0]
    assert [len(t.members) for t in await stores.teams.of_account(OTHER)] == [1]


async def test_a_team_is_removed_once(stores: Stores) -> None:
    await stores.teams.add(a_team())

    assert await stores.teams.remove(ACME, "team1")
    assert not await stores.teams.remove(ACME, "team1")
    assert await stores.teams.add(a_team("again"))


async def test_the_log_is_read_backwards_in_pages(stores: Stores) -> None:
    entries = [
        an_audit_entry(key, at=TUESDAY_10AM + minutes * MINUTE)
        for key, minutes in (("a", 1), ("b", 1), ("c", 2), ("d", 0))
    ]
    for entry in (*entries, an_audit_entry("theirs", account_id=OTHER)):
        await stores.audit.add(entry)

    whole = await stores.audit.page(ACME, before=None, limit=9)
    first = await stores.audit.page(ACME, before=None, limit=2)
    rest = await stores.audit.page(ACME, before=(first[-1].at, first[-1].id), limit=9)

    assert [entry.id for entry in whole] == ["c", "b", "a", "d"]
    assert first + rest == whole
    assert whole[0] == entries[2]


async def test_the_log_is_read_of_one_person_and_of_some_actions(stores: Stores) -> None:
    for number, (by, action) in enumerate(
        ((BOB, "team.created"), (BOB, "team.deleted"), (ALICE, "team.created"), (BOB, "a.b"))
    ):
        at = TUESDAY_10AM + number * MINUTE
        await stores.audit.add(an_audit_entry(f"e{number}", at=at, by=by, action=action))
    place = (TUESDAY_10AM + 3 * MINUTE, "e3")

    bobs = await stores.audit.page(ACME, before=None, limit=9, by=BOB)
    later = await stores.audit.page(ACME, before=place, limit=1, by=BOB)
    made = await stores.audit.page(ACME, before=None, limit=9, actions={"team.created"})
    both = await stores.audit.page(ACME, before=place, limit=9, by=BOB, actions={"team.created"})

    assert [entry.id for entry in bobs] == ["e3", "e1", "e0"]
    assert [entry.id for entry in later] == ["e1"]
    assert [entry.id for entry in made] == ["e2", "e0"]
    assert [entry.id for entry in both] == ["e0"]


async def test_of_those_who_confirm_a_change_at_once_one_does(stores: Stores) -> None:
    await stores.changes.add(a_change())

    have_moved = await asyncio.gather(
        *(
            stores.changes.move(
                a_change(), before=ChangeState.OPEN, after=ChangeState.CONFIRMED, now=LATER
            )
            for _ in range(5)
        )
    )

    assert have_moved.count(True) == 1
    assert await stores.changes.get(ACME, "chg1") == a_change(state=ChangeState.CONFIRMED)


async def test_a_change_that_is_over_or_another_is_not_confirmed(stores: Stores) -> None:
    await stores.changes.add(a_change())
    over = a_change().expires_at

    for change, now in ((a_change(), over), (a_change(hash="other"), LATER)):
        assert not await stores.changes.move(
            change, before=ChangeState.OPEN, after=ChangeState.CONFIRMED, now=now
        )


async def test_a_grant_is_replaced_by_whoever_read_it_last(stores: Stores) -> None:
    await stores.grants.put(a_grant())
    kept = await stores.grants.get(ALICE)
    assert kept is not None

    have_replaced = await asyncio.gather(
        *(stores.grants.replace(a_grant(email=f"{n}@x.test"), was=kept.version) for n in range(5))
    )

    assert have_replaced.count(True) == 1
    assert not await stores.grants.replace(a_grant(), was=kept.version)
    now = await stores.grants.get(ALICE)
    assert now is not None
    assert now.version == kept.version + 1
    await stores.grants.put(a_grant())
    assert await stores.grants.get(ALICE) == a_grant(version=kept.version + 2)


async def test_grants_that_another_key_sealed_are_found(stores: Stores) -> None:
    for user_id, key_id in (("a", "key1"), ("b", "key2"), ("c", "key3")):
        await stores.grants.put(a_grant(user_id=UserId(user_id), key_id=key_id))

    found = await stores.grants.sealed_with(["key1", "key3"], 9)

    assert {grant.user_id for grant in found} == {"a", "c"}
    assert len(await stores.grants.sealed_with(["key1", "key3"], 1)) == 1
    assert await stores.grants.sealed_with([], 9) == []
    assert await stores.grants.remove(UserId("a"))
    assert not await stores.grants.remove(UserId("a"))


async def test_what_a_member_owns_changes_hands(stores: Stores) -> None:
    for key, changes in (("s1", {}), ("s2", {}), ("bobs", {"owner_id": BOB})):
        await stores.sequences.add_if_new(a_sequence(key, **changes))
    await stores.sequences.add_if_new(a_sequence("theirs", account_id=OTHER))

    assert await stores.belongings.count(ACME, ALICE) == 2
    assert await stores.belongings.hand_over(ACME, ALICE, BOB) == 2

    assert await stores.belongings.count(ACME, ALICE) == 0
    assert await stores.belongings.count(ACME, BOB) == 3
    assert await stores.belongings.count(OTHER, ALICE) == 1


async def test_a_confirmed_erasure_is_unmade_until_it_forgets_whom_it_was_about(
    stores: Stores,
) -> None:
    about = {"kind": ChangeKind.ERASE_PERSON, "subject": "bob@pine.test", "hash": "h2"}
    erasure = a_change("chg2", **about, state=ChangeState.CONFIRMED)
    await stores.changes.add(erasure)
    await stores.changes.add(a_change("chg3", **about))
    await stores.changes.add(a_change("chg4", state=ChangeState.CONFIRMED))
    over = erasure.expires_at

    early = await stores.changes.unmade_erasures(over - timedelta(seconds=1))
    unmade = await stores.changes.unmade_erasures(over)
    forgot = [await stores.changes.forget(erasure, ("It is gone.",)) for _ in range(2)]

    assert (early, unmade, forgot) == ([], [erasure], [True, False])
    assert await stores.changes.unmade_erasures(over) == []
    assert await stores.changes.get(ACME, "chg2") == replace(
        erasure, state=ChangeState.DONE, subject="", hash="", facts=("It is gone.",)
    )
