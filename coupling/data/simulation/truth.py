"""The truth of a simulated market, shown beside every estimate of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

__all__ = ["Truth"]


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What the simulated world knows and no market tells.

    Parameters
    ----------
    shift : Timestamp
        Instant (UTC) from which the later correlation holds.
    before, after : DataFrame
        Correlation of simultaneous changes before and after the shift, events left out.
    events : DataFrame
        One row per event: `instant` (UTC), `severity`, and the size for every instrument (% or bp).
    alone : tuple of str
        Instruments that are drawn on their own, independent of all others.
    """

    shift: pd.Timestamp
    before: pd.DataFrame = field(repr=False)
    after: pd.DataFrame = field(repr=False)
    events: pd.DataFrame = field(repr=False)
    alone: tuple[str, ...] = ()

    def with_alone(self, names: tuple[str, ...]) -> Truth:
        """Return the truth with instruments that are independent of all others, and which no event moves."""
        if not names:
            return self
        before, after = _with_alone(self.before, names), _with_alone(self.after, names)
        events = self.events.assign(**dict.fromkeys(names, 0.0))
        return replace(self, before=before, after=after, events=events, alone=names)

    def correlation(self, left: str, right: str, at: pd.DatetimeIndex) -> pd.Series:
        """Return the true correlation of a pair at instants (UTC); missing of a formula, which has none of its own."""
        later = np.asarray(at > self.shift)
        if not {left, right} <= set(self.before.columns):
            return pd.Series(np.nan, index=at)
        old, new = (float(matrix.to_numpy()[_place(matrix, left, right)]) for matrix in (self.before, self.after))
        return pd.Series(np.where(later, new, old), index=at)

    def response(self, instrument: str) -> float:
        """Return the mean true size of an event for an instrument (% or bp); missing of a formula."""
        if instrument not in self.events:
            return float("nan")
        return float(self.events[instrument].mean())


def _with_alone(matrix: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Widen a matrix of correlations by instruments that have none."""
    known = [name for name in matrix.columns if name not in names]
    wider = matrix.loc[known, known].reindex(index=[*known, *names], columns=[*known, *names], fill_value=0.0)
    values = wider.to_numpy(copy=True)
    np.fill_diagonal(values, 1.0)
    return pd.DataFrame(values, index=wider.index, columns=wider.columns)


def _place(matrix: pd.DataFrame, left: str, right: str) -> tuple[int, int]:
    names = list(matrix.columns)
    return names.index(left), names.index(right)
