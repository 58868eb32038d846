"""Dynamic conditional correlation: a picture of the path, on which no finding rests."""

from __future__ import annotations

from coupling.correlation.context import CorrelationContext
from coupling.correlation.page.paths import CorrelationPaths, paths_of
from coupling.correlation.section import DccSection
from coupling.results.page_part import PagePart

__all__ = ["PART", "make"]


def make(section: DccSection, context: CorrelationContext) -> CorrelationPaths:
    """Return the dynamic conditional correlation of the focus with each other, at common observation times."""
    fitted = section.fit(context.panel.changes)
    kind = "asymmetric " if section.asymmetric else ""
    return paths_of(
        context,
        {other: context.shown(fitted.between(context.focus, other)) for other in context.others},
        name="correlation-dcc",
        title=f"Dynamic conditional correlation ({kind}DCC-{section.margins.upper()})",
        method=f"DCC(1,1) of Engle (2002), {section.margins.upper()} margins, {section.distribution} law, all "
        f"instruments together: alpha {fitted.alpha_:.4f}, beta {fitted.beta_:.4f}. The band shows parameter "
        "uncertainty only. A path conditions on the past; it is a picture, not data for a test of change.",
        warnings=tuple(fitted.warnings_),
    )


PART = PagePart(place=50, section="dcc", name="correlation-dcc", title="Dynamic conditional correlation", make=make)
