"""The room's part of a configuration: one entry per estimator, with its constructor's parameter names."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from coupling.configuration.section import Section
from coupling.correlation.windows import check_window

__all__ = [
    "BetaSection",
    "CorrelationSection",
    "DccSection",
    "ExponentialSection",
    "HayashiYoshidaSection",
    "PartialSection",
    "RollingSection",
    "ShrunkSection",
    "TailSection",
]


class _Windowed(Section):
    """What every estimator over windows takes."""

    window: int | str | None = None
    min_share: float = Field(default=0.8, gt=0, le=1)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        check_window(self.window)
        return self


class RollingSection(_Windowed):
    """Parameters of `RollingCorrelation`."""

    window: int | str | None = 60
    method: Literal["pearson", "spearman"] = "pearson"
    interval: Literal["jackknife", "fisher"] = "jackknife"


class HayashiYoshidaSection(_Windowed):
    """Parameters of `HayashiYoshidaCorrelation`; calendar time only."""

    window: str | None = "250d"
    stale: Literal["keep", "drop"] = "keep"
    weekend: Literal["include", "merge"] = "include"
    leads_lags: int = Field(default=0, ge=0)
    demean: Literal["time"] | None = None
    step: str = "1d"


class ExponentialSection(_Windowed):
    """Parameters of `ExponentialCorrelation`."""

    halflife: float = Field(default=30.0, gt=0)
    window: int | str | None = 250


class DccSection(Section):
    """Parameters of `DccCorrelation`."""

    margins: Literal["garch", "gjr"] = "garch"
    asymmetric: bool = False
    distribution: Literal["normal", "student"] = "normal"
    initial_correlation: Literal["ones", "target"] = "ones"
    initial_variance: Literal["sample", "recursion", "backcast"] | float = "sample"


class PartialSection(_Windowed):
    """Parameters of `PartialCorrelation`."""

    given: str | tuple[str, ...] | None = None


class ShrunkSection(_Windowed):
    """Parameters of `ShrunkCorrelation`."""


class TailSection(_Windowed):
    """Parameters of `TailDependence`."""

    quantile: float = Field(default=0.05, gt=0, lt=0.5)
    tail: Literal["lower", "upper"] = "lower"
    measure: Literal["chi", "exceedance"] = "chi"


class BetaSection(_Windowed):
    """Parameters of `RollingBeta`; each other instrument in turn drives the focus."""

    window: int | str | None = 60


class CorrelationSection(Section):
    """How tight is it? An estimator that is null is not asked.

    Parameters
    ----------
    rolling : RollingSection
        Same-row correlation in moving windows, and of all pairs over the whole period.
    hayashi_yoshida : HayashiYoshidaSection
        Correlation on true instants; pairs with unequal closes are judged by it.
    exponential, dcc, beta : Section
        Further paths of the focus with each other instrument.
    partial, shrunk, tail : Section
        Further tables of pairs, at the last window.
    """

    rolling: RollingSection | None = RollingSection()
    hayashi_yoshida: HayashiYoshidaSection | None = HayashiYoshidaSection()
    exponential: ExponentialSection | None = None
    dcc: DccSection | None = None
    beta: BetaSection | None = None
    partial: PartialSection | None = None
    shrunk: ShrunkSection | None = None
    tail: TailSection | None = None
