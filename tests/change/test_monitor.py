"""The monitor: scipy's law, the martingale behind its limit, no hindsight, and its rates by simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from benchmarks.size_monitor import Design, delays, mean_time, sample
from coupling.change import CorrelationMonitor
from coupling.change.sequential import PairLaw, fit_law, watch_pair
from coupling.errors import InputError, TooShortError

LAW = PairLaw(np.array([0.8, 1.3]), 0.35, 5.0)


def drawn(seed: int, rows: int, law: PairLaw = LAW) -> np.ndarray:
    """Return rows of a bivariate t law by scipy."""
    corner = law.correlation * law.scales.prod()
    shape = np.diag(law.scales**2) + corner * (1 - np.eye(2))
    return np.asarray(stats.multivariate_t(shape=shape, df=law.freedom).rvs(rows, random_state=seed))


def density(law: PairLaw, correlation: float) -> stats.multivariate_t:
    corner = correlation * law.scales.prod()
    return stats.multivariate_t(shape=np.diag(law.scales**2) + corner * (1 - np.eye(2)), df=law.freedom)


def test_ratios_are_those_of_the_law_of_scipy() -> None:
    x = drawn(1, 50)
    for column, side in enumerate((-1, 1)):
        other = np.tanh(np.arctanh(LAW.correlation) + 0.6 * side)
        expected = density(LAW, other).logpdf(x) - density(LAW, LAW.correlation).logpdf(x)
        assert LAW.ratios(x, 0.6)[:, column] == pytest.approx(expected, abs=1e-12)


def test_the_baseline_is_the_likeliest_law_of_scipy() -> None:
    x = drawn(2, 800)
    found = fit_law(x)
    best = density(found, found.correlation).logpdf(x).sum()
    for move in (0.97, 1.03):
        assert density(PairLaw(found.scales * [move, 1], 0, found.freedom), found.correlation).logpdf(x).sum() < best
        assert density(found, found.correlation * move).logpdf(x).sum() < best
    assert found.correlation == pytest.approx(LAW.correlation, abs=0.06)


def test_the_statistic_is_the_sum_of_the_likelihood_ratios_of_every_date_of_change() -> None:
    x = drawn(3, 320)
    watch = watch_pair(x, threshold=1e9)
    begin = 310
    law = fit_law(x[:250])
    logs = law.ratios(x[begin:], 0.6)
    expected = [np.exp(logs[start:].sum(axis=0)) for start in range(len(logs))]
    limit = (0.85 + 1 / law.freedom) * 1e9 * (1 + 100 / 250)
    assert watch.ratio[-1] == pytest.approx(np.sum(expected, axis=0).mean() / limit, rel=1e-9)
    assert np.isnan(watch.ratio[:begin]).all()
    assert watch.baseline[-1] == law.correlation


def test_the_mean_of_the_statistic_without_a_change_is_the_number_of_rows() -> None:
    """The martingale behind the limit (Pollak 1985), with the law known: E R(t) = t, here over 4,000 paths of 20."""
    logs = LAW.ratios(drawn(4, 80_000), 0.3).reshape(4_000, 20, 2)
    statistic = np.zeros((4_000, 2))
    for row in range(20):
        statistic = (1 + statistic) * np.exp(logs[:, row])
    error = statistic.std(axis=0) / np.sqrt(4_000)
    assert (np.abs(statistic.mean(axis=0) - 20) < 4 * error).all()


@settings(max_examples=10)
@given(seed=st.integers(0, 1_000), cut=st.integers(340, 880))
def test_a_new_row_changes_nothing_that_was_said_before(seed: int, cut: int) -> None:
    frame = pd.DataFrame(sample(np.random.default_rng(seed), Design(0.2, 5.0, change=(500, 0.7)), 900))
    whole, part = (CorrelationMonitor().fit(x) for x in (frame, frame.iloc[:cut]))
    pd.testing.assert_frame_equal(whole.ratio_.iloc[:cut], part.ratio_)
    told = whole.alarms_[whole.alarms_["date"] < cut]
    pd.testing.assert_frame_equal(told, part.alarms_, check_dtype=False)


def test_an_alarm_says_when_since_when_and_which_way() -> None:
    x = sample(np.random.default_rng(8), Design(0.2, 5.0, change=(600, 0.8)), 800)
    days = pd.bdate_range("2020-01-01", periods=800)
    monitor = CorrelationMonitor(focus="A").fit(pd.DataFrame(x, index=days, columns=["A", "B"]))
    (alarm,) = monitor.alarms_.to_dict("records")
    assert days[600] <= alarm["date"] <= days[640]
    assert days[580] <= alarm["since"] <= alarm["date"]
    assert (alarm["left"], alarm["right"], alarm["direction"]) == ("A", "B", "higher")
    (row,) = monitor.table_.to_dict("records")
    assert row["state"] == "learning"
    assert row["baseline_from"] == alarm["since"]
    assert np.isnan(row["ratio"])


def test_the_limit_grows_with_the_pairs_and_falls_with_the_rate_allowed() -> None:
    x = np.random.default_rng(0).normal(size=(400, 4))
    assert CorrelationMonitor().fit(x).threshold_ == 252 * 6
    assert CorrelationMonitor(focus="x0").fit(pd.DataFrame(x, columns=["x0", "x1", "x2", "x3"])).threshold_ == 252 * 3
    assert CorrelationMonitor(alarms_per_year=2, observations_per_year=52).fit(x).threshold_ == 26 * 6


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"focus": "GOLD"}, "focus is 'GOLD', which is no column of X: A, B"),
        ({"alarms_per_year": 0}, "alarms_per_year must be above 0 and at most 252, not 0"),
        ({"alarms_per_year": 253}, "at most 252, not 253"),
        ({"shift": -0.1}, "shift must be above 0 and at most 2, not -0.1"),
        ({"min_baseline": 8}, "min_baseline must be at least 9, not 8"),
        ({"lag": -1}, "lag must be at least 0, not -1"),
    ],
)
def test_an_impossible_parameter_is_refused(options: dict[str, object], said: str) -> None:
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(400, 2)), columns=["A", "B"])
    with pytest.raises(InputError, match=said):
        CorrelationMonitor(**options).fit(frame)


def test_a_sample_too_short_for_a_baseline_is_refused() -> None:
    with pytest.raises(TooShortError, match="has 310 usable rows; a monitor with min_baseline=250 and lag=60 needs"):
        CorrelationMonitor().fit(np.random.default_rng(0).normal(size=(330, 2)))


def test_series_that_do_not_move_are_never_told_to_have_changed() -> None:
    x = np.random.default_rng(0).normal(size=(700, 2))
    x[:, 1] = 0.0
    with pytest.raises((InputError, TooShortError)):
        CorrelationMonitor().fit(x)


STILL = {
    "the same twice": lambda x: x[:, [0, 0]],
    "opposite": lambda x: x[:, [0, 0]] * [1, -1],
    "a policy rate": lambda x: np.where(np.abs(x) > [0, 2], x, 0.0),
    "one move": lambda x: x * (np.arange(len(x))[:, None] == 400) * [0, 1] + x * [1, 0],
    "signs": lambda x: np.column_stack([x[:, 0], np.sign(x[:, 1])]),
    "constant": lambda x: x * [1, 0] + [0, 3.0],
}


@pytest.mark.parametrize("standardize", ["ewma", None])
@pytest.mark.parametrize("case", STILL)
def test_a_pair_without_a_law_is_not_watched(case: str, standardize: str | None) -> None:
    x = np.random.default_rng(3).normal(size=(800, 2))
    monitor = CorrelationMonitor(standardize=standardize).fit(STILL[case](x))
    assert monitor.alarms_.empty
    if case == "signs" and standardize == "ewma":
        return  # divided by a volatility that differs they are no signs
    assert monitor.table_["state"].tolist() == ["unwatched"]
    assert monitor.ratio_.isna().all(axis=None)


@pytest.mark.parametrize("scale", [1e-200, 1e-9, 1e200])
def test_units_change_no_alarm(scale: float) -> None:
    x = sample(np.random.default_rng(8), Design(0.2, 5.0, change=(600, 0.8)), 800)
    plain, scaled = (CorrelationMonitor(standardize=None).fit(each) for each in (x, x * [scale, 1.0]))
    pd.testing.assert_frame_equal(plain.alarms_, scaled.alarms_)
    pd.testing.assert_frame_equal(plain.ratio_, scaled.ratio_, rtol=1e-9)


def test_a_baseline_that_was_not_measured_is_said() -> None:
    x = np.random.default_rng(0).normal(size=(200, 2))
    assert "false alarms may come oftener than stated" in CorrelationMonitor(min_baseline=60, lag=10).fit(x).caution_
    assert CorrelationMonitor(min_baseline=100, lag=10).fit(x).caution_ == ""


@pytest.mark.slow(reduced=True)
def test_false_alarms_come_no_oftener_than_stated() -> None:
    """At one a year over four pairs a pair rings every 1,008 rows; 40 samples have a standard error of a tenth."""
    assert mean_time(Design(0.2, 5.0), 40) > 800


@pytest.mark.slow
@pytest.mark.parametrize(("correlation", "freedom"), [(0.0, 3.0), (0.2, np.inf), (0.5, 3.0), (0.5, 5.0), (0.8, 3.0)])
def test_false_alarms_under_other_laws(correlation: float, freedom: float) -> None:
    assert mean_time(Design(correlation, freedom), 200) >= 900


@pytest.mark.slow
def test_an_upward_shift_of_two_fifths_is_found_within_a_hundred_rows() -> None:
    found = delays(Design(0.2, 5.0, change=(600, 0.6)), 200)
    assert np.median(found) <= 40
    assert (found <= 100).mean() >= 0.85


@pytest.mark.slow
def test_a_fall_of_two_fifths_is_found() -> None:
    assert np.median(delays(Design(0.2, 5.0, change=(600, -0.2)), 200)) <= 60
