"""How every loop is compiled, and where the machine code is kept between runs; numba is imported on first use."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from functools import cache
from typing import Any

from coupling.machine.surroundings import CACHE, cache_folder

__all__ = ["compiled"]

log = logging.getLogger("coupling.kernels")

Loop = Callable[..., Any]


def compiled(**options: Any) -> Callable[[Loop], Loop]:
    """Return a decorator that compiles a loop and keeps the machine code where that can be done.

    In this order: the folder that ``NUMBA_CACHE_DIR`` or ``COUPLING_CACHE`` names, numba's own places (beside the
    source, the user's cache), the cache folder of this package, and nowhere: then each process compiles anew.

    Parameters
    ----------
    **options
        As for ``numba.njit``.

    Examples
    --------
    >>> @compiled()
    ... def total(values):
    ...     return values.sum()
    >>> import numpy as np
    >>> float(total(np.ones(3)))
    3.0
    """

    def decorate(loop: Loop) -> Loop:
        dispatcher: Loop = _kept(loop, options)
        _forgive(dispatcher)
        return dispatcher

    return decorate


def _kept(loop: Loop, options: dict[str, Any]) -> Any:
    import numba

    config: Any = numba.config
    own = None
    if os.environ.get(CACHE) and not config.CACHE_DIR:
        own = cache_folder("numba")
    for folder in (own, None, cache_folder("numba")):
        before = config.CACHE_DIR
        config.CACHE_DIR = before or str(folder or "")
        try:
            return numba.njit(cache=True, **options)(loop)
        except RuntimeError:  # numba has found no place that it can write
            continue
        finally:
            config.CACHE_DIR = before
    _say_once(f"no folder can be written to keep compiled loops; set {CACHE} to one, and the next run starts sooner.")
    return numba.njit(**options)(loop)


def _forgive(dispatcher: Any) -> None:
    """Let a full or vanished disk cost the time of compiling again, not the run."""
    kept = getattr(dispatcher, "_cache", None)  # none where numba is told to leave the loops in Python
    for name in ("load_overload", "save_overload") if kept else ():
        setattr(kept, name, _without_os_errors(getattr(kept, name)))


def _without_os_errors(work: Callable[..., Any]) -> Callable[..., Any]:
    def forgiving(*arguments: Any) -> Any:
        try:
            return work(*arguments)
        except OSError as error:
            _say_once(f"compiled loops cannot be kept ({error.strerror}).")
            return None

    return forgiving


@cache
def _say_once(message: str) -> None:
    log.info(message)
