"""Shrunk correlation of all pairs at the last window."""

from __future__ import annotations

from coupling.correlation.context import CorrelationContext, last_of_pairs
from coupling.correlation.page.matrix import CorrelationMatrix, matrix_of
from coupling.correlation.page.rolling import JACKKNIFE
from coupling.correlation.section import ShrunkSection
from coupling.results.page_part import PagePart

__all__ = ["PART", "make"]


def make(section: ShrunkSection, context: CorrelationContext) -> CorrelationMatrix:
    """Return the shrunk correlation of all pairs at the last window."""
    fitted = section.fit(context.changes)
    return matrix_of(
        context,
        last_of_pairs(fitted),
        specification=f"shrunk, {context.size(section.window)}",
        window=section.window,
        name="correlation-shrunk",
        title=f"Shrunk correlation over {context.length(section.window)}",
        method="Correlations of standardised changes, all pulled towards 0 by the share of Ledoit and Wolf (2004): "
        f"{fitted.shrinkage_.iloc[-1]:.3f} at the last window. The intervals are those before shrinking. {JACKKNIFE}",
    )


PART = PagePart(place=90, section="shrunk", name="correlation-shrunk", title="Shrunk correlation", make=make)
