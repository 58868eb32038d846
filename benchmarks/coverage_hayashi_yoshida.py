"""Measured coverage of the 95 % interval of HayashiYoshidaCorrelation: prints the table of docs/correlation.md.

Hourly diffusions around the clock, struck at 06:00 and 21:00 UTC of business days; run
``python benchmarks/coverage_hayashi_yoshida.py [draws]``.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from coupling.correlation import HayashiYoshidaCorrelation
from coupling.data.simulation.diffusions import hourly_paths, struck

LAWS = {"normal": "constant variance", "t4": "daily t4 mixture", "garch": "common GARCH"}


def daily_scale(law: str, days: int, rng: np.random.Generator) -> np.ndarray:
    """Return the volatility of each day, with mean square 1."""
    if law == "t4":
        return np.sqrt(2 / rng.chisquare(4, days))
    variance = np.ones(days)
    if law == "garch":
        for day in range(1, days):
            variance[day] = 0.05 + variance[day - 1] * (0.10 * rng.standard_normal() ** 2 + 0.85)
    return np.sqrt(variance)


def one_draw(correlation: float, days: int, law: str, rng: np.random.Generator) -> pd.Series:
    """Return the estimate of one simulated sample with its interval."""
    matrix = pd.DataFrame([[1, correlation], [correlation, 1]], columns=["early", "late"])
    steps = hourly_paths(matrix, days=days, random_state=rng).diff().iloc[1:]
    scale = np.repeat(daily_scale(law, days, rng), 24)
    paths = steps.mul(scale, axis=0).cumsum()
    levels = {"early": struck(paths["early"], 6), "late": struck(paths["late"], 21)}
    return HayashiYoshidaCorrelation().fit(levels).between("early", "late").iloc[0]


def main(draws: int) -> None:
    print("| variance | days | rho | coverage | median half-width | beyond 1 |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for law, name in LAWS.items():
        for days in (84, 250, 1000):
            for correlation in (0.3, 0.85):
                rng = np.random.default_rng(7)
                frame = pd.DataFrame([one_draw(correlation, days, law, rng) for _ in range(draws)])
                covered = ((frame["lower"] <= correlation) & (correlation <= frame["upper"])).mean()
                half = (frame["upper"] - frame["lower"]).median() / 2
                beyond = (frame["estimate"].abs() > 1).mean()
                print(f"| {name} | {days} | {correlation} | {covered:.3f} | {half:.3f} | {beyond:.1%} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
