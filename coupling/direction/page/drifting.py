"""The total spillover through time of a model whose coefficients drift."""

from __future__ import annotations

from coupling.direction.context import DirectionContext
from coupling.direction.page.fitting import lags_in_words
from coupling.direction.page.rolling import SpilloverPaths
from coupling.direction.section import TimeVaryingSection
from coupling.direction.time_varying import TimeVaryingSpillover

__all__ = ["make"]


def make(section: TimeVaryingSection, context: DirectionContext) -> SpilloverPaths:
    """Return the total through time of a model whose coefficients drift."""
    fitted = TimeVaryingSpillover(**dict(section), random_state=context.seed).fit(context.panel.changes)
    frame = fitted.intervals().rename_axis("end")
    frame.insert(0, "series", "total")
    if context.start is not None:
        frame = frame[frame.index >= context.start]
    return SpilloverPaths(
        name="direction-time-varying",
        title=context.titled("Spillovers with drifting coefficients"),
        method=f"Vector autoregression with {lags_in_words(fitted.lags_, section.lags)} whose coefficients drift, "
        f"forgetting factors {section.kappa1} and {section.kappa2}, filtered (Antonakakis, Chatziantoniou and "
        "Gabauer 2020); 95 % intervals: the filter's error on series from a constant model, each row by itself.",
        frame=context.panel.sessions.relabelled(frame),
        provenance=context.panel.provenance,
        warnings=context.warnings,
        names=(),
        one_instant=context.closes.support_direction,
        span=f"about {1 / (1 - min(section.kappa1, 0.9999)):.0f} observations of memory",
        counted_unstable=fitted.n_held_,
    )
