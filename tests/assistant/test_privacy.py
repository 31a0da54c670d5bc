"""“What do you hold on me?” and “erase it”, over everything that is kept."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from bson import encode

from qrev.accounts.changes import Changes
from qrev.accounts.models import Actor, Change, ChangeKind, ChangeState, Role
from qrev.accounts.store import MongoChangeBook, MongoMemberBook
from qrev.assistant.asking import answer
from qrev.assistant.cards import ChangeCard, TableCard
from qrev.assistant.contract import ListAction, ProposalAction, TextAction
from qrev.assistant.privacy_cards import PrivacyCard, PrivacyView
from qrev.assistant.requests import ChangeAsked, ChangeConfirmAsked
from qrev.bootstrap import Databases
from qrev.bootstrap.privacy import rooms
from qrev.chat.archive import Archive
from qrev.crm.privacy import Dossier, Privacy
from qrev.crm.store import MongoVeiling
from qrev.crm.veiling import Veil
from qrev.integrations.outbox.channel import LocalOutbox
from qrev.kit.errors import Conflict, InvalidInput, NotAllowed
from tests.assistant.asking import sent_mails
from tests.assistant.world import CSV, World
from tests.bringing import bring_in

pytestmark = pytest.mark.anyio
MARIA, JAMES = "maria@x.test", "james@x.test"


async def much_is_known(world: World, alice: Actor) -> None:
    """Have Maria in a campaign, in its mails, in words, in files, in the log and on the list."""
    await sent_mails(world, alice)
    await world.services.suppressing.add(alice, MARIA, "asked by phone")
    await world.services.telling.say(
        alice.account_id, (await world.sequence()).id, f"The mail to {MARIA} is lost.", about="x"
    )
    answers = (
        TextAction(response=f"Writing to Maria <{MARIA.upper()}>."),
        ListAction(title="Found", values=[{"name": "Maria Gomez", "email": MARIA}]),
    )
    cards = await world.say(alice, f"tell {MARIA} about tea, and {JAMES} as well", *answers)
    archive = Archive(world.mongo, world.clock)
    await archive.begin("c1", alice.account_id, alice.user_id, alice.email, f"Mail {MARIA}")
    await archive.keep_step("c1", {"id": "1", "output": MARIA, "name": "Alice", "type": "user"})
    [table] = [card for card in cards if isinstance(card, TableCard)]
    await archive.keep_element("c1", {"id": "2", "props": table.model_dump(mode="json")})
    await world.services.invitations.invite(alice, MARIA, Role.VIEWER)


async def everything_kept(world: World, folder: Path) -> bytes:
    """Return every document of every collection and every file, in lower case."""
    kept = []
    for name in await world.mongo.list_collection_names():
        kept += [encode(d) async for d in world.mongo[name].find()]
    kept += [path.read_bytes() for path in folder.rglob("*.eml")]
    return b"\n".join(kept).lower()


async def proposed(world: World, actor: Actor, email: str = MARIA) -> Change:
    return await world.services.changes.propose_erasure(actor, email)


async def erased(world: World, actor: Actor, email: str = MARIA) -> Change:
    change = await proposed(world, actor, email)
    return await world.services.changes.confirm(actor, change.id, change.hash)


async def held(world: World, actor: Actor, email: str = MARIA) -> Dossier:
    return await world.services.privacy.held(actor, email)


async def test_everything_about_an_address_is_told_by_what_it_is(
    world: World, alice: Actor
) -> None:
    await much_is_known(world, alice)

    dossier = await held(world, alice, " Maria@X.test")

    assert dossier.email == MARIA
    assert dossier.counts == {
        "people": 1,
        "suppressions": 1,
        "places_in_campaigns": 1,
        "drafts": 2,
        "mails": 2,
        "files": 1,
        "conversations": 2,
        "shown": 3,
        "log": 2,
        "waiting_at_the_assistant": 3,
        "elsewhere": 2,
    }
    [mail, _] = dossier.held["mails"]
    assert [line["kind"] for line in mail["ledger"]] == [
        "planned",
        "claimed",
        "intent",
        "wire",
        "outcome",
    ]
    assert dossier.held["files"][0]["lines"] == ["Maria Gomez,maria@x.test,Solarex"]
    assert JAMES not in str(dossier.held["people"])


async def test_after_an_erasure_nothing_speaks_of_them_but_a_hash(
    world: World, alice: Actor, tmp_path: Path
) -> None:
    await much_is_known(world, alice)
    before = await everything_kept(world, tmp_path)
    person_id = (await held(world, alice)).held["people"][0]["_id"]
    james = (await held(world, alice, JAMES)).counts

    change = await erased(world, alice)

    kept = await everything_kept(world, tmp_path)
    encoded = base64.b64encode(MARIA.encode()).lower()
    for trace in (MARIA.encode(), person_id.encode(), b"maria gomez", encoded):
        at = kept.find(trace)
        assert at < 0, kept[max(0, at - 200) : at + 200]
    assert MARIA.encode() in before
    assert change.state is ChangeState.DONE
    assert (await held(world, alice)).counts == {}
    reasons = await world.services.suppressions.unreachable(alice.account_id, [MARIA, JAMES])
    assert reasons == {MARIA: "On the suppression list: had everything about them erased."}
    assert (await held(world, alice, JAMES)).counts == james
    assert (await world.sequence()).people == 1


async def test_who_was_erased_does_not_come_back_by_a_list_or_from_the_assistant(
    world: World, alice: Actor
) -> None:
    await much_is_known(world, alice)
    await erased(world, alice)

    await world.a_drafted_campaign(alice, dropbox_id="ai3")

    known = await world.services.people.known(alice.account_id, [MARIA, JAMES])
    assert set(known) == {JAMES}
    assert (await world.sequence("ai3")).people == 1


async def test_the_facts_say_what_goes_and_that_there_is_no_way_back(
    world: World, alice: Actor
) -> None:
    await world.a_campaign(alice)

    first, *_, last = (await proposed(world, alice)).facts

    assert first == (
        "Everything about maria@x.test is erased for good: 1 person, 1 line of a dropped file."
    )
    assert last == "There is no way back."


async def test_what_was_shown_is_confirmed_and_nothing_else(world: World, alice: Actor) -> None:
    await world.a_campaign(alice)
    change = await proposed(world, alice)
    await world.services.suppressing.add(alice, MARIA, "asked by phone")

    with pytest.raises(Conflict, match="changed since"):
        await world.services.changes.confirm(alice, change.id, change.hash)

    assert (await held(world, alice)).counts["people"] == 1


class Stopped(Exception):
    """The process dies here."""


class Dying:
    """A room in which the process dies, once."""

    def __init__(self) -> None:
        self.has_died = False

    async def held(self, whom: object) -> dict[str, list[dict[str, Any]]]:
        return {}

    async def erase(self, whom: object) -> None:
        if not self.has_died:
            self.has_died = True
            raise Stopped


def dying(world: World, folder: Path, place: int) -> tuple[Changes, Privacy]:
    """Return the services of a process that dies behind so many rooms."""
    databases = Databases(main=world.mongo, dropbox=world.mongo)
    parts = rooms(databases, LocalOutbox(folder / "outbox"))
    book, audit = MongoChangeBook(world.mongo), world.services.audit
    privacy = Privacy(
        veiling=MongoVeiling(world.mongo, Veil("links"), world.clock),
        rooms=(*parts[:place], Dying(), *parts[place:]),
        members=MongoMemberBook(world.mongo),
        changes=book,
        audit=audit,
        clock=world.clock,
    )
    changes = Changes(
        changes=book,
        accounts=world.services.accounts,
        members=world.services.members,
        audit=audit,
        clock=world.clock,
        makers={ChangeKind.ERASE_PERSON: privacy},
    )
    return changes, privacy


@pytest.mark.parametrize("place", range(6))
async def test_an_erasure_that_was_interrupted_anywhere_is_finished(
    world: World, alice: Actor, tmp_path: Path, place: int
) -> None:
    await much_is_known(world, alice)
    changes, privacy = dying(world, tmp_path, place)
    change = await changes.propose_erasure(alice, MARIA)
    with pytest.raises(Stopped):
        await changes.confirm(alice, change.id, change.hash)

    too_early = await privacy.resume()
    world.clock.advance(minutes=16)
    counts = [await privacy.resume() for _ in range(2)]

    assert (too_early, counts) == (0, [1, 0])
    assert MARIA.encode() not in await everything_kept(world, tmp_path)
    kept = await MongoChangeBook(world.mongo).get(alice.account_id, change.id)
    assert kept is not None
    assert (kept.state, kept.subject) == (ChangeState.DONE, "")


async def test_a_second_press_erases_nothing_twice(world: World, alice: Actor) -> None:
    await world.a_campaign(alice)
    change = await proposed(world, alice)
    await world.services.changes.confirm(alice, change.id, change.hash)

    with pytest.raises(Conflict):
        await world.services.changes.confirm(alice, change.id, change.hash)

    log = await world.services.audit.page(alice)
    assert [e.action for e in log].count("privacy.erased") == 1


async def test_nobody_but_owners_and_admins_asks_or_erases(
    world: World, alice: Actor, victor: Actor
) -> None:
    await world.a_campaign(alice)

    for asked in (held(world, victor), proposed(world, victor)):
        with pytest.raises(NotAllowed):
            await asked


async def test_of_a_member_nothing_is_erased(world: World, alice: Actor) -> None:
    email = "victor@mail.test"
    await world.services.accounts.sign_in(email, "Victor")
    member = await world.services.accounts.actor(email)

    with pytest.raises(Conflict, match="Remove them"):
        await proposed(world, member, email)


async def test_another_workspace_keeps_what_it_has(
    world: World, alice: Actor, mallory: Actor
) -> None:
    await much_is_known(world, alice)

    await bring_in(world.services, mallory, CSV)
    theirs = (await held(world, mallory)).counts

    await erased(world, alice)

    assert theirs == {"people": 1, "files": 1}
    assert (await held(world, mallory)).counts == theirs
    assert await world.services.suppressions.erased(mallory.account_id, [MARIA]) == set()


async def test_asking_leaves_no_trace_of_them(world: World, alice: Actor) -> None:
    assert (await held(world, alice)).counts == {}
    assert (await held(world, alice)).counts == {}
    with pytest.raises(InvalidInput):
        await held(world, alice, "nobody")


async def test_its_card_says_how_much_is_held_and_erases_only_by_a_change(
    world: World, alice: Actor, victor: Actor
) -> None:
    await world.a_campaign(alice)
    desks, asked = world.services.desks, {"email": MARIA}

    looked = await answer(desks, alice, "privacy_look", asked)
    [change] = (await answer(desks, alice, "privacy_erase", asked)).cards
    refused = await answer(desks, victor, "privacy_look", asked)
    still = await answer(desks, alice, "privacy_look", asked)

    assert looked.view == PrivacyView(
        email=MARIA, lines=["1 person", "1 line of a dropped file"], is_erased=False
    )
    assert isinstance(change, ChangeCard)
    assert refused.refusal is not None
    assert refused.refusal.code == "not_allowed"
    assert still.view == looked.view
    ask = ChangeAsked(change_id=change.change_id)
    shown = await desks.own.change_get(alice, ask)
    confirm = ChangeConfirmAsked(change_id=change.change_id, hash=shown.hash)
    done = await desks.own.change_confirm(alice, confirm)
    assert (done.state, done.outcome) == ("done", "It is gone. Nobody here writes to them again.")
    after = await answer(desks, alice, "privacy_look", asked)
    assert after.view == PrivacyView(email=MARIA, lines=[], is_erased=True)


async def test_it_is_a_command_and_words_fill_its_form(world: World, alice: Actor) -> None:
    order = ProposalAction(kind="hold", arguments={"email": MARIA})

    assert await world.say(alice, "/privacy") == [PrivacyCard()]
    assert await world.say(alice, "what do you hold on her?", order) == [PrivacyCard(email=MARIA)]
