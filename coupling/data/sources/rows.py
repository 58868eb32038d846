"""What every source returns: raw rows; and the one way by which they become observations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from coupling.data.clocks.clock import WallTime, load_clock
from coupling.data.instrument import HOURLY, Instrument, Kind, Provider, SourceEntry, load_instruments
from coupling.data.numbers import PERCENT
from coupling.data.observations import Observations
from coupling.data.sources.span import DateSpan
from coupling.data.stamps import REACH, Stamps, require_days_of
from coupling.data.units import in_percent, require_percent
from coupling.dates.columns import Rows
from coupling.errors import DataError
from coupling.results.base import Origin

__all__ = ["UNFINISHED", "RawRows", "build_observations", "continue_rows", "struck_at"]

RELEASE_TIME = "15:30 America/New_York"
UNFINISHED = "unfinished bars"
COLUMNS = ("when", "labels", "value", "line", "released", "bars")
LARGEST_YIELD = 100.0
POSITIVE = (Kind.PRICE, Kind.INDEX, Kind.VOLATILITY)


@dataclass(frozen=True, kw_only=True)
class RawRows:
    """The rows of one series as its source gave them, before any check.

    Parameters
    ----------
    place : str
        File, or provider and symbol: it stands in every message about a row.
    when : Series
        Naive dates of sessions; or, with `labels`, the instants (UTC) at which the values are struck.
    value : Series
        Numbers; missing where the source says so.
    line : Series
        Line or position of the row, counted from 1.
    sha256 : str
        Hash of the bytes that the rows were read from.
    labels : Series, optional
        Naive date of each value, where the rows carry their own instants.
    reach : Timedelta
        How far ahead of the download the end of a bar may lie that was still open.
    released : Series, optional
        Dates of publication, where the source has them.
    bars : DataFrame, optional
        Columns open, high and low of the same rows, where the source has them.
    retrieved_at : Timestamp, optional
        Instant (UTC) of the download; absent for a file.
    repairs : tuple of str
        What was mended on the way, each with its count.
    currency : str
        Currency that the source names beside the values; empty where it names none.
    """

    place: str
    when: pd.Series
    value: pd.Series
    line: pd.Series
    sha256: str
    labels: pd.Series | None = None
    reach: pd.Timedelta = REACH
    released: pd.Series | None = None
    bars: pd.DataFrame | None = None
    retrieved_at: pd.Timestamp | None = None
    repairs: tuple[str, ...] = ()
    currency: str = ""

    @classmethod
    def stamped(cls, stamps: Stamps, **columns: Any) -> RawRows:
        """Return rows whose dates and times were read by the law of stamps; how, stands among the repairs."""
        labels = None if stamps.struck is None else stamps.labels
        notes = (stamps.note,) if stamps.note else ()
        return cls(when=stamps.when, labels=labels, reach=stamps.reach, repairs=notes, **columns)

    @property
    def instants(self) -> bool:
        """Whether the rows carry their own instants."""
        return self.labels is not None

    @property
    def dates(self) -> pd.Series:
        """Naive date of each row."""
        return self.when if self.labels is None else self.labels

    def keep(self, mask: pd.Series, reason: str) -> RawRows:
        """Return the rows where `mask` holds; the others are counted under `reason`."""
        dropped = int((~mask).sum())
        if not dropped:
            return self
        return replace(self._where(mask), repairs=(*self.repairs, f"{reason}: {dropped}"))

    def within(self, span: DateSpan) -> RawRows:
        """Return the rows of the dates that were asked for, with an index that counts from 0."""
        inside = span.holds(self.when)
        return self if inside.all() else self._where(inside).renumbered()

    def take(self, places: pd.Index) -> RawRows:
        """Return the rows at some places of the index, in that order."""
        return self._each(lambda column: column.loc[places])

    def renumbered(self) -> RawRows:
        """Return the rows with an index that counts from 0."""
        return self._each(lambda column: column.reset_index(drop=True))

    def _where(self, mask: pd.Series) -> RawRows:
        return self._each(lambda column: column[mask.to_numpy()])

    def _each(self, change: Callable[[Any], Any]) -> RawRows:
        columns = {name: column for name in COLUMNS if (column := getattr(self, name)) is not None}
        changed: dict[str, Any] = {name: change(column) for name, column in columns.items()}
        return replace(self, **changed)


def continue_rows(rows: RawRows, later: RawRows) -> RawRows:
    """Append rows that continue a series, such as the current month after the history."""
    joined: dict[str, Any] = {
        name: pd.concat([one, other], ignore_index=True)
        for name in COLUMNS
        if (one := getattr(rows, name)) is not None and (other := getattr(later, name)) is not None
    }
    return replace(
        rows,
        **({"released": None, "bars": None} | joined),
        place=f"{rows.place} + {later.place}",
        sha256=f"{rows.sha256} + {later.sha256}",
        repairs=rows.repairs + later.repairs,
    )


def build_observations(instrument: Instrument, entry: SourceEntry, rows: RawRows, now: pd.Timestamp) -> Observations:
    """Turn raw rows into observations by the clock of the source; every row that is left out is counted.

    Raises
    ------
    DataError
        If two rows of a date disagree, a price is not positive, a date lies in the future, or no row is left.
    """
    rows = rows.keep(rows.value.notna(), "missing values")
    _require_one_kind(entry, rows)
    rows = _in_unit(instrument, entry, rows)
    rows = _sorted_once(rows)
    _require_sane(instrument, rows)
    dated = rows
    struck = struck_at(entry, rows)
    rows = rows.keep(struck.notna(), "rows on dates when the market was shut or before its clock is known")
    rows = _without_unfinished(rows, _of(struck, rows), now)
    struck = _of(struck, rows)
    if rows.when.empty:
        raise DataError(
            f"{instrument.name}: {rows.place} holds no usable row ({'; '.join(rows.repairs)}); check the file."
        )
    _require_past(rows, struck, now)
    _require_own_days(entry, dated)
    rows = _note_regular(entry, rows)
    rows = replace(rows, repairs=(*rows.repairs, instrument.note)) if instrument.note else rows
    index = pd.DatetimeIndex(struck).rename(None)
    known = _known_at(entry, rows, index)
    return Observations(
        name=instrument.name,
        levels=pd.Series(rows.value.to_numpy(), index=index, name=instrument.name),
        known_at=pd.Series(known, index=index, name=instrument.name),
        labels=pd.Series(pd.DatetimeIndex(rows.dates), index=index, name=instrument.name),
        bars=None if rows.bars is None else rows.bars.set_axis(index),
        change=instrument.change,
        origin=_origin(instrument, entry, rows, index),
    )


def _origin(instrument: Instrument, entry: SourceEntry, rows: RawRows, index: pd.DatetimeIndex) -> Origin:
    return Origin(
        instrument=instrument.name,
        source=str(entry.provider),
        symbol=rows.place,
        clock=entry.clock,
        sha256=rows.sha256,
        retrieved_at=rows.retrieved_at,
        rows=len(index),
        first=index[0],
        last=index[-1],
        repairs=rows.repairs,
    )


def _require_one_kind(entry: SourceEntry, rows: RawRows) -> None:
    if entry.clock == HOURLY and not rows.instants:
        raise DataError(
            f"{rows.place} holds dates, but its clock {entry.clock!r} expects bars with their own instants; name "
            "another clock."
        )


def _in_unit(instrument: Instrument, entry: SourceEntry, rows: RawRows) -> RawRows:
    """Bring yields to %; the rows say so. What a file states of its unit comes before the instrument's definition."""
    if entry.unit is not None and instrument.kind is not Kind.YIELD:
        raise DataError(f"{instrument.name} is of kind {instrument.kind}, no yield; leave 'unit:' out of data.files.")
    signed = PERCENT in rows.repairs
    if entry.unit is not None:
        instrument = instrument.model_copy(update={"quoted_in": entry.unit, "unit": "%"})
    elif entry.provider is Provider.FILE and not signed and _is_catalogue_yield(instrument):
        require_percent(instrument.name, rows.value, rows.place, dates=rows.dates)
    values, brought = in_percent(instrument, rows.value, rows.place, signed=signed)
    if entry.provider in (Provider.FILE, Provider.MEMORY) and _is_catalogue_yield(instrument):
        _require_plausible(instrument, values, rows)
    return replace(rows, value=values, repairs=(*rows.repairs, brought)) if brought else rows


