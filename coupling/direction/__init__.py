"""Who moves whom: lead–lag and spillovers."""

from coupling.direction.lead_lag import LeadLag
from coupling.direction.spillover import Spillover
from coupling.direction.time_varying import TimeVaryingSpillover

__all__ = ["LeadLag", "Spillover", "TimeVaryingSpillover"]
