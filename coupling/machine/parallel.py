"""Work in several processes, none of which outlives the one that started them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from coupling.limits.asked import require_workers
from coupling.limits.budget import allowance, allowed_seconds

__all__ = ["in_parallel", "watch_parent"]

PULSE = 0.5
"""Seconds between two looks at whether the parent lives."""


def in_parallel(jobs: Iterable[tuple[Callable[..., Any], tuple[Any, ...]]], n_jobs: int | None, **options: Any) -> Any:
    """Do jobs, each a function with its arguments, in processes of joblib; return what they gave.

    A worker ends within a second of the process that started it, however that ended.

    Parameters
    ----------
    jobs : iterable of (function, arguments)
        What is to be done.
    n_jobs : int, optional
        Processes; -1 takes every core, 1 none beside this one.
    **options
        As for ``joblib.Parallel``.

    Examples
    --------
    >>> in_parallel(((pow, (2, power)) for power in range(4)), 1)
    [1, 2, 4, 8]
    """
    require_workers(n_jobs)
    from joblib import Parallel, delayed

    seconds = allowed_seconds()
    return Parallel(n_jobs=n_jobs, **_watched_processes(), **options)(
        delayed(_allowed)(seconds, work, given) for work, given in jobs
    )


def _allowed(seconds: float, work: Callable[..., Any], given: tuple[Any, ...]) -> Any:
    with allowance(seconds=seconds, quiet=True):
        return work(*given)


def _watched_processes() -> dict[str, Any]:
    """Return the word that makes joblib's own processes watch their parent; none where the user chose other workers."""
    from joblib._parallel_backends import LokyBackend
    from joblib.parallel import get_active_backend

    active, _ = get_active_backend()
    if type(active) is not LokyBackend:
        return {}

    class Watched(LokyBackend):  # type: ignore[misc]  # joblib has no types
        def configure(self, n_jobs: int = 1, parallel: Any = None, **words: Any) -> Any:
            watch = {"initializer": watch_parent, "initargs": (os.getpid(),)}
            return super().configure(n_jobs, parallel, **{**words, **watch})

    kept = getattr(active, "backend_kwargs", {})
    threads = active.inner_max_num_threads
    return {"backend": Watched(nesting_level=active.nesting_level, inner_max_num_threads=threads, **kept)}


def watch_parent(parent: int) -> None:
    """End this worker with its parent: at once where that is gone already, before any work."""
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PULSE)
    os._exit(1)
