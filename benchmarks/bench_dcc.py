"""DCC with standard errors against `arch`'s univariate GARCH fits of the same series, in one run."""

from __future__ import annotations

from time import perf_counter

import numpy as np
import pandas as pd
from arch import arch_model

from coupling.correlation import DccCorrelation

ROWS, COLUMNS, REPEATS = 2500, 5, 7


def simulate(rows: int = ROWS, columns: int = COLUMNS, seed: int = 0) -> pd.DataFrame:
    """GARCH series with common correlation 0.4."""
    rng = np.random.default_rng(seed)
    root = np.linalg.cholesky(np.full((columns, columns), 0.4) + 0.6 * np.eye(columns))
    variances, out = np.ones(columns), np.empty((rows, columns))
    for t in range(rows):
        out[t] = np.sqrt(variances) * (root @ rng.standard_normal(columns))
        variances = 0.03 + 0.07 * out[t] ** 2 + 0.9 * variances
    return pd.DataFrame(out, columns=[f"x{j}" for j in range(columns)])


def univariate(changes: pd.DataFrame) -> None:
    for name in changes:
        arch_model(changes[name], mean="Constant", p=1, q=1).fit(disp="off")


def joint(changes: pd.DataFrame) -> None:
    DccCorrelation().fit(changes)


def joint_student(changes: pd.DataFrame) -> None:
    DccCorrelation(distribution="student", asymmetric=True, margins="gjr").fit(changes)


def seconds(task: object, changes: pd.DataFrame) -> tuple[float, float]:
    """Return the first and the best of the later timings."""
    timings = []
    for _ in range(REPEATS):
        start = perf_counter()
        task(changes)  # type: ignore[operator]
        timings.append(perf_counter() - start)
    return timings[0], min(timings[1:])


def main() -> None:
    changes = simulate()
    peer = seconds(univariate, changes)
    print(f"| N = {COLUMNS}, T = {ROWS} | cold | warm |")
    print("|---|---:|---:|")
    print(f"| arch, {COLUMNS} univariate fits (seconds) | {peer[0]:.3f} | {peer[1]:.3f} |")
    for label, task in (("DCC", joint), ("asymmetric Student DCC, GJR margins", joint_student)):
        ours = seconds(task, changes)
        print(f"| {label}, with errors (times arch) | {ours[0] / peer[0]:.1f} | {ours[1] / peer[1]:.1f} |")


if __name__ == "__main__":
    main()
