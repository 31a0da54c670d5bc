"""Where an address is spoken of besides what is about it: conversations, the log, anything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from qrev.crm.privacy_ports import Held, Mentions, Whom
from qrev.kit.mentions import plain

KINDS: Mapping[str, str] = {
    "lines": "conversations",
    "steps": "shown",
    "elements": "shown",
    "threads": "shown",
    "audit": "log",
}
# What other rooms answer for, and proposals to erase, which are gone with what they are about.
ANSWERED = frozenset({"suppressions", "prospects", "drafts", "messages", "uploads", "changes"})


class MentionsRoom:
    """The last room: what no other has found is found here, and erased."""

    def __init__(self, mentions: Mentions) -> None:
        self._mentions = mentions

    async def held(self, whom: Whom) -> Held:
        held: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
        async for name, document in self._mentions.found(whom.account_id, whom.mention):
            is_answered = name in ANSWERED or name.startswith("ai_")
            if is_answered or (name == "people" and document["email"] == whom.email):
                continue
            held[KINDS.get(name, "elsewhere")].append({"kept_in": name, **plain(document)})
        return held

    async def erase(self, whom: Whom) -> None:
        await self._mentions.take_out(whom.account_id, whom.mention)
