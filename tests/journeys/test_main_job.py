"""From a list to mails that really left, through the socket a browser would use."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import httpx
import pytest

from tests.journeys.conftest import SAMPLE, WISH, House, drafted, proposed
from tests.socket_client import Tab
from tests.waiting import eventually

pytestmark = pytest.mark.anyio
THREE_PEOPLE = b"\n".join(SAMPLE.splitlines()[:4])


async def schedule(tab: Tab, plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every row of a plan, by minute."""
    rows, following = list(plan["rows"]), plan["next"]
    while following:
        page = await tab.view("proposal_rows", proposal_id=plan["id"], after=following)
        rows, following = [*rows, *page["rows"]], page["next"]
    return rows


async def confirmed(tab: Tab, plan: dict[str, Any]) -> dict[str, Any]:
    view = await tab.view("proposal_confirm", proposal_id=plan["id"], hash=plan["hash"])
    assert view["state"] == "applied"
    return dict(view)


async def reach(house: House, send_at: str, mails: int) -> None:
    """Let it be that minute, and wait until so many mails have left in all."""
    house.clock.now = datetime.fromisoformat(send_at) + timedelta(seconds=20)

    async def have_left() -> bool:
        return len(house.mails.mails) >= mails

    await eventually(have_left)


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


async def test_every_mail_of_the_plan_leaves_once_at_its_minute(house: House) -> None:
    tab = await house.tab()
    plan = await proposed(tab, await drafted(tab, THREE_PEOPLE))
    rows = await schedule(tab, plan)
    assert (plan["people"], plan["messages"], len(rows)) == (3, 9, 9)
    await confirmed(tab, plan)
    assert house.mails.mails == []

    for count, row in enumerate(rows, start=1):
        await reach(house, row["send_at"], count)
        assert house.mails.mails[-1]["X-To"] == row["email"]

    first, second, third = house.mails.to("anna.lindqvist@nordvik.test")
    assert len(house.mails.mails) == 9
    assert first["From"] == "Alice <alice@acme.test>"
    assert text_of(first).startswith("Hi Anna,")
    assert "Nordvik Software" in text_of(first)
    assert "1 Main Street" in text_of(first)
    assert second["In-Reply-To"] == first["Message-ID"]
    assert third["References"] == f"{first['Message-ID']} {second['Message-ID']}"


async def test_send_pressed_twice_in_two_tabs_plans_once(house: House) -> None:
    one = await house.tab()
    plan = await proposed(one, await drafted(one, THREE_PEOPLE))
    two = await Tab(house.base).same_browser(one).open(one.thread_id)

    answers = await asyncio.gather(
        *(
            tab.ask("proposal_confirm", proposal_id=plan["id"], hash=plan["hash"])
            for tab in (one, two, one, two)
        )
    )
    replayed = await two.ask("proposal_confirm", proposal_id=plan["id"], hash=plan["hash"])

    assert [answer["ok"] for answer in answers].count(True) == 1
    assert replayed["code"] == "conflict"
    assert replayed["fresh"]["counts"] == {"held": 9}
    [campaign] = (await one.view("campaigns_page"))["rows"]
    assert (campaign["planned"], campaign["sent"]) == (9, 0)


async def test_words_changed_after_the_plan_was_shown_are_planned_only_when_seen(
    house: House,
) -> None:
    tab = await house.tab()
    sequence_id = await drafted(tab, THREE_PEOPLE)
    plan = await proposed(tab, sequence_id)
    [draft, *_] = (await tab.view("draft_page", sequence_id=sequence_id))["drafts"]
    await tab.view(
        "draft_save",
        draft_id=draft["id"],
        version=draft["version"],
        subject="Mine",
        body="Hi Maria,\n\nmy own words.\n\nAlice",
    )

    answer = await tab.ask("proposal_confirm", proposal_id=plan["id"], hash=plan["hash"])

    assert answer["code"] == "conflict"
    fresh = answer["fresh"]
    assert fresh["hash"] != plan["hash"]
    await confirmed(tab, fresh)
    maria = next(r for r in await schedule(tab, fresh) if r["email"].startswith("maria"))
    house.clock.now = datetime.fromisoformat(maria["send_at"]) + timedelta(seconds=20)

    async def is_there() -> list[EmailMessage]:
        return house.mails.to(maria["email"])

    [mail] = await eventually(is_there)
    assert (mail["Subject"], "my own words" in text_of(mail)) == ("Mine", True)


