"""A study of `source:symbol` names needs no definition: live, from the store, in formulas and claims, and in files."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from coupling import load_panel, load_study
from coupling.cli import app
from coupling.data.loading import live
from coupling.errors import ConfigurationError, DataError
from tests.data.conftest import loopback
from tests.data.loopback import FRED, FRED_PATH, YAHOO, Loopback, chart, chart_path

__all__ = ["loopback"]

STUDY = """\
title: Any market
focus: "yahoo:MSTR"
instruments: [BTC, "yahoo:MSTR", "fred:DTWEXBGS", "yahoo:7203.T", "yahoo:AAPL@XNYS", RATIO]
define:
  RATIO: {kind: price, formula: "yahoo:MSTR / BTC"}
data: {store: kept}
correlation: {rolling: {window: 60}, hayashi_yoshida: null}
claims: [claims.yaml]
variants:
  outcome: {pair: ["yahoo:MSTR", "fred:DTWEXBGS"], statistic: mean}
  grid: {correlation.rolling.window: [30, 60]}
"""
CLAIMS = """\
claims:
  - id: c
    source: nobody
    says: The maker of trucks stood at its highest that day.
    legs:
      - {test: record, instrument: "yahoo:7203.T", date: 2024-08-05}
"""
PLACES = {
    "BTC-USD": ("UTC", "00:00"),
    "MSTR": ("America/New_York", "09:30"),
    "AAPL": ("America/New_York", "09:30"),
    "7203.T": ("Asia/Tokyo", "09:00", "JPY"),
}


@pytest.fixture
def sources(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> Loopback:
    """Return a local Yahoo and FRED with a year of each series; it is the only network there is."""
    dates = [f"{day:%Y-%m-%d}" for day in pd.bdate_range("2024-01-02", periods=250)]
    paths = {
        name: (100.0 * np.exp(np.cumsum(np.random.default_rng(place).normal(size=len(dates))) / 100)).tolist()
        for place, name in enumerate((*PLACES, "DTWEXBGS"))
    }
    for symbol, place in PLACES.items():
        loopback.say(YAHOO, chart_path(symbol), chart(symbol, dates, paths[symbol], *place))
    rows = "\n".join(f"{date},{value:.6f}" for date, value in zip(dates, paths["DTWEXBGS"], strict=True))
    loopback.say(FRED, FRED_PATH, f"observation_date,DTWEXBGS\n{rows}\n".encode())
    monkeypatch.setattr(live, "fetch_all", partial(live.fetch_all, session_factory=loopback.session))
    return loopback


@pytest.fixture
def study(tmp_path: Path) -> Path:
    path = tmp_path / "study.yaml"
    path.write_text(STUDY)
    (tmp_path / "claims.yaml").write_text(CLAIMS)
    return path


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.mark.thorough
@pytest.mark.usefixtures("sources")
def test_a_page_of_symbols_states_each_clock_and_how_it_is_known(study: Path) -> None:
    result = invoke("report", study, "--out", study.parent / "out", "--tables", study.parent / "tables")
    assert result.exit_code == 0, result.stderr
    text = (study.parent / "out" / "study.html").read_text()
    for note in (
        "clock XNYS and kind price inferred from the entry MSTR",
        "clock H10 and kind index inferred from the entry DTWEXBGS",
        "clock XTKS and kind price inferred from the suffix .T",
        "clock XNYS stated in its name, kind price as nothing else is said",
    ):
        assert note in text, note
    assert "US dollar index, broad" in text
    assert all(path.resolve().is_relative_to(study.parent) for path in study.parent.rglob("*"))


@pytest.mark.usefixtures("sources")
def test_symbols_align_by_the_close_of_their_market(study: Path) -> None:
    panel = load_panel(study)
    struck = {name: item.levels.index[0] for name, item in panel.observations.items()}
    assert struck["yahoo:7203.T"] == pd.Timestamp("2024-01-04 06:00", tz="UTC")  # Tokyo begins its year on the 4th
    assert struck["yahoo:MSTR"] == struck["yahoo:AAPL@XNYS"] == pd.Timestamp("2024-01-02 21:00", tz="UTC")
    assert struck["fred:DTWEXBGS"] == pd.Timestamp("2024-01-02 17:00", tz="UTC")
    ratio = panel.observations["yahoo:MSTR"].levels.iloc[0] / panel.observations["BTC"].levels.iloc[0]
    assert panel.observations["RATIO"].levels.iloc[0] == ratio


def test_the_store_serves_a_symbol_that_was_fetched(study: Path, sources: Loopback) -> None:
    live_panel = load_panel(study)
    asked = len(sources.asked)
    pd.testing.assert_frame_equal(load_panel(study, offline=True).levels, live_panel.levels)
    assert len(sources.asked) == asked


def test_a_file_named_as_the_symbol_serves(tmp_path: Path) -> None:
    for name in ("BTC", "MSTR", "7203.T"):
        rows = "\n".join(
            f"{day:%Y-%m-%d},{100 + day.day_of_year}" for day in pd.bdate_range("2024-01-02", "2024-06-28")
        )
        (tmp_path / f"{name}.csv").write_text(f"date,close\n{rows}\n")
    names = ["BTC", "yahoo:MSTR", "yahoo:7203.T"]
    panel = load_panel({"title": "T", "focus": "BTC", "instruments": names}, data=tmp_path)
    assert panel.levels.columns.tolist() == names


def test_the_simulated_market_refuses_a_symbol_as_it_does_any_definition() -> None:
    names = ["BTC", "yahoo:MSTR"]
    with pytest.raises(DataError, match="yahoo:MSTR is not part of the simulated market"):
        load_panel({"title": "T", "focus": "BTC", "instruments": names, "data": {"source": "simulated"}})


@pytest.mark.parametrize(
    ("names", "path", "message"),
    [
        (["BTC", "yahoo:CL=F"], "instruments.1", r"when CL=F is struck is not known, .* 'yahoo:CL=F@COMEX' for settle"),
        (["BTC", "AAPL"], "instruments.1", "'AAPL' is unknown; write \"yahoo:AAPL@XNYS\" .source:symbol, .* define:"),
        (["BTC", "yahoo:MSTR", "yahoo:MSTR@XNYS"], "instruments.2", "yahoo:MSTR@XNYS is the series of yahoo:MSTR"),
        (["BTC", {"yahoo": "MSTR"}], "instruments.1", "write it without the space, as 'yahoo:MSTR'"),
        (["BTC", "yaho:MSTR"], "instruments.1", "the source 'yaho' is unknown; did you mean 'yahoo'"),
    ],
)
def test_a_wrong_symbol_is_refused_in_its_place(names: list[object], path: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        load_study({"title": "T", "focus": "BTC", "instruments": names})
    assert caught.value.path == path


def test_instruments_tells_what_a_name_stands_for() -> None:
    result = invoke("instruments", "yahoo:^N225", "BTC")
    assert result.exit_code == 0, result.stderr
    assert "inferred from the entry ^N225" in result.stdout
    assert "Bitcoin" in result.stdout
    refused = invoke("instruments", "yahoo:CL=F")
    assert refused.exit_code == 2
    assert "state its clock" in refused.stderr
