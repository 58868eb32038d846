"""Probabilities of predictions against closed forms: independent normal changes leave no room for opinion."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, chi2, norm
from statsmodels.stats.proportion import proportion_confint

from coupling.claims import probability as module
from coupling.claims.closes import Track
from coupling.claims.condition import Condition
from coupling.claims.probability import Chance, chances
from tests.claims.closes import track

SIGMA, ROWS, AHEAD = 2.0, 3000, 60


def normal(seed: int) -> Track:
    """Independent normal changes with mean exactly 0 and standard deviation exactly 2 %."""
    z = np.random.default_rng(seed).standard_normal(ROWS)
    return track(SIGMA * (z - z.mean()) / z.std())


@pytest.fixture(scope="module")
def known() -> Track:
    return normal(7)


def ask(known: Track, *readings: dict[str, object], ahead: int = AHEAD) -> list[list[Chance]]:
    made = known.last.date()
    by = made + dt.timedelta(days=ahead)
    conditions = [[Condition(instrument="BTC", by=by, **reading)] for reading in readings]  # type: ignore[arg-type]
    return chances(conditions, {"BTC": known}, made, seed=3)


def by_model(found: list[Chance]) -> dict[tuple[str, str], Chance]:
    return {(each.model, each.drift): each for each in found}


def near(found: list[Chance], truth: float) -> None:
    """Both models without drift are within what the paths and the sample of shocks leave; the base rate covers."""
    models = by_model(found)
    for model in ("GARCH", "log-HAR"):
        assert models[model, "none"].probability == pytest.approx(truth, abs=0.04), model
    assert models["base rate", "as it was"].lower < truth < models["base rate", "as it was"].upper


@pytest.mark.parametrize("fall", [10.0, 25.0])
def test_the_last_close_below_a_level(known: Track, fall: float) -> None:
    level = known.closes[-1] * np.exp(-fall / 100)
    (found,) = ask(known, {"of": "level", "below": level, "event": "last"})
    near(found, norm.cdf(-fall / SIGMA / np.sqrt(AHEAD)))


@pytest.mark.parametrize("fall", [10.0, 25.0])
def test_first_passage_below_a_level(known: Track, fall: float) -> None:
    """Twice the normal tail (the reflection principle), at a barrier that daily closes see 0.5826 sigma further away.

    Broadie, Glasserman and Kou (1997).
    """
    level = known.closes[-1] * np.exp(-fall / 100)
    (found,) = ask(known, {"of": "level", "below": level, "event": "any_day"})
    near(found, 2 * norm.cdf(-(fall + 0.5826 * SIGMA) / SIGMA / np.sqrt(AHEAD)))


def test_a_volatility_below_a_bound() -> None:
    """The variance of 30 normal changes is chi-square with 29 degrees of freedom.

    A model fitted to constant variances sees some movement in them, so the mean over several samples is compared.
    """
    bound, truth = 0.95 * SIGMA * np.sqrt(365), chi2.cdf(29 * 0.95**2, 29)
    reading = {"of": "realised_volatility", "below": bound, "event": "last"}
    each = [ask(normal(seed), reading)[0] for seed in range(6)]
    for row in zip(*each, strict=True):
        assert np.mean([chance.probability for chance in row]) == pytest.approx(truth, abs=0.035), row[0].model


def test_two_instruments_are_drawn_independently() -> None:
    rng = np.random.default_rng(11)
    tracks = {name: track(rng.standard_normal(1000), name=name) for name in ("BTC", "ETH")}
    made = tracks["BTC"].last.date()
    by = made + dt.timedelta(days=30)
    each = [
        Condition(instrument=name, by=by, of="change", above=0, event="last")
        for name in tracks  # type: ignore[arg-type]
    ]
    both, one, other = chances([each, each[:1], each[1:]], tracks, made, seed=5)
    for together, left, right in zip(both[:-1], one[:-1], other[:-1], strict=True):
        assert together.probability == pytest.approx(left.probability * right.probability, abs=0.03)


@given(st.sampled_from(["level", "realised_volatility"]), st.integers(0, 3))
def test_the_events_are_ordered(of: str, place: int) -> None:
    changes = np.random.default_rng(place).standard_t(5, 500)
    bound = float(np.quantile(track(changes).closes, 0.5)) if of == "level" else 24.0
    readings = [{"of": of, "below": bound, "event": event} for event in ("any_day", "last", "all_days")]
    for most, middle, least in zip(*ask(track(changes), *readings, ahead=45), strict=True):
        assert most.probability >= middle.probability >= least.probability


def test_drift_is_that_of_the_sample_or_none() -> None:
    """With a drift of 0.2 % a day the price after 100 days is above today's with probability Phi(0.2 * 10 / sigma)."""
    z = np.random.default_rng(2).standard_normal(ROWS)
    rising = track(SIGMA * (z - z.mean()) / z.std() + 0.2)
    (found,) = ask(rising, {"of": "change", "above": 0, "event": "last"}, ahead=100)
    models = by_model(found)
    assert models["GARCH", "none"].probability == pytest.approx(0.5, abs=0.03)
    assert models["GARCH", "as before"].probability == pytest.approx(norm.cdf(1.0), abs=0.04)
    assert models["log-HAR", "as before"].probability == pytest.approx(norm.cdf(1.0), abs=0.04)


