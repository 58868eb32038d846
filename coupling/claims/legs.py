"""What a claim may say: one model per kind of test, told apart by the word after ``test:``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from coupling.data.durations import parse_duration
from coupling.section import Section

__all__ = [
    "Arithmetic",
    "DatedChange",
    "DatedLevel",
    "Leg",
    "LevelChange",
    "LevelsAgainstChanges",
    "RealisedVolatility",
    "Record",
]


class Figure(Section):
    """A claimed figure: it holds when the finding rounds to it, or lies within a tolerance.

    Parameters
    ----------
    value : float
        The figure, in `unit`.
    digits : int, optional
        Decimals stated; by default those with which `value` is written.
    tolerance : float, optional
        How far off the finding may be, in `unit`; by default it must round to the figure.
    """

    value: float
    digits: int | None = Field(default=None, ge=0, le=9)
    tolerance: float | None = Field(default=None, gt=0)

    @property
    def decimals(self) -> int:
        """Decimals stated."""
        return self.digits if self.digits is not None else len(f"{self.value:.9f}".rstrip("0").split(".")[1])

    def holds(self, found: float) -> bool:
        """Tell whether a finding is the figure."""
        if self.tolerance is not None:
            return abs(found - self.value) <= self.tolerance
        return round(found, self.decimals) == round(self.value, self.decimals)


class DatedChange(Figure):
    """The change from the close before a date to the close of that date: simple %, or bp for a yield."""

    test: Literal["dated_change"]
    instrument: str
    date: date
    search: int = Field(default=5, ge=0, description="sessions before and after in which the figure is looked for")


class DatedLevel(Figure):
    """The close, high or low of an instrument on a date."""

    test: Literal["dated_level"]
    instrument: str
    date: date
    of: Literal["close", "high", "low"] = "close"
    search: int = Field(default=60, ge=0)


class LevelChange(Figure):
    """The change of a level over a span that ends on a date: simple %, or bp for a yield."""

    test: Literal["level_change"]
    instrument: str
    date: date
    over: str = "365d"

    @model_validator(mode="after")
    def _readable(self) -> Self:
        parse_duration(self.over)
        return self


class Record(Section):
    """Whether the close of a date was the highest (or lowest) of the whole history up to it."""

    test: Literal["record"]
    instrument: str
    date: date
    side: Literal["highest", "lowest"] = "highest"


class RealisedVolatility(Figure):
    """The realised volatility of the last `window` changes up to a date, per year."""

    test: Literal["realised_volatility"]
    instrument: str
    date: date
    window: int = Field(default=30, ge=5)


class LevelsAgainstChanges(Figure):
    """A claimed correlation of two levels over the weeks before a date, held against that of their weekly changes."""

    test: Literal["levels_against_changes"]
    left: str
    right: str
    date: date
    weeks: int = Field(default=52, ge=20)

    @model_validator(mode="after")
    def _is_a_correlation(self) -> Self:
        if not -1 <= self.value <= 1:
            raise ValueError(f"value is {self.value:g}, and a correlation lies between -1 and 1")
        return self


class Arithmetic(Section):
    """Plain arithmetic on stated figures: an expression, a relation and what it is compared with."""

    test: Literal["arithmetic"]
    expression: str
    relation: Literal[">=", "<=", "about"]
    value: float
    tolerance: float | None = Field(default=None, gt=0)
    unit: str = ""


Leg = Annotated[
    DatedChange | DatedLevel | LevelChange | Record | RealisedVolatility | LevelsAgainstChanges | Arithmetic,
    Field(discriminator="test"),
]
