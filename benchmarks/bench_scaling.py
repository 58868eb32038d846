"""Cost and memory of every rolling estimator over the number of rows T: both should grow as T.

Run ``python benchmarks/bench_scaling.py [largest T]``; it prints a markdown table. Time is that of the processor for
``fit``, the best of two after a warm call; an estimator is asked for the next T while it should take under 15 minutes.
Memory is measured in a process of its own: how much its resident memory grows at most while fitting (compiled loops
included, which tracemalloc does not see), over the bytes of the public results, or of the input where that is larger.
It needs Linux.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import process_time
from typing import Any

import numpy as np
import pandas as pd
from timing import at_rest, resident

from coupling.correlation import (
    DccCorrelation,
    ExponentialCorrelation,
    HayashiYoshidaCorrelation,
    PartialCorrelation,
    RollingBeta,
    RollingCorrelation,
    ShrunkCorrelation,
    TailDependence,
)
from coupling.direction import Spillover, TimeVaryingSpillover

WIDTH, WINDOW, ENOUGH = 5, 60, 900.0
SIZES = (1_000, 10_000, 100_000, 1_000_000)


@dataclass(frozen=True)
class Task:
    """An estimator, and whether it reads series on true instants."""

    make: Callable[[], Any]
    instants: bool = False


TASKS = {
    "rolling Pearson": Task(lambda: RollingCorrelation(window=WINDOW)),
    "rolling Spearman": Task(lambda: RollingCorrelation(window=WINDOW, method="spearman")),
    "exponential, half-life 15": Task(lambda: ExponentialCorrelation(halflife=15, window=WINDOW)),
    "beta": Task(lambda: RollingBeta(driver="x0", window=WINDOW)),
    "Hayashi–Yoshida, hourly, 20 days": Task(lambda: HayashiYoshidaCorrelation(window="20d"), instants=True),
    "tail, window 250": Task(lambda: TailDependence(quantile=0.1, window=250)),
    "partial": Task(lambda: PartialCorrelation(window=WINDOW)),
    "shrunk": Task(lambda: ShrunkCorrelation(window=WINDOW)),
    "DCC (no window)": Task(lambda: DccCorrelation()),
    "spillover, window 200": Task(lambda: Spillover(lags=1, window=200)),
    "TVP-VAR": Task(lambda: TimeVaryingSpillover(lags=1)),
}


def changes(rows: int) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    shared, own = rng.standard_t(5, size=(rows, 1)), rng.standard_t(5, size=(rows, WIDTH))
    return pd.DataFrame(0.5 * shared + own, columns=[f"x{j}" for j in range(WIDTH)])


def walks(rows: int) -> dict[str, pd.Series]:
    start = pd.date_range("1970-01-01", periods=rows, freq="1h", tz="UTC", unit="ns")
    steps = changes(rows).cumsum()
    return {
        name: pd.Series(steps[name].to_numpy(), start + pd.Timedelta(minutes=9 * j)) for j, name in enumerate(steps)
    }


def draw(task: Task, rows: int) -> Any:
    return walks(rows) if task.instants else changes(rows)


def seconds(task: Task, data: Any) -> float:
    taken = []
    while len(taken) < 2 and sum(taken) < ENOUGH / 60:
        begun = process_time()
        task.make().fit(data)
        taken.append(process_time() - begun)
    return min(taken)


def size(item: Any) -> int:
    if isinstance(item, pd.DataFrame | pd.Series):
        return int(np.sum(item.memory_usage(index=True)))
    return int(item.nbytes) if isinstance(item, np.ndarray) else 0


def print_memory(task: Task, rows: int) -> None:
    """Print the growth of this process while fitting over the bytes of public results, or of the input where larger."""
    data = draw(task, rows)
    task.make().fit(draw(task, 1_000))
    estimator = task.make()
    before = at_rest()
    estimator.fit(data)
    grown = resident("VmHWM") - before
    output = sum(size(item) for name, item in vars(estimator).items() if name.endswith("_"))
    read = sum(map(size, data.values())) if task.instants else data.to_numpy().nbytes
    print(f"{grown / max(output, read):.2f}{' × input' if read > output else ''}")


def memory(name: str, rows: int) -> str:
    # Freed memory of some size goes back to the system at once, so that resident memory is what is used.
    environment = os.environ | {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}
    command = [sys.executable, "-W", "ignore", __file__, "memory", name, str(rows)]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


def line(name: str, largest: int) -> str:
    """Return the row of a task: time per row at each T, and memory at 100,000 rows or fewer."""
    task, cells, last = TASKS[name], [], (0, 0.0)
    task.make().fit(draw(task, 1_000))
    for rows in SIZES:
        if rows > largest or last[1] * 10 > ENOUGH:
            cells.append("–")
            continue
        last = rows, seconds(task, draw(task, rows))
        cells.append(f"{last[1] / rows * 1e6:.2f}")
    rows = min(last[0], 100_000)
    return f"| {name} | {' | '.join(cells)} | {memory(name, rows)} |"


def main(largest: int) -> None:
    heads = " | ".join(f"{rows:,}" for rows in SIZES)
    print(f"| N = {WIDTH}, window {WINDOW}; µs per row at T = | {heads} | memory / output |")
    print(f"| --- |{' ---: |' * (len(SIZES) + 1)}")
    for name in TASKS:
        print(line(name, largest), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["memory"]:
        print_memory(TASKS[sys.argv[2]], int(sys.argv[3]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else SIZES[-1])
