"""Acme with one of everything in it, and the four who should get nothing of it.

Alice owns it; Ruth (admin) was removed a minute ago; Victor may only look; Bob sells.
Mallory owns another workspace.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import Role
from qrev.kit.mongo import Document, open_client
from qrev.serving.lifespan import Site
from tests.fakes import FakeClock
from tests.isolation.calls import PICTURE, Call
from tests.isolation.dump import Dump, dumped, put_back
from tests.journeys.conftest import SAMPLE, drafted, proposed
from tests.servers import a_database_name
from tests.sites import an_open_site, some_settings
from tests.socket_client import Tab
from tests.waiting import eventually

TWO_PEOPLE = b"\n".join(SAMPLE.splitlines()[:3])
# People whom the first campaign writes to would have to be decided on.
TWO_OTHERS = b"\n".join([SAMPLE.splitlines()[0], *SAMPLE.splitlines()[3:5]])
MINUTE = timedelta(minutes=1)


@dataclass(kw_only=True)
class Caller:
    """Someone with a browser, and the token and key of a program of theirs."""

    name: str
    tab: Tab
    user_id: str = ""
    account_id: str = ""
    access: str = ""
    key: str = ""

    @property
    def identity(self) -> set[str]:
        """What a document of their own has in it."""
        named = {self.user_id, self.account_id, self.tab.thread_id, f"{self.name.lower()}@"}
        return named - {""}

    async def send(self, call: Call, *, path: str = "") -> httpx.Response:
        """Call a route as the browser does; the cookies it has stay as they are."""
        cookies = dict(self.tab.http.cookies)
        headers = {"Origin": self.tab.base}
        return await self._sent(call, path or call.path, headers, cookies)

    async def send_with(self, secret: str, call: Call) -> httpx.Response:
        """Call a route as a program does, without the browser's cookie."""
        return await self._sent(call, call.path, {"Authorization": f"Bearer {secret}"}, {})

    async def _sent(
        self, call: Call, path: str, headers: dict[str, str], cookies: dict[str, str]
    ) -> httpx.Response:
        # Nothing to verify over http, and reading certificates takes longer than a request.
        async with httpx.AsyncClient(
            base_url=self.tab.base, headers=headers, cookies=cookies, verify=False
        ) as client:
            return await client.request(
                call.method,
                path,
                params=dict(call.query),
                json=call.body,
                content=call.content,
            )

    async def post(self, path: str, **body: object) -> Any:
        """Do something that must work, and return what it was answered."""
        response = await self.tab.http.post(
            f"/api{path}", json=body, headers={"Origin": self.tab.base}
        )
        assert response.is_success, f"{self.name} {path}: {response.status_code} {response.text}"
        return response.json() if response.content else None

    async def get(self, path: str) -> Any:
        response = await self.tab.http.get(f"/api{path}")
        assert response.is_success, f"{self.name} {path}: {response.status_code} {response.text}"
        return response.json()

    async def press(self, name: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Ask what a card asks. Whatever is not a card's answer comes back as its status."""
        response = await self.tab.http.post(
            "/project/action",
            json={
                "sessionId": self.tab.session_id,
                "action": {"name": name, "payload": dict(payload)},
            },
        )
        if response.status_code != 200:
            return {"ok": False, "code": str(response.status_code), "message": ""}
        answer: dict[str, Any] = response.json()["response"]
        return answer


@dataclass(kw_only=True)
class World:
    site: Site
    base: str
    database: AsyncDatabase[Document]
    clock: FakeClock
    alice: Caller
    bob: Caller
    victor: Caller
    ruth: Caller
    mallory: Caller
    nobody: Caller
    things: dict[str, Any]
    markers: list[str]
    start: Dump = field(default_factory=lambda: Dump({}))

    async def changed(self, by: Caller) -> list[str]:
        """Return what is not as it was, but for what is the caller's own; then put all back."""
        now = await dumped(self.database)
        own = by.identity - {self.alice.account_id}  # what is Acme's is not its members' own
        changes = self.start.changes(now, but=own)
        await put_back(self.database, self.start, now)
        return changes

    async def undo(self, call: Call) -> None:
        """Put back what a call may have changed."""
        if call.method != "GET":
            await self.changed(self.alice)

    def leaks(self, said: str, *, asked: str = "") -> list[str]:
        """Return what of Acme's is in an answer and was not in the question."""
        return [marker for marker in self.markers if marker in said and marker not in asked]


@asynccontextmanager
async def a_world(folder: Path, clock: FakeClock, url: str) -> AsyncIterator[World]:
    name = a_database_name()
    settings = some_settings(
        folder / "data",
        mongo_db_url=url,
        mongo_db_name=name,
        hubspot_client_id="an-app",
        hubspot_client_secret="of-ours",
        zoom_client_id="an-app",
        zoom_client_secret="of-ours",
    )
    client = open_client(url)
    try:
        async with an_open_site(settings, clock) as site:
            world = await _filled(site, settings.base_url, client[name], clock)
            world.start = await dumped(world.database)
            yield world
    finally:
        await client.drop_database(name)
        await client.close()


async def _filled(
    site: Site, base: str, database: AsyncDatabase[Document], clock: FakeClock
) -> World:
    alice = await _owner(base, "Alice", "Secret Acme Works")
    mallory = await _owner(base, "Mallory", "Mallory's own")
    bob = await _joined(alice, "Bob", Role.SELLER)
    victor = await _joined(alice, "Victor", Role.VIEWER)
    things = await _things(alice, bob, clock)
    ruth = await _joined(alice, "Ruth", Role.ADMIN)
    for caller in (mallory, victor, ruth):
        await caller.tab.open()
        await caller.tab.say("/help")
        await caller.tab.text("Drop a CSV")
    await alice.post("/account/users/remove", user_id=ruth.user_id)
    clock.now += MINUTE
    world = World(
        site=site,
        base=base,
        database=database,
        clock=clock,
        alice=alice,
        bob=bob,
        victor=victor,
        ruth=ruth,
        mallory=mallory,
        nobody=Caller(name="Nobody", tab=Tab(base)),
        things=things,
        markers=["Secret Acme Works", "Secret team", "nordvik", "Lindqvist", alice.user_id],
    )
    assert not world.leaks(json.dumps(await mallory.get("/user/details")))
    return world


async def _owner(base: str, name: str, workspace: str) -> Caller:
    caller = await _signed_in(base, name)
    await caller.post("/account/update", name=workspace)
    return await _known(caller)


async def _joined(alice: Caller, name: str, role: Role) -> Caller:
    await alice.post(
        "/account/users/invite", email=f"{name.lower()}@{name.lower()}.test", role=role
    )
    caller = await _signed_in(alice.tab.base, name)
    [invitation] = await caller.get("/user/invitations/list")
    await caller.post("/user/invitations/accept", invitation_id=invitation["invitation_id"])
    return await _known(caller)


async def _signed_in(base: str, name: str) -> Caller:
    tab = await Tab(base).sign_in(f"{name.lower()}@{name.lower()}.test", name)
    return Caller(name=name, tab=tab)


async def _known(caller: Caller) -> Caller:
    """Note who they are, and give them a token and a key of their own."""
    details = await caller.get("/user/details")
    caller.user_id, caller.account_id = details["user_id"], details["account_id"]
    caller.access = (await caller.post("/auth/ex/tokens"))["access_token"]
    made = await caller.post("/account/api-keys/create", name="A program", scopes=["read"])
    caller.key = made["secret"]
    return caller


async def _things(alice: Caller, bob: Caller, clock: FakeClock) -> dict[str, Any]:
    """Return one of everything of Alice's, by the names that fields have."""
    await alice.tab.open()
    sent = await _sent(alice.tab, clock)
    tab = await Tab(alice.tab.base).same_browser(alice.tab).open()
    sequence_id = await drafted(tab, TWO_OTHERS)
    page = await tab.view("draft_page", sequence_id=sequence_id)
    plan = await proposed(tab, sequence_id)
    team = await alice.post("/team/create", name="Secret team")
    await alice.post("/team/members/put", team_id=team["team_id"], user_id=bob.user_id)
    invited = await alice.post("/account/users/invite", email="carol@carol.test", role="seller")
    change = await alice.post("/account/transfer", user_id=bob.user_id)
    answer = await bob.send(Call(name="", method="PUT", path="/api/user/picture", content=PICTURE))
    assert answer.status_code == 204
    keys = await alice.get("/account/api-keys/list")
    other = await _signed_in(alice.tab.base, "Alice")
    sessions = await other.get("/auth/sessions/list")
    await alice.post("/suppressions/add", value=WORDS["value"], reason=WORDS["reason"])
    page_of_people = await alice.get("/crm/contact/list")
    looked_at = await alice.tab.http.post(
        "/api/crm/contact/import", content=ODD_LIST, headers={"Origin": alice.tab.base}
    )
    made = looked_at.json()
    people = await _people(alice, [each["person_id"] for each in page_of_people["people"]])
    companies = await alice.get("/crm/company/list")
    running_id = sent.partition(":")[0]
    order = await alice.post("/campaigns/pause", sequence_id=running_id)
    await alice.post("/proposals/approvals/threshold", people=1)
    # Alice's word is the first of two: the plan waits for Bob's.
    await tab.ask("proposal_confirm", proposal_id=plan["id"], hash=plan["hash"])
    [approval] = (await alice.get("/proposals/approvals/list"))["approvals"]
    rule = await alice.post("/campaign/config/rules/add", rule="daily", count=44)
    uploads = [e for e in alice.tab.elements.values() if e["name"] == "ImportCard"]
    wish = {"sequence_id": sequence_id, "instruction": "shorter"}
    known = await alice.post("/knowledge/add/text", kind="brand_doc", text="We sell secret tea.")
    rewrite = await alice.post("/campaign/update_using_ai", **wish)
    return {
        "rewrite_id": rewrite["rewrite_id"],
        "instruction": wish["instruction"],
        "no_part": "",
        "about": "brand_doc",
        "text": "We sell tea.",
        "document_id": known["document_id"],
        "account_id": alice.account_id,
        "user_id": bob.user_id,
        "session_id": next(s["session_id"] for s in sessions if s["is_this"]),
        "key_id": next(k["key_id"] for k in keys if k["user_id"] == alice.user_id),
        "team_id": team["team_id"],
        "invitation_id": invited["invitation"]["invitation_id"],
        "change_id": change["change_id"],
        "change_hash": change["hash"],
        "a_ticket": "made-up",
        "list_number": "77",
        "vendor": "hubspot",
        "home": "/",
        "a_moment": "2026-03-10T10:00:00Z",
        "people": "people",
        "problem": "doubt",
        "mending": "drop",
        "one_draft": 1,
        "is_true": True,
        "sequence_id": sequence_id,
        "draft_id": page["drafts"][0]["id"],
        "prospect_id": page["prospect"]["id"],
        "proposal_id": plan["id"],
        "plan_hash": plan["hash"],
        "message_id": sent,
        "has_left": True,
        "running_id": running_id,
        "recipient": page["prospect"]["email"],
        "recipients": [page["prospect"]["email"]],
        "order_id": order["proposal_id"],
        "order_hash": order["hash"],
        "approval_id": approval["approval_id"],
        "policy_id": rule["policy_id"],
        "mailbox_id": (await alice.get("/campaign/config/senders"))[0]["id"],
        "person_id": page_of_people["people"][0]["person_id"],
        "import_id": made["import_id"],
        "import_version": made["version"],
        "company_id": companies["companies"][0]["company_id"],
        "upload_id": uploads[0]["props"]["upload_id"],
        **people,
        **WORDS,
    }


async def _people(alice: Caller, person_ids: list[str]) -> dict[str, Any]:
    """Return what is done to people, by the names that fields have."""
    pair = [
        (await alice.post("/crm/contact/create", email=f"{name}@nordvik.test"))["person_id"]
        for name in ("one", "two")
    ]
    merging = {"person_id": pair[0], "other_id": pair[1]}
    shown = await alice.post("/crm/contact/merge/preview", **merging)
    done = await alice.post("/crm/contact/merge/confirm", **merging, hash=shown["hash"])
    other = {"person_id": person_ids[0], "other_id": person_ids[1]}
    shown = await alice.post("/crm/contact/merge/preview", **other)
    saved = await alice.post("/crm/contact/lists/save", name="Far", wanted={"country": "SE"})
    return {
        "person_ids": person_ids[:1],
        "other_id": person_ids[1],
        "merge_id": done["merge_id"],
        "merge_hash": shown["hash"],
        "list_id": saved["list_id"],
    }


async def _sent(tab: Tab, clock: FakeClock) -> str:
    """Send one campaign's first mail, and return its id."""
    plan = await proposed(tab, await drafted(tab, TWO_PEOPLE))
    await tab.view("proposal_confirm", proposal_id=plan["id"], hash=plan["hash"])
    rows: Any = plan["rows"]
    clock.now = datetime.fromisoformat(rows[0]["send_at"]) + MINUTE / 3

    async def left() -> Any:
        return (await tab.view("outbox_page"))["rows"]

    return str((await eventually(left))[0]["message_id"])


# A list of Acme's that waits to be confirmed.
ODD_LIST = b"Email,Name\ninfo@nordvik.test,\neva@gmial.com,Eva Lindqvist\n"
# What fields take that are not about anything of Alice's.
WORDS: dict[str, Any] = {
    "name": "Renamed",
    "domain": "renamed.test",
    "email": "dave@dave.test",
    "role": "viewer",
    "seller": "seller",
    "changes": {"job_title": "Chief Buyer"},
    "company_changes": {"industry": "Wood"},
    "host": "127.0.0.1",
    "port": 1,
    "user": "dave",
    "password": "not-a-password",
    "value": "partner.test",
    "reason": "a partner",
    "team_role": "member",
    "phone": "+49 30 1234",
    "timezone": "Europe/Paris",
    "postal_address": "Elsewhere Ltd\n2 Side Street\n12345 Town",
    "address": "Elsewhere Ltd\n2 Side Street\n12345 Town",
    "refresh_token": "made-up",
    "version": 1,
    "subject": "Other words",
    "body": "Hi,\n\nother words.",
    "scopes": ["read"],
    "days": 5,
    "order": "pause",
    "step": 1,
    "variants": [{"subject": "Hi {{first_name}}", "body": "New words for you."}],
    "people": 7,
    "weekdays": [0, 1],
    "opens": "10:00",
    "closes": "16:00",
    "is_observer": True,
    "repairs": ["drop_roles"],
    "choices": ["email", "keep"],
    "rules": {"name": "keep"},
    "filename": "theirs.csv",
    "tag": "Warm",
    "facts": {"name": "Dave"},
    "wanted": {"country": "PE"},
    "question": "last",
    "values": {"skips_holidays": False},
    "rule": "daily",
    "count": 3,
    "is_on": False,
}
