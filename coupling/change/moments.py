"""The moments row by row that a correlation is made of."""

from __future__ import annotations

import numpy as np

from coupling._typing import Floats

__all__ = ["moments_of"]


def moments_of(x: Floats) -> Floats:
    """Return a, b, a², b² and ab of two columns, row by row: what a correlation is made of."""
    a, b = x.T
    return np.stack([a, b, a * a, b * b, a * b], axis=1)
