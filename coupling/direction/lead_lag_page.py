"""Lead and lag on the room's page: in rows where closes allow it, and in hours on true instants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from coupling.data.intervals import struck_since
from coupling.data.panel import Panel
from coupling.dates.sessions import session_of
from coupling.direction.closes import closes_of
from coupling.direction.findings import of_curves
from coupling.direction.lead_lag import LeadLag
from coupling.direction.section import LeadLagSection
from coupling.results.lead_lag import LeadLagCurves

__all__ = ["curves_in_hours", "curves_in_rows"]

_BAND = (
    "The band holds all lags at once (sup-t over what blocks of time contribute to every lag); the interval of the "
    "peak spans the lags not statistically different from the highest."
)
_ROWS = "Cross-correlation of the changes at the pair's own observation times, over rows as in R's ccf. " + _BAND
_HOURS = (
    "Asynchronous-adjusted (Hayashi–Yoshida) correlation when the other instrument is moved by some hours (Hoffmann, "
    "Rosenbaum and Yoshida 2013); blocks are weeks. The curve is flat where a shift changes no overlap: that is the "
    "resolution of the data. " + _BAND
)


def curves_in_rows(
    section: LeadLagSection, panel: Panel, *, focus: str, start: pd.Timestamp | None, seed: int
) -> list[LeadLagCurves]:
    """Return the curves over rows: one result for pairs struck at one instant, one titled "order of closes"."""
    pairs = {other: panel.pair(focus, other) for other in panel.levels.columns if other != focus}
    fits: dict[bool, dict[str, LeadLag]] = {True: {}, False: {}}
    spans = {}
    for other, pair in pairs.items():
        changes = pair.changes if start is None else pair.changes[pair.changes.index >= start]
        spans[other] = panel.sessions.of(changes.index[0]), panel.sessions.of(changes.index[-1])
        fitted = LeadLag(max_lag=section.max_lag, replications=section.replications, random_state=seed).fit(changes)
        fits[closes_of(pair).support_direction][other] = fitted
    common: dict[str, Any] = {"method": _ROWS, "focus": focus, "unit": "rows", "provenance": panel.provenance}
    clock = f"{panel.alignment.days} at {panel.alignment.at}"
    results = []
    if fits[True]:
        title = "Lead and lag in observations"
        curves = _curves(fits[True], name="direction-lead-lag", title=title, **common)
        results.append(of_curves(curves, spans, clock))
    if fits[False]:
        title = "Artefact of non-synchronous closes: lead and lag in observations"
        curves = _curves(fits[False], name="direction-order-of-closes", title=title, **common)
        results.append(of_curves(replace(curves, order_of_closes=True), spans, clock))
    return results


def curves_in_hours(
    section: LeadLagSection, panel: Panel, *, focus: str, start: pd.Timestamp | None, seed: int
) -> list[LeadLagCurves]:
    """Return the curves over shifts in hours, on the unaligned observations."""
    chosen = struck_since(panel.observations, start)
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
            fits[other] = LeadLag(**parameters, random_state=seed).fit(pair)
    name, title = "direction-lead-lag-hours", "Lead and lag in hours, asynchronous-adjusted"
    kept: dict[str, Any] = {"focus": focus, "unit": "hours", "provenance": panel.provenance}
    return [of_curves(_curves(fits, name=name, title=title, method=_HOURS, **kept), spans, "UTC days")]


def _curves(fits: Mapping[str, LeadLag], *, focus: str, **common: Any) -> LeadLagCurves:
    frames, peaks = [], {}
    for other, fitted in fits.items():
        frame = fitted.between(focus, other)
        frame.insert(0, "with", other)
        frames.append(frame)
        peaks[other] = fitted.peak(focus, other)
    return LeadLagCurves(focus=focus, frame=pd.concat(frames), peaks=pd.DataFrame(peaks).T, **common)
