"""The room's part of a configuration: one entry per estimator, with its constructor's parameter names."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self, get_args

import pandas as pd
from pydantic import Field, model_validator

from coupling.configuration.section import Section
from coupling.correlation.beta import RollingBeta
from coupling.correlation.dcc import DccCorrelation
from coupling.correlation.exponential import ExponentialCorrelation
from coupling.correlation.hayashi_yoshida import HayashiYoshidaCorrelation
from coupling.correlation.judge import SMALLEST
from coupling.correlation.partial import PartialCorrelation
from coupling.correlation.rolling import RollingCorrelation
from coupling.correlation.shrunk import ShrunkCorrelation
from coupling.correlation.tail import TailDependence
from coupling.correlation.windows import Window, check_window
from coupling.errors import InputError, nearest

__all__ = [
    "BetaSection",
    "CorrelationSection",
    "DccSection",
    "EstimatorSection",
    "ExponentialSection",
    "HayashiYoshidaSection",
    "PartialSection",
    "RollingSection",
    "ShrunkSection",
    "TailSection",
]


class EstimatorSection(Section):
    """Parameters of one estimator, and how it is asked about a pair: by the page and by every variant of it.

    A new estimator is a class like those below and a field of `CorrelationSection`; variants then know it.

    Attributes
    ----------
    estimator : type
        Takes the section's fields as keywords.
    data : {"pair", "all", "reported", "instants"}
        What it is fitted on: the changes of the pair on its own ticks, those of all instruments on common ticks, the
        same from the start of the report on, or observations on true instants.
    quantity : str
        What it estimates; only estimates of one quantity stand in one curve.
    conditional : bool
        Whether each value rests on all rows before it, so that its path is no data for a change at a date.
    seconds, seconds_of_path : float
        Of one fit on ten years of two instruments, measured on one core, without and with a window.
    """

    estimator: ClassVar[Any]
    data: ClassVar[Literal["pair", "all", "reported", "instants"]] = "pair"
    quantity: ClassVar[str] = "correlation"
    conditional: ClassVar[bool] = False
    seconds: ClassVar[float] = 0.01
    seconds_of_path: ClassVar[float] = 0.01

    @property
    def size(self) -> Window:
        """Its window; None is the whole sample."""
        return getattr(self, "window", None)

    @property
    def price(self) -> float:
        """Seconds of one fit on ten years."""
        return self.seconds if self.size is None else self.seconds_of_path

    @property
    def share(self) -> float:
        """Smallest share of a window that must be valid."""
        return float(getattr(self, "min_share", 1.0))

    def fit(self, data: Any) -> Any:
        """Return the estimator with these parameters, fitted."""
        return self.estimator(**dict(self)).fit(data)

    def between(self, data: Any, left: str, right: str) -> pd.DataFrame:
        """Return the estimates of a pair by window end, with interval and sample."""
        found: pd.DataFrame = self.fit(data).between(left, right)
        return found

    def estimates(self, data: Any, left: str, right: str) -> pd.Series:
        """Return the estimates of a pair alone; intervals may take longer than all else."""
        fitted = self.fit(data)
        pair = (left, right) if (left, right) in fitted.correlation_.columns else (right, left)
        if pair not in fitted.correlation_.columns:
            return self.between(data, left, right)["estimate"]  # says which name it does not have
        path: pd.Series = fitted.correlation_[pair]
        return path


class _Windowed(EstimatorSection):
    """What every estimator over windows takes."""

    window: int | str | None = None
    min_share: float = Field(default=0.8, gt=0, le=1)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        check_window(self.window)
        return self


class RollingSection(_Windowed):
    """Parameters of `RollingCorrelation`."""

    estimator = RollingCorrelation
    seconds = seconds_of_path = 1 / 6_000

    window: int | str | None = 60
    method: Literal["pearson", "spearman"] = "pearson"
    interval: Literal["jackknife", "fisher"] = "jackknife"


class HayashiYoshidaSection(_Windowed):
    """Parameters of `HayashiYoshidaCorrelation`; calendar time only."""

    estimator = HayashiYoshidaCorrelation
    data = "instants"
    seconds = seconds_of_path = 1 / 6_000

    window: str | None = "250d"
    stale: Literal["keep", "drop"] = "keep"
    weekend: Literal["include", "merge"] = "include"
    leads_lags: int = Field(default=0, ge=0)
    demean: Literal["time"] | None = None
    step: str = "1d"


class ExponentialSection(_Windowed):
    """Parameters of `ExponentialCorrelation`."""

    estimator = ExponentialCorrelation

    halflife: float = Field(default=30.0, gt=0)
    window: int | str | None = 250


class DccSection(EstimatorSection):
    """Parameters of `DccCorrelation`."""

    estimator = DccCorrelation
    data = "all"
    conditional = True
    seconds = 0.05

    margins: Literal["garch", "gjr"] = "garch"
    asymmetric: bool = False
    distribution: Literal["normal", "student"] = "normal"
    initial_correlation: Literal["ones", "target"] = "ones"
    initial_variance: Literal["sample", "recursion", "backcast"] | float = "sample"


class PartialSection(_Windowed):
    """Parameters of `PartialCorrelation`."""

    estimator = PartialCorrelation
    data = "reported"

    given: str | tuple[str, ...] | None = None


class ShrunkSection(_Windowed):
    """Parameters of `ShrunkCorrelation`."""

    estimator = ShrunkCorrelation
    data = "reported"
    seconds_of_path = 0.4


class TailSection(_Windowed):
    """Parameters of `TailDependence`."""

    estimator = TailDependence
    data = "reported"
    quantity = "tail dependence"
    seconds_of_path = 0.06

    quantile: float = Field(default=0.05, gt=0, lt=0.5)
    tail: Literal["lower", "upper"] = "lower"
    measure: Literal["chi", "exceedance"] = "chi"


class BetaSection(_Windowed):
    """Parameters of `RollingBeta`; each other instrument in turn drives the focus."""

    estimator = RollingBeta
    quantity = "beta"

    window: int | str | None = 60

    def between(self, data: Any, left: str, right: str) -> pd.DataFrame:
        """Return the slope of the first on the second, by window end."""
        found: pd.DataFrame = self.fitted(data, right).between(left, right)
        return found

    def fitted(self, data: Any, driver: str) -> RollingBeta:
        """Return the slopes on one instrument."""
        return RollingBeta(driver=driver, **dict(self)).fit(data)

    def estimates(self, data: Any, left: str, right: str) -> pd.Series:
        """Return the slopes alone."""
        return self.fitted(data, right).beta_[left]


class CorrelationSection(Section):
    """How tight is it? An estimator that is null is not asked.

    Parameters
    ----------
    smallest_effect : float
        The smallest correlation that matters: a significant one below it is weak, and an interval that lies inside it
        says that there is no coupling.
    rolling : RollingSection
        Same-row correlation in moving windows, and of all pairs over the whole period.
    hayashi_yoshida : HayashiYoshidaSection
        Path of the asynchronous-adjusted correlation. Its treatment of repeats, weekends and drift is that of the
        headline too, which is asked in any case.
    exponential, dcc, beta : Section
        Further paths of the focus with each other instrument.
    partial, shrunk, tail : Section
        Further tables of pairs, at the last window.
    """

    smallest_effect: float = Field(default=SMALLEST, gt=0, lt=1)
    rolling: RollingSection | None = RollingSection()
    hayashi_yoshida: HayashiYoshidaSection | None = HayashiYoshidaSection()
    exponential: ExponentialSection | None = None
    dcc: DccSection | None = None
    beta: BetaSection | None = None
    partial: PartialSection | None = None
    shrunk: ShrunkSection | None = None
    tail: TailSection | None = None

    @classmethod
    def estimators(cls) -> tuple[str, ...]:
        """Return the names of the estimators."""
        return tuple(name for name in cls.model_fields if name != "smallest_effect")

    def asked(self, name: str) -> EstimatorSection | None:
        """Return the parameters of an estimator: as given, its defaults where nothing was said, or None for null."""
        given: EstimatorSection | None = getattr(self, name)
        if given is not None or name in self.model_fields_set:
            return given
        if name not in self.estimators():
            raise InputError(f"there is no estimator {name!r}; {nearest(name, self.estimators())}")
        kinds = get_args(type(self).model_fields[name].annotation)
        made: EstimatorSection = next(kind for kind in kinds if issubclass(kind, EstimatorSection))()
        return made
