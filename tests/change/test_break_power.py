"""What a break test could have seen: against the test itself on samples of another generator, and its limits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coupling.change.break_power import break_power
from coupling.change.correlation_break import CorrelationBreak
from coupling.change.page.breaks import seen
from coupling.volatility import standardize_ewma
from tests.change.test_date_sets import broken


def found(rows: int, at: int, rho: tuple[float, float], draws: int) -> float:
    """Return the share of samples with a break in which the test on standardised changes rejects."""
    hits = 0
    for seed in range(draws):
        x = pd.DataFrame(broken(np.random.default_rng([5, seed]), rows + 20, at + 20, rho))
        hits += CorrelationBreak(standardize="ewma", max_breaks=0).fit(x).p_value_ < 0.05
    return hits / draws


def sample(rows: int, rho: float, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).multivariate_normal([0, 0], [[1, rho], [rho, 1]], rows)


def test_the_change_that_was_asked_of_the_page_is_found_in_less_than_half_of_samples() -> None:
    """.25 to .46 at row 2,517 of 2,926 was found in 43 of 150 samples of t5 changes with stochastic volatility."""
    told = break_power(sample(2926, 0.25 + 0.21 * 409 / 2926), 2517, 0.21)
    assert told == pytest.approx(43 / 150, abs=3 * np.sqrt(2 * 0.29 * 0.71 / 150))


def test_power_grows_with_the_change_its_place_and_the_rows_and_is_the_size_without_one() -> None:
    x = sample(700, 0.2)
    small, middle, large = (break_power(x, 350, change) for change in (0.1, 0.3, 0.5))
    assert small < middle < large
    assert break_power(x, 650, 0.3) < middle < break_power(sample(1500, 0.2), 750, 0.3)
    assert break_power(x, 350, 0.0) <= 0.1
    assert break_power(x, 350, 0.3, size=0.0125) <= middle


def test_the_same_draws_every_time_and_nothing_where_nothing_moves() -> None:
    x = sample(300, 0.4)
    assert break_power(x, 150, 0.3) == break_power(x[::-1] * [2.0, 5.0], 150, 0.3)
    still = np.column_stack([x[:, 0], np.zeros(300)])
    assert np.isnan(break_power(still, 150, 0.3))
    assert np.isnan(break_power(x, 0, 0.3))
    assert np.isnan(break_power(x, 300, 0.3))
    assert seen({"power": np.nan, "power_at": pd.NaT}, 0.2) == ""


@pytest.mark.parametrize("rho", [0.97, -0.97])
def test_a_correlation_near_its_end_changes_to_the_other_side(rho: float) -> None:
    assert break_power(sample(300, rho), 150, 0.2) > 0.5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "at", "rho"), [(1000, 500, (0.1, 0.3)), (600, 300, (0.1, 0.4)), (601, 500, (0.0, 0.3))]
)
def test_power_is_the_share_that_the_test_finds(rows: int, at: int, rho: tuple[float, float]) -> None:
    x = standardize_ewma(pd.DataFrame(broken(np.random.default_rng(1), rows + 20, at + 20, rho))).dropna().to_numpy()
    assert break_power(x, at, rho[1] - rho[0]) == pytest.approx(found(rows, at, rho, 150), abs=0.16)
