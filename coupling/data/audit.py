"""Audit: find out from the data at which instant a dated source is struck, and whether its dates are late.

The changes of a dated source are compared with the changes of a reference sampled at many candidate instants. Where a
reference has hourly bars the candidates are the hours of four cities' days from the day before the date to the day
after; where it is dated too, the candidates are whole rows of the newest thousand. The candidate whose changes agree
best is what the source really shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
import pandas as pd

from coupling.data.changes import form_changes
from coupling.data.clocks.clock import WallTime, load_clock
from coupling.data.instrument import HOURLY
from coupling.data.observations import Observations
from coupling.errors import InputError

__all__ = ["Audit", "audit_source"]

ZONES = ("UTC", "America/New_York", "Europe/London", "Asia/Tokyo")
FRESH = pd.Timedelta(hours=2)
SHIFTS = range(-3, 4)
FEWEST = 100
NEWEST = 1000
CLEAR = 0.02


Key = TypeVar("Key")


class Candidate(NamedTuple):
    """An instant at which a value may be struck: days after the written date, hour, and zone."""

    days: int
    hour: int
    zone: str

    def on(self, labels: pd.DatetimeIndex) -> pd.DatetimeIndex:
        """Return the instants (UTC) for written dates."""
        return WallTime(hours=self.hour, minutes=0, zone=self.zone).on(labels + pd.Timedelta(days=self.days))

    def rows_late(self, labels: pd.DatetimeIndex) -> int:
        """Return how many rows late the dates are, read as closes: 0 within (00:00, 24:00] UTC of the date itself."""
        hours = np.median((self.on(labels).tz_localize(None) - labels) / pd.Timedelta(hours=1))
        return int(1 - np.ceil(hours / 24))

    def __str__(self) -> str:
        day = {-1: " of the day before", 0: "", 1: " of the day after"}[self.days]
        return f"{self.hour:02d}:00 {self.zone}{day}"


@dataclass(frozen=True, kw_only=True)
class Audit:
    """What an audit of one source found.

    Parameters
    ----------
    instrument, source, reference : str
        What was compared with what.
    declared : str
        The clock that the source is declared with; empty for a file that nobody declares.
    found : str
        The instant (or the shift in rows) at which the changes agree best.
    correlation : float
        Correlation of the changes there.
    declared_correlation : float
        Correlation at the declared clock; missing where there is none.
    n : int
        Changes compared.
    late_rows : int
        How many rows the source's dates are late, read as a close of its own date (negative: early).
    status : str
        ``OK``; ``LATE`` or ``EARLY`` where its dates are, unless its declared clock says so; ``WRONG`` where another
        instant than the declared one fits clearly better.
    verdict : str
        One sentence.
    """

    instrument: str
    source: str
    reference: str
    declared: str
    found: str
    correlation: float
    declared_correlation: float
    n: int
    late_rows: int
    status: str
    verdict: str


def audit_source(source: Observations, reference: Observations) -> Audit:
    """Find the instant at which a dated source agrees best with a reference of the same instrument.

    Parameters
    ----------
    source : Observations
        A dated source, with the clock that it is declared with, or none.
    reference : Observations
        Hourly bars (then hours are compared) or another dated source (then rows are).

    Raises
    ------
    InputError
        If fewer than 100 changes can be compared.
    """
    if reference.origin is not None and reference.origin.clock == HOURLY:
        return _against_hours(source, reference)
    return _against_rows(source, reference)


def _levels(item: Observations) -> pd.Series:
    series = pd.Series(item.levels.to_numpy(dtype=float), index=pd.DatetimeIndex(item.dates))
    return series[~series.index.duplicated(keep="last")]


def _symbol(item: Observations) -> str:
    return "" if item.origin is None else item.origin.symbol


def _declared(item: Observations) -> str:
    return "" if item.origin is None else item.origin.clock


def _agreement(left: pd.Series, right: pd.Series) -> tuple[float, int]:
    both = pd.concat([left, right], axis=1).dropna()
    if len(both) < FEWEST or (both.std() == 0).any():
        return float("nan"), len(both)
    return float(np.corrcoef(both.to_numpy().T)[0, 1]), len(both)


def _against_hours(source: Observations, reference: Observations) -> Audit:
    levels = _levels(source)
    levels = levels[levels.index >= reference.levels.index[0].tz_localize(None)]
    changes = form_changes(levels, source.change)
    labels = pd.DatetimeIndex(levels.index)
    scores = {}
    for candidate in (Candidate(day, hour, zone) for zone in ZONES for day in (-1, 0, 1) for hour in range(24)):
        scores[candidate] = _agreement(changes, _sampled(reference, labels, candidate.on(labels)))
    best = _best({candidate: score for candidate, (score, _) in scores.items()}, source, reference)
    correlation, n = scores[best]
    declared = _declared(source)
    at_clock = float("nan")
    if declared:
        at_clock, _ = _agreement(changes, _sampled(reference, labels, load_clock(declared).struck_at(labels)))
    return _audit(source, reference, str(best), correlation, at_clock, n, best.rows_late(labels))


def _sampled(reference: Observations, labels: pd.DatetimeIndex, instants: pd.DatetimeIndex) -> pd.Series:
    """Changes of the hourly reference between the instants of consecutive dates; missing where no fresh bar ends."""
    ends = pd.DatetimeIndex(reference.levels.index)
    place = ends.searchsorted(instants, side="right") - 1
    values = reference.levels.to_numpy(dtype=float)[np.maximum(place, 0)]
    fresh = (place >= 0) & ~np.asarray(instants.isna()) & np.asarray(instants - ends[np.maximum(place, 0)] <= FRESH)
    return form_changes(pd.Series(np.where(fresh, values, np.nan), index=labels), reference.change)


def _against_rows(source: Observations, reference: Observations) -> Audit:
    both = pd.concat([_levels(source), _levels(reference)], axis=1, join="inner").dropna().iloc[-NEWEST:]
    changes = {side: form_changes(both[side], item.change) for side, item in ((0, source), (1, reference))}
    scores = {shift: _agreement(changes[0].shift(-shift), changes[1]) for shift in SHIFTS}
    late = _best({shift: score for shift, (score, _) in scores.items()}, source, reference)
    correlation, n = scores[late]
    found = "the same rows" if late == 0 else f"{_rows(late)} {'later' if late > 0 else 'earlier'} than the reference"
    return _audit(source, reference, found, correlation, scores[0][0], n, late)


def _best(scores: dict[Key, float], source: Observations, reference: Observations) -> Key:
    known = {candidate: score for candidate, score in scores.items() if np.isfinite(score)}
    if not known:
        sides = f"{_symbol(source)} and {_symbol(reference)}"
        raise InputError(
            f"{sides} share fewer than {FEWEST} changes, so no audit is possible; give a longer reference."
        )
    return max(known, key=lambda candidate: known[candidate])


def _audit(
    source: Observations, reference: Observations, found: str, correlation: float, at_clock: float, n: int, late: int
) -> Audit:
    symbol, declared = _symbol(source), _declared(source)
    verdict = f"{symbol} agrees best with {_symbol(reference)} at {found} ({correlation:.2f}, n = {n})"
    if late > 0:
        verdict += f": read as the close of its own date it is {_rows(late)} late"
    what = f"declared clock {declared} is" if _declared(reference) == HOURLY else "dates are"
    right = bool(declared) and not correlation - at_clock > CLEAR
    if declared:
        verdict += f"; its {what} {'right' if right else 'WRONG'} ({at_clock:.2f})"
    return Audit(
        instrument=source.name,
        source=symbol,
        reference=_symbol(reference),
        declared=declared,
        found=found,
        correlation=correlation,
        declared_correlation=at_clock,
        n=n,
        late_rows=late,
        status=_status(late, declared=bool(declared), right=right),
        verdict=f"{verdict}.",
    )


def _rows(number: int) -> str:
    return "1 row" if abs(number) == 1 else f"{abs(number)} rows"


def _status(late: int, *, declared: bool, right: bool) -> str:
    if right:
        return "OK"
    if late:
        return "LATE" if late > 0 else "EARLY"
    return "WRONG" if declared else "OK"
