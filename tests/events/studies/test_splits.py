from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from coupling.events.studies.splits import compare_groups, group_patterns


def test_welch_is_scipys():
    values = np.random.default_rng(0).normal(size=15)
    later = np.arange(15) >= 9
    (answer,) = compare_groups(values[:, None], later, level=0.95, random_state=0)
    expected = stats.ttest_ind(values[later], values[~later], equal_var=False)
    interval = expected.confidence_interval(0.95)
    assert answer["p_value"] == pytest.approx(expected.pvalue)
    assert (answer["lower"], answer["upper"]) == pytest.approx((interval.low, interval.high))
    assert answer["estimate"] == pytest.approx(answer["after"] - answer["before"])
    assert (answer["n_before"], answer["n_after"]) == (9, 6)


def test_permutations_are_enumerated_when_few():
    values = np.array([1.0, 1.1, 0.9, 5.0, 5.1, 4.9])
    (answer,) = compare_groups(values[:, None], np.arange(6) >= 3, level=0.95, random_state=0)
    assert answer["smallest_permutation_p"] == pytest.approx(1 / 20)
    assert answer["permutation_p"] == pytest.approx(2 / 20)  # the split itself and its mirror


def test_one_episode_on_a_side_gives_no_interval():
    (answer,) = compare_groups(
        np.array([[1.0], [2.0], [3.0], [np.nan]]), np.array([False, False, True, True]), level=0.95, random_state=0
    )
    assert answer["n_after"] == 1
    assert np.isnan(answer["lower"])
    assert answer["estimate"] == pytest.approx(1.5)


def test_random_patterns_have_the_right_size():
    patterns, enumerated = group_patterns(30, 12, replications=200, random_state=0)
    assert not enumerated
    assert (patterns.sum(axis=1) == 12).all()
