"""The addresses a workspace sends from."""

from __future__ import annotations

from fastapi import APIRouter

from qrev.api.documents import USUAL, problems
from qrev.api.door import Asking
from qrev.api.house import Behind
from qrev.assistant.mailboxes_cards import (
    MailboxAsked,
    MailboxDomainView,
    MailboxesAsked,
    MailboxesView,
    MailboxSaveAsked,
    MailboxSmtpAsked,
)

router = APIRouter(prefix="/mailbox", tags=["mailbox"], responses=USUAL)


@router.get("/list")
async def list_mailboxes(behind: Behind, actor: Asking) -> MailboxesView:
    """List them by address, each with how it did today and in the last seven days."""
    return await behind.desks.mailboxes.mailboxes_get(actor, MailboxesAsked())


@router.post("/connect/smtp", responses=problems(409))
async def connect_smtp(behind: Behind, actor: Asking, asked: MailboxSmtpAsked) -> MailboxesView:
    """Connect a mailbox by its mail server, or give it another password.

    The sign-in is tried first; 409 says in the server's words why nothing was kept. The password
    is kept sealed and never shown again.
    """
    return await behind.desks.mailboxes.connect_smtp(actor, asked)


@router.post("/connect/google", responses=problems(409))
async def connect_google(behind: Behind, actor: Asking) -> MailboxesView:
    """Connect one's own Gmail. 409: sending has to be allowed at Google first."""
    return await behind.desks.mailboxes.connect_google(actor, MailboxesAsked())


@router.post("/update", responses=problems(404))
async def update(behind: Behind, actor: Asking, asked: MailboxSaveAsked) -> MailboxesView:
    """Set name, address for answers and signature; for owners and admins the cap and the ramp."""
    return await behind.desks.mailboxes.save(actor, asked)


@router.post("/test", responses=problems(404, 409))
async def test(behind: Behind, actor: Asking, asked: MailboxAsked) -> MailboxesView:
    """Send a test mail to oneself. 409 says in the server's words why it did not leave."""
    return await behind.desks.mailboxes.try_out(actor, asked)


@router.post("/pause", responses=problems(404))
async def pause(behind: Behind, actor: Asking, asked: MailboxAsked) -> MailboxesView:
    """Have nothing leave from it until it is set going again."""
    return await behind.desks.mailboxes.pause(actor, asked)


@router.post("/resume", responses=problems(404, 409))
async def resume(behind: Behind, actor: Asking, asked: MailboxAsked) -> MailboxesView:
    """Set it going again. What is late gets the next free minutes, never all at once."""
    return await behind.desks.mailboxes.resume(actor, asked)


@router.post("/remove", responses=problems(404, 409))
async def remove(behind: Behind, actor: Asking, asked: MailboxAsked) -> MailboxesView:
    """Take it away, with its password. 409 while mails are still to leave from it."""
    return await behind.desks.mailboxes.remove(actor, asked)


@router.post("/domain", responses=problems(404))
async def domain(behind: Behind, actor: Asking, asked: MailboxAsked) -> MailboxDomainView:
    """Look at SPF, DKIM and DMARC of its domain, and what to do about them."""
    return await behind.desks.mailboxes.domain(actor, asked)
