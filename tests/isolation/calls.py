"""Everything that can be called from outside, found in the code: routes, questions, events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount

from qrev.api.documents import describe
from qrev.assistant.asking import QUESTIONS
from qrev.serving.lifespan import Site
from qrev.serving.shield import CLOSED, Shield
from tests.isolation.examples import example

Values = Mapping[str, Any]

LIST = b"domain\npartner.test\n"
PICTURE = b"\x89PNG\r\n\x1a\n and so on"
# Where a name means something of its own. `{...}` beside it are values by name, too.
OWN: dict[str, Values] = {
    "POST /api/account/changes/confirm": {"hash": "{change_hash}"},
    "POST /api/crm/company/update": {"changes": "{company_changes}"},
    "company_save": {"changes": "{company_changes}"},
    "POST /api/campaign/look_up": {"ticket": "{a_ticket}", "about": "{people}"},
    "GET /api/u/{token}": {"token": "{a_ticket}"},
    "POST /api/u/{token}": {"token": "{a_ticket}"},
    "POST /api/team/members/put": {"role": "{team_role}"},
    "POST /api/crm/contact/merge/confirm": {"hash": "{merge_hash}"},
    "POST /api/crm/contact/lists/save": {"wanted": "{wanted}"},
    "problems_mend": {"kind": "{problem}", "repair": "{mending}", "drafts": "{one_draft}"},
    "doubt_settle": {"sentence": "{a_ticket}", "is_true": "{is_true}"},
    "version_restore": {"to": "{one_draft}"},
    "POST /api/campaign/draft/restore": {"to": "{one_draft}"},
    "knowledge_add": {"kind": "{about}"},
    "POST /api/knowledge/add/text": {"kind": "{about}"},
    "POST /api/knowledge/add": {"kind": "{about}"},
    "rewrite_rows": {"parts": "{no_part}"},
    "POST /api/hubspot/pull": {"list_id": "{list_number}"},
    "GET /api/hubspot/connect": {"next": "{home}"},
    "GET /api/zoom/connect": {"next": "{home}"},
    "POST /api/zoom/call": {"starts_at": "{a_moment}"},
    "member_role": {"was": "{seller}"},
    "change_confirm": {"hash": "{change_hash}"},
    "merge_confirm": {"hash": "{merge_hash}"},
    "proposal_confirm": {"hash": "{plan_hash}"},
    **{
        call: {"version": "{import_version}"}
        for name in ("confirm", "repair", "columns")
        for call in (f"import_{name}", f"POST /api/crm/contact/import/{name}")
    },
    "order_confirm": {"hash": "{order_hash}"},
    "order_propose": {"sequence_id": "{running_id}"},
    "POST /api/proposals/confirm": {"hash": "{plan_hash}"},
    "POST /api/campaigns/pause": {"sequence_id": "{running_id}"},
    "campaign_add_people": {"emails": "{recipient}"},
    "POST /api/campaigns/add-people": {"emails": "{recipients}"},
    "POST /api/campaigns/rename": {"sequence_id": "{running_id}"},
    "POST /api/campaigns/stop": {"sequence_id": "{running_id}"},
    "POST /api/campaigns/stop-person": {"sequence_id": "{running_id}", "email": "{recipient}"},
}
# Routes without a schema in our document: Chainlit's, pages and links. Empty: nothing to send.
RAW: dict[str, Values] = {
    "GET /readyz": {},
    "GET /health": {},
    "GET /metrics": {},
    "GET /api/openapi.json": {},
    "GET /api/docs": {},
    "GET /login": {},
    "POST /login": {},
    "POST /logout": {},
    "POST /logout/everywhere": {},
    "GET /files/{upload_id}": {},
    "GET /files/refused/{import_id}": {},
    "GET /invitation": {"t": "made-up"},
    "GET /login/google": {},
    "GET /api/google/auth/code/to/tokens": {"code": "made-up", "state": "made-up"},
}


@dataclass(frozen=True, kw_only=True)
class Call:
    """One thing that can be called. `query` and `body` are by name, `path` has its names in it."""

    name: str
    method: str
    path: str
    query: Values = field(default_factory=dict)
    body: Values | None = None
    content: bytes | None = None  # in the place of a body


@dataclass(frozen=True, kw_only=True)
class Found:
    """A route as the code has it."""

    method: str
    path: str

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def routes(site: Site) -> list[Found]:
    """Return every route in front of Chainlit's."""
    shield = site.app
    assert isinstance(shield, Shield)
    assert isinstance(shield.app, Starlette)
    own = [route for route in shield.app.routes if not _is_the_chat(route)]
    return [f for f in walked(own, "") if not CLOSED.fullmatch(f.path)]


def rest_calls(site: Site, values: Values) -> list[Call]:
    """Return a call of every route, with Alice's things in it. Raises Missing."""
    document = _document(site)
    paths = {f"/api{path}": methods for path, methods in document["paths"].items()}
    definitions = document["components"]["schemas"]
    calls = []
    for found in routes(site):
        described = paths.get(found.path, {}).get(found.method.lower())
        if described is None:
            calls.append(_raw(found, values))
        else:
            calls.append(_described(found, described, definitions, values))
    return calls


def question_calls(values: Values) -> dict[str, dict[str, Any]]:
    """Return the payload of every question a card can ask. Raises Missing."""
    return {
        name: example(name, question.asks.model_json_schema(), _of_call(name, values))
        for name, question in QUESTIONS.items()
    }


def _described(found: Found, described: Values, definitions: Values, values: Values) -> Call:
    values = _of_call(found.name, values)
    asked = {
        "properties": {p["name"]: p["schema"] for p in described.get("parameters", ())},
        "required": [p["name"] for p in described.get("parameters", ()) if p["required"]],
    }
    body, content = None, None
    for kind, media in described.get("requestBody", {}).get("content", {}).items():
        if media["schema"].get("format") == "binary":
            content = LIST if kind == "text/csv" else PICTURE
            continue
        schema = {**media["schema"], "$defs": definitions}
        body = example(found.name, schema, values)
    query = example(found.name, asked, values)
    return Call(
        name=found.name,
        method=found.method,
        path=found.path,
        query=query,
        body=body,
        content=content,
    )


def _raw(found: Found, values: Values) -> Call:
    assert found.name in RAW, (
        f"{found.name} is in no OpenAPI document, so nobody knows what to send to it. Add it to "
        "RAW in tests/isolation/calls.py."
    )
    return Call(
        name=found.name,
        method=found.method,
        path=found.path.format_map(dict(values)),
        query=RAW[found.name],
    )


def _of_call(name: str, values: Values) -> Values:
    own = {key: values[value.strip("{}")] for key, value in OWN.get(name, {}).items()}
    return {**values, **own}


def walked(found: Iterable[BaseRoute], prefix: str) -> Iterator[Found]:
    for route in found:
        if isinstance(route, Mount):
            yield from walked(route.routes, prefix + route.path)
        elif (included := getattr(route, "original_router", None)) is not None:
            yield from walked(included.routes, prefix)
        else:
            for method in sorted(set(getattr(route, "methods", None) or ()) - {"HEAD"}):
                yield Found(method=method, path=prefix + str(getattr(route, "path", "")))


def _document(site: Site) -> dict[str, Any]:
    shield = site.app
    assert isinstance(shield, Shield)
    assert isinstance(shield.app, Starlette)
    [api] = [r for r in shield.app.routes if isinstance(r, Mount) and r.path == "/api"]
    return describe(api.app)  # type: ignore[arg-type]


def _is_the_chat(route: BaseRoute) -> bool:
    return isinstance(route, Mount) and route.path == ""
