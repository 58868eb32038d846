"""What a place holds of an instrument: a series with its source, whose rows are read when they are wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pandas as pd

from coupling.data.instrument import HOURLY, Instrument, SourceEntry
from coupling.data.observations import Observations
from coupling.data.sources.rows import RawRows, build_observations

__all__ = ["Holding", "read_dated"]


@dataclass(frozen=True, kw_only=True)
class Holding:
    """A series of an instrument in a folder, a store or an export.

    Parameters
    ----------
    name : str
        How the page names it: a file, or provider and symbol.
    entry : SourceEntry
        Its source and clock.
    read : callable
        Returns its rows.
    """

    name: str
    entry: SourceEntry
    read: Callable[[], RawRows] = field(repr=False)

    def observe(self, instrument: Instrument, now: pd.Timestamp) -> Observations:
        """Return its observations; raise `DataError` where its rows cannot be had or used."""
        return build_observations(instrument, self.entry, self.read(), now)


def read_dated(instrument: Instrument, holdings: Iterable[Holding], now: pd.Timestamp) -> list[Observations]:
    """Return the observations of those holdings whose values are dated, as hourly bars are not."""
    return [holding.observe(instrument, now) for holding in holdings if holding.entry.clock != HOURLY]
