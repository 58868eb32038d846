"""All instruments at once: which source serves, why an earlier one did not, and what stays real when some fail."""

from __future__ import annotations

import socket
import subprocess
import sys
import time

import pandas as pd
import pytest

from coupling.data.instrument import Instrument, SourceEntry, resolve
from coupling.data.loading.live import LiveAnswer, fetch_all
from coupling.data.sources.http import open_session
from coupling.data.sources.span import DateSpan
from coupling.errors import DataError
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
    free_port,
)
from tests.data.sources.contract import DATES, NOW, VALUES
from tests.data.sources.test_ecb import archive
from tests.data.sources.test_mof import table

NAMES = ["BTC", "JGB2Y", "JGB10Y", "USDJPY", "SPX"]


def fill(loopback: Loopback) -> None:
    rows = "\n".join(f"{date},{value}" for date, value in zip(DATES, VALUES, strict=True))
    loopback.say(FRED, FRED_PATH, f"observation_date,DEXJPUS\n{rows}\n".encode())
    loopback.say(MOF, MOF_PATH + "historical/jgbcme_all.csv", table(DATES, VALUES).replace(b"1Y", b"2Y"))
    loopback.say(MOF, MOF_PATH + "jgbcme.csv", table(["2024-08-08"], [6.0]).replace(b"1Y", b"2Y"))
    loopback.say(ECB, ECB_PATH, archive("Date,USD,JPY,\n2024-08-05,1,142\n"))
    loopback.say(YAHOO, chart_path("BTC-USD"), chart("BTC-USD", DATES, VALUES))
    loopback.say(YAHOO, chart_path("^GSPC"), chart("^GSPC", DATES, VALUES, "America/New_York", "09:30"))
    loopback.say(YAHOO, chart_path("%5EGSPC"), chart("^GSPC", DATES, VALUES, "America/New_York", "09:30"))


def fetch(loopback: Loopback, names: list[str]) -> LiveAnswer:
    return fetch_all([resolve(name) for name in names], now=NOW, session_factory=loopback.session)


def test_all_are_served_in_the_order_asked_for_by_one_request_each(loopback: Loopback) -> None:
    fill(loopback)
    seen: list[tuple[int, int]] = []
    answer = fetch_all(
        [resolve(name) for name in NAMES],
        now=NOW,
        session_factory=loopback.session,
        progress=lambda _, done, total: seen.append((done, total)),
    )
    assert list(answer.served) == NAMES
    assert answer.failures == {}
    assert seen == [(done, 5) for done in range(1, 6)]
    assert answer.served["BTC"].observations.levels.tolist() == VALUES
    assert answer.served["JGB10Y"].observations.levels.tolist() == [*VALUES, 6.0]
    data = [request for request in loopback.asked if "getcrumb" not in request and not request.startswith("fc.")]
    assert len(data) == len(set(data)) == 5


def test_the_next_source_serves_and_why_the_first_did_not_is_kept(loopback: Loopback) -> None:
    fill(loopback)
    loopback.say(FRED, FRED_PATH, Answer(status=404))
    served = fetch(loopback, ["USDJPY"]).served["USDJPY"]
    assert str(served.entry.provider) == "ecb"
    assert served.observations.levels.tolist() == [142.0]
    assert [(error.source, error.reason) for error in served.passed_over] == [
        ("fred", "fred.stlouisfed.org answered 404 Not Found")
    ]


def test_rows_that_the_clock_cannot_read_are_passed_over_too(loopback: Loopback) -> None:
    fill(loopback)
    loopback.say(FRED, FRED_PATH, b"observation_date,DEXJPUS\n2024-08-05,-1\n")
    served = fetch(loopback, ["USDJPY"]).served["USDJPY"]
    assert "must be above 0" in served.passed_over[0].reason


