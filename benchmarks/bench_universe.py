"""What hundreds and thousands of instruments cost, beside numpy and numbagg in one run.

Run ``python benchmarks/bench_universe.py``; it prints two markdown tables. Every task runs in a process of its own, one
thread; time is that of the processor, beyond imports and the making of data; memory is the peak that the operating
system counted (``VmHWM``; Linux), less what stood before the task and, for paths, less the output. The hard series is
one value 1e12 times the others: the answer of each program in the windows after it, against that of the two passes.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

import numpy as np
import pandas as pd
from timing import at_rest, resident

WINDOW = 60
REPEATS = 3


def changes(rows: int, width: int) -> pd.DataFrame:
    values = np.random.default_rng(0).standard_t(5, size=(rows, width))
    return pd.DataFrame(values, columns=[f"x{j}" for j in range(width)])


def best(call: Any, repeats: int = REPEATS) -> float:
    taken = []
    for _ in range(repeats):
        start = process_time()
        call()
        taken.append(process_time() - start)
    return min(taken)


def taken(call: Any) -> str:
    """Return the seconds of one call, how much memory it took at its peak, and the size of what it gave, in MB."""
    before = at_rest()
    start = process_time()
    kept = call()
    seconds = process_time() - start
    return f"{seconds} {(resident('VmHWM') - before) / 1e6} {getattr(kept, 'nbytes', 0) / 1e6}"


def newest(window: int | None, focus: str | None) -> str:
    from coupling import RollingCorrelation

    X = changes(2500, 3000)
    RollingCorrelation(window=60, last=True).fit(X.iloc[:100, :4])

    def call() -> None:
        fitted = RollingCorrelation(window=window, last=True, focus=focus).fit(X)
        if focus:
            fitted.intervals()

    return taken(call)


def corrcoef(window: int | None) -> str:
    values = changes(2500, 3000).to_numpy()[-(window or 2500) :]
    return taken(lambda: np.corrcoef(values, rowvar=False) is None)


def paths() -> str:
    from coupling import RollingCorrelation

    X = changes(2500, 500)
    return taken(lambda: RollingCorrelation(window=WINDOW).fit(X).correlation_.to_numpy())


def parts() -> str:
    from coupling import RollingCorrelation

    X = changes(2500, 500)
    with TemporaryDirectory() as folder:
        return taken(lambda: RollingCorrelation(window=WINDOW).to_parquet(X, Path(folder) / "parts", level=None))


def kernel() -> str:
    from coupling.kernels.rolling_loops import correlate_windows

    rows, width = 5000, 200
    values = changes(rows, width).to_numpy()
    stops = np.arange(1, rows + 1)
    starts = np.maximum(stops - WINDOW, 0)
    required, pairs = np.full(rows, WINDOW), width * (width - 1) // 2

    def into(out: Any) -> Any:
        correlate_windows(values, starts, stops, required, 0, width - 1, out)
        return out

    touched = into(np.empty((rows, pairs)))
    return f"{best(lambda: into(touched))} {best(lambda: into(np.empty((rows, pairs))))} 0"


def triangle() -> str:
    import numbagg

    values = np.ascontiguousarray(changes(5000, 200).to_numpy().T)
    left, right = np.triu_indices(len(values), 1)
    one, other = values[left], values[right]
    run = numbagg.move_corr.gufunc(target="cpu")
    touched = np.zeros(one.shape)

    def into(out: Any) -> Any:
        return run(one, other, WINDOW, WINDOW, out)

    into(touched)
    return f"{best(lambda: into(touched))} {best(lambda: into(np.empty(one.shape)))} 0"


def hard(who: str) -> str:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(300, 2))
    values[100, 0] = 1e12
    if who == "numbagg":
        import numbagg

        found = numbagg.move_corr(values[:, 0], values[:, 1], window=WINDOW)
    else:
        from coupling import RollingCorrelation

        found = RollingCorrelation(window=WINDOW).fit(values).correlation_.to_numpy()[:, 0]
    want = [np.corrcoef(values[k - WINDOW : k].T)[0, 1] for k in range(101 + WINDOW, 301)]
    return f"{np.nanmax(np.abs(found[100 + WINDOW :] - want))} 0 0"


def child(task: str) -> list[float]:
    """Return the three numbers that a task prints in a process of its own."""
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import bench_universe as b; print(b.{task})"
    )
    environment = os.environ | {"NUMBA_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, check=True, text=True, env=environment
    )
    return [float(word) for word in done.stdout.split()]


def main() -> None:
    print("| N = 3,000, T = 2,500 | processor | beside np.corrcoef | peak memory |")
    print("| --- | ---: | ---: | ---: |")
    peer = {window: min(child(f"corrcoef({window})") for _ in range(2)) for window in (None, 250)}
    for window in (250, None):
        name = f"newest {window} rows" if window else "whole sample"
        focus = min(child(f"newest({window}, 'x7')") for _ in range(2))
        print(f"| {name}: 2,999 pairs of a focus with intervals | {focus[0]:.2f} s | | {focus[1]:.0f} MB |")
        every = min(child(f"newest({window}, None)") for _ in range(2))
        ratio = every[0] / peer[window][0]
        print(f"| {name}: 4,498,500 pairs | {every[0]:.2f} s | {ratio:.1f} × | {every[1]:.0f} MB |")
        print(f"| {name}: np.corrcoef | {peer[window][0]:.2f} s | 1 | {peer[window][1]:.0f} MB |")
    whole, written = child("paths()"), child("parts()")
    print("\n| whole paths, window 60 | processor | memory beside the output | output |")
    print("| --- | ---: | ---: | ---: |")
    print(f"| N = 500, T = 2,500 | {whole[0]:.2f} s | {whole[1] - whole[2]:.0f} MB | {whole[2]:.0f} MB |")
    print(f"| the same in parts to Parquet | {written[0]:.1f} s | {written[1]:.0f} MB | on disk |")
    print("\n| N = 200, T = 5,000: each pair once | coupling's kernel | numbagg.move_corr | numbagg / coupling |")
    print("| --- | ---: | ---: | ---: |")
    ours, peers = child("kernel()"), child("triangle()")
    for place, name in enumerate(("into memory that was touched", "into fresh memory")):
        print(f"| {name} | {ours[place]:.2f} s | {peers[place]:.2f} s | {peers[place] / ours[place]:.1f} |")
    errors = [child(f"hard({who!r})")[0] for who in ("coupling", "numbagg")]
    print(f"| largest error after one value of 1e12 has left | {errors[0]:.0e} | {errors[1]:.0e} | |")


if __name__ == "__main__":
    main()
