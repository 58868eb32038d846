from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from coupling.events.studies.dates import band_width, date_mean, flipped_t, sign_tests
from coupling.events.studies.episodes import effective_number, episodes_of


def responses(n=8, k=3, seed=0):
    return np.random.default_rng(seed).standard_t(5, size=(n, k)) + 0.5


def test_date_mean_is_scipys_t_test():
    values = responses()
    mean, error, n = date_mean(values)
    expected = stats.ttest_1samp(values, 0.0)
    np.testing.assert_allclose(mean / error, expected.statistic, rtol=1e-12)
    np.testing.assert_allclose(n, 8)


def test_sign_p_counts_all_patterns():
    values = responses(6, 1)
    signs = np.array(list(product((-1, 1), repeat=6)))
    exact = (np.abs(signs @ values[:, 0]) >= abs(values.sum()) - 1e-12).mean()
    p, smallest, _ = sign_tests(values)
    assert p[0] == pytest.approx(exact)
    assert smallest[0] == 2 / 2**6


def test_an_episode_without_an_answer_only_costs_that_instrument():
    values = responses(7, 2)
    values[3, 1] = np.nan
    p, smallest, _ = sign_tests(values)
    alone, floor, _ = sign_tests(np.delete(values, 3, axis=0)[:, 1:])
    assert p[1] == pytest.approx(alone[0])
    assert smallest.tolist() == [2 / 2**7, floor[0]]


def test_westfall_young_of_one_instrument_is_its_sign_p():
    values = responses(9, 1)
    np.testing.assert_allclose(sign_tests(values).joint, sign_tests(values).p)


def test_westfall_young_lies_between_the_single_p_and_bonferroni():
    values = responses(9, 4, seed=3)
    p, _, joint = sign_tests(values)
    assert (joint >= p - 1e-12).all()
    assert joint.min() <= 4 * p.min() + 1e-12


def test_two_identical_instruments_cost_nothing_jointly():
    values = np.repeat(responses(8, 1), 2, axis=1)
    np.testing.assert_allclose(sign_tests(values).joint, sign_tests(values).p)


def test_the_identity_is_among_the_patterns():
    values = responses(5, 2)
    flips, enumerated = flipped_t(values)
    mean, error, _ = date_mean(values)
    assert enumerated
    np.testing.assert_allclose(flips[0], mean / error)


def test_equal_responses_do_not_divide_by_zero():
    p, _, _ = sign_tests(np.full((6, 1), 2.0))
    assert p[0] == pytest.approx(2 / 2**6)
    assert np.isnan(sign_tests(np.full((1, 1), 2.0))[0][0])


def test_band_is_missing_where_no_pattern_reaches_the_level():
    paths = np.random.default_rng(0).normal(size=(5, 2, 4))
    assert np.isnan(band_width(paths, level=0.95)).all()  # 2/2^5 > 0.05
    wide = band_width(np.random.default_rng(0).normal(size=(8, 2, 4)), level=0.95)
    assert (wide >= stats.t.ppf(0.975, 7)).all()


@given(st.lists(st.integers(0, 400), min_size=1, max_size=25), st.integers(0, 6), st.integers(0, 12))
@settings(max_examples=60, deadline=None)
def test_windows_of_different_episodes_share_no_session(positions, before, after):
    places = np.sort(np.array(positions))
    episode = episodes_of(places, (-before, after))
    for left, right in zip(range(len(places) - 1), range(1, len(places)), strict=True):
        overlap = places[left] + after >= places[right] - before
        assert (episode[left] == episode[right]) == overlap
    assert episode[0] == 0
    assert (np.diff(episode) >= 0).all()


def test_effective_number():
    assert effective_number(np.array([2.0, -2.0, 2.0, np.nan])) == pytest.approx(3.0)
    assert effective_number(np.array([100.0, 1.0, 1.0])) == pytest.approx(1.0, abs=0.01)
    assert np.isnan(effective_number(np.zeros(3)))
