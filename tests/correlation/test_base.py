"""What every pairwise estimator promises: labels kept, pairs symmetric, bad input named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coupling.correlation import RollingCorrelation
from coupling.errors import InputError


def changes(rows=100, names=("BTC", "SPX", "JGB10Y")):
    values = np.random.default_rng(7).normal(size=(rows, len(names)))
    values[:, 1] += values[:, 0]
    return pd.DataFrame(values, index=pd.date_range("2024-01-01", periods=rows, tz="UTC"), columns=list(names))


def test_rows_are_window_ends_and_columns_pairs_in_order():
    X = changes()
    fitted = RollingCorrelation(window=30).fit(X)
    assert fitted.correlation_.index.equals(X.index)
    assert list(fitted.correlation_.columns) == [("BTC", "SPX"), ("BTC", "JGB10Y"), ("SPX", "JGB10Y")]
    assert fitted.correlation_.columns.names == ["left", "right"]
    assert fitted.correlation_.notna().all(axis=1).sum() == 71


def test_between_is_symmetric_and_agrees_with_correlation():
    fitted = RollingCorrelation(window="40d").fit(changes())
    there, back = fitted.between("SPX", "BTC"), fitted.between("BTC", "SPX")
    pd.testing.assert_frame_equal(there, back)
    assert list(there.columns)[:4] == ["estimate", "lower", "upper", "n"]
    np.testing.assert_array_equal(there["estimate"], fitted.correlation_[("BTC", "SPX")])
    found = there.dropna()
    assert ((found["lower"] < found["estimate"]) & (found["estimate"] < found["upper"])).all()


def test_intervals_put_every_pair_side_by_side():
    fitted = RollingCorrelation(window=30).fit(changes())
    table = fitted.intervals(level=0.9)
    one = table.xs("SPX", axis=1, level="left").xs("JGB10Y", axis=1, level="right")
    pd.testing.assert_frame_equal(one, fitted.between("SPX", "JGB10Y", level=0.9), check_names=False)


def test_an_array_gets_names():
    fitted = RollingCorrelation().fit(changes().to_numpy())
    assert fitted.between("x0", "x1")["estimate"].iloc[0] > 0.5


def test_whole_sample_is_one_row():
    assert RollingCorrelation().fit(changes()).correlation_.index.tolist() == [pd.Timestamp("2024-04-09", tz="UTC")]


def test_later_changes_of_the_input_do_not_reach_the_estimator():
    X = changes()
    fitted = RollingCorrelation(window=30).fit(X)
    before = fitted.between("BTC", "SPX")
    X.iloc[:] = 0.0
    pd.testing.assert_frame_equal(fitted.between("BTC", "SPX"), before)


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [
        ("BTCC", "SPX", "did you mean 'BTC'"),
        ("BTC", "BTC", "two instruments"),
        ("BTC", "gold", "known: BTC, JGB10Y, SPX"),
    ],
)
def test_a_pair_that_is_not_there(left, right, message):
    with pytest.raises(InputError, match=message):
        RollingCorrelation().fit(changes()).between(left, right)


@pytest.mark.parametrize("level", [0, 1, 95, -0.1])
def test_a_level_that_is_none(level):
    with pytest.raises(InputError, match="between 0 and 1"):
        RollingCorrelation().fit(changes()).between("BTC", "SPX", level=level)


def test_infinity_is_refused_with_its_place():
    X = changes()
    X.iloc[5, 1] = -np.inf
    with pytest.raises(InputError, match="infinity .column 'SPX' at 2024-01-06"):
        RollingCorrelation().fit(X)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda X: X.iloc[::-1], "increase without repeats"),
        (lambda X: X.set_axis(["A", "A", "B"], axis=1), "'A' occurs twice"),
        (lambda X: X[["BTC"]], "minimum of 2"),
        (lambda X: X.iloc[:2], "minimum of 3"),
        (lambda X: X.astype(object).where(X < 1, "n/a"), "could not convert string"),
    ],
)
def test_a_table_that_cannot_be_used(spoil, message):
    with pytest.raises(InputError, match=message):
        RollingCorrelation().fit(spoil(changes()))
