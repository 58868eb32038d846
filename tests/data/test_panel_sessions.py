"""Every date of a result is a session: of the clock of the panel, or of the instrument; estimators keep instants."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import coupling as cp

ROWS = 400
SPLIT = {"splits": ["2024-07-01"], "breaks": {}, "envelope": {"replications": 19}}


def frame() -> pd.DataFrame:
    days = pd.bdate_range("2023-09-01", periods=ROWS)
    steps = np.random.default_rng(0).normal(0, 0.01, (ROWS, 2)) @ np.array([[1.0, 0.5], [0.0, 1.0]])
    return pd.DataFrame(100 * np.exp(steps.cumsum(axis=0)), index=days, columns=["A", "B"])


def panel(clock: str, **alignment: Any) -> Any:
    told: Any = {"kinds": dict.fromkeys("AB", "price"), "units": dict.fromkeys("AB", "USD")}
    return cp.align(frame(), clocks=dict.fromkeys("AB", clock), days="weekdays", **told, **alignment)


LAST = frame().index[-1]


def last_tick(at: str) -> pd.Timestamp:
    """Return the last session that has a tick: its own end must have come by the last strike."""
    return frame().index[-2] if at.startswith("24:00") else LAST


@pytest.mark.parametrize(
    ("clock", "at"),
    [
        ("16:00 America/New_York", "24:00 UTC"),
        ("16:00 America/New_York", "16:00 America/New_York"),
        ("20:00 America/New_York", "20:30 America/New_York"),
        ("08:00 Asia/Tokyo", "08:00 Asia/Tokyo"),
    ],
)
def test_ticks_are_called_by_the_day_of_their_own_zone(clock: str, at: str) -> None:
    made = panel(clock, at=at)
    labels = made.sessions.labels(made.levels.index)
    assert labels[-1] in (LAST, frame().index[-2])  # a tick after the last strike has not come yet
    assert labels.isin(frame().index).all()
    assert made.levels.index.tz is not None  # the frames of estimators keep instants


def test_a_week_ends_on_friday() -> None:
    made = panel("16:00 America/New_York", at="24:00 UTC", frequency="1w")
    assert set(made.sessions.labels(made.levels.index).day_name()) == {"Friday"}


def test_dates_that_are_joined_as_they_stand_are_their_own_sessions() -> None:
    made = panel("16:00 America/New_York", rule="common_days")
    assert made.sessions.labels(made.levels.index)[-1] == LAST


@pytest.mark.thorough
@pytest.mark.parametrize("at", ["24:00 UTC", "16:00 America/New_York"])
def test_every_room_says_the_same_last_session(at: str) -> None:
    made = panel("16:00 America/New_York", at=at)
    result = cp.run(made, focus="A", correlation={"rolling": {"window": 60}}, change=SPLIT, direction={})
    last = last_tick(at)
    assert result["correlation-rolling"].frame.index[-1] == last
    assert result["data-levels"].frame.index[-1] == last
    assert result["data-sources"].frame["last"].tolist() == [LAST, LAST]
    assert result["data-sources"].frame["first"].tolist() == [frame().index[0]] * 2
    assert [origin.last for origin in result.provenance.origins] == [LAST, LAST]
    assert result["change-envelope"].frame.index[-1] == last
    assert set(result["change-split-2024-07-01"].frame["to"]) == {last}
    assert result["change-matrices-2024-07-01"].frame["to"].tolist() == [last]
    assert result["change-breaks"].frame["likeliest"].isin(frame().index).all()
    assert f"to {last:%Y-%m-%d} (" in result["correlation-rolling"].sentence
    assert f"{last:%Y-%m-%d}" in result["data-alignment"].sentence
    known = result.findings.dropna(subset="end")
    assert set(known["end"]) <= {last, LAST}
    assert set(known.loc[known["clock"] != "UTC days", "end"]) == {last}
    assert set(known.loc[known["clock"] != "UTC days", "start"]) <= set(frame().index)
