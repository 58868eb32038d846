"""The room's part of a configuration: one entry per estimator, with its constructor's parameter names."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from coupling.configuration.section import Section

__all__ = ["DirectionSection", "LeadLagSection", "SpilloverSection", "TimeVaryingSection"]

Lags = int | Literal["aic", "bic", "hqic"]


class LeadLagSection(Section):
    """Parameters of `LeadLag`: in rows on aligned changes, and in hours on true instants."""

    max_lag: int = Field(default=5, ge=1)
    max_hours: int = Field(default=48, ge=1)
    step_hours: int = Field(default=1, ge=1)
    replications: int = Field(default=2000, ge=100)


class SpilloverSection(Section):
    """Parameters of `Spillover`; the whole period is always shown, rolling windows where `window` is given."""

    lags: Lags = "bic"
    max_lags: int = Field(default=8, ge=1)
    horizon: int = Field(default=10, ge=1)
    method: Literal["generalized", "cholesky"] = "generalized"
    window: int | None = Field(default=250, ge=20)
    replications: int = Field(default=299, ge=39)


class TimeVaryingSection(Section):
    """Parameters of `TimeVaryingSpillover`."""

    lags: Lags = 1
    max_lags: int = Field(default=8, ge=1)
    horizon: int = Field(default=10, ge=1)
    method: Literal["generalized", "cholesky"] = "generalized"
    kappa1: float = Field(default=0.99, gt=0, le=1)
    kappa2: float = Field(default=0.96, gt=0, le=1)
    prior: Literal["bayes", "minnesota", "uninformative"] = "bayes"
    training: int | None = Field(default=None, ge=3)
    gamma: float = Field(default=0.01, gt=0)
    standardize: Literal["sample"] | None = "sample"
    replications: int = Field(default=49, ge=39)


class DirectionSection(Section):
    """Who moves whom? An estimator set to null is not asked.

    Parameters
    ----------
    lead_lag, spillover, time_varying : Section
        One per estimator; the last is asked only where it is named, because its intervals take a while.
    """

    lead_lag: LeadLagSection | None = LeadLagSection()
    spillover: SpilloverSection | None = SpilloverSection()
    time_varying: TimeVaryingSection | None = None
