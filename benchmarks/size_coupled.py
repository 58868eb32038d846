"""How often the rule of the headline finds a coupling where there is none (size), and where there is one (power).

Run ``python benchmarks/size_coupled.py [samples]`` (about half an hour); it prints a table of docs/size.md. One
instrument is open around the clock and closes at 24:00 UTC, the others on business days at 06:00, 16:00 and 21:00; all
have the same true correlation with it. Each sample is judged as the page does: `joint_pairs`, `verdicts`,
`fragile_weeks`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coupling.correlation.fragile import fragile_weeks, verdicts
from coupling.correlation.joint import joint_pairs

SAMPLES, TRUE, FEW = 200, (0.0, 0.1, 0.2, 0.3, 0.4, 0.6), (0.0, 0.3, 0.4)
CLOSES = (6, 16, 21, 24)
SHARES = np.diff((0, *CLOSES)) / 24
VERDICTS = ("coupled", "weak", "not_coupled", "not_established")
Scale = Callable[[int, int, np.random.Generator], np.ndarray]


def stochastic(days: int, columns: int, rng: np.random.Generator) -> np.ndarray:
    """Log volatilities are AR(1), .97 and .15, half of their variance common; a common t law with 5 degrees."""
    steps = rng.standard_normal((days, columns)) * np.sqrt(0.5) + rng.standard_normal((days, 1)) * np.sqrt(0.5)
    logs = np.empty((days, columns))
    logs[0] = 0.15 * steps[0] / np.sqrt(1 - 0.97**2)
    for day in range(1, days):
        logs[day] = 0.97 * logs[day - 1] + 0.15 * steps[day]
    return np.exp(logs) * np.sqrt(3 / rng.chisquare(5, (days, 1)))


def common_garch(days: int, columns: int, rng: np.random.Generator) -> np.ndarray:
    """One GARCH(1,1) variance of all, alpha .1 and beta .85, normal."""
    variance = np.ones(days)
    for day in range(1, days):
        variance[day] = 0.05 + variance[day - 1] * (0.1 * rng.standard_normal() ** 2 + 0.85)
    return np.repeat(np.sqrt(variance)[:, None], columns, axis=1)


@dataclass(frozen=True)
class Design:
    """One block of rows: its words, pairs, days of the window, law, hours of the closes, and true correlations."""

    words: str
    pairs: int
    days: int
    scale: Scale = stochastic
    closes: tuple[int, ...] = CLOSES[:3]
    true: tuple[float, ...] = FEW


DESIGNS = (
    Design("t5, stochastic volatility, four pairs", 4, 250, true=TRUE),
    Design("t5, stochastic volatility, four pairs", 4, 500, true=TRUE),
    Design("the same, two pairs", 2, 500),
    Design("the same, eight pairs", 8, 500),
    Design("normal, common GARCH, four pairs", 4, 500, common_garch),
    Design("t5, stochastic volatility, all others at 06:00", 4, 500, stochastic, (6,)),
)


def sample(design: Design, correlation: float, rng: np.random.Generator) -> dict[str, pd.Series]:
    """Return the levels of the first instrument and the others at their closes."""
    days, columns = design.days + 3, design.pairs + 1
    steps = rng.standard_normal((days, len(CLOSES), columns))
    steps[:, :, 1:] = correlation * steps[:, :, :1] + np.sqrt(1 - correlation**2) * steps[:, :, 1:]
    steps *= np.sqrt(SHARES)[:, None] * design.scale(days, columns, rng)[:, None, :]
    path = steps.reshape(-1, columns).cumsum(axis=0).reshape(steps.shape)
    start = pd.date_range("2024-01-01", periods=days, tz="UTC")
    levels = {"first": pd.Series(path[:, -1, 0], index=start + pd.Timedelta(hours=24))}
    for column in range(1, columns):
        hour = design.closes[column % len(design.closes)]
        index = start[start.dayofweek < 5]
        values = path[start.dayofweek < 5, CLOSES.index(hour), column]
        levels[f"other {column}"] = pd.Series(values, index=index + pd.Timedelta(hours=hour))
    return levels


def judged(design: Design, correlation: float, samples: int) -> dict[str, float]:
    """Return the share of each verdict over the pairs of all samples, of fragile ones among coupled, and an error.

    ``any`` is the share of samples in which some pair is found coupled or weak.
    """
    rng = np.random.default_rng([design.days, design.pairs, round(10 * correlation), 14])
    told, fragile = [], []
    for _ in range(samples):
        levels = sample(design, correlation, rng)
        pairs = joint_pairs(levels, "first", [name for name in levels if name != "first"], window=f"{design.days}d")
        told.append([str(each) for each in verdicts(pairs)])
        fragile.append([each is not None for each in fragile_weeks(pairs)])
    words, hangs = np.array(told), np.array(fragile)
    found = words == "coupled"
    row = {name: float((words == name).mean()) for name in VERDICTS}
    row["fragile"] = float(hangs[found].mean()) if found.any() else float("nan")
    row["any"] = float(np.isin(words, VERDICTS[:2]).any(axis=1).mean())
    row["error"] = float((words == "coupled").mean(axis=1).std() / np.sqrt(samples))
    return row


def main() -> None:
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES
    print(f"{samples} simulated samples for each row; shares over their pairs, with the standard error of *coupled*.\n")
    print(
        "| design | days | true | coupled | s. e. | weak | not coupled | not established | fragile, of coupled | "
        "any pair found |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for design in DESIGNS:
        for correlation in design.true:
            row = judged(design, correlation, samples)
            fragile = "" if np.isnan(row["fragile"]) else f"{row['fragile']:.2f}"
            shares = " | ".join(f"{row[name]:.3f}" for name in VERDICTS[1:])
            print(
                f"| {design.words} | {design.days} | {correlation:g} | {row['coupled']:.3f} | {row['error']:.3f} | "
                f"{shares} | {fragile} | {row['any']:.3f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
