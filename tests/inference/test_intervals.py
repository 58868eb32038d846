from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import bootstrap as scipy_bootstrap

from coupling.errors import InputError
from coupling.inference import basic_interval, bca_interval, percentile_t_interval


@pytest.fixture(scope="module")
def sample():
    return np.random.default_rng(1).exponential(size=40)


def draws(x: np.ndarray, replications: int = 20_000) -> np.ndarray:
    rng = np.random.default_rng(2)
    return x[rng.integers(len(x), size=(replications, len(x)))]


@pytest.mark.parametrize("name", ["basic", "bca"])
def test_agrees_with_scipy(sample, name):
    peer = scipy_bootstrap((sample,), np.mean, n_resamples=20_000, method=name, rng=np.random.default_rng(3))
    replicates = draws(sample).mean(axis=1)
    if name == "basic":
        ours = basic_interval(sample.mean(), replicates)
    else:
        ours = bca_interval(sample.mean(), replicates, (sample.sum() - sample) / (len(sample) - 1))
    width = peer.confidence_interval.high - peer.confidence_interval.low
    np.testing.assert_allclose(ours, peer.confidence_interval, atol=0.03 * width)


def test_bca_equals_scipy_on_the_same_replicates(sample):
    replicates = draws(sample, 999).mean(axis=1)
    given = scipy_bootstrap((sample,), np.mean, n_resamples=1, method="bca", bootstrap_result=_given(replicates))
    ours = bca_interval(sample.mean(), replicates, (sample.sum() - sample) / (len(sample) - 1))
    np.testing.assert_allclose(ours, given.confidence_interval, atol=2 * np.diff(np.sort(replicates)[-60:]).max())


class _given:  # noqa: N801
    def __init__(self, replicates):
        self.bootstrap_distribution = replicates


def test_percentile_t_of_a_mean_covers_a_skewed_truth():
    rng = np.random.default_rng(7)
    hits = {"t": 0, "basic": 0}
    for _ in range(300):
        x = rng.exponential(size=20)
        rows = x[rng.integers(20, size=(500, 20))]
        error = x.std(ddof=1) / np.sqrt(20)
        t = (rows.mean(axis=1) - x.mean()) / (rows.std(axis=1, ddof=1) / np.sqrt(20))
        low, high = percentile_t_interval(x.mean(), error, t)
        hits["t"] += int(low < 1 < high)
        low, high = basic_interval(x.mean(), rows.mean(axis=1))
        hits["basic"] += int(low < 1 < high)
    assert hits["t"] / 300 == pytest.approx(0.95, abs=0.03)
    assert hits["basic"] < hits["t"]


def test_paths_are_done_in_one_call(sample):
    replicates = draws(sample, 500)[:, :6].reshape(500, 2, 3)
    estimate = np.full((2, 3), 1.0)
    jackknife = np.broadcast_to(((sample.sum() - sample) / 39)[:, None, None], (40, 2, 3))
    low, high = bca_interval(estimate, replicates, jackknife)
    one = bca_interval(1.0, replicates[:, 1, 2], jackknife[:, 1, 2])
    assert low.shape == (2, 3)
    np.testing.assert_allclose((low[1, 2], high[1, 2]), one)


def test_bca_is_missing_where_all_replicates_lie_on_one_side():
    low, high = bca_interval(0.0, [1.0, 2.0, 3.0], [0.1, 0.2])
    assert np.isnan(low)
    assert np.isnan(high)


def test_level_outside_zero_and_one_is_refused():
    with pytest.raises(InputError, match=r"level=95 must lie between 0 and 1"):
        basic_interval(0.0, [1.0, 2.0], level=95)
