"""Two ways to time that the scripts share: the best of several calls, and a first call in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from time import perf_counter

__all__ = ["cold", "seconds"]


def seconds(call: Callable[[], object], repeats: int, clock: Callable[[], float] = perf_counter) -> float:
    """Return the least seconds that a call took."""
    best = float("inf")
    for _ in range(repeats):
        start = clock()
        call()
        best = min(best, clock() - start)
    return best


def cold(script: str) -> float:
    """Return the seconds that a script prints, run in a new process without compiled code on disk."""
    with tempfile.TemporaryDirectory() as cache:
        run = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", script],
            capture_output=True,
            check=True,
            text=True,
            env={**os.environ, "NUMBA_CACHE_DIR": cache},
        )
    return float(run.stdout)
