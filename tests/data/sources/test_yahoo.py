"""Yahoo through yfinance, against a local server."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ClassVar

import pandas as pd
import pytest

from coupling.data.instrument import SourceEntry, resolve
from coupling.data.sources.adapter import PoliteAdapter
from coupling.data.sources.browser import BrowserAdapter
from coupling.data.sources.http import open_session
from coupling.data.sources.registry import fetch_rows
from coupling.data.sources.rows import build_observations
from coupling.data.sources.span import DateSpan
from coupling.errors import SourceError
from tests.data.loopback import YAHOO, Answer, Loopback, RedirectAsBrowser, chart, chart_path, yahoo_error
from tests.data.sources.contract import DATES, NOW, VALUES, SourceContract

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")  # yfinance 1.7 on pandas 3.1


class TestYahoo(SourceContract):
    entry = SourceEntry(provider="yahoo", symbol="BTC-USD", clock="UTC")
    instrument = "BTC"
    host, path = YAHOO, chart_path("BTC-USD")

    def good(self, dates: Sequence[str] = DATES, values: Sequence[float | None] = VALUES) -> bytes:
        return chart("BTC-USD", dates, values)

    def test_the_reason_of_yahoo_is_told(self, loopback: Loopback) -> None:
        refusal = Answer(yahoo_error("Not Found", "No data found, symbol may be delisted"), status=404)
        error = self.fails(loopback, refusal)
        assert error.reason == "Yahoo says 'No data found, symbol may be delisted' (status 404)"

    def test_an_invalid_crumb_is_told(self, loopback: Loopback) -> None:
        body = json.dumps(
            {"finance": {"result": None, "error": {"code": "Unauthorized", "description": "Invalid Crumb"}}}
        )
        error = self.fails(loopback, Answer(body.encode(), status=401))
        assert error.reason == "Yahoo says 'Invalid Crumb' (status 401)"

    @pytest.mark.parametrize(
        "body",
        [
            chart("BTC-USD", [], []),
            json.dumps({"chart": {"result": [], "error": None}}).encode(),
            chart("BTC-USD", DATES, list(VALUES)).replace(b'"close"', b'"last"'),
            b"[1, 2]",
        ],
    )
    def test_an_answer_without_bars_is_refused(self, loopback: Loopback, body: bytes) -> None:
        assert "no daily bars" in self.fails(loopback, body).reason

    def test_the_bar_of_today_is_dropped_and_counted(self, loopback: Loopback) -> None:
        built = self.build(loopback, self.good(["2024-08-07", "2024-08-08", "2024-08-09"]))
        assert built.levels.index[-1] == pd.Timestamp("2024-08-09 00:00", tz="UTC")
        assert built.origin is not None
        assert built.origin.repairs == ("unfinished bars: 1",)

    def test_a_currency_has_no_bar_of_today_although_its_clock_has_struck(self, loopback: Loopback) -> None:
        entry = SourceEntry(provider="yahoo", symbol="JPY=X", clock="YAHOO_FX")
        body = chart("JPY=X", ["2024-08-07", "2024-08-08", "2024-08-09"], [145.0, 146.0, 147.0], "Europe/London")
        loopback.say(YAHOO, chart_path("JPY=X"), body)
        rows = fetch_rows(entry, DateSpan(), session=loopback.session(), now=NOW)
        assert rows.value.tolist() == [145.0, 146.0]
        assert rows.repairs == ("unfinished bars: 1",)

    def test_a_bar_before_1970_has_its_own_date(self, loopback: Loopback) -> None:
        entry = SourceEntry(provider="yahoo", symbol="^GSPC", clock="XNYS")
        body = chart(
            "^GSPC", ["1927-12-30", "1969-12-31", "1970-01-02"], [17.66, 92.06, 93.0], "America/New_York", "09:30"
        )
        loopback.say(YAHOO, chart_path("%5EGSPC"), body)
        loopback.say(YAHOO, chart_path("^GSPC"), body)
        rows = fetch_rows(entry, DateSpan(), session=loopback.session(), now=NOW)
        assert rows.when.dt.strftime("%Y-%m-%d").tolist() == ["1927-12-30", "1969-12-31", "1970-01-02"]

    def test_a_bar_has_the_date_at_its_exchange(self, loopback: Loopback) -> None:
        entry = SourceEntry(provider="yahoo", symbol="^N225", clock="XTKS")
        body = chart("^N225", ["2024-08-05", "2024-08-06"], [31458.42, 34675.46], "Asia/Tokyo", "09:00")
        loopback.say(YAHOO, chart_path("%5EN225"), body)
        loopback.say(YAHOO, chart_path("^N225"), body)
        rows = fetch_rows(entry, DateSpan(), session=loopback.session(), now=NOW)
        assert rows.when.dt.strftime("%Y-%m-%d").tolist() == ["2024-08-05", "2024-08-06"]
        built = build_observations(resolve("NKY"), entry, rows, NOW)
        assert built.levels.index[0] == pd.Timestamp("2024-08-05 06:00", tz="UTC")

    def test_prices_are_as_struck_never_adjusted(self, loopback: Loopback) -> None:
        body = json.loads(self.good())
        body["chart"]["result"][0]["indicators"]["adjclose"] = [{"adjclose": [1.0, 1.0, 1.0]}]
        rows = self.fetch(loopback, json.dumps(body).encode())
        assert rows.value.tolist() == VALUES
        assert rows.bars is not None
        assert list(rows.bars.columns) == ["open", "high", "low"]

    def test_further_bars_of_a_date_are_counted(self, loopback: Loopback) -> None:
        rows = self.fetch(loopback, self.good([DATES[0], DATES[0], *DATES[1:]], [3.0, 3.1, 4.0, 5.0]))
        assert rows.value.tolist() == VALUES
        assert rows.repairs == ("further bars of a date, left out by yfinance: 1",)

    def test_two_sessions_at_once_do_not_mix(self, loopback: Loopback) -> None:
        symbols = [f"S{number}" for number in range(6)]
        for number, symbol in enumerate(symbols):
            loopback.say(YAHOO, chart_path(symbol), chart(symbol, DATES, [number + 1.0] * 3))
        sessions = [loopback.session(), loopback.session()]

        def fetch(number: int) -> float:
            entry = SourceEntry(provider="yahoo", symbol=symbols[number], clock="UTC")
            return float(fetch_rows(entry, DateSpan(), session=sessions[number % 2], now=NOW).value[0])

        with ThreadPoolExecutor(6) as workers:
            assert list(workers.map(fetch, range(6))) == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]

    @pytest.mark.parametrize(
        ("name", "stem", "entry", "bars", "last"),
        [
            ("BTC", "BTC-USD", {"yahoo": "BTC-USD", "clock": "UTC"}, 365, "2026-05-03"),
            ("DXY", "DX-Y.NYB", {"yahoo": "DX-Y.NYB", "clock": "ICE"}, None, None),
        ],
    )
    def test_a_real_answer_is_read(
        self, loopback: Loopback, shared: Path, name: str, stem: str, entry: dict[str, str], bars: int, last: str
    ) -> None:
        now = pd.Timestamp("2026-05-03 18:06:20", tz="UTC")
        body = json.loads((shared / "market" / "wire" / f"yahoo_v8_chart_{stem}_1d_1y.json").read_text())
        source = SourceEntry.model_validate(entry)
        wrapped = body if "chart" in body else {"chart": {"result": [body], "error": None}}
        loopback.say(YAHOO, chart_path(source.symbol), json.dumps(wrapped).encode())
        rows = fetch_rows(source, DateSpan(), session=loopback.session(), now=now)
        built = build_observations(resolve(name), source, rows, now)
        assert built.origin is not None
        if name == "BTC":
            assert len(built.levels) == bars
            assert built.levels.index[-1] == pd.Timestamp(last, tz="UTC")
            assert "unfinished bars: 1" in built.origin.repairs
        else:
            assert "missing values: 54" in built.origin.repairs


class TestYahooAsABrowser(TestYahoo):
    """The same again on the way taken in earnest: through curl_cffi, which passes on what it could unpack."""

    other_words: ClassVar[dict[str, str]] = {"gzip error": "no daily bars"}

    @pytest.fixture(autouse=True)
    def _as_a_browser(self, loopback: Loopback) -> None:
        loopback.adapter = RedirectAsBrowser


def test_a_session_goes_to_yahoo_as_a_browser_and_to_others_as_itself() -> None:
    session = open_session()
    assert type(session.get_adapter("https://query2.finance.yahoo.com/v8")) is BrowserAdapter
    assert type(session.get_adapter("https://fred.stlouisfed.org/graph")) is PoliteAdapter


def test_a_price_that_is_no_number_is_refused_in_one_sentence(loopback: Loopback) -> None:
    body = chart("BTC-USD", DATES, VALUES).replace(b"4.0", b'"n/z"')
    loopback.say(YAHOO, chart_path("BTC-USD"), body)
    with pytest.raises(SourceError, match="no number|no daily bars"):
        fetch_rows(TestYahoo.entry, DateSpan(), session=loopback.session(), now=NOW)
