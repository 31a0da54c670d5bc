"""QRev as a process: what a person at a terminal sees, and what is left when it is gone."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import httpx
import psutil
import pytest

from qrev.settings import KEPT
from tests.sites import ROOT, a_free_port, a_process, start

ENDS_WITHIN = 20.0


def refused(cwd: Path, *arguments: str, **env: str) -> str:
    """Return what QRev says when it does not start. It must end by itself, with 1."""
    child = start(*(arguments or (str(ROOT / "app.py"),)), cwd=cwd, **env)
    _, said = child.communicate(timeout=60)
    assert child.returncode == 1, said.decode()
    return said.decode().strip()


def test_it_says_one_line_when_it_is_ready_and_ends_with_0_leaving_nothing(tmp_path: Path) -> None:
    with a_process(tmp_path) as qrev:
        children = psutil.Process(qrev.child.pid).children(recursive=True)
        page = httpx.get(f"{qrev.base}/login")

        qrev.child.send_signal(signal.SIGTERM)
        said, complaints = qrev.child.communicate(timeout=ENDS_WITHIN)

        assert qrev.line == f"QRev is ready: {qrev.base}"
        assert (said, complaints, qrev.child.returncode) == (b"", b"", 0)
        assert page.status_code == 200
        assert children
        assert not [child for child in children if child.is_running()]
        assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_port_in_use_is_named_before_anything_is_started(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        said = refused(tmp_path, PORT=str(port))

    assert said == (
        f"QRev cannot start. The port {port} is in use. Stop what uses it, or set PORT to "
        "another one."
    )


def test_a_second_one_on_the_same_folder_is_refused_and_harms_nothing(tmp_path: Path) -> None:
    with a_process(tmp_path) as qrev:
        said = refused(tmp_path, PORT=str(a_free_port()))

        assert said.startswith("QRev cannot start. Another QRev is running on the folder data.")
        assert "\n" not in said
        assert httpx.get(f"{qrev.base}/readyz").json() == {"status": "ready"}


def test_a_database_that_is_not_there_is_named(tmp_path: Path) -> None:
    nobody = f"mongodb://127.0.0.1:{a_free_port()}/?serverSelectionTimeoutMS=300"
    secrets = {name.upper(): "s" * 64 for name in KEPT}

    said = refused(tmp_path, PORT=str(a_free_port()), MONGO_DB_URL=nobody, **secrets)

    assert said.startswith("QRev cannot start. The database cannot be used:")
    assert said.endswith("Check MONGO_DB_URL.")


@pytest.mark.parametrize(
    ("arguments", "env", "named"),
    [
        ((), {"PORT": "eighty"}, "The setting PORT cannot be used"),
        (("-m", "qrev", "ai"), {}, "MONGO_DB_URL must be set"),
        (("-m", "uvicorn", "app:app"), {"HOLD_MINUTES": "90"}, "HOLD_MINUTES"),
    ],
)
def test_what_cannot_start_says_why_in_one_sentence(
    arguments: tuple[str, ...], env: dict[str, str], named: str, tmp_path: Path
) -> None:
    said = refused(tmp_path, *arguments, **env)

    assert named in said
    assert said.count("\n") == 0


def test_any_asgi_server_can_run_it(tmp_path: Path) -> None:
    port = a_free_port()
    child = start("-m", "uvicorn", "app:app", "--port", str(port), cwd=tmp_path)
    try:
        with httpx.Client(transport=httpx.HTTPTransport(retries=9)) as patient:
            page = patient.get(f"http://127.0.0.1:{port}/readyz")

        assert page.json() == {"status": "ready"}
    finally:
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=ENDS_WITHIN)


def test_making_the_indexes_again_is_harmless(tmp_path: Path) -> None:
    for _ in range(2):
        child = start("-m", "qrev", "indexes", cwd=tmp_path)
        said, complaints = child.communicate(timeout=60)

        assert (child.returncode, complaints) == (0, b"")
        assert said.decode().startswith("All ")


def test_somebody_is_shut_out_while_it_runs_and_let_in_again(tmp_path: Path) -> None:
    def user(deed: str, address: str = "ann@acme.test") -> tuple[int, str]:
        child = start("-m", "qrev", "user", deed, address, cwd=tmp_path)
        said, complaints = child.communicate(timeout=60)
        return child.returncode, (said + complaints).decode()

    def signs_in() -> int:
        form = {"name": "Ann", "email": "ann@acme.test"}
        return browser.post("/login", data=form, headers={"Origin": qrev.base}).status_code

    with a_process(tmp_path) as qrev, httpx.Client(base_url=qrev.base) as browser:
        assert signs_in() == 303

        shut_out = user("disable")
        found = browser.get("/api/user/details").status_code, signs_in()
        nobody = user("disable", "zoe@acme.test")
        let_in = user("enable")

        assert (shut_out[0], "signed out everywhere" in shut_out[1]) == (0, True)
        assert found == (401, 403)
        assert nobody == (1, "Nobody has ever signed in as zoe@acme.test.\n")
        assert let_in[0] == 0
        assert signs_in() == 303


@pytest.mark.parametrize(
    ("trusted", "address"), [("", "127.0.0.1"), ("127.0.0.1", "203.0.113.9"), ("10.1.2.3", "127.")]
)
def test_only_a_trusted_proxy_is_believed_where_a_request_came_from(
    tmp_path: Path, trusted: str, address: str
) -> None:
    with a_process(tmp_path, TRUSTED_PROXIES=trusted) as qrev:
        headers = {"Origin": qrev.base, "X-Forwarded-For": "198.51.100.7, 203.0.113.9"}
        with httpx.Client(base_url=qrev.base, headers=headers) as browser:
            browser.post("/login", data={"name": "Ann", "email": "ann@acme.test"})
            [session] = browser.get("/api/auth/sessions/list").json()

    assert session["address"].startswith(address)
