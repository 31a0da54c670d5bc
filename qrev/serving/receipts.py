"""`python -m qrev receipt verify FILE`: what a receipt proves. Needs the file alone."""

from __future__ import annotations

import sys
from pathlib import Path

from qrev.campaigns.receipt_check import check


def verify(file: str) -> int:
    """Say in words what was found. Return 0 if the receipt is whole and nobody got a step twice,
    1 if not, 2 if there is no such file.
    """
    try:
        with Path(file).open("rb") as lines:
            finding = check(lines)
    except OSError as error:
        sys.stderr.write(f"{file} cannot be read: {error.strerror or error}.\n")
        return 2
    sys.stdout.write(f"{finding.words()}\n")
    return 0 if finding.is_good else 1
