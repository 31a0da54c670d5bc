"""The tests that other projects publish in their source packages, to be used as ours.

Each is fetched once, in the version that is pinned, and kept outside the repository: in
QREV_TEST_CACHE, or else in the user's cache. Nothing of them is committed.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONSTRAINTS = Path(__file__).parents[1] / "constraints.txt"
DEFAULT_CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "qrev-tests"


class NotFetched(Exception):
    """A source package could not be had. The text says why."""


def fetched(name: str, *, tests: str) -> Path:
    """Return the folder that holds the `tests` of a package, fetched if need be.

    Raises NotFetched.
    """
    cache = Path(os.environ.get("QREV_TEST_CACHE") or DEFAULT_CACHE)
    folder = cache / f"{name}-{pinned_version(name)}"
    cache.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(cache / "lock"):
        if not folder.exists():
            _unpack(download(name, cache), folder, tests)
    return folder


def pinned_version(name: str) -> str:
    """Return the version of a package that is installed with QRev."""
    found = re.search(rf"^{re.escape(name)}==(\S+)$", CONSTRAINTS.read_text(), re.MULTILINE)
    assert found is not None, f"constraints.txt does not pin {name}"
    return found[1]


def download(name: str, cache: Path) -> Path:
    """Return a package's archive. Raises NotFetched."""
    wanted = f"{name}=={pinned_version(name)}"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--disable-pip-version-check"),
            *("--no-deps", "--no-binary", name, "--dest", str(cache), wanted),
        ],
        capture_output=True,
        text=True,
    )
    # As PyPA's specification of source distributions has it: one form of a name.
    archive = cache / f"{re.sub('[-_.]+', '_', name)}-{pinned_version(name)}.tar.gz"
    if done.returncode or not archive.exists():
        raise NotFetched(
            f"The tests need the source package of {wanted}, and pip could not download it. "
            f"Put {archive.name} into {cache} by hand, or let pip reach an index.\n{done.stderr}"
        )
    return archive


def _unpack(archive: Path, folder: Path, tests: str) -> None:
    """Unpack only the tests: the package itself is the installed one."""
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    with tarfile.open(archive) as package:
        wanted = [each for each in package if each.name.split("/")[1:2] == [tests]]
        package.extractall(part, members=wanted, filter="data")
    (part / archive.name.removesuffix(".tar.gz")).rename(folder)
    part.rmdir()


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
