"""A series as the last run saw it, month by month: what came after it, and whether its past was revised."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from hashlib import sha256

import numpy as np
import pandas as pd

from coupling.data.observations import Observations
from coupling.results.base import Origin
from coupling.results.json_schema import Instant, RecordPart
from coupling.text.wording import listed
from coupling.watch.record import Reason, Told

__all__ = ["SeenSeries", "compare_series", "seen_series"]

DIGITS = 16


class SeenSeries(RecordPart):
    """A series as a run used it."""

    instrument: Told
    source: Told
    symbol: Told
    clock: Told
    sha256: Told
    rows: int
    last: Instant | None
    session: date | None
    retrieved_at: Instant | None
    months: dict[str, str]


def seen_series(origin: Origin, item: Observations | None) -> SeenSeries:
    """Return what is kept of a series; without its observations no month of it.

    Parameters
    ----------
    origin : Origin
    item : Observations, optional
    """
    levels = None if item is None else item.levels
    return SeenSeries(
        instrument=origin.instrument,
        source=origin.source,
        symbol=origin.symbol,
        clock=origin.clock,
        sha256=origin.sha256,
        rows=origin.rows if levels is None else len(levels),
        last=None if levels is None else _plain(levels.index[-1]),
        session=_session(origin, item),
        retrieved_at=None if origin.retrieved_at is None else _plain(origin.retrieved_at),
        months={} if levels is None else _months(levels),
    )


def _session(origin: Origin, item: Observations | None) -> date | None:
    last = origin.last if item is None else item.dates.iloc[-1]
    return None if last is None else pd.Timestamp(last).date()


def _plain(at: pd.Timestamp) -> datetime:
    return at.tz_convert("UTC").floor("us").to_pydatetime()


def _months(levels: pd.Series) -> dict[str, str]:
    """Return by month (UTC) the number of its values and a hash of their instants and of all their digits."""
    index = pd.DatetimeIndex(levels.index).as_unit("ns")
    months = (index.year * 12 + index.month - 1).to_numpy()
    instants, values = index.asi8, levels.to_numpy(dtype=float)
    starts = np.flatnonzero(np.diff(months, prepend=-1))
    found = {}
    for start, stop in zip(starts, [*starts[1:], len(months)], strict=True):
        content = instants[start:stop].tobytes() + values[start:stop].tobytes()
        name = f"{months[start] // 12}-{months[start] % 12 + 1:02d}"
        found[name] = f"{stop - start}:{sha256(content).hexdigest()[:DIGITS]}"
    return found


def compare_series(
    was: SeenSeries, now: SeenSeries, item: Observations | None, revisions: pd.DataFrame
) -> Iterator[Reason]:
    """Yield why what a series says may differ: another source, values of the past revised, new values.

    Parameters
    ----------
    was, now : SeenSeries
        Of one instrument.
    item : Observations, optional
        Its observations today.
    revisions : DataFrame
        What vintages of the store revised since then; see `coupling.data.loading.serving.REVISIONS`.
    """
    places = [f"{each.source} {each.symbol}, clock {each.clock}" for each in (was, now)]
    if places[0] != places[1]:
        told = f"{now.instrument}: another source serves ({places[0]} → {places[1]}); its values are not compared"
        yield _reason("source", now, f"{told}.")
    elif item is None or not was.months or was.last is None:
        yield from _by_hash(was, now)
    else:
        yield from _revised(was, now, item.levels[item.levels.index <= was.last], revisions)
        yield from _new(now, item, pd.Timestamp(was.last))


def _by_hash(was: SeenSeries, now: SeenSeries) -> Iterator[Reason]:
    """Tell of a series of which no values are at hand whether its file or download is another one."""
    if was.sha256 == now.sha256:
        return
    longer = was.session is not None and now.session is not None and now.session > was.session
    to = f", which now reaches {now.session}" if longer else ", which reaches no further"
    told = f"{now.instrument}: {now.source} {now.symbol} gave other data than before{to}."
    yield _reason("new_data" if longer else "revision", now, told)


def _new(now: SeenSeries, item: Observations, last: pd.Timestamp) -> Iterator[Reason]:
    fresh = item.dates[item.levels.index > last]
    if len(fresh):
        first, end = (f"{fresh.iloc[k]:%Y-%m-%d}" for k in (0, -1))
        span = f"of {end}" if first == end else f"from {first} to {end}"
        value = "1 new value" if len(fresh) == 1 else f"{len(fresh):,} new values"
        yield _reason("new_data", now, f"{now.instrument}: {value} ({span}).", len(fresh))


def _revised(was: SeenSeries, now: SeenSeries, past: pd.Series, revisions: pd.DataFrame) -> Iterator[Reason]:
    """Tell in which months the past is another one, and how much, where the store keeps both vintages."""
    then, today = was.months, _months(past)
    months = sorted(month for month in then.keys() | today.keys() if then.get(month) != today.get(month))
    if not months:
        return
    shown = f"{len(months)} months from {months[0]} to {months[-1]}" if len(months) > 3 else listed(months)
    told = f"{now.instrument}: values of {shown} are not those of the last run"
    known = revisions[revisions["instrument"] == now.instrument]
    if was.retrieved_at is not None:
        known = known[[pd.Timestamp(at) > was.retrieved_at for at in known["retrieved_at"]]]
    if known.empty:
        yield _reason("revision", now, f"{told}.")
        return
    counts = {what: int(known[what].sum()) for what in ("changed", "removed", "added")}
    size = _largest(known)
    largest = "" if size is None else f"; {size[1]}"
    said = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    percent = None if counts["removed"] or counts["added"] or size is None else size[0]
    yield _reason("revision", now, f"{told} ({said}{largest}).", sum(counts.values()), percent)


def _largest(known: pd.DataFrame) -> tuple[float, str] | None:
    """Return the largest revision in percent, and in words; nothing where a value before was zero or none changed."""
    sized = known[known["before"].notna() & known["after"].notna()]
    if sized.empty or (sized["before"] == 0).any():
        return None
    percent = 100.0 * ((sized["after"] - sized["before"]) / sized["before"]).abs().astype(float)
    row = sized.iloc[int(percent.to_numpy().argmax())]
    return float(percent.max()), f"the largest of {row['when']}, {row['before']:.10g} → {row['after']:.10g}"


def _reason(kind: str, now: SeenSeries, told: str, values: int | None = None, percent: float | None = None) -> Reason:
    return Reason.model_validate(
        {"kind": kind, "subject": [now.instrument], "told": told, "values": values, "percent": percent}
    )
