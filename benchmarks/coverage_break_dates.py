"""How often the set of dates of a break holds the true one, how long its hull is, and how often it is not datable.

Run ``python benchmarks/coverage_break_dates.py [draws]`` (about five minutes); it prints a table of docs/coverage.md.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from coupling.change import CorrelationBreak
from coupling.change.outcomes import MOST

DRAWS, WARMUP = 300, 20


@dataclass(frozen=True)
class Design:
    """One row: the law of the changes, rows, the break (rows before it) and the correlations about it."""

    rows: int
    at: int
    before: float
    after: float
    freedom: float = 5.0
    volatile: bool = True
    spread: float = 0.0

    @property
    def words(self) -> str:
        """The design in words."""
        law = "normal" if np.isinf(self.freedom) else f"t{self.freedom:g}"
        law += ", stochastic volatility" if self.volatile else ""
        law += f", wandering (z sd {self.spread:g})" if self.spread else ""
        moved = f"{self.before:g} to {self.after:g} at {self.at:,}" if self.before != self.after else "no break"
        return f"{law} | {moved} of {self.rows:,}"


DESIGNS = (
    *(Design(1000, at, 0.1, 0.5) for at in (60, 120, 500, 880, 940)),
    Design(600, 250, 0.1, 0.6),
    Design(2926, 2517, 0.25, 0.46),
    Design(2926, 409, 0.46, 0.25),
    Design(1000, 880, 0.1, 0.5, freedom=np.inf, volatile=False),
    Design(1000, 880, 0.1, 0.5, freedom=3.0),
    Design(1000, 880, 0.1, 0.5, spread=0.21),
    Design(1000, 500, 0.3, 0.3),
)


def draw(rng: np.random.Generator, design: Design) -> np.ndarray:
    """Draw a bivariate t law whose correlation breaks once, times stochastic volatilities of their own."""
    rows = design.rows + WARMUP
    mean = np.where(np.arange(rows) < design.at + WARMUP, design.before, design.after)
    keep = 0.5 ** (1 / 69)
    wander = lfilter([1.0], [1.0, -keep], rng.normal(size=rows + 500) * np.sqrt(1 - keep**2))[500:]
    rho = np.tanh(np.arctanh(mean) + design.spread * wander)
    x = rng.normal(size=(rows, 2))
    x[:, 1] = rho * x[:, 0] + np.sqrt(1 - rho**2) * x[:, 1]
    if np.isfinite(design.freedom):
        x /= np.sqrt(rng.chisquare(design.freedom, (rows, 1)) / design.freedom)
    if design.volatile:
        logs = lfilter([1.0], [1.0, -0.98], 0.1 * rng.normal(size=(rows + 500, 2)), axis=0)[500:]
        x *= np.exp(logs)
    return x


def dated(x: np.ndarray, at: int) -> tuple[bool, int, float]:
    """Tell whether the set holds the true date, the rows of its hull, and its share of the rows."""
    row = CorrelationBreak(standardize="ewma", max_breaks=0).fit(x).table_.iloc[0]
    held = any(low <= at + WARMUP - 1 <= high for low, high in row["set"])
    return held, row["upper"] - row["lower"] + 1, row["share"]


def main() -> None:
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else DRAWS
    print("| changes | break, rows before it | draws | coverage | standard error | median hull, rows | not datable |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    for design in DESIGNS:
        found = [dated(draw(np.random.default_rng([k, 22]), design), design.at) for k in range(draws)]
        held, hull, share = (np.array(each) for each in zip(*found, strict=True))
        cover = held.mean() if design.before != design.after else np.nan
        error = np.sqrt(cover * (1 - cover) / draws)
        told = f"{cover:.3f} | {error:.3f}" if np.isfinite(cover) else "– | –"
        missing = (share > MOST).mean()
        print(f"| {design.words} | {draws} | {told} | {np.median(hull):.0f} | {missing:.3f} |", flush=True)


if __name__ == "__main__":
    main()
