"""Which column is what: dates, values, tickers, the ends of bars; by the declared shape, the user or known names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from coupling.data.shapes import Shape, load_names, normal
from coupling.data.tables.heading import is_dated
from coupling.data.tables.table import Name, Options, Table
from coupling.errors import DataError, nearest

__all__ = ["BAR_COLUMNS", "Roles", "assign_roles", "date_place", "find", "of_one_ticker", "value_place"]

BAR_COLUMNS = ("open", "high", "low")
"""What a bar has beside its close."""

MANY = 1_000


@dataclass(frozen=True, kw_only=True)
class Roles:
    """Places of the columns that say when a value was struck and known, and of whom it is."""

    date: int
    time: int | None = None
    ends: int | None = None
    session: int | None = None
    ticker: int | None = None
    released: int | None = None


def find(names: Sequence[Name], wanted: Iterable[str]) -> list[int]:
    """Return the places of the columns that bear the first of some names that is there, at any level."""
    for name in wanted:
        found = [place for place, levels in enumerate(names) if normal(name) in map(normal, levels)]
        if found:
            return found
    return []


def date_place(
    place: str, names: Sequence[Name], shape: Shape | None, stated: str | None, sample: Sequence[Sequence[object]]
) -> int:
    """Return the column of dates.

    Raises
    ------
    DataError
        If there is none, or two columns of dates between which nothing decides.
    """
    if stated is not None:
        return _stated(place, names, stated)
    if shape is not None:
        return _only(place, names, find(names, [shape.date]), shape.date)
    known = load_names()
    instants = find(names, known.date[:1])
    if instants:
        return instants[0]
    named = [k for k, levels in enumerate(names) if any(normal(level) in known.date for level in levels)]
    unnamed = [k for k, levels in enumerate(names) if not any(levels)]
    places = [k for k in named if _dated(sample, k)] or named or [k for k in unnamed if _dated(sample, k)]
    places = places or [k for k in range(len(names)) if _typed(sample, k)]
    of_time = set(find(names, known.time)) if len(places) > 1 else set()
    places = [k for k in places if k not in of_time] or places
    if not places:
        header = ", ".join(" ".join(levels) for levels in names)[:200]
        raise DataError(f"{place} has no date column among {header}; state 'date_column:' for this file.")
    if len(places) > 1:
        found = ", ".join(repr(names[k][0]) for k in places)
        raise DataError(f"{place} has several columns of dates ({found}); say which with 'date_column:'.")
    return places[0]


def _dated(sample: Sequence[Sequence[object]], place: int) -> bool:
    cells = [row[place] for row in sample if place < len(row)]
    return any(not isinstance(cell, str) or is_dated(cell) for cell in cells)


def _typed(sample: Sequence[Sequence[object]], place: int) -> bool:
    cells = [row[place] for row in sample if not isinstance(row[place], str)]
    return any(isinstance(cell, date | pd.Period) for cell in cells)


def _stated(place: str, names: Sequence[Name], wanted: str) -> int:
    """Return the column that a user names: of several alike the one written so to the letter."""
    found = find(names, [wanted])
    exact = [k for k in found if wanted in names[k]]
    return _only(place, names, exact if len(exact) == 1 else found, wanted)


def _only(place: str, names: Sequence[Name], found: list[int], wanted: str) -> int:
    if len(found) == 1:
        return found[0]
    if not found:
        known = [" ".join(levels) for levels in names if any(levels)]
        raise DataError(f"{place} has no column {wanted!r}; {_near(wanted, known)}")
    raise DataError(f"{place} has {len(found)} columns of the name {wanted!r}, which of them?; rename one of them.")


def _near(word: str, known: Sequence[str]) -> str:
    """Return a hint at the nearest of many words, or at the first of them."""
    hint = nearest(word, known[:MANY])
    return hint if len(hint) < 300 else f"{hint[:300]} …"


def assign_roles(table: Table, options: Options, dates: int) -> Roles:
    """Return which column is what beside the values."""
    known, shape = load_names(), table.shape
    time = [shape.time] if shape is not None and shape.time else known.time
    ticker = [shape.ticker] if shape is not None and shape.ticker else known.ticker
    levels, stated = len(table.names[0]) > 1, options.date_column is not None
    return Roles(
        date=dates,
        time=None if levels else _of_day(table, time, dates, stated=stated),
        ends=_other(table.names, [shape.ends], dates) if shape is not None and shape.ends else None,
        session=_other(table.names, [shape.session], dates) if shape is not None and shape.session else None,
        ticker=None if levels else _other(table.names, ticker, dates),
        released=None if levels else _other(table.names, known.released, dates),
    )


def _of_day(table: Table, names: Iterable[str], dates: int, *, stated: bool) -> int | None:
    """Return the column of times of day: one of that name, or one that begins so, as ``Time (EST)``, and shows them.

    Beside a column of dates that is stated, it must show them too.
    """
    place = _other(table.names, names, dates)
    if place is not None and not stated:
        return place
    begins = [re.split(r"[ (_]", normal(levels[0]))[0] in load_names().time for levels in table.names]
    likely = [k for k, is_one in enumerate(begins) if is_one and k != dates]
    return next((k for k in likely if any(":" in cell for cell in table.texts(k)[:1])), None)


def _other(names: Sequence[Name], wanted: Iterable[str], dates: int) -> int | None:
    return next((place for place in find(names, wanted) if place != dates), None)


def of_one_ticker(place: str, table: Table, roles: Roles, options: Options) -> Table:
    """Return the rows of the ticker that is asked for, where a column names several.

    Raises
    ------
    DataError
        If it is not there, or none is asked for and the instrument's symbols do not tell.
    """
    if roles.ticker is None:
        if options.ticker is not None and len(table.names[0]) == 1:
            raise DataError(f"{place} has no column of tickers among {', '.join(table.header)}; leave 'ticker:' out.")
        return table
    cells = table.texts(roles.ticker)
    if not any(cells) and options.ticker is None:
        return table
    chosen = _ticker(place, dict.fromkeys(cell for cell in cells if cell), options)
    keep = [k for k, cell in enumerate(cells) if cell == chosen]
    if len(keep) == len(cells):
        known = chosen == options.ticker or chosen in options.symbols
        return table if known else replace(table, notes=(*table.notes, f"ticker {chosen}"))
    note = f"ticker {chosen}; rows of others, left out: {len(cells) - len(keep)}"
    return replace(table.rows(keep), notes=(*table.notes, note))


def _ticker(place: str, known: Iterable[str], options: Options) -> str:
    """Return the one ticker that is asked for, or that a symbol of the instrument names, or that there is."""
    tickers, asked = list(known), options.ticker
    if asked is not None:
        found = [one for one in tickers if one == asked] or [one for one in tickers if normal(one) == normal(asked)]
        if len(found) != 1:
            raise DataError(f"{place} has no ticker {asked!r}; {_near(asked, tickers)}")
        return found[0]
    if len(tickers) == 1:
        return tickers[0]
    named = [one for one in tickers if one in options.symbols]
    if len(named) == 1:
        return named[0]
    listed = ", ".join(tickers[:20]) + (", …" if len(tickers) > 20 else "")
    raise DataError(f"{place} holds several tickers ({listed}); say which with 'ticker:' in data.files.")


def value_place(place: str, table: Table, roles: Roles, options: Options) -> int:
    """Return the column of values; a tenor such as 10Y is found under its Japanese name 10年 too.

    Raises
    ------
    DataError
        If it is not there, or there are several and nothing says which.
    """
    names = [tuple(level.replace("年", "Y") for level in levels) for levels in table.names]
    taken = {roles.date, roles.time, roles.ticker, roles.released, roles.ends, roles.session}
    free = [k for k in range(len(names)) if k not in taken]
    if table.shape is not None and table.shape.flags is not None:
        free = [k for k in free if not names[k][0].endswith(table.shape.flags)]
    if len(names[0]) > 1:
        return _of_levels(place, names, free, options)
    if options.column is not None:
        return _stated(place, names, options.column)
    shape = table.shape
    wanted = [shape.value] if shape is not None and shape.value else load_names().value
    usual = [[k for k in find(names, [name]) if k in free] for name in wanted]
    found = next(filter(None, usual), [])
    if len(list(filter(None, usual))) == 1:
        again = [
            k for k in free if re.fullmatch(rf"{re.escape(names[found[0]][0])}\.\d+", names[k][0])
        ]  # as pandas writes
        return _only(place, names, [*found, *again], names[found[0]][0])
    others = [k for k in free if names[k][0]]
    own = [k for k in others if names[k][0] in options.symbols]  # a table with a column for each instrument
    if not found and (len(others) == 1 or len(own) == 1):
        return (own or others)[0]
    shown = ", ".join(filter(None, table.header))[:300]
    none = f", and none is called {options.symbols[0]}" if options.symbols and not own else ""
    step = "say which with 'column:' in data.files, or give it alone in Python"
    raise DataError(f"{place} has several columns ({shown}){none}; {step}.")


def _of_levels(place: str, names: Sequence[Name], free: Sequence[int], options: Options) -> int:
    """Choose by field and ticker, whichever line of the heading holds which."""
    fields = next((level for level in range(len(names[0])) if _has_field(names, free, level)), 0)
    tickers = 1 if fields == 0 else 0
    column = options.column if options.column is not None else "close"
    found = [k for k in free if normal(names[k][fields]) == normal(column)]
    if not found and any(names[k][tickers] == column for k in free):  # the column is named by its ticker
        options = replace(options, ticker=column)
        found = [k for k in free if normal(names[k][fields]) in load_names().value]
    if not found:
        header = ", ".join(dict.fromkeys(level for k in free for level in names[k]))
        raise DataError(f"{place} has no column {column!r} among {header[:300]}; say which with 'column:'.")
    chosen = _ticker(place, dict.fromkeys(names[k][tickers] for k in found), options)
    return _only(place, names, [k for k in found if names[k][tickers] == chosen], f"{column} {chosen}")


def _has_field(names: Sequence[Name], free: Sequence[int], level: int) -> bool:
    return any(normal(names[k][level]) in (*load_names().value, "open", "volume", "adj close") for k in free)
