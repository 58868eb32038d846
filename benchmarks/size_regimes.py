"""How often `RegimeModel` finds two regimes where there is one (size), and where there are two (power).

Run ``python benchmarks/size_regimes.py [samples]`` (about ten minutes); it prints a table of docs/size.md. A
permutation test with 19 orders rejects at exactly 5 % if rows are exchangeable, so 19 are enough for its size.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from coupling.change.regime_test import directions, ratios, shuffled
from coupling.inference import generators
from coupling.volatility import fit_garch

SAMPLES, ROWS, ORDERS, CORRELATION = 400, 300, 19, 0.4
Draw = Callable[[np.random.Generator], np.ndarray]


@dataclass(frozen=True)
class Design:
    """One row: its words, how a sample is drawn, whether there are two regimes, and its share of the samples."""

    words: str
    draw: Draw
    regimes: bool = False
    share: float = 1.0


def shocks(
    rng: np.random.Generator, correlation: float = CORRELATION, freedom: float = np.inf, rows: int = ROWS
) -> np.ndarray:
    """Correlated pairs of unit variance, normal or Student with common tails."""
    z = rng.standard_normal((rows, 2))
    z[:, 1] = correlation * z[:, 0] + np.sqrt(1 - correlation**2) * z[:, 1]
    if np.isfinite(freedom):
        z *= np.sqrt((freedom - 2) / rng.chisquare(freedom, (rows, 1)))
    return z


def common_garch(rng: np.random.Generator) -> np.ndarray:
    """Student shocks with 5 degrees of freedom times one GARCH(1,1) variance of both, alpha .1 and beta .85."""
    z, x, h = shocks(rng, freedom=5.0), np.empty((ROWS, 2)), 1.0
    for t in range(ROWS):
        x[t] = np.sqrt(h) * z[t]
        h = 0.05 + 0.1 * (x[t] ** 2).mean() + 0.85 * h
    return x


def stochastic_volatility(rng: np.random.Generator) -> np.ndarray:
    """Normal shocks times exponentials of log volatilities: AR(1), .97 and .15, half of their variance common."""
    steps = rng.standard_normal((ROWS, 2)) * np.sqrt(0.5) + rng.standard_normal((ROWS, 1)) * np.sqrt(0.5)
    logs = np.empty((ROWS, 2))
    logs[0] = 0.15 * steps[0] / np.sqrt(1 - 0.97**2)
    for t in range(1, ROWS):
        logs[t] = 0.97 * logs[t - 1] + 0.15 * steps[t]
    return shocks(rng) * np.exp(logs)


def two_regimes(rng: np.random.Generator, rows: int = ROWS) -> np.ndarray:
    """Correlation .1 in calm, .75 under stress with deviations 2.8 times as large; they last 50 and 20 rows."""
    stressed = np.zeros(rows, dtype=bool)
    for t in range(1, rows):
        stressed[t] = rng.random() < (0.95 if stressed[t - 1] else 0.02)
    calm, stress = shocks(rng, 0.1, rows=rows), shocks(rng, 0.75, rows=rows)
    return np.where(stressed[:, None], 2.8 * stress, calm)


DESIGNS = (
    Design(f"one regime: common GARCH, t5, correlation {CORRELATION}", common_garch),
    Design(f"one regime: stochastic volatility, correlation {CORRELATION}", stochastic_volatility),
    Design("two regimes: correlation .1 and .75", two_regimes, regimes=True, share=0.25),
    Design("the same, 1000 rows", lambda rng: two_regimes(rng, 1000), regimes=True, share=0.125),
)


def found(x: np.ndarray, seed: int, orders: int = ORDERS) -> bool:
    """Tell whether `RegimeModel(replications=19)` finds two regimes at 5 %: no order of the rows does as well."""
    z, correlation = directions(np.column_stack([fit_garch(column).path.standardized for column in x.T]))
    rng = generators(seed, 2)[0]
    drawn = [shuffled(len(z), 1, rng) for _ in range(orders)]
    told = ratios(z[np.array([np.arange(len(z)), *drawn])], correlation)
    return not (told[1:] >= told[0]).any()


def share_found(design: Design, samples: int) -> float:
    """Share of samples of a design in which two regimes are found."""
    seeds = range(samples)
    return float(np.mean([found(design.draw(np.random.default_rng([seed, 14])), seed) for seed in seeds]))


def main() -> None:
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES
    print(f"| two columns, {ROWS} rows, {ORDERS} orders | samples | found | standard error |")
    print("| --- | ---: | ---: | ---: |")
    for design in DESIGNS:
        count = max(2, round(samples * design.share))
        share = share_found(design, count)
        print(f"| {design.words} | {count} | {share:.3f} | {np.sqrt(share * (1 - share) / count):.3f} |", flush=True)


if __name__ == "__main__":
    main()
