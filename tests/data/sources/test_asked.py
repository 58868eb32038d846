"""An answer is compared with the question: symbol, currency, interval, exchange, scale, and what the store holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coupling.data.instrument import Instrument, SourceEntry, resolve
from coupling.data.loading.live import fetch_all
from coupling.data.loading.serving import Supply, supply
from coupling.data.section import DataSource
from coupling.data.stores.store import Store
from tests.data.loopback import FRED, FRED_PATH, YAHOO, Loopback, chart, chart_path

NOW = pd.Timestamp("2024-08-09 12:00", tz="UTC")
DATES = [f"{day:%Y-%m-%d}" for day in pd.bdate_range("2024-07-08", "2024-08-07")]
VALUES = [100.0 + place for place in range(len(DATES))]


def stock(unit: str = "USD", clock: str = "XNYS", kind: str = "price") -> Instrument:
    source = SourceEntry.model_validate({"yahoo": "MSTR", "clock": clock})
    return Instrument.model_validate({"name": "MSTR", "kind": kind, "unit": unit, "sources": [source]})


def answer(change: Callable[[dict[str, Any]], None] = lambda _: None, factor: float = 1.0) -> bytes:
    closes = [value * factor for value in VALUES]
    told = json.loads(chart("MSTR", DATES, closes, "America/New_York", "09:30"))
    change(told["chart"]["result"][0]["meta"])
    return json.dumps(told).encode()


def ask(loopback: Loopback, store: Store, body: bytes, item: Instrument) -> Supply:
    loopback.say(YAHOO, chart_path("MSTR"), body)
    return supply(
        [item],
        source=DataSource.AUTO,
        store=store,
        max_age=pd.Timedelta(0),
        now=NOW,
        fetch=lambda asked, now: fetch_all(asked, now=now, session_factory=loopback.session),
    )


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"symbol": "MSTX"}, "the answer is about 'MSTX', and 'MSTR' was asked"),
        ({"dataGranularity": "1wk"}, "bars of '1wk', and '1d' was asked"),
        ({"currency": "EUR"}, "the answer is in 'EUR', and MSTR is in 'USD'"),
        ({"exchangeTimezoneName": "Asia/Tokyo"}, "its exchange keeps the time of 'Asia/Tokyo', and the clock XNYS"),
        ({"regularMarketPrice": 1.31}, "its last close is 122, and its own price of the moment 1.31"),
    ],
)
def test_an_answer_to_another_question_is_refused(
    loopback: Loopback, tmp_path: Path, told: dict[str, object], reason: str
) -> None:
    had = ask(loopback, Store(tmp_path), answer(lambda meta: meta.update(told)), stock())
    assert had.observations == {}
    assert reason in had.missing["MSTR"]


@pytest.mark.parametrize(
    "told",
    [{"symbol": "mstr"}, {"regularMarketPrice": 130.0}, {"exchangeTimezoneName": "America/Chicago"}, {"currency": ""}],
)
def test_an_answer_that_fits_is_taken(loopback: Loopback, tmp_path: Path, told: dict[str, object]) -> None:
    had = ask(loopback, Store(tmp_path), answer(lambda meta: meta.update(told)), stock())
    assert had.observations["MSTR"].levels.tolist() == VALUES


def test_pence_are_no_pounds(loopback: Loopback, tmp_path: Path) -> None:
    pence = answer(lambda meta: meta.update({"currency": "GBp"}))
    assert "'GBp', and MSTR is in 'GBP'" in ask(loopback, Store(tmp_path), pence, stock("GBP")).missing["MSTR"]
    assert ask(loopback, Store(tmp_path), pence, stock("GBp")).missing == {}
    assert ask(loopback, Store(tmp_path), pence, stock("points", kind="index")).missing == {}


@pytest.mark.parametrize("factor", [100, 0.01, 1000])
def test_another_unit_than_the_store_holds_is_refused_and_the_store_steps_in(
    loopback: Loopback, tmp_path: Path, factor: float
) -> None:
    store = Store(tmp_path)
    ask(loopback, store, answer(), stock())
    had = ask(loopback, store, answer(factor=factor), stock())
    assert had.observations["MSTR"].levels.tolist() == VALUES
    assert had.banner.startswith("Old data: the live sources failed, and the store serves MSTR")
    assert len(store.vintages(stock().sources[0])) == 1


def test_a_split_since_the_last_download_is_taken_and_said(loopback: Loopback, tmp_path: Path) -> None:
    store = Store(tmp_path)
    ask(loopback, store, answer(), stock())
    had = ask(loopback, store, answer(factor=0.5), stock())
    origin = had.observations["MSTR"].origin
    assert origin is not None
    assert "rescaled by its source since the last download: ×0.5, as in a 2:1 split" in origin.repairs
    assert had.observations["MSTR"].levels.tolist() == [value / 2 for value in VALUES]


def test_an_index_knows_no_splits(loopback: Loopback, tmp_path: Path) -> None:
    store, index = Store(tmp_path), stock("points", kind="index")
    ask(loopback, store, answer(), index)
    assert ask(loopback, store, answer(factor=0.5), index).banner.startswith("Old data")


@pytest.mark.parametrize("value", ["Infinity", "-Infinity", "0.0", "1e999"])
def test_infinite_and_zero_prices_are_refused(loopback: Loopback, tmp_path: Path, value: str) -> None:
    body = answer().replace(b"110.0", value.encode())
    reason = ask(loopback, Store(tmp_path), body, stock()).missing["MSTR"]
    assert "must be" in reason or "no number" in reason


def test_a_table_that_ends_within_a_line_is_refused(loopback: Loopback) -> None:
    item = resolve("UST10Y")
    loopback.say(FRED, FRED_PATH, b"observation_date,DGS10\n2024-08-05,3.78\n2024-08-06,3.")
    failed = fetch_all([item], now=NOW, session_factory=loopback.session).failures["UST10Y"]
    assert any("ends within a line (b'2024-08-06,3.')" in error.reason for error in failed)


def test_deep_json_harms_one_series(loopback: Loopback) -> None:
    loopback.say(YAHOO, chart_path("BTC-USD"), b'{"chart": ' + b"[" * 200_000)
    loopback.say(YAHOO, chart_path("ETH-USD"), chart("ETH-USD", DATES, VALUES))
    found = fetch_all([resolve("BTC"), resolve("ETH")], now=NOW, session_factory=loopback.session)
    assert list(found.served) == ["ETH"]
    assert list(found.failures) == ["BTC"]


def test_a_giant_cell_harms_one_series(loopback: Loopback) -> None:
    body = b"observation_date,DEXJPUS\n2024-08-05," + b"1" * 300_000 + b"\n"
    loopback.say(FRED, FRED_PATH, body)
    loopback.say(YAHOO, chart_path("ETH-USD"), chart("ETH-USD", DATES, VALUES))
    fred = resolve("USDJPY").model_copy(update={"sources": resolve("USDJPY").sources[:1]})
    found = fetch_all([fred, resolve("ETH")], now=NOW, session_factory=loopback.session)
    assert list(found.served) == ["ETH"]
    assert "\n" not in found.failures["USDJPY"][0].reason


def walked(seed: int, start: float) -> list[float]:
    steps = np.random.default_rng(seed).normal(0.0, 0.01, len(DATES))
    return [round(float(value), 2) for value in start * np.exp(np.cumsum(steps))]


@pytest.mark.parametrize("values", [walked(1, 3000.0), walked(2, 112.0), [111.0] * len(DATES), VALUES[::-1]])
def test_values_of_another_series_are_refused_and_the_store_steps_in(
    loopback: Loopback, tmp_path: Path, caplog: pytest.LogCaptureFixture, values: list[float]
) -> None:
    store = Store(tmp_path)
    ask(loopback, store, answer(), stock())
    had = ask(loopback, store, chart("MSTR", DATES, values, "America/New_York", "09:30"), stock())
    assert had.observations["MSTR"].levels.tolist() == VALUES
    assert had.banner.startswith("Old data")
    assert "are other values, as of another series" in caplog.text
    assert len(store.vintages(stock().sources[0])) == 1


def test_a_few_revised_values_are_taken(loopback: Loopback, tmp_path: Path) -> None:
    store, revised = Store(tmp_path), [value + 3.0 * (place % 3 == 0) for place, value in enumerate(VALUES)]
    ask(loopback, store, answer(), stock())
    had = ask(loopback, store, chart("MSTR", DATES, revised, "America/New_York", "09:30"), stock())
    assert had.observations["MSTR"].levels.tolist() == revised


def test_the_unit_of_another_source_in_the_store_is_held_to(loopback: Loopback, tmp_path: Path) -> None:
    store, first = Store(tmp_path), stock()
    ask(loopback, store, answer(), first)
    second = SourceEntry.model_validate({"yahoo": "MSTR.X", "clock": "XNYS"})
    item = first.model_copy(update={"sources": (second, *first.sources)})
    hundredfold = [100 * each for each in VALUES]
    loopback.say(YAHOO, chart_path("MSTR.X"), chart("MSTR.X", DATES, hundredfold, "America/New_York", "09:30"))
    had = ask(loopback, store, answer(), item)
    assert had.observations["MSTR"].levels.tolist() == VALUES
    assert had.banner.startswith("Old data")


@pytest.mark.parametrize(("place", "close", "taken"), [(-1, 555.0, False), (4, 1.04, False), (4, 104.5, True)])
def test_two_bars_of_a_date_with_different_closes_are_refused(
    loopback: Loopback, tmp_path: Path, place: int, close: float, *, taken: bool
) -> None:
    body = chart("MSTR", [*DATES, DATES[place]], [*VALUES, close], "America/New_York", "09:30")
    had = ask(loopback, Store(tmp_path), body, stock())
    assert taken or "have different closes" in had.missing["MSTR"]
    assert not taken or had.missing == {}


def test_dates_to_come_are_refused_or_left_out(loopback: Loopback, tmp_path: Path) -> None:
    dates = [f"{day:%Y-%m-%d}" for day in pd.bdate_range("2024-07-08", "2024-09-30")]
    body = chart("MSTR", dates, [100.0] * len(dates), "America/New_York", "09:30")
    assert "lies in the future" in ask(loopback, Store(tmp_path), body, stock()).missing["MSTR"]
