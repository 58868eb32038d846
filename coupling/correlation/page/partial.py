"""Partial correlation of all pairs at the last window."""

from __future__ import annotations

from coupling.correlation.context import CorrelationContext, last_of_pairs
from coupling.correlation.page.matrix import CorrelationMatrix, matrix_of
from coupling.correlation.page.rolling import JACKKNIFE
from coupling.correlation.section import PartialSection
from coupling.results.page_part import PagePart

__all__ = ["PART", "make"]


def make(section: PartialSection, context: CorrelationContext) -> CorrelationMatrix:
    """Return the partial correlation of all pairs at the last window."""
    fitted = section.fit(context.changes)
    given = [section.given] if isinstance(section.given, str) else section.given
    rest = "every other instrument" if given is None else ", ".join(given)
    return matrix_of(
        context,
        last_of_pairs(fitted),
        specification=f"partial given {rest}, {context.size(section.window)}",
        window=section.window,
        name="correlation-partial",
        title=f"Partial correlation given {rest}, over {context.length(section.window)}",
        method=f"Correlation of what is left of two instruments after a linear regression on {rest}. {JACKKNIFE}",
    )


PART = PagePart(place=80, section="partial", name="correlation-partial", title="Partial correlation", make=make)
