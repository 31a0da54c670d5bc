"""The one table of commands.

https://www.mongodb.com/docs/manual/reference/command/
"""

from __future__ import annotations

from pocketmongo.commands.table import COMMANDS, NOT_SUPPORTED, Command, load_all

__all__ = ["COMMANDS", "NOT_SUPPORTED", "Command", "load_all"]
