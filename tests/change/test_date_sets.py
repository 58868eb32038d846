"""Sets of break dates: an independent likelihood, the closed form of the critical value, and coverage by simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from coupling.change import date_sets
from coupling.change.correlation_break import CorrelationBreak
from coupling.change.date_sets import _profile, date_set
from coupling.change.page.breaks import when


def broken(
    rng: np.random.Generator,
    rows: int,
    at: int,
    rho: tuple[float, float],
    *,
    freedom: float = 5.0,
    volatile: bool = True,
) -> np.ndarray:
    """Return two columns under a bivariate t law times stochastic volatilities, with a break after `at` rows."""
    z = rng.normal(size=(rows, 2))
    path = np.where(np.arange(rows) < at, *rho)
    z[:, 1] = path * z[:, 0] + np.sqrt(1 - path**2) * z[:, 1]
    z /= np.sqrt(rng.chisquare(freedom, (rows, 1)) / freedom)
    if not volatile:
        return z
    logs = np.empty((rows, 2))
    state = rng.normal(size=2) * 0.1 / np.sqrt(1 - 0.98**2)
    for row in range(rows):
        state = 0.98 * state + 0.1 * rng.normal(size=2)
        logs[row] = state
    return np.asarray(z * np.exp(logs))


def test_the_critical_value_is_that_of_eo_and_morley():
    # their table 1: 7.35 at 95 %; the distribution is (1 - exp(-x / 2))**2
    x = broken(np.random.default_rng(1), 500, 250, (0.0, 0.7), volatile=False)
    moved = x - x.mean(axis=0)
    freedom, scales = date_sets._law(moved)
    profile = date_sets._profile(moved / scales, freedom, 50)
    within = 2 * (profile.max() - profile) <= 7.35
    found = date_set(x, edge=50)
    assert found.share == pytest.approx(within.sum() / 500, abs=0.002)
    assert found.likeliest == profile.argmax() + 50


def test_the_profile_is_that_of_scipys_t_law_at_its_best_correlations():
    x = broken(np.random.default_rng(2), 80, 40, (0.1, 0.8), volatile=False)

    def best(rows: np.ndarray) -> float:
        def fall(rho: float) -> float:
            law = stats.multivariate_t(shape=[[1.0, rho], [rho, 1.0]], df=4.0)
            return -float(law.logpdf(rows).sum())

        return -float(optimize.minimize_scalar(fall, bounds=(-0.98, 0.98), method="bounded").fun)

    profile = date_sets._profile(x, 4.0, 1)
    expected = [best(x[:cut]) + best(x[cut:]) for cut in (20, 40, 60)]
    ours = [profile[cut - 1] for cut in (20, 40, 60)]
    assert np.diff(ours) == pytest.approx(np.diff(expected), abs=1e-3)


@pytest.mark.parametrize("freedom", [3.0, 8.0])
def test_the_law_is_found_again(freedom):
    x = broken(np.random.default_rng(3), 6000, 0, (0.5, 0.5), freedom=freedom, volatile=False) * [2.0, 0.5]
    found, scales = date_sets._law(x)
    assert found == pytest.approx(freedom, rel=0.3)
    np.testing.assert_allclose(scales, [2.0, 0.5], rtol=0.05)


@given(st.floats(1e-100, 1e100), st.booleans())
@settings(max_examples=10)
def test_scale_and_order_of_the_columns_change_nothing(scale, swapped):
    x = broken(np.random.default_rng(4), 200, 120, (-0.2, 0.8), volatile=False)
    moved = (x[:, ::-1] if swapped else x) * [scale, 1.0]
    base, other = (CorrelationBreak().fit(each).table_.iloc[0] for each in (x, moved))
    assert base["set"] == other["set"]
    assert base["likeliest"] == other["likeliest"]


@pytest.mark.parametrize(
    "x", [np.zeros((100, 2)), np.ones((100, 2)), np.arange(200.0).reshape(100, 2), np.ones((5, 2))]
)
def test_nothing_is_told_where_there_is_nothing_to_tell(x):
    assert date_set(x, edge=10) is None


def test_a_clear_break_is_dated_to_a_few_rows():
    days = pd.date_range("2020-01-01", periods=620, freq="D")
    x = broken(np.random.default_rng(5), 620, 420, (-0.4, 0.9), volatile=False)
    row = CorrelationBreak(standardize="ewma").fit(pd.DataFrame(x, index=days, columns=["BTC", "SPX"])).table_.iloc[0]
    assert row["lower"] <= days[419] <= row["upper"]
    assert (row["upper"] - row["lower"]).days < 40
    assert row["lower"] == row["set"][0][0]
    assert row["upper"] == row["set"][-1][1]
    assert when(row).startswith(f"about {row['likeliest']:%Y-%m-%d} (95 % set within")


def test_constant_correlation_is_not_datable():
    x = broken(np.random.default_rng(7), 600, 0, (0.3, 0.3), volatile=False)
    row = CorrelationBreak().fit(x).table_.iloc[0]
    assert row["share"] > 0.5
    assert "not datable" in when(row)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "at", "rho", "longest"),
    [
        (1000, 880, (0.1, 0.5), 200),
        (1000, 940, (0.1, 0.5), 950),
        (1000, 60, (0.1, 0.5), 950),
        (1000, 500, (0.1, 0.5), 200),
        (2926, 2517, (0.25, 0.46), 600),
        (600, 250, (0.1, 0.6), 100),
    ],
)
def test_the_set_covers_late_and_early_breaks_under_heavy_tails_and_stochastic_volatility(rows, at, rho, longest):
    hits, hulls = 0, []
    for seed in range(200):
        x = broken(np.random.default_rng([11, seed, at]), rows + 20, at + 20, rho)
        row = CorrelationBreak(standardize="ewma", max_breaks=0).fit(x).table_.iloc[0]
        hits += any(low <= at + 19 <= high for low, high in row["set"])
        hulls.append(row["upper"] - row["lower"])
    assert hits / 200 >= 0.9  # .92 asked for, less one standard error
    assert np.median(hulls) <= longest


@pytest.mark.slow(reduced=True)
def test_the_set_covers_a_late_break_in_forty_samples():
    hits = 0
    for seed in range(40):
        x = broken(np.random.default_rng([12, seed]), 1020, 900, (0.1, 0.5))
        row = CorrelationBreak(standardize="ewma", max_breaks=0).fit(x).table_.iloc[0]
        hits += any(low <= 899 <= high for low, high in row["set"])
    assert hits >= 34


@pytest.mark.parametrize(("rows", "freedom", "rho"), [(400, 3.0, 0.4), (61, 60.0, -0.9), (700, 6.0, 0.99)])
def test_the_profile_is_that_of_every_correlation(rows: int, freedom: float, rho: float) -> None:
    """Those between two that were tried are left out only where no row can want them."""
    x = np.random.default_rng(rows).standard_t(freedom, size=(rows, 2))
    x[rows // 3 :, 1] = rho * x[rows // 3 :, 0] + np.sqrt(1 - rho**2) * x[rows // 3 :, 1]
    each = np.tanh(np.arange(-265, 266)[:, None] / 100)
    distance = (x[:, 0] ** 2 - 2 * each * x[:, 0] * x[:, 1] + x[:, 1] ** 2) / (1 - each**2)
    logs = -0.5 * np.log(1 - each**2) - (freedom + 2) / 2 * np.log1p(distance / freedom)
    sums = logs.cumsum(axis=1)
    expected = sums.max(axis=0) + (sums[:, -1:] - sums).max(axis=0)
    np.testing.assert_allclose(_profile(x, freedom, 12), expected[11:-12], rtol=1e-12)
