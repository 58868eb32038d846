from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import permutation_test

from coupling.errors import InputError
from coupling.inference import randomisation_p_value, sign_flip, sign_patterns, smallest_sign_p


@given(st.integers(1, 10))
def test_all_patterns_once_identity_first(n):
    patterns, enumerated = sign_patterns(n)
    assert enumerated
    assert (patterns[0] == 1).all()
    assert {tuple(p) for p in patterns.tolist()} == set(product([1, -1], repeat=n))
    assert len(patterns) == 2**n


def test_agrees_with_scipy_exactly():
    x = np.random.default_rng(0).normal(0.6, 1, size=9)

    def t(values, axis):
        return values.mean(axis=axis) / values.std(axis=axis, ddof=1)

    peer = permutation_test((x,), t, permutation_type="samples", n_resamples=np.inf, vectorized=True)
    assert sign_flip(x).p_value == pytest.approx(peer.pvalue, abs=1e-12)
    one = permutation_test(
        (x,), t, permutation_type="samples", n_resamples=np.inf, vectorized=True, alternative="greater"
    )
    assert sign_flip(x, alternative="greater").p_value == pytest.approx(one.pvalue, abs=1e-12)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=9))
def test_p_value_is_never_below_the_smallest(values):
    result = sign_flip(values)
    assert result.smallest_p <= result.p_value <= 1
    assert result.smallest_p == smallest_sign_p(len(values)) == 2 / 2 ** len(values)


def test_drawn_patterns_say_what_they_can_reach():
    x = np.random.default_rng(0).normal(5, 1, size=20)
    result = sign_flip(x, replications=999)
    assert result.p_value == result.smallest_p == 0.001


def test_randomisation_adds_the_observed_one():
    assert randomisation_p_value(3.0, np.zeros(99)) == 0.01
    assert randomisation_p_value(3.0, [3.0, 0.0], enumerated=True) == 0.5
    assert randomisation_p_value(-3.0, [1.0, -4.0, np.nan], alternative="less") == pytest.approx(2 / 3)
    assert np.isnan(randomisation_p_value(np.nan, [1.0]))
    assert np.isnan(randomisation_p_value(1.0, [np.nan]))


@pytest.mark.slow
def test_size_holds_when_events_raise_the_variance():
    rng = np.random.default_rng(1)
    rejections = sum(sign_flip(rng.normal(size=7) * rng.choice([1, 5], size=7)).p_value <= 0.05 for _ in range(2000))
    assert rejections / 2000 <= 0.06


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sign_flip([1.0]), "at least 2 values, not 1"),
        (lambda: sign_patterns(0), "at least one value"),
        (lambda: randomisation_p_value(1.0, [1.0], alternative="bigger"), "Unknown alternative 'bigger'"),
    ],
)
def test_errors_say_what_to_do(call, message):
    with pytest.raises(InputError, match=message):
        call()
