"""Who moves whom: lead–lag and spillovers."""

from coupling.direction.spillover import Spillover
from coupling.direction.time_varying import TimeVaryingSpillover

__all__ = ["Spillover", "TimeVaryingSpillover"]
