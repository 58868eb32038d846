"""FRED's download of one series, through pandas-datareader."""

from __future__ import annotations

from hashlib import sha256

import pandas as pd
import requests
from pandas_datareader.fred import FredReader

from coupling.data.instrument import SourceEntry
from coupling.data.sources.asked import require_whole
from coupling.data.sources.http import Session, require_ok
from coupling.data.sources.readers import read_table
from coupling.data.sources.rows import RawRows
from coupling.data.sources.span import DateSpan
from coupling.errors import DataError

__all__ = ["fetch"]

FIRST_DATE = pd.Timestamp("1900-01-01")


class _Reader(FredReader):  # type: ignore[misc]  # pandas-datareader carries no types
    """The library's reader on a session that is not its own to close."""

    body = b""

    def close(self) -> None:
        """Leave the session open: other series are being read on it."""

    def _output_error(self, out: requests.Response) -> bool:
        require_ok(out)
        return False

    def _sanitize_response(self, response: requests.Response) -> bytes:
        self.body = response.content
        _require_table(self.symbols, self.body)
        return self.body


def fetch(entry: SourceEntry, span: DateSpan, session: Session, now: pd.Timestamp) -> RawRows:
    """Return the rows of a FRED series; holidays come as missing values.

    Raises
    ------
    TransferError, DataError
        If FRED gives no table of this series.
    """
    last = span.last if span.last is not None else now.tz_localize(None).normalize()
    reader = _Reader(
        entry.symbol, start=span.first or FIRST_DATE, end=last, retry_count=0, pause=0, timeout=None, session=session
    )
    try:
        frame = reader.read()
    except (ValueError, IndexError, KeyError, TypeError) as error:
        raise DataError(f"the answer is no table in the order of its dates ({error})") from error
    return _rows(entry, frame, reader.body, now)


def _require_table(symbol: str, body: bytes) -> None:
    """Refuse what the library would read by place: other columns, text in place of a date or a number."""
    require_whole(symbol, body)
    rows = read_table(symbol, body).rows(symbol)
    header = body.decode("ascii", "replace").splitlines()[0].strip().strip("\ufeff")
    if rows.instants or header.split(",")[1:] != [symbol]:
        raise DataError(f"{symbol}: the columns are {header!r}, where observation_date,{symbol} was expected")


def _rows(entry: SourceEntry, frame: pd.DataFrame, body: bytes, now: pd.Timestamp) -> RawRows:
    value = frame.iloc[:, 0]
    return RawRows(
        place=entry.symbol,
        when=pd.Series(pd.DatetimeIndex(frame.index).as_unit("ns")),
        value=value.astype("float64").reset_index(drop=True),
        line=pd.Series(range(1, len(frame) + 1)),
        sha256=sha256(body).hexdigest(),
        retrieved_at=now,
    )
