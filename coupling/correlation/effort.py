"""How long an estimator will take, told before it begins: seconds of one core, measured (docs/limits.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from coupling.correlation.windows import Windows
from coupling.limits.budget import count, require_seconds

__all__ = ["Extent", "require_effort"]


@dataclass(frozen=True)
class Extent:
    """How many windows there are, how many rows one has on average, and how many the longest."""

    windows: int
    rows: float
    longest: float

    @classmethod
    def of(cls, windows: Windows) -> Extent:
        """Return the extent of resolved windows."""
        lengths = windows.stops - windows.starts
        filled = lengths[lengths > 0]
        rows, longest = (float(filled.mean()), float(filled.max())) if len(filled) else (0.0, 0.0)
        return cls(len(windows), rows, longest)


@dataclass(frozen=True)
class Price:
    """Seconds that a pair takes; of each of its windows; of each row, each row's square, and row of a window."""

    pair: float
    window: float = 0.0
    cell: float = 0.0
    row: float = 0.0
    square: float = 0.0

    def of(self, extent: Extent) -> float:
        """Return the seconds of one pair."""
        each = extent.windows * (self.window + self.cell * extent.rows)
        return self.pair + each + self.row * extent.longest + self.square * extent.longest**2


_JACKKNIFE = Price(1.6e-4, 5e-7, row=1e-8)
MATRIX, ONE_WINDOW = Price(1e-7, row=1e-10), Price(4e-6, row=2e-8)
"""Of all pairs of one window by products of matrices, and of their intervals."""
_RANKS = Price(3e-4, 1.2e-6, 8e-9, square=3.5e-9)
_WEIGHTED = Price(6e-5, 5e-7, 3.5e-9, 2e-8)
FIT = {
    "RollingCorrelation": Price(1e-5, 6e-8, row=1.6e-8),
    "RollingCorrelation spearman": _RANKS,
    "ExponentialCorrelation": _WEIGHTED,
    "ShrunkCorrelation": Price(1.2e-5, 6e-8, row=2e-8),
    "PartialCorrelation": Price(2e-5, 5e-7, row=2e-8),
    "PartialCorrelation given": Price(2e-4, 1.2e-6, row=1e-7),
    "TailDependence": Price(5e-5, 1.8e-5, 1e-8, row=4e-8),
    "RollingBeta": Price(2e-4, 1.1e-6),
    "DccCorrelation": Price(1e-4),
    "HayashiYoshidaCorrelation": Price(2e-4, 3e-7, row=3e-8),
    "HayashiYoshidaCorrelation neighbours": Price(5e-4, 1.5e-6, 1e-8, row=3e-8),
}
INTERVALS = {
    "RollingCorrelation": _JACKKNIFE,
    "RollingCorrelation spearman": _RANKS,
    "ExponentialCorrelation": _WEIGHTED,
    "ShrunkCorrelation": _JACKKNIFE,
    "PartialCorrelation": Price(3e-4, 3e-5, 8e-8),
    "TailDependence": Price(2e-3, 7e-4, row=1.3e-5),
    "TailDependence exceedance": Price(2e-3, 4e-4, 2.7e-6, row=1.3e-5),
    "DccCorrelation": Price(4e-3, row=2e-6),
    "HayashiYoshidaCorrelation": Price(3e-4, 1.5e-6, 1e-8, row=3e-8),
}


def require_effort(
    estimator: Any, extent: Extent, instruments: int, *, pairs: int | None = None, intervals: bool = False
) -> None:
    """Raise InputError, before it begins, if the fit of all pairs, or their intervals, would take too long.

    Parameters
    ----------
    estimator : PairwiseCorrelation or RollingBeta
    extent : Extent
    instruments : int
        Columns.
    pairs : int, optional
        All of them by default.
    intervals : bool
        Whether the intervals of all pairs are asked for, not the fit.
    """
    table = INTERVALS if intervals else FIT
    pairs = instruments * (instruments - 1) // 2 if pairs is None else pairs
    key = _key(estimator, table)
    price = (ONE_WINDOW if intervals else MATRIX) if key == "RollingCorrelation" and extent.windows == 1 else table[key]
    seconds = pairs * price.of(extent)
    if not intervals:
        seconds += _together(estimator, extent, instruments)
    elif type(estimator).__name__ == "PartialCorrelation":
        seconds += pairs * extent.windows * 6e-10 * extent.rows * _controls(estimator, instruments) ** 2
    what = f"{'the intervals of ' if intervals else ''}{count(pairs, 'pair')} in {count(extent.windows, 'window')}"
    advice = "ask for single pairs with between()" if intervals else "take fewer instruments or windows"
    require_seconds(seconds, what, advice)


def _key(estimator: Any, table: dict[str, Price]) -> str:
    """Return the entry of a table: an option may have one of its own."""
    name = type(estimator).__name__
    options = [getattr(estimator, option, None) for option in ("method", "measure")]
    options += ["given" if getattr(estimator, "given", None) is not None else None]
    wider = getattr(estimator, "leads_lags", 0) or getattr(estimator, "demean", None)
    options += ["neighbours" if wider else None]
    return next((key for option in options if (key := f"{name} {option}") in table), name)


def _controls(estimator: Any, instruments: int) -> int:
    given = estimator.given
    return instruments - 2 if given is None else 1 if isinstance(given, str) else len(given)


def _together(estimator: Any, extent: Extent, instruments: int) -> float:
    """Return the seconds of what all instruments take part in: a matrix of each window, or a model of all."""
    windows, rows = extent.windows, extent.rows
    each = {
        "ShrunkCorrelation": windows * (1.5e-4 + 2e-9 * rows * instruments**2),
        "PartialCorrelation": 0.0 if _key(estimator, FIT).endswith("given") else windows * 3e-9 * instruments**3,
        "DccCorrelation": instruments * (5e-3 + 5e-6 * rows) + 2.5e-8 * instruments**3 * rows,
    }
    return each.get(type(estimator).__name__, 0.0)
