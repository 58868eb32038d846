"""The correlation on true instants over the whole reported period, with repeated quotes kept and dropped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from coupling.correlation.context import CorrelationContext, with_p_values
from coupling.correlation.findings import of_pair, of_pairs
from coupling.correlation.hayashi_yoshida import HayashiYoshidaCorrelation
from coupling.correlation.section import HayashiYoshidaSection
from coupling.correlation.wording import describe_estimate
from coupling.dates.sessions import session_of
from coupling.results.base import Result
from coupling.results.finding import Finding
from coupling.results.page_part import PagePart
from coupling.text.passage import Passage, Sentence

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["MANY_REPEATS", "PART", "TrueInstants", "make"]

MANY_REPEATS = 0.05
"""Share of repeated quotes above which the estimate without them stands beside the one with them."""

MOMENT = pd.Timedelta(seconds=1)
"""After an opening at midnight, which closes the day before."""

_METHOD = (
    "Sum of the products of all changes whose intervals overlap, over the root of the sums of squares "
    "(Hayashi and Yoshida 2005). What is estimated: {estimand}. Repeated quotes pull it towards 0; where more than "
    "{share:.0f} % of an instrument's changes are repeats, the estimate without them is reported alongside. 95 % "
    "intervals: "
    "delete-one-week jackknife over both instruments at once with a t quantile; measured coverage .92 to .96."
)


@dataclass(frozen=True, kw_only=True)
class TrueInstants(Result):
    """Hayashi–Yoshida correlations of one period, with repeated quotes kept and, where they are many, dropped.

    Notes
    -----
    ``frame`` is indexed by ``with`` and ``repeats`` (kept or dropped): ``estimate``, ``lower``, ``upper``, ``n``
    (overlaps), ``weeks``, and ``repeated share``, the larger one of the pair.
    """

    focus: str
    period: str

    @property
    def sentence(self) -> str:
        """Say each pair's correlation with its interval, and what dropping repeats changes."""
        others = self.frame.index.get_level_values("with").unique()
        parts = tuple(f"with {other} {self._said(other)}" for other in others)
        return Passage(
            Sentence(f"{self.period}, {self.focus}'s asynchronous-adjusted correlation (95 % intervals):", parts)
        )

    def _said(self, other: str) -> str:
        rows = self.frame.loc[other]
        kept: Any = rows.loc["kept"]
        numbers = ["estimate", "lower", "upper", "n"]
        text = describe_estimate(*kept[numbers], counted="overlaps", named=False)
        if "dropped" not in rows.index:
            return text
        dropped: Any = rows.loc["dropped"]
        without = describe_estimate(*dropped[numbers], counted="overlaps", named=False)
        share = f"{100 * kept['repeated share']:.0f} % of changes"
        return f"{text}, and {without} without repeated quotes ({share})"

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw each estimate with its interval, hollow where it is not significant after adjustment."""
        from coupling import drawing

        ax = drawing.axes(ax)
        pairs: list[Any] = list(self.frame.index)
        labels = [other if kept == "kept" else f"{other}, repeats dropped" for other, kept in pairs]
        told = {(each.subject[-1], each.specification.rsplit(" ", 1)[-1]): each.survives for each in self.findings}
        hollow = [not told.get(pair, False) for pair in pairs]
        drawing.intervals(ax, self.frame.set_axis(labels), names=[other for other, _ in pairs], hollow=hollow)
        drawing.zero_line(ax, vertical=True)
        ax.set_xlabel(f"correlation with {self.focus}, 95 % interval; hollow: adjusted p not below 0.05")
        return ax


def make(section: HayashiYoshidaSection, context: CorrelationContext) -> TrueInstants:
    """Return the Hayashi–Yoshida correlation of the focus with each other instrument over the reported period."""
    observations = context.observations(None)
    options = {**dict(section), "window": None}
    estimator = HayashiYoshidaCorrelation(**{**options, "stale": "keep"})
    rows: dict[tuple[str, str], pd.Series] = {}
    for other in context.others:  # one pair at a time: of bars each is large
        pair = {name: observations[name] for name in (context.focus, other)}
        share = float(estimator.fit(pair).repeated_.max())
        for word, stale in (("kept", "keep"), ("dropped", "drop")) if share > MANY_REPEATS else (("kept", "keep"),):
            again = estimator if word == "kept" else HayashiYoshidaCorrelation(**{**options, "stale": stale}).fit(pair)
            row = with_p_values(again, context.focus, other).iloc[0]
            rows[other, word] = pd.concat([row, pd.Series({"repeated share": share})])
    first = min(item.levels.index[0] for item in observations.values())
    last = max(item.levels.index[-1] for item in observations.values())
    frame, span = _frame_of(rows), (session_of(first + MOMENT), session_of(last))
    return TrueInstants(
        name="correlation-true-instants",
        title="Asynchronous-adjusted correlation over the whole period (Hayashi–Yoshida)",
        method=_METHOD.format(estimand=estimator.estimand_, share=100 * MANY_REPEATS),
        frame=frame,
        provenance=context.panel.provenance,
        focus=context.focus,
        period=f"{span[0]} to {span[1]}",
        findings=tuple(
            finding
            for word, stale in (("kept", "keep"), ("dropped", "drop"))
            for finding in _findings(context, frame, span, word, context.joint(None, {**options, "stale": stale}).frame)
        ),
    )


def _findings(
    context: CorrelationContext, frame: pd.DataFrame, span: tuple[date, date], word: str, pairs: pd.DataFrame
) -> tuple[Finding, ...]:
    """Judge each pair over the whole period, adjusted for all of them whether or not their repeats are many."""
    shown = frame[frame.index.get_level_values("repeats") == word].droplevel("repeats").dropna(subset="estimate")
    made = (
        of_pair(
            (context.focus, str(other)),
            row,
            span,
            smallest=context.smallest,
            specification=f"true instants, whole period, repeats {word}",
            clock="UTC days",
            method="Hayashi–Yoshida correlation over the whole period; n counts overlaps",
            evidence="correlation-true-instants",
        )
        for other, row in shown.iterrows()
    )
    return of_pairs(made, jointly=pairs["p_adjusted"].reindex(shown.index).to_numpy())


def _frame_of(rows: dict[tuple[str, str], pd.Series]) -> pd.DataFrame:
    """Return the frame of a `TrueInstants` from its rows."""
    frame = pd.DataFrame(rows).T
    frame.index = frame.index.set_names(["with", "repeats"])
    return frame.astype({"n": "int64", "weeks": "int64"})


PART = PagePart(
    place=30,
    section="hayashi_yoshida",
    name="correlation-true-instants",
    title="Asynchronous-adjusted correlation, whole period",
    make=make,
)
