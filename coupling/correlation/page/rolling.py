"""Rolling correlation, and the words about windows and intervals that other parts share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from coupling.correlation.context import CorrelationContext, with_p_values
from coupling.correlation.fragile import fragile_days
from coupling.correlation.page.paths import CorrelationPaths, answered, first_of_rows, paths_of
from coupling.correlation.rolling import RollingCorrelation, fit_some
from coupling.correlation.section import RollingSection
from coupling.correlation.windows import resolve_windows
from coupling.kernels.dominated import dominated_windows
from coupling.results.page_part import PagePart
from coupling.text.wording import bound, percent, two

__all__ = ["JACKKNIFE", "PART", "POINTWISE", "interval_note", "make"]

Parts = dict[str, pd.DataFrame]

MOST_ROWS = 250
"""Rows of a window up to which each is left out in turn."""

JACKKNIFE = (
    "95 % intervals: delete-block jackknife of Fisher's z with a Student quantile whose degrees of freedom follow the "
    "kurtosis of the left-out values, never narrower than Fisher's; measured coverage .94 to .97 under independence, "
    "heavy tails, GARCH and serial correlation (table in docs/coverage.md)."
)
POINTWISE = "They are pointwise: each holds for one window, not for the whole path."
_FISHER = "95 % intervals: Fisher's z with 1/sqrt(n - 3), which holds for independent normal changes only."


def make(section: RollingSection, context: CorrelationContext) -> CorrelationPaths:
    """Return the rolling correlation of the focus with each other instrument at the pair's own observation times."""
    parts = {}
    for other in context.others:
        fitted = _fitted(section, context, context.pair_changes(other, section.window))
        parts[other] = context.shown(with_p_values(fitted, context.focus, other))
    size, length = context.size(section.window), context.length(section.window)
    paths = paths_of(
        context,
        parts,
        name="correlation-rolling",
        title=f"Rolling correlation over {length}",
        method=f"{section.method.title()} correlation of the changes of the last {length} at the pair's own "
        f"observation times; at least {percent(section.min_share)} of them. {interval_note(section)} {POINTWISE}",
        warnings=_made_by_one_day(section, context, parts),
    )
    opening = first_of_rows(context, section.window, min_share=section.min_share)
    return _fragile(section, context, answered(paths, context, f"rolling {section.method} {size}", opening))


def _fitted(section: RollingSection, context: CorrelationContext, changes: pd.DataFrame) -> RollingCorrelation:
    """Return the estimator: of bars, in the windows that the page shows."""
    estimator = RollingCorrelation(**dict(section))
    return fit_some(estimator, changes, context.sessions.last_rows(changes.index) if context.step else None)


def _fragile(section: RollingSection, context: CorrelationContext, paths: CorrelationPaths) -> CorrelationPaths:
    """Return the paths with the day on which the verdict of each latest window hangs, where windows are short."""
    rows = section.window
    if context.step:  # a bar is no day
        return paths
    if section.interval != "jackknife" or not isinstance(rows, int) or rows > MOST_ROWS:
        return paths
    windows = []
    for finding in paths.findings:
        changes = context.pair_changes(finding.subject[-1], rows)
        past = context.sessions.labels(pd.DatetimeIndex(changes.index)) <= pd.Timestamp(str(finding.end))
        stop = int(np.count_nonzero(past))
        windows.append(changes.iloc[stop - rows : stop].dropna())
    days = fragile_days(windows, ranks=section.method == "spearman", smallest=context.smallest)
    told = (
        finding if day is None else replace(finding, fragile_on=context.sessions.of(day))
        for finding, day in zip(paths.findings, days, strict=True)
    )
    return replace(paths, findings=tuple(told))


def interval_note(section: RollingSection) -> str:
    """Return the words for how the intervals are made."""
    return JACKKNIFE if section.interval == "jackknife" else _FISHER


def _made_by_one_day(section: RollingSection, context: CorrelationContext, parts: Parts) -> tuple[str, ...]:
    """Name the pairs whose latest window is significant, but made by one day, with what is left without that day."""
    if section.method != "pearson":
        return ()
    told = []
    for other, path in parts.items():
        last: Any = path.dropna(subset="estimate").iloc[-1:]
        changes = context.pair_changes(other, section.window)
        if last.empty or not (last["lower"].iloc[0] > 0 or last["upper"].iloc[0] < 0):
            continue
        stop = int(changes.index.searchsorted(last.index[0], side="right"))
        windows = resolve_windows(changes.index[:stop], section.window, min_share=section.min_share)
        x, y = changes.iloc[:stop].to_numpy(float).T
        found = dominated_windows(x, y, windows.starts[-1:], windows.stops[-1:])
        if found.marked[0]:
            one = _one(context, changes.index[found.row[0]])
            told.append(
                f"{other}: {one}, makes more than half of the latest window; without it the "
                f"correlation is {two(found.estimate[0])} ({bound(found.lower[0])} to {bound(found.upper[0])})."
            )
    return tuple(told)


def _one(context: CorrelationContext, end: Any) -> str:
    """Name the change that ends at an instant: that of a day, or of a bar."""
    if context.step:
        return f"one change of {context.step}, up to {end:%Y-%m-%d %H:%M} UTC"
    return f"one day, {context.sessions.of(end):%Y-%m-%d}"


PART = PagePart(place=10, section="rolling", name="correlation-rolling", title="Rolling correlation", make=make)
