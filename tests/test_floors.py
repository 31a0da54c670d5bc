"""The house as it is drawn: nobody looks up, and nothing grows until it cannot be read."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
LINES_OF_A_FILE = 400
LINES_OF_A_FUNCTION = 40  # from its first statement on, the docstring left out


def test_no_module_looks_up() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_is_too_long_to_be_read_in_one_go() -> None:
    lengths = {name(path): len(path.read_text().splitlines()) for path in files()}

    too_long = {file: lines for file, lines in lengths.items() if lines > LINES_OF_A_FILE}

    assert not too_long, listed("Cut these files by subject", too_long, LINES_OF_A_FILE)


def test_no_function_is_too_long_to_be_seen_at_once() -> None:
    lengths = [length for path in files("qrev", "pocketmongo") for length in functions(path)]

    too_long = {function: lines for function, lines in lengths if lines > LINES_OF_A_FUNCTION}

    assert len(lengths) > 100, "hardly any function was found"
    assert not too_long, listed("Name the parts of these", too_long, LINES_OF_A_FUNCTION)


def test_the_embedded_database_needs_only_bson_and_what_comes_with_python() -> None:
    allowed = {"pocketmongo", "bson", *sys.stdlib_module_names}

    foreign = {
        f"{name(path)} imports {module}"
        for path in files("pocketmongo")
        for module in imported(path) - allowed
    }

    assert not foreign, "\n".join(sorted(foreign))


def test_every_file_the_texts_name_is_there() -> None:
    named = [(text, path) for text in texts() for path in named_in(text)]

    missing = [f"{name(text)} names {path}" for text, path in named if not path.exists()]

    assert len(named) > 20, "hardly any file is named"
    assert not missing, "\n".join(missing)


def imported(path: Path) -> set[str]:
    """Return the top-level modules a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").partition(".")[0])
    return found


def texts() -> Iterator[Path]:
    yield from sorted(ROOT.glob("*.md"))
    yield from sorted((ROOT / "docs").rglob("*.md"))


def named_in(text: Path) -> Iterator[Path]:
    """Yield what a text links to, and the files it names in the code."""
    words = text.read_text()
    for link in re.findall(r"\]\(([^)#\s]+)", words):
        if not link.startswith(("http://", "https://", "mailto:")):
            yield text.parent / link
    for path in re.findall(r"`((?:qrev|tests|docs|bench|public)/[\w./-]+)`", words):
        yield ROOT / path


def files(*folders: str) -> Iterator[Path]:
    """Yield our sources: Python, and what the browser is given to draw."""
    for folder in folders or ("qrev", "pocketmongo", "tests", "bench", "public"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".jsx", ".js"} and "node_modules" not in path.parts:
                yield path


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the file's functions, each with the number of its lines."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body if ast.get_docstring(node) is None else node.body[1:]
            if body:
                last = node.end_lineno or body[0].lineno
                yield f"{name(path)}: {node.name}", last - body[0].lineno + 1


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def listed(advice: str, too_long: dict[str, int], limit: int) -> str:
    lines = (f"  {what}: {length} lines" for what, length in sorted(too_long.items()))
    return f"{advice} (at most {limit} lines each):\n" + "\n".join(lines)
