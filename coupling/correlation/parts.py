"""The parts of the room's page: one function per estimator, from its section to its result."""

from __future__ import annotations

from coupling.correlation.beta import RollingBeta
from coupling.correlation.context import Context, last_of_pairs
from coupling.correlation.dcc import DccCorrelation
from coupling.correlation.exponential import ExponentialCorrelation
from coupling.correlation.hayashi_yoshida import HayashiYoshidaCorrelation
from coupling.correlation.partial import PartialCorrelation
from coupling.correlation.rolling import RollingCorrelation
from coupling.correlation.section import (
    BetaSection,
    DccSection,
    ExponentialSection,
    HayashiYoshidaSection,
    PartialSection,
    RollingSection,
    ShrunkSection,
    TailSection,
)
from coupling.correlation.shrunk import ShrunkCorrelation
from coupling.correlation.tail import TailDependence
from coupling.correlation.windows import Window
from coupling.results.correlation import CorrelationMatrix, CorrelationPaths, TailPairs

__all__ = ["beta", "dcc", "exponential", "matrix", "partial", "rolling", "shrunk", "tail", "true_instants"]

_JACKKNIFE = (
    "95 % intervals: delete-block jackknife of Fisher's z with a Student quantile whose degrees of freedom follow the "
    "kurtosis of the left-out values, never narrower than Fisher's; measured coverage .94 to .97 under independence, "
    "heavy tails, GARCH and serial correlation (table in docs/coverage.md)."
)
_POINTWISE = "They are pointwise: each holds for one window, not for the whole path."
_FISHER = "95 % intervals: Fisher's z with 1/sqrt(n - 3), which holds for independent normal changes only."
_WEEKS = "95 % intervals: delete-one-week jackknife with a t quantile; fewer than ten weeks: missing."


def rolling(section: RollingSection, context: Context) -> CorrelationPaths:
    """Return the rolling correlation of the focus with each other instrument on the pair's own ticks."""
    parts = {}
    for other in context.others:
        fitted = RollingCorrelation(**dict(section)).fit(context.pair(other).changes)
        parts[other] = fitted.between(context.focus, other)
    size = size_of(section.window)
    return context.paths(
        parts,
        name="correlation-rolling",
        title=f"Rolling correlation over {size}",
        method=f"{section.method.title()} correlation of the changes of the last {size} on the pair's own ticks; at "
        f"least {section.min_share:.0%} of them. {_interval_note(section)} {_POINTWISE}",
    )


def true_instants(section: HayashiYoshidaSection, context: Context) -> CorrelationPaths:
    """Return the Hayashi–Yoshida correlation of the focus with each other instrument."""
    fitted = HayashiYoshidaCorrelation(**dict(section)).fit(context.panel.observations)
    parts = {}
    for other in context.others:
        part = fitted.between(context.focus, other)
        parts[other] = part[part.index <= context.last_common(other).ceil("D")]
    return context.paths(
        parts,
        name="correlation-hayashi-yoshida",
        title=f"Correlation on true instants over {size_of(section.window)} (Hayashi–Yoshida)",
        method="Sum of the products of all changes whose intervals between strikes overlap, over the root of the sums "
        f"of squares (Hayashi and Yoshida 2005). What is estimated: {fitted.estimand_}. {_WEEKS} {_POINTWISE}",
        counted="overlaps",
        unequal=(),
    )


def exponential(section: ExponentialSection, context: Context) -> CorrelationPaths:
    """Return the exponentially weighted correlation of the focus with each other instrument."""
    parts = {}
    for other in context.others:
        fitted = ExponentialCorrelation(**dict(section)).fit(context.pair(other).changes)
        parts[other] = fitted.between(context.focus, other)
    return context.paths(
        parts,
        name="correlation-exponential",
        title=f"Exponentially weighted correlation, half-life {section.halflife:g} rows",
        method=f"Weights halve every {section.halflife:g} rows, cut at {size_of(section.window)}. The intervals are "
        f"those of the rolling correlation for the effective sample. {_POINTWISE}",
    )


