"""What a result may know of a pair, so that several results can share one figure of it."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import pandas as pd

__all__ = ["PairBreaks", "PairPath", "PairSides", "PairSteps"]


@runtime_checkable
class PairPath(Protocol):
    """A result that follows the focus with each other instrument through time."""

    @property
    def others(self) -> tuple[str, ...]:
        """The instruments that the focus is compared with, in order."""

    def path_of(self, other: str) -> pd.DataFrame:
        """Return ``estimate, lower, upper`` by session; empty where the pair is unknown."""


@runtime_checkable
class PairSides(Protocol):
    """A result that compares both sides of a known date."""

    @property
    def date(self) -> pd.Timestamp:
        """The first session of the second side."""

    def sides_of(self, other: str) -> pd.DataFrame:
        """Return ``estimate, lower, upper`` of the rows ``before`` and ``since``; empty where the pair is unknown."""


@runtime_checkable
class PairSteps(Protocol):
    """A result that cuts the time of a pair into regimes."""

    def steps_of(self, other: str) -> pd.DataFrame:
        """Return ``first, last, estimate, lower, upper`` of each regime; empty where the pair is unknown."""


@runtime_checkable
class PairBreaks(Protocol):
    """A result that dates a break of a pair."""

    def breaks_of(self, other: str) -> pd.DataFrame:
        """Return ``first`` and ``last`` of each stretch in the set of dates; empty where no break is detected."""
