"""Where Chainlit lives on disk. It reads all of this while it is imported: call `settle` before.

Chainlit makes folders in the place it is started from. Its home is a folder in DATA_DIR instead,
with our configuration in it; what we ship (public/, chainlit.md) stays where it is.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from importlib.util import find_spec
from pathlib import Path

from qrev.kit.embedded import CannotStart, make_private
from qrev.settings import Settings

ROOT = Path(__file__).parents[2]
CONFIG = Path(__file__).with_name("chainlit.toml")
WORDS = Path(__file__).with_name("words.json")
COOKIE = "qrev_session"
STALE = 24 * 3600  # seconds; a session's uploads are copied to the database at once


def settle(settings: Settings) -> Path:
    """Prepare Chainlit's home and return it. Raises CannotStart when it cannot be written."""
    home = (settings.data_dir / "chat").absolute()
    try:
        make_private(settings.data_dir)
        make_private(home)
        config = home / ".chainlit"
        (config / "translations").mkdir(parents=True, exist_ok=True)
        shutil.copyfile(CONFIG, config / "config.toml")
        _write_words(config / "translations" / "en-US.json")
        _forget_old_uploads(home / ".files")
    except OSError as error:
        raise CannotStart(f"The folder {home} cannot be written ({error.strerror}).") from error
    os.environ.update(
        CHAINLIT_APP_ROOT=str(home),
        CHAINLIT_AUTH_SECRET=settings.chainlit_auth_secret.get_secret_value(),
        CHAINLIT_AUTH_COOKIE_NAME=COOKIE,
        CHAINLIT_CUSTOM_AUTH="1",  # the login page is ours
    )
    return home


def _write_words(path: Path) -> None:
    """Lay our words over Chainlit's own, which are found without importing it."""

    spec = find_spec("chainlit")
    if spec is None or spec.origin is None:
        raise CannotStart("Chainlit is missing from this installation. Run make install.")
    theirs = Path(spec.origin).parent / "translations" / "en-US.json"
    words = _over(json.loads(theirs.read_text("utf-8")), json.loads(WORDS.read_text("utf-8")))
    path.write_text(json.dumps(words, ensure_ascii=False, indent=1), "utf-8")


def _over(base: dict[str, object], ours: dict[str, object]) -> dict[str, object]:
    merged = dict(base)
    for key, value in ours.items():
        below = merged.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            merged[key] = _over(below, value)
        else:
            merged[key] = value
    return merged


def _forget_old_uploads(folder: Path) -> None:
    """Remove what dead sessions left; another process on this folder may still use the rest."""
    if not folder.is_dir():
        return
    for session in folder.iterdir():
        if time.time() - session.stat().st_mtime > STALE:
            shutil.rmtree(session, ignore_errors=True)
