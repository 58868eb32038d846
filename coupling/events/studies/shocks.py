"""Shocks for local projections: unwinds as a dummy, by their severity, or by how far the yen surprised."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from coupling.data.gate.changes import Changes
from coupling.data.gate.table import is_table
from coupling.errors import InputError, nearest
from coupling.events.listing.resolve import Events
from coupling.events.studies.rows import changes_of_frame, frame_timeline

__all__ = ["unwind_shock"]


def unwind_shock(
    X: Any,
    events: Events,
    *,
    kind: Literal["dummy", "severity", "surprise"] = "dummy",
    severity: pd.Series | None = None,
    yen: str = "USDJPY",
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
        ``dummy``: 1. ``severity``: the value of `severity` at that row or the last before it. ``surprise``: how far the
        yen rose in that row, less its mean, in standard deviations of the `window` rows before it; positive for a
        stronger yen. A same-row surprise measures an association, not an effect.
    severity : Series, optional
        By session or instant, such as ``UnwindDetector().fit(data).frame["severity"]``.
    yen : str
        The column of yen per dollar.
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
    >>> changes = pd.DataFrame({"USDJPY": np.tile([1.0, -1.0, 0.0], 100)}, index=days)
    >>> changes.loc[days[280], "USDJPY"] = -4.0
    >>> shock = unwind_shock(changes, [days[280]], kind="surprise")
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
    values[places] = _sizes(frame, kind, severity, yen, window).iloc[places]
    return pd.Series(values, index=frame.index, name=f"unwind {kind}")


def _changes_of(X: Any, *, allow_levels: bool) -> Changes:
    if is_table(X):
        return changes_of_frame(X, allow_levels=allow_levels)
    frame = getattr(X, "changes", None)
    if not isinstance(frame, pd.DataFrame):
        raise InputError("A shock needs a frame of changes or a panel.")
    return Changes(frame=frame, labels=frame.index)


def _sizes(frame: pd.DataFrame, kind: str, severity: pd.Series | None, yen: str, window: int) -> pd.Series:
    """Return the size that an event would have at every row."""
    if kind == "dummy":
        return pd.Series(1.0, index=frame.index)
    if kind == "severity":
        return _severity_by_row(frame, severity)
    if kind != "surprise":
        raise InputError(f"kind={kind!r} is unknown; use 'dummy', 'severity' or 'surprise'.")
    if yen not in frame.columns:
        raise InputError(f"yen={yen!r} is no column of X; {nearest(yen, map(str, frame.columns))}.")
    past = frame[yen].shift(1).rolling(window, min_periods=min(window, 60))
    spread = past.std()
    return -(frame[yen] - past.mean()) / spread.where(spread > 0)


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
