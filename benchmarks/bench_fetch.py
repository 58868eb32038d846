"""A live fetch of 12 instruments × 10 years from a local server, against ``yfinance.download`` for its Yahoo part.

Run ``python benchmarks/bench_fetch.py``; it prints a markdown table. Both ask the same server of this machine in one
run: ours reads every source, checks the rows and puts them on their clocks; the peer's time is the download of the
Yahoo symbols alone. The last time also keeps every answer in a new store, on the disk itself. The three take turns, and
a time is the median of fifteen after one that is not counted. Without a delay only computing is timed; with one the
server waits before each answer, as a network does.
"""

from __future__ import annotations

import io
import sys
import tempfile
import warnings
import zipfile
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import yfinance
from timing import seconds

from coupling.data.instrument import Instrument, resolve
from coupling.data.loading.live import LiveAnswer, fetch_all
from coupling.data.loading.serving import supply
from coupling.data.section import DataSource
from coupling.data.sources.span import DateSpan
from coupling.data.stores.store import Store
from tests.data.loopback import (
    ECB,
    ECB_PATH,
    FRED,
    FRED_PATH,
    MOF,
    MOF_PATH,
    YAHOO,
    Answer,
    Loopback,
    chart,
    chart_path,
    serve,
)

NOW = pd.Timestamp("2026-08-21 12:00", tz="UTC")
FIRST = pd.Timestamp("2016-08-22")
NAMES = ["BTC", "ETH", "SPX", "IXIC", "NDX", "VIX", "GOLD", "DXY", "NKY", "JGB10Y", "USDJPY", "JGB2Y"]
YAHOO_SYMBOLS = ["BTC-USD", "ETH-USD", "^GSPC", "^IXIC", "^NDX", "^VIX", "GC=F", "DX-Y.NYB", "^N225"]
COOKIE = "A3=x; Domain=yahoo.com; Path=/; Expires=Tue, 31 Dec 2030 00:00:00 GMT"
REPEATS = 15


def fill(loopback: Loopback) -> None:
    """Let the server answer with ten years of made-up values."""
    random = np.random.default_rng(7)
    loopback.say("fc.yahoo.com", "/", Answer(headers={"Set-Cookie": COOKIE}))
    loopback.say("query1.finance.yahoo.com", "/v1/test/getcrumb", b"crumb")
    every, weekdays = pd.date_range(FIRST, "2026-08-20"), pd.bdate_range(FIRST, "2026-08-20")
    for symbol in YAHOO_SYMBOLS:
        days, zone, at = (every, "UTC", "00:00") if symbol.endswith("-USD") else (weekdays, "America/New_York", "09:30")
        values = np.round(100 * np.exp(0.01 * random.normal(size=len(days)).cumsum()), 2)
        body = chart(symbol, days.strftime("%Y-%m-%d").tolist(), values.tolist(), zone, at)
        for path in (symbol, symbol.replace("^", "%5E").replace("=", "%3D")):
            loopback.say(YAHOO, chart_path(path), body)
    dates = weekdays.strftime("%Y-%m-%d")
    yields = [f"{date.replace('-', '/')},0.5,1.5" for date in dates]
    for name, rows in {"historical/jgbcme_all.csv": yields[:-15], "jgbcme.csv": yields[-15:]}.items():
        table = "\r\n".join(["Interest Rate", "Date,2Y,10Y", *rows])
        loopback.say(MOF, MOF_PATH + name, table.encode())
    values = np.round(110 + random.normal(size=len(dates)), 2)
    rates = "\n".join(f"{date},{value}" for date, value in zip(dates, values[: len(dates)], strict=True))
    loopback.say(FRED, FRED_PATH, f"observation_date,DEXJPUS\n{rates}\n".encode())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as folder:
        folder.writestr("eurofxref-hist.csv", "Date,USD,JPY,\n2026-08-20,1,150,\n")
    loopback.say(ECB, ECB_PATH, packed.getvalue())


def ours(loopback: Loopback) -> None:
    answer = fetch(loopback, [resolve(name) for name in NAMES], NOW)
    assert not answer.failures, answer.failures


def kept(loopback: Loopback) -> None:
    with tempfile.TemporaryDirectory() as folder:
        had = supply(
            [resolve(name) for name in NAMES],
            source=DataSource.LIVE,
            store=Store(Path(folder)),
            max_age=pd.Timedelta(0),
            now=NOW,
            fetch=partial(fetch, loopback),
        )
    assert not had.missing, had.missing


def fetch(loopback: Loopback, asked: list[Instrument], now: pd.Timestamp) -> LiveAnswer:
    return fetch_all(asked, now=now, span=DateSpan(FIRST), session_factory=loopback.session)


def theirs(loopback: Loopback) -> None:
    with loopback.session() as session:
        frame = yfinance.download(
            YAHOO_SYMBOLS, start=FIRST.date(), end=None, auto_adjust=False, progress=False, session=session
        )
    assert not frame.empty


def times(loopback: Loopback) -> np.ndarray:
    """Return the median wall times of the peer, of ours, and of ours with a store; the three take turns."""
    calls = (theirs, ours, kept)
    taken = [[seconds(partial(call, loopback), 1) for call in calls] for _ in range(1 + REPEATS)]
    return np.median(taken[1:], axis=0)


def main() -> None:
    print(
        "| delay of an answer | yfinance.download, 9 symbols | 12 instruments, all sources | ratio | kept too | ratio |"
    )
    print("|---|---:|---:|---:|---:|---:|")
    with serve() as loopback, tempfile.TemporaryDirectory() as cache, warnings.catch_warnings():
        yfinance.set_tz_cache_location(cache)
        warnings.simplefilter("ignore")  # yfinance 1.7 on pandas 3.1
        fill(loopback)
        for loopback.delay in (0.0, 0.05, 0.2):
            peer, own, stored = times(loopback)
            cells = [f"{peer:.2f} s", f"{own:.2f} s", f"{own / peer:.2f}", f"{stored:.2f} s", f"{stored / peer:.2f}"]
            print(f"| {1000 * loopback.delay:.0f} ms | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
