"""No word of one story stands in the program: in sentences, titles, names and rules. Catalogues have theirs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "coupling"
STORY = re.compile(
    r"unwind|(?<![a-z])carry|(?<![a-z])yen(?![a-z])|jpy|btc|bitcoin|jgb|november|august|2025-11|risk_off|reflexiv"
    r"|(?<![a-z])mof(?![a-z])|(?<![a-z])boj(?![a-z])|tokyo|japan|fiscal|crypto",
    re.IGNORECASE,
)
SUPPLIERS = {
    "data/instrument.py",  # the providers by name
    "data/symbols.py",
    "data/sources/mof.py",
    "data/sources/registry.py",
    "data/audit.py",  # the zones in which a source may write its times
    "data/units.py",  # the years in which a yield of the catalogue lay near zero
    "dates/months.py",  # the months in six languages
    "cli/streams.py",  # the yen sign on a terminal that has none
}


def words(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield every text and name of a module, docstrings left out."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value
        for kind in ("id", "arg", "attr", "name"):
            name = getattr(node, kind, None)
            if isinstance(name, str):
                yield getattr(node, "lineno", 0), name


def test_no_module_names_a_story() -> None:
    found = {
        f"{path.relative_to(PACKAGE)}:{line}": word
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.relative_to(PACKAGE).as_posix() not in SUPPLIERS
        for line, word in words(ast.parse(path.read_text(encoding="utf-8")))
        if STORY.search(word)
    }
    assert found == {}


@pytest.mark.parametrize("template", sorted((PACKAGE / "report" / "templates").iterdir()), ids=lambda path: path.name)
def test_no_template_names_a_story(template: Path) -> None:
    assert STORY.findall(template.read_text(encoding="utf-8")) == []


def test_the_words_would_be_found() -> None:
    tree = ast.parse("""def november_answer(yen):\n    "Bitcoin."\n    return f"Without {yen} in JPY" """)
    assert [word for _, word in words(tree) if STORY.search(word)] == ["november_answer", "yen", " in JPY", "yen"]
