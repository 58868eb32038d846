"""How the scripts measure: the best of several calls, a first call in a process of its own, the peak of memory."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

__all__ = ["at_rest", "cold", "resident", "seconds"]


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


def at_rest() -> int:
    """Return the resident memory of this process in bytes, from which on its peak counts anew. It needs Linux."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return resident("VmRSS")


def resident(name: str) -> int:
    """Return a figure of resident memory (VmRSS now, VmHWM at most) in bytes."""
    text = Path("/proc/self/status").read_text(encoding="ascii")
    return 1024 * int(text.partition(f"{name}:")[2].split()[0])
