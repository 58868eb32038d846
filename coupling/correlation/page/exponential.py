"""Exponentially weighted correlation of the focus with each other instrument."""

from __future__ import annotations

from coupling.correlation.context import CorrelationContext, with_p_values
from coupling.correlation.page.paths import CorrelationPaths, answered, first_of_rows, paths_of
from coupling.correlation.page.rolling import POINTWISE
from coupling.correlation.section import ExponentialSection
from coupling.results.page_part import PagePart

__all__ = ["PART", "make"]


def make(section: ExponentialSection, context: CorrelationContext) -> CorrelationPaths:
    """Return the exponentially weighted correlation of the focus with each other instrument."""
    parts = {}
    for other in context.others:
        fitted = section.fit(context.pair_changes(other, section.window))
        parts[other] = context.shown(with_p_values(fitted, context.focus, other))
    halflife = context.counted(section.halflife)
    paths = paths_of(
        context,
        parts,
        name="correlation-exponential",
        title=f"Exponentially weighted correlation, half-life {halflife}",
        method=f"Weights halve every {halflife}, cut at {context.length(section.window)}. "
        f"The intervals are those of the rolling correlation for the effective sample. {POINTWISE}",
    )
    opening = first_of_rows(context, section.window, min_share=section.min_share)
    return answered(paths, context, f"exponential, half-life {halflife}", opening)


PART = PagePart(
    place=40,
    section="exponential",
    name="correlation-exponential",
    title="Exponentially weighted correlation",
    make=make,
)
