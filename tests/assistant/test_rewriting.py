"""Other words for many mails: asked for in words, read as a diff, applied by Confirm, undone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from qrev.accounts.models import Actor
from qrev.assistant.asking import answer
from qrev.assistant.cards import Card, TextCard
from qrev.assistant.contract import (
    Action,
    ChosenMails,
    DraftEditAction,
    MailsRewrittenAction,
    RewrittenMail,
    TextAction,
)
from qrev.assistant.rewrite_cards import RewriteCard, RewriteView
from qrev.campaigns.models import Draft
from qrev.campaigns.store.drafts import MongoDraftBook
from qrev.campaigns.store.messages import MongoMessages
from tests.assistant.test_life import running
from tests.assistant.world import World

pytestmark = pytest.mark.anyio
SHORT = "Hello,\n\nWe sell tea.\n\nBest,\nAlice"


async def ask(world: World, actor: Actor, name: str, **payload: Any) -> Any:
    answered = await answer(world.services.desks, actor, name, payload)
    if answered.later is not None:
        assert [card async for card in answered.later] == []
    return answered.view or answered.refusal


async def drafts_of(world: World, actor: Actor) -> list[Draft]:
    sequence = await world.sequence()
    found = await MongoDraftBook(world.mongo).of_sequence(actor.account_id, sequence.id)
    return sorted(found, key=lambda draft: draft.id)


async def rewritten(
    world: World,
    actor: Actor,
    *,
    body: str = SHORT,
    only: ChosenMails | None = None,
    scope: str = "",
    mails: Iterable[RewrittenMail] | None = None,
) -> RewriteView:
    """Have mails rewritten, to this body unless `mails` are given, and return what is shown."""
    wish = DraftEditAction(instruction="shorter", only=only or ChosenMails(), scope=scope)
    (card,) = await world.say(actor, "shorter", wish)
    assert isinstance(card, RewriteCard), card
    if mails is None:
        mails = [
            RewrittenMail(id=draft.id, subject="Tea", body=body)
            for draft in await drafts_of(world, actor)
        ]
    world.ai.answers.append([MailsRewrittenAction(mails=list(mails))])
    await ask(world, actor, "rewrite_work", rewrite_id=card.rewrite_id)
    view = await ask(world, actor, "rewrite_get", rewrite_id=card.rewrite_id)
    assert isinstance(view, RewriteView), view
    return view


async def confirmed(world: World, actor: Actor, view: RewriteView) -> Any:
    assert view.order is not None, view
    return await ask(world, actor, "order_confirm", order_id=view.order.id, hash=view.order.hash)


def said(cards: Iterable[Card]) -> str:
    return " ".join(card.text for card in cards if isinstance(card, TextCard))


async def test_new_words_are_shown_and_only_confirm_writes_them(world: World, alice: Actor) -> None:
    await world.a_drafted_campaign(alice)

    view = await rewritten(world, alice)
    before = {draft.body for draft in await drafts_of(world, alice)}
    done = await confirmed(world, alice, view)

    assert (view.state, view.done, view.total) == ("ready", 4, 4)
    assert view.order is not None
    assert sum(group.count for group in view.groups) == 4
    assert SHORT not in before
    assert done.outcome == "4 mails not planned yet have the new words."
    after = await drafts_of(world, alice)
    assert {(draft.body, draft.version, draft.is_by_hand) for draft in after} == {(SHORT, 2, False)}


async def test_a_page_of_it_is_a_diff_word_by_word(world: World, alice: Actor) -> None:
    await world.a_drafted_campaign(alice)
    view = await rewritten(world, alice)

    page = await ask(world, alice, "rewrite_rows", rewrite_id=view.id)
    none = await ask(world, alice, "rewrite_rows", rewrite_id=view.id, parts="ask")

    old = {draft.id: draft for draft in await drafts_of(world, alice)}
    row = page.rows[0]
    assert [len(page.rows), page.next, none.rows] == [4, None, []]
    assert "".join(p.text for p in row.body if p.kind != "gone") == SHORT
    assert "".join(p.text for p in row.body if p.kind != "new") == old[row.draft_id].body


async def test_only_whom_they_mean_is_asked_about(world: World, alice: Actor) -> None:
    await world.a_drafted_campaign(alice)

    view = await rewritten(world, alice, only=ChosenMails(steps=[2], people=["maria"]))

    page = await ask(world, alice, "rewrite_rows", rewrite_id=view.id)
    assert [(row.email, row.step) for row in page.rows] == [("maria@x.test", 2)]
    asked = [turn.rewrite for turn in world.ai.asked.values() if turn.rewrite]
    assert [len(each.mails) for each in asked] == [1]
    assert asked[0].mails[0].person["company_name"] == "Solarex"


async def test_words_a_member_wrote_are_named_before_they_change(
    world: World, alice: Actor
) -> None:
    await world.a_drafted_campaign(alice)
    first = (await drafts_of(world, alice))[0]
    await ask(
        world, alice, "draft_save", draft_id=first.id, version=1, subject="Mine", body="My own."
    )

    view = await rewritten(world, alice)

    assert view.order is not None
    assert "1 of them was edited by hand: those words change as well." in view.order.facts


async def test_a_draft_that_changed_meanwhile_voids_it_and_keeps_its_words(
    world: World, alice: Actor
) -> None:
    await world.a_drafted_campaign(alice)
    view = await rewritten(world, alice)
    first = (await drafts_of(world, alice))[0]
    await ask(
        world, alice, "draft_save", draft_id=first.id, version=1, subject="Mine", body="My own."
    )

    refused = await confirmed(world, alice, view)
    again = await ask(world, alice, "rewrite_get", rewrite_id=view.id)
    done = await confirmed(world, alice, again)

    assert refused.code == "conflict"
    assert "1 mail keeps its words: it was changed meanwhile." in again.order.facts
    assert done.outcome.startswith("3 mails not planned yet have the new words.")
    assert (await drafts_of(world, alice))[0].body == "My own."


async def test_undo_brings_the_earlier_words_back(world: World, alice: Actor) -> None:
    await world.a_drafted_campaign(alice)
    before = [(d.subject, d.body, d.facts) for d in await drafts_of(world, alice)]
    view = await rewritten(world, alice)
    await confirmed(world, alice, view)

    assert view.order is not None
    undone = await ask(world, alice, "order_undo", order_id=view.order.id)

    assert undone.outcome.startswith("4 mails have their earlier words again.")
    assert [(d.subject, d.body, d.facts) for d in await drafts_of(world, alice)] == before


async def test_planned_mails_get_the_words_and_keep_their_minutes(
    world: World, alice: Actor
) -> None:
    sequence_id = await running(world, alice)
    messages = MongoMessages(world.mongo)
    ids = [draft.id for draft in await drafts_of(world, alice)]
    before = [await messages.get(alice.account_id, id_) for id_ in ids]

    view = await rewritten(world, alice)
    done = await confirmed(world, alice, view)

    after = [await messages.get(alice.account_id, id_) for id_ in ids]
    assert view.which == "not yet sent"
    assert done.outcome == "0 mails not planned yet and 4 mails planned have the new words."
    assert {m.body for m in after if m} == {SHORT}
    assert [m.send_at for m in after if m] == [m.send_at for m in before if m]
    assert sequence_id in {m.sequence_id for m in after if m}


async def test_a_link_nobody_asked_for_is_refused(world: World, alice: Actor) -> None:
    await world.a_drafted_campaign(alice)

    view = await rewritten(world, alice, body="Hello,\n\nSee http://evil.test now.\n\nBest,\nAlice")

    assert view.order is None
    assert "a link nobody asked for" in view.nothing


async def test_a_claim_that_is_new_is_marked_and_blocks_as_ever(world: World, alice: Actor) -> None:
    await world.a_drafted_campaign(alice)
    claim = "I saw that you raised money last year."

    view = await rewritten(world, alice, body=f"Hello,\n\n{claim}\n\nBest,\nAlice")
    await confirmed(world, alice, view)

    assert view.order is not None
    assert "4 would say something nothing backs: they are marked and wait for you." in (
        view.order.facts
    )
    assert {draft.doubts for draft in await drafts_of(world, alice)} == {(claim,)}


async def test_an_assistant_that_cannot_is_quoted_and_nothing_changes(
    world: World, alice: Actor
) -> None:
    await world.a_drafted_campaign(alice)
    wish = DraftEditAction(instruction="translate it")
    (card,) = await world.say(alice, "translate it", wish)
    assert isinstance(card, RewriteCard)
    world.ai.answers.append([TextAction(response="That needs a model.")])

    await ask(world, alice, "rewrite_work", rewrite_id=card.rewrite_id)
    view = await ask(world, alice, "rewrite_get", rewrite_id=card.rewrite_id)

    assert (view.state, view.reason, view.order) == ("failed", "That needs a model.", None)
    assert {draft.version for draft in await drafts_of(world, alice)} == {1}


async def test_what_a_crash_cut_off_is_gone_on_with(world: World, alice: Actor) -> None:
    await world.a_drafted_campaign(alice)
    (card,) = await world.say(alice, "shorter", DraftEditAction(instruction="shorter"))
    assert isinstance(card, RewriteCard)
    drafts = await drafts_of(world, alice)
    mails = [RewrittenMail(id=draft.id, subject="Tea", body=SHORT) for draft in drafts]
    world.ai.answers.append([MailsRewrittenAction(mails=mails)])

    taken_up = await world.services.rewriting.sweep()
    view = await ask(world, alice, "rewrite_get", rewrite_id=card.rewrite_id)

    assert (taken_up, view.state, view.done) == (1, "ready", 4)


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (DraftEditAction(instruction="shorter", only=ChosenMails(titles=["pilot"])), "No mail is"),
        (DraftEditAction(instruction="shorter", sequence_id="nope"), "could not find that"),
        (DraftEditAction(instruction=" "), "Say what to change"),
    ],
)
async def test_a_wish_about_nothing_is_said_so(
    world: World, alice: Actor, action: Action, words: str
) -> None:
    await world.a_drafted_campaign(alice)

    cards = await world.say(alice, "shorter", action)

    assert words in said(cards)


async def test_a_campaign_is_named_by_its_name(world: World, alice: Actor) -> None:
    await world.a_drafted_campaign(alice)

    (card,) = await world.say(
        alice, "shorter", DraftEditAction(instruction="shorter", sequence_id="tea")
    )

    assert isinstance(card, RewriteCard)


async def test_others_see_it_at_most(
    world: World, alice: Actor, victor: Actor, mallory: Actor
) -> None:
    await world.a_drafted_campaign(alice)
    view = await rewritten(world, alice)
    assert view.order is not None

    looked = await ask(world, victor, "rewrite_get", rewrite_id=view.id)
    tried = await confirmed(world, victor, view)
    foreign = await ask(world, mallory, "rewrite_get", rewrite_id=view.id)
    rows = await ask(world, mallory, "rewrite_rows", rewrite_id=view.id)

    assert (looked.state, looked.can_change, looked.order.can_decide) == ("ready", False, False)
    assert tried.code == "not_allowed"
    assert (foreign.code, rows.code) == ("not_found", "not_found")


async def test_every_version_can_be_brought_back(world: World, alice: Actor) -> None:
    await world.a_drafted_campaign(alice)
    first = (await drafts_of(world, alice))[0]
    for version, body in enumerate(("Two.", "Three."), start=1):
        await ask(
            world, alice, "draft_save", draft_id=first.id, version=version, subject="S", body=body
        )

    view = await ask(world, alice, "versions_get", draft_id=first.id)
    await ask(world, alice, "version_restore", draft_id=first.id, version=3, to=2)
    stale = await ask(world, alice, "version_restore", draft_id=first.id, version=3, to=1)
    await ask(world, alice, "version_restore", draft_id=first.id, version=4, to=1)

    assert [(row.version, row.made) for row in view.rows] == [
        (3, "Alice, by hand"),
        (2, "Alice, by hand"),
        (1, "The assistant"),
    ]
    assert (view.can_restore, stale.code) == (True, "conflict")
    now = (await drafts_of(world, alice))[0]
    assert (now.body, now.version, now.facts) == (first.body, 5, first.facts)
