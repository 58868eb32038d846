"""All pairs: two matrices of correlations, before and since a known date."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from coupling.change import judge
from coupling.change.context import RAW, STANDARDIZED, ChangeContext
from coupling.change.finding_rows import difference, known, of_sides
from coupling.change.long_run import long_run
from coupling.change.outcomes import SMALLEST, Outcome, outcome
from coupling.change.split import SplitSample
from coupling.change.split_rows import MOMENT, baseline_start, gated, rows_correlations
from coupling.errors import CouplingError, TooShortError
from coupling.inference import adjust_p_values
from coupling.inference.families import ALL_PAIRS, HOLM
from coupling.limits.budget import count
from coupling.results.base import Result
from coupling.results.finding import Finding
from coupling.text.passage import Passage
from coupling.text.wording import listed, p_value, signed, two

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["MatricesResult", "make", "of_matrices"]

MARK = "*"
_WORDS = {
    Outcome.CHANGED: ("changed", "changed"),
    Outcome.DEPENDS_ON_BASELINE: ("is sensitive to the baseline", "are sensitive to the baseline"),
    Outcome.UNCHANGED: ("is unchanged", "are unchanged"),
    Outcome.WANDERS: ("differs no more than it usually wanders", "differ no more than they usually wander"),
    Outcome.UNTESTED: ("differs, over too few sessions to say more", "differ, over too few sessions to say more"),
    Outcome.NOT_ESTABLISHED: ("has no significant difference", "have no significant difference"),
}


@dataclass(frozen=True, kw_only=True)
class MatricesResult(Result):
    """Correlation of every pair of the panel on both sides of a known date.

    Parameters
    ----------
    names : tuple of str
        The instruments, in the order of the maps.
    date : Timestamp
        The split.
    smallest : float
        The smallest change that matters.
    read : mapping
        Outcomes of the pairs that a split judges, by subject.

    Notes
    -----
    ``frame`` has one row per pair (``left``, ``right``): ``before`` and ``after`` with ``_lower`` and ``_upper``,
    ``estimate`` (after minus before) with ``lower, upper, p_value, p_adjusted`` (Holm, over the pairs), ``n_before``,
    ``n_after``, ``long_run_p`` and ``long_run_p_adjusted`` (of the mean about which it wanders), ``baseline_from``,
    ``to`` and ``unequal_closes`` (less than 0.6 of a row shared).
    """

    names: tuple[str, ...]
    date: pd.Timestamp
    smallest: float = SMALLEST
    read: Mapping[tuple[str, ...], Outcome] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """Count the verdicts, and say the largest change with its interval, and what non-synchronous closes do."""
        known = self.frame.dropna(subset=["estimate", "lower", "upper"])
        if known.empty:
            return f"{self.title}: no pair has enough movement on both sides for an interval."
        span = f"since {self.date:%Y-%m-%d} against {self._period}"
        if len(self.frame) == 1:
            row = known.iloc[0]
            told = f"Correlation {span}: {_change(row)}; it {self._counts(known).removeprefix('1 ')}"
            return Passage(f"{told} ({p_value(row['p_value'])}).", self._read(), self._closes())
        held = int((known["p_adjusted"] < 0.05).sum())
        tests = f"adjusted p below 0.05 in {held or 'none'} of {count(len(known), 'test')}"
        largest = _change(known.iloc[int(known["estimate"].abs().to_numpy().argmax())])
        head = f"Correlations {span}: of {count(len(known), 'pair')}"
        told = f"{head} {self._counts(known)} ({tests}); the largest change is {largest}{self._missing(len(known))}."
        return Passage(told, self._read(), self._closes())

    @property
    def _period(self) -> str:
        return f"{self.frame['baseline_from'].min():%Y-%m-%d} to {self.date:%Y-%m-%d}"

    def _counts(self, known: pd.DataFrame) -> str:
        """Count the verdicts on the pairs that have an interval."""
        pairs = [frozenset(pair) for pair in zip(known["left"], known["right"], strict=True)]
        means = dict(zip(pairs, known["long_run_p_adjusted"], strict=True))
        judged = {frozenset(each.subject): each for each in self.findings}
        counts = Counter(self.read.get(judged[pair].subject) or outcome(judged[pair], means[pair]) for pair in pairs)
        return listed([f"{counts[kind]} {words[counts[kind] > 1]}" for kind, words in _WORDS.items() if counts[kind]])

    def _read(self) -> str:
        read = [" – ".join(each.subject) for each in self.findings if each.evidence != self.name]
        return f"{listed(read)} {'is' if len(read) == 1 else 'are'} judged by the split." if read else ""

    def _missing(self, known: int) -> str:
        short = len(self.names) * (len(self.names) - 1) // 2 - known
        return f"; {short} without an interval" if short else ""

    def _closes(self) -> str:
        marked = int(self.frame["unequal_closes"].sum())
        if not marked:
            return ""
        subject = "One pair has" if marked == 1 else f"{marked} pairs have"
        return (
            f"{subject} non-synchronous closes (marked {MARK}), which pull both contemporaneous correlations and "
            "their difference "
            "towards 0, so a change can be missed there."
        )

    def table(self, side: Literal["before", "after"]) -> pd.DataFrame:
        """Return the correlations of one side as a square table with ones on its diagonal."""
        return self._square(side, diagonal=1.0)

    def _square(self, column: str, *, diagonal: float) -> pd.DataFrame:
        values = np.full((len(self.names), len(self.names)), np.nan)
        np.fill_diagonal(values, diagonal)
        cells = self.frame["p_adjusted"] < 0.05 if column == "sure" else self.frame[column]
        left, right = (pd.Index(self.names).get_indexer(pd.Index(self.frame[side])) for side in ("left", "right"))
        values[left, right] = values[right, left] = cells.to_numpy(float)
        return pd.DataFrame(values, index=list(self.names), columns=list(self.names))

    def summary(self) -> pd.DataFrame:
        """Return one row per pair, the largest change first."""
        rows = self.frame.loc[self.frame["estimate"].abs().sort_values(ascending=False, kind="stable").index]
        pairs = [f"{left} – {right}" for left, right in zip(rows["left"], rows["right"], strict=True)]
        columns = ["before", "after", "estimate", "lower", "upper", "p_value", "p_adjusted", "n_before", "n_after"]
        return rows[[*columns, "unequal_closes"]].set_axis(pd.Index(pairs, name="pair"))

    @property
    def figure_rows(self) -> int:
        """Three maps, each as tall as its instruments need."""
        return 3 * max(1, -(-len(self.names) // 9))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw both sides and the change by what lies below their diagonals, on one colour scale.

        Pairs with non-synchronous closes are marked in their cells; a change that is significant after adjustment is
        bold.
        """
        from coupling import drawing

        ax = drawing.axes(ax, rows=self.figure_rows)
        since, until = self.frame["baseline_from"].min(), self.frame["to"].max()
        spans = [
            f"before: {since:%Y-%m-%d} to {self.date:%Y-%m-%d}",
            f"since: {self.date:%Y-%m-%d} to {until:%Y-%m-%d}",
            "change",
        ]
        panels = drawing.panels(ax, spans, share=False)
        marked, sure = self._square("unequal_closes", diagonal=0.0), self._square("sure", diagonal=0.0)
        for panel, side in zip(panels, ("before", "after", "estimate"), strict=True):
            table = self._square(side, diagonal=1.0)
            drawing.heat_map(panel, table, limit=1.0, triangle=True)
            self._mark(panel, table, marked, sure if side == "estimate" else None)
        notes = [f"{MARK} non-synchronous closes: pulled towards 0"] if self.frame["unequal_closes"].any() else []
        panels[-1].set_xlabel("; ".join([*notes, "bold: significant after adjustment"]))
        return ax

    def _mark(self, panel: Axes, table: pd.DataFrame, marked: pd.DataFrame, sure: pd.DataFrame | None) -> None:
        """Mark the cells of some pairs, and write others bold; a missing cell has no text."""
        below = np.tril(np.ones(table.shape, dtype=bool), -1) & table.notna().to_numpy()
        signs = marked.to_numpy()[below] == 1.0
        bold = np.zeros(len(signs), dtype=bool) if sure is None else sure.to_numpy()[below] == 1.0
        for text, sign, heavy in zip(panel.texts, signs, bold, strict=bool(panel.texts)):
            text.set_text(f"{text.get_text()}{MARK if sign else ''}")
            text.set_fontweight("bold" if heavy else "normal")


