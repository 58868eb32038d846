"""Exponentially weighted correlation: against pandas' weights, its effective sample, its interval."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coupling.correlation import ExponentialCorrelation, RollingCorrelation
from coupling.errors import InputError


@pytest.fixture(scope="module")
def changes():
    rng = np.random.default_rng(11)
    values = rng.standard_t(5, size=(400, 3))
    values[:, 2] -= 0.7 * values[:, 0]
    return pd.DataFrame(values, columns=["BTC", "SPX", "USDJPY"], index=pd.date_range("2023-01-01", periods=400))


def weighted(x, y, halflife):
    age = np.arange(len(x))[::-1]
    w = 0.5 ** (age / halflife)
    covariance = np.cov(x, y, aweights=w)
    return covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])


def test_whole_sample_is_that_of_pandas(changes):
    fitted = ExponentialCorrelation(halflife=20).fit(changes)
    want = changes["BTC"].ewm(halflife=20).corr(changes["USDJPY"]).iloc[-1]
    assert fitted.correlation_[("BTC", "USDJPY")].tolist() == pytest.approx([want], abs=1e-12)
    assert fitted.correlation_.index.tolist() == [changes.index[-1]]


def test_each_window_stands_alone(changes):
    path = ExponentialCorrelation(halflife=15, window=100).fit(changes).correlation_[("BTC", "SPX")]
    assert path.iloc[:99].isna().all()
    for end in (100, 250, 400):
        part = changes.iloc[end - 100 : end]
        assert path.iloc[end - 1] == pytest.approx(weighted(part["BTC"], part["SPX"], 15), abs=1e-12)


def test_an_endless_half_life_is_the_rolling_correlation_with_its_interval(changes):
    rows = [
        estimator.fit(changes).between("BTC", "USDJPY")
        for estimator in (ExponentialCorrelation(halflife=1e9, window=60), RollingCorrelation(window=60))
    ]
    columns = ["estimate", "lower", "upper", "n"]
    np.testing.assert_allclose(rows[0][columns], rows[1][columns], rtol=1e-5)


def test_effective_rows_are_kishs(changes):
    row = ExponentialCorrelation(halflife=30).fit(changes).between("BTC", "SPX").iloc[0]
    w = 0.5 ** (np.arange(400) / 30)
    assert row["n_effective"] == pytest.approx(w.sum() ** 2 / (w**2).sum())
    assert row["n"] == 400


def test_missing_rows_keep_the_age_of_the_others(changes):
    X = changes.copy()
    X.iloc[[395, 100], 0] = np.nan
    got = ExponentialCorrelation(halflife=10).fit(X).between("BTC", "SPX").iloc[0]
    kept = np.delete(np.arange(400), [100, 395])
    w = 0.5 ** ((399 - kept) / 10)
    covariance = np.cov(X["BTC"].iloc[kept], X["SPX"].iloc[kept], aweights=w)
    assert got["estimate"] == pytest.approx(covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1]), abs=1e-12)
    assert got["n"] == 398


def test_constant_collinear_and_scaled_series(changes):
    X = changes.assign(flat=3.3, twin=changes["BTC"] * 1e160)
    fitted = ExponentialCorrelation(halflife=20, window=80).fit(X)
    assert fitted.correlation_[("BTC", "flat")].isna().all()
    np.testing.assert_allclose(fitted.between("BTC", "twin").iloc[79:][["estimate", "lower", "upper"]], 1.0, atol=1e-9)


def test_a_half_life_of_few_rows_has_no_interval(changes):
    row = ExponentialCorrelation(halflife=2).fit(changes).between("BTC", "SPX").iloc[0]
    assert row["n_effective"] < 12
    assert np.isnan(row["lower"])


@pytest.mark.parametrize("halflife", [0, -1, np.inf])
def test_a_half_life_that_cannot_be(changes, halflife):
    with pytest.raises(InputError, match="below its least|positive number of rows|beyond its limit"):
        ExponentialCorrelation(halflife=halflife).fit(changes)


@pytest.mark.slow
@pytest.mark.parametrize("tails", [4, np.inf])
def test_coverage(tails):
    rng = np.random.default_rng(12)
    inside = 0
    for _ in range(1500):
        z = rng.normal(size=(250, 2))
        z[:, 1] = 0.3 * z[:, 0] + np.sqrt(1 - 0.09) * z[:, 1]
        if np.isfinite(tails):
            z /= np.sqrt(rng.chisquare(tails, (250, 1)) / tails)
        row = ExponentialCorrelation(halflife=30).fit(z).between("x0", "x1").iloc[0]
        inside += row["lower"] <= 0.3 <= row["upper"]
    assert inside / 1500 >= 0.925
