"""Rolling beta: the slope of the focus on each other instrument."""

from __future__ import annotations

from coupling.correlation.context import CorrelationContext, with_p_values
from coupling.correlation.page.paths import CorrelationPaths, answered, first_of_rows, paths_of
from coupling.correlation.page.rolling import POINTWISE
from coupling.correlation.section import BetaSection
from coupling.results.page_part import PagePart

__all__ = ["PART", "make"]


def make(section: BetaSection, context: CorrelationContext) -> CorrelationPaths:
    """Return the slope of the focus on each other instrument, at the pair's own observation times."""
    parts = {}
    for other in context.others:
        fitted = section.fitted(context.pair_changes(other, section.window), other)
        parts[other] = context.shown(with_p_values(fitted, context.focus, other))
    size, length = context.size(section.window), context.length(section.window)
    units = {name: context.panel.instruments[name].change_unit for name in (context.focus, *context.others)}
    per = ", ".join(f"{units[context.focus]} per {units[other]} of {other}" for other in context.others)
    paths = paths_of(
        context,
        parts,
        name="correlation-beta",
        title=f"Rolling beta over {length}",
        method=f"Least-squares slope of {context.focus}'s change on the other's, with a constant, over {length}: "
        f"{per}. 95 % intervals: delete-block jackknife. {POINTWISE}",
        quantity="beta",
    )
    opening = first_of_rows(context, section.window, min_share=section.min_share)
    return answered(paths, context, f"rolling beta {size}", opening)


PART = PagePart(place=60, section="beta", name="correlation-beta", title="Rolling beta", make=make)
