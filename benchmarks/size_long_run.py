"""How often the test of a long-run mean rejects where the correlation only wanders (size), and where its mean rises.

Run ``python benchmarks/size_long_run.py [samples]`` (about five minutes); it prints a table of docs/size.md.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.signal import lfilter

from coupling.change.long_run import MOST_AFTER, MOST_BEFORE, block_correlations, long_run
from coupling.change.split import difference, window_of
from coupling.volatility import standardize_ewma

SAMPLES, WARMUP, MEAN, HALF_LIFE = 600, 100, 0.25, 69


@dataclass(frozen=True)
class Design:
    """One row: rows before and after the date, how Fisher's z wanders, the rise of its mean, and the blocks."""

    spread: float
    rise: float = 0.0
    before: int = 1760
    after: int = 480
    blocks: tuple[int, int] = (MOST_BEFORE, MOST_AFTER)
    half_life: int = HALF_LIFE

    @property
    def words(self) -> str:
        """The design in words."""
        wander = f"z sd {self.spread:g}, half-life {self.half_life}" if self.spread else "none"
        rise = f"{MEAN:g} to {MEAN + self.rise:g}" if self.rise else "none"
        return f"{wander} | {rise} | {self.before:,} and {self.after:,} | {self.blocks[0]} and {self.blocks[1]}"


DESIGNS = (
    *(Design(spread) for spread in (0.0, 0.21, 0.425)),
    Design(0.21, half_life=150),
    *(Design(0.0, rise) for rise in (0.3, 0.4)),
    *(Design(0.21, rise) for rise in (0.3, 0.4)),
    *(Design(0.425, rise) for rise in (0.3, 0.4)),
    *(Design(spread, rise, 1120, 1120) for spread, rise in ((0.21, 0.0), (0.425, 0.0), (0.21, 0.4))),
    *(Design(spread, rise, 2500, 250) for spread, rise in ((0.21, 0.0), (0.425, 0.0), (0.21, 0.4))),
    *(Design(spread, rise, blocks=(4, 4)) for spread, rise in ((0.21, 0.0), (0.425, 0.0), (0.21, 0.4))),
    *(Design(spread, rise, blocks=(9, 2)) for spread, rise in ((0.21, 0.0), (0.425, 0.0), (0.21, 0.4))),
    *(Design(spread, rise, blocks=(17, 4)) for spread, rise in ((0.21, 0.0), (0.425, 0.0), (0.21, 0.4))),
)


def draw(rng: np.random.Generator, design: Design) -> np.ndarray:
    """Draw t5 changes with a common stochastic volatility whose Fisher z is an AR(1) about a mean, standardised."""
    rows, keep = design.before + design.after + WARMUP, 0.5 ** (1 / design.half_life)
    moves = rng.normal(size=rows) * np.sqrt(1 - keep**2)
    moves[0] = rng.normal()
    mean = np.where(np.arange(rows) >= design.before + WARMUP, MEAN + design.rise, MEAN)
    rho = np.tanh(np.arctanh(mean) + design.spread * lfilter([1.0], [1.0, -keep], moves))
    shocks = rng.normal(size=(rows, 2)) * np.sqrt(5 / rng.chisquare(5, size=rows))[:, None]
    volatility = np.exp(lfilter([1.0], [1.0, -0.97], 0.2 * rng.normal(size=rows)) / 2)[:, None]
    x = np.column_stack([shocks[:, 0], rho * shocks[:, 0] + np.sqrt(1 - rho**2) * shocks[:, 1]]) * volatility
    return standardize_ewma(pd.DataFrame(x)).to_numpy()[WARMUP:]


def rejections(x: np.ndarray, design: Design) -> tuple[bool, bool]:
    """Tell whether the long-run mean, and whether the period's average, is said to be another one."""
    sides = x[: design.before], x[design.before :]
    blocks = [block_correlations(side, most) for side, most in zip(sides, design.blocks, strict=True)]
    tested = long_run(*blocks)
    if tested is None:
        raise ValueError(f"Too few rows for two blocks: {design.words}.")
    period = difference(*(window_of(side) for side in sides))
    return tested.p_value < 0.05, period["p_value"] < 0.05


def measured(design: Design, samples: int) -> tuple[float, float, float]:
    """Return the shares of samples in which the long-run mean, the period, and both are said to differ."""
    found = np.array([rejections(draw(np.random.default_rng([k, 21]), design), design) for k in range(samples)])
    return float(found[:, 0].mean()), float(found[:, 1].mean()), float(found.all(axis=1).mean())


def main() -> None:
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES
    print(f"{samples} samples for each row (standard error {np.sqrt(0.05 * 0.95 / samples):.3f} at 5 %).\n")
    print("| wandering | rise of the mean | rows before and after | blocks | long-run mean | period differs | both |")
    print("| --- | --- | --- | --- | ---: | ---: | ---: |")
    for design in DESIGNS:
        mean, period, both = measured(design, samples)
        print(f"| {design.words} | {mean:.3f} | {period:.3f} | {both:.3f} |", flush=True)


if __name__ == "__main__":
    main()