def _change(row: Any) -> str:
    span = f"95 % interval {signed(row['lower'])} to {signed(row['upper'])}"
    size = f"n = {row['n_before']:,.0f} and {row['n_after']:,.0f}"
    move = f"from {two(row['before'])} to {two(row['after'])}, {signed(row['estimate'])}"
    return f"{row['left']} – {row['right']}, {move} ({span}, {size})"


METHOD = (
    "Contemporaneous Pearson correlation of changes, each divided by its exponentially weighted volatility known "
    "one observation "
    "earlier, so that a change of volatility alone moves no cell; each pair at its own observation times, so the "
    "cells of one map "
    "need not have the same sample. Intervals: delete-block jackknife of Fisher's z (20 blocks, t quantile); the "
    "difference, after minus before, recovers variances from the two (Zou 2007), measured coverage .95 to .97. Its "
    "p-values are adjusted over all pairs by Holm. A pair has changed if its long-run mean changed too: a t test on "
    "averages over blocks of at least 100 sessions, adjusted likewise."
)


def make(context: ChangeContext, day: dt.date, baseline: str, smallest: float = SMALLEST) -> MatricesResult:
    """Return the correlations of all pairs on both sides of one date.

    Raises
    ------
    InputError
        If no pair can be split there.
    """
    date = pd.Timestamp(day, tz="UTC")
    rows, notes = [], []
    for pair in context.panel.overlap.itertuples():
        try:
            row = _row(context, str(pair.left), str(pair.right), date, baseline)
        except CouplingError as error:
            notes.append(str(error))
        else:
            rows.append(row | {"unequal_closes": bool(pair.unequal_closes)})
    if not rows:
        raise TooShortError(f"No pair can be split at {day}: {notes[0]}")
    frame = pd.DataFrame(rows)
    for p, adjusted in (("p_value", "p_adjusted"), ("long_run_p", "long_run_p_adjusted")):
        frame[adjusted] = adjust_p_values(frame[p].to_numpy(float))
    result = MatricesResult(
        name=f"change-matrices-{day:%Y-%m-%d}",
        title=f"All pairs before and since {day:%Y-%m-%d}",
        method=METHOD,
        frame=frame,
        provenance=context.panel.provenance,
        warnings=tuple(notes),
        names=tuple(context.panel.levels.columns),
        date=date,
        smallest=smallest,
    )
    return of_matrices(result, focus=context.focus, baseline=baseline, clock=context.clock)


