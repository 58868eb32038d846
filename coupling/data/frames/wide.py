"""Which instruments a frame without a name of its own holds: one in each column, or in each ticker's columns."""

from __future__ import annotations

from collections.abc import Sequence

from coupling.data.shapes import load_names, normal
from coupling.data.tables.roles import assign_roles, date_place
from coupling.data.tables.table import Options, Table
from coupling.errors import InputError

__all__ = ["instruments_of", "is_bars", "place_of_dates"]

BARS = ({"open", "high", "low"}, {"close", "volume"})
SAMPLE = 20


def instruments_of(table: Table, dates: str | None, place: str, *, named: bool) -> list[str] | None:
    """Return the names of the instruments; None where the frame holds one series and somebody else named it.

    Parameters
    ----------
    table : Table
    dates : str, optional
        Column of the dates, where it is known.
    place : str
        It stands in every message.
    named : bool
        Whether there is one name for a frame that holds one series.

    Raises
    ------
    InputError
        If the frame holds the bars of one instrument without a name, rows of several tickers, or no values.
    """
    roles = assign_roles(table, Options(date_column=dates), place_of_dates(table, dates, place))
    taken = {roles.date, roles.time, roles.released, roles.ends, roles.session}
    free = [k for k in range(len(table.names)) if k not in taken and any(table.names[k])]
    if not free:
        raise InputError(f"{place} has dates and no column of values; add one for each instrument.")
    if len(table.names[0]) > 1:
        return _tickers(table, free, place)
    columns = [table.names[k][0] for k in free]
    bars = is_bars(columns) or (len(free) > 1 and table.shape is not None and table.shape.value in columns)
    if named and (bars or (len(columns) == 1 and normal(columns[0]) in load_names().value)):
        return None
    if roles.ticker is not None:
        ticker = table.header[roles.ticker]
        raise InputError(
            f"{place} has a column {ticker!r} of tickers; give each instrument a column of its own (pivot it), or a "
            "name, as coupling.align({'SPX': frame})."
        )
    if bars:
        shown = ", ".join(columns[:5])
        raise InputError(
            f"{place} holds the bars of one instrument ({shown}); give it a name, as coupling.align({{'SPX': frame}})."
        )
    return columns


def is_bars(columns: Sequence[str]) -> bool:
    """Tell whether columns are the bars of one instrument.

    Examples
    --------
    >>> is_bars(["Open", "High", "Low", "Close"]), is_bars(["BTC", "SPX"])
    (True, False)
    """
    names = {normal(column).strip("<>") for column in columns}
    return any(bars <= names for bars in BARS)


def place_of_dates(table: Table, dates: str | None, place: str) -> int:
    """Return the place of the column of dates."""
    sample = list(zip(*(list(column[:SAMPLE]) for column in table.columns), strict=True))
    return date_place(place, table.names, table.shape, dates, sample)


def _tickers(table: Table, free: Sequence[int], place: str) -> list[str]:
    """Return the tickers of a heading of two lines, whichever of them holds the fields."""
    levels = range(len(table.names[0]))
    fields = [k for k in levels if any(normal(table.names[column][k]) in load_names().value for column in free)]
    if len(levels) != 2 or len(fields) != 1:
        raise InputError(
            f"{place}: the column names have {len(levels)} levels, of which none names a close; flatten them."
        )
    return list(dict.fromkeys(table.names[column][1 - fields[0]] for column in free))
