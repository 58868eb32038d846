"""How often `CorrelationMonitor` rings without a change, and how soon after one; beside a fixed threshold.

Run ``python benchmarks/size_monitor.py [samples]`` (about four minutes); it prints a table of docs/size.md. The fixed
threshold is what trading platforms offer: ring where the correlation of the last 60 rows is .3 away from that of the
last 250.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coupling.change.sequential import watch_pair
from coupling.volatility import standardize_ewma

SAMPLES, ROWS, PAIRS, YEAR = 200, 3000, 4, 252
NEVER = 9999


@dataclass(frozen=True)
class Design:
    """A pair: correlation, degrees of freedom of its t law, a change (row, new correlation), and how it wanders."""

    correlation: float
    freedom: float
    change: tuple[int, float] | None = None
    wanders: float = 0.0

    @property
    def words(self) -> str:
        law = "normal" if np.isinf(self.freedom) else f"t{self.freedom:g}"
        return f"{self.correlation:g}, {law}" + (f", wandering by {self.wanders:g}" if self.wanders else "")


def sample(rng: np.random.Generator, design: Design, rows: int) -> np.ndarray:
    """Draw changes: a bivariate t law with the design's correlation, each column through a GARCH(1,1) of its own."""
    z = np.full(rows, np.arctanh(design.correlation))
    if design.wanders:
        z += _wandering(rng, rows, design.wanders)
    rho = np.tanh(z)
    if design.change is not None:
        rho[design.change[0] :] = design.change[1]
    e = rng.standard_normal((rows, 2))
    e[:, 1] = rho * e[:, 0] + np.sqrt(1 - rho**2) * e[:, 1]
    if np.isfinite(design.freedom):
        e *= np.sqrt((design.freedom - 2) / rng.chisquare(design.freedom, (rows, 1)))
    return _garch(e)


def _wandering(rng: np.random.Generator, rows: int, deviation: float) -> np.ndarray:
    """Return an AR(1) with a half-life of 69 rows."""
    keep, state = 0.5 ** (1 / 69), rng.standard_normal() * deviation
    steps, path = rng.standard_normal(rows) * deviation * np.sqrt(1 - keep**2), np.empty(rows)
    for row in range(rows):
        path[row] = state = keep * state + steps[row]
    return path


def _garch(e: np.ndarray) -> np.ndarray:
    x, h = np.empty_like(e), np.ones(2)
    for row in range(len(e)):
        x[row] = np.sqrt(h) * e[row]
        h = 0.02 + 0.08 * x[row] ** 2 + 0.9 * h
    return x


def steady(x: np.ndarray) -> np.ndarray:
    """Return what the monitor sees."""
    return np.asarray(standardize_ewma(pd.DataFrame(x)).dropna())


def mean_time(design: Design, samples: int, *, fixed: bool = False) -> float:
    """Return rows watched over alarms, over all samples."""
    watched = alarms = 0
    for seed in range(samples):
        x = sample(np.random.default_rng([seed, 17]), design, ROWS)
        rows, found = _fixed(x) if fixed else _monitor(x)
        watched, alarms = watched + rows, alarms + len(found)
    return watched / max(alarms, 1)


def delays(design: Design, samples: int, *, fixed: bool = False) -> np.ndarray:
    """Return the rows from the change to the first alarm; samples that rang before it are left out."""
    at = design.change[0] if design.change else 0
    found = []
    for seed in range(samples):
        x = sample(np.random.default_rng([seed, 18]), design, at + 700)
        rows = (_fixed(x) if fixed else _monitor(x))[1]
        if not rows or rows[0] >= at:
            found.append(rows[0] - at + 1 if rows else NEVER)
    return np.array(found)


def _monitor(x: np.ndarray) -> tuple[int, list[int]]:
    """Return the number of rows watched, and the rows of the alarms."""
    seen = steady(x)
    watch = watch_pair(seen, threshold=PAIRS * YEAR)
    return int(np.isfinite(watch.ratio).sum()), [each.row + len(x) - len(seen) for each in watch.alarms]


def _fixed(x: np.ndarray, short: int = 60, long: int = 250, away: float = 0.3) -> tuple[int, list[int]]:
    frame = pd.DataFrame(x)
    new, old = (frame[0].rolling(rows).corr(frame[1]) for rows in (short, long))
    out = ((new - old).abs() > away).to_numpy()
    begins = np.flatnonzero(out[1:] & ~out[:-1]) + 1
    return len(x) - long, begins.tolist()


CONSTANT = tuple(Design(rho, law) for rho in (0.0, 0.2, 0.5, 0.8) for law in (3.0, 5.0, np.inf))
WANDERING = tuple(Design(0.2, 5.0, wanders=deviation) for deviation in (0.1, 0.2, 0.425))
CHANGES = tuple(Design(0.2, 5.0, change=(600, new)) for new in (0.6, 0.4, -0.2))


def main() -> None:
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES
    print(f"| no change: correlation, law | mean sessions to an alarm | fixed threshold | years, {PAIRS} pairs |")
    print("|---|---:|---:|---:|")
    for design in (*CONSTANT, *WANDERING):
        ours, theirs = (mean_time(design, samples, fixed=fixed) for fixed in (False, True))
        print(f"| {design.words} | {ours:.0f} | {theirs:.0f} | {ours / PAIRS / YEAR:.2f} |", flush=True)
    print()
    print("| a change, t5 | median delay | .9 quantile | within 100 sessions | fixed threshold: median |")
    print("|---|---:|---:|---:|---:|")
    for design in CHANGES:
        ours, theirs = (delays(design, samples, fixed=fixed) for fixed in (False, True))
        late = np.quantile(ours, 0.9)
        tail = f"{late:.0f}" if late < NEVER else "over 700"
        share = (ours <= 100).mean()
        change = f"{design.correlation:g} → {design.change[1] if design.change else 0:g}"
        print(f"| {change} | {np.median(ours):.0f} | {tail} | {share:.2f} | {np.median(theirs):.0f} |", flush=True)


if __name__ == "__main__":
    main()
