from __future__ import annotations

import json
from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from coupling.change.bai_perron import BaiPerron, products
from coupling.change.break_dates import _distribution
from coupling.change.hansen import f_test_p_value
from coupling.change.segments import Moments, best_cuts
from coupling.errors import InputError


@pytest.fixture(scope="module")
def nile(shared):
    folder = shared / "reference" / "estimators"
    flow = pd.read_csv(folder / "data" / "nile.csv", index_col="year")["flow"]
    return flow, json.loads((folder / "answers.json").read_text())["entries"]["nile_bai_perron"]["value"]


def test_nile(nile):
    flow, expected = nile
    found = BaiPerron().fit(flow)
    np.testing.assert_allclose(found.fit_["rss"], expected["RSS"], rtol=1e-9)
    np.testing.assert_allclose(found.fit_["bic"], expected["BIC"], atol=1e-6)
    assert found.n_breaks_ == 1
    row = found.breaks_.iloc[0]
    assert [row["lower_rows"], row["rows"], row["upper_rows"]] == expected["ci95_idx1"]
    assert [row["lower"], row["date"], row["upper"]] == expected["ci95_dates"]
    tests = found.tests_["statistic"]
    assert tests["supF"] == pytest.approx(expected["supF"], abs=1e-6)
    assert tests["aveF"] == pytest.approx(expected["aveF"], abs=1e-6)
    assert tests["expF"] == pytest.approx(expected["expF"], abs=1e-6)
    assert tests["OLS-CUSUM"] == pytest.approx(expected["ols_cusum"], abs=1e-6)
    assert found.tests_.loc["OLS-CUSUM", "p_value"] == pytest.approx(expected["ols_cusum_p"], abs=1e-6)
    assert found.tests_.loc["supF", "p_value"] == pytest.approx(expected["supF_p"], abs=1e-6)


def test_real_interest_rate(shared):
    """R strucchange, example of its data set RealInt: breaks 1972(3), 1980(3), means 1.355037, -1.796138, 5.642890."""
    data = pd.read_csv(shared / "reference" / "estimators" / "data" / "realint.csv", index_col="t")["realint"]
    found = BaiPerron().fit(data)
    assert found.breaks_["date"].tolist() == [1972.5, 1980.5]
    np.testing.assert_allclose(found.segments_["mean"], [1.355037, -1.796138, 5.642890], atol=1e-6)


@pytest.mark.parametrize(
    ("statistic", "test", "parameters", "first", "expected"),
    # critical values at 5 %: Andrews (1993, corrected 2003) 8.68 and 11.72 for 15 % trimming, 7.87 for 25 %,
    # Andrews and Ploberger (1994) 2.88 and 2.06
    [
        (8.68, "supF", 1, 0.15, 0.05),
        (11.72, "supF", 2, 0.15, 0.05),
        (7.87, "supF", 1, 0.25, 0.05),
        (2.88, "aveF", 1, 0.15, 0.05),
        (2.06, "expF", 1, 0.15, 0.05),
    ],
)
def test_p_values_at_published_critical_values(statistic, test, parameters, first, expected):
    p = f_test_p_value(statistic, test=test, parameters=parameters, first=first, last=1 - first)
    assert p == pytest.approx(expected, abs=0.004)


@pytest.mark.thorough
@given(
    st.sampled_from(["supF", "aveF", "expF"]),
    st.integers(1, 5),
    st.floats(0, 200),
    st.floats(0, 50),
    st.floats(0.05, 0.4),
)
def test_p_values_never_rise_with_the_statistic(test, parameters, statistic, more, first):
    shares = {"test": test, "parameters": parameters, "first": first, "last": 1 - first}
    low, high = f_test_p_value(statistic, **shares), f_test_p_value(statistic + more, **shares)
    assert 0 <= high <= low + 1e-3 <= 1 + 1e-3


@given(st.floats(0.2, 5), st.floats(0.2, 5))
@settings(max_examples=20)
def test_distribution_of_the_date_is_a_distribution(xi, phi):
    values = [_distribution(v, xi, phi) for v in (-2000.0, -20.0, -1.0, -1e-9, 0.0, 1e-9, 1.0, 20.0, 2000.0)]
    assert values == sorted(values)
    assert 0 <= values[0] <= _beyond(np.sqrt(2000) / 2) + 1e-12
    assert 0 <= 1 - values[-1] <= _beyond(xi * np.sqrt(2000 / phi) / 2) + 1e-12
    assert values[3] == pytest.approx(values[5], abs=1e-3)


