"""10,000 circular block-bootstrap replications of a correlation against arch.bootstrap, in one run.

Run ``python benchmarks/bench_bootstrap.py``; it prints a markdown table. Nothing is compiled, so that cold is the first
call; warm is the best of five, the peer's time the best of two.
"""

from __future__ import annotations

import numpy as np
from arch.bootstrap import CircularBlockBootstrap
from timing import seconds

from coupling.inference import bootstrap_correlation

ROWS, BLOCK, REPLICATIONS = 2500, 14, 10_000


def correlation(rows: np.ndarray) -> float:
    a, b = rows.T
    a, b = a - a.mean(), b - b.mean()
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


def measure() -> dict[str, float]:
    """Return seconds of our first call, of our best and of the peer's best."""
    x = np.random.default_rng(0).standard_t(5, size=(ROWS, 2)) @ np.array([[1.0, 0.4], [0.0, 1.0]])

    def ours() -> np.ndarray:
        return bootstrap_correlation(x, block=BLOCK, replications=REPLICATIONS, random_state=1)

    def peer() -> np.ndarray:
        return CircularBlockBootstrap(BLOCK, x, seed=1).apply(correlation, REPLICATIONS)

    cold = seconds(ours, 1)
    spread = ours().std() / peer().std()
    assert 0.95 < spread < 1.05, f"the two schemes disagree: ratio of standard deviations {spread:.3f}"
    return {"cold": cold, "warm": seconds(ours, 5), "peer": seconds(peer, 2)}


def table() -> str:
    """Return the comparison as a markdown table."""
    taken = measure()
    head = "| task | coupling | arch.bootstrap | ratio |\n| --- | ---: | ---: | ---: |\n"
    task = f"{REPLICATIONS:,} circular block replications of a correlation, T = {ROWS}, block {BLOCK}"
    rows = [
        f"| {task}, {when} | {taken[when]:.3f} s | {taken['peer']:.3f} s | {taken['peer'] / taken[when]:.0f} |"
        for when in ("cold", "warm")
    ]
    return head + "\n".join(rows)


if __name__ == "__main__":
    print(table())
