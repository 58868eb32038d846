"""Did it change? Splits, breaks, envelopes, contagion, and levels against changes."""

from coupling.change.bai_perron import BaiPerron, products
from coupling.change.contagion import ContagionTest
from coupling.change.correlation_break import CorrelationBreak
from coupling.change.envelope import ConstancyEnvelope
from coupling.change.forbes_rigobon import adjusted_correlation
from coupling.change.instants_split import InstantsSplitTest
from coupling.change.levels import LevelCorrelation
from coupling.change.monitor import CorrelationMonitor
from coupling.change.regimes import RegimeModel
from coupling.change.split import SplitTest

__all__ = [
    "BaiPerron",
    "ConstancyEnvelope",
    "ContagionTest",
    "CorrelationBreak",
    "CorrelationMonitor",
    "InstantsSplitTest",
    "LevelCorrelation",
    "RegimeModel",
    "SplitTest",
    "adjusted_correlation",
    "products",
]
