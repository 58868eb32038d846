"""How tight is it? Correlation estimators, each with an interval and a sample."""

from coupling.correlation.dcc import DccCorrelation
from coupling.correlation.rolling import RollingCorrelation

__all__ = ["DccCorrelation", "RollingCorrelation"]
