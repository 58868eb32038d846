"""The room's own page: how tightly the focus is coupled to every other instrument."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import pandas as pd

from coupling.correlation.hayashi_yoshida import HayashiYoshidaCorrelation
from coupling.correlation.rolling import RollingCorrelation
from coupling.correlation.section import CorrelationSection, HayashiYoshidaSection, RollingSection
from coupling.correlation.verdict import verdict
from coupling.data.panel import Panel
from coupling.errors import CouplingError
from coupling.results.base import Failure, Result, RoomResult
from coupling.results.correlation import CorrelationMatrix, CorrelationPaths

__all__ = ["QUESTION", "run"]

QUESTION = "How tight is it?"

_JACKKNIFE = (
    "95 % intervals: delete-block jackknife of Fisher's z with a Student quantile whose degrees of freedom follow the "
    "kurtosis of the left-out values; measured coverage .93 to .96 under independence, heavy tails, GARCH and serial "
    "correlation (table in docs/correlation.md). They are pointwise: each holds for one window, not for the whole path."
)
_FISHER = "95 % intervals: Fisher's z with 1/sqrt(n - 3), which holds for independent normal changes only; pointwise."
_WEEKS = "95 % intervals: delete-one-week jackknife with a t quantile, pointwise; fewer than ten weeks: missing."


@dataclass(frozen=True)
class Context:
    """What every part of the page needs."""

    panel: Panel
    focus: str
    start: pd.Timestamp | None

    @property
    def others(self) -> list[str]:
        """Every instrument but the focus."""
        return [name for name in self.panel.levels.columns if name != self.focus]

    @property
    def unequal_pairs(self) -> set[frozenset[str]]:
        """Pairs whose change intervals share less than 0.6 of a row."""
        overlap = self.panel.overlap
        marked = overlap[overlap["unequal_closes"]]
        return {frozenset(pair) for pair in zip(marked["left"], marked["right"], strict=True)}

    @property
    def unequal(self) -> tuple[str, ...]:
        """Instruments whose closes are unequal to the focus's."""
        return tuple(other for other in self.others if frozenset((self.focus, other)) in self.unequal_pairs)

    def last_common(self, other: str) -> pd.Timestamp:
        """Return the instant up to which both the focus and another instrument have observations."""
        ends: list[pd.Timestamp] = [self.panel.observations[name].levels.index[-1] for name in (self.focus, other)]
        return min(ends)

    def reported(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows from the start of the report on."""
        return frame if self.start is None else frame[frame.index >= self.start]

    def true_path(self, ends: pd.DatetimeIndex) -> pd.DataFrame | None:
        """Return the true correlation of each pair at the window ends, in a simulated market."""
        truth = self.panel.truth
        if truth is None:
            return None
        return pd.DataFrame({other: truth.correlation(self.focus, other, ends) for other in self.others})


Maker = Callable[[Context], Result]


def run(
    section: CorrelationSection,
    panel: Panel,
    *,
    focus: str,
    start: pd.Timestamp | None,
    seed: int,  # noqa: ARG001
) -> RoomResult:
    """Return the paths and matrices that the section asks for, and one verdict sentence.

    Parameters
    ----------
    section : CorrelationSection
        Which estimators, with which parameters.
    panel : Panel
        Aligned changes and unaligned observations.
    focus : str
        The instrument that is compared with every other.
    start : Timestamp, optional
        Instant (UTC) from which results are reported; windows reach back before it.
    seed : int
        Nothing in this room is random; every room takes it.
    """
    context = Context(panel, focus, start)
    results = tuple(_attempt(name, title, make, context) for name, title, make in _asked(section))
    return RoomResult(name="correlation", question=QUESTION, verdict=verdict(results, context.unequal), results=results)


def _asked(section: CorrelationSection) -> Iterator[tuple[str, str, Maker]]:
    """Name what the section asks for, in the order of the page."""
    rolling, true_instants = section.rolling, section.hayashi_yoshida
    if rolling is not None:
        yield "correlation-rolling", "Rolling correlation", lambda context: _rolling(rolling, context)
    if true_instants is not None:
        title = "Correlation on true instants (Hayashi–Yoshida)"
        yield "correlation-hayashi-yoshida", title, lambda context: _true_instants(true_instants, context)
    if rolling is not None:
        yield "correlation-matrix", "Correlation of all pairs", lambda context: _matrix(rolling, context)


def _attempt(name: str, title: str, make: Maker, context: Context) -> Result | Failure:
    try:
        return make(context)
    except CouplingError as error:
        return Failure(name=name, title=title, reason=str(error))


def _rolling(section: RollingSection, context: Context) -> CorrelationPaths:
    parts = {}
    for other in context.others:
        changes = context.panel.pair(context.focus, other).changes
        parts[other] = RollingCorrelation(**dict(section)).fit(changes).between(context.focus, other)
    size = f"{section.window} rows" if isinstance(section.window, int) else section.window
    return paths(
        context,
        parts,
        name="correlation-rolling",
        title=f"Rolling correlation over {size}",
        method=f"{section.method.title()} correlation of the changes of the last {size} on the pair's own ticks; at "
        f"least {section.min_share:.0%} of them. {_interval_note(section)}",
    )


def _true_instants(section: HayashiYoshidaSection, context: Context) -> CorrelationPaths:
    fitted = HayashiYoshidaCorrelation(**dict(section)).fit(context.panel.observations)
    parts = {}
    for other in context.others:
        part = fitted.between(context.focus, other)
        parts[other] = part[part.index <= context.last_common(other).ceil("D")]
    result = paths(
        context,
        parts,
        name="correlation-hayashi-yoshida",
        title=f"Correlation on true instants over {section.window} (Hayashi–Yoshida)",
        method="Sum of the products of all changes whose intervals between strikes overlap, over the root of the sums "
        f"of squares (Hayashi and Yoshida 2005). What is estimated: {fitted.estimand_}. {_WEEKS}",
    )
    return replace(result, counted="overlaps", unequal=())


def paths(
    context: Context,
    parts: dict[str, pd.DataFrame],
    *,
    name: str,
    title: str,
    method: str,
    quantity: str = "correlation",
) -> CorrelationPaths:
    """Return the paths of the focus with each other instrument, from the start of the report on.

    Parameters
    ----------
    context : Context
        Panel, focus and start.
    parts : dict of str to DataFrame
        By other instrument, what `between` returned.
    name, title, method, quantity : str
        As in `CorrelationPaths`.
    """
    frames = []
    for other, part in parts.items():
        known = context.reported(part).dropna(subset="estimate").rename_axis("end")
        known.insert(0, "with", other)
        frames.append(known)
    frame = pd.concat(frames)
    ends = pd.DatetimeIndex(frame.index.unique()).sort_values()
    return CorrelationPaths(
        name=name,
        title=title,
        method=method,
        frame=frame,
        provenance=context.panel.provenance,
        focus=context.focus,
        quantity=quantity,
        unequal=context.unequal,
        truth=context.true_path(ends) if quantity == "correlation" else None,
    )


def _matrix(section: RollingSection, context: Context) -> CorrelationMatrix:
    changes = context.reported(context.panel.changes)
    whole = section.model_copy(update={"window": None})
    fitted = RollingCorrelation(**dict(whole)).fit(changes)
    pairs = list(combinations(changes.columns, 2))
    rows = pd.concat([fitted.between(*pair) for pair in pairs])
    rows.index = pd.MultiIndex.from_tuples(pairs, names=["left", "right"])
    rows["unequal closes"] = [frozenset(pair) in context.unequal_pairs for pair in pairs]
    span = f"{changes.index[0]:%Y-%m-%d} to {changes.index[-1]:%Y-%m-%d}"
    return CorrelationMatrix(
        name="correlation-matrix",
        title="Correlation of all pairs over the whole period",
        method=f"{section.method.title()} correlation of the changes on common ticks. {_interval_note(section)}",
        frame=rows,
        provenance=context.panel.provenance,
        names=tuple(changes.columns),
        period=span,
    )


def _interval_note(section: RollingSection) -> str:
    return _JACKKNIFE if section.interval == "jackknife" else _FISHER