def dcc(section: DccSection, context: Context) -> CorrelationPaths:
    """Return the dynamic conditional correlation of the focus with each other instrument, on common ticks."""
    fitted = DccCorrelation(**dict(section)).fit(context.panel.changes)
    kind = "asymmetric " if section.asymmetric else ""
    return context.paths(
        {other: fitted.between(context.focus, other) for other in context.others},
        name="correlation-dcc",
        title=f"Dynamic conditional correlation ({kind}DCC-{section.margins.upper()})",
        method=f"DCC(1,1) of Engle (2002), {section.margins.upper()} margins, {section.distribution} law, all "
        f"instruments together: alpha {fitted.alpha_:.4f}, beta {fitted.beta_:.4f}. The band shows parameter "
        "uncertainty only. A path conditions on the past; it is a picture, not data for a test of change.",
        warnings=tuple(fitted.warnings_),
    )


def beta(section: BetaSection, context: Context) -> CorrelationPaths:
    """Return the slope of the focus on each other instrument, on the pair's own ticks."""
    parts = {}
    for other in context.others:
        fitted = RollingBeta(driver=other, **dict(section)).fit(context.pair(other).changes)
        parts[other] = fitted.between(context.focus, other)
    size = size_of(section.window)
    units = {name: context.panel.instruments[name].change_unit for name in (context.focus, *context.others)}
    per = ", ".join(f"{units[context.focus]} per {units[other]} of {other}" for other in context.others)
    return context.paths(
        parts,
        name="correlation-beta",
        title=f"Rolling beta over {size}",
        method=f"Least-squares slope of {context.focus}'s change on the other's, with a constant, over {size}: {per}. "
        f"95 % intervals: delete-block jackknife. {_POINTWISE}",
        quantity="beta",
    )


def matrix(section: RollingSection, context: Context) -> CorrelationMatrix:
    """Return the same-row correlation of all pairs over the whole reported period."""
    whole = section.model_copy(update={"window": None})
    fitted = RollingCorrelation(**dict(whole)).fit(context.changes)
    return context.matrix(
        last_of_pairs(fitted),
        name="correlation-matrix",
        title="Correlation of all pairs over the whole period",
        method=f"{section.method.title()} correlation of the changes on common ticks. {_interval_note(section)}",
    )


def partial(section: PartialSection, context: Context) -> CorrelationMatrix:
    """Return the partial correlation of all pairs at the last window."""
    fitted = PartialCorrelation(**dict(section)).fit(context.changes)
    given = [section.given] if isinstance(section.given, str) else section.given
    rest = "every other instrument" if given is None else ", ".join(given)
    return context.matrix(
        last_of_pairs(fitted),
        name="correlation-partial",
        title=f"Partial correlation given {rest}, over {size_of(section.window)}",
        method=f"Correlation of what is left of two instruments after a linear regression on {rest}. {_JACKKNIFE}",
    )


def shrunk(section: ShrunkSection, context: Context) -> CorrelationMatrix:
    """Return the shrunk correlation of all pairs at the last window."""
    fitted = ShrunkCorrelation(**dict(section)).fit(context.changes)
    return context.matrix(
        last_of_pairs(fitted),
        name="correlation-shrunk",
        title=f"Shrunk correlation over {size_of(section.window)}",
        method="Correlations of standardised changes, all pulled towards 0 by the share of Ledoit and Wolf (2004): "
        f"{fitted.shrinkage_.iloc[-1]:.3f} at the last window. The intervals are those before shrinking. {_JACKKNIFE}",
    )


def tail(section: TailSection, context: Context) -> TailPairs:
    """Return the tail dependence of all pairs at the last window, beside what elliptical laws would give."""
    fitted = TailDependence(**dict(section)).fit(context.changes)
    what = "Share of one's worst rows that are the other's too (chi)"
    if section.measure == "exceedance":
        what = "Correlation within the joint tail"
    return TailPairs(
        name="correlation-tail",
        title=f"{section.tail.title()} tail at {section.quantile:.0%} over {size_of(section.window)}",
        method=f"{what.replace('worst', 'highest') if section.tail == 'upper' else what}, beside the value that a "
        "normal law and a Student law with the same rank correlation give at the same quantile.",
        frame=last_of_pairs(fitted),
        provenance=context.panel.provenance,
        quantity="chi" if section.measure == "chi" else "exceedance correlation",
    )


def size_of(window: Window) -> str:
    """Return the words for the size of a window."""
    return "the whole period" if window is None else f"{window} rows" if isinstance(window, int) else window


def _interval_note(section: RollingSection) -> str:
    return _JACKKNIFE if section.interval == "jackknife" else _FISHER
