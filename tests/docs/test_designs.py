"""The tables of the tests of a change show the designs of their scripts, row by row, and hold what the pages say."""

from __future__ import annotations

import re
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def script(name: str) -> ModuleType:
    spec = spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def rows(page: str, section: str) -> list[list[str]]:
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    block = re.search(rf"<!-- measured: {section} -->\n(.*?)<!-- end -->", text, re.DOTALL)
    assert block is not None
    lines = [line for line in block[1].splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.mark.parametrize(
    ("page", "section", "name"),
    [
        ("size", "long_run", "size_long_run"),
        ("size", "regimes", "size_regimes"),
        ("coverage", "break_dates", "coverage_break_dates"),
    ],
)
def test_every_design_of_a_script_is_a_row_of_its_table(page: str, section: str, name: str) -> None:
    expected = [[cell.strip() for cell in design.words.split("|")] for design in script(name).DESIGNS]
    assert [row[: len(words)] for row, words in zip(rows(page, section), expected, strict=True)] == expected


def test_a_mean_that_wanders_is_seldom_said_to_have_changed_and_a_rise_is_found() -> None:
    found = {(row[0], row[1], row[2], row[3]): float(row[4]) for row in rows("size", "long_run")}
    page = ("1,760 and 480", "9 and 4")
    for spread in ("0.21", "0.425"):
        assert found[(f"z sd {spread}, half-life 69", "none", *page)] <= 0.08 + 0.011
    assert found[("z sd 0.21, half-life 69", "0.25 to 0.55", *page)] >= 0.5
    assert found[("z sd 0.21, half-life 69", "0.25 to 0.65", *page)] >= 0.8


def test_sets_of_late_and_early_dates_cover_and_their_hulls_are_short() -> None:
    found = {row[1]: row for row in rows("coverage", "break_dates") if row[0] == "t5, stochastic volatility"}
    for at in (60, 120, 500, 880, 940):
        assert float(found[f"0.1 to 0.5 at {at} of 1,000"][3]) >= 0.92
    assert float(found["0.1 to 0.5 at 880 of 1,000"][5]) <= 200
    assert float(found["0.25 to 0.46 at 2,517 of 2,926"][3]) >= 0.92
    assert float(found["0.25 to 0.46 at 2,517 of 2,926"][5]) <= 600
    assert float(found["no break of 1,000"][6]) > 0.9


def test_two_regimes_are_seldom_found_where_there_is_one() -> None:
    found = [float(row[2]) for row in rows("size", "regimes")]
    assert max(found[:2]) <= 0.06
    assert found[2] > 0.5
