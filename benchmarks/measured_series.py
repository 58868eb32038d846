"""The series on which the checks of meaning are measured: the real files beside the repository, and simulated ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from coupling.data.instrument import Kind
from tests.data.checks.planted import price, rate

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "market" / "series"
REAL = {
    "Bitcoin": ("btc_usd.csv", "value", Kind.PRICE),
    "Bitcoin (Binance)": ("btcusdt_binance.csv", "value", Kind.PRICE),
    "Bitcoin, hourly": ("btcusdt_perp_1h.csv", "close", Kind.PRICE),
    "Ether": ("eth_usd.csv", "value", Kind.PRICE),
    "S&P 500 from 1927": ("sp500.csv", "value", Kind.INDEX),
    "Nasdaq Composite": ("nasdaq_composite.csv", "value", Kind.INDEX),
    "Nasdaq 100": ("nasdaq100.csv", "value", Kind.INDEX),
    "Nikkei 225": ("nikkei225.csv", "value", Kind.INDEX),
    "USD/JPY (H.10)": ("usdjpy_fred.csv", "value", Kind.PRICE),
    "USD/JPY (ECB)": ("usdjpy_ecb_cross.csv", "value", Kind.PRICE),
    "USD/JPY, hourly": ("usdjpy_1h.csv", "close", Kind.PRICE),
    "Dollar index": ("dxy.csv", "value", Kind.INDEX),
    "Gold (LBMA)": ("gold_lbma_pm.csv", "value", Kind.PRICE),
    "Gold futures": ("gold_futures.csv", "value", Kind.PRICE),
    "VIX": ("vix_cboe.csv", "value", Kind.VOLATILITY),
    "JGB 2Y": ("jgb2y.csv", "value", Kind.YIELD),
    "JGB 10Y": ("jgb10y.csv", "value", Kind.YIELD),
    "JGB 20Y": ("jgb20y.csv", "value", Kind.YIELD),
    "JGB 30Y": ("jgb30y.csv", "value", Kind.YIELD),
    "JGB 40Y": ("jgb40y.csv", "value", Kind.YIELD),
    "Treasury 10Y": ("us10y_fred.csv", "value", Kind.YIELD),
    "Funding": ("btc_funding_daily_mean.csv", "value", Kind.FLOW),
    "ETF flows": ("btc_etf_flows_usd_m.csv", "Total", Kind.FLOW),
}
DAYS = pd.bdate_range("2015-01-01", periods=1500)


def real(name: str) -> tuple[np.ndarray, pd.DatetimeIndex, Kind]:
    file, column, kind = REAL[name]
    table = pd.read_csv(FOLDER / file)
    stamps = pd.DatetimeIndex(pd.to_datetime(table[table.columns[0]], utc=True)).tz_localize(None)
    values = pd.Series(pd.to_numeric(table[column], errors="coerce").to_numpy(), index=stamps).dropna()
    return values.to_numpy(float), pd.DatetimeIndex(values.index), kind


def simulated(count: int, freedom: float) -> Iterator[tuple[np.ndarray, Kind]]:
    """Yield prices that move by 0.5, 1, 2 and 4 % a day, and yields by 3 bp, with Student shocks and GARCH."""
    for seed in range(count):
        yield price(seed, (0.005, 0.01, 0.02, 0.04)[seed % 4], freedom=freedom), Kind.PRICE
        yield rate(seed, freedom=freedom), Kind.YIELD