def _beyond(z):
    """Chance that a one-sided Brownian motion of drift -m peaks after time v, where z = m √v; a second side lowers it.

    Buffet (2003), Journal of Applied Mathematics and Stochastic Analysis 16(3).
    """
    return 2 * ((1 + z**2) * norm.cdf(-z) - z * norm.pdf(z))


def test_distribution_of_the_date_is_symmetric_when_nothing_else_changes():
    assert _distribution(0.0, 1.0, 1.0) == pytest.approx(0.5)
    # Bai (1997): the 97.5 % quantile of the symmetric case is 11
    assert _distribution(11.0, 1.0, 1.0) == pytest.approx(0.975, abs=1e-3)
    assert quad(lambda v: 1 - _distribution(v, 1.0, 1.0), 0, 200)[0] > 1


@given(st.integers(0, 100), st.integers(1, 2), st.integers(1, 3))
@settings(max_examples=25)
def test_search_finds_the_best_of_all_segmentations(seed, k, breaks):
    rng = np.random.default_rng(seed)
    y, x = rng.normal(size=18), np.column_stack([np.ones(18), rng.normal(size=18)])[:, :k]
    cuts, rss = best_cuts(Moments.of(y, x), 4, breaks)

    def cost(chosen: tuple[int, ...]) -> float:
        edges = [0, *chosen, 18]
        parts = [slice(a, b) for a, b in pairwise(edges)]
        return sum(float(((y[p] - x[p] @ np.linalg.lstsq(x[p], y[p], rcond=None)[0]) ** 2).sum()) for p in parts)

    allowed = [c for c in combinations(range(4, 15), breaks) if min(np.diff([0, *c, 18])) >= 4]
    assert rss[breaks] == pytest.approx(min(map(cost, allowed)), rel=1e-9)
    assert cost(tuple(cuts[breaks])) == pytest.approx(rss[breaks], rel=1e-9)


def test_slope_of_a_regression():
    rng = np.random.default_rng(2)
    x = 1e-3 * rng.normal(size=600)
    y = np.where(np.arange(600) < 350, 0.2, 0.9) * x + 1e-3 * rng.normal(size=600)
    found = BaiPerron().fit(pd.Series(y), pd.DataFrame({"SPX": x}))
    assert found.n_breaks_ == 1
    assert abs(found.breaks_["rows"].iloc[0] - 350) < 40
    np.testing.assert_allclose(found.segments_["slope_1"], [0.2, 0.9], atol=0.15)
    rows = slice(found.breaks_["rows"].iloc[0])
    reference = np.linalg.lstsq(np.column_stack([np.ones(600), x])[rows], y[rows], rcond=None)[0]
    np.testing.assert_allclose(
        found.segments_.loc[0, ["intercept", "slope_1"]].to_numpy(dtype=float), reference, rtol=1e-6
    )


@given(st.floats(1e-100, 1e100))
@settings(max_examples=15)
def test_scale_changes_no_date(scale):
    y = np.random.default_rng(0).normal(size=80) + np.repeat([0.0, 2.0], 40)
    base, moved = BaiPerron().fit(y), BaiPerron().fit(y * scale)
    pd.testing.assert_frame_equal(base.breaks_, moved.breaks_)
    np.testing.assert_allclose(moved.tests_["statistic"], base.tests_["statistic"], rtol=1e-7)
    np.testing.assert_allclose(moved.segments_["mean"], scale * base.segments_["mean"], rtol=1e-7)


def test_products_have_the_correlation_as_their_mean():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(500, 2)) @ np.array([[1, 0.6], [0, 0.8]]), columns=["BTC", "SPX"])
    series = products(frame, "BTC", "SPX", standardize=None)
    assert series.mean() == pytest.approx(frame.corr().iloc[0, 1])
    assert products(frame, "BTC", "SPX").mean() == pytest.approx(0.6, abs=0.1)


