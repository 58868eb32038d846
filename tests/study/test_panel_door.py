"""A study of a panel: sections by keyword, no network, and the same page as of the same files."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import coupling as cp
from coupling.errors import ConfigurationError, CouplingError, InputError
from coupling.events.listing.asked import asked_events
from coupling.results.base import LeftOut, Result, RoomResult
from coupling.results.study import StudyResult
from coupling.study.companions import load_beside
from coupling.study.from_panel import study_of_panel

DAYS = pd.date_range("2023-01-01", "2025-06-30")
WEEKDAYS = pd.bdate_range("2023-01-03", "2025-06-30")
QUICK: dict[str, Any] = {"breaks": None, "monitor": None, "envelope": None, "levels": None, "bai_perron": None}
SECTIONS: dict[str, Any] = {
    "correlation": {"rolling": {"window": 60}, "hayashi_yoshida": None},
    "change": {"splits": ["2024-06-03"], **QUICK},
    "direction": {"lead_lag": {"max_lag": 2, "replications": 100}},
    "period": {"start": "2023-06-01", "end": "2025-05-30"},
    "seed": 5,
}
CLAIM = {
    "id": "tied",
    "source": "nobody",
    "says": "They move together.",
    "test": "correlation",
    "left": "BTC",
    "right": "SPX",
    "side": "positive",
    "smallest": 0.1,
    "start": "2023-06-01",
}


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every way to a network or a store an error that no door catches."""

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("a panel in memory asks nobody")

    monkeypatch.setattr("coupling.data.loading.live.fetch_all", fail)
    monkeypatch.setattr("coupling.data.loading.dataset.supply", fail)


def closes() -> pd.DataFrame:
    rng = np.random.default_rng(11)
    shared = pd.Series(rng.normal(0, 0.006, len(DAYS)), DAYS)
    btc = 40_000 * np.exp((shared * 2 + rng.normal(0, 0.02, len(DAYS))).cumsum())
    spx = 4_500 * np.exp((shared[WEEKDAYS] + rng.normal(0, 0.006, len(WEEKDAYS))).cumsum())
    jgb = 0.6 + (rng.normal(0, 0.02, len(WEEKDAYS))).cumsum().clip(-0.3, None)
    return pd.DataFrame({"BTC": btc, "SPX": spx, "JGB10Y": pd.Series(jgb, WEEKDAYS)}).round(3)


CLOSES = closes()


@pytest.fixture(scope="module")
def panel() -> cp.Panel:
    return cp.align(CLOSES)


def numbers(result: StudyResult) -> dict[str, pd.DataFrame]:
    """Return every frame of a page but the table of sources."""
    found = {each.name: each.frame for each in result.results if isinstance(each, Result)}
    return {name: frame for name, frame in found.items() if name != "data-sources"}


@pytest.mark.thorough
def test_the_page_is_that_of_the_same_files(panel: cp.Panel, tmp_path: Path) -> None:
    for name, series in CLOSES.items():
        series.dropna().rename("value").rename_axis("date").to_csv(tmp_path / f"{name}.csv")
    events = {
        "dates": ["2024-08-05", "2024-04-15"],
        "replications": 99,
        "estimation_window": [-120, -11],
        "detector": None,
    }
    study = {
        "title": "T",
        "focus": "BTC",
        "instruments": ["BTC", "SPX", "JGB10Y"],
        "data": {"directory": str(tmp_path)},
    }
    files = cp.run({**study, **SECTIONS, "events": events})
    memory = cp.run(panel, focus="BTC", **SECTIONS, events=events)
    one, other = numbers(files), numbers(memory)
    assert list(one) == list(other)
    for name, frame in one.items():
        pd.testing.assert_frame_equal(other[name], frame, check_exact=True)
    assert [room.verdict for room in memory.rooms] == [room.verdict for room in files.rooms]
    assert memory.provenance.as_of == files.provenance.as_of
    assert memory.to_html(tmp_path / "page.html").stat().st_size > 100_000


