"""Whether a copy of this process is a sound one: it has the libraries loaded that a new process would load again."""

from __future__ import annotations

import multiprocessing
import sys
import threading
from pathlib import Path
from typing import Any

__all__ = ["copying"]

TASKS = Path("/proc/self/task")

OF_THE_ALLOCATOR = "jemalloc_bg_thd"
"""A thread of pyarrow's memory, which is stopped before a copy is made and begun again after it."""


def copying() -> Any:
    """Return the way to start processes as copies of this one, or None where a copy could wait for ever.

    A copy has one thread; a lock that another one held at that moment stays locked in it. So there is none where
    anything else runs beside this thread, nor on systems whose own libraries do not bear it.

    Examples
    --------
    >>> import threading
    >>> over = threading.Event()
    >>> threading.Thread(target=over.wait).start()
    >>> copying() is None
    True
    >>> over.set()
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return None
    try:
        others = [task for task in TASKS.iterdir() if (task / "comm").read_text().strip() != OF_THE_ALLOCATOR]
    except OSError:
        return None
    return multiprocessing.get_context("fork") if len(others) == 1 else None
