"""Rolling correlation: against pandas and scipy, degenerate input, intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from coupling.correlation import RollingCorrelation
from coupling.errors import InputError


@pytest.fixture(scope="module")
def changes():
    rng = np.random.default_rng(3)
    values = rng.standard_t(5, size=(300, 3))
    values[:, 1] += 0.6 * values[:, 0]
    return pd.DataFrame(
        values, columns=["BTC", "SPX", "USDJPY"], index=pd.bdate_range("2024-01-01", periods=300, tz="UTC")
    )


@pytest.mark.parametrize("method", ["pearson", "spearman"])
def test_whole_sample_is_that_of_pandas(changes, method):
    changes = changes.mask(np.random.default_rng(4).random(changes.shape) < 0.1)
    fitted = RollingCorrelation(method=method).fit(changes)
    want = changes.corr(method=method)
    for (left, right), column in fitted.correlation_.items():
        assert column.iloc[0] == pytest.approx(want.loc[left, right], abs=1e-12)


def test_rows_are_those_of_pandas(changes):
    fitted = RollingCorrelation(window=60).fit(changes)
    want = changes["BTC"].rolling(60).corr(changes["SPX"])
    np.testing.assert_allclose(fitted.correlation_[("BTC", "SPX")], want, atol=1e-12)


def test_calendar_window_is_that_of_pandas_less_the_change_that_reaches_out(changes):
    fitted = RollingCorrelation(window="90d").fit(changes)
    end = changes.index[200]
    inside = changes.loc[(changes.index > end - pd.Timedelta(days=90)) & (changes.index <= end)]
    begins = changes.index[changes.index.get_loc(inside.index[0]) - 1]
    used = inside if begins >= end - pd.Timedelta(days=90) else inside.iloc[1:]
    row = fitted.between("BTC", "SPX").loc[end]
    assert row["n"] == len(used)
    assert row["estimate"] == pytest.approx(used["BTC"].corr(used["SPX"]), abs=1e-12)


def test_spearman_moves_with_the_window(changes):
    fitted = RollingCorrelation(window=50, method="spearman").fit(changes)
    want = stats.spearmanr(changes["SPX"].iloc[101:151], changes["USDJPY"].iloc[101:151]).statistic
    assert fitted.correlation_[("SPX", "USDJPY")].iloc[150] == pytest.approx(want, abs=1e-12)


def test_fisher_interval_is_the_textbook_one(changes):
    row = RollingCorrelation(interval="fisher").fit(changes).between("BTC", "SPX", level=0.9).iloc[0]
    want = stats.pearsonr(changes["BTC"], changes["SPX"]).confidence_interval(0.9)
    assert (row["lower"], row["upper"]) == pytest.approx((want.low, want.high), abs=1e-12)


def test_the_interval_does_not_depend_on_units(changes):
    one = RollingCorrelation(window=60).fit(changes).between("BTC", "USDJPY").dropna()
    other = RollingCorrelation(window=60).fit(changes * [1e4, 1, 1e-7]).between("BTC", "USDJPY").dropna()
    pd.testing.assert_frame_equal(one, other, rtol=1e-9)


def test_heavy_tails_lower_the_effective_sample(changes):
    calm = RollingCorrelation().fit(changes.rank() * 1.0).between("BTC", "SPX").iloc[0]
    wild = changes.copy()
    wild.iloc[[20, 140], 0] *= 40
    assert RollingCorrelation().fit(wild).between("BTC", "SPX")["n_effective"].iloc[0] < calm["n_effective"] / 3


def test_degenerate_series_give_missing_values_or_the_right_number(changes):
    X = changes.assign(flat=0.1, empty=np.nan, twin=-3 * changes["BTC"])
    X.iloc[:150, 3] = 0.3
    X.loc[X.index[100:], "SPX"] = 0.25
    fitted = RollingCorrelation(window=60, allow_levels=True).fit(X)
    path = fitted.correlation_
    assert path[("BTC", "empty")].isna().all()
    assert path[("BTC", "SPX")].iloc[159:].isna().all()
    assert path[("BTC", "flat")].iloc[:150].isna().all()
    twin = fitted.between("BTC", "twin").iloc[59:]
    np.testing.assert_allclose(twin[["estimate", "lower", "upper"]], -1.0, atol=1e-12)
    assert (path.abs() <= 1).where(path.notna(), other=True).all(axis=None)
    assert (fitted.between("BTC", "empty")["n"] == 0).all()


def test_three_rows_have_an_estimate_and_no_interval(changes):
    row = RollingCorrelation().fit(changes.iloc[:3]).between("BTC", "SPX").iloc[0]
    assert np.isfinite(row["estimate"])
    assert row[["lower", "upper", "n_effective"]].isna().all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "kendal"}, "method='kendal' is not known"),
        ({"interval": "fischer"}, "did you mean 'fisher'"),
        ({"window": 1000}, "longer than the sample of 300 rows"),
    ],
)
def test_options_that_cannot_be(changes, options, message):
    with pytest.raises(InputError, match=message):
        RollingCorrelation(**options).fit(changes)
