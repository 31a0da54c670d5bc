"""A RabbitMQ of our own: on free loopback ports, in a folder that is thrown away afterwards."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
# Ends with who started it, however that ends: then nobody holds the other end of its input.
WATCHED = '"$@" </dev/null & cat >/dev/null; kill -9 0'
READY_WITHIN = 90.0  # seconds; an Erlang machine is slow to start where the processor is shared


class RabbitServer:
    """May be stopped and started again on the same port, with what it kept."""

    def __init__(self, folder: Path) -> None:
        assert SERVER.exists(), "the broker's tests need RabbitMQ: apt install rabbitmq-server"
        self._folder = folder
        self.port, self._distribution, self._mapper_port = free_ports(3)
        (folder / "rabbitmq.conf").write_text(f"listeners.tcp.1 = 127.0.0.1:{self.port}\n")
        for name in ("enabled_plugins", "env.conf"):
            (folder / name).write_text("[]." if name == "enabled_plugins" else "")
        self._mapper = subprocess.Popen(
            watched("epmd", "-port", str(self._mapper_port), "-address", "127.0.0.1"),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}/"

    def start(self) -> None:
        """Start it, and return once it takes connections."""
        with (self._folder / "out").open("ab") as out:
            self._child = subprocess.Popen(
                watched(str(SERVER)),
                env=self._environment(),
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        end = time.monotonic() + READY_WITHIN
        while not answers(self.port):
            said = (self._folder / "out").read_text(errors="replace")[-2000:]
            assert self._child.poll() is None, said
            assert time.monotonic() < end, said
            time.sleep(0.1)

    def stop(self) -> None:
        """Kill it, as a power cut would."""
        if self._child is not None:
            killed(self._child)
            self._child = None

    def close(self) -> None:
        self.stop()
        killed(self._mapper)

    def _environment(self) -> dict[str, str]:
        folder = self._folder
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),  # the cookie is there
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(self._mapper_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"qrev{self.port}@localhost",
            "RABBITMQ_DIST_PORT": str(self._distribution),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "env.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none"
            ),
        }


def watched(*command: str) -> list[str]:
    """Return a command that runs this one as long as somebody holds its input."""
    return ["/bin/sh", "-c", WATCHED, "sh", *command]


def killed(child: subprocess.Popen[bytes]) -> None:
    """End a process and all it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait(20)
    if child.stdin is not None:
        child.stdin.close()


@contextmanager
def a_rabbit_server() -> Iterator[RabbitServer]:
    """Yield one that runs."""
    folder = Path(tempfile.mkdtemp(prefix="qrev-rabbit-"))
    server = RabbitServer(folder)
    try:
        server.start()
        yield server
    finally:
        server.close()
        shutil.rmtree(folder)


def answers(port: int) -> bool:
    """Return whether somebody there greets as a broker would be greeted."""
    try:
        with socket.create_connection(("127.0.0.1", port), 2) as probe:
            probe.settimeout(2)
            probe.sendall(b"AMQP\x00\x00\x09\x01")
            return bool(probe.recv(8))
    except OSError:
        return False


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on, all different."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