def test_the_same_call_gives_the_same_result(panel: cp.Panel) -> None:
    runs = [cp.run(panel, focus="SPX", correlation=None, change={"splits": ["2024-06-03"]} | QUICK) for _ in range(2)]
    assert runs[0].provenance == runs[1].provenance
    assert runs[0].title == "SPX with BTC and JGB10Y"
    assert "splits" in runs[0].provenance.configuration
    assert "source: memory" in runs[0].provenance.configuration


def test_claims_are_files_or_mappings_and_what_is_not_in_the_panel_is_not_at_hand(
    panel: cp.Panel, tmp_path: Path
) -> None:
    far = {**CLAIM, "id": "far", "right": "UST10Y"}
    path = tmp_path / "claims.yaml"
    path.write_text("claims:\n- " + "\n  ".join(f"{name}: {value}" for name, value in {**CLAIM, "id": "filed"}.items()))
    result = cp.run(panel, focus="BTC", correlation=None, claims=[str(path), CLAIM, {"claims": [far]}])
    claims = result["claims"]
    assert isinstance(claims, RoomResult)
    card = result["claims-scorecard"].frame
    assert list(card.index) == ["filed", "tied", "far"]
    assert card.loc["filed", "verdict"] == card.loc["tied", "verdict"] != "not testable"
    assert card.loc["far", "verdict"] == "not testable"
    assert "UST10Y is not available" in card.loc["far", "finding"]
    assert "says: They move together." in result.provenance.configuration


def test_events_are_a_catalogue_or_dates(panel: cp.Panel) -> None:
    def events(given: Any) -> tuple[str, ...]:
        section = study_of_panel(panel, "BTC", None, {"events": given}).study.events
        assert section is not None
        return tuple(event.id for event in asked_events(section, None))

    assert len(events("carry_unwinds")) == len(cp.load_events("carry_unwinds"))
    index = pd.DatetimeIndex(["2024-08-05", "2024-04-15"])
    for dates in (index, list(index), list(index.date), ["2024-08-05", "2024-04-15"], index.to_period("D")):
        assert events(dates) == ("2024-04-15", "2024-08-05")


def test_a_detector_finds_nothing_fetched(panel: cp.Panel) -> None:
    given = study_of_panel(panel, "BTC", None, {"events": {"detector": {"parts": {"USDJPY": "falls", "SPX": "falls"}}}})
    found = load_beside(given.study, given.dataset)
    assert found.parts == {"SPX": "SPX"}
    assert "not available" in found.missing["USDJPY"]


def test_a_panel_cut_with_since_reports_from_there(panel: cp.Panel) -> None:
    cut = panel.since(pd.Timestamp("2024-06-01", tz="UTC"))
    result = cp.run(cut, focus="BTC", correlation=None)
    assert result["data-levels"].frame.index[0] == cut.sessions.label(cut.levels.index[0])
    with pytest.raises(InputError, match="not those that its observations"):
        cp.run(replace(panel, levels=panel.levels * 2), focus="BTC")


def test_frames_stand_for_their_panel_and_a_panel_for_itself(panel: cp.Panel) -> None:
    pd.testing.assert_frame_equal(cp.load_panel(CLOSES).levels, panel.levels, check_exact=True)
    assert cp.load_panel(panel) is panel
    assert cp.run(CLOSES, focus="BTC", correlation=None).focus == "BTC"
    with pytest.raises(InputError, match="A panel is made by alignment, not of a DataFrame"):
        cp.Panel(CLOSES)  # type: ignore[misc]


