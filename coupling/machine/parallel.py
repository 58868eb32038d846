"""Work in several processes, none of which outlives the one that started them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from coupling.limits.asked import require_workers
from coupling.limits.budget import allowance, allowed_seconds

__all__ = ["in_parallel"]

PULSE = 0.5
"""Seconds between two looks at whether the parent lives."""

_watching: set[int] = set()


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

    parent, seconds = os.getpid(), allowed_seconds()
    return Parallel(n_jobs=n_jobs, **options)(delayed(_watched)(parent, seconds, work, given) for work, given in jobs)


def _watched(parent: int, seconds: float, work: Callable[..., Any], given: tuple[Any, ...]) -> Any:
    if os.getpid() not in (parent, *_watching) and os.getppid() == parent:
        _watching.add(os.getpid())
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    with allowance(seconds=seconds, quiet=True):
        return work(*given)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PULSE)
    os._exit(1)
