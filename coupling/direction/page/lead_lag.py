"""Lead and lag of the focus with each other instrument: in rows where closes allow it, in hours on true instants."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coupling.data.intervals import struck_since
from coupling.dates.sessions import session_of
from coupling.direction.closes import closes_of
from coupling.direction.context import DirectionContext
from coupling.direction.findings import of_peaks
from coupling.direction.lead_lag import LeadLag
from coupling.direction.section import LeadLagSection
from coupling.results.base import Result
from coupling.results.finding import Finding
from coupling.results.verdicts import Leads
from coupling.text.passage import Passage, Sentence
from coupling.text.wording import listed, two

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["LeadLagCurves", "curves_in_hours", "curves_in_rows"]

_LEADS = (Leads.LEADS, Leads.FOLLOWS)
_BAND = (
    "The band holds all lags at once (sup-t over what blocks of time contribute to every lag); the interval of the "
    "peak spans the lags not statistically different from the highest."
)
_UNITS = {"rows": "observations", "hours": "hours"}
_ROWS = (
    "Cross-correlation of the changes at the pair's own observation times, lags in observations as in R's ccf. " + _BAND
)
_HOURS = (
    "Asynchronous-adjusted (Hayashi–Yoshida) correlation when the other instrument is moved by some hours (Hoffmann, "
    "Rosenbaum and Yoshida 2013); blocks are weeks. The curve is flat where a shift changes no overlap: that is the "
    "resolution of the data. " + _BAND
)


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
        return f"{top}, 95 % interval of the lag {_lag(row['lower'])} to {_lag(row['upper'])} {_UNITS[self.unit]}"

    def _unit(self, lag: float) -> str:
        unit = _UNITS[self.unit]
        return unit[:-1] if abs(lag) == 1 else unit

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
        """Draw one panel per pair on one scale: the curve, its simultaneous band, the interval of its peak as a span.

        A curve that differs from 0 nowhere is drawn as a dotted line.
        """
        from coupling import drawing

        ax = drawing.axes(ax, rows=self.figure_rows)
        panels = drawing.panels(ax, [f"{self.focus} – {other}" for other in self.others])
        ends = self.frame[["estimate", "lower", "upper"]].to_numpy(float)
        for panel, other in zip(panels, self.others, strict=True):
            curve = self.frame[self.frame["with"] == other]
            low, high = self.peaks[["lower", "upper"]].to_numpy(float)[self.peaks.index.get_loc(other)]
            drawing.zero_line(panel)
            drawing.zero_line(panel, vertical=True)
            if not math.isnan(low):
                margin = 0.5 * float(curve.index[1] - curve.index[0])
                panel.axvspan(low - margin, high + margin, color=drawing.MUTED, alpha=0.15, linewidth=0)
            drawing.path(panel, curve["estimate"], curve["lower"], curve["upper"], look=drawing.look(other))
            panel.get_lines()[-1].set_linestyle(":" if math.isnan(low) else "-")
            panel.set_ylabel("correlation")
            drawing.clip_to(panel, pd.Series(ends[np.isfinite(ends)]))
        panels[-1].set_xlabel(f"lag in {_UNITS[self.unit]} (negative: {self.focus} first)")
        return ax


def _lag(value: float) -> str:
    return f"{value:+.0f}" if round(value) else "0"


def curves_in_rows(section: LeadLagSection, context: DirectionContext) -> list[LeadLagCurves]:
    """Return the curves over rows: one result for pairs struck at one instant, one titled "order of closes"."""
    panel, focus, start = context.panel, context.focus, context.start
    fits: dict[bool, dict[str, LeadLag]] = {True: {}, False: {}}
    spans = {}
    for other in [name for name in panel.levels.columns if name != focus]:
        pair = panel.pair(focus, other)  # of minutes as large as the panel, so that one is held at a time
        changes = pair.changes
        changes = changes if start is None else changes[changes.index >= start]
        spans[other] = panel.sessions.of(changes.index[0]), panel.sessions.of(changes.index[-1])
        estimator = LeadLag(max_lag=section.max_lag, replications=section.replications, random_state=context.seed)
        fits[closes_of(pair).support_direction][other] = estimator.fit(changes)
    step = panel.alignment.frequency
    method = _ROWS if step.step is None else f"{_ROWS} A row is a bar of {step}, and a lag passes over closed hours."
    common: dict[str, Any] = {"method": method, "focus": focus, "unit": "rows", "provenance": panel.provenance}
    results = []
    if fits[True]:
        said: dict[str, Any] = {"name": "direction-lead-lag", "title": "Lead and lag in observations"}
        results.append(_curves(fits[True], spans, context.clock, **said, **common))
    if fits[False]:
        said = {
            "name": "direction-order-of-closes",
            "title": "Artefact of non-synchronous closes: lead and lag in observations",
        }
        results.append(_curves(fits[False], spans, context.clock, **said, **common, order_of_closes=True))
    return results


def curves_in_hours(section: LeadLagSection, context: DirectionContext) -> list[LeadLagCurves]:
    """Return the curves over shifts in hours, on the unaligned observations."""
    panel, focus = context.panel, context.focus
    chosen = struck_since(panel.observations, context.start)
    parameters: dict[str, Any] = {
        "max_hours": section.max_hours,
        "step_hours": section.step_hours,
        "replications": section.replications,
    }
    fits, spans = {}, {}
    for other in panel.levels.columns:
        if other != focus:
            pair = {name: chosen[name] for name in (focus, other)}
            first = max(item.levels.index[0] for item in pair.values()) + pd.Timedelta(seconds=1)
            spans[other] = session_of(first), session_of(min(item.levels.index[-1] for item in pair.values()))
            fits[other] = LeadLag(**parameters, random_state=context.seed).fit(pair)
    name, title = "direction-lead-lag-hours", "Lead and lag in hours, asynchronous-adjusted"
    kept: dict[str, Any] = {"focus": focus, "unit": "hours", "provenance": panel.provenance}
    return [_curves(fits, spans, "UTC days", name=name, title=title, method=_HOURS, **kept)]


def _curves(
    fits: Mapping[str, LeadLag],
    spans: Mapping[str, tuple[date, date]],
    clock: str,
    *,
    focus: str,
    unit: str,
    order_of_closes: bool = False,
    **said: Any,
) -> LeadLagCurves:
    frames, rows = [], {}
    for other, fitted in fits.items():
        frame = fitted.between(focus, other)
        frame.insert(0, "with", other)
        frames.append(frame)
        rows[other] = fitted.peak(focus, other)
    frame, peaks = pd.concat(frames), pd.DataFrame(rows).T
    kept: Any = {"focus": focus, "unit": unit, "order_of_closes": order_of_closes}
    sizes: Any = frame[frame.index == 0].set_index("with")["n"].to_dict()
    findings = of_peaks(peaks, sizes, spans, **kept, clock=clock, evidence=said["name"])
    return LeadLagCurves(frame=frame, peaks=peaks, findings=findings, **kept, **said)
