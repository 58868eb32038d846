"""How often the intervals of `RollingCorrelation` hold the truth, and how wide they are beside the best possible.

Run ``python benchmarks/coverage_correlation.py``; it prints the table of ``docs/correlation.md``. The oracle is the
half-width that an interval of constant width needs: the .95 quantile of abs(atanh r - atanh rho). GARCH is
(0.05, 0.10, 0.85), Student's t has 4 degrees of freedom, the unequal closes are those of Tokyo and New York.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from coupling.kernels.rolling_jackknife import jackknife_windows

LEVEL, BURN = 0.95, 250


@dataclass(frozen=True)
class Case:
    kind: str
    rows: int
    rho: float = 0.3
    ranks: bool = False


TARGETS = [Case(kind, rows) for rows in (60, 250, 1000) for kind in ("iid", "t4", "common garch", "ar 0.5")]
OTHERS = [
    *(Case(kind, 60, rho) for rho in (0.0, 0.9) for kind in ("iid", "t4", "common garch", "ar 0.5")),
    *(Case(kind, 30) for kind in ("iid", "t4", "common garch", "ar 0.5")),
    *(Case("own garch", rows) for rows in (60, 250, 1000)),
    Case("unequal closes", 250, 0.5),
    *(Case("ar 0.7", rows) for rows in (30, 60, 250)),
    *(Case("overlapping", rows) for rows in (60, 250)),
    *(Case(kind, 60, ranks=True) for kind in ("iid", "t4", "common garch", "ar 0.5")),
]


def normal(rng: np.random.Generator, shape: tuple[int, ...], rho: float) -> np.ndarray:
    z = rng.standard_normal((*shape, 2))
    z[..., 1] = rho * z[..., 0] + np.sqrt(1 - rho**2) * z[..., 1]
    return z


def garch(z: np.ndarray, *, common: bool) -> np.ndarray:
    x, variance = np.empty_like(z), np.ones_like(z[:, 0])
    for t in range(z.shape[1]):
        x[:, t] = np.sqrt(variance) * z[:, t]
        shock = x[:, t, :1] ** 2 if common else x[:, t] ** 2
        variance = 0.05 + 0.10 * shock + 0.85 * variance
    return x


def autoregression(z: np.ndarray, keep: float) -> np.ndarray:
    x = z.copy()
    for t in range(1, z.shape[1]):
        x[:, t] += keep * x[:, t - 1]
    return x


def together(z: np.ndarray) -> np.ndarray:
    """Overlapping changes of five rows, as weekly changes taken every day."""
    summed = np.cumsum(z, axis=1)
    return summed[:, 5:] - summed[:, :-5]


def unequal_closes(rng: np.random.Generator, reps: int, rows: int, rho: float) -> np.ndarray:
    """Business days struck at 06:00 and 21:00 UTC: a night of 9 hours (57 before a Monday), then a day of 15."""
    nights = np.where(np.arange(rows) % 5 == 0, 57.0, 9.0)
    night = normal(rng, (reps, rows), rho) * np.sqrt(nights)[:, None]
    day = normal(rng, (reps, rows + 1), rho) * np.sqrt(15.0)
    return np.stack([night[..., 0] + day[:, :-1, 0], night[..., 1] + day[:, 1:, 1]], axis=-1)


def draw(case: Case, reps: int, rng: np.random.Generator) -> np.ndarray:
    """Return reps × rows × 2 changes."""
    if case.kind == "unequal closes":
        return unequal_closes(rng, reps, case.rows, case.rho)
    z = normal(rng, (reps, case.rows + BURN), case.rho)
    if case.kind == "t4":
        z /= np.sqrt(rng.chisquare(4, (reps, case.rows + BURN, 1)) / 4)
    elif case.kind.endswith("garch"):
        z = garch(z, common=case.kind.startswith("common"))
    elif case.kind.startswith("ar "):
        z = autoregression(z, float(case.kind[3:]))
    elif case.kind == "overlapping":
        z = together(z)
    return z[:, -case.rows :]


def truth(case: Case, rng: np.random.Generator) -> float:
    if case.kind == "unequal closes":
        return case.rho * (4 * 9 + 57) / 168
    if case.ranks:
        long = draw(Case(case.kind, 2000, case.rho), 300, rng)
        return float(np.mean([np.corrcoef(rankdata(x[:, 0]), rankdata(x[:, 1]))[0, 1] for x in long]))
    return case.rho


def measure(case: Case, reps: int, seed: int = 20251121) -> dict[str, float]:
    """Return the coverage of Fisher's and of our interval, our median half-width and the oracle's."""
    rng = np.random.default_rng(seed)
    rho, x = truth(case, rng), draw(case, reps, rng).reshape(-1, 2)
    starts = np.arange(reps) * case.rows
    required = np.full(reps, case.rows)
    found = jackknife_windows(x[:, 0], x[:, 1], starts, starts + case.rows, required, ranks=case.ranks)
    lower, upper = found.limits(found.estimate, LEVEL)
    gap = np.abs(np.arctanh(found.estimate) - np.arctanh(rho))
    oracle, half = float(np.quantile(gap, LEVEL)), float(np.median(np.arctanh(upper) - np.arctanh(lower)) / 2)
    return {
        "fisher": float(np.mean(gap <= 1.96 / np.sqrt(case.rows - 3))),
        "coverage": float(np.mean((lower <= rho) & (rho <= upper))),
        "half": half,
        "oracle": oracle,
        "ratio": half / oracle,
    }


def lines() -> Iterator[str]:
    yield "| changes | T | rho | coverage | Fisher's coverage | median half-width | oracle | ratio |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for case in (*TARGETS, *OTHERS):
        got = measure(case, 4000 if case.rows == 1000 else 10_000)
        name = f"{case.kind}, Spearman" if case.ranks else case.kind
        yield (
            f"| {name} | {case.rows} | {case.rho} | {got['coverage']:.3f} | {got['fisher']:.3f} | {got['half']:.3f} "
            f"| {got['oracle']:.3f} | {got['ratio']:.2f} |"
        )


if __name__ == "__main__":
    for line in lines():
        print(line, flush=True)
