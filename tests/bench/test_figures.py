"""The command that measures: what it prints, and what it refuses. Never how fast anything is."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from bench.__main__ import main
from bench.figures import TABLES
from bench.measuring import Measure, Measured
from bench.planning import plan_10k_s

NAMES = [name for table in TABLES for name in table]


def a_figure(*, is_ok: bool) -> Measure:
    return lambda: Measured(value=1, unit="s", target=2, is_ok=is_ok)


def a_broken_figure() -> Measured:
    raise RuntimeError("no disk left")


def printed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_an_unknown_name_is_refused_with_a_sentence_that_lists_what_there_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main(["--only", "plan_10k_s,plan_10k"])

    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert said.err.startswith("There is no figure called plan_10k. There are: ")
    assert all(name in said.err for name in NAMES)


def test_no_name_is_in_two_tables() -> None:
    assert len(set(NAMES)) == len(NAMES)


def test_a_figure_is_one_line_that_says_how_and_where_it_was_measured(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tables: list[Mapping[str, Measure]] = [{"plan": lambda: plan_10k_s(people=30)}]

    main([], tables)

    [line] = printed(capsys)
    assert line["figure"] == "plan"
    assert (line["people"], line["messages"], line["refused"]) == (30, 120, 0)
    assert {"value", "unit", "target", "ok", "machine", "seed", "load1"} < set(line)


def test_only_the_figures_asked_for_are_measured_and_all_of_them_count(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tables = [
        {"good": a_figure(is_ok=True), "bad": a_figure(is_ok=False)},
        {"broken": a_broken_figure},
    ]

    codes = [main(["--only", names], tables) for names in ("good", "bad,good", "good,broken")]

    lines = printed(capsys)
    assert codes == [0, 1, 1]
    assert [line["figure"] for line in lines] == ["good", "bad", "good", "good", "broken"]
    assert lines[-1]["ok"] is False
    assert lines[-1]["error"] == "no disk left"