def _require_plausible(instrument: Instrument, values: pd.Series, rows: RawRows) -> None:
    """Refuse a mark for a missing value, such as -999 or 9999, among the catalogue's yields in %."""
    absurd = (values.abs() > LARGEST_YIELD).to_numpy()
    if absurd.any():
        at = int(absurd.argmax())
        message = f"{rows.place}, line {rows.line.iloc[at]}: {instrument.name} is {values.iloc[at]:g} %"
        raise DataError(f"{message} on {rows.when.iloc[at]:%Y-%m-%d}, which is no yield; correct or blank it.")


def _is_catalogue_yield(instrument: Instrument) -> bool:
    known = load_instruments().get(instrument.name)
    return known is not None and known.kind is Kind.YIELD and known.title == instrument.title


def _sorted_once(rows: RawRows) -> RawRows:
    """Sort by time and drop exact repeats, counting both; two rows of a time that disagree are an error."""
    if not rows.when.is_monotonic_increasing:
        moved = int((rows.when.diff() < pd.Timedelta(0)).sum())
        rows = rows.take(rows.when.sort_values(kind="stable").index).renumbered()
        rows = replace(rows, repairs=(*rows.repairs, f"places where the order was corrected: {moved}"))
    repeated = rows.when.duplicated(keep="first")
    if repeated.any():
        _require_equal_repeats(rows)
    return rows.keep(~repeated, "exact repeats of a row")


