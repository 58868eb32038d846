"""Lead and lag of the focus against each other instrument: curves over lags, and where they peak."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from coupling.results.base import Result
from coupling.results.finding import Finding
from coupling.results.verdicts import Leads
from coupling.text.passage import Passage, Sentence
from coupling.text.wording import listed, two

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["LeadLagCurves"]


_LEADS = (Leads.LEADS, Leads.FOLLOWS)


@dataclass(frozen=True, kw_only=True)
class LeadLagCurves(Result):
    """Correlation of the focus with each other instrument over lags.

    Parameters
    ----------
    focus : str
        The instrument that is common to all pairs. At a negative lag it moves first.
    unit : str
        What a lag counts: ``rows`` or ``hours``.
    peaks : DataFrame
        By other instrument: ``lag`` of the peak, ``lower`` and ``upper`` of that lag, and the ``estimate`` there. The
        limits are missing when no lag's correlation differs from 0.
    order_of_closes : bool
        Whether the rows are struck at different instants, so that no claim can rest on them.

    Notes
    -----
    ``frame`` has one row per lag and other instrument, indexed by ``lag``: ``with``, ``estimate``, ``lower``, ``upper``
    (a band that holds all lags at once) and ``n``.
    """

    focus: str
    unit: str
    peaks: pd.DataFrame = field(repr=False)
    order_of_closes: bool = False

    @property
    def others(self) -> tuple[str, ...]:
        """The instruments that the focus is compared with, in order."""
        return tuple(map(str, self.peaks.index))

    @property
    def sentence(self) -> str:
        """Say for each pair who moves first, or that no lead is detected, with the interval of the lag."""
        words = self._order if self.order_of_closes else self._leader
        parts = tuple(f"{self.focus} and {each.subject[-1]}: {words(each)}" for each in self.findings)
        caution = "This is an artefact of non-synchronous closes, not of the markets: no claim can rest on it."
        return Passage(Sentence("", parts), caution if self.order_of_closes else "")

    @property
    def answer(self) -> str:
        """Say in one sentence who moves first, or that no lead is detected."""
        led = [each for each in self.findings if each.verdict in _LEADS]
        rest = [each.subject[-1] for each in self.findings if each.verdict not in _LEADS]
        none = [f"no lead–lag relationship of {self.focus} with {listed(rest)} is detected"] if rest else []
        return "; ".join([*(f"{each.subject[-1]}: {self._leader(each)}" for each in led), *none])

    def _leader(self, finding: Finding) -> str:
        if finding.estimate is None:
            return "too few blocks of time for a band"
        if not finding.has_interval:
            return "no lead–lag relationship is detected, since no lag's correlation differs statistically from zero"
        if finding.verdict is Leads.NOT_ESTABLISHED:
            return f"no lead is established after adjustment for all pairs ({self._place(finding)})"
        if finding.verdict not in _LEADS:
            return f"no lead at this resolution ({self._place(finding)})"
        first = finding.subject[0 if finding.verdict is Leads.LEADS else 1]
        by = f"{abs(finding.estimate):.0f} {self._unit(finding.estimate)}"
        return f"{first} moves first by {by} ({self._place(finding)})"

    def _order(self, finding: Finding) -> str:
        return "too few blocks of time for a band" if finding.estimate is None else self._place(finding)

    def _place(self, finding: Finding) -> str:
        row: Any = self.peaks.loc[finding.subject[-1]]
        top = f"correlation {two(row['estimate'])} at lag {_lag(row['lag'])}"
        if not finding.has_interval:
            return f"{top}, not statistically different from zero"
        return f"{top}, 95 % interval of the lag {_lag(row['lower'])} to {_lag(row['upper'])} {self.unit}"

    def _unit(self, lag: float) -> str:
        return self.unit[:-1] if abs(lag) == 1 else self.unit

    def summary(self) -> pd.DataFrame:
        """Return one row per pair: where its curve peaks, the interval of that lag, and the value at lag 0."""
        rows = self.peaks.rename(
            columns={
                "lag": f"lag ({self.unit})",
                "lower": f"from ({self.unit})",
                "upper": f"to ({self.unit})",
                "estimate": "correlation there",
            }
        )
        middle = self.frame[self.frame.index == 0].set_index("with")
        rows["at lag 0"], rows["n"] = middle["estimate"], middle["n"]
        rows.index = pd.Index([f"{self.focus} – {other}" for other in rows.index], name="pair")
        return rows

    @property
    def figure_rows(self) -> int:
        """One panel per pair."""
        return max(1, len(self.others))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw one panel per pair: the curve, its simultaneous band, and the interval of its peak as a grey span."""
        from coupling import drawing

        ax = drawing.axes(ax, rows=self.figure_rows)
        mark = " (non-synchronous closes)" if self.order_of_closes else ""
        panels = drawing.panels(ax, [f"{self.focus} – {other}{mark}" for other in self.others])
        for panel, other in zip(panels, self.others, strict=True):
            curve = self.frame[self.frame["with"] == other]
            low, high = self.peaks[["lower", "upper"]].to_numpy(float)[self.peaks.index.get_loc(other)]
            drawing.zero_line(panel)
            panel.axvline(0, color="grey", linewidth=0.8)
            if not math.isnan(low):
                margin = 0.5 * float(curve.index[1] - curve.index[0])
                panel.axvspan(low - margin, high + margin, color="grey", alpha=0.15, linewidth=0)
            drawing.path(panel, curve["estimate"], curve["lower"], curve["upper"], look=drawing.look(other))
            panel.set_ylabel("correlation")
        panels[-1].set_xlabel(f"lag in {self.unit} (negative: {self.focus} moves first)")
        return ax


def _lag(value: float) -> str:
    return f"{value:+.0f}" if round(value) else "0"