async def test_a_send_is_taken_back_while_it_is_held(house: House) -> None:
    tab = await house.tab()
    sequence_id = await drafted(tab, THREE_PEOPLE)
    plan = await proposed(tab, sequence_id)
    done = await confirmed(tab, plan)
    assert datetime.fromisoformat(done["undo_until"]) == house.clock.now + timedelta(minutes=2)

    undone = await tab.view("proposal_undo", proposal_id=plan["id"])

    assert undone["state"] == "undone"
    [campaign] = (await tab.view("campaigns_page"))["rows"]
    assert (campaign["planned"], campaign["status"]) == (0, "draft")
    [draft, *_] = (await tab.view("draft_page", sequence_id=sequence_id))["drafts"]
    assert draft["can_edit"]
    house.clock.advance(days=1)
    too_late = await tab.ask("proposal_undo", proposal_id=plan["id"])
    assert too_late["code"] == "conflict"


async def test_who_opts_out_gets_nothing_more_and_looking_at_the_link_is_harmless(
    house: House,
) -> None:
    tab = await house.tab()
    plan = await proposed(tab, await drafted(tab, THREE_PEOPLE))
    rows = await schedule(tab, plan)
    await confirmed(tab, plan)
    await reach(house, rows[0]["send_at"], 1)
    [mail] = house.mails.mails
    link = re.findall(r"<(http[^>]+)>", mail["List-Unsubscribe"])[0]
    path = link.removeprefix(house.base)

    async with httpx.AsyncClient(base_url=house.base) as reader:
        page = await reader.get(path)
        looked = (await tab.view("campaigns_page"))["rows"][0]["cancelled"]
        pressed = await reader.post(path, content="List-Unsubscribe=One-Click")
        again = await reader.post(path, content="List-Unsubscribe=One-Click")
        forged = await reader.post(path[:-4] + "aaaa")

    assert (page.status_code, looked, pressed.status_code, again.status_code) == (200, 0, 200, 200)
    assert (mail["X-To"] in page.text, forged.status_code) == (True, 404)
    [campaign] = (await tab.view("campaigns_page"))["rows"]
    assert (campaign["sent"], campaign["cancelled"]) == (1, 2)


async def test_stop_cancels_what_has_not_left(house: House) -> None:
    tab = await house.tab()
    sequence_id = await drafted(tab, THREE_PEOPLE)
    plan = await proposed(tab, sequence_id)
    rows = await schedule(tab, plan)
    await confirmed(tab, plan)
    await reach(house, rows[0]["send_at"], 1)

    await tab.ask("order_propose", order="stop", sequence_id=sequence_id)
    order = await tab.view("order_get", **await tab.card("OrderCard"))
    done = await tab.view("order_confirm", order_id=order["id"], hash=order["hash"])

    assert done["outcome"] == "8 mails cancelled. 1 had already left."
    [row] = (await tab.view("campaigns_page"))["rows"]
    assert (row["sent"], row["cancelled"], row["planned"], row["can_stop"]) == (1, 8, 0, False)
    again = await tab.ask("sequence_send", sequence_id=sequence_id)
    assert again["code"] == "conflict"


async def test_what_is_said_and_pressed_in_one_tab_is_seen_in_the_other(house: House) -> None:
    one = await house.tab()
    sequence_id = await drafted(one, THREE_PEOPLE)
    two = await Tab(house.base).same_browser(one).open(one.thread_id)
    assert (await two.card("DraftCard"))["sequence_id"] == sequence_id
    await two.view("draft_page", sequence_id=sequence_id)

    await one.say("/help")
    await one.view("sequence_send", sequence_id=sequence_id)

    await two.text("Drop a CSV or Excel file here")
    assert await two.card("ProposalCard")
    said = [m["output"] for m in two.messages.values() if m["type"] == "user_message"]
    assert said == [WISH, "/help"]


async def test_a_tab_that_was_offline_sees_what_it_missed(house: House) -> None:
    one = await house.tab()
    sequence_id = await drafted(one, THREE_PEOPLE)
    two = await Tab(house.base).same_browser(one).open(one.thread_id)
    await two.view("draft_page", sequence_id=sequence_id)
    await two.lose_connection()

    await one.say("/help")
    await one.text("Drop a CSV or Excel file here")
    await two.connect_only(two.thread_id)

    await two.text("Drop a CSV or Excel file here")


async def test_people_without_a_needed_fact_are_left_out_until_someone_answers_for_them(
    house: House,
) -> None:
    tab = await house.tab()
    sequence_id = await drafted(tab)
    plan = await proposed(tab, sequence_id)
    assert (plan["people"], plan["messages"], plan["blocked_count"]) == (10, 30, 2)
    emily = next(b for b in plan["blocked"] if b["email"].startswith("emily"))
    assert emily["reason"] == "Missing: company."

    page = await tab.view("draft_page", sequence_id=sequence_id, prospect_id=emily["prospect_id"])
    draft = page["drafts"][0]
    await tab.view(
        "draft_save",
        draft_id=draft["id"],
        version=draft["version"],
        subject=draft["subject"],
        body=draft["body"],
    )

    fresh = await tab.view("proposal_get", proposal_id=plan["id"])
    assert (fresh["people"], fresh["blocked_count"]) == (11, 1)
