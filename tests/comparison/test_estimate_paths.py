"""Paths and what is read off them: as the estimators have it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coupling.comparison.estimate_paths import EstimatePath, Question, Span, instants_path, rolling_path, statistic
from coupling.comparison.weekly_history import WeeklyHistory
from coupling.correlation import HayashiYoshidaCorrelation, RollingCorrelation
from coupling.correlation.section import HayashiYoshidaSection, RollingSection
from coupling.data.intervals import change_intervals, struck_since
from coupling.data.panel import Panel
from coupling.errors import InputError
from coupling.study import load_panel
from tests.comparison.worlds import SIMULATED

START = pd.Timestamp("2020-01-01", tz="UTC")
SPLIT = pd.Timestamp("2023-01-01", tz="UTC")


@pytest.fixture(scope="module")
def panel() -> Panel:
    return load_panel(SIMULATED)


@pytest.mark.parametrize("method", ["pearson", "spearman"])
@pytest.mark.parametrize("window", [60, "120d", None])
def test_a_rolling_path_is_the_estimators(panel: Panel, window: int | str | None, method: str) -> None:
    section = RollingSection(window=window, method=method)  # type: ignore[arg-type]
    changes = panel.changes if window is not None else panel.changes[panel.changes.index >= START]
    expected = RollingCorrelation(**dict(section)).fit(changes).correlation_.iloc[:, 0]
    history = WeeklyHistory.of(panel.observations, panel.alignment)
    path = rolling_path(history.aligned(history.source(None, 0)), section, Span(START.value))
    np.testing.assert_allclose(path.estimate, expected.to_numpy(), atol=1e-12)
    mean = statistic(path, Question("mean", Span(START.value)))[0]
    assert mean == pytest.approx(expected[expected.index >= START].mean(), abs=1e-12)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "options", [{}, {"stale": "drop"}, {"weekend": "merge"}, {"leads_lags": 1}, {"demean": "time"}]
)
def test_a_path_on_true_instants_is_the_estimators(panel: Panel, options: dict[str, object]) -> None:
    section = HayashiYoshidaSection(window=None, **options)  # type: ignore[arg-type]
    estimator = HayashiYoshidaCorrelation(**dict(section))
    expected = estimator.fit(struck_since(panel.observations, START)).correlation_.iloc[0, 0]
    treated = change_intervals(panel.observations, stale=section.stale, weekend=section.weekend)
    path = instants_path({leg.name: leg for leg in treated}, section, Span(START.value))
    assert path.estimate == pytest.approx([expected], abs=1e-12)


def test_a_rolling_path_on_true_instants_is_the_estimators(panel: Panel) -> None:
    section = HayashiYoshidaSection(window="250d", step="7d")
    expected = HayashiYoshidaCorrelation(**dict(section)).fit(panel.observations).correlation_.iloc[:, 0]
    path = instants_path({leg.name: leg for leg in change_intervals(panel.observations)}, section, Span())
    assert path.end.tolist() == pd.DatetimeIndex(expected.index).as_unit("ns").asi8.tolist()
    np.testing.assert_allclose(path.estimate, expected.to_numpy(), atol=1e-12)


def test_without_a_window_a_change_is_that_of_two_plain_correlations(panel: Panel) -> None:
    history = WeeklyHistory.of(panel.observations, panel.alignment)
    span = Span(START.value, None, SPLIT.value)
    path = rolling_path(history.aligned(history.source(None, 0)), RollingSection(window=None), span)
    changes = panel.changes[panel.changes.index >= START]
    before, after = changes[changes.index <= SPLIT], changes[changes.index > SPLIT]
    expected = np.corrcoef(after.T)[0, 1] - np.corrcoef(before.T)[0, 1]
    change, windows = statistic(path, Question("change", span))
    assert change == pytest.approx(expected, abs=1e-12)
    assert windows == 2
    assert path.rows(Question("change", span)) == len(changes)


def test_windows_that_straddle_the_split_count_on_neither_side() -> None:
    ends = np.arange(10, 70, 10)
    path = EstimatePath(ends - 20, ends, np.array([0.1, 0.2, 0.3, 0.9, 0.5, 0.7]), ends)
    change = Question("change", Span(None, None, 35))  # windows end 10, 20, 30 | 40 and 50 straddle | 60 begins at 40
    assert statistic(path, change) == (pytest.approx(0.7 - 0.2), 4)
    assert statistic(path, Question("last", Span(None, 55))) == (0.5, 1)
    assert np.isnan(statistic(path, Question("mean", Span(100)))[0])


def test_a_window_beyond_the_sample_is_an_error(panel: Panel) -> None:
    history = WeeklyHistory.of(panel.observations, panel.alignment)
    with pytest.raises(InputError, match="longer than the sample"):
        rolling_path(history.aligned(history.source(None, 0)), RollingSection(window=100_000), Span())
    legs = {leg.name: leg for leg in change_intervals(panel.observations)}
    with pytest.raises(InputError, match="longer than the observations"):
        instants_path(legs, HayashiYoshidaSection(window="20000d"), Span())
