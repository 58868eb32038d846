from __future__ import annotations

import json

import numpy as np
import pytest
from arch.bootstrap import CircularBlockBootstrap, optimal_block_length
from hypothesis import given
from hypothesis import strategies as st

from coupling.errors import InputError
from coupling.inference import (
    block_indices,
    block_length,
    bootstrap_correlation,
    bootstrap_means,
    bootstrap_statistic,
    correlation_from_means,
    generators,
)


def correlation(rows: np.ndarray) -> float:
    return float(np.corrcoef(rows.T)[0, 1])


def test_block_length_of_dmbp(shared):
    folder = shared / "reference" / "estimators"
    expected = json.loads((folder / "answers.json").read_text())["entries"]["politis_white_block_dmbp"]["value"]
    r = np.loadtxt(folder / "data" / "dmbp.csv", delimiter=",", skiprows=1)[:, 0]
    for scheme in ("stationary", "circular"):
        assert block_length(r**2, scheme=scheme) == pytest.approx(expected["r_squared"][scheme], abs=1e-6)
        # below one row there is nothing to choose: a block has at least one row
        assert block_length(r, scheme=scheme) == pytest.approx(max(1.0, expected["r"][scheme]), abs=1e-6)


@pytest.mark.parametrize("seed", range(12))
def test_block_length_is_that_of_arch(seed):
    rng = np.random.default_rng(seed)
    x = rng.standard_t(3, size=int(rng.integers(10, 1500)))
    x = (x, x.cumsum(), np.convolve(x, np.ones(9), "same"))[seed % 3]
    expected = optimal_block_length(x).iloc[0]
    for scheme in ("circular", "stationary"):
        assert block_length(x, scheme=scheme) == pytest.approx(max(1.0, expected[scheme]), rel=1e-9)


def test_block_length_is_the_longest_over_the_columns():
    x = np.random.default_rng(0).normal(size=(400, 2))
    x[:, 1] = np.convolve(x[:, 1], np.ones(20), mode="same")
    assert block_length(x) == pytest.approx(optimal_block_length(x)["circular"].max())
    assert block_length(np.ones(50)) == 1


@given(st.integers(2, 60), st.floats(1, 60), st.sampled_from(["circular", "stationary"]), st.integers(0, 99))
def test_rows_come_in_wrapped_blocks(n, block, scheme, seed):
    block = min(block, n)
    rows = block_indices(n, block=block, replications=3, scheme=scheme, random_state=seed)
    assert rows.shape == (3, n)
    assert rows.min() >= 0
    assert rows.max() < n
    breaks = (np.diff(rows, axis=1) % n != 1 % n).sum(axis=1)
    if scheme == "circular":
        assert (breaks < np.ceil(n / np.ceil(block))).all()


def test_mean_length_of_stationary_blocks():
    rows = block_indices(5000, block=25, replications=40, scheme="stationary", random_state=3)
    breaks = (np.diff(rows, axis=1) % 5000 != 1).sum()
    assert rows.size / (breaks + 40) == pytest.approx(25, rel=0.05)


@pytest.mark.thorough
@pytest.mark.parametrize("scheme", ["circular", "stationary"])
@pytest.mark.parametrize("n_jobs", [1, pytest.param(2, marks=pytest.mark.processes)])
def test_same_numbers_with_any_number_of_workers_and_by_block_sums(scheme, n_jobs):
    x = np.random.default_rng(0).normal(size=(90, 2))
    kwargs = {"block": 7, "replications": 600, "scheme": scheme, "random_state": 11}
    gathered = bootstrap_statistic(x, correlation, n_jobs=n_jobs, **kwargs)
    np.testing.assert_allclose(bootstrap_correlation(x, **kwargs), gathered, rtol=1e-10)
    rows = block_indices(90, **kwargs)
    np.testing.assert_allclose(bootstrap_means(x, **kwargs), x[rows].mean(axis=1), atol=1e-14)


def test_more_replications_begin_with_the_same_ones():
    x = np.random.default_rng(0).normal(size=(50, 2))
    few = bootstrap_correlation(x, block=4, replications=500, random_state=1)
    many = bootstrap_correlation(x, block=4, replications=1000, random_state=1)
    np.testing.assert_array_equal(few, many[:500])


def test_distribution_agrees_with_arch():
    rng = np.random.default_rng(5)
    x = rng.standard_t(5, size=(300, 2)) @ np.array([[1, 0.5], [0, 1]])
    ours = bootstrap_correlation(x, block=8, replications=6000, random_state=2)
    peer = CircularBlockBootstrap(8, x, seed=3).apply(correlation, 6000)[:, 0]
    assert ours.mean() == pytest.approx(peer.mean(), abs=4 * peer.std() / np.sqrt(3000))
    assert ours.std() == pytest.approx(peer.std(), rel=0.05)


@given(st.floats(1e-150, 1e150), st.floats(1e-150, 1e150))
def test_scale_changes_nothing(first, second):
    x = np.random.default_rng(0).normal(size=(40, 2))
    base = bootstrap_correlation(x, block=4, replications=20)
    np.testing.assert_allclose(bootstrap_correlation(x * [first, second], block=4, replications=20), base, atol=1e-9)


def test_constant_column_gives_missing_values():
    x = np.column_stack([np.ones(20), np.arange(20.0)])
    assert np.isnan(bootstrap_correlation(x, block=2, replications=5)).all()
    assert np.isnan(correlation_from_means(np.array([1.0, 0.0, 1.0, 1.0, 0.0])))


def test_generators_do_not_depend_on_earlier_calls():
    seed = np.random.SeedSequence(4)
    first, second = (generators(seed, 3)[2].integers(1 << 30) for _ in range(2))
    assert first == second == generators(4, 5)[2].integers(1 << 30)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: block_indices(10, block=11, replications=1), "1 to 10 rows"),
        (lambda: block_indices(10, block=2, replications=1, scheme="moving"), "Unknown block scheme 'moving'"),
        (lambda: bootstrap_correlation(np.ones((5, 3))), "two columns"),
        (lambda: bootstrap_correlation(np.array([[1.0, np.nan], [2.0, 1.0]])), "finite values"),
    ],
)
def test_errors_say_what_to_do(call, message):
    with pytest.raises(InputError, match=message):
        call()
