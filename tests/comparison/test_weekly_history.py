"""Histories with their weeks in another order: aligned again as `align` would, and the same where nothing moved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coupling.comparison.weekly_history import WeeklyHistory, moved_intervals
from coupling.comparison.weeks import YEARLY, draws_over
from coupling.data.alignment import AlignmentSection, align
from coupling.data.changes import ChangeRule
from coupling.data.clocks.ticks import Frequency
from coupling.data.intervals import change_intervals
from coupling.data.observations import Observations
from coupling.data.panel import build_panel
from coupling.errors import AlignmentError
from coupling.study import load_panel
from tests.comparison.worlds import SIMULATED, market

RULES: list[dict[str, Any]] = [
    {},
    {"days": "every"},
    {"frequency": "2d"},
    {"frequency": "1w"},
    {"frequency": "1mo"},
    {"at": "close", "allow_early": True},
    {"rule": "common_days"},
    {"rule": "common_days", "frequency": "1w"},
    {"rule": "synchronous", "tolerance": "20h"},
    {"max_staleness": "1d"},
]


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_unmoved_it_is_the_panel(rule: dict[str, Any]) -> None:
    panel = load_panel({**SIMULATED, "instruments": ["BTC", "JGB10Y", "SPX"], "alignment": rule})
    history = WeeklyHistory.of(panel.observations, panel.alignment)
    aligned = history.aligned(history.source(None, 0))
    changes = panel.changes
    assert (aligned.end == pd.DatetimeIndex(changes.index).as_unit("ns").asi8).all()
    np.testing.assert_allclose(aligned.changes, changes.to_numpy(), atol=1e-9)


@pytest.mark.parametrize("rule", [{"days": "every"}, {"days": "weekdays"}, {"days": "weekdays", "frequency": "1w"}])
def test_moved_it_is_what_align_makes_of_moved_observations(rule: dict[str, Any]) -> None:
    """The oracle moves the observations themselves, week by week, and lets the library align them."""
    from coupling.data.instrument import resolve

    observations = market(0.5, days=400)
    section = AlignmentSection(**rule)
    history = WeeklyHistory.of(observations, section)
    low, high = history.whole_weeks
    source = history.source(draws_over(low, high, YEARLY, seed=4), 2)
    aligned = history.aligned(source)
    instruments = {name: resolve(name, {}).model_copy(update={"change": "difference"}) for name in observations}
    moved = {
        name: _moved(item, history.points[k], history.weeks[0], source)
        for k, (name, item) in enumerate(observations.items())
    }
    levels = build_panel(moved, instruments, section).levels
    assert (aligned.end == pd.DatetimeIndex(levels.index[1:]).as_unit("ns").asi8).all()
    np.testing.assert_allclose(aligned.changes, levels.diff().iloc[1:].to_numpy(), atol=1e-9)


def _moved(item: Any, points: Any, first: int, source: np.ndarray) -> Any:
    week = 7 * 24 * 3_600_000_000_000
    parts = []
    for place, origin in enumerate(source):
        rows = np.flatnonzero(points.stream.weeks == origin)
        parts.append((points.stream.instants[rows] + (first + place - origin) * week, points.change[rows]))
    index = pd.DatetimeIndex(np.concatenate([at for at, _ in parts]), tz="UTC")
    levels = pd.Series(np.cumsum(np.concatenate([change for _, change in parts])), index=index)
    return replace(item, levels=levels, known_at=pd.Series(index, index=index), labels=None)


def test_a_week_that_is_not_seen_whole_stays() -> None:
    history = WeeklyHistory.of(market(0.5, days=300), AlignmentSection())
    first, last = history.weeks
    low, high = history.whole_weeks
    source = history.source(draws_over(first - 5, last + 5, YEARLY, seed=1), 0)
    own = np.arange(first, last + 1)
    outside = (own < low) | (own > high)
    assert outside.any()
    assert (source[outside] == own[outside]).all()
    assert (source[~outside] >= low).all()
    assert (source[~outside] <= high).all()


def test_moved_changes_on_true_instants_neither_overlap_nor_get_lost() -> None:
    observations = market(0.5, days=400)
    history = WeeklyHistory.of(observations, AlignmentSection())
    low, high = history.whole_weeks
    source = history.source(draws_over(low, high, YEARLY, seed=9), 1)
    for leg in change_intervals(observations):
        moved = moved_intervals(leg, history.weeks[0], source)
        assert (moved.start < moved.end).all()
        assert (moved.end[:-1] <= moved.start[1:]).all()
        same = moved_intervals(leg, history.weeks[0], history.source(None, 0))
        np.testing.assert_array_equal(same.change, leg.change)
        np.testing.assert_array_equal(same.start, leg.start)


def test_nothing_kept_is_an_error() -> None:
    history = WeeklyHistory.of(market(0.5, days=300), AlignmentSection(rule="synchronous", tolerance="1min"))
    with pytest.raises(AlignmentError, match="fewer than two observation times"):
        history.aligned(history.source(None, 0))


@st.composite
def calendars(draw: st.DrawFn) -> dict[str, Observations]:
    """Two or three instruments on days of their own, some with several strikes a day or dates that lag by a day."""
    dates = pd.date_range("2025-01-01", periods=50, freq="D")
    made: dict[str, Observations] = {}
    for name in draw(st.sampled_from([("A", "B"), ("A", "B", "C")])):
        mask = np.array(draw(st.lists(st.booleans(), min_size=len(dates), max_size=len(dates))))
        own = dates[mask & ((dates.day_of_week < 5) | draw(st.booleans()))]
        hours = draw(st.sampled_from([[0], [6], [15], [21], [24], [6, 15, 24]]))
        struck = pd.DatetimeIndex([day + pd.Timedelta(hours=hour) for day in own for hour in hours], tz="UTC")
        labels = own.repeat(len(hours)) - pd.Timedelta(days=draw(st.sampled_from([0, 0, 1])))
        levels = pd.Series(np.arange(1.0, len(struck) + 1) ** 1.5, index=struck)
        made[name] = Observations(
            name=name,
            levels=levels,
            known_at=pd.Series(struck, index=struck),
            labels=pd.Series(labels, index=struck),
            change=draw(st.sampled_from([ChangeRule.DIFFERENCE, ChangeRule.VALUE])),
        )
    return made


@given(
    calendars(),
    st.sampled_from(
        [{}, {"max_staleness": "1d"}, {"rule": "synchronous", "tolerance": "10h"}, {"rule": "common_days"}]
    ),
    st.sampled_from(["every", "weekdays", "XNYS"]),
    st.sampled_from(["1d", "2d", "1w"]),
)
@settings(max_examples=100)
def test_the_door_of_data_and_the_history_keep_pick_and_drop_alike(
    observations: dict[str, Observations], rule: dict[str, Any], days: str, frequency: str
) -> None:
    section = AlignmentSection(days=days, frequency=Frequency(frequency), allow_early=True, **rule)
    try:
        expected = align(observations, section)
    except AlignmentError:
        with pytest.raises(AlignmentError):
            WeeklyHistory.of(observations, section).aligned(WeeklyHistory.of(observations, section).source(None, 0))
        return
    history = WeeklyHistory.of(observations, section)
    choice, rows = history.choose(history.source(None, 0))
    assert all((own == np.arange(len(own))).all() for own in rows)
    assert choice.kept.tolist() == expected.ticks.as_unit("ns").asi8.tolist()
    own = choice.picked + [each.first for each in history.points]
    assert own.tolist() == expected.places.tolist()
    assert len(choice.keep) == expected.considered
    for k, name in enumerate(observations):
        for why, count in expected.dropped[name].items():
            cost = choice.nothing_new if why.startswith("no update") else choice.lacking
            assert int(cost[:, k].sum()) == count
    changes = history.aligned(history.source(None, 0)).changes
    for k, item in enumerate(observations.values()):
        levels = item.levels.to_numpy()[expected.places[:, k]]
        own = levels[1:] if item.change is ChangeRule.VALUE else np.diff(levels)
        np.testing.assert_allclose(changes[:, k], own, atol=1e-9)
