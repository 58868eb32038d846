"""The table of kinds: whoever adds a test writes its file and enters its model here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Union

from pydantic import Field

from coupling.claims.kinds.arithmetic import Arithmetic
from coupling.claims.kinds.correlation import Correlation
from coupling.claims.kinds.correlation_change import CorrelationChange
from coupling.claims.kinds.correlation_on_days import CorrelationOnDays
from coupling.claims.kinds.dated_change import DatedChange
from coupling.claims.kinds.dated_level import DatedLevel
from coupling.claims.kinds.extreme_hour import ExtremeHour
from coupling.claims.kinds.level_change import LevelChange
from coupling.claims.kinds.levels_against_changes import LevelsAgainstChanges
from coupling.claims.kinds.peak_to_trough import PeakToTrough
from coupling.claims.kinds.prediction import Prediction
from coupling.claims.kinds.ratio import Ratio
from coupling.claims.kinds.realised_volatility import RealisedVolatility
from coupling.claims.kinds.record import Record
from coupling.claims.kinds.share import Share
from coupling.claims.kinds.shock_response import ShockResponse
from coupling.claims.kinds.total import Total
from coupling.claims.kinds.variance_share import VarianceShare
from coupling.claims.kinds.weighted_price import WeightedPrice
from coupling.claims.leg import Leg

__all__ = ["KINDS", "AnyLeg"]

KINDS: tuple[type[Leg], ...] = (
    DatedChange,
    DatedLevel,
    ExtremeHour,
    LevelChange,
    Record,
    RealisedVolatility,
    PeakToTrough,
    Total,
    Share,
    Ratio,
    WeightedPrice,
    Correlation,
    CorrelationOnDays,
    CorrelationChange,
    VarianceShare,
    LevelsAgainstChanges,
    ShockResponse,
    Prediction,
    Arithmetic,
)

if TYPE_CHECKING:
    AnyLeg = Leg
else:
    AnyLeg = Annotated[Union[KINDS], Field(discriminator="test")]  # noqa: UP007
