"""Those who are in no workspace, and those whose session is over, through the real socket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.chat.test_who_may import signed_in
from tests.socket_client import Tab

pytestmark = pytest.mark.anyio


@dataclass(kw_only=True)
class Pair:
    alice: Tab
    bob: Tab
    bobs_id: str

    async def remove_bob(self) -> None:
        await post(self.alice, "/account/users/remove", user_id=self.bobs_id)


async def post(tab: Tab, path: str, **body: object) -> Any:
    response = await tab.http.post(f"/api{path}", json=body, headers={"Origin": tab.base})
    assert response.is_success, response.text
    return response.json() if response.content else None


@pytest.fixture
async def pair(base: str) -> Pair:
    """Alice owns Acme and Bob, who has a workspace of his own as well, sells for it."""
    alice, bob = await signed_in(base, "Alice"), await signed_in(base, "Bob")
    await post(alice, "/account/update", name="Secret Acme")
    invited = await post(alice, "/account/users/invite", email="bob@bob.test", role="seller")
    invitation_id = invited["invitation"]["invitation_id"]
    await post(bob, "/user/invitations/accept", invitation_id=invitation_id)
    details = (await bob.http.get("/api/user/details")).json()
    return Pair(alice=alice, bob=bob, bobs_id=details["user_id"])


async def threads_of(tab: Tab) -> list[dict[str, Any]]:
    asked = {"pagination": {"first": 20}, "filter": {}}
    response = await tab.http.post("/project/threads", json=asked, headers={"Origin": tab.base})
    assert response.is_success, response.text
    found: list[dict[str, Any]] = response.json()["data"]
    return found


def cards_of(tab: Tab, name: str = "WelcomeCard") -> int:
    return len([each for each in tab.elements.values() if each["name"] == name])


async def test_who_belongs_nowhere_is_shown_the_way_on_at_once(pair: Pair) -> None:
    await pair.remove_bob()

    await pair.bob.open()

    assert await pair.bob.card("WelcomeCard") == {"rev": 0}
    assert (await pair.bob.view("welcome_get"))["has_lost_one"]


async def test_a_member_is_not_shown_it(pair: Pair) -> None:
    await pair.bob.open()
    await pair.bob.say("/help")
    await pair.bob.text("Drop a CSV")

    assert cards_of(pair.bob) == 0


async def test_who_is_removed_is_stopped_in_the_open_socket_and_goes_on(pair: Pair) -> None:
    await pair.bob.open()
    await pair.bob.say("/help")
    await pair.bob.text("Drop a CSV")
    await pair.remove_bob()

    await pair.bob.say("Show my people")
    await pair.bob.text("QRev did nothing with that")
    await pair.bob.card("WelcomeCard")
    [own] = (await pair.bob.view("welcome_get"))["others"]
    view = await pair.bob.view("welcome_choose", account_id=own["id"])
    await pair.bob.say("/people")
    await pair.bob.until(lambda tab: any("belongs to another" in str(t) for t in tab.toasts))
    anew = await Tab(pair.bob.base).same_browser(pair.bob).open()
    await anew.say("/people")

    assert view["workspace"]["id"] == own["id"]
    assert cards_of(pair.bob, "PeopleCard") == 0
    await anew.card("PeopleCard")


async def test_a_conversation_is_of_the_workspace_it_was_begun_in(pair: Pair) -> None:
    await pair.bob.open()
    await pair.bob.say("/help")
    await pair.bob.text("Drop a CSV")
    listed = await threads_of(pair.bob)
    await pair.remove_bob()

    assert [each["id"] for each in listed] == [pair.bob.thread_id]
    assert await threads_of(pair.bob) == []
    answered = await pair.bob.http.get(f"/project/thread/{pair.bob.thread_id}")
    assert not answered.is_success
    assert "Drop a CSV" not in answered.text

    [own] = (await pair.bob.view("welcome_get"))["others"]
    await pair.bob.view("welcome_choose", account_id=own["id"])
    again = await Tab(pair.bob.base).same_browser(pair.bob).open(pair.bob.thread_id)

    await again.text("This conversation belongs to another")
    assert len(again.messages) == 1
    assert await threads_of(again) == []


async def test_what_a_newcomer_is_shown_is_not_kept(pair: Pair) -> None:
    await pair.remove_bob()
    await pair.bob.open()
    await pair.bob.say("hello")
    await pair.bob.card("WelcomeCard", number=1)

    [own] = (await pair.bob.view("welcome_get"))["others"]
    await pair.bob.view("welcome_choose", account_id=own["id"])
    await pair.bob.say("/help")
    await pair.bob.text("Drop a CSV")
    again = await Tab(pair.bob.base).same_browser(pair.bob).open(pair.bob.thread_id)

    assert (cards_of(pair.bob), cards_of(again)) == (2, 0)
    kept = [m["output"] for m in again.messages.values() if m["type"] == "assistant_message"]
    assert [words[:10] for words in kept] == ["Drop a CSV"]


async def test_older_cards_that_keep_asking_show_the_way_on_once(pair: Pair) -> None:
    await pair.bob.open()
    await pair.remove_bob()

    answers = [await pair.bob.ask("campaigns_page") for _ in range(3)]
    await pair.bob.card("WelcomeCard")
    await pair.bob.ask("welcome_get")

    assert {answer["code"] for answer in answers} == {"not_allowed"}
    assert cards_of(pair.bob) == 1


async def test_who_is_removed_a_second_time_is_told_again(pair: Pair) -> None:
    await pair.bob.open()
    await pair.remove_bob()
    await pair.bob.ask("campaigns_page")
    await pair.bob.card("WelcomeCard")
    invited = await post(pair.alice, "/account/users/invite", email="bob@bob.test", role="seller")
    await pair.bob.view("invitation_accept", invitation_id=invited["invitation"]["invitation_id"])
    await pair.bob.view("campaigns_page")
    await pair.remove_bob()

    await pair.bob.ask("campaigns_page")

    await pair.bob.card("WelcomeCard", number=1)


async def test_an_old_thread_shows_the_removed_nothing_but_the_way_on(pair: Pair) -> None:
    await pair.bob.open()
    await pair.bob.say("/help")
    await pair.bob.text("Drop a CSV")
    await pair.remove_bob()

    again = await Tab(pair.bob.base).same_browser(pair.bob).open(pair.bob.thread_id)

    assert [each["name"] for each in again.elements.values()] == ["WelcomeCard"]
    assert [m["output"] for m in again.messages.values()] == [""]


async def test_an_ended_session_is_told_so_in_place_of_its_thread(pair: Pair) -> None:
    await pair.bob.open()
    await pair.bob.say("/help")
    await pair.bob.text("Drop a CSV")
    again = await Tab(pair.bob.base).same_browser(pair.bob).open(pair.bob.thread_id)
    other = await signed_in(pair.bob.base, "Bob")
    for session in (await other.http.get("/api/auth/sessions/list")).json():
        if not session["is_this"]:
            await post(other, "/auth/sessions/end", session_id=session["session_id"])

    await again.emit("connection_successful", None)

    await again.text("You are not signed in any more")
    assert len(again.messages) == 1
    assert not again.elements


async def test_a_card_that_asks_before_anything_was_said_begins_no_thread(pair: Pair) -> None:
    await pair.bob.open()

    await pair.bob.view("campaigns_page")
    before = await threads_of(pair.bob)
    await pair.bob.say("campaigns_page")
    await pair.bob.until(lambda tab: len(tab.messages) > 1)
    after = await threads_of(pair.bob)

    assert before == []
    assert [thread["name"] for thread in after] == ["Campaigns_page"]


async def test_a_tab_that_was_offline_is_asked_again_whether_it_may_read(pair: Pair) -> None:
    await pair.bob.open()
    await pair.bob.say("/help")
    await pair.bob.text("Drop a CSV")
    await pair.bob.lose_connection()
    await pair.remove_bob()

    await pair.bob.connect_only(pair.bob.thread_id)
    await pair.bob.until(lambda tab: "resume_thread" in tab.events)

    assert [each["name"] for each in pair.bob.elements.values()] == ["WelcomeCard"]
    assert [m["output"] for m in pair.bob.messages.values()] == [""]
