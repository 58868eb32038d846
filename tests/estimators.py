"""The estimators under scikit-learn's checks, and every expected failure with its reason."""

from __future__ import annotations

from typing import Any

from coupling.change import (
    ConstancyEnvelope,
    ContagionTest,
    CorrelationBreak,
    CorrelationMonitor,
    LevelCorrelation,
    SplitTest,
)
from coupling.change.regimes import RegimeModel
from coupling.correlation import (
    DccCorrelation,
    ExponentialCorrelation,
    PartialCorrelation,
    RollingBeta,
    RollingCorrelation,
    ShrunkCorrelation,
    TailDependence,
)
from coupling.direction.lead_lag import LeadLag
from coupling.direction.spillover import Spillover
from coupling.direction.time_varying import TimeVaryingSpillover

ESTIMATORS: list[Any] = [
    PartialCorrelation(),
    PartialCorrelation(window=6),
    TailDependence(),
    TailDependence(quantile=0.4, measure="exceedance"),
    ConstancyEnvelope(window=4, replications=99),
    RegimeModel(replications=19),
    DccCorrelation(),
    DccCorrelation(margins="gjr", asymmetric=True, distribution="student", initial_correlation="target"),
    RollingCorrelation(),
    RollingCorrelation(window=5, method="spearman"),
    ExponentialCorrelation(),
    ExponentialCorrelation(halflife=2, window=6),
    ShrunkCorrelation(),
    ShrunkCorrelation(window=6),
    RollingBeta(),
    RollingBeta(window=6),
    LeadLag(max_lag=2, replications=200),
    Spillover(),
    Spillover(lags="bic", method="cholesky"),
    TimeVaryingSpillover(),
    CorrelationBreak(),
    CorrelationBreak(method="kendall"),
    CorrelationBreak(method="spearman"),
    CorrelationMonitor(min_baseline=9, lag=0, standardize=None),
    SplitTest(date=7, min_rows=3),
    ContagionTest(source="x0", target="x1", calm=range(0, 100, 2), stress=range(1, 100, 2)),
    LevelCorrelation(replications=99),
]

EXPECTED_FAILURES: dict[str, dict[str, str]] = {
    type(estimator).__name__: {
        "check_positive_only_tag_during_fit": "it fits the iris flowers sorted by kind, whose columns are levels "
        "to us: each row near the one before, far from 0; levels are refused unless allow_levels=True"
    }
    for estimator in ESTIMATORS
    if hasattr(estimator, "allow_levels")
}
