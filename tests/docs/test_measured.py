"""Each page of measurements has one table for each of its scripts, put there by ``benchmarks/table.py``."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"<!-- measured: (\w+) -->\n(.*?)<!-- end -->", re.DOTALL)


PAGES = {
    "speed": "bench",
    "coverage": "coverage",
    "data_checks": "checks",
    "size": "size",
    "predictions": "reliability",
    "how_it_compares": "peers",
}


@pytest.mark.parametrize(("page", "prefix"), PAGES.items())
def test_every_script_has_its_table(page: str, prefix: str) -> None:
    tables = dict(BLOCK.findall((ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")))
    scripts = {path.stem.removeprefix(f"{prefix}_") for path in (ROOT / "benchmarks").glob(f"{prefix}_*.py")}
    assert set(tables) == scripts
    for name, text in tables.items():
        assert re.search(r"^\|( ?:?-+:? ?\|)+$", text, flags=re.M), f"{page}.md has no table for {name}"


def test_every_page_can_be_made_anew() -> None:
    text = (ROOT / "benchmarks" / "table.py").read_text(encoding="utf-8")
    scripts = re.search(r"SCRIPTS = (\{.*?\})", text, flags=re.DOTALL)
    assert scripts is not None
    assert ast.literal_eval(scripts[1]) == PAGES
