"""What a factor between two levels looks like: a split, a unit of a hundredth, a currency."""

from __future__ import annotations

import numpy as np

__all__ = ["nearest_factor", "say_factor"]

SPLITS = (1.25, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 8.0, 10.0, 15.0, 20.0, 25.0, 50.0)
UNITS = (10.0, 100.0, 1000.0, 10000.0, 1e6)
_RATIOS = {1.25: "5:4", 1.5: "3:2"}


def nearest_factor(log_ratio: float, usual: float, within: float = 3.0) -> float | None:
    """Return the typical factor that a jump of logs stands for, within so many usual steps.

    Examples
    --------
    >>> nearest_factor(-0.70, 0.01)
    0.5
    >>> nearest_factor(-0.80, 0.01) is None
    True
    """
    known = np.array(sorted({*SPLITS, *UNITS}))
    at = int(np.argmin(np.abs(np.log(known) - abs(log_ratio))))
    if abs(np.log(known[at]) - abs(log_ratio)) > within * usual:
        return None
    return float(known[at]) if log_ratio > 0 else float(1.0 / known[at])


def say_factor(factor: float) -> str:
    """Say a factor, and what commonly makes it.

    Examples
    --------
    >>> say_factor(0.5)
    '×0.5, as in a 2:1 split'
    >>> say_factor(100)
    '×100, as in another unit'
    """
    size = max(factor, 1.0 / factor)
    if size in UNITS and size != UNITS[0]:
        return f"×{factor:.4g}, as in another unit"
    ratio = _RATIOS.get(round(size, 2), f"{size:g}:1")
    one, other = ratio.split(":")
    split = f"a {ratio} split" if factor < 1 else f"a {other}:{one} reverse split"
    return f"×{factor:.4g}, as in {split}" + (" or another unit" if size == UNITS[0] else "")
