"""From settings to something that runs. What cannot start says why in one sentence."""

from __future__ import annotations

import sys

from qrev import settings as settings_module
from qrev.chat import home
from qrev.kit import log
from qrev.kit.embedded import CannotStart
from qrev.serving.lifespan import Site
from qrev.serving.server import bind, run
from qrev.settings import Settings


def site() -> Site:
    """Return the ASGI app for a server that is not ours. Ends the process if it cannot be."""
    try:
        return _site(read_settings())
    except CannotStart as error:
        raise SystemExit(sentence(error)) from error


def serve() -> int:
    """Run everything on our address. Return the process's exit code."""
    try:
        settings = read_settings()
        socket = bind(settings.host, settings.port)
        built = _site(settings)
    except CannotStart as error:
        sys.stderr.write(sentence(error) + "\n")
        return 1
    with socket:
        ready = f"QRev is ready: {settings.base_url}"
        has_started = run(built, [socket], ready, settings.trusted_proxies)
    if not has_started:
        sys.stderr.write(f"QRev cannot start. {built.problem}\n")
        return 1
    return 0


def sentence(error: CannotStart) -> str:
    """Return what a person at a terminal is told."""
    return f"QRev cannot start. {error}"


def read_settings() -> Settings:
    """Return the settings, with our log set up. Raises CannotStart."""
    settings = settings_module.load()
    log.set_up(settings.log_level)
    return settings


def _site(settings: Settings) -> Site:
    home.settle(settings)
    # Only now: importing the chat imports Chainlit, which reads its home while it is imported.
    from qrev.chat.main import harden
    from qrev.serving.site import opened_site

    harden()
    return Site(lambda: opened_site(settings))