def _require_equal_repeats(rows: RawRows) -> None:
    spread = rows.value.groupby(rows.when).agg(["min", "max"])
    unequal = spread.index[spread["min"] != spread["max"]]
    if len(unequal):
        values = rows.value[rows.when == unequal[0]].tolist()
        lines = ", ".join(str(line) for line in rows.line[rows.when == unequal[0]])
        raise DataError(f"{rows.place}, lines {lines}: {unequal[0]:%Y-%m-%d} has values {values}; keep the right one.")


def _require_sane(instrument: Instrument, rows: RawRows) -> None:
    low, infinite = rows.value <= 0, ~np.isfinite(rows.value.to_numpy(dtype=float))
    bad = low.to_numpy() & (instrument.kind in POSITIVE) | infinite
    if bad.any():
        at = int(bad.argmax())
        message = f"{rows.place}, line {rows.line.iloc[at]}: {instrument.name} is {rows.value.iloc[at]:g}"
        when = f"{rows.when.iloc[at]:%Y-%m-%d}"
        must = "finite" if infinite[at] else "above 0"
        raise DataError(f"{message} on {when}, and it must be {must}; correct or blank it.")


def _require_own_days(entry: SourceEntry, rows: RawRows) -> None:
    """Refuse dates that a clock with weekends has written; of instants the law of stamps has seen to it."""
    if not rows.instants:
        lines = Rows(rows.place, rows.line.tolist())
        require_days_of(pd.DatetimeIndex(rows.when), rows.value, load_clock(entry.clock), lines)


def struck_at(entry: SourceEntry, rows: RawRows) -> pd.Series:
    """Return the instant (UTC) at which each row was struck: its own, or that of the clock; missing where none was."""
    if rows.instants:
        return rows.when
    return pd.Series(load_clock(entry.clock).struck_at(pd.DatetimeIndex(rows.when)), index=rows.when.index)


def _known_at(entry: SourceEntry, rows: RawRows, struck: pd.DatetimeIndex) -> pd.DatetimeIndex:
    if rows.released is not None and not rows.instants:
        return WallTime.parse(RELEASE_TIME).on(pd.DatetimeIndex(rows.released))
    clock = None if entry.clock == HOURLY else load_clock(entry.clock)
    if clock is None or clock.known is None:
        return struck
    known = clock.known_at(pd.DatetimeIndex(rows.dates))
    return pd.DatetimeIndex(known.where(known >= struck, struck))


def _note_regular(entry: SourceEntry, rows: RawRows) -> RawRows:
    """Count the rows before the dates that their calendar knows: they are struck at its regular close."""
    start = None if rows.instants else load_clock(entry.clock).regular_before
    early = 0 if start is None else int((rows.when < start).sum())
    if start is None or not early:
        return rows
    note = f"rows before {start:%Y-%m-%d}, where the dates of {entry.clock} begin, struck at its regular close: {early}"
    return replace(rows, repairs=(*rows.repairs, note))


def _of(times: pd.Series, rows: RawRows) -> pd.Series:
    """Return the times of the rows that are left."""
    return times if len(times) == len(rows.when) else times[rows.when.index]


def _without_unfinished(rows: RawRows, struck: pd.Series, now: pd.Timestamp) -> RawRows:
    """Drop the bar that was still open when the rows were downloaded; a later look at the clock does not finish it.

    The rows of a file are as old as the look at them.
    """
    seen = now if rows.retrieved_at is None else rows.retrieved_at
    open_still = (struck > seen) & (struck <= seen + rows.reach)
    return rows.keep(~open_still, UNFINISHED)


def _require_past(rows: RawRows, struck: pd.Series, now: pd.Timestamp) -> None:
    late = struck > now
    if late.any():
        at = int(late.to_numpy().argmax())
        message = (
            f"{rows.place}, line {rows.line.iloc[at]}: the value of {rows.when.iloc[at]:%Y-%m-%d} lies in the future"
        )
        raise DataError(f"{message} (now is {now:%Y-%m-%d %H:%M} UTC); correct the date.")