def _row(context: ChangeContext, left: str, right: str, date: pd.Timestamp, baseline: str) -> dict[str, Any]:
    pair = context.pair(left, right)
    ticks = pair.levels.index
    starts = [baseline_start(baseline, date, ticks[-1]), context.start, ticks[0]]
    start = max(each for each in starts if each is not None)
    row = context.once(_sample, left, right).compare(date + MOMENT, start + MOMENT)
    tested = long_run(*rows_correlations(context, (left, right), date, start))
    ends = [f"{side}{end}" for side in ("before", "after") for end in ("", "_lower", "_upper")]
    return {
        "left": left,
        "right": right,
        **{name: row[name] for name in ends},
        "estimate": row["difference"],
        **{name: row[name] for name in ("lower", "upper", "p_value")},
        "n_before": row["before_n"],
        "n_after": row["after_n"],
        "long_run_p": float("nan") if tested is None else tested.p_value,
        "baseline_from": pair.opening(start),
        "to": context.sessions.label(ticks[-1]),
    }


def _sample(context: ChangeContext, left: str, right: str) -> SplitSample:
    """Return the standardised changes of a pair whose raw ones have passed the gate."""
    steady = context.changes_of(left, right)[STANDARDIZED]
    rows = len(context.once(gated, *steady.columns, RAW))
    return SplitSample.of(steady[[left, right]].iloc[:rows], scaled=True)[0]


def of_matrices(result: MatricesResult, *, focus: str, baseline: str, clock: str) -> MatricesResult:
    """Return the matrices with a finding for every pair that could be compared."""
    compared = result.frame.dropna(subset="estimate")
    findings = tuple(
        Finding(
            question="changed",
            subject=_in_order(str(row["left"]), str(row["right"]), focus),
            specification=f"all pairs, split {result.date:%Y-%m-%d} against {baseline}",
            quantity="change of the correlation",
            primary=False,
            verdict=judge.changed(difference(row), long_run_p=row["long_run_p_adjusted"], smallest=result.smallest),
            **of_sides(row, "n_before", "n_after"),
            p_adjusted=known(row["p_adjusted"]),
            family=ALL_PAIRS,
            adjustment=HOLM,
            smallest_effect=result.smallest,
            clock=clock,
            method="difference of two contemporaneous correlations, volatility-standardised",
            cautions=("non-synchronous closes pull both correlations towards 0",) if row["unequal_closes"] else (),
            evidence=result.name,
        )
        for _, row in compared.iterrows()
    )
    return replace(result, findings=findings)


def _in_order(left: str, right: str, focus: str) -> tuple[str, str]:
    return (right, left) if right == focus else (left, right)
