"""HubSpot's CRM, as much of it as we speak. Every call is written down."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from qrev.accounts.connection import Vendor
from qrev.accounts.connections import Connections
from qrev.accounts.models import AccountId
from qrev.crm.calls import CallLog
from qrev.integrations.hubspot.contacts import CHANGED, COMPANY_PROPERTIES, PROPERTIES
from qrev.kit.errors import NotFound, QrevError, Unavailable
from qrev.kit.http import Api, Asked, Clash, NotTaken, TokenRefused

PAGE = 100  # as many as HubSpot gives or takes at once
FOUND_AT_MOST = 10_000  # by a search; what lies behind that it does not give
OBJECTS = "/crm/v3/objects"
EXISTING = re.compile(r"Existing ID:\s*(\d+)")
EMAIL_TO_CONTACT = 198  # HubSpot's number for the association of an email with a contact
Properties = Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """`after` continues behind it, "" at the end."""

    documents: tuple[Mapping[str, Any], ...]
    after: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Said:
    """What a call is written down as."""

    what: str
    about: Collection[str] = ()
    fields: Collection[str] = ()


class HubSpot:
    def __init__(self, api: Api, connections: Connections, log: CallLog) -> None:
        self._api = api
        self._connections = connections
        self._log = log

    # --- reading ---------------------------------------------------------------------------------

    async def contacts(self, account_id: AccountId, after: str = "") -> Page:
        """Return a page of all contacts."""
        params = {"limit": str(PAGE), "properties": ",".join(PROPERTIES)}
        return await self._page(account_id, "contacts", params, after, "read contacts")

    async def companies(self, account_id: AccountId, after: str = "") -> Page:
        """Return a page of all companies."""
        params = {"limit": str(PAGE), "properties": ",".join(COMPANY_PROPERTIES)}
        return await self._page(account_id, "companies", params, after, "read companies")

    async def changed_since(self, account_id: AccountId, at: datetime, after: str = "") -> Page:
        """Return a page of the contacts changed at or after `at`, the earliest first.

        A search ends after ten thousand; the last one's moment is where the next begins.
        """
        since = str(int(at.timestamp() * 1000))
        body = {
            "filterGroups": [
                {"filters": [{"propertyName": CHANGED, "operator": "GTE", "value": since}]}
            ],
            "sorts": [{"propertyName": CHANGED, "direction": "ASCENDING"}],
            "properties": list(PROPERTIES),
            "limit": PAGE,
            **({"after": after} if after else {}),
        }
        asked = Asked(method="POST", path=f"{OBJECTS}/contacts/search", json=body)
        return _page(await self._ask(account_id, asked, _Said(what="read changed contacts")))

    async def in_list(self, account_id: AccountId, list_id: str, after: str = "") -> Page:
        """Return a page of the contacts of a list."""
        params = {"limit": str(PAGE), **({"after": after} if after else {})}
        path = f"/crm/v3/lists/{quote(list_id, safe='')}/memberships"
        said = _Said(what="read the members of a list")
        members = _page(
            await self._ask(account_id, Asked(method="GET", path=path, params=params), said)
        )
        ids = [str(each["recordId"]) for each in members.documents if each.get("recordId")]
        if not ids:
            return Page(documents=(), after=members.after)
        body = {"properties": list(PROPERTIES), "inputs": [{"id": id_} for id_ in ids]}
        asked = Asked(method="POST", path=f"{OBJECTS}/contacts/batch/read", json=body)
        found = await self._ask(account_id, asked, _Said(what="read contacts of a list"))
        return Page(documents=_page(found).documents, after=members.after)

    async def owners(self, account_id: AccountId) -> Mapping[str, str]:
        """Return the addresses of HubSpot's owners by their ids, of five hundred at most."""
        found, after = {}, ""
        for _ in range(5):
            params = {"limit": str(PAGE), **({"after": after} if after else {})}
            asked = Asked(method="GET", path="/crm/v3/owners", params=params)
            page = _page(await self._ask(account_id, asked, _Said(what="read owners")))
            found.update({str(d.get("id")): str(d.get("email") or "") for d in page.documents})
            after = page.after
            if not after:
                break
        return found

    # --- writing ---------------------------------------------------------------------------------

    async def upsert(self, account_id: AccountId, people: Sequence[Properties]) -> dict[str, str]:
        """Write up to a hundred contacts by their addresses. Return their ids by address.

        If HubSpot does not take all of them together, each is tried by itself; who is not taken
        then is not in the answer.
        """
        said = _Said(
            what=f"wrote {len(people)} contacts" if len(people) > 1 else "wrote a contact",
            about=[each["email"] for each in people],
            fields={name for each in people for name in each},
        )
        inputs = [
            {"idProperty": "email", "id": each["email"], "properties": dict(each)}
            for each in people
        ]
        asked = Asked(
            method="POST", path=f"{OBJECTS}/contacts/batch/upsert", json={"inputs": inputs}
        )
        try:
            answer = await self._ask(account_id, asked, said)
        except (Clash, NotTaken):
            return await self._one_by_one(account_id, people)
        return {
            str((d.get("properties") or {}).get("email", "")).lower(): str(d.get("id"))
            for d in _page(answer).documents
        }

    async def _one_by_one(
        self, account_id: AccountId, people: Sequence[Properties]
    ) -> dict[str, str]:
        ids: dict[str, str] = {}
        for each in people:
            try:
                ids[each["email"]] = await self.write(account_id, each)
            except (Clash, NotTaken, NotFound):
                continue  # the log says so
        return ids

    async def write(self, account_id: AccountId, properties: Properties) -> str:
        """Write one contact, merged into the one HubSpot says it has. Return its id."""
        body = {"properties": dict(properties)}
        said = _Said(what="wrote a contact", about=[properties["email"]], fields=properties)
        asked = Asked(method="POST", path=f"{OBJECTS}/contacts", json=body)
        try:
            return str((await self._ask(account_id, asked, said)).get("id"))
        except Clash as clash:
            found = EXISTING.search(str(clash.document.get("message", "")))
            if found is None:
                raise
        path = f"{OBJECTS}/contacts/{found.group(1)}"
        answer = await self._ask(account_id, Asked(method="PATCH", path=path, json=body), said)
        return str(answer.get("id") or found.group(1))

    async def note_email(
        self, account_id: AccountId, contact_id: str, about: str, properties: Properties
    ) -> str:
        """Put a mail onto a contact's timeline. Return what HubSpot calls it."""
        kind = {
            "associationCategory": "HUBSPOT_DEFINED",
            "associationTypeId": EMAIL_TO_CONTACT,
        }
        body = {
            "properties": dict(properties),
            "associations": [{"to": {"id": contact_id}, "types": [kind]}],
        }
        said = _Said(what="noted a mail", about=[about], fields=properties)
        asked = Asked(method="POST", path=f"{OBJECTS}/emails", json=body)
        return str((await self._ask(account_id, asked, said)).get("id", ""))

    async def opt_out(self, account_id: AccountId, email: str) -> None:
        """Say that an address wants no more mail."""
        path = f"/communication-preferences/v4/statuses/{quote(email, safe='')}/unsubscribe-all"
        asked = Asked(method="POST", path=path, params={"channel": "EMAIL"}, json={})
        await self._ask(account_id, asked, _Said(what="told of an opt-out", about=[email]))

    # --- how it is asked -------------------------------------------------------------------------

    async def _page(
        self, account_id: AccountId, kind: str, params: Properties, after: str, what: str
    ) -> Page:
        asked = {**params, **({"after": after} if after else {})}
        return _page(
            await self._ask(
                account_id,
                Asked(method="GET", path=f"{OBJECTS}/{kind}", params=asked),
                _Said(what=what),
            )
        )

    async def _ask(self, account_id: AccountId, asked: Asked, said: _Said) -> Mapping[str, Any]:
        try:
            answer = await self._signed(account_id, asked)
        except QrevError as error:
            await self._note(account_id, said, str(error))
            raise
        await self._note(account_id, said, "done")
        return answer

    async def _signed(self, account_id: AccountId, asked: Asked) -> Mapping[str, Any]:
        """Ask with a token; once more with a new one if HubSpot does not take this one."""
        token = await self._connections.token(account_id, Vendor.HUBSPOT)
        try:
            return await self._api.ask(_with(asked, token))
        except TokenRefused:
            token = await self._connections.token(account_id, Vendor.HUBSPOT, refused=token)
            return await self._api.ask(_with(asked, token))

    async def _note(self, account_id: AccountId, said: _Said, outcome: str) -> None:
        await self._log.note(
            account_id,
            Vendor.HUBSPOT,
            said.what,
            about=said.about,
            fields=said.fields,
            outcome=outcome,
        )


def _with(asked: Asked, token: str) -> Asked:
    return Asked(
        method=asked.method, path=asked.path, token=token, params=asked.params, json=asked.json
    )


def _page(answer: Mapping[str, Any]) -> Page:
    """Return a page. Half a one is as if nobody had answered: it is asked for again."""
    found = answer.get("results")
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Unavailable("HubSpot answered with something nobody can read.")
    paging = answer.get("paging")
    following = paging.get("next") if isinstance(paging, dict) else None
    after = following.get("after") if isinstance(following, dict) else None
    return Page(documents=tuple(found), after=str(after) if after else "")
