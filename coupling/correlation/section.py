"""The room's part of a configuration: one entry per estimator, with its constructor's parameter names."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from coupling.correlation.windows import check_window
from coupling.section import Section

__all__ = ["CorrelationSection", "HayashiYoshidaSection", "RollingSection"]


class RollingSection(Section):
    """Parameters of `RollingCorrelation`."""

    window: int | str = 60
    method: Literal["pearson", "spearman"] = "pearson"
    min_share: float = Field(default=0.8, gt=0, le=1)
    interval: Literal["jackknife", "fisher"] = "jackknife"

    @model_validator(mode="after")
    def _possible(self) -> Self:
        check_window(self.window)
        return self


class HayashiYoshidaSection(Section):
    """Parameters of `HayashiYoshidaCorrelation`; calendar time only."""

    window: str = "250d"
    stale: Literal["keep", "drop"] = "keep"
    weekend: Literal["include", "merge"] = "include"
    leads_lags: int = Field(default=0, ge=0)
    demean: Literal["time"] | None = None
    step: str = "1d"
    min_share: float = Field(default=0.8, gt=0, le=1)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        check_window(self.window)
        return self


class CorrelationSection(Section):
    """How tight is it? An estimator set to null is not asked.

    Parameters
    ----------
    rolling : RollingSection
        Same-row correlation in moving windows, and over the whole period.
    hayashi_yoshida : HayashiYoshidaSection
        Correlation on true instants; pairs with unequal closes are judged by it.
    """

    rolling: RollingSection | None = RollingSection()
    hayashi_yoshida: HayashiYoshidaSection | None = HayashiYoshidaSection()
