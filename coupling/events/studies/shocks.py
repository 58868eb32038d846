"""Shocks for local projections: events as a dummy, by their severity, or by how far an instrument surprised."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from coupling.data.gate.changes import Changes
from coupling.data.gate.table import is_table
from coupling.errors import InputError, nearest
from coupling.events.listing.resolve import Events
from coupling.events.listing.types import Side
from coupling.events.studies.rows import changes_of_frame, frame_timeline

__all__ = ["event_shock"]


def event_shock(
    X: Any,
    events: Events,
    *,
    kind: Literal["dummy", "severity", "surprise"] = "dummy",
    severity: pd.Series | None = None,
    instrument: str | None = None,
    side: Side = "rises",
    window: int = 250,
    allow_levels: bool = False,
) -> pd.Series:
    """Return a shock on the rows of X: zero but at the first row that ends after an event.

    Parameters
    ----------
    X : DataFrame or Panel
        Changes, rows = time; of a panel its `changes`.
    events : Catalogue, instants or dates
    kind : {"dummy", "severity", "surprise"}
        ``dummy``: 1. ``severity``: the value of `severity` at that row or the last before it. ``surprise``: how far an
        instrument moved in that row, less its mean, in standard deviations of the `window` rows before it. A same-row
        surprise measures an association, not an effect.
    severity : Series, optional
        By session or instant, such as ``EventDetector(parts=…).fit(data).frame["severity"]``.
    instrument : str, optional
        The column whose move is the surprise.
    side : {"rises", "falls"}
        Which way a surprise is positive: ``falls`` where a stronger shock is a fall of the column.
    window : int
        Earlier rows that scale a surprise.
    allow_levels : bool
        Whether columns of a frame that look like levels pass.

    Returns
    -------
    Series
        On the rows of X, for `LocalProjection.fit`. Rows of events whose size is not known are missing.

    Raises
    ------
    InputError
        If a column or the severity is missing, or no event lies inside the rows.

    Examples
    --------
    >>> days = pd.date_range("2024-01-01", periods=300, freq="B")
    >>> changes = pd.DataFrame({"SPX": np.tile([1.0, -1.0, 0.0], 100)}, index=days)
    >>> changes.loc[days[280], "SPX"] = -4.0
    >>> shock = event_shock(changes, [days[280]], kind="surprise", instrument="SPX", side="falls")
    >>> int((shock != 0).sum()), round(float(shock[days[280]]), 1)
    (1, 4.9)
    """
    changes = _changes_of(X, allow_levels=allow_levels)
    frame = changes.frame
    line = frame_timeline(changes, events, days="XNYS", window=(0, 0))
    if not len(line.positions):
        raise InputError("No event lies inside the rows of X.")
    places = np.unique(line.positions)
    values = np.zeros(len(frame))
    values[places] = _sizes(frame, kind, severity, instrument, side, window).iloc[places]
    return pd.Series(values, index=frame.index, name=f"event {kind}")


def _changes_of(X: Any, *, allow_levels: bool) -> Changes:
    if is_table(X):
        return changes_of_frame(X, allow_levels=allow_levels)
    frame = getattr(X, "changes", None)
    if not isinstance(frame, pd.DataFrame):
        raise InputError("A shock needs a frame of changes or a panel.")
    return Changes(frame=frame, labels=frame.index)


def _sizes(
    frame: pd.DataFrame, kind: str, severity: pd.Series | None, instrument: str | None, side: str, window: int
) -> pd.Series:
    """Return the size that an event would have at every row."""
    if kind == "dummy":
        return pd.Series(1.0, index=frame.index)
    if kind == "severity":
        return _severity_by_row(frame, severity)
    if kind != "surprise":
        raise InputError(f"kind={kind!r} is unknown; use 'dummy', 'severity' or 'surprise'.")
    if side not in ("rises", "falls"):
        raise InputError(f"side={side!r} is unknown; use 'rises' or 'falls'.")
    if instrument not in frame.columns:
        hint = nearest(str(instrument), map(str, frame.columns))
        raise InputError(f"instrument={instrument!r} is no column of X, and a surprise is the move of one; {hint}.")
    past = frame[instrument].shift(1).rolling(window, min_periods=min(window, 60))
    spread = past.std()
    surprise = (frame[instrument] - past.mean()) / spread.where(spread > 0)
    return surprise if side == "rises" else -surprise


def _severity_by_row(frame: pd.DataFrame, severity: pd.Series | None) -> pd.Series:
    if severity is None or not isinstance(severity.index, pd.DatetimeIndex):
        raise InputError("kind='severity' needs severity, a series by session such as the detector's.")
    rows = pd.DatetimeIndex(frame.index)
    known = severity.sort_index()
    stamps = pd.DatetimeIndex(known.index)
    if rows.tz is not None and stamps.tz is None:
        known = known.set_axis(stamps.tz_localize("UTC") + pd.Timedelta(days=1))
    elif rows.tz is None and stamps.tz is not None:
        known = known.set_axis(stamps.tz_localize(None))
    return known.reindex(rows, method="ffill")
