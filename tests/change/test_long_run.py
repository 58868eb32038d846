"""The test of a long-run mean: against scipy's t, a law with known scatter, and wandering correlations."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from coupling.change.long_run import (
    MOST_AFTER,
    MOST_BEFORE,
    block_correlations,
    instants_correlations,
    long_run,
)
from coupling.data.intervals import change_intervals
from coupling.kernels.hayashi_yoshida import HayashiYoshidaLeg
from coupling.volatility import standardize_ewma


def wandering(
    rng: np.random.Generator, before: int, after: int, *, spread: float, rise: float = 0.0, mean: float = 0.25
) -> np.ndarray:
    """Draw t5 changes with stochastic volatility whose Fisher z is an AR(1) of half-life 69 about a mean that may rise.

    The volatility is common, as in a market; rows are standardised as the page does.
    """
    rows, keep = before + after + 100, 0.5 ** (1 / 69)
    moves = rng.normal(size=rows) * np.sqrt(1 - keep**2)
    moves[0] = rng.normal()
    path = spread * np.array(_filtered(moves, keep))
    z = np.where(np.arange(rows) >= before + 100, np.arctanh(mean + rise), np.arctanh(mean)) + path
    rho = np.tanh(z)
    shocks = rng.normal(size=(rows, 2)) * np.sqrt(5 / rng.chisquare(5, size=rows))[:, None]
    volatility = np.exp(np.array(_filtered(0.2 * rng.normal(size=rows), 0.97)) / 2)[:, None]
    x = np.column_stack([shocks[:, 0], rho * shocks[:, 0] + np.sqrt(1 - rho**2) * shocks[:, 1]]) * volatility
    return standardize_ewma(pd.DataFrame(x)).to_numpy()[100:]


def _filtered(moves: np.ndarray, keep: float) -> list[float]:
    value, path = 0.0, []
    for move in moves:
        value = keep * value + move
        path.append(value)
    return path


def rejected(rng: np.random.Generator, draws: int, **law: float) -> float:
    """Return the share of samples of 1,760 and 480 rows in which the long-run mean is said to have changed."""
    found = 0
    for _ in range(draws):
        x = wandering(rng, 1760, 480, **law)
        tested = long_run(block_correlations(x[:1760], MOST_BEFORE), block_correlations(x[1760:], MOST_AFTER))
        assert tested is not None
        found += tested.p_value < 0.05
    return found / draws


def test_the_t_is_that_of_scipy_with_the_fewer_degrees_of_freedom() -> None:
    before, after = np.array([0.1, 0.2, 0.35, 0.15, 0.3]), np.array([0.5, 0.3, 0.45])
    told = long_run(before, after, level=0.9)
    assert told is not None
    ours = stats.ttest_ind(np.arctanh(after), np.arctanh(before), equal_var=False)
    assert told.p_value == pytest.approx(2 * stats.t.sf(abs(ours.statistic), 2), rel=1e-12)
    error = (np.arctanh(after).mean() - np.arctanh(before).mean()) / ours.statistic
    centre = np.arctanh(before).mean()
    reach = stats.t.ppf(0.95, 2) * error
    change = np.arctanh(after).mean() - centre
    limits = [np.tanh(centre + change + side * reach) - np.tanh(centre) for side in (-1, 1)]
    assert [told.lower, told.upper] == pytest.approx(limits, rel=1e-12)
    assert (told.lower > 0) == (told.p_value < 0.1)


def test_a_law_with_known_scatter_is_found_in_every_block_whatever_one_day_does() -> None:
    rng = np.random.default_rng(3)
    x = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], size=6000) / np.sqrt(rng.chisquare(5, size=(6000, 1)) / 5)
    found = block_correlations(x, 3)
    assert found == pytest.approx([0.6] * 3, abs=0.05)
    x[100] = [40.0, -40.0]
    assert block_correlations(x, 3)[0] == pytest.approx(found[0], abs=0.01)


def test_too_few_rows_or_a_column_that_rests_say_nothing() -> None:
    rng = np.random.default_rng(0)
    assert len(block_correlations(rng.normal(size=(199, 2)), 4)) == 0
    assert len(block_correlations(rng.normal(size=(200, 2)), 4)) == 2
    still = np.column_stack([rng.normal(size=400), np.zeros(400)])
    assert long_run(block_correlations(still, 4), block_correlations(rng.normal(size=(400, 2)), 4)) is None
    assert long_run(np.empty(0), np.array([0.1, 0.2])) is None


def test_on_true_instants_blocks_are_equal_spans_of_the_calendar() -> None:
    rng = np.random.default_rng(2)
    days = pd.date_range("2020-01-01", periods=1200, freq="D", tz="UTC")
    walk = rng.normal(size=(1200, 2)).cumsum(axis=0)
    series = {name: pd.Series(walk[:, k], days) for k, name in enumerate("ab")}
    legs = [HayashiYoshidaLeg(each.start, each.end, each.change) for each in change_intervals(series)]
    begin, finish = int(days[0].as_unit("ns").value), int(days[-1].as_unit("ns").value)
    found = instants_correlations(legs[0], legs[1], begin, finish, 4)
    moves = np.diff(walk, axis=0)
    parts = np.array_split(np.arange(1199), 4)
    assert len(found) == 4
    for estimate, part in zip(found, parts, strict=True):
        inner = moves[part][1:-1]
        plain = (inner[:, 0] @ inner[:, 1]) / np.sqrt((inner**2).sum(axis=0).prod())
        assert estimate == pytest.approx(plain, abs=0.02)


@pytest.mark.slow(reduced=True)
def test_a_correlation_that_merely_wanders_is_seldom_said_to_have_changed() -> None:
    rng = np.random.default_rng(11)
    for spread in (0.21, 0.425):
        assert rejected(rng, 400, spread=spread) <= 0.08 + 2 * np.sqrt(0.08 * 0.92 / 400)


@pytest.mark.slow
def test_a_change_of_the_long_run_mean_is_found() -> None:
    rng = np.random.default_rng(12)
    assert rejected(rng, 400, spread=0.21, rise=0.3) >= 0.5
    assert rejected(rng, 400, spread=0.21, rise=0.4) >= 0.8
