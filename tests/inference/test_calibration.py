"""Exact binomial bounds against statsmodels and closed forms; calibration on forecasts whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit
from scipy.stats import binom, ttest_1samp
from statsmodels.api import GLM, families
from statsmodels.stats.proportion import proportion_confint

from coupling.inference.calibration import Calibration, calibration, clopper_pearson, least_shown, shown_range


def known(happened: float, dates: int, **options: float) -> Calibration:
    settings = {"said": 0.1, "happened": happened, "p_value": 0.5, "intercept": 0.0} | options
    return Calibration(origins=dates, dates=dates, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(("hits", "trials"), [(0, 10), (3, 10), (10, 10), (5, 45), (300, 301)])
def test_the_exact_interval_is_that_of_statsmodels(hits: int, trials: int) -> None:
    expected = proportion_confint(hits, trials, method="beta")
    assert clopper_pearson(hits, trials) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("trials", [1, 3, 9, 45, 299, 300, 5000])
def test_the_smallest_bound_is_where_no_hit_has_five_percent(trials: int) -> None:
    assert binom.pmf(0, trials, least_shown(trials)) == pytest.approx(0.05)


def test_the_bounds_of_the_rule() -> None:
    """45 origins without a hit: at most 6.4 %; "under 1 %" needs 300 (299 by the digit)."""
    assert round(100 * least_shown(45), 1) == 6.4
    assert least_shown(298) > 0.01 > least_shown(299)
    assert shown_range(0.001, 0.004, known(0.0, 45)) == (0.0, pytest.approx(0.0644, abs=1e-4))
    assert shown_range(0.996, 0.999, known(1.0, 45)) == (pytest.approx(0.9356, abs=1e-4), 1.0)
    assert shown_range(0.2, 0.3, known(float("nan"), 0)) == (0.0, 1.0)


@given(st.integers(0, 400), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_no_end_lies_beyond_what_the_origins_can_show(dates: int, one: float, other: float, happened: float) -> None:
    low, high = min(one, other), max(one, other)
    found = known(round(happened * dates) / dates if dates else float("nan"), dates)
    lower, upper = shown_range(low, high, found)
    assert 0.0 <= lower <= low + 1e-12
    assert high - 1e-12 <= upper <= 1.0
    assert upper >= least_shown(dates)
    assert lower <= 1.0 - least_shown(dates)
    if 0 < found.happened < 1 and dates < 100:
        ends = proportion_confint(round(happened * dates), dates, method="beta")
        assert lower <= ends[0] + 1e-9
        assert upper >= ends[1] - 1e-9


def test_the_test_is_a_t_test_of_the_means_of_dates_where_forecasts_of_a_date_agree() -> None:
    """Five instruments on nine dates that all move as one are worth nine origins, not 45."""
    said = np.full(45, 0.48)
    dates = np.repeat(np.arange(9), 5)
    happened = np.repeat([1, 0, 0, 1, 0, 0, 1, 0, 0], 5).astype(bool)
    found = calibration(said, happened, dates)
    assert (found.origins, found.dates) == (45, 9)
    assert found.p_value == pytest.approx(ttest_1samp(happened[::5] - 0.48, 0.0).pvalue)
    assert found.p_value > calibration(said, happened, range(45)).p_value


def test_a_variance_by_accident_below_the_binomial_one_convinces_nobody() -> None:
    """Forecasts of 2 % that never came true vary by nothing; no ten origins contradict them."""
    assert calibration([0.02] * 10, [False] * 10, range(10)).p_value > 0.5
    assert np.isnan(calibration([0.5], [True], [0]).p_value)
    assert np.isnan(calibration([], [], []).said)


def test_certainty_is_contradicted_by_one_surprise() -> None:
    assert calibration([0.0] * 5, [False] * 5, range(5)).p_value == 1.0
    assert calibration([1.0] * 5, [False] * 5, range(5)).p_value == 0.0


def test_the_intercept_is_that_of_a_logistic_regression_on_the_logit_as_offset() -> None:
    rng = np.random.default_rng(4)
    said = rng.uniform(0.05, 0.95, 150)
    happened = rng.random(150) < expit(logit(said) - 0.7)
    fitted = GLM(happened.astype(float), np.ones(150), offset=logit(said), family=families.Binomial()).fit()
    assert calibration(said, happened, range(150)).intercept == pytest.approx(fitted.params[0] * 150 / 175, rel=1e-6)


def test_below_a_hundred_dates_nothing_is_moved_however_many_forecasts() -> None:
    said, happened = np.full(495, 0.5), np.arange(495) % 4 == 0
    assert calibration(said, happened, np.arange(495) // 5).intercept == 0.0
    assert calibration(said, happened, np.arange(495)).intercept < -0.9


def test_the_error_of_the_intercept_is_that_of_its_regression_and_widens_the_range() -> None:
    """All forecasts .5: the error of the logit of a share is 1 / sqrt(n p q), shrunk as the intercept is."""
    found = calibration(np.full(200, 0.5), np.arange(200) % 2 == 0, range(200))
    assert (found.intercept, found.error) == pytest.approx((0.0, 200 / 225 / np.sqrt(199 * 0.25)), abs=1e-9)
    reach = np.hypot(logit(0.6), 1.96 * found.error)
    assert shown_range(0.4, 0.6, found) == pytest.approx((expit(-reach), expit(reach)))
    assert shown_range(0.0, 0.6, found)[0] == 0.0


def test_without_a_hit_the_intercept_is_finite() -> None:
    found = calibration([0.2] * 200, [False] * 200, range(200))
    assert -8.0 < found.intercept < -3.0
    assert shown_range(0.1, 0.3, found)[1] == pytest.approx(least_shown(200))


@pytest.mark.parametrize("size", [100, 200])
def test_a_right_model_is_not_harmed_and_a_wrong_one_is_mended(size: int) -> None:
    """True logits are those said, or .7 lower: mean squared errors of what is printed, over 300 records."""
    rng = np.random.default_rng(size)
    errors: dict[float, list[tuple[float, float]]] = {0.0: [], -0.7: []}
    for shift, row in errors.items():
        for _ in range(300):
            said = rng.uniform(0.1, 0.9, size)
            found = calibration(said, rng.random(size) < expit(logit(said) + shift), range(size))
            truth = expit(logit(0.5) + shift)
            row.append((found.moved(0.5) - truth, 0.5 - truth))
    right, wrong = (np.sqrt(np.mean(np.square(row), axis=0)) for row in errors.values())
    assert right[0] < 0.05  # the right model loses less than five points
    assert wrong[0] < 0.5 * wrong[1]  # the wrong one loses more than half of its seventeen
    assert abs(np.mean([moved for moved, _ in errors[-0.7]])) < 0.04


def test_at_45_origins_a_wrong_range_is_widened_to_the_truth() -> None:
    """Said .48, true .32: the models' narrow range never holds the truth, the widened one in 95 % and more."""
    rng = np.random.default_rng(0)
    held = []
    for _ in range(400):
        found = calibration(np.full(45, 0.48), rng.random(45) < 0.32, range(45))
        assert found.moved(0.48) == 0.48
        lower, upper = shown_range(0.45, 0.51, found)
        held.append(lower <= 0.32 <= upper)
        assert lower <= 0.45
        assert upper >= 0.51
    assert np.mean(held) >= 0.95


@pytest.mark.slow(reduced=True)
def test_size_of_the_test_with_few_dates_and_common_shocks() -> None:
    """Nine dates, five instruments with correlation .6: calibrated forecasts are rejected in about 5 %."""
    rng = np.random.default_rng(2)
    found = []
    for _ in range(1000):
        said = np.full(45, 0.4)
        z = np.sqrt(0.6) * rng.standard_normal((9, 1)) + np.sqrt(0.4) * rng.standard_normal((9, 5))
        happened = (z < -0.2533).ravel()
        found.append(calibration(said, happened, np.repeat(np.arange(9), 5)).p_value < 0.05)
    assert 0.02 < np.mean(found) < 0.08
