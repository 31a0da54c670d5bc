"""Every recorded change has words: the source is searched, so that a new one is noticed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import qrev
from qrev.accounts.models import AuditEntry, ChangeKind, UserId
from qrev.assistant.audit_sentences import TITLES, WORDS, Kind
from qrev.assistant.audit_words import Names, actions_of, sentence, value_words
from tests.contract.builders import an_audit_entry

SOURCE = Path(qrev.__file__).parent
ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
NAMES = Names(people={"alice": "Alice", "bob": "Bob"}, teams={"t1": "North"})


def recording_modules() -> Iterator[tuple[str, ast.Module]]:
    """Yield every module that is handed the log, but for the log itself."""
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "_audit.record(" in text:
            yield str(path.relative_to(SOURCE)), ast.parse(text)


def recorded_in(tree: ast.Module) -> Iterator[str]:
    """Yield the actions a module records: what stands in it, whoever hands it on to `record`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if ACTION.fullmatch(node.value):
                yield node.value
        elif isinstance(node, ast.JoinedStr) and "kind.value" in ast.unparse(node):
            yield from _of_changes(node)


def _of_changes(node: ast.JoinedStr) -> Iterator[str]:
    texts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
    for kind in ChangeKind:
        yield "".join(kind.value if text is None else str(text) for text in texts)


def recorded() -> set[str]:
    return {action for _, tree in recording_modules() for action in recorded_in(tree)}


def action_of(call: ast.Call) -> ast.expr:
    return next((k.value for k in call.keywords if k.arg == "action"), None) or call.args[1]


def test_every_recorded_action_has_words_and_no_words_are_left_over() -> None:
    assert recorded() - set(WORDS) == set()
    assert set(WORDS) - recorded() == set()


def test_every_call_names_its_action_where_it_can_be_found() -> None:
    unclear = [
        f"{name}:{node.lineno} records {ast.unparse(action_of(node))}"
        for name, tree in recording_modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith("_audit.record")
        and not is_found(action_of(node))
    ]

    assert unclear == []


def is_found(action: ast.expr) -> bool:
    """Return whether `recorded_in` sees it: a text, a change's kind, or a name for a text."""
    if isinstance(action, ast.JoinedStr):
        return "kind.value" in ast.unparse(action)
    return isinstance(action, ast.Constant | ast.Name)


def test_an_action_without_words_would_be_noticed() -> None:
    tree = ast.parse("await self._audit.record(actor, 'team.painted', team.id)")

    assert set(recorded_in(tree)) == {"team.painted"}
    assert "team.painted" not in WORDS


def test_each_kind_has_a_title_and_changes() -> None:
    assert all(TITLES[kind] and actions_of(kind) for kind in Kind)
    assert set().union(*(actions_of(kind) for kind in Kind)) == set(WORDS)


@pytest.mark.parametrize("action", sorted(WORDS))
def test_an_entry_that_holds_nothing_is_told_all_the_same(action: str) -> None:
    entry = an_entry(action, subject="gone", before={}, after={})

    told = sentence(entry, NAMES)

    assert "Alice" in told
    assert not re.search(r"[{}]|something that has no words|  |\.$", told)


def test_a_change_is_told_with_what_was_before() -> None:
    role = an_entry(
        "member.role_changed", subject="bob", before={"role": "seller"}, after={"role": "admin"}
    )
    team = an_entry(
        "team.member_put", subject="t1", after={"user_id": "bob", "role": "member"}, before={}
    )
    named = an_entry("account.renamed", before={"name": "Acme"}, after={"name": "Pine"})
    mail = an_entry("mailbox.connected", after={"email": "a@x.test", "permissions": []})
    key = an_entry("api_key.created", after={"name": "Export", "scopes": ["read", "write"]})

    assert sentence(role, NAMES) == "Alice gave Bob the role admin, before: seller"
    assert sentence(team, NAMES) == "Alice put Bob into the team North as member"
    assert sentence(named, NAMES) == "Alice named the workspace Pine, before: Acme"
    assert sentence(mail, NAMES) == "Alice connected a@x.test"
    assert sentence(key, NAMES) == "Alice made the API key Export, which may read, write"


def test_values_are_told_in_words() -> None:
    scope = "https://www.googleapis.test/auth/gmail.send"

    assert value_words("permissions", [scope, "openid"], NAMES) == "gmail.send, openid"
    assert value_words("weekdays", [0, 6], NAMES) == "Mon, Sun"
    assert value_words("members", ["bob", "eve"], NAMES) == "Bob, a former member"
    assert value_words("is_observer", True, NAMES) == "yes"
    assert value_words("domain", None, NAMES) == ""
    assert value_words("postal_address", "1 Road\nTown", NAMES) == "1 Road, Town"


def test_those_who_are_gone_are_told_by_what_the_log_still_knows() -> None:
    removed = an_entry(
        "member.removed", subject="eve", before={"email": "eve@x.test", "role": "seller"}
    )
    by_eve = an_entry("member.role_changed", subject="eve", by=UserId("eve"), by_email="eve@x.test")

    assert sentence(removed, NAMES) == "Alice removed eve@x.test, who was seller"
    assert sentence(by_eve, NAMES) == "Eve@x.test gave a former member another role"


def test_what_people_wrote_is_not_taken_for_a_place_to_fill() -> None:
    entry = an_entry("team.created", after={"name": "{who} {0.__class__}"})

    assert sentence(entry, NAMES) == "Alice made the team {who} {0.__class__}"


def test_an_action_of_a_later_version_is_told_as_such() -> None:
    told = sentence(an_entry("robot.built"), NAMES)

    assert told == "Alice changed something that has no words here yet (robot.built)"


def an_entry(action: str, **changes: Any) -> AuditEntry:
    entry = {"before": {}, "after": {}, "by": UserId("alice"), **changes}
    return an_audit_entry(action=action, **entry)
