"""The simulated market as a folder of files, so that claims and predictions are tested on it as on a real one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from coupling.data.instrument import HOURLY, Provider, resolve
from coupling.data.sources.simulated import knows, simulate_market

__all__ = ["write_market"]

SEED = 7
DAILY = ("BTC", "JGB10Y", "JGB40Y", "USDJPY", "SPX", "IXIC", "VIX", "GOLD", "UST10Y")
HOURS = {"BTC": ("btcusdt_perp_1h.csv", "2022-07-01"), "USDJPY": ("usdjpy_1h.csv", "2023-11-01")}
"""Files of hourly bars, and from when on: as far back as the ones that the study was written with."""
DRAWN = ("CFTC_JPY", "ETF_FLOW", "IBIT_FLOW", "BTC_OI")


def write_market(folder: Path) -> None:
    """Write every file that the flagship and its claims read: daily, hourly, a fixing of the same day, and flows."""
    market, dollar = simulate_market(SEED), resolve("USDJPY")
    for name in (*DAILY, *DRAWN):
        instrument = resolve(name)
        own = next(source for source in instrument.sources if source.provider is Provider.FILE)
        see = market.observe if knows(instrument) else market.observe_alone
        _write(folder / f"{name}.csv", see(instrument, own.clock))
    _write(folder / "usdjpy_ecb_rounded.csv", market.observe(dollar, "ECB"))
    for name, (file, first) in HOURS.items():
        _write_bars(folder / file, market.observe(resolve(name), HOURLY).levels[first:])


def _write(path: Path, seen: object) -> None:
    frame = pd.DataFrame({"date": pd.DatetimeIndex(seen.dates).strftime("%Y-%m-%d"), "value": seen.levels.to_numpy()})
    frame.to_csv(path, index=False)


def _write_bars(path: Path, closes: pd.Series) -> None:
    starts = (pd.DatetimeIndex(closes.index) - pd.Timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    opens = closes.shift().fillna(closes.iloc[0])
    bars = pd.DataFrame({"time_utc": starts, "open": opens.to_numpy()})
    bars["high"], bars["low"] = np.maximum(opens, closes).to_numpy(), np.minimum(opens, closes).to_numpy()
    bars.assign(close=closes.to_numpy()).to_csv(path, index=False)
