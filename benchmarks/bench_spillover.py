"""Rolling, drifting and bootstrapped spillovers against statsmodels in one run.

Run ``python benchmarks/bench_spillover.py``; it prints a markdown table. The peer of the rolling task is the plain loop
that an analyst writes, statsmodels' VAR and its fevd per window; of the drifting one, the filter written out with
Kronecker products. Both must agree with ours. Nothing is compiled, so that cold is the first call; warm is the best
of five.
"""

from __future__ import annotations

import numpy as np
from statsmodels.tsa.api import VAR
from timing import seconds

from coupling.direction import Spillover, TimeVaryingSpillover

SERIES, ROWS, WINDOW, LAGS, HORIZON = 5, 2500, 200, 2, 10
MEASURED_ELSEWHERE = {"rolling": 25.0, "drifting": 9.6}
"""Seconds of R's ConnectednessApproach 1.0.4 on the same sizes, measured elsewhere on a similar machine."""


def loop_of_statsmodels(X: np.ndarray) -> np.ndarray:
    """Return the total of every window (orthogonal shocks, the ones that statsmodels has)."""
    totals = []
    for end in range(WINDOW, len(X) + 1):
        shares = VAR(X[end - WINDOW : end]).fit(LAGS).fevd(HORIZON).decomp[:, HORIZON - 1]
        totals.append(100 * (1 - np.trace(shares) / SERIES))
    return np.array(totals)


def plain_filter(X: np.ndarray) -> np.ndarray:
    """Return the last coefficients of the drifting model, with one long state and Kronecker products."""
    y, k, width = X - X.mean(axis=0), SERIES, SERIES * LAGS
    past = np.column_stack([y[LAGS - j : len(y) - j] for j in range(1, LAGS + 1)])
    centred, now = past - past.mean(axis=0), y[LAGS:] - y[LAGS:].mean(axis=0)
    inverse = np.linalg.inv(centred.T @ centred)
    beta = (inverse @ centred.T @ now).T.ravel()
    residuals = now - centred @ beta.reshape(k, width).T
    Q, V = residuals.T @ residuals / len(now), np.kron(np.eye(k), inverse)
    for t in range(1, len(y)):
        row = past[t - LAGS] if t >= LAGS else np.zeros(width)
        F = np.kron(np.eye(k), row)
        error = y[t] - F @ beta
        Q = 0.96 * Q + 0.04 * (0.1 * np.outer(y[t], y[t]) if t <= LAGS else np.outer(error, error))
        if t < LAGS:
            continue
        V = V / 0.99 if t > LAGS else V
        gain = V @ F.T @ np.linalg.inv(F @ V @ F.T + Q)
        beta, V = beta + gain @ error, V - gain @ F @ V
        roots = np.vstack([beta.reshape(k, width), np.eye(width)[: width - k]])
        assert np.abs(np.linalg.eigvals(roots)).max() < 1
    return beta.reshape(k, width)


def rolling_task(X: np.ndarray) -> tuple[float, float, float]:
    """Return seconds of our first call, of our best, and of the loop."""
    rolling = Spillover(lags=LAGS, horizon=HORIZON, window=WINDOW)
    cold = seconds(lambda: rolling.fit(X), 1)
    warm = seconds(lambda: rolling.fit(X), 5)
    kept: dict[str, np.ndarray] = {}
    peer = seconds(lambda: kept.update(totals=loop_of_statsmodels(X)), 1)
    ours = Spillover(lags=LAGS, horizon=HORIZON, window=WINDOW, method="cholesky").fit(X).total_
    np.testing.assert_allclose(ours, kept["totals"], atol=1e-8)
    return cold, warm, peer


def drifting_task(X: np.ndarray) -> tuple[float, float, float]:
    """Return seconds of our first call, of our best, and of the plain filter (without decompositions)."""
    drifting = TimeVaryingSpillover(lags=LAGS, horizon=HORIZON, standardize=None)
    cold = seconds(lambda: drifting.fit(X), 1)
    warm = seconds(lambda: drifting.fit(X), 5)
    kept: dict[str, np.ndarray] = {}
    peer = seconds(lambda: kept.update(last=plain_filter(X)), 1)
    np.testing.assert_allclose(drifting._filter(X, len(X))[0][-1], kept["last"], atol=1e-6)
    return cold, warm, peer


def line(task: str, taken: tuple[float, float, float], peer: str, elsewhere: float) -> list[str]:
    return [
        f"| {task}, {when} | {own:.3f} s | {peer}: {taken[2]:.2f} s | {taken[2] / own:.0f} | {elsewhere:.1f} s |"
        for when, own in (("cold", taken[0]), ("warm", taken[1]))
    ]


def growth() -> str:
    """Return seconds of the rolling task over rows, to show that the cost grows as the rows."""
    rows = []
    for count in (1_000, 10_000, 100_000):
        X = np.random.default_rng(1).standard_normal((count, SERIES))
        taken = seconds(lambda X=X: Spillover(lags=LAGS, window=WINDOW).fit(X), 2)
        rows.append(f"| {count:,} | {taken:.3f} s | {1e6 * taken / count:.0f} µs |")
    return "| rows | rolling spillover | per row |\n| ---: | ---: | ---: |\n" + "\n".join(rows)


def table() -> str:
    """Return the comparisons as markdown tables."""
    X = np.random.default_rng(0).standard_t(5, size=(ROWS, SERIES)) @ np.linalg.cholesky(0.7 * np.eye(SERIES) + 0.3).T
    head = (
        "| task | coupling | peer in the same run | ratio | ConnectednessApproach, measured elsewhere |\n"
        "| --- | ---: | ---: | ---: | ---: |\n"
    )
    size = f"N = {SERIES}, T = {ROWS}, p = {LAGS}"
    rolling = line(
        f"rolling spillover, {size}, window {WINDOW}",
        rolling_task(X),
        "loop of statsmodels VAR",
        MEASURED_ELSEWHERE["rolling"],
    )
    drifting = line(f"TVP-VAR, {size}", drifting_task(X), "plain Kalman filter", MEASURED_ELSEWHERE["drifting"])
    fitted = Spillover(lags=LAGS, replications=499).fit(X)
    boot = seconds(lambda: fitted.intervals(), 2)
    note = f"Intervals of the whole sample, {size}, 499 replications: {boot:.1f} s (no peer has them)."
    return head + "\n".join([*rolling, *drifting]) + f"\n\n{note}\n\n{growth()}"


if __name__ == "__main__":
    print(table())
