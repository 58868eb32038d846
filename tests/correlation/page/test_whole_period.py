"""The table on true instants over the whole period: period, repeats, sentence, figure."""

from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

import coupling as cp
from coupling.correlation.context import CorrelationContext
from coupling.correlation.hayashi_yoshida import HayashiYoshidaCorrelation
from coupling.correlation.page import whole_period
from coupling.correlation.section import HayashiYoshidaSection
from coupling.data.intervals import struck_since

mpl.use("Agg")

START = pd.Timestamp("2022-01-01", tz="UTC")


@pytest.fixture(scope="module")
def panel():
    names = ["BTC", "JGB10Y", "SPX"]
    return cp.load_panel({"title": "t", "focus": "BTC", "instruments": names, "data": {"source": "simulated"}})


def test_it_is_the_estimate_from_the_start_of_the_report_on(panel):
    result = whole_period.make(HayashiYoshidaSection(), CorrelationContext(panel, "BTC", START))
    fitted = HayashiYoshidaCorrelation().fit(struck_since(panel.observations, START))
    want = fitted.between("BTC", "SPX").iloc[0]
    got = result.frame.loc[("SPX", "kept")]
    np.testing.assert_array_equal(got[list(want.index)].astype(float), want)
    assert set(result.frame.index.get_level_values("repeats")) == {"kept"}
    assert result.period.startswith("2022-01-0")


def test_both_are_shown_where_quotes_repeat(panel):
    item = panel.observations["JGB10Y"]
    rounded = item.levels.round(1)
    stale = {**panel.observations, "JGB10Y": replace(item, levels=rounded)}
    context = CorrelationContext(replace(panel, observations=stale), "BTC", START)
    result = whole_period.make(HayashiYoshidaSection(), context)
    assert result.frame.loc["JGB10Y"].index.tolist() == ["kept", "dropped"]
    assert result.frame.loc["SPX"].index.tolist() == ["kept"]
    share = result.frame.loc[("JGB10Y", "kept"), "repeated share"]
    assert share == np.mean(rounded[rounded.index >= START].diff().iloc[1:] == 0)
    assert f"without repeated quotes ({100 * share:.0f} % of changes)" in result.sentence


def test_it_reads_and_draws(panel, tmp_path):
    result = whole_period.make(HayashiYoshidaSection(), CorrelationContext(panel, "BTC", START))
    row = result.frame.loc[("SPX", "kept")]
    assert f"SPX {row['estimate']:.2f} ({row['lower']:.2f} to" in result.sentence
    assert "overlaps" in result.sentence
    assert len(result.to_folder(tmp_path)) >= 3
