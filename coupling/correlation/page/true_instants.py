"""Asynchronous-adjusted correlation in moving windows: the focus with each other instrument."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from coupling.correlation.context import CorrelationContext, with_p_values
from coupling.correlation.hayashi_yoshida import HayashiYoshidaCorrelation
from coupling.correlation.page.paths import CorrelationPaths, answered, paths_of
from coupling.correlation.page.rolling import POINTWISE
from coupling.correlation.section import HayashiYoshidaSection
from coupling.dates.durations import parse_duration
from coupling.results.page_part import PagePart

__all__ = ["PART", "make"]

WEEK = "7d"
_WEEKS = "95 % intervals: delete-one-week jackknife with a t quantile; fewer than ten weeks: missing."


def make(section: HayashiYoshidaSection, context: CorrelationContext) -> CorrelationPaths:
    """Return the Hayashi–Yoshida correlation of the focus with each other instrument."""
    parts = {}
    for other, fitted in _fits(section, context):
        part = with_p_values(fitted, context.focus, other)
        parts[other] = part[part.index <= context.last_common(other).ceil("D")]
    paths = paths_of(
        context,
        parts,
        name="correlation-hayashi-yoshida",
        title=f"Asynchronous-adjusted correlation over {context.length(section.window)} (Hayashi–Yoshida)",
        method="Sum of the products of all changes whose intervals overlap, over the root of the sums "
        f"of squares (Hayashi and Yoshida 2005). What is estimated: {fitted.estimand_}. {_WEEKS} {POINTWISE}",
        counted="overlaps",
        unequal=(),
    )
    specification = f"true instants {context.size(section.window)}"
    opening, pairs = partial(_opens, section.window, context), context.joint(section.window, dict(section)).frame
    rows = pairs.reindex(paths.latest.index)
    same = np.isclose(rows["estimate"], paths.latest["estimate"]).all()  # other steps end on other days
    jointly = rows["p_adjusted"].to_numpy() if same else None
    return answered(paths, context, specification, opening, jointly=jointly)


def _fits(section: HayashiYoshidaSection, context: CorrelationContext) -> Iterator[tuple[str, Any]]:
    """Yield each other instrument with the estimator: of bars pair by pair, and every week where no step is stated."""
    if context.step:
        stated = "step" in section.model_fields_set
        section = section if stated else section.model_copy(update={"step": WEEK})
        seen = context.observations(section.window)
        for other in context.others:
            yield other, section.fit({name: seen[name] for name in (context.focus, other)})
        return
    estimator = HayashiYoshidaCorrelation(**dict(section), focus=context.focus)
    fitted = estimator.fit(context.observations(section.window))
    for other in context.others:
        yield other, fitted


def _opens(window: str | None, context: CorrelationContext, other: str, end: pd.Timestamp) -> pd.Timestamp:
    """Return the instant from which a window on true instants reaches, by its last day."""
    seen = context.observations(window)
    first = max(pd.Timestamp(seen[name].levels.index[0]) for name in (context.focus, other))
    ends = end.tz_localize("UTC") + pd.Timedelta(days=1)
    opens = first if window is None else max(first, ends - parse_duration(window))
    return opens + pd.Timedelta(seconds=1)  # what is struck at midnight closes the day before


PART = PagePart(
    place=20,
    section="hayashi_yoshida",
    name="correlation-hayashi-yoshida",
    title="Asynchronous-adjusted correlation",
    make=make,
)
