"""Listening, wired: what comes back, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping

from qrev.bootstrap.life import CampaignStores
from qrev.campaigns.hearing.consequences import Consequences
from qrev.campaigns.hearing.hearing import Hearing
from qrev.campaigns.hearing.listening import Listening
from qrev.campaigns.hearing.matching import Matching
from qrev.campaigns.hearing.ports import Letters
from qrev.campaigns.stopping import Stopping
from qrev.campaigns.telling import Telling
from qrev.kit.clock import Clock
from qrev.kit.reporting import Reports


def hearing_of(
    stores: CampaignStores, *, stopping: Stopping, telling: Telling, clock: Clock
) -> Hearing:
    """Wire what follows from a mail."""
    return Hearing(
        events=stores.events,
        matching=Matching(sent=stores.sent, messages=stores.messages, clock=clock),
        consequences=Consequences(
            stopping=stopping,
            messages=stores.messages,
            prospects=stores.prospects,
            sent=stores.sent,
            events=stores.events,
            places=stores.places,
            mailboxes=stores.mailboxes,
            outbox=stores.messages,
            telling=telling,
            clock=clock,
        ),
        clock=clock,
    )


def listening_of(
    stores: CampaignStores,
    hearing: Hearing,
    letters: Mapping[str, Letters],
    *,
    reports: Reports,
    clock: Clock,
) -> Listening:
    """Wire the mailboxes that are listened to."""
    return Listening(
        letters=letters,
        hearing=hearing,
        places=stores.places,
        mailboxes=stores.mailboxes,
        reports=reports,
        clock=clock,
    )
