"""How tight is it? Correlation estimators, each with an interval and a sample."""

from coupling.correlation.dcc import DccCorrelation
from coupling.correlation.hayashi_yoshida import HayashiYoshidaCorrelation
from coupling.correlation.partial import PartialCorrelation
from coupling.correlation.rolling import RollingCorrelation
from coupling.correlation.tail import TailDependence

__all__ = ["DccCorrelation", "HayashiYoshidaCorrelation", "PartialCorrelation", "RollingCorrelation", "TailDependence"]
