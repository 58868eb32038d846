"""What a user reads keeps to the house style (CONTRIBUTING): texts of the source, a page as made, terminal and docs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

import coupling as cp
from coupling.cli import app

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
SHOWN = {
    r"true instants": "asynchronous-adjusted",
    r"over \d+ rows|rows after": "observations, trading days",
    r"\b[Hh]angs (most )?on\b": "depends on",
    r"known by date only": "date-only timestamp",
    r"\b(struck|strikes)\b": "as of",
    r"\bticks?\b": "observation time",
    r"net sent": "net (to − from)",
}
"""Words of the code and of its identifiers, which no page and no terminal shows."""
EXPLAINED = (r"\b(struck|strikes)\b", r"\bticks?\b")
"""Of them those that the documents use, which explain them."""

COUNTED = (
    "others|lags|rows|pairs|days|claims|events|sources|episodes|sessions|observations|instruments|weeks|months|years|"
    "hours|changes|overlaps|values|tests|variants|signals|categories|responses|windows|windows|estimates|findings|paths"
)
SINGULAR = re.compile(rf"(?<![\d.,–−-])\b1 (?:[a-z-]+ )?({COUNTED})\b")
HYPHEN_FOR_MINUS = re.compile(r"(?<![\w.)\]–-])-(?=[\d.∞])")
IDENTIFIER = re.compile(r"(?<![\w/.\-])[a-z]+(?:_[a-z0-9]+)+(?![\w.]*\.(?:csv|yaml|json|parquet))\b")
EVENT_ID = re.compile(r"\b\d{4}-\d{2}(?:-\d{2})?-[a-z]{2,}")
PERCENT = re.compile(r"\d%")


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


class Reader(HTMLParser):
    """Collects what a page shows: ``(kind of element, text)``, with the descriptions of figures."""

    BLOCKS = frozenset(
        ("p", "li", "h1", "h2", "h3", "h4", "td", "th", "summary", "figcaption", "title", "desc", "text", "dt", "dd")
    )
    SILENT = frozenset(("script", "style", "pre", "code"))

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.blocks: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.blocks += [("label", str(text)) for name, text in attrs if name in ("aria-label", "alt") and text]
        if tag in self.BLOCKS | self.SILENT:
            self.open.append(tag)
            if tag in self.BLOCKS:
                self.blocks.append((tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            del self.open[len(self.open) - 1 - self.open[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if self.open and not self.SILENT.intersection(self.open) and self.blocks:
            kind, text = self.blocks[-1]
            self.blocks[-1] = (kind, text + data)


def blocks_of(html: str) -> list[tuple[str, str]]:
    reader = Reader()
    reader.feed(html)
    return [(kind, text.strip()) for kind, text in reader.blocks if text.strip()]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """Return what the page of a study shows in which every room has something to say, on the simulated market."""
    study: dict[str, Any] = yaml.safe_load((ROOT / "configs/yen_carry.yaml").read_text(encoding="utf-8"))
    study |= {"instruments": ["BTC", "JGB10Y", "SPX"], "period": {"start": "2024-01-01"}, "claims": []}
    study |= {"data": {"source": "simulated"}, "correlation": {"rolling": {}, "hayashi_yoshida": {}, "tail": {}}}
    study["change"] = {"splits": ["2025-01-01"], "breaks": {}, "levels": {"replications": 199}, "envelope": None}
    study["direction"] = {"lead_lag": {"max_hours": 12, "replications": 199}, "spillover": {"replications": 59}}
    study["direction"]["spillover"]["window"] = None
    study["events"] |= {"replications": 99, "detector": None, "highlight": ["2025-06"]}
    path = cp.run(study, yes=True).to_html(tmp_path_factory.mktemp("page") / "page.html")
    return blocks_of(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def terminal() -> dict[str, str]:
    """Return what commands print."""
    asked = {
        "claims": ["claims", "gold", "--offline", "--fallback", "simulated"],
        "instruments": ["instruments"],
        "events": ["events", "list", "carry_unwinds"],
        **{f"{name} --help": [*name.split(), "--help"] for name in ("report", "compare", "claims", "data list")},
    }
    said = {}
    for name, arguments in asked.items():
        done = CliRunner().invoke(app, arguments, env={"COLUMNS": "100", "TERM": "dumb"})
        assert done.exit_code == 0, done.output
        said[name] = done.stdout
    return said


def prose_of(path: Path) -> str:
    """Return the text of a document without its code."""
    text = re.sub(
        r"^```.*?^```|^\[[^\]]+\]: .*?$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    return re.sub(r"`[^`]*`|\][(\[][^)\]]*[)\]]|<[^>]+>|\$[^$\n]*\$", "x", text)


def faults(pattern: re.Pattern[str], texts: Iterator[str] | list[str]) -> list[str]:
    """Return what surrounds the first hit in each text."""
    hits = ((text, hit) for text in texts if (hit := pattern.search(text)))
    return [text[max(0, hit.start() - 40) : hit.end() + 40] for text, hit in hits]


def test_the_page_has_no_banned_word(page: list[tuple[str, str]]) -> None:
    assert len(page) > 1000
    for word, instead in (BANNED | SHOWN).items():
        found = faults(re.compile(word, re.MULTILINE), [text for _, text in page])
        assert found == [], f"write {instead!r}"


def test_the_page_writes_true_minus_signs(page: list[tuple[str, str]]) -> None:
    assert any("−" in text for kind, text in page if kind == "td")
    assert faults(HYPHEN_FOR_MINUS, [text for _, text in page]) == []


@pytest.mark.parametrize("pattern", [SINGULAR, re.compile(r"\S  +\S"), PERCENT], ids=["counts", "spaces", "percent"])
def test_the_page_keeps_grammar_and_spaces(page: list[tuple[str, str]], pattern: re.Pattern[str]) -> None:
    lines = [line for kind, text in page if kind != "text" for line in text.splitlines()]
    assert faults(pattern, lines) == []


def test_no_prose_of_the_page_holds_an_identifier(page: list[tuple[str, str]]) -> None:
    told = [text for kind, text in page if kind in ("p", "li", "h1", "h2", "h3", "h4", "summary", "desc", "label")]
    assert any("“" in text for text in told), "an event is called by its title"
    assert faults(IDENTIFIER, told) == []
    assert faults(EVENT_ID, told) == []


def test_the_terminal_keeps_the_house_style(terminal: dict[str, str]) -> None:
    for name, text in terminal.items():
        found = [word for word in BANNED | SHOWN if re.search(word, text, flags=re.MULTILINE)]
        assert (name, found) == (name, [])
        assert (name, faults(SINGULAR, [text])) == (name, [])
    assert max(map(len, terminal["claims"].splitlines())) <= 100
    assert faults(HYPHEN_FOR_MINUS, terminal["claims"].splitlines()) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_the_documents_keep_the_house_style(path: Path) -> None:
    text = prose_of(path)
    assert [word for word in SHOWN if word not in EXPLAINED and re.search(word, text)] == []
    assert faults(SINGULAR, [text]) == []
    assert faults(re.compile(r"[^\s|]  +[^\s|]"), text.splitlines()) == []
    assert faults(IDENTIFIER, [text]) == []


def test_the_checks_find_what_they_look_for() -> None:
    html = "<p>1 days, -0.3 and 5%  of carry_unwinds in 2024-08-05-unwind</p><td>-1.0</td><code>a_b</code>"
    (said, cell) = (text for _, text in blocks_of(html))
    for pattern in (SINGULAR, HYPHEN_FOR_MINUS, PERCENT, IDENTIFIER, EVENT_ID):
        assert faults(pattern, [said]), pattern
    assert faults(HYPHEN_FOR_MINUS, [cell])
    assert faults(SINGULAR, ["21 days, 0.1 days, 1 day, 1,001 days"]) == []
    assert faults(HYPHEN_FOR_MINUS, ["2024-03, −0.3, t-test, 1-2"]) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_page_waits_for_a_figure(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"^[A-Z]{4,}$|: [A-Z]{5,}\.$", text, flags=re.MULTILINE) == []
