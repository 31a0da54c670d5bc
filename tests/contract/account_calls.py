"""One call of every method of the accounts room's ports, into Acme's small world."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

from qrev.accounts.models import (
    AccountId,
    ChangeState,
    InvitationState,
    Picture,
    Role,
    SessionId,
    TeamMember,
    UserId,
    WorkingHours,
)
from tests.conftest import ACME, TUESDAY_10AM
from tests.contract.builders import (
    ALICE,
    DAY,
    MINUTE,
    a_change,
    a_grant,
    a_member,
    a_session,
    a_team,
    a_user,
    an_account,
    an_api_key,
    an_audit_entry,
    an_invitation,
)
from tests.contract.stores import Call, Stores

LATER = TUESDAY_10AM + MINUTE
SES = SessionId("ses1")
OPEN = [InvitationState.OPEN]
PICTURE = Picture(media_type="image/png", data=b"png")


async def fill_accounts(s: Stores) -> None:
    """Give Acme one of everything about who may do what."""
    await s.accounts.add_if_new(a_user(), an_account(), a_member(mark="first"))
    await s.members.save_working_hours(ACME, ALICE, WorkingHours())
    await s.sessions.add(a_session(), "print")
    await s.invitations.put(an_invitation())
    await s.teams.add(a_team())
    await s.api_keys.add(an_api_key(), "print")
    await s.audit.add(an_audit_entry())
    await s.changes.add(a_change())
    await s.grants.put(a_grant())
    await s.pictures.put(ALICE, PICTURE)


def _rotate(s: Stores, _: AccountId) -> Awaitable[Any]:
    return s.sessions.rotate(
        SES, was="print", fingerprint="next", now=LATER, until=LATER + timedelta(days=180)
    )


def _page(s: Stores, a: AccountId) -> Awaitable[Any]:
    return s.audit.page(a, before=(LATER, ""), limit=5)


def _page_of_one(s: Stores, a: AccountId) -> Awaitable[Any]:
    return s.audit.page(a, before=(LATER, ""), limit=5, by=ALICE, actions=["account.renamed"])


async def _change_user(s: Stores, _: AccountId) -> None:
    await s.users.change(ALICE, phone="+49 30 1")
    await s.users.change(ALICE)


PEOPLE = (
    Call("accounts", "get_account", lambda s, a: s.accounts.get_account(a), reads=True),
    Call("accounts", "get_many", lambda s, a: s.accounts.get_many([a]), reads=True),
    Call("accounts", "change", lambda s, a: s.accounts.change(a, timezone="UTC")),
    Call("accounts", "set_deletion", lambda s, a: s.accounts.set_deletion(a, LATER)),
    Call("accounts", "claim_deleted", lambda s, a: s.accounts.claim_deleted(LATER)),
    Call(
        "accounts",
        "add_if_new",
        lambda s, a: s.accounts.add_if_new(a_user(), an_account(), a_member()),
    ),
    Call("users", "add_if_new", lambda s, a: s.users.add_if_new(a_user())),
    Call("users", "get", lambda s, a: s.users.get(ALICE)),
    Call("users", "change", _change_user),
    Call("users", "chose", lambda s, a: s.users.chose(a_member())),
    Call("users", "unbind", lambda s, a: s.users.unbind(ALICE)),
    Call("users", "bind", lambda s, a: s.users.bind(ALICE, "google:1")),
    Call("pictures", "get", lambda s, a: s.pictures.get(ALICE)),
    Call("pictures", "put", lambda s, a: s.pictures.put(ALICE, PICTURE)),
    Call("pictures", "remove", lambda s, a: s.pictures.remove(UserId("nobody"))),
    Call("members", "get", lambda s, a: s.members.get(a, ALICE), reads=True),
    Call("members", "of_account", lambda s, a: s.members.of_account(a), reads=True),
    Call("members", "of_user", lambda s, a: s.members.of_user(ALICE)),
    Call("members", "add_if_new", lambda s, a: s.members.add_if_new(a_member())),
    Call("members", "working_hours", lambda s, a: s.members.working_hours(a, ALICE), reads=True),
    Call(
        "members",
        "save_working_hours",
        lambda s, a: s.members.save_working_hours(a, ALICE, WorkingHours(opens="08:00")),
    ),
    Call(
        "members", "give_up_ownership", lambda s, a: s.members.give_up_ownership(a, UserId("bob"))
    ),
    Call("members", "make_owner", lambda s, a: s.members.make_owner(a_member(mark="first"))),
    Call("members", "set_role", lambda s, a: s.members.set_role(a_member(), Role.ADMIN)),
    Call("members", "remove", lambda s, a: s.members.remove(a_member(mark="gone"))),
)
SESSIONS = (
    Call("sessions", "add", lambda s, a: s.sessions.add(a_session("ses2"), "print")),
    Call("sessions", "get", lambda s, a: s.sessions.get(SES)),
    Call("sessions", "who", lambda s, a: s.sessions.who(SES, LATER)),
    Call("sessions", "rotate", _rotate),
    Call("sessions", "of_user", lambda s, a: s.sessions.of_user(ALICE, LATER)),
    Call("sessions", "choose", lambda s, a: s.sessions.choose(SES, a_member())),
    Call(
        "sessions",
        "seen",
        lambda s, a: s.sessions.seen(SES, at=LATER, until=LATER + DAY, address="::1"),
    ),
    Call("sessions", "rename", lambda s, a: s.sessions.rename(ALICE, "Alice Ahn")),
    Call("sessions", "end", lambda s, a: s.sessions.end(SES, at=LATER, because="signed out")),
    Call("sessions", "end_all", lambda s, a: s.sessions.end_all(ALICE, at=LATER, because="all")),
    Call("api_keys", "add", lambda s, a: s.api_keys.add(an_api_key("key2"), "print")),
    Call("api_keys", "get", lambda s, a: s.api_keys.get(a, "key1"), reads=True),
    Call("api_keys", "of_account", lambda s, a: s.api_keys.of_account(a), reads=True),
    Call("api_keys", "check", lambda s, a: s.api_keys.check("key1", "print", LATER)),
    Call("api_keys", "used", lambda s, a: s.api_keys.used(a, "key1", LATER)),
    Call("api_keys", "revoke", lambda s, a: s.api_keys.revoke(a, "key1", LATER)),
    Call("api_keys", "revoke_of", lambda s, a: s.api_keys.revoke_of(a, ALICE, LATER)),
)
JOINING = (
    Call("invitations", "put", lambda s, a: s.invitations.put(an_invitation("inv2"))),
    Call("invitations", "get", lambda s, a: s.invitations.get(a, "inv1"), reads=True),
    Call("invitations", "of_account", lambda s, a: s.invitations.of_account(a, LATER), reads=True),
    Call(
        "invitations", "of_address", lambda s, a: s.invitations.of_address("bob@pine.test", LATER)
    ),
    Call("invitations", "find", lambda s, a: s.invitations.find("inv1", "bob@pine.test")),
    Call(
        "invitations",
        "move",
        lambda s, a: s.invitations.move(
            an_invitation(), before=OPEN, after=InvitationState.DECLINED, now=LATER
        ),
    ),
    Call("invitations", "close", lambda s, a: s.invitations.close(a, "bob@pine.test")),
    Call("teams", "add", lambda s, a: s.teams.add(a_team("team2", name="South"))),
    Call("teams", "get", lambda s, a: s.teams.get(a, "team1"), reads=True),
    Call("teams", "of_account", lambda s, a: s.teams.of_account(a), reads=True),
    Call("teams", "rename", lambda s, a: s.teams.rename(a, "team1", "West")),
    Call(
        "teams",
        "put_member",
        lambda s, a: s.teams.put_member(a, "team1", TeamMember(user_id=UserId("bob"))),
    ),
    Call("teams", "remove_member", lambda s, a: s.teams.remove_member(a, "team1", UserId("bob"))),
    Call("teams", "forget", lambda s, a: s.teams.forget(a, ALICE)),
    Call("teams", "remove", lambda s, a: s.teams.remove(a, "team2")),
    Call("audit", "add", lambda s, a: s.audit.add(an_audit_entry("aud2"))),
    Call("audit", "page", lambda s, a: s.audit.page(a, before=None, limit=5), reads=True),
    Call("audit", "page", _page, reads=True),
    Call("audit", "page", _page_of_one, reads=True),
    Call("changes", "add", lambda s, a: s.changes.add(a_change("chg2"))),
    Call("changes", "get", lambda s, a: s.changes.get(a, "chg1"), reads=True),
    Call(
        "changes",
        "move",
        lambda s, a: s.changes.move(
            a_change(), before=ChangeState.OPEN, after=ChangeState.DONE, now=LATER
        ),
    ),
    Call("changes", "unmade_erasures", lambda s, a: s.changes.unmade_erasures(LATER)),
    Call("changes", "forget", lambda s, a: s.changes.forget(a_change(), ("Done.",))),
    Call("belongings", "count", lambda s, a: s.belongings.count(a, ALICE), reads=True),
    Call("belongings", "hand_over", lambda s, a: s.belongings.hand_over(a, ALICE, UserId("bob"))),
    Call("grants", "get", lambda s, a: s.grants.get(ALICE)),
    Call("grants", "put", lambda s, a: s.grants.put(a_grant())),
    Call("grants", "replace", lambda s, a: s.grants.replace(a_grant(), was=1)),
    Call("grants", "sealed_with", lambda s, a: s.grants.sealed_with(["old"], 5)),
    Call("grants", "remove", lambda s, a: s.grants.remove(UserId("nobody"))),
)
ACCOUNTS = (*PEOPLE, *SESSIONS, *JOINING)
