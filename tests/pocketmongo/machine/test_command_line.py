"""The server as a process: what it says, and what it refuses to be."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pymongo import MongoClient

from tests.pocketmongo.running import ROOT, Document, Server, a_client, a_folder, a_server, refusal

COMMAND = [sys.executable, "-m", "pocketmongo"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def run(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *options], env=ENVIRONMENT, capture_output=True, text=True, timeout=30
    )


def test_help_says_what_it_is_and_every_option() -> None:
    said = run("--help").stdout

    assert "never for more than one" in said
    for option in ("--db", "--unix", "--host", "--port", "--sync", "--user", "--tls"):
        assert option in said
    assert "--watch-stdin" in said
    assert "--salvage" in said


def test_it_ends_when_its_standard_input_does(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [*COMMAND, "--db", str(tmp_path / "data.sqlite"), "--watch-stdin"],
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdin is not None
    assert child.stdout.readline().startswith("READY mongodb://127.0.0.1:")

    child.stdin.close()

    assert child.wait(10) == 0
    child.stdout.close()


def test_it_takes_a_password_from_the_environment() -> None:
    with (
        a_server("--user", "app", POCKETMONGO_PASSWORD="s3cret") as server,
        a_client(server, username="app", password="s3cret") as client,
    ):
        assert client.admin.command("connectionStatus")["authInfo"]["authenticatedUsers"] == [
            {"user": "app", "db": "admin"}
        ]


def test_several_users_may_be_named() -> None:
    with a_server("--user", "ann:one", "--user", "bob:two") as server:
        for user, password in (("ann", "one"), ("bob", "two")):
            with a_client(server, username=user, password=password) as client:
                assert client.shop.things.count_documents({}) == 0


def test_a_certificate_that_is_none_is_refused() -> None:
    with a_folder() as folder:
        (folder / "wrong.pem").write_text("nothing")

        assert "certificate" in refusal(Server(folder, "--tls", "FOLDER/wrong.pem"))


def test_a_port_in_use_is_refused_with_a_sentence() -> None:
    with a_server() as first, a_folder() as folder:
        assert "in use" in refusal(Server(folder, "--port", str(first.port)))


def test_a_folder_that_is_not_there_is_refused_with_a_sentence(tmp_path: Path) -> None:
    ended = run("--db", str(tmp_path / "nowhere" / "data.sqlite"))

    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "nowhere" in ended.stderr


A_SIGNAL_AT_ANY_MOMENT = """
import random, signal
from pocketmongo.cli import EndOfProcess

end, chance = EndOfProcess(), random.Random(1)
signal.signal(signal.SIGALRM, signal.getsignal(signal.SIGTERM))
for _ in range(3000):
    signal.setitimer(signal.ITIMER_REAL, chance.uniform(1e-6, 3e-5))
    end.wait()
"""


def test_no_signal_is_missed_that_comes_as_it_goes_to_sleep() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", A_SIGNAL_AT_ANY_MOMENT], env=ENVIRONMENT, timeout=30, check=False
    )

    assert ended.returncode == 0


@pytest.mark.parametrize("sync", ["NORMAL", "FULL"])
def test_it_stops_quickly_and_leaves_only_the_file(sync: str) -> None:
    with a_folder() as folder:
        server = Server(folder, "--sync", sync, "--unix", "FOLDER/db.sock")
        client: MongoClient[Document] = MongoClient(server.start())
        client.shop.things.insert_one({"_id": 1})
        client.close()

        began_at = time.monotonic()
        status = server.stop()

        assert status == 0
        assert time.monotonic() - began_at < 2
        left = {path.name for path in folder.iterdir()} - {"stderr.txt"}
        assert left == {"data.sqlite", "data.sqlite.lock"}
