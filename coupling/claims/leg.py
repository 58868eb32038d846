"""What every kind of test shares: a leg of a claim knows its instruments and how it is checked."""

from __future__ import annotations

from abc import abstractmethod
from datetime import date
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from coupling.claims.evidence import Evidence
from coupling.claims.verdict import LegOutcome
from coupling.configuration.section import Section

__all__ = ["Effect", "Figure", "Leg", "PeriodLeg"]


class Leg(Section):
    """One leg of a claim; a kind of test derives from it, in a file of its own under `coupling.claims.kinds`.

    Parameters
    ----------
    test : str
        The word after ``test:``, by which the kinds are told apart.
    """

    test: str
    about_market: ClassVar[bool] = True
    """Whether the leg speaks about the real market, so that a simulated one cannot answer it."""

    @property
    def instruments(self) -> tuple[str, ...]:
        """Instruments without which the leg cannot be tested; here those of the fields instrument, left, right."""
        named = [getattr(self, field, None) for field in ("instrument", "left", "right")]
        return tuple(name for name in named if name is not None)

    @property
    def extras(self) -> tuple[str, ...]:
        """Instruments that tell more where they can be had."""
        return ()

    @property
    def parts(self) -> tuple[Leg, ...]:
        """What is judged apart: the leg itself, or its parts."""
        return (self,)

    @abstractmethod
    def check(self, evidence: Evidence) -> LegOutcome:
        """Test the leg on evidence that holds its instruments.

        Raises
        ------
        CouplingError
            If the data do not allow the test; the leg is then "not testable" and the message says why.
        """


class Figure(Leg):
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

    @property
    def limits(self) -> tuple[float, float]:
        """Smallest and largest value that is still the figure."""
        reach = self.tolerance if self.tolerance is not None else 0.5 * 10.0**-self.decimals
        return self.value - reach, self.value + reach


class Effect(Leg):
    """A claim of direction: that there is an effect on one side, large enough to matter.

    Parameters
    ----------
    smallest : float
        The smallest effect that matters, fixed before the test is run.
    side : {"positive", "negative", "either"}
    """

    smallest: float = Field(gt=0)
    side: Literal["positive", "negative", "either"] = "positive"


class PeriodLeg(Leg):
    """A leg on a stretch of time.

    Parameters
    ----------
    start, end : date, optional
        First and last day, both included; by default the whole series.
    """

    start: date | None = None
    end: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start is not None and self.end is not None and self.start > self.end:
            raise ValueError(f"it ends ({self.end}) before it starts ({self.start})")
        return self
