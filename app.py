"""Where everything starts: builds the ASGI app, nothing else. `make run`, or `uvicorn app:app`."""

from __future__ import annotations

from qrev.serving.starting import serve, site

if __name__ == "__main__":
    raise SystemExit(serve())

app = site()
