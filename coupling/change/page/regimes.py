"""The result on calm and stressed regimes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from coupling.results.base import Result
from coupling.results.finding import Finding
from coupling.results.verdicts import Changed
from coupling.text.passage import Passage, Sentence
from coupling.text.wording import percent, probability, signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["RegimesResult"]


@dataclass(frozen=True, kw_only=True)
class RegimesResult(Result):
    """Whether there are two states at all, and what the correlation is in each.

    Parameters
    ----------
    focus : str
        The instrument common to all pairs.
    found : bool
        Whether two states beat one with changing variances.
    p_value : float
        Of that bootstrap likelihood ratio.
    n : int
        Rows.
    states : DataFrame
        By state: share of time, expected duration in rows, standard deviation of each instrument.
    path : Series
        Filtered probability of the stressed state at each row.

    Notes
    -----
    ``frame`` has one row per instrument (``with``) and ``state`` (calm, stressed, difference): ``estimate, lower,
    upper, n_effective``. Unless two states were found it describes states that need not exist.
    """

    focus: str
    found: bool
    p_value: float
    n: int
    states: pd.DataFrame = field(repr=False)
    path: pd.Series = field(repr=False)

    @property
    def sentence(self) -> str:
        """Say whether there are two states, and only then what differs between them."""
        test = f"p = {probability(self.p_value)}, n = {self.n} changes"
        if not self.found:
            return f"Two states do no better than one with changing variances ({test}), so no regimes are shown."
        share = percent(float(self.states["share"]["stressed"]))
        gaps = self.frame[self.frame["state"] == "difference"]
        parts = tuple(f"with {row['with']} {_gap(row, self.findings)}" for _, row in gaps.iterrows())
        return Passage(
            Sentence(f"Two states are found ({test}), stressed {share} of the time; stressed less calm:", parts)
        )

    def summary(self) -> pd.DataFrame:
        """Return the correlation in each state; without two states only that they were not found."""
        if self.found:
            return self.frame.reset_index(drop=True)
        return pd.DataFrame({"two states found": [False], "p_value": [self.p_value], "n": [self.n]})

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the filtered probability of stress, if there are two states."""
        from coupling import drawing

        ax = drawing.axes(ax)
        if not self.found:
            ax.set_axis_off()
            ax.text(0.5, 0.5, "the regimes cannot be distinguished", ha="center", transform=ax.transAxes)
            return ax
        drawing.path(ax, self.path, look=drawing.look(self.focus))
        ax.set_ylabel("probability of stress (filtered)")
        ax.set_ylim(-0.02, 1.02)
        drawing.time_axis(ax, "session")
        return ax


def _gap(row: Any, findings: tuple[Finding, ...]) -> str:
    if not row["lower"] <= row["upper"]:
        return "undecided"
    span = (
        f"95 % interval {signed(row['lower'])} to {signed(row['upper'])}, about {row['n_effective']:.0f} observations"
    )
    told = any(each.verdict is Changed.CHANGED for each in findings if each.subject[-1] == row["with"])
    return f"{signed(row['estimate'])} ({span}): {'a' if told else 'no'} significant difference"
