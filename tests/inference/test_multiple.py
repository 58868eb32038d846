from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from coupling.errors import InputError
from coupling.inference import MaxT, adjust_p_values, max_t_quantile, westfall_young

# R 4.2.2: p.adjust(c(0.01, 0.02, 0.03, 0.5), "holm") and "BY"
P_VALUES = [0.01, 0.02, 0.03, 0.5]


def test_holm_and_by_by_hand():
    np.testing.assert_allclose(adjust_p_values(P_VALUES), [0.04, 0.06, 0.06, 0.5])
    harmonic = 1 + 1 / 2 + 1 / 3 + 1 / 4
    expected = [0.04 * harmonic, 0.04 * harmonic, 0.04 * harmonic, 1.0]
    np.testing.assert_allclose(adjust_p_values(P_VALUES, method="benjamini_yekutieli"), expected)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
@settings(max_examples=15)
def test_adjusted_p_values_are_those_of_statsmodels(p_values):
    for ours, theirs in (("holm", "holm"), ("benjamini_yekutieli", "fdr_by")):
        expected = multipletests(p_values, method=theirs)[1]
        np.testing.assert_allclose(adjust_p_values(p_values, method=ours), expected, atol=1e-300)


def test_missing_p_values_do_not_count():
    np.testing.assert_allclose(adjust_p_values([np.nan, 0.02, 0.03]), [np.nan, 0.04, 0.04])
    assert np.isnan(adjust_p_values([np.nan])).all()


def test_westfall_young_by_hand():
    # statistics 3, 2, 1; the maxima over all, over the last two and over the last one of each draw
    draws = np.array([[0.0, 2.5, 0.5], [3.5, 0.0, 0.0], [1.0, 1.0, 1.5], [0.2, 0.1, 0.3]])
    np.testing.assert_allclose(westfall_young([3, 2, 1], draws), [2 / 5, 2 / 5, 2 / 5])
    np.testing.assert_allclose(westfall_young([3, 2, 1], draws, step_down=False), [2 / 5, 3 / 5, 4 / 5])
    np.testing.assert_allclose(westfall_young([3, 2, 1], draws, enumerated=True), [1 / 4, 1 / 4, 1 / 4])


@given(st.integers(0, 500))
def test_order_of_the_tests_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    t, draws = rng.normal(size=5), rng.normal(size=(50, 5))
    order = rng.permutation(5)
    np.testing.assert_allclose(westfall_young(t[order], draws[:, order]), westfall_young(t, draws)[order])
    assert (westfall_young(t, draws) <= westfall_young(t, draws, step_down=False) + 1e-12).all()


def test_missing_statistic_stays_missing():
    np.testing.assert_allclose(westfall_young([np.nan, 3.0], [[9.0, 1.0], [9.0, 4.0]]), [np.nan, 2 / 3])


@pytest.mark.slow
def test_family_error_is_held_under_dependence():
    rng = np.random.default_rng(0)
    root = np.linalg.cholesky(0.8 * np.ones((5, 5)) + 0.2 * np.eye(5))
    false = sum(
        (westfall_young(root @ rng.normal(size=5), rng.normal(size=(399, 5)) @ root.T) <= 0.05).any()
        for _ in range(2000)
    )
    assert false / 2000 == pytest.approx(0.05, abs=0.015)


def test_max_t_quantile_of_independent_normals():
    draws = np.random.default_rng(0).normal(size=(200_000, 3))
    # (2 Phi(c) - 1)^3 = .95 gives c = 2.3877
    assert max_t_quantile(draws) == pytest.approx(2.3877, abs=0.02)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: adjust_p_values([0.1], method="bonferroni"), "Unknown method 'bonferroni'"),
        (lambda: adjust_p_values([1.2]), "between 0 and 1"),
        (lambda: westfall_young([1.0, 2.0], [[1.0]]), "one column per test"),
        (lambda: max_t_quantile([[1.0]], level=2), "level=2 must lie"),
    ],
)
def test_errors_say_what_to_do(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_max_t_of_independent_estimates_is_sidak_with_student_tails() -> None:
    from scipy import stats

    blocks = np.eye(3).repeat(20, axis=0) * np.tile([1.0, -1.0], 30)[:, None]  # each block moves one estimate alone
    adjusted = MaxT(blocks, freedom=1e6).adjusted([0.01, 0.02, 0.9])
    want = [1 - 0.99**3, 1 - 0.98**2, 0.9]  # Šidák, step by step
    np.testing.assert_allclose(adjusted, want, atol=0.004)
    few = MaxT(blocks, freedom=9).adjusted([0.01, 0.9, 0.95])[0]
    size = stats.t.ppf(0.995, 9)  # over a common chi variable, by numerical integration
    grid = np.linspace(1e-4, 1 - 1e-4, 4001)
    chi = np.sqrt(stats.chi2.ppf(grid, 9) / 9)
    assert few == pytest.approx(1 - np.mean((2 * stats.norm.cdf(size * chi) - 1) ** 3), abs=0.003)


def test_max_t_of_one_estimate_in_many_guises_adjusts_nothing_and_never_beyond_holm() -> None:
    rng = np.random.default_rng(1)
    one = rng.standard_normal((70, 1))
    tied = MaxT(one @ np.array([[1.0, -2.0, 0.5]]), freedom=69)
    np.testing.assert_allclose(tied.adjusted([0.03, 0.04, 0.2]), [0.03, 0.04, 0.2], atol=0.006)
    loose = MaxT(rng.standard_normal((70, 4)), freedom=69)
    p = np.array([1e-9, 0.012, np.nan, 0.4])
    adjusted = loose.adjusted(p)
    np.testing.assert_array_equal(np.isnan(adjusted), np.isnan(p))
    known = ~np.isnan(p)
    assert (adjusted[known] >= p[known]).all()
    assert (adjusted[known] <= adjust_p_values(p)[known]).all()
    assert MaxT(np.zeros((5, 1)), freedom=4).adjusted([0.0]).tolist() == [0.0], "no block weighs on it"
