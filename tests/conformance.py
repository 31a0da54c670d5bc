"""Schemathesis over the whole API document, as a process of its own against a running QRev."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

SEED = 1
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
)
WITHIN = 120  # seconds


@dataclass(frozen=True, kw_only=True)
class Conformance:
    """`failures` are the operations and checks that failed; `cases` is how much was tried."""

    failures: list[str]
    cases: int
    operations: int
    said: str


def an_owners_key(base: str) -> str:
    """Sign in by name and return the secret of a key that may do everything."""
    with httpx.Client(base_url=base, headers={"Origin": base}) as browser:
        form = {"email": "alice@acme.test", "name": "Alice", "timezone": "UTC"}
        assert browser.post("/login", data=form).status_code == 303
        asked = {"name": "Conformance", "scopes": ["read", "write", "manage"]}
        made = browser.post("/api/account/api-keys/create", json=asked)
        assert made.status_code == 201, made.text
        return str(made.json()["secret"])


def conformance(
    base: str, secret: str, folder: Path, *, examples: int, phases: str = "coverage,fuzzing"
) -> Conformance:
    """Try every operation with what its schema allows and with what it does not.

    As a program with a key: a key has no session that one of the calls could end.
    """
    report = folder / "report.json"
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "schemathesis"),
            *(
                "run",
                f"{base}/api/openapi.json",
                "--seed",
                str(SEED),
                "--workers",
                "1",
            ),  # two share what a library keeps per process
            *("--phases", phases, "--max-examples", str(examples), "--no-shrink"),
            *("--checks", ",".join(CHECKS), "--header", f"Authorization: Bearer {secret}"),
            *("--suppress-health-check", "all", "--continue-on-failure", "--no-color"),
            *("--report", "json", "--report-json-path", str(report)),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=False,
    )
    said = done.stdout[-8000:] + done.stderr[-2000:]
    assert report.exists(), said
    return _read(json.loads(report.read_text()), said)


def _read(report: dict[str, Any], said: str) -> Conformance:
    wrong = [*report["failures"], *report["errors"]]
    return Conformance(
        failures=[json.dumps(each)[:600] for each in wrong],
        cases=int(report["test_cases"]["generated"]),
        operations=int(report["operations"]["tested"]),
        said=said,
    )
