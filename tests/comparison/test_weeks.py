"""Draws of calendar weeks: the same for all, within their strata, and as wide as they should be."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupling.comparison.weeks import LOCAL, YEARLY, Scheme, draws_over, week_of


def test_a_week_ends_on_friday_at_midnight_utc() -> None:
    ends = pd.DatetimeIndex(["2024-08-03 00:00", "2024-08-03 00:01", "2024-08-09 23:59", "2024-08-10 00:00"], tz="UTC")
    weeks = week_of(ends.as_unit("ns").asi8)
    assert (weeks - weeks[0]).tolist() == [0, 1, 1, 1]


@given(st.integers(0, 50), st.integers(30, 300), st.integers(0, 10_000), st.sampled_from([YEARLY, LOCAL]))
def test_a_week_is_drawn_from_its_own_stratum(first: int, size: int, replication: int, scheme: Scheme) -> None:
    draws = draws_over(first, first + size - 1, scheme, seed=3)
    drawn = draws.draw(replication)
    assert len(drawn) == size
    for low, high in draws.strata:
        part = drawn[low - first : high - first + 1]
        assert part.min() >= low
        assert part.max() <= high
    assert sum(high - low + 1 for low, high in draws.strata) == size


def test_a_draw_hangs_on_seed_and_number_alone() -> None:
    one, two = (draws_over(0, 299, YEARLY, seed=seed) for seed in (1, 2))
    backwards = [one.draw(b) for b in (5, 3, 0)]
    assert np.array_equal(backwards[2], one.draw(0))
    assert not np.array_equal(one.draw(0), one.draw(1))
    assert not np.array_equal(one.draw(0), two.draw(0))


def test_no_stratum_crosses_a_date_of_change() -> None:
    cut = pd.Timestamp("2025-01-01", tz="UTC")
    week = int(week_of(np.array([cut.value]))[0])
    draws = draws_over(week - 100, week + 60, YEARLY, cuts=[cut], seed=0)
    assert any(low in (week, week + 1) for low, _ in draws.strata)
    pooled = draws_over(week - 100, week + 60, Scheme(None, 4), seed=0)
    assert len(pooled.strata) == 1


@pytest.mark.parametrize("scheme", [YEARLY, LOCAL, Scheme(None, 4)])
def test_the_mean_of_independent_weeks_varies_as_it_should(scheme: Scheme) -> None:
    """The variance of the mean of m independent weeks is s²/m: after inflation the draws give it."""
    rng = np.random.default_rng(5)
    shares = []
    for _ in range(25):
        values = rng.normal(size=312)
        draws = draws_over(0, 311, scheme, seed=int(rng.integers(1 << 30)))
        means = np.array([values[draws.draw(b)].mean() for b in range(120)])
        shares.append(means.var() * draws.inflation**2 / (1 / 312))
    assert np.mean(shares) == pytest.approx(1, abs=0.15)
