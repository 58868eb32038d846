"""Small worlds and studies that the tests of comparisons share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coupling.data.changes import ChangeRule
from coupling.data.observations import Observations
from coupling.data.simulation.diffusions import hourly_paths, struck

SIMULATED: dict[str, Any] = {
    "title": "Simulated",
    "focus": "BTC",
    "instruments": ["BTC", "SPX"],
    "data": {"source": "simulated"},
    "period": {"start": "2018-01-01"},
    "seed": 7,
}


def with_variants(grid: dict[str, Any], **outcome: Any) -> dict[str, Any]:
    """Return the simulated study with variants."""
    asked = {"pair": ["BTC", "SPX"], "statistic": "mean", **outcome}
    return {**SIMULATED, "variants": {"outcome": asked, "grid": grid, "replications": 99}}


def observed(name: str, levels: pd.Series) -> Observations:
    """Return levels as observations that are known when struck, with simple differences."""
    known = pd.Series(levels.index, index=levels.index)
    return Observations(name=name, levels=levels, known_at=known, change=ChangeRule.DIFFERENCE)


def market(
    correlation: float, *, days: int = 900, seed: int = 1, until: float | None = None
) -> dict[str, Observations]:
    """Return BTC (24:00 UTC, every day) and SPX (21:00 UTC, business days) of a diffusion; `until` after half of it."""
    later = correlation if until is None else until
    halves = []
    for part, each in enumerate((correlation, later)):
        matrix = pd.DataFrame([[1, each], [each, 1]], columns=["BTC", "SPX"])
        start = pd.Timestamp("2020-01-01") + part * pd.Timedelta(days=days // 2)
        halves.append(hourly_paths(matrix, days=days // 2, start=str(start), random_state=10_000 * part + seed))
    paths = pd.concat([halves[0], (halves[1] + halves[0].iloc[-1]).iloc[1:]])
    btc, spx = struck(paths["BTC"], 24, every_day=True), struck(paths["SPX"], 21)
    return {"BTC": observed("BTC", btc), "SPX": observed("SPX", spx)}


def write_market(folder: Path, *, correlation: float = 0.5, days: int = 900, seed: int = 1) -> Path:
    """Write that world as CSV files that the file source reads."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, item in market(correlation, days=days, seed=seed).items():
        values = 1000 * np.exp(item.levels.to_numpy() / 100)
        rows = pd.DataFrame({"date": item.dates.dt.strftime("%Y-%m-%d").to_numpy(), "value": values})
        rows.to_csv(folder / f"{name}.csv", index=False)
    return folder
