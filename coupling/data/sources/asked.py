"""Whether an answer is about what was asked: its symbol, currency, interval, exchange and scale."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from coupling.data.clocks import calendars
from coupling.data.clocks.clock import Clock, WallTime, load_clock
from coupling.data.instrument import Instrument, SourceEntry
from coupling.data.sources.rows import RawRows
from coupling.errors import DataError

__all__ = ["read_meta", "require_asked", "require_one_close", "require_scale", "require_unit", "require_whole"]

HEAD = 1 << 16
WHOLE_DAY = "1d"
HOURS_APART = 3.0
TIMES_APART = 8.0
OF_ONE_DAY = 1.2
"""How far two bars of a date may lie apart: its own, and the price of the moment or one of an hour of another zone."""
CURRENCY = re.compile(r"[A-Za-z]{3}\b")


def read_meta(body: bytes) -> Mapping[str, Any]:
    """Return what a chart of Yahoo says of itself; empty where it says nothing.

    Examples
    --------
    >>> read_meta(b'{"chart": {"result": [{"meta": {"symbol": "BTC-USD"}, "timestamp": [1]}]}}')
    {'symbol': 'BTC-USD'}
    """
    start = body.find(b'"meta"')
    brace = body.find(b"{", start)
    if start < 0 or brace < 0:
        return {}
    try:
        meta = json.JSONDecoder().raw_decode(body[brace : brace + HEAD].decode("utf-8", "replace"))[0]
    except (ValueError, RecursionError):
        return {}
    return meta if isinstance(meta, dict) else {}


def require_asked(entry: SourceEntry, meta: Mapping[str, Any], now: pd.Timestamp) -> None:
    """Raise `DataError` where an answer names another symbol, interval or exchange than was asked."""
    symbol, interval = meta.get("symbol"), meta.get("dataGranularity")
    if symbol is not None and str(symbol).upper() != entry.symbol.upper():
        raise DataError(f"the answer is about {str(symbol)[:40]!r}, and {entry.symbol!r} was asked")
    if interval is not None and interval != WHOLE_DAY:
        raise DataError(f"the answer holds bars of {str(interval)[:40]!r}, and {WHOLE_DAY!r} was asked")
    zone, own = meta.get("exchangeTimezoneName"), _zone(load_clock(entry.clock))
    if zone is None or meta.get("instrumentType") == "CURRENCY" or own is None:
        return
    apart = _hours_apart(str(zone), own, now)
    if apart is None or apart > HOURS_APART:
        raise DataError(
            f"its exchange keeps the time of {str(zone)[:40]!r}, and the clock {entry.clock} that of {own!r}; name "
            "the clock of its exchange"
        )


def require_scale(last_close: float, meta: Mapping[str, Any]) -> None:
    """Raise `DataError` where the last close is far from the price that the same answer names beside it."""
    price = meta.get("regularMarketPrice")
    if not isinstance(price, int | float) or isinstance(price, bool) or not price > 0:
        return
    times = max(last_close / price, price / last_close) if last_close > 0 else TIMES_APART + 1
    if times > TIMES_APART:
        raise DataError(f"its last close is {last_close:.6g}, and its own price of the moment {price:.6g}")


def require_one_close(body: bytes, zone: Any) -> None:
    """Raise `DataError` where a chart of Yahoo has two bars of one date whose closes are no two of one day."""
    try:
        result = json.loads(body)["chart"]["result"][0]
        closes = pd.Series(result["indicators"]["quote"][0]["close"], dtype="float64")
        stamps = pd.to_datetime(pd.Series(result["timestamp"]), unit="s", utc=True)
    except (ValueError, KeyError, IndexError, TypeError, RecursionError, OverflowError) as error:
        raise DataError(f"the answer holds no plain list of bars ({type(error).__name__})") from None
    spans = closes.groupby(stamps.dt.tz_convert(zone).dt.date.to_numpy()).agg(["min", "max"]).dropna()
    apart = spans[spans["max"] > spans["min"] * OF_ONE_DAY]
    if len(apart):
        day, low, high = apart.index[0], *apart.iloc[0]
        raise DataError(f"two bars of {day} have different closes, {low:.6g} and {high:.6g}")


def require_whole(place: str, body: bytes) -> bytes:
    r"""Return a table, or raise `DataError` where it ends within a line: its last value may have been cut short.

    Examples
    --------
    >>> require_whole("X", b"a,b\n2024-01-02,68")
    Traceback (most recent call last):
        ...
    coupling.errors.DataError: X ends within a line (b'2024-01-02,68'): its last value may be cut short
    """
    text = body.rstrip(b"\x1a \t\x00")
    if text and b"\n" in text and not text.endswith((b"\n", b"\r", b'"')):
        last = text.rsplit(b"\n", 1)[-1][:40]
        raise DataError(f"{place} ends within a line ({last!r}): its last value may be cut short")
    return body


def require_unit(instrument: Instrument, rows: RawRows) -> None:
    """Raise `DataError` where a source names another currency than the instrument's unit begins with.

    A unit that begins with no code of a currency, such as points, says nothing.
    """
    unit = CURRENCY.match(instrument.unit)
    if not CURRENCY.fullmatch(rows.currency) or unit is None or not unit[0][:2].isupper():
        return
    if rows.currency != unit[0]:
        raise DataError(
            f"the answer is in {rows.currency[:10]!r}, and {instrument.name} is in {instrument.unit!r}; state its unit "
            "in define, or ask for the symbol in that currency"
        )


def _zone(clock: Clock) -> str | None:
    """Return the zone of a clock; nothing for one that strikes at the start of its dates."""
    if clock.at == "close":
        return calendars.zone(clock.days)
    time = WallTime.parse(clock.at)
    return time.zone if (time.hours, time.minutes) != (0, 0) else None


def _hours_apart(zone: str, other: str, now: pd.Timestamp) -> float | None:
    """Return how many hours two zones differ at an instant; nothing where one is none."""
    try:
        walls = [now.tz_convert(each).tz_localize(None) for each in (zone, other)]
    except (KeyError, ValueError, OSError, TypeError):
        return None
    return float(abs(walls[0] - walls[1]) / pd.Timedelta(hours=1))
