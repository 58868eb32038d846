"""Measured coverage of the nominal 95 % intervals of spillovers, by simulation from models whose shares are known.

Run ``python benchmarks/coverage_spillover.py [simulations] [case ...]``; it prints a markdown table for
docs/direction.md. Joint columns count samples in which every interval of the family holds.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coupling.direction import Spillover
from coupling.direction.measures import measure_names, measures_beyond
from coupling.kernels.decomposition import variance_shares

HORIZON, REPLICATIONS = 10, 199


@dataclass(frozen=True)
class Case:
    name: str
    lag: np.ndarray
    noise: np.ndarray
    rows: int
    lags: int = 2
    garch: bool = False


def correlated(size: int, rho: float, closer: float | None = None) -> np.ndarray:
    matrix = np.full((size, size), rho) + (1 - rho) * np.eye(size)
    matrix[0, 1] = matrix[1, 0] = rho if closer is None else closer
    return matrix


def linked(own: float) -> np.ndarray:
    matrix = own * np.eye(4)
    matrix[1, 0], matrix[2, 3] = 0.25, -0.2
    return matrix


CASES = {
    "none": Case("no link, N = 5", np.zeros((5, 5)), np.eye(5), 200),
    "none-garch": Case("no link, common GARCH, N = 5", np.zeros((5, 5)), np.eye(5), 200, garch=True),
    "weak": Case("same-row correlation 0.15", np.zeros((4, 4)), correlated(4, 0.15), 250),
    "links": Case("correlation 0.4–0.7, two lagged links", linked(0.1), correlated(4, 0.4, 0.7), 250),
    "links-garch": Case("the same, common GARCH", linked(0.1), correlated(4, 0.4, 0.7), 250, garch=True),
    "links-long": Case("the same, common GARCH", linked(0.1), correlated(4, 0.4, 0.7), 1000, garch=True),
    "persistent": Case("the same, own lag 0.8", linked(0.8) * 0.9, correlated(4, 0.4, 0.7), 250),
}


def sample(case: Case, rng: np.random.Generator) -> np.ndarray:
    """Return rows of a VAR(1), its noise scaled by one GARCH(1,1) path (0.1, 0.85) where asked."""
    k, warm_up = len(case.lag), 200
    noise = rng.standard_normal((case.rows + warm_up, k))
    if case.garch:
        variance = 1.0
        for row in noise:
            first = row[0] ** 2
            row *= np.sqrt(variance)
            variance = 0.05 + variance * (0.1 * first + 0.85)
    noise = noise @ np.linalg.cholesky(case.noise).T
    for t in range(1, len(noise)):
        noise[t] += case.lag @ noise[t - 1]
    return noise[warm_up:]


def truth(case: Case) -> np.ndarray:
    full, first = (
        variance_shares(case.lag[None], case.noise[None], horizon=horizon, method="generalized")
        for horizon in (HORIZON, 1)
    )
    return measures_beyond(full, first)[0]


def coverage(case: Case, simulations: int) -> dict[str, object]:
    """Return one row of the table."""
    true, kinds = truth(case), measure_names(range(len(case.lag)))["measure"].to_numpy()
    held, estimates, corrected, noise, width = [], [], [], [], []
    for number in range(simulations):
        X = sample(case, np.random.default_rng([2012, number]))
        frame = (
            Spillover(lags=case.lags, horizon=HORIZON, replications=REPLICATIONS, random_state=number)
            .fit(X)
            .intervals()
        )
        held.append(((frame["lower"] <= true + 1e-9) & (true <= frame["upper"] + 1e-9)).to_numpy())
        first = frame.iloc[0]
        estimates.append(first["estimate"])
        corrected.append(first["bias_corrected"])
        noise.append(first["without_links"])
        width.append(first["upper"] - first["lower"])
    each = np.array(held)
    row: dict[str, object] = {
        "truth": case.name,
        "T": case.rows,
        "true total": f"{true[0]:.1f}",
        "mean estimate": f"{np.mean(estimates):.1f}",
        "corrected": f"{np.mean(corrected):.1f}",
        "without links": f"{np.mean(noise):.1f}",
    }
    for kind in ("total", "to", "from", "net", "share"):
        row[kind] = f"{each[:, kinds == kind].mean():.3f}".lstrip("0")
    for kind in ("net_lagged", "net_pair_lagged"):
        row[f"{kind}, jointly"] = f"{each[:, kinds == kind].all(axis=1).mean():.3f}".lstrip("0")
    return row | {"mean width of total": f"{np.mean(width):.1f}"}


def table(simulations: int, names: list[str]) -> str:
    rows = pd.DataFrame([coverage(CASES[name], simulations) for name in names]).astype(str)
    lines = [rows.columns.tolist(), ["---"] * rows.shape[1], *rows.to_numpy().tolist()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    chosen = sys.argv[2:] or list(CASES)
    print(table(int(sys.argv[1]) if len(sys.argv) > 1 else 300, chosen))
