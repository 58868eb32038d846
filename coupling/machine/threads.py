"""Threads of the libraries of linear algebra: the products of a page are too small to be shared among cores."""

from __future__ import annotations

import os
import sys

__all__ = ["WORDS", "one_thread"]

WORDS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def one_thread() -> None:
    """Ask for one thread, in this process and those that it starts, before the libraries are loaded.

    Their threads wait for each other in a loop that takes a core and gains nothing. Whoever has set one of the
    variables of the environment has decided, and nothing is changed; nor where numpy is loaded already.
    """
    if "numpy" not in sys.modules and not any(word in os.environ for word in WORDS):
        os.environ.update(dict.fromkeys(WORDS, "1"))
