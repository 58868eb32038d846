"""Measured coverage of the 95 % intervals of the other estimators, each on laws whose truth is a closed form.

Run ``python benchmarks/coverage_others.py [draws]``; it prints a table of docs/coverage.md.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coupling.correlation import (
    DccCorrelation,
    ExponentialCorrelation,
    PartialCorrelation,
    RollingBeta,
    TailDependence,
)
from coupling.correlation.elliptical import elliptical_chi, elliptical_exceedance_correlation

DRAWS = 300


@dataclass(frozen=True)
class Case:
    """One row: what is covered, where, its share of draws, and the hits of one draw (a share for a path)."""

    what: str
    where: str
    draw: Callable[[np.random.Generator], float]
    fewer: int = 1


def elliptical(rng: np.random.Generator, rows: int, rho: float, freedom: float) -> pd.DataFrame:
    z = rng.standard_normal((rows, 2))
    z[:, 1] = rho * z[:, 0] + np.sqrt(1 - rho**2) * z[:, 1]
    if np.isfinite(freedom):
        z /= np.sqrt(rng.chisquare(freedom, (rows, 1)) / freedom)
    return pd.DataFrame(z, columns=["a", "b"])


def held(row: pd.Series, truth: float) -> float:
    return float(row["lower"] <= truth <= row["upper"])


def tail(rng: np.random.Generator, measure: str, freedom: float, rows: int = 1500) -> float:
    law = elliptical_chi if measure == "chi" else elliptical_exceedance_correlation
    fitted = TailDependence(measure=measure, quantile=0.1).fit(elliptical(rng, rows, 0.5, freedom))
    return held(fitted.between("a", "b").iloc[0], law(0.5, 0.1, freedom))


def exponential(rng: np.random.Generator, freedom: float) -> float:
    fitted = ExponentialCorrelation(halflife=30).fit(elliptical(rng, 250, 0.3, freedom))
    return held(fitted.between("a", "b").iloc[0], 0.3)


def beta(rng: np.random.Generator) -> float:
    z = rng.standard_t(4, size=(60, 2))
    z[:, 1] += 0.5 * z[:, 0]
    return held(RollingBeta().fit(z).between("x1", "x0").iloc[0], 0.5)


def partial(rng: np.random.Generator, rows: int, freedom: float) -> float:
    e = rng.standard_normal((rows, 4))
    frame = pd.DataFrame({"a": e[:, 0] + e[:, 2] + 0.3 * e[:, 1], "b": e[:, 1] + e[:, 2] - e[:, 3]})
    frame = frame.assign(c=e[:, 2], d=e[:, 3])
    if np.isfinite(freedom):
        frame = frame.mul(np.sqrt(2 / rng.chisquare(freedom, rows)), axis=0)
    return held(PartialCorrelation().fit(frame).between("a", "b").iloc[0], 0.3 / np.sqrt(1.09))


def dcc_path(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two GARCH series and the path of their correlation, a DCC with 0.05 and 0.9."""
    target = np.array([[1.0, 0.5], [0.5, 1.0]])
    q, h, changes, path = target.copy(), np.ones(2), np.empty((rows, 2)), np.empty(rows)
    for t in range(rows):
        path[t] = q[0, 1] / np.sqrt(q[0, 0] * q[1, 1])
        z = rng.standard_normal(2)
        z[1] = path[t] * z[0] + np.sqrt(1 - path[t] ** 2) * z[1]
        changes[t] = np.sqrt(h) * z
        h = 0.05 + 0.08 * changes[t] ** 2 + 0.87 * h
        q = 0.05 * target + 0.05 * np.outer(z, z) + 0.9 * q
    return changes, path


def dcc(rng: np.random.Generator, rows: int) -> float:
    changes, path = dcc_path(rng, rows)
    band = DccCorrelation().fit(changes).between("x0", "x1")
    return float(((band["lower"] < path) & (path < band["upper"])).iloc[100:].mean())


LAWS = {"normal": np.inf, "t4": 4.0}
CASES = [
    *(
        Case(f"{name} in the lower tenth", f"{law}, ρ = 0.5, T = 1500", lambda rng, m=measure, f=f: tail(rng, m, f))
        for measure, name in (("chi", "chi"), ("exceedance", "exceedance correlation"))
        for law, f in LAWS.items()
    ),
    *(
        Case("exponential correlation, half-life 30", f"{law}, ρ = 0.3, T = 250", lambda rng, f=f: exponential(rng, f))
        for law, f in LAWS.items()
    ),
    Case("beta", "t4, T = 60", beta),
    *(
        Case("partial correlation", f"{law}, T = {rows}", lambda rng, n=rows, f=f: partial(rng, n, f))
        for rows in (60, 250)
        for law, f in LAWS.items()
    ),
    Case("DCC path, share of rows, parameters only", "α = 0.05, β = 0.9, T = 1000", lambda rng: dcc(rng, 1000), 5),
]


def main(draws: int) -> None:
    print("| interval of | law | draws | coverage | standard error |")
    print("| --- | --- | ---: | ---: | ---: |")
    for number, case in enumerate(CASES):
        hits = np.array([case.draw(np.random.default_rng([7, number, k])) for k in range(draws // case.fewer)])
        hits = hits[np.isfinite(hits)]
        error = hits.std() / np.sqrt(len(hits))
        print(f"| {case.what} | {case.where} | {len(hits)} | {hits.mean():.3f} | {error:.3f} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DRAWS)
