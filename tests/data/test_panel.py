"""The panel and its accounts, on a simulated market that everybody has and on real files."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from coupling.data.alignment import AlignmentSection
from coupling.data.instrument import SourceEntry
from coupling.data.loading.dataset import DataSection, Dataset, load_dataset
from coupling.data.panel import Panel, build_panel
from coupling.errors import InputError
from coupling.study import load_panel

NAMES = ("BTC", "JGB10Y", "USDJPY", "SPX", "IXIC")


@pytest.fixture(scope="module")
def real(series: Path) -> Dataset:
    return load_dataset(DataSection(directory=str(series)), NAMES)


def build(dataset: Dataset, names: tuple[str, ...] = NAMES, **settings: object) -> Panel:
    observations = {name: dataset.observations[name] for name in names}
    return build_panel(observations, dataset.instruments, AlignmentSection(**settings))


@pytest.fixture(scope="module")
def made() -> Panel:
    study = {"title": "T", "focus": "BTC", "instruments": list(NAMES), "data": {"source": "simulated"}}
    return load_panel(study)


def test_the_accounts_of_the_simulated_market_add_up(made: Panel) -> None:
    parts = made.table[["kept", "before_first_tick", "between_ticks", "after_last_tick"]].sum(axis=1)
    assert parts.equals(made.table["rows_in"])
    assert made.table["kept"].nunique() == 1
    assert made.table.loc["BTC", "rows_in"] > 1.4 * made.table.loc["SPX", "rows_in"]  # seven days against five


def test_pairs_of_the_simulated_market_are_marked_by_the_hours_that_they_share(made: Panel) -> None:
    """By hand: a day that ends at 15:00 Tokyo (06:00 UTC) shares 6 of 24 hours with one that ends at 24:00 UTC."""
    overlap = made.overlap.set_index(["left", "right"])
    assert overlap.loc[("BTC", "JGB10Y"), "share"] == pytest.approx(6 / 24)
    assert overlap.loc[("SPX", "IXIC"), "share"] == 1.0
    assert overlap.index[overlap["unequal_closes"]].tolist() == [pair for pair in overlap.index if "JGB10Y" in pair]


def test_a_pair_and_a_report_of_the_simulated_market_leave_the_observations_whole(made: Panel) -> None:
    pair, late = made.pair("SPX", "IXIC"), made.since(pd.Timestamp("2025-01-01", tz="UTC"))
    assert list(pair.instruments) == ["SPX", "IXIC"]
    assert len(pair.levels) >= len(made.levels) > len(late.levels)
    assert late.levels.index[0].year == 2025
    for name in NAMES:
        pd.testing.assert_series_equal(late.observations[name].levels, made.observations[name].levels)
    assert made.since(None) is made
    with pytest.raises(InputError, match="did you mean 'SPX'"):
        made.pair("SPXX", "BTC")
    assert f"{len(made.levels):,} observation times" in made._repr_html_()


def test_changes_and_pairs_are_formed_once_and_changes_may_be_written_into(made: Panel) -> None:
    changes = made.changes
    changes.iloc[:, :] = 0.0
    changes.attrs["ticks"] = False
    assert made.changes.iloc[0].ne(0.0).all()
    assert made.changes.attrs["ticks"]
    assert made.pair("BTC", "SPX") is made.pair("BTC", "SPX")
    assert list(made.pair("SPX", "BTC").levels) == ["SPX", "BTC"]


def test_a_panel_goes_to_another_process_without_what_it_formed(made: Panel) -> None:
    """Rooms here form more at the same time, and a dictionary that grows cannot be sent."""
    bare = pickle.dumps(replace(made))
    pair, daily = made.pair("BTC", "SPX"), made.daily
    assert len(pickle.dumps(made)) == len(bare)
    sent = pickle.loads(pickle.dumps(made))
    assert_frame_equal(sent.changes, made.changes)
    assert_frame_equal(sent.pair("BTC", "SPX").levels, pair.levels)
    assert_frame_equal(sent.daily.levels, daily.levels)


def test_the_instant_decides_what_a_correlation_reads(real: Dataset) -> None:
    """0.03 at 16:00 New York, where the newest daily BTC bar is 21 hours old, against 0.43 at 24:00 UTC."""
    late = build(real, ("BTC", "SPX")).changes.loc["2025":].corr().iloc[0, 1]
    early = build(real, ("BTC", "SPX"), at="close", allow_early=True).changes.loc["2025":].corr().iloc[0, 1]
    assert late == pytest.approx(0.43, abs=0.02)
    assert early == pytest.approx(0.03, abs=0.02)


def test_the_accounts_add_up(real: Dataset) -> None:
    table = build(real).table
    parts = table[["kept", "before_first_tick", "between_ticks", "after_last_tick"]].sum(axis=1)
    assert parts.equals(table["rows_in"])
    assert table["kept"].nunique() == 1


def test_the_dated_changes_of_the_sell_off(real: Dataset) -> None:
    panel = build(real)
    changes = panel.changes
    of_day = changes.set_axis((changes.index - pd.Timedelta("1ns")).strftime("%Y-%m-%d"))
    assert 100 * (of_day.loc["2024-08-05", "SPX"] / 100 + 0) == pytest.approx(-3.04, abs=0.01)  # log, as METHODS says
    assert of_day.loc["2024-08-05", "JGB10Y"] == pytest.approx(-19.3, abs=1e-6)
    assert of_day.loc["2025-11-20", ["SPX", "IXIC"]].round(2).tolist() == [-1.57, -2.18]
    assert of_day.loc["2025-11-21", "SPX"] > 0


def test_pairs_with_tokyo_are_marked_as_unequal_closes(real: Dataset) -> None:
    overlap = build(real).overlap.set_index(["left", "right"])
    assert overlap.loc[("BTC", "JGB10Y"), "share"] == pytest.approx(6 / 24)
    assert overlap.loc[("SPX", "IXIC"), "share"] == 1.0
    unequal = overlap.index[overlap["unequal_closes"]].tolist()
    assert unequal == [pair for pair in overlap.index if "JGB10Y" in pair]


def test_a_pair_has_its_own_longer_grid(real: Dataset) -> None:
    panel = build(real)
    pair = panel.pair("SPX", "IXIC")
    assert len(pair.levels) > 3 * len(panel.levels)
    assert list(pair.instruments) == ["SPX", "IXIC"]
    with pytest.raises(InputError, match="did you mean 'SPX'"):
        panel.pair("SPXX", "BTC")


def test_reporting_from_a_date_keeps_the_observations_whole(real: Dataset) -> None:
    panel = build(real)
    late = panel.since(pd.Timestamp("2025-01-01", tz="UTC"))
    assert late.levels.index[0].year == 2025
    assert len(late.observations["BTC"].levels) == 4356
    assert panel.since(None) is panel


def test_a_panel_shows_itself_in_a_notebook(real: Dataset) -> None:
    text = build(real)._repr_html_()
    assert "2,793 observation times" in text
    assert "no update since the last kept observation time" in text


def test_hourly_files_are_sampled_at_one_common_instant(series: Path) -> None:
    """At 15:00 Tokyo, when JGBs are struck, the closes of BTC, USDJPY and JGB10Y are equal."""
    files = {
        "BTC": SourceEntry(provider="file", symbol="btcusdt_perp_1h.csv", clock="hourly"),
        "USDJPY": SourceEntry(provider="file", symbol="usdjpy_1h.csv", clock="hourly"),
    }
    dataset = load_dataset(DataSection(directory=str(series), files=files), ["BTC", "USDJPY", "JGB10Y"])
    panel = build(dataset, ("BTC", "USDJPY", "JGB10Y"), days="XTKS", at="15:00 Asia/Tokyo", max_staleness="1h")
    assert panel.overlap["share"].tolist() == [1.0, 1.0, 1.0]
    assert (panel.staleness <= pd.Timedelta(hours=1)).to_numpy().all()
    assert len(panel.levels) > 600
    day = panel.levels.loc["2024-08-05 06:00"]
    assert day["JGB10Y"] == 0.781
    assert 141.6 < day["USDJPY"] < 146
