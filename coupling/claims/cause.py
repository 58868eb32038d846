"""What another instrument did around the day on which a level was reached, or nearest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import pandas as pd
from pydantic import Field, model_validator

from coupling.claims.condition_path import ConditionPath
from coupling.claims.evidence import Evidence
from coupling.claims.series import change_between, change_unit, levels_of
from coupling.configuration.section import Section
from coupling.errors import InputError

__all__ = ["Watch", "Watched"]


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What was seen.

    Parameters
    ----------
    instrument, unit : str
    day : Timestamp
        Day on which the level was reached, or nearest.
    change : float
        Change of the instrument to that day, in `unit`.
    days : int
        Over how many days before it.
    seen : bool
        Whether the change is the one that was asked.
    asked : str
        The change that was asked, in words.
    """

    instrument: str
    unit: str
    day: pd.Timestamp
    change: float
    days: int
    seen: bool
    asked: str


class Watch(Section):
    """The change of another instrument over some days up to the day on which a level is reached.

    Parameters
    ----------
    instrument : str
    above, below : float, optional
        The cause was seen where the change lies beyond it: simple % of a price, bp of a yield.
    days : int
        Calendar days.
    """

    instrument: str
    above: float | None = None
    below: float | None = None
    days: int = Field(default=30, ge=1)

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if (self.above is None) == (self.below is None):
            raise ValueError("watch needs either above or below")
        return self

    def at(self, path: ConditionPath, evidence: Evidence) -> Watched:
        """Look at the day on which the path reached what is predicted, or came nearest.

        Raises
        ------
        InputError
            If the watched instrument has no close on or before the first of the days.
        """
        item = evidence.observations[self.instrument]
        reached = path.settled_on() if path.outcome() else None
        day = path.nearest[0] if reached is None else reached
        closes = levels_of(item)
        start, end = closes[closes.index <= day - pd.Timedelta(days=self.days)], closes[closes.index <= day]
        if start.empty or end.index[-1] < day - pd.Timedelta(days=7):
            raise InputError(f"{item.name} has no closes around {day:%Y-%m-%d}; give a series that holds them")
        change = change_between(float(start.iloc[-1]), float(end.iloc[-1]), item)
        side, bound = ("above", self.above) if self.above is not None else ("below", self.below)
        assert bound is not None  # _one_side sees to it
        return Watched(
            instrument=item.name,
            unit=change_unit(item),
            day=day,
            change=change,
            days=self.days,
            seen=change > bound if side == "above" else change < bound,
            asked=f"{side} {bound:g}",
        )
