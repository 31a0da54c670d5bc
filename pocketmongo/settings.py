"""What can be set while the server runs, by MongoDB's names for it.

https://www.mongodb.com/docs/manual/reference/parameters/
"""

from __future__ import annotations

from dataclasses import dataclass

from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.values import Document, is_number


@dataclass(slots=True)
class Settings:
    """How long things may last, in seconds."""

    transaction_lifetime: float = 60.0
    cursor_timeout: float = 600.0
    expiry_interval: float = 5.0  # between looks for expired documents; MongoDB's default is 60


# MongoDB's name, ours, and how many of MongoDB's units make a second.
_PARAMETERS = {
    "transactionLifetimeLimitSeconds": ("transaction_lifetime", 1),
    "cursorTimeoutMillis": ("cursor_timeout", 1000),
    "ttlMonitorSleepSecs": ("expiry_interval", 1),
}
_FIXED: Document = {
    "featureCompatibilityVersion": {"version": "8.0"},
    "requireApiVersion": False,
    "enableTestCommands": False,
}


def all_parameters(settings: Settings) -> Document:
    """Return every parameter and its value."""
    return dict(_FIXED) | {
        name: getattr(settings, ours) * units for name, (ours, units) in _PARAMETERS.items()
    }


def set_parameter(settings: Settings, name: str, value: object) -> float:
    """Give a parameter another value and return the one it had. Raises ServerError."""
    if name not in _PARAMETERS:
        raise ServerError(
            ErrorCode.InvalidOptions, f"attempted to set unrecognized parameter [{name}]"
        )
    if not is_number(value) or not float(str(value)) > 0:
        raise ServerError(ErrorCode.BadValue, f"'{name}' must be a number greater than 0")
    ours, units = _PARAMETERS[name]
    previous: float = getattr(settings, ours) * units
    setattr(settings, ours, float(str(value)) / units)
    return previous
