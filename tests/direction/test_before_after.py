from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coupling.direction.before_after import received_share
from coupling.direction.spillover import Spillover
from coupling.errors import InputError


def changes(rows=800, tz="UTC"):
    rng = np.random.default_rng(1)
    values = rng.standard_normal((rows, 3))
    values[rows // 2 :, 0] += 0.8 * values[rows // 2 :, 1]
    return pd.DataFrame(values, columns=list("ABC"), index=pd.date_range("2020-01-01", periods=rows, tz=tz))


def test_each_period_is_the_estimator_on_its_rows():
    X = changes()
    split = X.index[400]
    frame = received_share(X, "A", split, lags=1, replications=99)
    for row, part in (("before", X.iloc[:400]), ("after", X.iloc[400:])):
        assert frame.loc[row, "estimate"] == Spillover(lags=1).fit(part).from_["A"]
        assert frame.loc[row, "n"] == 400
    assert frame.loc["change", "estimate"] == frame.loc["after", "estimate"] - frame.loc["before", "estimate"]


def test_a_true_rise_is_found_and_none_is_found_where_there_is_none():
    """A receives 0.64 / 2.28 = 28.07 % from B after the split: rho² / (1 + rho²) with rho² = .64 / 1.64."""
    X = changes()
    risen = received_share(X, "A", "2021-02-04", lags=1, replications=199).loc["change"]
    assert risen["lower"] > 15
    assert risen["lower"] < 100 * 0.64 / 2.28 < risen["upper"]
    same = received_share(X, "C", "2021-02-04", lags=1, replications=199).loc["change"]
    assert same["lower"] <= 0 <= same["upper"]


@pytest.mark.thorough
def test_workers_and_time_zones_do_not_matter():
    one = received_share(changes(), "A", "2021-02-04", replications=60)
    two = received_share(changes(), "A", pd.Timestamp("2021-02-04", tz="UTC"), replications=60, n_jobs=2)
    naive = received_share(changes(tz=None), "A", "2021-02-04", replications=60)
    pd.testing.assert_frame_equal(one, two, check_exact=True)
    pd.testing.assert_frame_equal(one, naive, check_exact=True)


@pytest.mark.parametrize(
    ("X", "focus", "split", "message"),
    [
        (changes(), "AA", "2021-02-04", "There is no instrument 'AA'"),
        (changes(), "A", "2020-01-03", "minimum of 3"),
        (changes().reset_index(drop=True), "A", "2021-02-04", "labelled by time, not RangeIndex"),
        (changes().assign(B=lambda X: 1.01 ** np.arange(len(X)) + 0.1 * X["B"]), "A", "2021-02-04", "not stable"),
    ],
)
def test_what_cannot_be_compared_is_refused(X, focus, split, message):
    with pytest.raises(InputError, match=message):
        received_share(X, focus, split, replications=39, allow_levels=True)
