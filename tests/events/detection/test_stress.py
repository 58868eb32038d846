"""Where market stress begins by a configuration's rule."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from coupling.data.changes import ChangeRule
from coupling.data.observations import Observations
from coupling.errors import InputError
from coupling.events import EventDetector, stress_onsets
from coupling.events.detection.section import DetectorSection
from coupling.events.detection.stress import stress_begins, stress_in_words

DAYS = pd.bdate_range("2021-01-04", periods=400)


def series(name: str, values: np.ndarray, change: ChangeRule) -> Observations:
    struck = DAYS.tz_localize("UTC") + pd.Timedelta(hours=21)
    levels = pd.Series(values, index=struck)
    return Observations(name=name, levels=levels, known_at=pd.Series(struck, index=struck), change=change)


def level(start: float) -> np.ndarray:
    return np.full(len(DAYS), start)


def test_a_yield_that_rises_is_counted_in_basis_points() -> None:
    values = level(4.0)
    values[100:] = 4.29  # 29 bp: too little
    values[200:] = 4.60  # 31 bp above the low and above the value before
    items = {"UST10Y": series("UST10Y", values, ChangeRule.BASIS_POINTS)}
    for rule in ("drawdown", "change"):
        section = DetectorSection(parts={"UST10Y": "rises"}, stress={rule: {"UST10Y": 30}})
        found = stress_begins(section, {"UST10Y": "UST10Y"}, items, DAYS)
        assert found is not None
        assert found.tolist() == [200]
    assert "UST10Y more than 30 bp above its value 20 sessions before" in stress_in_words(
        section, {"UST10Y": "UST10Y"}, {"UST10Y": "bp"}, before=20
    )


def test_a_part_that_is_not_served_leaves_no_rule() -> None:
    section = DetectorSection(parts={"a": "falls", "b": "falls"}, stress={"drawdown": {"b": 5}})
    assert stress_begins(section, {"a": "SPX"}, {}, DAYS) is None
    assert stress_in_words(section, {"a": "SPX"}, {}, before=20) == ""


def test_sides_and_units_mirror_each_other() -> None:
    rng = np.random.default_rng(0)
    falling = pd.Series(100 + rng.normal(0, 1, 400).cumsum())
    left = stress_onsets({"x": falling}, drawdown={"x": 5.0}, change={"x": 3.0}, differences=["x"])
    right = stress_onsets({"x": -falling}, drawdown={"x": 5.0}, change={"x": 3.0}, differences=["x"], rising=["x"])
    assert left.tolist() == right.tolist()
    assert len(left)
    with pytest.raises(InputError, match="needs the levels of every drawdown"):
        stress_onsets({"x": falling}, drawdown={"y": 5.0})


def test_a_move_of_a_yield_is_a_difference() -> None:
    """Truth: the same index from the plain differences; below zero a log change would have no value."""
    rng = np.random.default_rng(1)
    values = rng.normal(0, 0.05, len(DAYS)).cumsum() - 0.2
    data = SimpleNamespace(observations={"Y": series("Y", values, ChangeRule.BASIS_POINTS)})
    frame = EventDetector(parts={"Y": "rises"}, sessions=5, min_rows=100, days="every").fit(data).frame
    moves = pd.Series(values, index=DAYS).reindex(pd.date_range(DAYS[0], DAYS[-1]), method="ffill").diff(5)
    day = DAYS[300]
    past = moves.loc[: day - pd.Timedelta(days=5)]
    assert frame.loc[day, "Y"] == pytest.approx(moves[day] / past.std())


@pytest.mark.parametrize(
    ("rule", "values", "told"),
    [
        (ChangeRule.VALUE, level(3.0), "X is a flow, whose values are changes already"),
        (ChangeRule.LOG, level(-1.0), "a log change needs positive levels"),
    ],
)
def test_a_move_that_cannot_be_formed_is_refused(rule: ChangeRule, values: np.ndarray, told: str) -> None:
    data = SimpleNamespace(observations={"X": series("X", values, rule)})
    with pytest.raises(InputError, match=told):
        EventDetector(parts={"X": "rises"}).fit(data)