def test_a_simulated_panel_keeps_its_market() -> None:
    study = {"title": "T", "focus": "BTC", "instruments": ["BTC", "SPX"], "data": {"source": "simulated"}}
    market = cp.load_panel(study)
    result = cp.run(market, focus="BTC", correlation=None)
    assert result.provenance.simulated
    with pytest.raises(ConfigurationError, match="drawn with 0"):
        cp.run(market, focus="BTC", seed=3)


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("no focus", {}, "focus: a panel has no focus"),
    ("focus of nobody", {"focus": "BTCC"}, "focus: focus 'BTCC' is not among the instruments; did you mean 'BTC'"),
    ("unknown section", {"focus": "BTC", "corelation": {}}, "corelation: unknown key.*did you mean 'correlation'"),
    ("data", {"focus": "BTC", "data": "here"}, "data.*cannot be given with data in memory"),
    ("store", {"focus": "BTC", "store": "here"}, "store.*cannot be given"),
    ("offline", {"focus": "BTC", "offline": True}, "offline.*cannot be given"),
    ("alignment", {"focus": "BTC", "alignment": {"days": "every"}}, "alignment: .*aligned already"),
    ("instruments", {"focus": "BTC", "instruments": ["BTC"]}, "instruments: .*leave some out"),
    ("variants", {"focus": "BTC", "variants": {}}, "variants: .*compare"),
    ("clocks", {"focus": "BTC", "clocks": "UTC"}, "clocks: .*give it to cp.align"),
    ("wrong type", {"focus": "BTC", "correlation": {"rolling": {"window": "x"}}}, "correlation.rolling"),
    ("wrong word", {"focus": "BTC", "correlation": {"rolling": {"method": "pearsn"}}}, "did you mean 'pearson'"),
    ("wrong split", {"focus": "BTC", "change": {"splits": ["soon"]}}, "change.splits"),
    ("wrong claim", {"focus": "BTC", "claims": [3]}, "claims: 3 is no claim"),
    ("empty claim", {"focus": "BTC", "claims": [{"id": "x"}]}, "claims.0"),
    ("claim of nobody", {"focus": "BTC", "claims": [{**CLAIM, "right": "SPXX"}]}, "did you mean 'SPX'"),
    ("claims that are not there", {"focus": "BTC", "claims": ["none.yaml"]}, "none.yaml: the file does not exist"),
    ("events of nobody", {"focus": "BTC", "events": "carry"}, "events.catalogue"),
    ("no events", {"focus": "BTC", "events": []}, "events: .*No event was given"),
    ("events as a number", {"focus": "BTC", "events": 3}, "events cannot be a int"),
    (
        "events twice",
        {"focus": "BTC", "events": {"catalogue": "mine.csv", "dates": ["2024-08-05"]}},
        "both name events",
    ),
    ("no date", {"focus": "BTC", "events": ["soon"]}, "soon"),
    ("two readings", {"focus": "BTC", "events": ["05/12/2024"]}, "05/12/2024"),
    ("a number", {"focus": "BTC", "events": [20240805]}, "20240805"),
    ("claims as a number", {"focus": "BTC", "claims": 3}, "3 is no claim"),
    ("period", {"focus": "BTC", "period": {"start": "2025-06-01", "end": "2024-01-01"}}, "period.start.*not before"),
    ("late period", {"focus": "BTC", "period": {"start": "2030-01-01"}}, "start is 2030-01-01"),
    ("zone", {"focus": "BTC", "display": {"timezone": "Mars"}}, "display.timezone"),
]


