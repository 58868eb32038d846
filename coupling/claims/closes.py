"""The closes of one instrument by date: what is known and, on many paths, what a model draws after it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from coupling._typing import Floats
from coupling.data.bars import over_days
from coupling.data.changes import ChangeRule, form_changes
from coupling.data.instrument import Instrument
from coupling.data.observations import Observations
from coupling.errors import InputError

__all__ = ["Track", "known_track"]

WEEK = tuple(range(7))
WORKING, EVERY_DAY = 5, 365
OFTEN = 0.1
"""Share of the weeks from which on a Saturday or a Sunday is a day like others."""


@dataclass(frozen=True, kw_only=True)
class Track:
    """Closes of one instrument, and the changes that follow them on one or more paths.

    Parameters
    ----------
    name : str
    dates : DatetimeIndex
        Dates (naive) of all rows, increasing.
    closes : ndarray, shape (known rows,)
    known : ndarray, shape (known rows,)
        Change of each known row from the one before; the first is missing.
    ahead : ndarray, shape (rows ahead, paths)
        Changes drawn after them; none on one path where nothing is drawn.
    drift : ndarray, shape (paths,), optional
        Added to each change drawn.
    rule : ChangeRule
    annualisation : int
        Own changes in a year.
    weekdays : tuple of int
        Days of the week that have a close, Monday being 0.
    """

    name: str
    dates: pd.DatetimeIndex
    closes: Floats = field(repr=False)
    known: Floats = field(repr=False)
    ahead: Floats = field(repr=False)
    rule: ChangeRule
    annualisation: int
    weekdays: tuple[int, ...] = WEEK
    drift: Floats | None = field(default=None, repr=False)

    @property
    def last(self) -> pd.Timestamp:
        """Date of the last row."""
        return pd.Timestamp(self.dates[-1])

    def following(self, day: pd.Timestamp) -> pd.DatetimeIndex:
        """Return the dates after the last row up to a day, of its days of the week (holidays are not known)."""
        dates = pd.date_range(self.last + pd.Timedelta(days=1), day)
        return dates[dates.day_of_week.isin(self.weekdays)]

    def covers(self, day: pd.Timestamp) -> bool:
        """Tell whether no row dated up to a day can still come; a market with weekends has none on them."""
        return not len(self.following(day))

    def rows(self, first: pd.Timestamp, last: pd.Timestamp) -> slice:
        """Return the rows dated from one day to another, both included."""
        return slice(int(self.dates.searchsorted(first)), int(self.dates.searchsorted(last, side="right")))

    def followed_by(self, changes: Floats, dates: pd.DatetimeIndex) -> Track:
        """Return the same closes with changes (rows × paths) drawn for the dates after them."""
        return replace(self, dates=pd.DatetimeIndex(self.dates.append(dates)), ahead=changes)

    def drawn(self, changes: Floats, drift: Floats | None) -> Track:
        """Return the same dates with other changes drawn, and a drift (paths) that is added to each of them."""
        return replace(self, ahead=changes, drift=drift)

    def ahead_of_known(self, row: int) -> bool:
        """Tell whether a row and all after it are drawn."""
        return row >= len(self.closes)

    def changes(self, rows: slice, *, with_drift: bool = True) -> Floats:
        """Return the changes of some rows, shape (rows, paths)."""
        drawn = self.ahead[self._drawn(rows)]
        return self._joined(self.known[rows], drawn if self.drift is None or not with_drift else drawn + self.drift)

    def levels(self, rows: slice) -> Floats:
        """Return the levels of some rows, shape (rows, paths)."""
        levels = self._sums(self._drawn(rows))
        if self.rule is ChangeRule.LOG:
            np.exp(levels, out=levels)
            levels *= self.closes[-1]
        else:
            levels += self.closes[-1]
        return self._joined(self.closes[rows], levels)

    def _sums(self, drawn: slice) -> Floats:
        """Return by how much logs or levels have moved up to each of some rows drawn."""
        sums = np.empty((drawn.stop - drawn.start, self.ahead.shape[1]))
        if len(sums):
            from coupling.kernels.path_loops import path_sums

            drift = np.zeros(sums.shape[1]) if self.drift is None else self.drift
            unit = 0.01 if self.rule in (ChangeRule.LOG, ChangeRule.BASIS_POINTS) else 1.0
            path_sums(self.ahead[: drawn.stop], drift, drawn.start, unit, sums)
        return sums

    def _drawn(self, rows: slice) -> slice:
        return slice(max(rows.start - len(self.closes), 0), max(rows.stop - len(self.closes), 0))

    def _joined(self, known: Floats, drawn: Floats) -> Floats:
        if not len(known):
            return drawn
        return np.concatenate([np.broadcast_to(known[:, None], (len(known), drawn.shape[1])), drawn])


def known_track(item: Observations, instrument: Instrument) -> Track:
    """Return what is known of an instrument: its last close of each date that is over.

    Raises
    ------
    InputError
        If it is a flow, which has no level, or has fewer than two closes.
    """
    if item.change is ChangeRule.VALUE:
        raise InputError(f"{item.name} is a flow; a prediction needs an instrument with a level")
    over = over_days(item)
    closes = pd.Series(over.levels.to_numpy(dtype=float), index=pd.DatetimeIndex(over.dates))
    closes = closes.groupby(level=0).last()
    if len(closes) < 2:
        raise InputError(f"{item.name} has {len(closes)} closes known by then; give a longer series")
    return Track(
        name=item.name,
        dates=pd.DatetimeIndex(closes.index),
        closes=closes.to_numpy(),
        known=form_changes(closes, item.change).to_numpy(),
        ahead=np.empty((0, 1)),
        rule=item.change,
        annualisation=instrument.annualisation,
        weekdays=WEEK if instrument.annualisation == EVERY_DAY else _weekdays(pd.DatetimeIndex(closes.index)),
    )


def _weekdays(dates: pd.DatetimeIndex) -> tuple[int, ...]:
    """Return Monday to Friday, and those days of a weekend on which the dates often lie."""
    counts = np.bincount(dates.day_of_week, minlength=len(WEEK))
    return tuple(day for day in WEEK if day < WORKING or counts[day] > OFTEN * counts.max())
