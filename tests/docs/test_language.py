"""The words that a research desk does not write stand nowhere that a user reads (CONTRIBUTING has the house style)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GENERATED = {"public_names.md", "coverage.md", "data_checks.md", "size.md", "speed.md"}
PAGES = [ROOT / "README.md", *sorted(page for page in (ROOT / "docs").glob("*.md") if page.name not in GENERATED)]

BANNED = {
    r"can(not)? be told": "is (not) statistically different",
    r"\btold (apart|from 0)": "distinguished",
    r"leaves? out 0": "excludes zero",
    r"large p supports nothing": "a high p-value is not evidence of no effect",
    r"\bq value": "adjusted p (BY)",
    r"[Uu]nequal closes": "non-synchronous closes",
    r"normal law|Student law": "Gaussian copula, Student-t copula",
    r"sent less received": "net (to − from)",
    r"unlinked series": "expected under independence",
    r"Segments of a constant": "correlation regimes (Bai–Perron)",
    r"What hangs on": "leave-one-out sensitivity",
    r"Path by hours": "hourly response",
    r"From instants to sessions": "event-to-session mapping",
    r"signals are worth": "detector performance",
    r"asked otherwise": "robustness checks",
    r"How probable the": "model-implied probabilities",
    r"past horizons": "historical windows",
    r"\blog %": "log points (×100)",
    r"% points": "percentage points",
    r"Levels at the ticks": "price and yield levels",
    r"spike that reverses": "mean-reverting outlier",
    r"close against next open": "close-to-open discrepancy",
    r"deserve a look": "flagged for review",
    r"known by day only": "date-only timestamp",
    r"the figure holds": "the figure matches",
    r"it beats data": "overrides",
    r"no data can be had": "when data are unavailable",
    r"Say errors only": "print errors only",
    r"dated rightly": "whether timestamps are correct",
    r"fixed beforehand": "pre-specified",
    r"Where to go on": "next steps",
    r"does not tell$": "limitations",
    r"row\(s\)": "1 row, 2 rows",
    r"\b1 (others|lags|rows|pairs|days|claims|events|sources)\b": "the singular",
    r"This is no advice": "not investment advice",
    r"dearer": "stronger, up",
}


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """Return the texts of a module but its docstrings; a place of an f-string stands as ``{}``."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    idle = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "{}" for part in node.values]
            idle |= {id(part) for part in node.values}
            yield node.lineno, "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in idle:
            yield node.lineno, node.value


@pytest.fixture(scope="module")
def texts() -> list[tuple[str, str]]:
    of_code = [
        (f"{path.relative_to(ROOT)}:{line}", text)
        for path in sorted((ROOT / "coupling").rglob("*.py"))
        for line, text in prose(path)
        if " " in text.strip()
    ]
    templates = (ROOT / "coupling/report/templates").glob("*.j2")
    return of_code + [(path.name, path.read_text(encoding="utf-8")) for path in [*templates, *PAGES]]


@pytest.mark.parametrize("word", BANNED)
def test_no_text_has_a_banned_word(texts: list[tuple[str, str]], word: str) -> None:
    found = [where for where, text in texts if re.search(word, text, flags=re.MULTILINE)]
    assert not found, f"write {BANNED[word]!r}"


def test_the_extractor_sees_constants_and_places_but_no_docstring(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text('"""A docstring here."""\nN = 1\nTEXT = f"{N} row(s) of " "a table"\nOTHER = "two words"\n')
    assert sorted(text for _, text in prose(path)) == ["two words", "{} row(s) of a table"]
