"""No word of one story stands in the program, nor in another story: each has its own in its files."""

from __future__ import annotations

import ast
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import yaml

import coupling as cp
from coupling.configuration.shipped import shipped_file, shipped_folder
from coupling.data.instrument import resolve
from coupling.data.sources.simulated import knows, simulate_market
from coupling.events.listing.catalogue import catalogue_text
from coupling.study.starting import start_study

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


OWN = {
    "yen_carry": r"yen|jpy|carry|unwind|bitcoin|btc|crypto|jgb|japan|tokyo|nikkei|perera|reflexiv",
    "gold": r"gold|real yield|taper",
    "franc": r"franc|chf|swiss|snb|smi|libor",
    "oil": r"oil|opec|cad|canad\w*|brent|wti|doha|abqaiq|barrels?",
}
"""What only one story may say; gold is an instrument of the franc's too, and there it is no stranger."""

SHARED = {("franc", "gold"): "gold"}


def strangers(story: str, text: str) -> list[str]:
    """Return the words of other stories in a text, each with what stands around it."""
    words = {word for other, own in OWN.items() if other != story for word in own.split("|")}
    words -= {SHARED.get((story, other), "") for other in OWN}
    text = re.sub(r"base64,[A-Za-z0-9+/=]+", "", text)
    text = re.sub(r'<dl class="facts">.*?</dl>|<style>.*?</style>', "", text, flags=re.DOTALL)
    return [
        text[max(0, hit.start() - 50) : hit.end() + 30]
        for hit in re.finditer("|".join(rf"\b{word}\b" for word in sorted(words)), text, re.IGNORECASE)
    ]


@pytest.mark.parametrize("story", OWN)
def test_the_files_of_a_story_name_no_other(story: str) -> None:
    study = cp.load_study(story)
    assert study.events is not None
    texts = [shipped_file(story).read_text(encoding="utf-8"), catalogue_text(str(study.events.catalogue))]
    texts += [shipped_folder(name).read_text(encoding="utf-8") for name in study.claims]
    own = [word for word in OWN[story].split("|") if re.search(rf"\b{word}\b", "\n".join(texts), re.IGNORECASE)]
    assert len(own) > len(OWN[story].split("|")) // 2, "the words of the story are its own"
    if story != "yen_carry":  # whose essay speaks of gold's volatility
        assert [hit for text in texts for hit in strangers(story, text)] == []


@pytest.mark.parametrize("story", [story for story in OWN if story != "yen_carry"])
def test_every_event_and_claim_names_its_source(story: str) -> None:
    study = cp.load_study(story)
    assert study.events is not None
    events = cp.load_events(str(study.events.catalogue))
    assert [event.id for event in events if not event.sources or not event.what] == []
    assert [event.id for event in events if event.id[:10] != f"{event.at:%Y-%m-%d}" and not event.date_only] == []
    for name in study.claims:
        assert [claim.id for claim in cp.load_claims(shipped_folder(name), study.define) if not claim.source] == []


def written(story: str, folder: Path) -> Path:
    """Write a story into a folder with files of simulated closes for all its instruments; return its configuration."""
    path = start_study(story, folder)[0]
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    study, market = cp.load_study(path), simulate_market(5)
    files = {}
    for name in study.instruments:
        item = resolve(name, study.define)
        seen = market.observe(item) if knows(item) else market.observe_alone(item)
        assert seen.labels is not None
        rows = pd.DataFrame({"date": seen.labels.dt.strftime("%Y-%m-%d"), "value": seen.levels})
        rows.to_csv(folder / f"{name}.csv", index=False)
        files[name] = {"file": f"{name}.csv", "clock": item.sources[0].clock}
    settings |= {"data": {"directory": ".", "files": files}, "period": {"start": "2015-01-05"}}
    settings["change"] = {"splits": ["2020-03-06"], "envelope": None, "breaks": None, "monitor": None}
    settings["direction"] = {"lead_lag": {"max_lag": 5}}
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return path


@pytest.mark.slow(reduced=True)
@pytest.mark.parametrize("story", [story for story in OWN if story != "yen_carry"])
def test_no_page_of_a_story_shows_a_word_of_another(story: str, tmp_path: Path) -> None:
    result = cp.run(written(story, tmp_path), yes=True)
    assert result.exit_code == 0, [failure.reason for failure in result.failures]
    page = result.to_html(tmp_path / "page.html").read_text(encoding="utf-8")
    assert re.search(OWN[story], page, re.IGNORECASE)
    assert strangers(story, page) == []
    assert result.claims is not None
    assert len(result.claims.results[0].frame) == 4  # type: ignore[union-attr]


def test_the_minimum_rate_held_and_ended_in_the_ecbs_own_rates(shared: Path) -> None:
    with zipfile.ZipFile(next((shared / "market" / "raw").glob("ecb_eurofxref-hist*.zip"))) as archive:
        table = pd.read_csv(io.BytesIO(archive.read(archive.namelist()[0])), usecols=["Date", "CHF"]).dropna()
    rates = pd.Series(table["CHF"].to_numpy(float), pd.to_datetime(table["Date"])).sort_index()
    names = ("EURCHF", "OTHER")
    panel = cp.align(
        {"EURCHF": rates, "OTHER": 2 * rates + 1},
        clocks=dict.fromkeys(names, "ECB"),
        kinds=dict.fromkeys(names, "price"),
    )
    held, ended, *_ = yaml.safe_load(shipped_folder("claims/franc.yaml").read_text(encoding="utf-8"))["claims"]
    claims = [{"claims": [held, {**ended, "legs": ended["legs"][:1]}]}]  # Swiss shares are not at hand
    found = cp.run(panel, focus="EURCHF", correlation=None, claims=claims).claims
    assert found is not None
    assert found.results[0].frame["verdict"].to_dict() == {  # type: ignore[union-attr]
        "the-minimum-held": "supported",
        "the-day-it-ended": "supported",
    }
