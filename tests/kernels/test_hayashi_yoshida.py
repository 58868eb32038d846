"""The compiled loops against double loops over all intervals, written from the formula."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coupling.kernels.hayashi_yoshida import (
    HayashiYoshidaLeg,
    overlaps,
    rolling_sums,
    shifted_replicates,
    weekly_jackknife,
)

DAY = 86_400_000_000_000
WEEK = 7 * DAY


def make_leg(rng, size, *, gaps=False):
    times = np.sort(rng.choice(np.arange(1, 40 * size), size + 1, replace=False)) * (DAY // 24)
    leg = HayashiYoshidaLeg(times[:-1], times[1:], rng.standard_normal(size))
    kept = rng.random(size) > 0.2 if gaps else np.ones(size, dtype=bool)
    return HayashiYoshidaLeg(leg.start[kept], leg.end[kept], leg.change[kept])


def overlap_matrix(left, right):
    return (left.start[:, None] < right.end) & (right.start < left.end[:, None])


def inside(leg, begin, finish):
    return (leg.start >= begin) & (leg.end <= finish)


def brute_sums(left, right, relation, begin, finish):
    a, b = inside(left, begin, finish), inside(right, begin, finish)
    linked = relation & a[:, None] & b
    product = sum(left.change[i] * right.change[j] for i, j in zip(*linked.nonzero(), strict=True))
    return product, (left.change[a] ** 2).sum(), (right.change[b] ** 2).sum(), linked.sum()


def windows(rng, left, right, count=12):
    last = max(left.end[-1], right.end[-1])
    closes = np.sort(rng.integers(0, last + DAY, count))
    return closes - int(rng.integers(1, last)), closes


@pytest.mark.thorough
@given(seed=st.integers(0, 10_000), size=st.integers(1, 25), other=st.integers(1, 25), gaps=st.booleans())
@settings(max_examples=60, deadline=None)
def test_rolling_sums_equal_the_double_loop(seed, size, other, gaps):
    rng = np.random.default_rng(seed)
    left, right = make_leg(rng, size, gaps=gaps), make_leg(rng, other)
    if not len(left.start):
        return
    opens, closes = windows(rng, left, right)
    sums = rolling_sums(left, right, opens, closes)
    relation = overlap_matrix(left, right)
    for k, (begin, finish) in enumerate(zip(opens, closes, strict=True)):
        expected = brute_sums(left, right, relation, begin, finish)
        assert sums.product[k] == pytest.approx(expected[0], abs=1e-12)
        assert sums.left_square[k] == pytest.approx(expected[1], rel=1e-12)
        assert sums.right_square[k] == pytest.approx(expected[2], rel=1e-12)
        assert sums.overlaps[k] == expected[3]


@given(seed=st.integers(0, 10_000), neighbours=st.integers(0, 3))
@settings(max_examples=40, deadline=None)
def test_overlaps_equal_the_matrix_and_are_symmetric(seed, neighbours):
    rng = np.random.default_rng(seed)
    left, right = make_leg(rng, 12), make_leg(rng, 7)
    matrix = overlap_matrix(left, right)
    near = np.zeros_like(matrix)
    for i, j in zip(*matrix.nonzero(), strict=True):
        near[max(i - neighbours, 0) : i + neighbours + 1, j] = True
        near[i, max(j - neighbours, 0) : j + neighbours + 1] = True
    for one, other, expected in ((left, right, near), (right, left, near.T)):
        first, stop = overlaps(one, other, neighbours)
        places = np.arange(len(other.start))
        np.testing.assert_array_equal((places >= first[:, None]) & (places < stop[:, None]), expected)


def weeks_back(leg, finish):
    """Calendar weeks back from the one that holds the close; each ends with Friday (UTC)."""
    friday = [pd.Timestamp(int(end) - 1, unit="ns").to_period("W-FRI").ordinal for end in [*leg.end, finish]]
    return friday[-1] - np.array(friday[:-1])


def delete_week_by_week(left, right, relation, begin, finish):
    """Return the standard error from correlations computed anew without each week."""
    week = [weeks_back(leg, finish) for leg in (left, right)]
    last = max(week[0].max(), week[1].max())
    estimates = []
    linked = relation & inside(left, begin, finish)[:, None] & inside(right, begin, finish)
    later = np.minimum(week[0][:, None], week[1])
    for deleted in range(last + 1):
        a = inside(left, begin, finish) & (week[0] != deleted)
        b = inside(right, begin, finish) & (week[1] != deleted)
        if (linked & (later == deleted)).any():
            product = left.change @ (linked & (later != deleted)) @ right.change
            estimates.append(product / np.sqrt((left.change[a] ** 2).sum() * (right.change[b] ** 2).sum()))
    weeks = len(estimates)
    return np.sqrt((weeks - 1) / weeks * ((estimates - np.mean(estimates)) ** 2).sum()), weeks


@pytest.mark.thorough
@pytest.mark.parametrize("neighbours", [0, 2])
def test_jackknife_equals_estimating_anew_without_each_week(neighbours):
    rng = np.random.default_rng(3)
    left, right = make_leg(rng, 80), make_leg(rng, 120)
    closes = np.array([70, 100, 130]) * DAY
    opens = closes - 65 * DAY
    sums, error, used = weekly_jackknife(left, right, opens, closes, neighbours=neighbours)
    first, stop = overlaps(left, right, neighbours)
    places = np.arange(len(right.start))
    relation = (places >= first[:, None]) & (places < stop[:, None])
    for k in range(3):
        assert sums.product[k] == pytest.approx(brute_sums(left, right, relation, opens[k], closes[k])[0], abs=1e-12)
        expected, weeks = delete_week_by_week(left, right, relation, opens[k], closes[k])
        assert error[k] == pytest.approx(expected, rel=1e-10)
        assert used[k] == 9
        assert weeks in (9, 10)


def test_drift_is_removed_in_proportion_to_elapsed_time():
    rng = np.random.default_rng(4)
    left, right = make_leg(rng, 60), make_leg(rng, 60)
    opens, closes = np.array([0]), np.array([200 * DAY])
    drifting = HayashiYoshidaLeg(left.start, left.end, left.change + 3e-14 * (left.end - left.start))
    plain, _, _ = weekly_jackknife(left, right, opens, closes, remove_drift=True)
    moved, _, _ = weekly_jackknife(drifting, right, opens, closes, remove_drift=True)
    assert moved.correlation == pytest.approx(plain.correlation, rel=1e-9)
    slope = left.change.sum() / (left.end[-1] - left.start[0])
    assert plain.left_square[0] == pytest.approx(((left.change - slope * (left.end - left.start)) ** 2).sum())


def test_rolling_and_direct_sums_agree():
    rng = np.random.default_rng(5)
    left, right = make_leg(rng, 300), make_leg(rng, 200)
    closes = np.arange(30, 300) * DAY
    fast = rolling_sums(left, right, closes - 45 * DAY, closes)
    direct, _, _ = weekly_jackknife(left, right, closes - 45 * DAY, closes)
    np.testing.assert_allclose(fast.correlation, direct.correlation, atol=1e-13)
    np.testing.assert_array_equal(fast.overlaps, direct.overlaps)


def test_a_window_without_movement_gives_zero_squares_after_a_huge_change():
    times = np.arange(50) * DAY
    change = np.r_[1.0, 1e-9, np.zeros(47)]
    leg = HayashiYoshidaLeg(times[:-1], times[1:], change)
    other = HayashiYoshidaLeg(times[:-1], times[1:], np.ones(49))
    closes = np.arange(10, 50) * DAY
    sums = rolling_sums(leg, other, closes - 5 * DAY, closes)
    assert (sums.left_square == 0).all()
    assert np.isnan(sums.correlation).all()


def test_one_week_that_holds_all_movement_leaves_the_error_missing():
    times = np.arange(101) * DAY
    change = np.zeros(100)
    change[50] = 1.0
    leg = HayashiYoshidaLeg(times[:-1], times[1:], change)
    other = HayashiYoshidaLeg(times[:-1], times[1:], np.random.default_rng(0).standard_normal(100))
    _, error, used = weekly_jackknife(leg, other, np.array([0]), np.array([100 * DAY]))
    assert np.isnan(error[0])
    assert used[0] == 14


def test_a_shift_moves_the_right_leg_later():
    times = np.arange(6) * DAY
    left = HayashiYoshidaLeg(times[:-1], times[1:], np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    right = HayashiYoshidaLeg(times[:-1], times[1:], np.array([1.0, 10.0, 100.0, 1000.0, 10000.0]))
    correlation, count, _ = shifted_replicates(left, right, np.array([-DAY, 0, DAY, 9 * DAY]))
    later = (2 * 1 + 3 * 10 + 4 * 100 + 5 * 1000) / np.sqrt((4 + 9 + 16 + 25) * (1 + 1e2 + 1e4 + 1e6))
    assert correlation[2] == pytest.approx(later, rel=1e-12)
    assert count.tolist() == [4, 5, 4, 0]
    assert np.isnan(correlation[3])


def test_replicates_give_the_error_of_the_jackknife():
    rng = np.random.default_rng(8)
    left, right = make_leg(rng, 200), make_leg(rng, 150)
    correlation, count, replicates = shifted_replicates(left, right, np.array([0]))
    opens, closes = max(left.start[0], right.start[0]), min(left.end[-1], right.end[-1])
    sums, error, used = weekly_jackknife(left, right, np.array([opens]), np.array([closes]))
    assert correlation[0] == sums.correlation[0]
    assert count[0] == sums.overlaps[0]
    weeks = len(replicates)
    assert weeks - 2 <= used[0] <= weeks
    assert np.sqrt((weeks - 1) * replicates.var()) == pytest.approx(error[0], rel=1e-10)


@pytest.mark.parametrize("neighbours", [0, 2])
@pytest.mark.parametrize("remove_drift", [False, True])
@pytest.mark.parametrize("size", [(3, 4), (40, 25), (120, 300)])
def test_arrays_answer_as_the_loops_do(
    size: tuple[int, int], remove_drift: bool, neighbours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(sum(size))
    left, right = make_leg(rng, size[0], gaps=True), make_leg(rng, size[1])
    opens, closes = windows(rng, left, right, 40)
    shifts = np.sort(rng.integers(-9 * DAY, 9 * DAY, 30))
    answers = []
    for most in (10**9, -1):
        monkeypatch.setattr("coupling.kernels.hayashi_yoshida.SMALL", most)
        totals, error, used = weekly_jackknife(
            left, right, opens, closes, neighbours=neighbours, remove_drift=remove_drift
        )
        rolled = rolling_sums(left, right, opens, closes)
        answers.append([*vars(totals).values(), error, used, *vars(rolled).values()])
        answers[-1] += [*overlaps(left, right, neighbours), *shifted_replicates(left, right, shifts)]
    for one, other in zip(*answers, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-12)


def test_a_shift_that_changes_no_overlap_is_what_it_would_be_alone() -> None:
    rng = np.random.default_rng(2)
    left, right = make_leg(rng, 60), make_leg(rng, 80)
    shifts = np.arange(-30, 31) * (DAY // 96)
    correlation, count, without = shifted_replicates(left, right, shifts)
    assert len(np.unique(correlation)) < len(shifts)
    for k, shift in enumerate(shifts):
        moved = HayashiYoshidaLeg(right.start + shift, right.end + shift, right.change)
        opens, closes = max(left.start[0], moved.start[0]), min(left.end[-1], moved.end[-1])
        sums, error, _ = weekly_jackknife(left, moved, np.array([opens]), np.array([closes]))
        assert correlation[k] == pytest.approx(sums.correlation[0], rel=1e-12)
        assert count[k] == sums.overlaps[0]
        used = without[:, k][without[:, k] != correlation[k]]
        weeks = len(used)
        spread = ((used - used.mean()) ** 2).sum() * (weeks - 1) / weeks
        assert np.sqrt(spread) == pytest.approx(error[0], rel=0.05)
