"""Campaigns that run. Whatever changes more than one line is proposed, to be confirmed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from qrev.api.asked import IdAsked
from qrev.api.cursors import from_cursor, to_cursor
from qrev.api.documents import USUAL, problems
from qrev.api.door import Asking
from qrev.api.house import Behind
from qrev.api.life_asked import (
    AddPeopleAsked,
    EditStepAsked,
    PauseAsked,
    ResumeAsked,
    SequenceAsked,
    SequenceNameAsked,
    StopPersonAsked,
)
from qrev.api.life_views import (
    AddedView,
    PauseView,
    ProposalView,
    SequencesPage,
    SequenceView,
    StepWordsView,
    VariantView,
    pause_view,
    proposal_view,
    sequence_view,
)
from qrev.campaigns.life.models import OrderKind, Terms
from qrev.campaigns.planning.hours import country_code
from qrev.campaigns.sequences import PAGE
from qrev.kit.errors import InvalidInput

router = APIRouter(prefix="/campaigns", tags=["campaigns"], responses=USUAL)
PROPOSED = problems(404, 409)


@router.get("/list")
async def campaigns(
    behind: Behind,
    actor: Asking,
    after: Annotated[str | None, Query(max_length=2000)] = None,
) -> SequencesPage:
    """List campaigns, the newest first, with their numbers."""
    place = None if after is None else from_cursor(after)
    found = await behind.sequences.page(actor, before=place)
    last = found[-1].sequence if len(found) == PAGE else None
    return SequencesPage(
        sequences=[sequence_view(each) for each in found],
        next=None if last is None else to_cursor(last.created_at, last.id),
    )


@router.get("/details", responses=problems(404))
async def details(behind: Behind, actor: Asking, sequence_id: IdAsked) -> SequenceView:
    """Tell how far a campaign is."""
    return sequence_view(await behind.sequences.overview(actor, sequence_id))


@router.post("/rename", responses=problems(404))
async def rename(behind: Behind, actor: Asking, asked: SequenceNameAsked) -> SequenceView:
    """Give a campaign another name, at once."""
    await behind.sequences.rename(actor, asked.sequence_id, asked.name)
    return await details(behind, actor, asked.sequence_id)


@router.post("/duplicate", status_code=201, responses=PROPOSED)
async def duplicate(behind: Behind, actor: Asking, asked: SequenceAsked) -> SequenceView:
    """Make a draft with the same mails and nobody in it."""
    copy = await behind.adding.duplicate(actor, asked.sequence_id)
    return await details(behind, actor, copy.id)


@router.post("/add-people", status_code=201, responses=PROPOSED)
async def add_people(behind: Behind, actor: Asking, asked: AddPeopleAsked) -> AddedView:
    """Bring people in, and propose the Send to them. What was planned before stays as it is."""
    added = await behind.enrolment.add(actor, asked.sequence_id, asked.emails)
    proposal = None if added.proposal is None else proposal_view(added.proposal)
    return AddedView(added=added.count, proposal=proposal)


@router.get("/words", responses=PROPOSED)
async def words(behind: Behind, actor: Asking, sequence_id: IdAsked) -> list[StepWordsView]:
    """Tell what each mail says, with fields in the place of each person's facts."""
    sequence = await behind.sequences.get(actor, sequence_id)
    return [
        StepWordsView(
            step=each.step,
            variants=[VariantView(subject=s, body=b) for s, b in each.variants],
        )
        for each in await behind.adding.words(sequence)
    ]


@router.post("/edit-step", status_code=201, responses=PROPOSED)
async def edit_step(behind: Behind, actor: Asking, asked: EditStepAsked) -> ProposalView:
    """Propose other words for a mail, for everybody who has not got it."""
    first, *others = asked.variants
    terms = Terms(
        sequence_id=asked.sequence_id,
        step=asked.step,
        subject=first.subject,
        body=first.body,
        variants=tuple((each.subject, each.body) for each in others),
    )
    return await _proposed(behind, actor, OrderKind.EDIT_STEP, terms)


@router.get("/pauses/list")
async def pauses(behind: Behind, actor: Asking) -> list[PauseView]:
    """List the pauses in force, the oldest first."""
    return [pause_view(each) for each in await behind.pausing.all(actor.account_id)]


@router.post("/pause", status_code=201, responses=PROPOSED)
async def pause(behind: Behind, actor: Asking, asked: PauseAsked) -> ProposalView:
    """Propose to keep mails from leaving: of one campaign or all, a mailbox, a country."""
    country = country_code(asked.country)
    if asked.country and not country:
        raise InvalidInput(f"country: “{asked.country}” is none we know.")
    terms = Terms(
        sequence_id=asked.sequence_id,
        mailbox_id=asked.mailbox_id,
        country=country,
        company=asked.company.strip().lstrip("@").lower(),
        until=asked.until,
    )
    return await _proposed(behind, actor, OrderKind.PAUSE, terms)


@router.post("/resume", status_code=201, responses=PROPOSED)
async def resume(behind: Behind, actor: Asking, asked: ResumeAsked) -> ProposalView:
    """Propose to let paused mails leave again. What is past its minute gets another one."""
    pause_ids = (asked.pause_id,) if asked.pause_id else ()
    terms = Terms(sequence_id=asked.sequence_id, pause_ids=pause_ids)
    return await _proposed(behind, actor, OrderKind.RESUME, terms)


@router.post("/stop", status_code=201, responses=PROPOSED)
async def stop(behind: Behind, actor: Asking, asked: SequenceAsked) -> ProposalView:
    """Propose to cancel what has not left."""
    terms = Terms(sequence_id=asked.sequence_id)
    return await _proposed(behind, actor, OrderKind.STOP, terms)


@router.post("/archive", status_code=201, responses=PROPOSED)
async def archive(behind: Behind, actor: Asking, asked: SequenceAsked) -> ProposalView:
    """Propose to cancel what has not left, and to put the campaign away."""
    terms = Terms(sequence_id=asked.sequence_id)
    return await _proposed(behind, actor, OrderKind.ARCHIVE, terms)


@router.post("/stop-person", status_code=201, responses=PROPOSED)
async def stop_person(behind: Behind, actor: Asking, asked: StopPersonAsked) -> ProposalView:
    """Propose that one person gets nothing more, in one campaign or in all."""
    terms = Terms(sequence_id=asked.sequence_id, person=asked.email.strip().lower())
    return await _proposed(behind, actor, OrderKind.STOP_PERSON, terms)


async def _proposed(behind: Behind, actor: Asking, kind: OrderKind, terms: Terms) -> ProposalView:
    return proposal_view(await behind.orders.propose(actor, kind, terms))
