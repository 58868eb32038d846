"""Studies of other stories: nothing of the essay that the package was first made for stands on their pages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

import coupling as cp
from coupling.cli import app
from coupling.errors import ConfigurationError
from coupling.results.base import Result
from coupling.results.study import StudyResult

FOREIGN = (
    *("JPY", "unwind", "bitcoin", "BTC", "crypto", "JGB", "Tokyo", "Japan", "Nikkei", "CFTC", "Perera"),
    *("November 2025", "August 2024", "2025-11", "2024-08", "reflexivity", "risk-off", "risk_off"),
)
WHOLE = ("yen", "carry", "ETH", "MoF", "BoJ", "YCC", "Ether")
WORDS = re.compile("|".join([*map(re.escape, FOREIGN), *(rf"\b{word}\b" for word in WHOLE)]), re.IGNORECASE)
DAYS = pd.bdate_range("2022-01-03", "2024-06-28")
NAMES = ["GOLD", "DXY", "UST10Y"]
MEETINGS = """
chosen_by: {surprise: [UST10Y, UST2Y]}  # one of them is not in the studies
types:
  dovish: {title: dovish surprise, signs: {UST10Y: falls, GOLD: rises}}
  hawkish: {signs: {UST10Y: rises, DXY: rises}}
events:
- {id: fomc-2023-02-01, instant: 2023-02-01T19:00Z, category: hike, what: A rise by a quarter point.}
- {id: fomc-2023-03-22, instant: 2023-03-22T18:00Z, category: hike}
- {id: fomc-2023-06-14, instant: 2023-06-14T18:00Z, category: hold}
- {id: fomc-2023-09-20, instant: 2023-09-20T18:00Z, category: hold}
- {id: fomc-2023-11-01, instant: 2023-11-01T18:00Z, category: surprise}
- {id: fomc-2023-12-13, instant: 2023-12-13T19:00Z, category: surprise}
"""
CLAIMS = {
    "claims": [
        {
            "id": "gold-and-yields",
            "source": "A research note",
            "says": "Gold falls as the yield rises.",
            "test": "correlation",
            "left": "GOLD",
            "right": "UST10Y",
            "side": "negative",
            "smallest": 0.1,
            "start": "2022-06-01",
        }
    ]
}
ROLLING = {"rolling": {"window": 60}, "hayashi_yoshida": None}


def closes(names: list[str]) -> pd.DataFrame:
    """Return made-up closes: yields near 4 %, the others as prices."""
    rng = np.random.default_rng(4)
    moves = rng.normal(0, 0.008, (len(DAYS), len(names))) + rng.normal(0, 0.004, (len(DAYS), 1))
    paths = 100 * np.exp(moves.cumsum(axis=0))
    frame = pd.DataFrame(paths, index=DAYS, columns=names)
    yields = [name for name in names if name.endswith("10Y")]
    frame[yields] = 4 + 0.01 * (frame[yields] - 100)
    return frame.round(4)


def events(folder: Path) -> dict[str, Any]:
    (folder / "meetings.yaml").write_text(MEETINGS)
    windows = {"event_window": [-2, 3], "estimation_window": [-120, -11], "replications": 99}
    detector = {"parts": {"GOLD": "rises", "DXY": "falls"}, "stress": {"drawdown": {"DXY": 2}}, "plain": "GOLD"}
    detector |= {"judge_from": "2023-06-01"}
    named = {"catalogue": str(folder / "meetings.yaml"), "highlight": ["2023-11", "fomc-2023-02-01"]}
    return {**named, **windows, "detector": detector, "split": "2023-06-01"}


def told(text: str) -> str:
    """Return a page without what is no word: packed figures, hashes, the versions of packages."""
    text = re.sub(r"base64,[A-Za-z0-9+/=]+", "", text)
    return re.sub(r'<dl class="facts">.*?</dl>', "", text, flags=re.DOTALL)


def foreign(text: str) -> list[str]:
    text = re.sub(r"[A-Za-z0-9+/=]{200,}", "", told(text))  # the series for the crosshair, packed
    return [text[max(0, hit.start() - 60) : hit.end() + 40] for hit in WORDS.finditer(text)]


def notebook(result: StudyResult) -> str:
    shown = [each for each in result.results if isinstance(each, Result)]
    parts = [part._repr_html_() for part in (result, *shown)] + [str(result.summary().to_csv())]
    return "\n".join(parts + [f"{each.name} {each.title} {each.method} {each.warnings}" for each in shown])


def files(folder: Path, names: list[str]) -> None:
    for name, series in closes(names).items():
        series.rename("value").rename_axis("date").to_csv(folder / f"{name}.csv")


@pytest.mark.thorough
def test_a_study_of_the_feds_meetings_speaks_of_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coupling.results.folder._write_figure", lambda *_: [])  # the page draws the same
    files(tmp_path, NAMES)
    (tmp_path / "claims.yaml").write_text(yaml.safe_dump(CLAIMS))
    clocks = {name: {"file": f"{name}.csv", "clock": "XNYS"} for name in NAMES}
    study = {
        "title": "Gold around the Fed's meetings",
        "focus": "GOLD",
        "instruments": NAMES,
        "data": {"directory": ".", "files": clocks},
        "correlation": None,
        "events": {**events(tmp_path), "catalogue": "meetings.yaml"},
        "claims": ["claims.yaml"],
    }
    (tmp_path / "fed.yaml").write_text(yaml.safe_dump(study))
    run = CliRunner()
    tables = tmp_path / "tables"
    done = run.invoke(app, ["report", str(tmp_path / "fed.yaml"), "--out", str(tmp_path), "--tables", str(tables)])
    assert done.exit_code == 0, done.output
    others = [
        run.invoke(app, ["events", "list", str(tmp_path / "meetings.yaml")]),
        run.invoke(app, ["events", "detect", str(tmp_path / "fed.yaml"), "--scores"]),
        run.invoke(app, ["claims", str(tmp_path / "fed.yaml")]),
        *(run.invoke(app, [*words, "--help"]) for words in (["report"], ["events", "detect"], ["events", "list"])),
    ]
    assert [each.exit_code for each in others] == [0] * len(others)
    spoken = "\n".join(each.stdout + each.stderr for each in (done, *others))
    written = "\n".join(path.name + path.read_text() for path in tables.rglob("*") if path.is_file())
    page = (tmp_path / "fed.html").read_text()
    assert {"speaks": foreign(spoken), "tables": foreign(written), "page": foreign(page)} == {
        "speaks": [], "tables": [], "page": []
    }  # fmt: skip
    assert "What happens around an event?" in page
    assert "DXY up = a stronger dollar; a yield up = its price down." in page
    assert "Highlighted: " in page
    assert "dovish surprise" in page


@pytest.mark.thorough
def test_a_study_of_gold_and_real_yields_speaks_of_nothing_else(tmp_path: Path) -> None:
    names = ["GOLD", "DXY", "REAL10Y"]
    panel = cp.align(closes(names), clocks="XNYS", kinds={"REAL10Y": "yield"}, units={"REAL10Y": "%"})
    claim = {**CLAIMS["claims"][0], "right": "REAL10Y"}
    listed = {**events(tmp_path), "detector": None}
    text = MEETINGS.replace("UST10Y", "REAL10Y")
    (tmp_path / "meetings.yaml").write_text(text)
    lags = {"lead_lag": {"max_lag": 2, "replications": 100}}
    result = cp.run(panel, focus="GOLD", correlation=ROLLING, direction=lags, events=listed, claims=[claim])
    assert result.exit_code == 0
    page = result.to_html(tmp_path / "page.html").read_text()
    assert {"page": foreign(page), "notebook": foreign(notebook(result))} == {"page": [], "notebook": []}
    assert result.signs == ("DXY up = a stronger dollar", "a yield up = its price down")
    highlights = result["events-highlights"]
    assert highlights.summary().index.tolist() == ["fomc-2023-02-01", "fomc-2023-11-01"]
    assert set(highlights.frame["observed"]) <= {"dovish surprise", "hawkish", "other"}
    assert "fomc-2023-11-01" in result["events-influence"].summary()["left_out"].tolist()


def test_a_definition_says_what_a_rise_means(tmp_path: Path) -> None:
    files(tmp_path, ["GOLD", "USD_INDEX", "REAL10Y"])
    sources = {name: {"sources": [{"file": f"{name}.csv", "clock": "XNYS"}]} for name in ("USD_INDEX", "REAL10Y")}
    define = {
        "USD_INDEX": {"kind": "index", "rise": "a stronger dollar", **sources["USD_INDEX"]},
        "REAL10Y": {"kind": "yield", **sources["REAL10Y"]},
        "RATIO": {"kind": "price", "formula": "GOLD / USD_INDEX"},
    }
    study = {
        "title": "Gold, the dollar and real yields",
        "focus": "GOLD",
        "instruments": ["GOLD", "USD_INDEX", "REAL10Y", "RATIO"],
        "define": define,
        "data": {"directory": ".", "files": {"GOLD": {"file": "GOLD.csv", "clock": "XNYS"}}},
        "correlation": None,
        "events": {"dates": ["2023-03-22", "2023-09-20", "2023-12-13"], "highlight": "2023-12", "replications": 99},
    }
    path = tmp_path / "gold.yaml"
    path.write_text(yaml.safe_dump(study))
    result = cp.run(path)
    assert result.sign_note == "USD_INDEX up = a stronger dollar; a yield up = its price down."
    assert foreign(notebook(result)) == []
    assert result["events-highlights"].frame["event"].unique().tolist() == ["2023-12-13"]
    assert "observed" not in result["events-single"].frame  # a list of dates declares no types
    path.write_text(path.read_text().replace("rise:", "positive:"))
    with pytest.raises(ConfigurationError, match="define.USD_INDEX.positive: .*write rise:"):
        cp.run(path)


def test_a_word_of_another_story_would_be_found() -> None:
    assert len(foreign("Unwinds of the Carry trade; USDJPY fell, the method of ether carried on")) == 4
    assert foreign('<a href="data:text/csv;base64,xBTC+JPY/yen=">BTC</a>') == ['<a href="data:text/csv;">BTC</a>']


@pytest.mark.parametrize("asked", [["2023-07"], ["fomc-2023-11-02"], ["05/12/2023"], [True], ["2023-1"]])
def test_what_names_no_event_is_refused_before_data_are_read(asked: list[Any], tmp_path: Path) -> None:
    study = {"title": "T", "focus": "GOLD", "instruments": ["GOLD", "DXY"], "data": {"directory": str(tmp_path)}}
    with pytest.raises(ConfigurationError, match="events.highlight.0: "):
        cp.run({**study, "events": {**events(tmp_path), "highlight": asked}})


def test_events_that_nobody_names_are_asked_for(tmp_path: Path) -> None:
    study = {"title": "T", "focus": "GOLD", "instruments": ["GOLD", "DXY"], "data": {"directory": str(tmp_path)}}
    with pytest.raises(ConfigurationError, match="events: no events are named; add catalogue: FILE"):
        cp.run({**study, "events": {}})


def test_the_flagship_on_the_simulated_market_keeps_its_signs_and_highlights() -> None:
    study: dict[str, Any] = yaml.safe_load(Path("configs/yen_carry.yaml").read_text())
    study |= {"data": {"source": "simulated"}, "correlation": None, "change": None, "direction": None, "claims": []}
    asked = study["events"]["highlight"]
    study["events"] |= {"highlight": [*asked, "2025-06"], "replications": 99}
    result = cp.run(study)
    assert result.sign_note == "a yield up = its price down; USDJPY up = a weaker yen."
    assert result["events-highlights"].frame["event"].unique().tolist() == ["2025-06-12-simulated"]
    note = "To be highlighted, but not among the events that are reported: 2024-08-05-unwind, 2025-11."
    assert note in result["events-responses"].warnings
    assert list(result["events-detector"].frame.columns[:3]) == ["yen", "shares", "volatility"]
