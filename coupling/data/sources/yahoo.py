"""Yahoo's daily bars of one symbol, through yfinance."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from threading import Condition
from typing import Any

import numpy as np
import pandas as pd
import requests
import yfinance
from yfinance.exceptions import YFException

from coupling.data.instrument import SourceEntry
from coupling.data.sources.asked import read_meta, require_asked, require_one_close, require_scale
from coupling.data.sources.http import Session, require_ok
from coupling.data.sources.rows import UNFINISHED, RawRows
from coupling.data.sources.span import DateSpan
from coupling.data.sources.transfer import TransferError
from coupling.errors import DataError

__all__ = ["fetch"]

SERVER = "https://query2.finance.yahoo.com/"
FIRST_DATE = pd.Timestamp("1927-01-01")
STRUCK_AT_ITS_START = "YAHOO_FX"
MISREAD = (
    YFException,
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    UnboundLocalError,
    ValueError,
)
STAMPS = re.compile(rb"[-\d,\s]*")
OPTIONS: dict[str, Any] = {
    "interval": "1d",
    "auto_adjust": False,
    "back_adjust": False,
    "actions": False,
    "repair": False,
    "keepna": True,
    "prepost": False,
    "rounding": False,
    "timeout": None,
}

logging.getLogger("yfinance").addHandler(logging.NullHandler())  # what it logs as an error is raised here


class _Desk:
    """Lends yfinance, which keeps one session for the whole process, to the threads of one session at a time."""

    def __init__(self) -> None:
        self._free = Condition()
        self._session: Session | None = None
        self._users = 0

    @contextmanager
    def lent_to(self, session: Session) -> Iterator[None]:
        with self._free:
            self._free.wait_for(lambda: self._users == 0 or self._session is session)
            self._session, self._users = session, self._users + 1
        try:
            yield
        finally:
            with self._free:
                self._users -= 1
                self._session = self._session if self._users else None
                self._free.notify_all()


_DESK = _Desk()


def fetch(entry: SourceEntry, span: DateSpan, session: Session, now: pd.Timestamp) -> RawRows:
    """Return the closes of a symbol by the date at its exchange; days without a price come as missing values.

    Raises
    ------
    TransferError, DataError
        If Yahoo gives no bars of this symbol.
    """
    first = span.first if span.first is not None else FIRST_DATE
    session.require_host(SERVER)
    session.forget_answer()
    with _DESK.lent_to(session):
        frame = _history(entry.symbol, first.tz_localize("UTC"), session)
    answer = session.last_answer
    if frame is None or frame.empty:
        raise _why_empty(answer)
    assert isinstance(answer, requests.Response)  # else there would be no bars
    meta = read_meta(answer.content)
    require_asked(entry, meta, now)
    rows = _rows(entry, frame, answer, span, now)
    closes = rows.value.dropna()
    if span.last is None and len(closes):
        require_scale(float(closes.iloc[-1]), meta)
    return replace(rows, currency=str(meta.get("currency") or ""))


def _history(symbol: str, first: pd.Timestamp, session: Session) -> pd.DataFrame | None:
    """Ask yfinance for the bars from a date to now; it may raise, or log and return nothing."""
    ticker = yfinance.Ticker(symbol, session=session)
    ticker._tz = "UTC"  # the first instant has its zone: spare the request that would look one up
    try:
        frame: pd.DataFrame | None = ticker.history(start=first, end=None, **OPTIONS)
    except MISREAD:
        return None
    return frame


def _why_empty(answer: requests.Response | TransferError | None) -> Exception:
    if isinstance(answer, TransferError):
        return answer
    if answer is None:
        return DataError("yfinance asked nothing")
    said = _reason_of_yahoo(answer)
    if said is not None:
        return DataError(f"Yahoo says {said!r} (status {answer.status_code})")
    try:
        require_ok(answer)
    except TransferError as error:
        return error
    start = answer.text[:60].splitlines()[:1]
    return DataError(f"the answer holds no daily bars (it begins {start})")


def _reason_of_yahoo(answer: requests.Response) -> str | None:
    """Return the description that Yahoo gives beside an error."""
    try:
        parts = answer.json()
    except (ValueError, RecursionError):
        return None
    errors = [part.get("error") for part in parts.values() if isinstance(part, dict)] if isinstance(parts, dict) else []
    described = [str(error["description"]) for error in errors if isinstance(error, dict) and "description" in error]
    return described[0] if described else None


def _rows(
    entry: SourceEntry, frame: pd.DataFrame, answer: requests.Response, span: DateSpan, now: pd.Timestamp
) -> RawRows:
    """Read yfinance's frame; the bars that it left out are counted, and a table of other cells is refused."""
    left_out = _bars_sent(answer.content) - len(frame)
    starts = pd.DatetimeIndex(frame.index)
    if left_out > 0:
        require_one_close(answer.content, starts.tz)
    dates = starts.tz_localize(None).as_unit("ns").to_numpy().astype("datetime64[D]")
    try:
        prices = {name: frame[name].to_numpy("float64") for name in ("Open", "High", "Low", "Close")}
    except (TypeError, ValueError) as error:
        raise DataError(f"a price is no number ({error})") from error
    rows = RawRows(
        place=entry.symbol,
        when=pd.Series(dates.astype("datetime64[ns]")),
        value=pd.Series(prices["Close"]),
        line=pd.Series(np.arange(1, len(frame) + 1)),
        bars=pd.DataFrame({name.lower(): prices[name] for name in ("Open", "High", "Low")}),
        sha256=sha256(answer.content).hexdigest(),
        retrieved_at=now,
        repairs=(f"further bars of a date, left out by yfinance: {left_out}",) if left_out > 0 else (),
    )
    rows = rows.within(span)
    if entry.clock == STRUCK_AT_ITS_START:  # its date is over only at the end of the day
        today = now.tz_convert(starts.tz).tz_localize(None).normalize()
        rows = rows.keep(rows.when < today, UNFINISHED).renumbered()
    return rows


def _bars_sent(body: bytes) -> int:
    """Count the bars of an answer by the commas between their time stamps: reading it whole again takes longer.

    Stamps that are no numbers are refused: a date in words would be guessed at, month and day perhaps exchanged.
    """
    start = body.index(b"[", body.index(b'"timestamp"')) + 1
    stamps = body[start : body.index(b"]", start)]
    if not STAMPS.fullmatch(stamps):
        raise DataError("a time stamp of the answer is no number of seconds")
    return stamps.count(b",") + 1
