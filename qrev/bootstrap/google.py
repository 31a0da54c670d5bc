"""Google, wired: signing in with it, and what members let us do there."""

from __future__ import annotations

from dataclasses import dataclass

from qrev.integrations.google.client import Google, GoogleClient
from qrev.integrations.google.grants import GoogleGrants
from qrev.integrations.google.sign_in import GoogleSignIn
from qrev.kit.clock import Clock
from qrev.settings import Settings

GOOGLE_CALLBACK_PATH = "/api/google/auth/code/to/tokens"


@dataclass(frozen=True, kw_only=True, slots=True)
class AtGoogle:
    """What is spoken with Google about."""

    sign_in: GoogleSignIn
    grants: GoogleGrants


def at_google(settings: Settings, clock: Clock) -> AtGoogle | None:
    """Wire Google, or return None where no client is set up."""
    if not settings.google_client_id:
        return None
    client = GoogleClient(
        client_id=settings.google_client_id,
        client_secret=settings.google_client_secret.get_secret_value(),
        issuer=settings.google_issuer,
        redirect_uri=settings.base_url + GOOGLE_CALLBACK_PATH,
    )
    google = Google(client, clock=clock)
    return AtGoogle(
        sign_in=GoogleSignIn(google, clock=clock), grants=GoogleGrants(google, clock=clock)
    )
