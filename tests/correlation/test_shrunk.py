"""Shrunk correlation: scikit-learn's own number, no say for units, fewer errors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.covariance import LedoitWolf

from coupling.correlation import RollingCorrelation, ShrunkCorrelation


@pytest.fixture(scope="module")
def changes():
    rng = np.random.default_rng(21)
    values = rng.standard_t(6, size=(120, 4))
    values[:, 1] += values[:, 0]
    return pd.DataFrame(values, columns=["BTC", "SPX", "USDJPY", "JGB10Y"])


def test_it_is_scikit_learns_on_standardised_changes(changes):
    fitted = ShrunkCorrelation().fit(changes)
    z = (changes - changes.mean()) / changes.std(ddof=0)
    want = LedoitWolf().fit(z.to_numpy())
    assert fitted.shrinkage_.iloc[0] == pytest.approx(want.shrinkage_, abs=1e-12)
    np.testing.assert_allclose(fitted.correlation_.iloc[0], want.covariance_[np.triu_indices(4, 1)], atol=1e-12)


def test_basis_points_or_percent_change_nothing(changes):
    one = ShrunkCorrelation(window=40).fit(changes)
    other = ShrunkCorrelation(window=40).fit(changes * [1, 1, 0.01, 100])
    pd.testing.assert_frame_equal(one.correlation_, other.correlation_, rtol=1e-9)


def test_each_window_stands_alone(changes):
    path = ShrunkCorrelation(window=40).fit(changes).correlation_
    alone = ShrunkCorrelation().fit(changes.iloc[50:90]).correlation_
    np.testing.assert_allclose(path.iloc[89], alone.iloc[0], atol=1e-12)
    assert path.iloc[:39].isna().all(axis=None)


def test_the_interval_is_that_before_shrinking(changes):
    got = ShrunkCorrelation(window=60).fit(changes).between("BTC", "SPX").iloc[-1]
    want = RollingCorrelation(window=60).fit(changes).between("BTC", "SPX").iloc[-1]
    assert (got["lower"], got["upper"], got["n"]) == (want["lower"], want["upper"], want["n"])
    assert got["estimate"] == pytest.approx(want["estimate"] * (1 - got["shrinkage"]))


def test_a_constant_instrument_is_missing_and_sways_nothing(changes):
    fitted = ShrunkCorrelation().fit(changes.assign(flat=1.7))
    assert fitted.correlation_.xs("flat", axis=1, level="right").isna().all(axis=None)
    assert fitted.shrinkage_.iloc[0] == pytest.approx(ShrunkCorrelation().fit(changes).shrinkage_.iloc[0])


def test_a_row_with_a_missing_value_is_left_out(changes):
    X = changes.copy()
    X.iloc[7, 2] = np.nan
    got = ShrunkCorrelation().fit(X).between("BTC", "SPX").iloc[0]
    want = ShrunkCorrelation().fit(changes.drop(index=7)).between("BTC", "SPX").iloc[0]
    pd.testing.assert_series_equal(got, want, check_names=False)


def test_it_errs_less_than_the_plain_matrix_on_few_rows():
    rng = np.random.default_rng(22)
    truth = 0.2
    errors = np.zeros(2)
    for _ in range(40):
        common = rng.normal(size=(25, 1))
        X = np.sqrt(truth) * common + np.sqrt(1 - truth) * rng.normal(size=(25, 12))
        for k, estimator in enumerate((ShrunkCorrelation(), RollingCorrelation())):
            errors[k] += ((estimator.fit(X).correlation_.to_numpy() - truth) ** 2).mean()
    assert errors[0] < 0.7 * errors[1]
