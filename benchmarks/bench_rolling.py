"""All-pairs rolling correlation against polars and numbagg, in one run.

Run ``python benchmarks/bench_rolling.py``; it prints three markdown tables: speed at T = 5000 and window 60, growth
with T and memory, growth with the window. Each program gets its data in the form it likes; a time is the best of
several, the clock on the wall where peers are compared, the processor's where only our own single thread runs. Cold is
the first call in a new process with an empty cache, imports beyond pandas and compilation included, of the processor.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from itertools import combinations
from time import process_time

import numbagg
import numpy as np
import pandas as pd
import polars as pl
from timing import cold, seconds

from coupling.correlation import RollingCorrelation

ROWS, WINDOW = 5000, 60
_COLD = f"""
import numpy as np, pandas as pd
from time import process_time
X = pd.DataFrame(np.random.default_rng(0).normal(size=({ROWS}, 5)))
start = process_time()
{{code}}
print(process_time() - start)
"""
_OURS = "from coupling.correlation import RollingCorrelation\nRollingCorrelation(window=60).fit(X)"
_NUMBAGG = "import numbagg\nnumbagg.move_corrmatrix(X.to_numpy(), window=60)"


def changes(rows: int, width: int) -> pd.DataFrame:
    values = np.random.default_rng(0).standard_t(5, size=(rows, width))
    return pd.DataFrame(values, columns=[f"x{j}" for j in range(width)])


def through_polars(X: pd.DataFrame) -> Callable[[], object]:
    frame = pl.DataFrame({name: X[name].to_numpy() for name in X})
    pairs = [pl.rolling_corr(a, b, window_size=WINDOW).alias(f"{a}-{b}") for a, b in combinations(X.columns, 2)]
    return lambda: frame.select(pairs)


def through_numbagg(X: pd.DataFrame) -> Callable[[], object]:
    values = np.ascontiguousarray(X.to_numpy())
    return lambda: numbagg.move_corrmatrix(values, window=WINDOW)


def through_triangle(X: pd.DataFrame) -> Callable[[], object]:
    """Each pair once, one instrument against all that follow it: the fastest way through numbagg."""
    values = np.ascontiguousarray(X.to_numpy().T)

    def run() -> list[np.ndarray]:
        rows = range(len(values) - 1)
        pairs = ((np.broadcast_to(values[i], values[i + 1 :].shape), values[i + 1 :]) for i in rows)
        return [numbagg.move_corr(left, right, window=WINDOW) for left, right in pairs]

    return run


def speed() -> None:
    peers = {
        "polars": through_polars,
        "numbagg.move_corrmatrix": through_numbagg,
        "numbagg.move_corr, each pair once": through_triangle,
    }
    print(f"| all pairs, T = 5000, window 60 | coupling | {' | '.join(peers)} | fastest peer / coupling |")
    print(f"| --- | ---: | {'---: | ' * len(peers)}---: |")
    for width, repeats in ((5, 200), (50, 12), (200, 4)):
        X = changes(ROWS, width)
        ours = seconds(lambda X=X: RollingCorrelation(window=WINDOW).fit(X), repeats)
        taken = [seconds(through(X), min(repeats, 12)) for through in peers.values()]
        shown = " | ".join(f"{each * 1e3:.1f} ms" for each in taken)
        print(f"| N = {width} | {ours * 1e3:.1f} ms | {shown} | {min(taken) / ours:.1f} |")
    fitted = RollingCorrelation(window=WINDOW).fit(changes(ROWS, 5))
    spread = seconds(fitted.intervals, 100, process_time) * 1e3
    print(f"| N = 5, intervals of all pairs (processor) | {spread:.1f} ms | | | | |")
    first, peer, spread = (cold(_COLD.format(code=code)) for code in (_OURS, _NUMBAGG, _OURS + ".intervals()"))
    what = "N = 5, cold, imports beyond pandas included (processor)"
    print(f"| {what} | {first:.1f} s | | {peer:.1f} s | | {peer / first:.1f} |")
    print(f"| N = 5, cold, with all intervals (processor) | {spread:.1f} s | | | | |")


def growth() -> None:
    print("\n| N = 5, window 60 | T | estimates | per row | intervals | per row | peak memory / output |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for rows in (1_000, 10_000, 100_000, 1_000_000):
        X, estimator = changes(rows, 5), RollingCorrelation(window=WINDOW)
        fit = seconds(lambda X=X, estimator=estimator: estimator.fit(X), 5, process_time)
        spread = seconds(lambda estimator=estimator: estimator.between("x0", "x1"), 4, process_time)
        print(
            f"| | {rows:,} | {fit * 1e3:.1f} ms | {fit / rows * 1e9:.0f} ns | {spread * 1e3:.1f} ms (one pair) "
            f"| {spread / rows * 1e9:.0f} ns | {peak_memory(X):.2f} |"
        )


def peak_memory(X: pd.DataFrame) -> float:
    """Return the largest memory taken while fitting, the output included, over that of the output."""
    tracemalloc.start()
    fitted = RollingCorrelation(window=WINDOW).fit(X)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return float(peak / fitted.correlation_.to_numpy().nbytes)


def windows() -> None:
    print("\n| N = 5, T = 5000 | window | estimates | intervals of all pairs |")
    print("| --- | ---: | ---: | ---: |")
    X = changes(ROWS, 5)
    for window in (30, 60, 120, 250, 1000):
        estimator = RollingCorrelation(window=window)
        fit = seconds(lambda X=X, estimator=estimator: estimator.fit(X), 20, process_time)
        print(f"| | {window} | {fit * 1e3:.1f} ms | {seconds(estimator.intervals, 15, process_time) * 1e3:.1f} ms |")


if __name__ == "__main__":
    speed()
    growth()
    windows()