@pytest.mark.parametrize("window", [30, 60])
def test_rolling_path_is_refused(window):
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(1000, 2)))
    path = frame[0].rolling(window).corr(frame[1]).dropna()
    with pytest.raises(InputError, match="looks like a rolling or smoothed path"):
        BaiPerron().fit(path)


CHANGES = pd.DataFrame(
    np.random.default_rng(1).normal(size=(60, 2)), pd.bdate_range("2024-01-01", periods=60), ["BTC", "SPX"]
)


@pytest.mark.parametrize(
    "form",
    [
        lambda y: y.to_frame(),
        lambda y: y.to_numpy(),
        lambda y: y.tolist(),
        lambda y: y.astype("Float64"),
        lambda y: y.rename_axis("Date").reset_index(),
        lambda y: pl.from_pandas(y.reset_index(drop=True)),
        lambda y: pl.from_pandas(y.rename_axis("Date").reset_index()),
    ],
)
def test_the_form_of_a_series_changes_nothing(form):
    y = CHANGES["BTC"]
    pd.testing.assert_frame_equal(BaiPerron().fit(form(y)).fit_, BaiPerron().fit(y).fit_, check_exact=True)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: BaiPerron().fit(np.ones(50)), "y is constant"),
        (lambda: BaiPerron().fit([1.0, np.nan] * 20), "finite throughout"),
        (lambda: BaiPerron().fit(np.arange(4.0)), "leave segments of 0"),
        (lambda: BaiPerron(max_breaks=9).fit(np.arange(50.0) % 7), "max_breaks=9 does not fit"),
        (lambda: BaiPerron().fit(np.arange(50.0) % 7, np.ones(49)), "y has 50 rows and the regressors 49"),
        (lambda: BaiPerron().fit(np.arange(90.0) % 7, np.random.default_rng(0).normal(size=(90, 5))), "At most 5"),
        (lambda: BaiPerron(intercept=False).fit(np.arange(50.0)), "at least one regressor"),
        (lambda: BaiPerron().fit(CHANGES), "y has 2 columns .BTC, SPX. and must be one series"),
        (lambda: BaiPerron().fit(CHANGES["BTC"].iloc[::-1]), "newest row comes first"),
        (lambda: BaiPerron().fit(pd.concat([CHANGES["BTC"], CHANGES["BTC"].iloc[:1]])), "occurs twice"),
        (lambda: BaiPerron().fit(CHANGES["BTC"].astype(str)), "holds the text"),
        (lambda: BaiPerron().fit("BTC"), "y is a str|X is 'BTC'"),
        (lambda: BaiPerron().fit({"BTC": CHANGES["BTC"]}), "mapping of names"),
        (lambda: BaiPerron().fit(np.ones((2, 3, 4))), "no column of numbers"),
        (lambda: BaiPerron().fit(CHANGES["BTC"], CHANGES["SPX"].shift(1, freq="D")), "rows of different dates"),
        (
            lambda: products(pd.DataFrame({"A": np.ones(50), "B": np.arange(50.0)}), "A", "B", standardize=None),
            "never changes",
        ),
        (lambda: products(pd.DataFrame({"BTC": [1.0], "SPX": [1.0]}), "BTC", "SPXX"), "did you mean 'SPX'"),
    ],
)
def test_errors_say_what_to_do(make, message):
    with pytest.raises(InputError, match=message):
        make()


@pytest.mark.slow
def test_size_on_products_of_a_constant_correlation_with_common_garch():
    """Raw products reject a constant correlation; products of standardised changes keep the size."""
    rng = np.random.default_rng(0)
    rejected = {"ewma": 0, None: 0}
    runs = 300
    for _ in range(runs):
        z = rng.normal(size=(1000, 2)) @ np.array([[1, 0.5], [0, np.sqrt(0.75)]])
        h, x = 1.0, np.empty_like(z)
        for t in range(1000):
            x[t] = np.sqrt(h) * z[t]
            h = 0.02 + 0.08 * x[t].mean() ** 2 * 1.33 + 0.9 * h
        frame = pd.DataFrame(x, columns=["a", "b"])
        for how in rejected:
            found = BaiPerron(max_breaks=0).fit(products(frame, "a", "b", standardize=how))
            rejected[how] += int(found.tests_.loc["supF", "p_value"] < 0.05)
    assert rejected["ewma"] / runs <= 0.08
    assert rejected[None] / runs > 0.3
