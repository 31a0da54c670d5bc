"""What a member decides about a list before it is brought in. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Finding(StrEnum):
    """Something about a line that somebody should know."""

    NO_ADDRESS = "no_address"
    INVALID = "invalid"
    DUPLICATE = "duplicate"
    SUPPRESSED = "suppressed"
    LEFT_OUT = "left_out"  # by a repair that leaves people out
    TYPO = "typo"
    ROLE = "role"
    FREE_MAIL = "free_mail"
    NO_MAIL = "no_mail"  # a domain that takes no mail
    UNKNOWN_ZONE = "unknown_zone"
    RUNNING = "running"  # in a sequence that sends now


class Repair(StrEnum):
    """What one press does to all lines with a finding."""

    MEND_ADDRESSES = "mend_addresses"
    FIX_TYPOS = "fix_typos"
    FIX_ZONES = "fix_zones"
    DROP_ROLES = "drop_roles"
    DROP_FREE_MAIL = "drop_free_mail"
    DROP_NO_MAIL = "drop_no_mail"
    DROP_RUNNING = "drop_running"


REPAIR_OF = {
    Finding.INVALID: Repair.MEND_ADDRESSES,
    Finding.TYPO: Repair.FIX_TYPOS,
    Finding.UNKNOWN_ZONE: Repair.FIX_ZONES,
    Finding.ROLE: Repair.DROP_ROLES,
    Finding.FREE_MAIL: Repair.DROP_FREE_MAIL,
    Finding.NO_MAIL: Repair.DROP_NO_MAIL,
    Finding.RUNNING: Repair.DROP_RUNNING,
}
REFUSED = frozenset(
    {
        Finding.NO_ADDRESS,
        Finding.INVALID,
        Finding.DUPLICATE,
        Finding.SUPPRESSED,
        Finding.LEFT_OUT,
    }
)


class Rule(StrEnum):
    """What a list may do to a field of somebody who is known. A blank never takes anything away."""

    FILL = "fill"  # where it is empty
    REPLACE = "replace"
    KEEP = "keep"


# What has a rule: `company` is its name and address, `fields` are those of the account's own.
RULED = (
    "name",
    "company",
    "job_title",
    "linkedin_url",
    "timezone",
    "phone_number",
    "country",
    "fields",
)
Rules = Mapping[str, Rule]
FILL_ALL: Rules = dict.fromkeys(RULED, Rule.FILL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How a list is read. `choices` say what each column is; none yet for one not looked at."""

    titles: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    has_header: bool = True
    repairs: frozenset[Repair] = frozenset()
    rules: Rules = field(default_factory=lambda: FILL_ALL)