@pytest.mark.parametrize(("keywords", "message"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_a_panel_cannot_be_asked_is_one_sentence(panel: cp.Panel, keywords: dict[str, Any], message: str) -> None:
    with pytest.raises(CouplingError, match=f"(?s){message}"):
        cp.run(panel, **keywords)


def test_a_page_needs_two_instruments_and_the_name_of_a_file(panel: cp.Panel, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="instruments: .*holds 1 and at least 2 are needed"):
        cp.run(closes()[["BTC"]], focus="BTC")
    with pytest.raises(InputError, match=r"is a folder; name the file of the page, as .*page\.html"):
        cp.run(panel, focus="BTC", correlation={"hayashi_yoshida": None}).to_html(tmp_path)


def test_a_catalogue_whose_choosers_are_not_in_the_panel_is_studied(panel: cp.Panel) -> None:
    pair = cp.align({name: panel.observations[name] for name in ("BTC", "SPX")})
    result = cp.run(pair, focus="BTC", events="carry_unwinds", correlation={"hayashi_yoshida": None})
    assert "events-selection" not in {item.name for item in result.results}


def test_keywords_do_not_go_with_a_configuration() -> None:
    study = {"title": "T", "focus": "BTC", "instruments": ["BTC", "SPX"], "data": {"source": "simulated"}}
    with pytest.raises(ConfigurationError, match="'focus' goes with a panel"):
        cp.run(study, focus="BTC")
    with pytest.raises(ConfigurationError, match="unknown keyword 'ofline'; did you mean 'offline'"):
        cp.run(study, ofline=True)
    with pytest.raises(ConfigurationError, match="not a ndarray"):
        cp.run(np.zeros(3))
    with pytest.raises(CouplingError, match="not available"):
        cp.run({**study, "data": {"source": "memory"}})
    own = {"X": {"kind": "price", "sources": [{"provider": "in memory", "symbol": "X", "clock": "UTC"}]}}
    with pytest.raises(ConfigurationError, match="nothing in memory"):
        cp.run({**study, "define": own})


def small(days: int) -> cp.Panel:
    dates = pd.date_range("2025-01-01", periods=days)
    draws = np.random.default_rng(4).normal(0, 0.02, (days, 3))
    levels = pd.DataFrame(100 * np.exp(draws.cumsum(axis=0)), index=dates, columns=["BTC", "SPX", "VIX"])
    levels.loc[dates.day_of_week > 4, ["SPX", "VIX"]] = np.nan
    return cp.align(levels)


@pytest.mark.thorough
@pytest.mark.parametrize("days", [5, 30, 60])
def test_defaults_that_a_small_panel_is_too_short_for_are_left_out_with_their_reason(days: int, tmp_path: Path) -> None:
    asked: dict[str, Any] = {"change": {"levels": None}, "direction": {"time_varying": None}}
    if days == 60:
        asked["events"] = {"dates": ["2025-02-03"], "replications": 99}
    made = cp.run(small(days), focus="BTC", **asked)
    assert [failure.reason for failure in made.failures] == []
    assert made.exit_code == 0
    left = {result.name: result for result in made.results if isinstance(result, LeftOut)}
    assert {"correlation-hayashi-yoshida", "direction-rolling", "change-envelope"} <= set(left)
    assert "250" in left["direction-rolling"].sentence or days == 5
    page = made.to_html(tmp_path / "page.html").read_text(encoding="utf-8")
    assert "Left out: " in page


@pytest.mark.parametrize(
    ("section", "name"),
    [
        ({"correlation": {"rolling": {"window": 60}, "hayashi_yoshida": None}}, "correlation-rolling"),
        ({"direction": {"lead_lag": None, "spillover": {"window": 250}}}, "direction-rolling"),
        ({"change": {**QUICK, "envelope": {"window": 60}}}, "change-envelope"),
        ({"change": {**QUICK, "breaks": {}}}, "change-breaks"),
    ],
)
def test_what_is_asked_for_by_name_fails_on_a_panel_that_is_too_short(section: dict[str, Any], name: str) -> None:
    made = cp.run(small(12), focus="BTC", **section)
    assert name in [failure.name for failure in made.failures]
    assert made.exit_code == 1


def test_one_pair_is_told_as_one_and_adjusted_for_nothing() -> None:
    """Of two instruments there is no tightest pair, no largest change, and no family of pairs."""
    rng = np.random.default_rng(5)
    paths = 100 * np.exp(rng.normal(0, 0.01, (700, 2)).cumsum(axis=0))
    frame = pd.DataFrame(paths, index=pd.bdate_range("2022-01-03", periods=700), columns=["A", "B"])
    change: Any = {"splits": ["2023-09-01"], "breaks": {}, "bai_perron": {}, "envelope": {"replications": 99}}
    result = cp.run(cp.align(frame, clocks="XNYS"), focus="A", correlation={"rolling": {"window": 60}}, change=change)
    told = " ".join(each.sentence for each in result.results if isinstance(each, Result))
    assert "statistically different from zero" in told
    assert not re.search(r"\b1 (pairs|tests)|of 1\b|tightest|largest change|adjusted for", told)
