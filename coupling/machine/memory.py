"""Memory that is free within this process, given back to the system."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

__all__ = ["give_back"]


def give_back() -> None:
    """Give back what large arrays have left free in the heap, where the C library can (glibc); what pyarrow holds too.

    Arrays of up to 32 MB come from the heap once one of their size was freed, and its holes are not given back by
    themselves: after five years of minutes of five instruments were read, they are a quarter of the process.
    """
    if "pyarrow" in sys.modules:
        sys.modules["pyarrow"].default_memory_pool().release_unused()
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
