"""A browser that goes to Google and comes back."""

from __future__ import annotations

import httpx

from tests.google_servers import Emulated, Provider


class Browser:
    """One browser, with its cookies."""

    def __init__(self, base: str, google: Emulated | Provider) -> None:
        self.http = httpx.AsyncClient(base_url=base, headers={"User-Agent": "Firefox on Linux"})
        self.google = google

    async def leave(self, **asked: str) -> str:
        """Press “Sign in with Google”; return where that leads."""
        response = await self.http.get("/login/google", params=asked)
        assert response.status_code == 303, response.text
        return response.headers["location"]

    async def come_back(self, who: str, **asked: str) -> httpx.Response:
        """Sign in at Google as someone; return what QRev answers then."""
        return await self.http.get(await self.google.choose(await self.leave(**asked), who))

    async def sign_in(self, who: str, **asked: str) -> httpx.Response:
        response = await self.come_back(who, **asked)
        assert response.status_code == 303, response.text
        return response

    async def user(self) -> dict[str, str] | None:
        """Return who Chainlit takes this browser for, None for nobody."""
        response = await self.http.get("/user")
        return None if response.status_code == 401 else dict(response.json())
