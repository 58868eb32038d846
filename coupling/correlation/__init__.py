"""How tight is it? Correlation estimators, each with an interval and a sample."""

from coupling.correlation.beta import RollingBeta
from coupling.correlation.dcc import DccCorrelation
from coupling.correlation.exponential import ExponentialCorrelation
from coupling.correlation.hayashi_yoshida import HayashiYoshidaCorrelation
from coupling.correlation.partial import PartialCorrelation
from coupling.correlation.rolling import RollingCorrelation
from coupling.correlation.shrunk import ShrunkCorrelation
from coupling.correlation.tail import TailDependence

__all__ = [
    "DccCorrelation",
    "ExponentialCorrelation",
    "HayashiYoshidaCorrelation",
    "PartialCorrelation",
    "RollingBeta",
    "RollingCorrelation",
    "ShrunkCorrelation",
    "TailDependence",
]