def test_parameters_that_are_known_leave_no_range() -> None:
    """What the paths add to the spread of the draws is taken out: binomial shares of one probability have no range."""
    shares = binom.rvs(100, 0.3, size=(200, 40), random_state=0) / 100
    widths = [upper - lower for _, lower, upper in (module._spread(row, 100) for row in shares)]
    raw = [np.quantile(row, 0.975) - np.quantile(row, 0.025) for row in shares]
    assert np.mean(widths) < 0.3 * np.mean(raw)
    truth = np.random.default_rng(0).normal(0.3, 0.08, size=4000).clip(0, 1)
    _, lower, upper = module._spread(binom.rvs(100, truth, random_state=0) / 100, 100)
    assert (lower, upper) == pytest.approx(tuple(np.quantile(truth, [0.025, 0.975])), abs=0.01)


def test_the_interval_of_the_base_rate_is_that_of_its_independent_horizons() -> None:
    for hits, trials in ((0, 10), (3, 10), (10, 10), (5, 40)):
        expected = proportion_confint(hits, trials, method="beta")
        assert module._clopper_pearson(hits / trials, trials)[1:] == pytest.approx(expected, abs=1e-12)


def test_past_horizons_do_not_overlap_and_too_short_a_past_is_said() -> None:
    changes = np.random.default_rng(0).standard_normal(500)
    (found,) = ask(track(changes), {"of": "change", "below": 0, "event": "last"}, ahead=60)
    assert {each.horizons for each in found} == {500 // 60}
    (found,) = ask(track(changes), {"of": "change", "below": 0, "event": "last"}, ahead=600)
    assert found[-1].failed == "no stretch of the past is as long as the time that is left"
    assert np.isnan(found[-1].probability)


def test_a_model_that_cannot_be_fitted_says_why() -> None:
    (found,) = ask(track(np.random.default_rng(0).standard_normal(300)), {"of": "change", "below": 0, "event": "last"})
    (failed,) = [each for each in found if each.failed]
    assert failed.model == "log-HAR"
    assert failed.failed == "a log-HAR needs 60 weeks, and 42 are available; use a longer series"


def test_stretches_of_the_past_begin_on_the_same_days_for_all() -> None:
    """Of two instruments that move as one, on different calendars, no past stretch has them apart."""
    days = pd.date_range("2020-01-01", periods=900, freq="D")
    steps = np.where(days.day_of_week < 5, np.random.default_rng(3).standard_normal(900), 0.0)
    every, weekdays = track(steps[1:]), track(steps[days.day_of_week < 5][1:], freq="B", name="SPX")
    made = min(every.last, weekdays.last).date()
    by = made + dt.timedelta(days=56)
    conditions = [
        [Condition(instrument=name, by=by, of="change", above=0, event="last") for name in names]  # type: ignore[arg-type]
        for names in (("BTC", "SPX"), ("BTC",), ("SPX",))
    ]
    both, one, other = (
        each[-1].probability for each in chances(conditions, {"BTC": every, "SPX": weekdays}, made, seed=1)
    )
    assert both == pytest.approx(one, abs=0.03) == pytest.approx(other, abs=0.03)


@pytest.mark.slow(reduced=True)
def test_the_probabilities_are_calibrated() -> None:
    """Of 240 series with GARCH variances, what is given p comes true in p of the cases, by thirds of p."""
    given_p, happened = [], []
    for seed in range(240):
        rng = np.random.default_rng(seed)
        x, h = np.empty(760), 1.0
        for t, z in enumerate(rng.standard_normal(760)):
            x[t] = np.sqrt(h) * z
            h = 0.05 + 0.1 * x[t] ** 2 + 0.85 * h
        past, whole = track(x[:700]), track(x)
        made = past.last.date()
        bound = float(rng.uniform(14, 24))
        condition = Condition(
            instrument="BTC",
            by=made + dt.timedelta(days=60),
            of="realised_volatility",
            below=bound,
            event="last",  # type: ignore[arg-type]
        )
        (found,) = chances([[condition]], {"BTC": past}, made, seed=seed)
        given_p.append([each.probability for each in found])
        happened.append(x[-30:].std(ddof=1) * np.sqrt(365) < bound)
        assert whole.last.date() == condition.by
    outcome = np.array(happened, dtype=float)
    for model, p in zip(("GARCH", "log-HAR", "base rate"), np.array(given_p).T, strict=True):
        for third in np.array_split(np.argsort(p), 3):
            error = np.sqrt((p[third] * (1 - p[third])).sum()) / len(third)
            assert abs(outcome[third].mean() - p[third].mean()) < 3 * error + 0.03, model
        assert ((p - outcome) ** 2).mean() < 0.25
