"""MongoDB's specification files and the driver's own tests, from the driver's source package.

Each of its modules runs in a process of its own, against a server of ours. What is left out stands
in left_out.toml, with the reason.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.pocketmongo.driver_plugin import LEFT_OUT
from tests.pocketmongo.running import ROOT, Server, a_server
from tests.source_packages import fetched

HERE = Path(__file__).parent
AT_ONCE = 2  # modules; most of their time they wait for pauses and for threads to end
MARKERS = "default auth auth_aws auth_oidc ocsp atlas_connect sfp perf search_index kms encryption"
CONFIGURATION = "[pytest]\nmarkers =\n" + "".join(
    f"    {marker}\n" for marker in [*MARKERS.split(), "default_async", "load_balancer", "mockupdb"]
)


@dataclass(frozen=True)
class LeftOut:
    """What does not run, and how much at least must."""

    at_least: dict[str, int]
    skipped: dict[str, str]  # why the driver's own tests skip, and why that is right here
    left_out: dict[str, dict[str, str]]


@dataclass(frozen=True)
class Outcome:
    passed: list[str]
    skipped: dict[str, str]
    failed: dict[str, str]


OutcomeOf = Callable[[str], Outcome]


def left_out() -> LeftOut:
    data = tomllib.loads((HERE / "left_out.toml").read_text())
    return LeftOut(data["at_least"], data["skipped"], data["left_out"])


def driver_tests() -> Path:
    """Return the folder that holds the driver's tests, fetched if need be. Raises NotFetched."""
    folder = fetched("pymongo", tests="test")
    configuration = folder / "pytest.ini"
    if not configuration.exists():
        whole = folder / f"pytest.{os.getpid()}.ini"
        whole.write_text(CONFIGURATION)
        whole.rename(configuration)
    return folder


@contextmanager
def run_selected(request: pytest.FixtureRequest, folder: Path) -> Iterator[OutcomeOf]:
    """Run the modules that tests of the same file ask for, and yield what waits for one."""
    modules = [
        str(item.callspec.params["module"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.path == request.path
        if hasattr(item, "callspec")
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = {module: pool.submit(run_alone, module, folder) for module in modules}
        yield lambda module: running[module].result()
        pool.shutdown(cancel_futures=True)


def run_alone(module: str, folder: Path) -> Outcome:
    with a_server() as server:
        outcome = run(module, server, folder / f"{module}.xml")
        assert server.is_alive, server.log
    return outcome


def run(module: str, server: Server, results: Path) -> Outcome:
    """Run one module of the driver's tests against a server, but for what is left out."""
    names = left_out().left_out.get(module, {})
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-c", "pytest.ini", "--rootdir", ".", "-q"),
            *("-p", "no:cacheprovider", "-p", "no:xdist", "--tb=line"),
            *("-p", "tests.pocketmongo.driver_plugin", f"--junitxml={results}"),
            f"test/test_{module}.py",
        ],
        cwd=driver_tests(),
        env={
            **{key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")},
            "PYTHONPATH": str(ROOT),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # ours take seconds to load and are not used
            "DB_IP": "127.0.0.1",
            "DB_PORT": str(server.port),
            LEFT_OUT: "\n".join(names),
        },
        capture_output=True,
        text=True,
    )
    assert results.exists(), done.stdout[-3000:] + done.stderr[-3000:]
    return read(results)


def read(results: Path) -> Outcome:
    outcome = Outcome([], {}, {})
    for case in ElementTree.parse(results).iter("testcase"):
        name = f"{case.get('classname', '').rsplit('.', 1)[-1]}.{case.get('name')}"
        verdicts = {child.tag: child.get("message", "") for child in case}
        if "skipped" in verdicts:
            outcome.skipped[name] = verdicts["skipped"]
        elif said := verdicts.get("failure", verdicts.get("error")):
            outcome.failed[name] = said[:400]
        else:
            outcome.passed.append(name)
    return outcome


def assert_all_that_applies_passes(module: str, outcome: Outcome) -> None:
    rules = left_out()
    assert not outcome.failed, "\n".join(
        f"{name}: {why}" for name, why in sorted(outcome.failed.items())
    )
    unknown = {
        name: reason
        for name, reason in outcome.skipped.items()
        if not any(re.search(known, reason) for known in rules.skipped)
    }
    assert not unknown, f"skipped for a reason nobody wrote down: {unknown}"
    ran, least = len(outcome.passed), rules.at_least[module]
    assert ran >= least, f"some tests have vanished: {ran} ran, {least} did before"
