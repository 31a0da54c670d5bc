"""Google for tests: servers that others wrote, on loopback, one of them with a button to say no."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import oidc_provider_mock

from qrev.bootstrap.google import GOOGLE_CALLBACK_PATH
from qrev.settings import Settings
from tests.sites import a_free_port, some_settings

SERVICES = Path(__file__).parent / "services"
CLIENT_ID, CLIENT_SECRET = "qrev-tests", "secret-of-the-tests"
READY_WITHIN = 20.0  # seconds
NOBODY = "nobody@invalid.test"
PEOPLE = {"alice@acme.test": "Alice Archer", "bob@acme.test": "Bob Baker"}
UNVERIFIED = "unverified@acme.test"


@dataclass(frozen=True, kw_only=True)
class Emulated:
    """Google as `emulate` plays it: sign-in, tokens, Gmail."""

    issuer: str

    async def choose(self, url: str, email: str, *, scope: str | None = None) -> str:
        """Be the person at the sign-in page; return where their browser is sent then.

        With `scope`, untick all else.
        """
        async with httpx.AsyncClient() as browser:
            page = (await browser.get(url)).raise_for_status()
            fields = _form_of(page.text, email)
            if scope is not None:
                fields["scope"] = scope
            there = f"{self.issuer}/o/oauth2/v2/auth/callback"
            return (await browser.post(there, data=fields)).headers["location"]

    async def revoke(self, token: str) -> None:
        """Be the person who takes back what they allowed."""
        async with httpx.AsyncClient() as browser:
            answer = await browser.post(f"{self.issuer}/oauth2/revoke", data={"token": token})
            answer.raise_for_status()


@contextmanager
def an_emulated_google(redirect_uris: list[str]) -> Iterator[Emulated]:
    """Yield a Google that knows our client, Alice and Bob."""
    port = a_free_port()
    issuer = f"http://127.0.0.1:{port}"
    folder = Path(tempfile.mkdtemp(prefix="qrev-google-"))
    seed = folder / "seed.yaml"  # JSON is YAML
    seed.write_text(json.dumps({"google": _seed(redirect_uris)}))
    child = subprocess.Popen(
        [
            "node",
            *("--require", str(SERVICES / "only_loopback.cjs")),
            str(SERVICES / "node_modules" / "emulate" / "dist" / "index.js"),
            *("start", "-s", "google", "-p", str(port), "--seed", str(seed), "--base-url", issuer),
        ],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        _wait_for(issuer, child)
        yield Emulated(issuer=issuer)
    finally:
        child.terminate()
        child.communicate(timeout=10)
        shutil.rmtree(folder)


def _seed(redirect_uris: list[str]) -> Mapping[str, object]:
    # An unknown token is taken for the first user's: what lands there was sent with a bad one.
    users = [{"email": NOBODY, "name": "Nobody"}]
    users += [{"email": email, "name": name} for email, name in PEOPLE.items()]
    unverified = {"email": UNVERIFIED, "name": "Ursula", "email_verified": False}
    client = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "name": "QRev",
        "redirect_uris": redirect_uris,
    }
    return {"users": [*users, unverified], "oauth_clients": [client]}


def _form_of(page: str, email: str) -> dict[str, str]:
    for form in re.findall(r"<form[^>]*>.*?</form>", page, re.DOTALL):
        inputs = re.findall(r'name="([^"]*)" value="([^"]*)"', form)
        fields = {name: html.unescape(value) for name, value in inputs}
        if fields.get("email") == email:
            return fields
    raise AssertionError(f"{email} is not on the page: {page[:500]}")


def _wait_for(issuer: str, child: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + READY_WITHIN
    while time.monotonic() < end:
        assert child.poll() is None, ((child.stderr and child.stderr.read()) or b"").decode()
        try:
            if httpx.get(f"{issuer}/.well-known/openid-configuration").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("emulate did not become ready: is tests/services installed (make test)?")


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A provider with a button to say no, and tokens that end when we say."""

    issuer: str

    async def choose(self, url: str, subject: str) -> str:
        """Be the person who signs in; return where their browser is sent then."""
        return await self._press(url, {"sub": subject})

    async def deny(self, url: str) -> str:
        """Be the person who says no; return where their browser is sent then."""
        return await self._press(url, {"action": "deny"})

    async def know(self, subject: str, **claims: object) -> None:
        """Have the provider know someone, with what it says of them."""
        async with httpx.AsyncClient() as http:
            (await http.put(f"{self.issuer}/users/{subject}", json=claims)).raise_for_status()

    async def revoke(self, subject: str) -> None:
        """Be the person who takes back what they allowed."""
        async with httpx.AsyncClient() as http:
            url = f"{self.issuer}/users/{subject}/revoke-tokens"
            (await http.post(url)).raise_for_status()

    async def _press(self, url: str, form: dict[str, str]) -> str:
        async with httpx.AsyncClient() as browser:
            response = await browser.post(url, data=form)
            return urljoin(url, response.headers["location"])


@contextmanager
def a_provider(*, lives: timedelta = timedelta(hours=1)) -> Iterator[Provider]:
    """Yield a provider whose access and identity tokens live that long."""
    os.environ.setdefault("AUTHLIB_INSECURE_TRANSPORT", "1")  # it speaks plain http, on loopback
    with oidc_provider_mock.run_server_in_thread(access_token_max_age=lives) as server:
        yield Provider(issuer=f"http://localhost:{server.server_port}")


def google_settings(data_dir: Path, issuer: str, port: int, **changes: Any) -> Settings:
    """Return settings of a QRev on that port whose people sign in there."""
    return some_settings(
        data_dir,
        port=port,
        google_client_id=CLIENT_ID,
        google_client_secret=CLIENT_SECRET,
        google_issuer=issuer,
        **changes,
    )


def redirect_uri(port: int) -> str:
    return f"http://localhost:{port}{GOOGLE_CALLBACK_PATH}"
