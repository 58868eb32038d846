"""The sums by week against the compiled jackknife, and against leaving weeks out by hand."""

from fractions import Fraction

import numpy as np
import pytest

from coupling.kernels.hayashi_yoshida import DAY, WEEK, HayashiYoshidaLeg, week_end, weekly_jackknife
from coupling.kernels.weekly_terms import weekly_terms


def leg(rng, hour, days=200):
    times = np.arange(days) * DAY + hour * (DAY // 24)
    times = times[rng.random(days) > 0.2]
    return HayashiYoshidaLeg(times[:-1], times[1:], rng.standard_normal(len(times) - 1))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("options", [{}, {"neighbours": 1}, {"remove_drift": True}])
def test_estimate_error_and_weeks_are_those_of_the_jackknife(seed, options):
    rng = np.random.default_rng(seed)
    left, right = leg(rng, 6), leg(rng, 21)
    opens, closes = 11 * DAY + 5, 163 * DAY
    sums, error, weeks = weekly_jackknife(left, right, np.array([opens]), np.array([closes]), **options)
    terms = weekly_terms(left, right, opens, closes, **options)
    assert terms.estimate == pytest.approx(sums.correlation[0], rel=1e-12)
    assert terms.error == pytest.approx(error[0], rel=1e-12)
    assert (terms.weeks, terms.overlaps.sum()) == (weeks[0], sums.overlaps[0])


def test_weeks_of_pairs_are_the_same_ones_and_can_be_left_out():
    rng = np.random.default_rng(5)
    left, right = leg(rng, 6), leg(rng, 21)
    friday = int(week_end(np.array([190 * DAY]))[0])
    terms = weekly_terms(left, right, 0, 160 * DAY, friday=friday)
    late = (friday - 160 * DAY) // WEEK
    assert not terms.used[:late].any()
    assert terms.used[late + 1]
    week = late + 3
    rest = terms.without(week)
    kept = np.arange(len(terms.product)) != week
    by_hand = terms.product[kept].sum() / np.sqrt(terms.left_square[kept].sum() * terms.right_square[kept].sum())
    assert rest.estimate == pytest.approx(by_hand, rel=1e-12)
    # the deviation is the jackknife's: mean of the values left out less that of the week, scaled
    every = np.array([terms.without(int(k)).estimate for k in np.flatnonzero(terms.used)])
    scale = np.sqrt((len(every) - 1) / len(every))
    np.testing.assert_allclose(terms.deviations[terms.used], (every.mean() - every) * scale, rtol=1e-9)
    assert terms.reaching(60).estimate == pytest.approx(terms.estimate, rel=1e-9)
    assert terms.reaching(60).error == pytest.approx(terms.error, rel=1e-9)


def test_without_anything_in_the_window_all_is_missing():
    rng = np.random.default_rng(5)
    terms = weekly_terms(leg(rng, 6), leg(rng, 21), 900 * DAY, 950 * DAY)
    assert np.isnan(terms.estimate)
    assert terms.weeks == 0


@pytest.mark.parametrize("place", [0, 60, 61, 62, 63, 64, -1])
def test_one_change_beyond_all_others_leaves_the_other_weeks_exact(place):
    rng = np.random.default_rng(7)
    left, right = leg(rng, 6), leg(rng, 21)
    left.change[place] = 1e9
    terms = weekly_terms(left, right, 0, 203 * DAY)
    used = np.flatnonzero(terms.used)
    sums = [[Fraction(value) for value in part] for part in (terms.product, terms.left_square, terms.right_square)]
    without = []
    for week in used:
        product, *squares = (sum(part) - part[week] for part in sums)
        without.append(float(product) / np.sqrt(float(squares[0]) * float(squares[1])))
    expected = np.sqrt((len(used) - 1) / len(used) * ((without - np.mean(without)) ** 2).sum())
    assert terms.error == pytest.approx(expected, rel=1e-12)
    window = np.array([0]), np.array([203 * DAY])
    assert weekly_jackknife(left, right, *window)[1][0] == pytest.approx(expected, rel=1e-11)
