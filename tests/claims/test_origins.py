"""Past forecasts: non-overlapping, blind to what came after each, right where a closed form is, and then printed."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from coupling.claims.closes import Track
from coupling.claims.condition import Condition
from coupling.claims.origins import MOST_ORIGINS, OriginsRecord, records
from coupling.claims.probability import Chance, asked, chances
from coupling.claims.reliability import printed, record_words
from coupling.inference.calibration import clopper_pearson, least_shown
from coupling.volatility.outlook import Shocks
from tests.claims.closes import track

SIGMA = 2.0


def normal(rows: int, seed: int = 0, **options: str) -> Track:
    z = np.random.default_rng(seed).standard_normal(rows)
    return track(SIGMA * (z - z.mean()) / z.std(), **options)


def readings(known: Track, days: int, *each: dict[str, object]) -> list[list[Condition]]:
    by = known.last.date() + dt.timedelta(days=days)
    return [[Condition(instrument=known.name, by=by, **reading)] for reading in each]  # type: ignore[arg-type]


def record(known: Track, days: int, **reading: object) -> OriginsRecord:
    (found,) = records(readings(known, days, reading), {known.name: known}, known.last.date(), seed=3)
    return found


FALL: dict[str, object] = {"of": "change", "below": -8.0, "event": "last"}


def test_horizons_do_not_overlap_and_what_happened_is_what_the_closes_say() -> None:
    known = normal(1300)
    found = record(known, 40, **FALL)
    closes = pd.Series(known.closes, index=known.dates)
    places = known.dates.get_indexer(found.dates)
    assert (np.diff(places) == 40).all()
    assert places[-1] + 40 == len(closes) - 1
    assert len(found.dates) == (1300 - 420) // 40
    by_hand = [100 * (closes.iloc[at + 40] / closes.iloc[at] - 1) < -8.0 for at in places]
    assert found.happened.tolist() == by_hand
    assert found.calibration.dates == len(found.dates)


def test_the_models_say_the_closed_form() -> None:
    """Independent normal changes: the last close lies 8 % lower with probability Phi(100 log(.92) / (2 √40))."""
    found = record(normal(3000), 40, **FALL)
    truth = norm.cdf(100 * np.log(0.92) / SIGMA / np.sqrt(40))
    for model in ("GARCH", "log-HAR"):
        assert found.of_model(model, "none").said == pytest.approx(truth, abs=0.03), model
    assert found.of_model("base rate", "as it was").said == pytest.approx(truth, abs=0.06)
    assert found.calibration.p_value > 0.05


def test_nothing_after_an_origin_speaks_in_its_forecast() -> None:
    known = normal(1300)
    at = 900
    changed = known.known.copy()
    changed[at:] *= 4.0
    other = track(changed[1:])
    first, second = record(known, 40, **FALL), record(other, 40, **FALL)
    before = np.flatnonzero(known.dates.get_indexer(first.dates) < at)
    assert 5 < len(before) < len(first.dates)
    np.testing.assert_array_equal(first.said[before], second.said[before])
    assert (first.said[before[-1] + 2 :] != second.said[before[-1] + 2 :]).any()


@pytest.mark.thorough
def test_the_same_seed_the_same_record_and_at_most_so_many_origins() -> None:
    known = normal(1700, seed=2)
    found = record(known, 10, **FALL)
    assert len(found.dates) == MOST_ORIGINS
    np.testing.assert_array_equal(found.said, record(known, 10, **FALL).said)


def test_a_short_past_has_no_origin_and_prints_nothing_narrow() -> None:
    known = normal(300)
    asked = readings(known, 60, FALL)
    found = records(asked, {"BTC": known}, known.last.date(), seed=1)[0]
    assert len(found.dates) == 0
    given = chances(asked, {"BTC": known}, known.last.date(), seed=1)[0]
    assert printed(given, found)[1:] == (0.0, 1.0)
    assert "no non-overlapping historical window to check them on: not calibratable" in record_words(given, found)


def test_instruments_begin_on_the_same_days_and_their_event_is_a_joint_one() -> None:
    days = pd.date_range("2020-01-01", periods=1200, freq="D")
    steps = np.where(days.day_of_week < 5, np.random.default_rng(3).standard_normal(1200), 0.0)
    every, weekdays = track(steps[1:]), track(steps[days.day_of_week < 5][1:], freq="B", name="SPX")
    made = min(every.last, weekdays.last).date()
    by = made + dt.timedelta(days=56)
    each = [Condition(instrument=n, by=by, of="change", above=0, event="last") for n in ("BTC", "SPX")]  # type: ignore[arg-type]
    both, one, other = records([each, each[:1], each[1:]], {"BTC": every, "SPX": weekdays}, made, seed=1)
    assert len(both.dates) >= 10
    np.testing.assert_array_equal(both.happened, one.happened & other.happened)
    assert (one.happened == other.happened).mean() > 0.9  # they move as one
    assert both.said.mean() < one.said.mean()  # and are drawn independently: what a record can show


@pytest.mark.parametrize("days", [10, 45])
def test_both_drifts_at_once_say_what_each_says_alone(days: int) -> None:
    """A volatility that reaches back into the known changes is moved by a drift, one of drawn changes is not."""
    known = normal(300, seed=4)
    since = known.last.date() + dt.timedelta(days=35 if days > 35 else 1)
    both = {"of": "realised_volatility", "below": 38.0, "event": "any_day", "since": since}, {**FALL, "below": 0.0}
    each = readings(known, days, *both)[::-1]
    question = asked(each, {known.name: known}, known.last.date())
    rng = np.random.default_rng(0)
    shocks = Shocks(values=rng.normal(0, SIGMA, (days, 4, 50)), drift=np.array([-3.0, 0.0, 1.0, 3.0]))
    found = question.happens_after({known.name: shocks})
    for drift, name in ((0.0, "none"), (shocks.drift[None, :, None], "as before")):
        there = question.happens({known.name: (shocks.values + drift).reshape(days, -1)})
        np.testing.assert_array_equal(found[name], there)
        assert 0.0 < there[0].mean() < 1.0


def models(probability: float) -> list[Chance]:
    return [Chance(model="GARCH", probability=probability, lower=0.4, upper=0.6, n=900, horizons=9)]


def made_record(happened: np.ndarray, said: float = 0.5) -> OriginsRecord:
    dates = pd.date_range("2000-01-01", periods=len(happened))
    return OriginsRecord(dates=dates, said=np.full(len(dates), said), by_model={}, happened=happened)


def test_few_origins_widen_the_range_and_leave_the_probability() -> None:
    happened = np.arange(9) < 2
    mean, low, high = printed(models(0.5), made_record(happened))
    assert mean == 0.5
    assert (low, high) == pytest.approx(clopper_pearson(2, 9))
    words = record_words(models(0.5), made_record(happened))
    assert words.startswith(
        "models alone 40 to 60 %; over 9 non-overlapping historical windows they said .50 and .22 happened"
    )
    assert words.endswith("; 9 can show no upper bound below 28 % or lower bound above 72 %: not calibratable")


def test_many_origins_recalibrate_by_a_shrunk_intercept() -> None:
    happened = np.arange(200) % 4 == 0
    mean, low, high = printed(models(0.5), made_record(happened))
    intercept = np.log(1 / 3) * 200 / 225
    assert mean == pytest.approx(1 / (1 + np.exp(-intercept)))
    assert 0.25 < mean < 0.3
    assert low < mean < high < 0.4
    assert low <= 1 - least_shown(200)
    assert record_words(models(0.5), made_record(happened)).startswith("recalibrated from 40 to 60 %; over 200 ")
