"""Results of the volatility models."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from coupling.results.base import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["GarchResult"]


@dataclass(frozen=True, kw_only=True)
class GarchResult(Result):
    """A fitted GARCH model.

    ``frame`` has one row per parameter: ``parameter, estimate, std_error, lower, upper, n``.

    Parameters
    ----------
    log_likelihood : float
        Of all rows.
    volatility : Series
        Conditional standard deviation of each row, in the unit of the changes.
    standardized : Series
        Residuals divided by it.
    """

    log_likelihood: float
    volatility: pd.Series = field(repr=False)
    standardized: pd.Series = field(repr=False)

    @property
    def persistence(self) -> float:
        """Share of a shock to the variance that is left one row later."""
        estimates = self.frame.set_index("parameter")["estimate"]
        return float(estimates["alpha"] + estimates.get("gamma", 0.0) / 2.0 + estimates["beta"])

    @property
    def sentence(self) -> str:
        """Last volatility beside the middle one, and the persistence."""
        last, middle = self.volatility.iloc[-1], self.volatility.median()
        return (
            f"{self.title}: {last:.2f} per row at the end against a median of {middle:.2f}; "
            f"persistence {self.persistence:.3f}."
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the conditional standard deviation."""
        from coupling import drawing

        ax = drawing.axes(ax)
        drawing.path(ax, self.volatility, look=drawing.look("volatility"))
        ax.set_title(self.title, loc="center")
        ax.set_ylabel("standard deviation per row")
        return ax
