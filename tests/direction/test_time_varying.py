from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coupling.direction.spillover import Spillover
from coupling.direction.time_varying import TimeVaryingSpillover
from coupling.errors import InputError


def noise(rows=200, seed=0):
    return pd.DataFrame(np.random.default_rng(seed).standard_normal((rows, 3)), columns=list("ABC"))


def test_connectedness_approach(shared):
    """ConnectednessApproach 1.0.4 (R), TVP-VAR(1), kappa .99 and .96, BayesPrior of the whole sample, nfore = 10."""
    X = pd.read_csv(shared / "reference/estimators/data/dy2012.csv", index_col=0, parse_dates=True)
    total = (
        TimeVaryingSpillover(lags=1, horizon=10, kappa1=0.99, kappa2=0.96, standardize=None, allow_levels=True)
        .fit(X)
        .total_
    )
    assert len(total) == 2771
    np.testing.assert_allclose(total.iloc[[0, 499]], [16.8287047836839, 13.3538397752253], atol=1e-9)
    assert total.iloc[2770] == pytest.approx(30.3033124277364, abs=1e-5)


def test_without_forgetting_and_drift_it_meets_the_static_table():
    X = noise(3000)
    X["B"] += 0.5 * X["A"].shift(1, fill_value=0.0)
    drifting = TimeVaryingSpillover(kappa1=1.0, kappa2=0.9999).fit(X)
    np.testing.assert_allclose(drifting.table_.iloc[-3:], Spillover(lags=1).fit(X).table_, atol=1.0)


@pytest.mark.parametrize("prior", ["bayes", "minnesota", "uninformative"])
def test_units_do_not_matter(prior):
    X = noise()
    plain, scaled = (TimeVaryingSpillover(prior=prior, lags=2).fit(each) for each in (X, X * [1e-150, 1e3, 1e150]))
    np.testing.assert_allclose(scaled.table_, plain.table_, atol=1e-8)
    np.testing.assert_allclose(plain.table_.sum(axis=1), 100)


def test_a_tighter_prior_keeps_the_coefficients_nearer_to_none():
    X = noise()
    X["B"] += 0.9 * X["A"].shift(1, fill_value=0.0)
    tight, loose = (TimeVaryingSpillover(prior="minnesota", gamma=gamma).fit(X) for gamma in (1e-6, 1.0))
    assert tight.to_["A"].iloc[20] < loose.to_["A"].iloc[20]


def test_training_rows_alone_make_the_prior():
    X = noise()
    changed = X.copy()
    changed.iloc[150:] = changed.iloc[150:].to_numpy()[::-1]
    one, two = (TimeVaryingSpillover(training=100).fit(each).total_ for each in (X, changed))
    np.testing.assert_allclose(one.iloc[:150], two.iloc[:150], atol=1e-10)
    assert (one.iloc[151:] != two.iloc[151:]).all()


def test_unstable_updates_are_held_and_counted():
    walk = noise().cumsum() ** 3
    fitted = TimeVaryingSpillover(prior="uninformative", kappa1=0.9, allow_levels=True).fit(walk)
    assert fitted.n_held_ == fitted.held_.sum() > 0
    assert fitted.total_.notna().all()


def test_intervals_do_not_depend_on_the_workers():
    fitted = TimeVaryingSpillover(replications=39, random_state=3).fit(noise(120))
    one, two = (fitted.set_params(n_jobs=jobs).intervals() for jobs in (1, 2))
    pd.testing.assert_frame_equal(one, two, check_exact=True)
    assert (one["lower"] <= one["upper"]).all()
    assert one["n"].iloc[-1] == 120
    assert (one["bias_corrected"] <= one["estimate"]).mean() > 0.9


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"kappa1": 0.0}, "kappa1=0.0 must lie above 0 and not above 1"),
        ({"kappa2": 1.5}, "kappa2=1.5"),
        ({"gamma": -1.0}, "gamma=-1.0 must lie above 0[.]"),
        ({"prior": "bays"}, "did you mean 'bayes'"),
        ({"method": "choleski"}, "did you mean 'cholesky'"),
        ({"training": 5}, "need at least 8 rows"),
    ],
)
def test_parameters_out_of_range(parameters, message):
    with pytest.raises(InputError, match=message):
        TimeVaryingSpillover(**parameters).fit(noise(60))


def test_collinear_columns_are_refused():
    X = noise(60)
    X["C"] = X["A"] + X["B"]
    with pytest.raises(InputError, match="collinear"):
        TimeVaryingSpillover().fit(X)


@pytest.mark.slow
def test_intervals_cover_a_constant_total():
    """Nominal 95 %, pointwise, no link at all: the true total is 0."""
    covered = []
    for seed in range(20):
        frame = TimeVaryingSpillover(replications=79).fit(noise(500, seed)).intervals().iloc[50:]
        covered.append((frame["lower"] <= 0).mean())
    assert np.mean(covered) > 0.93
