"""The table of kinds: whoever adds a test writes its file and enters its model here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Union

from pydantic import Field

from coupling.claims.kinds.arithmetic import Arithmetic
from coupling.claims.kinds.dated_change import DatedChange
from coupling.claims.kinds.dated_level import DatedLevel
from coupling.claims.kinds.level_change import LevelChange
from coupling.claims.kinds.levels_against_changes import LevelsAgainstChanges
from coupling.claims.kinds.realised_volatility import RealisedVolatility
from coupling.claims.kinds.record import Record
from coupling.claims.leg import Leg

__all__ = ["KINDS", "AnyLeg"]

KINDS: tuple[type[Leg], ...] = (
    DatedChange,
    DatedLevel,
    LevelChange,
    Record,
    RealisedVolatility,
    LevelsAgainstChanges,
    Arithmetic,
)

if TYPE_CHECKING:
    AnyLeg = Leg
else:
    AnyLeg = Annotated[Union[KINDS], Field(discriminator="test")]  # noqa: UP007
