"""What must never be in a log: looked for after every test, in all it had the product write."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Collection
from pathlib import Path

from qrev.kit.log import FORMAT
from tests.sites import SECRETS

# Tokens as they are made: ours, Chainlit's and Google's, API keys, and passwords in addresses.
SECRET = re.compile(
    r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}"
    r"|\bqrev_[\w-]{16,}\.?[\w-]*"
    r"|\b1//[\w-]{10,}|\bya29\.[\w-]{10,}|\bGOCSPX-[\w-]{4,}"
    r"|[Bb]earer (?!and a token)[\w.~+/-]{12,}"
    r"|://[^/\s:@]+:[^/\s:@]+@"
    r"|(?:refresh_token|access_token|id_token|client_secret|code_verifier|password)=[^\s&]{6,}"
)


def found_in(text: str, known: Collection[str] = ()) -> list[str]:
    """Return the secrets in a text, cut short: the report of a test is a log as well."""
    found = [match.group() for match in SECRET.finditer(text)]
    found += [secret for secret in {*SECRETS.values(), *known} if secret in text]
    return [f"{secret[:12]}…" for secret in found]


def logged(record: logging.LogRecord) -> str:
    """Return a record as it would be written, with what it says of an error."""
    return logging.Formatter(FORMAT).format(record)


def kept_in(data_dir: Path) -> list[str]:
    """Return the secrets an installation made for itself."""
    file = data_dir / "secrets.json"
    return list(json.loads(file.read_text()).values()) if file.exists() else []