def test_a_failure_leaves_the_others_real(loopback: Loopback) -> None:
    fill(loopback)
    answer = fetch(loopback, ["BTC", "ETH"])
    assert list(answer.served) == ["BTC"]
    assert [error.symbol for error in answer.failures["ETH"]] == ["ETH-USD"]
    answer.require_some()


def test_an_instrument_of_files_only_has_no_live_source(loopback: Loopback) -> None:
    answer = fetch(loopback, ["ETF_FLOW"])
    assert answer.failures["ETF_FLOW"][0].reason == "it has no live source"
    with pytest.raises(DataError, match="ETF_FLOW: it has no live source"):
        answer.require_some()


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # two threads that set and restore the filters
def test_two_fetches_at_once_with_their_own_sessions_agree(loopback: Loopback) -> None:
    from concurrent.futures import ThreadPoolExecutor

    fill(loopback)
    with ThreadPoolExecutor(2) as workers:
        one, other = workers.map(lambda _: fetch(loopback, ["BTC", "SPX"]), range(2))
    for name in ("BTC", "SPX"):
        pd.testing.assert_series_equal(one.served[name].rows.value, other.served[name].rows.value)


def test_without_a_network_there_is_one_line_for_each_instrument(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "create_connection", nobody)
    answer = fetch_all([resolve(name) for name in NAMES], now=NOW, session_factory=open_session)
    with pytest.raises(DataError) as caught:
        answer.require_some()
    lines = str(caught.value).splitlines()
    assert [line.partition(":")[0] for line in lines[1:]] == NAMES
    assert lines[1] == "BTC: yahoo BTC-USD: query2.finance.yahoo.com cannot be found; fred CBBTCUSD: " + (
        "fred.stlouisfed.org cannot be found"
    )


def test_a_network_that_swallows_everything_is_asked_once_for_each_host(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def swallow(place: tuple[str, int], timeout: float) -> None:
        asked.append(place[0])
        time.sleep(5 * timeout)
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", swallow)
    from coupling.data.sources.transfer import Policy

    answer = fetch_all(
        [resolve(name) for name in ("BTC", "ETH", "SPX", "JGB10Y")],
        now=NOW,
        span=DateSpan(),
        session_factory=lambda: open_session(Policy(connect=0.1)),
    )
    assert "accepted no connection within 0.1 s" in answer.failures["JGB10Y"][0].reason
    assert asked.count(MOF) == 1


@pytest.mark.parametrize("proxy", ["shut", "refusing"])
def test_a_proxy_that_leads_nowhere_is_named_and_each_host_is_asked_once(
    loopback: Loopback, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    port = free_port() if proxy == "shut" else loopback.port  # the local server knows no CONNECT
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, f"127.0.0.1:{port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    names = ["BTC", "ETH", "SPX", "JGB10Y"]
    answer = fetch_all([resolve(name) for name in names], now=NOW, session_factory=open_session)
    assert list(answer.failures) == names
    for errors in answer.failures.values():
        for error in errors:
            assert "the proxy " in error.reason
            assert "check the proxy (HTTPS_PROXY)" in error.next_step
            shut = error.reason == "the proxy 127.0.0.1 refuses connections"
            assert shut or error.reason.startswith("the proxy does not lead to ")
            assert shut is (proxy == "shut")


def test_one_file_is_a_new_source_of_the_configuration(loopback: Loopback) -> None:
    loopback.say(YAHOO, chart_path("MSTR"), chart("MSTR", DATES, VALUES, "America/New_York", "09:30"))
    source = SourceEntry.model_validate({"yahoo": "MSTR", "clock": "XNYS"})
    mine = Instrument.model_validate({"name": "MSTR", "kind": "price", "sources": [source]})
    answer = fetch_all([mine], now=NOW, session_factory=loopback.session)
    assert answer.served["MSTR"].observations.levels.tolist() == VALUES


def test_importing_the_live_module_loads_no_source_library() -> None:
    code = "import sys, coupling.data.loading.live; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"yfinance", "pandas_datareader", "curl_cffi"}.isdisjoint(done.stdout.split())
