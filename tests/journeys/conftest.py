"""The whole of QRev in this process, on a clock of ours, with a real mail server to send to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import TUESDAY_10AM
from tests.fakes import FakeClock
from tests.mail_server import MailServer, a_mail_server
from tests.sites import a_site, some_settings
from tests.socket_client import Tab

SAMPLE = (Path(__file__).parents[2] / "docs" / "sample.csv").read_bytes()
POSTAL_ADDRESS = "Acme Ltd\n1 Main Street\n12345 Town, Germany"
WISH = "Write to these people about our demand forecasting tool, in 3 steps over two weeks"


@dataclass(frozen=True, kw_only=True)
class House:
    """Where QRev answers, and what it may be moved by."""

    base: str
    clock: FakeClock
    data_dir: Path
    mails: MailServer

    async def tab(self, name: str = "Alice") -> Tab:
        """Return a member's tab on a new conversation."""
        tab = await Tab(self.base).sign_in(f"{name.lower()}@acme.test", name)
        return await tab.open()


@pytest.fixture
async def house(tmp_path: Path, clock: FakeClock) -> AsyncIterator[House]:
    clock.now = TUESDAY_10AM
    with a_mail_server() as mails:
        settings = some_settings(
            tmp_path / "data",
            smtp_url=f"smtp://127.0.0.1:{mails.port}",
            smtp_from="alice@acme.test",
            smtp_warmed=True,
        )
        async with a_site(settings, clock) as base:
            yield House(base=base, clock=clock, data_dir=settings.data_dir, mails=mails)


async def drafted(tab: Tab, data: bytes = SAMPLE, wish: str = WISH) -> str:
    """Drop a list, say what to offer, and return the sequence's id once all is drafted."""
    await tab.say(wish, files=[await tab.drop(data)])
    card = await tab.card("DraftCard")
    await tab.text("are ready")
    return str(card["sequence_id"])


async def proposed(tab: Tab, sequence_id: str, *, number: int = 0) -> dict[str, object]:
    """Press Send, give a postal address, and return the plan that is then shown."""
    await tab.view("sequence_send", sequence_id=sequence_id)
    card = await tab.card("ProposalCard", number=number)
    view = await tab.view(
        "postal_address_save", proposal_id=card["proposal_id"], address=POSTAL_ADDRESS
    )
    return dict(view)
