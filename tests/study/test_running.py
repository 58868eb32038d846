"""Running a study: what its configuration names is found beside it, and a failure is shown."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from coupling.errors import ConfigurationError, DataError
from coupling.results.base import Failure
from coupling.study import load_panel, load_study, run

SIMULATED = """title: T
focus: BTC
instruments: [BTC, USDJPY, SPX]
data: {source: simulated}
period: {start: 2016-01-01, end: 2024-12-31}
correlation: {rolling: {window: 60}, hayashi_yoshida: null}
events: {event_window: [-2, 5], estimation_window: [-120, -11]}
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "study.yaml"
    path.write_text(text)
    return path


def test_nothing_reported_depends_on_what_came_after_the_period(tmp_path: Path) -> None:
    panel = load_panel(write(tmp_path, SIMULATED))
    assert panel.levels.index[-1] <= pd.Timestamp("2025-01-01", tz="UTC")
    assert all(item.levels.index[-1] <= pd.Timestamp("2025-01-01", tz="UTC") for item in panel.observations.values())


def test_a_period_after_the_data_is_one_sentence(tmp_path: Path) -> None:
    late = write(tmp_path, SIMULATED.replace("start: 2016-01-01, end: 2024-12-31", "start: 2030-01-01"))
    with pytest.raises(DataError, match="2030-01-01, and the last session that all instruments share is 2025-12"):
        run(late)


def test_a_period_before_the_data_is_one_sentence(tmp_path: Path) -> None:
    early = write(tmp_path, SIMULATED.replace("start: 2016-01-01, end: 2024-12-31", "end: 2010-01-01"))
    with pytest.raises(DataError, match=r"BTC begins on 2015-01-01, after the period's end \(2010-01-01\)"):
        run(early)


def test_a_catalogue_that_is_missing_is_refused_on_the_simulated_market_too(tmp_path: Path) -> None:
    text = SIMULATED.replace("events: {", "events: {catalogue: mine.yaml, ")
    with pytest.raises(ConfigurationError, match=r"mine\.yaml: the file does not exist"):
        run(write(tmp_path, text))


def test_the_configuration_of_a_result_does_not_name_the_machine(tmp_path: Path) -> None:
    study = load_study(write(tmp_path, SIMULATED)).with_data(tmp_path)
    assert str(tmp_path) not in study.as_text()
    assert study.data.directory == str(tmp_path)


def test_an_estimator_that_fails_is_shown_and_the_rest_is_done(tmp_path: Path) -> None:
    text = SIMULATED.replace("window: 60", "window: 100000")
    result = run(write(tmp_path, text))
    assert [type(item) for item in result.results].count(Failure) >= 1
    assert result.exit_code == 1
    assert "100000" in result.failures[0].reason
    assert any(item.name == "data-alignment" for item in result.results)


def test_a_mapping_is_a_study_too() -> None:
    study = load_study({"title": "T", "focus": "BTC", "instruments": ["BTC", "SPX"]})
    assert load_study(study) is study
    with pytest.raises(ConfigurationError, match="unknown key 'focuss'"):
        load_study({"title": "T", "focuss": "BTC", "instruments": ["BTC", "SPX"]})


def test_the_simulated_truth_stands_beside_the_estimate(tmp_path: Path) -> None:
    result = run(write(tmp_path, SIMULATED))
    assert result.provenance.simulated
    paths = result["correlation-rolling"].summary()
    assert paths.loc["BTC – SPX", "truth"] == pytest.approx(0.5225)
    responses = result["events-responses"].summary()
    assert responses.loc["BTC", "truth"] < -3
    assert responses.loc["SPX", "lower"] < responses.loc["SPX", "truth"] < responses.loc["SPX", "upper"]


def test_a_definition_of_two_instruments_runs_through(tmp_path: Path) -> None:
    text = SIMULATED.replace("instruments: [BTC, USDJPY, SPX]", "instruments: [BTC, CARRY]")
    text += "define: {CARRY: {kind: yield, formula: UST10Y - JGB10Y}}\n"
    panel = load_panel(write(tmp_path, text))
    assert panel.instruments["CARRY"].change_unit == "bp"
    assert panel.observations["CARRY"].levels.index.hour.isin([19, 20]).all()
