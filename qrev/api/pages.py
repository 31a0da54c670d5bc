"""The OpenAPI document as a page: drawn here, without a script and without another host."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from string import Template
from typing import Any

from starlette.responses import HTMLResponse

PAGE = Template(files("qrev.api").joinpath("docs.html").read_text("utf-8"))
Document = Mapping[str, Any]


def docs_page(document: Document) -> HTMLResponse:
    """Return the page that explains every route of the document."""
    operations = list(_operations(document))
    tags = dict.fromkeys(tag for _, _, operation in operations for tag in operation["tags"])
    sections = [
        _section(tag, [o for o in operations if tag in o[2]["tags"]], document) for tag in tags
    ]
    about = "".join(
        f"<p>{_code(part)}</p>" for part in document["info"]["description"].split("\n\n")
    )
    contents = "".join(f'<li><a href="#{_e(tag)}">{_e(tag)}</a></li>' for tag in tags)
    return HTMLResponse(
        PAGE.substitute(
            title=_e(document["info"]["title"]),
            about=about,
            contents=contents,
            sections="".join(sections),
        )
    )


def _operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), document["servers"][0]["url"] + path, operation


def _section(tag: str, operations: list[tuple[str, str, Document]], document: Document) -> str:
    drawn = "".join(_operation(*operation, document) for operation in operations)
    return f'<section id="{_e(tag)}"><h2>{_e(tag)}</h2>{drawn}</section>'


def _operation(method: str, path: str, operation: Document, document: Document) -> str:
    parts = [f"<p>{_code(operation.get('description', ''))}</p>"]
    if asked := _asked(operation, document):
        parts.append(f"<h4>Takes</h4>{asked}")
    answers = operation["responses"].items()
    parts.append("<h4>Answers</h4>" + "".join(_answer(s, a, document) for s, a in answers))
    summary = f'<span class="method">{_e(method)}</span> <code>{_e(path)}</code>'
    return f"<details><summary>{summary}</summary>{''.join(parts)}</details>"


def _asked(operation: Document, document: Document) -> str:
    rows = [
        _field(each["name"], each["schema"], document, is_needed=each.get("required", False))
        for each in operation.get("parameters", [])
    ]
    content = operation.get("requestBody", {}).get("content", {})
    for media in content.values():
        rows += _fields(media.get("schema", {}), document)
    return _table(rows)


def _answer(status: str, answer: Document, document: Document) -> str:
    fields = ""
    if status.startswith("2"):
        for media in answer.get("content", {}).values():
            fields += _table(_fields(media.get("schema", {}), document))
    return f"<p><strong>{_e(status)}</strong> {_code(answer.get('description', ''))}</p>{fields}"


def _fields(schema: Document, document: Document) -> list[str]:
    schema = _resolved(schema, document)
    if schema.get("type") == "array":
        return _fields(schema["items"], document)
    needed = schema.get("required", [])
    return [
        _field(name, each, document, is_needed=name in needed)
        for name, each in schema.get("properties", {}).items()
    ]


def _field(name: str, schema: Document, document: Document, *, is_needed: bool) -> str:
    need = "" if is_needed else " (optional)"
    return (
        f"<tr><td><code>{_e(name)}</code></td>"
        f"<td>{_e(_kind(schema, document))}{need}</td>"
        f"<td>{_code(schema.get('description', ''))}</td></tr>"
    )


def _kind(schema: Document, document: Document) -> str:
    """Return what a value is, in a few words."""
    schema = _resolved(schema, document)
    if "anyOf" in schema:
        return " or ".join(_kind(each, document) for each in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}), document)}"
    kind = str(schema.get("format") or schema.get("type") or "anything")
    return str(schema.get("title", kind)) if kind == "object" else kind


def _resolved(schema: Document, document: Document) -> Document:
    """Return the schema a reference names; of an optional object, the object."""
    if "$ref" in schema:
        found: Document = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return found
    return next((_resolved(s, document) for s in schema.get("anyOf", ()) if "$ref" in s), schema)


def _table(rows: list[str]) -> str:
    return f"<table><tbody>{''.join(rows)}</tbody></table>" if rows else ""


def _code(text: str) -> str:
    """Return text for a page, what stands between backticks as code."""
    parts = _e(text).split("`")
    return "".join(f"<code>{p}</code>" if i % 2 else p for i, p in enumerate(parts))


def _e(text: str) -> str:
    return html.escape(str(text), quote=True)
