"""The update language: operators, replacements and pipelines, compiled once per statement.

https://www.mongodb.com/docs/manual/reference/operator/update/
"""

from __future__ import annotations

from pocketmongo.update.compiler import Update, compile_update

__all__ = ["Update", "compile_update"]
