"""One break at an unknown date."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coupling.change.break_power import DRAWS, SEED, break_power
from coupling.change.context import RAW, STANDARDIZED, ChangeContext
from coupling.change.correlation_break import CorrelationBreak
from coupling.change.finding_rows import Spans, of_constancy
from coupling.change.outcomes import MOST, SIZE, SMALLEST
from coupling.change.section import BreaksSection
from coupling.inference import adjust_p_values
from coupling.results.base import Result
from coupling.results.finding import Finding
from coupling.results.verdicts import Changed
from coupling.text.passage import Passage, Sentence
from coupling.text.wording import adjusted_for, p_value, two

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["BreakResult", "make", "of_breaks", "seen", "when"]

WEEKLY_NOTE = (
    "Pairs with non-synchronous closes are tested on weekly changes (last observation of each week ending Friday)."
)
DATES = ("likeliest", "lower", "upper", "date")


def when(row: Any, form: str = "%Y-%m-%d") -> str:
    """Say about when a correlation broke, with the set of dates that are not rejected.

    Examples
    --------
    >>> spring, summer = pd.Timestamp("2020-03-05"), pd.Timestamp("2020-07-01")
    >>> when({"likeliest": spring, "lower": spring, "upper": summer, "share": 0.05})
    'about 2020-03-05 (95 % set within 2020-03-05 to 2020-07-01, 5 % of the sample)'
    >>> when({"likeliest": spring, "lower": spring, "upper": summer, "share": 0.62})
    'at a date that is not datable (the 95 % set holds 62 % of the sample)'
    """
    if pd.isna(row["likeliest"]):
        return "at a date that is not datable (too few observations)"
    share = f"{100 * row['share']:.0f} % of the sample"
    if row["share"] > MOST:
        return f"at a date that is not datable (the 95 % set holds {share})"
    within = f"{row['lower']:{form}} to {row['upper']:{form}}"
    return f"about {row['likeliest']:{form}} (95 % set within {within}, {share})"


def seen(row: Any, smallest: float) -> str:
    """Say how often a test that finds no break would have found the smallest change; nothing where that is not known.

    Examples
    --------
    >>> seen({"power": 0.29, "power_at": pd.Timestamp("2025-01-01")}, 0.2)
    'a change of 0.20 at 2025-01-01 would be found in 29 % of samples'
    >>> seen({"power": 0.0, "power_at": pd.Timestamp("2025-01-01")}, 0.2)
    'a change of 0.20 at 2025-01-01 would be found in none of the samples'
    """
    power = row.get("power", float("nan"))
    if pd.isna(power):
        return ""
    found = f"{100 * power:.0f} % of samples" if power > 0 else "none of the samples"
    return f"a change of {two(smallest)} at {row['power_at']:%Y-%m-%d} would be found in {found}"


def beside(findings: tuple[Finding, ...], what: str) -> str:
    """Say for what a result is evidence on which the answer does not rest."""
    rests = not findings or any(each.primary for each in findings)
    return "" if rests else f"This is evidence on {what}; the answer to whether it changed rests on the split."


@dataclass(frozen=True, kw_only=True)
class BreakResult(Result):
    """Tests for a constant correlation against a break at an unknown date.

    Notes
    -----
    ``frame`` has one row per instrument (``with``) and ``changes`` (raw or volatility-standardised): ``statistic``,
    ``p_value``, ``p_adjusted`` (Holm over the instruments), ``likeliest`` date with the ends ``lower, upper`` of its
    set of dates and the set's ``share`` of the rows, ``date`` of the largest deviation, correlation ``before, after``
    the likeliest date, ``n``, ``rows`` (what a row is) and, where no break is found, ``power``: the share of simulated
    samples in which a change of ``smallest`` at ``power_at`` is. ``sets`` has one row per stretch of a set: ``with,
    changes, first, last``. ``breaks`` holds all significant breaks.
    """

    focus: str
    breaks: pd.DataFrame
    sets: pd.DataFrame
    smallest: float = SMALLEST

    @cached_property
    def leading(self) -> pd.DataFrame:
        """The rows on standardised changes, by other instrument."""
        return self.frame[self.frame["changes"] == STANDARDIZED].set_index("with")

    @property
    def sentence(self) -> str:
        """Say which pairs break, about when, and where raw changes say something else."""
        parts = tuple(f"with {other} {self.describe(str(other))}" for other in self.leading.index)
        head = f"{self.focus}'s correlation, tested for one break at an unknown date:"
        return Passage(Sentence(head, parts), beside(self.findings, "when one break came, if one did"))

    def told(self, other: str, changes: str = STANDARDIZED) -> bool:
        """Whether a break of one pair is told, as its finding judges."""
        ending = f"{changes} changes"
        asked = (each for each in self.findings if each.subject[-1] == other and each.specification.endswith(ending))
        return any(each.verdict is Changed.CHANGED for each in asked)

    def breaks_of(self, other: str) -> pd.DataFrame:
        """Return the set of dates of a pair's break; empty where none is detected or it is not datable."""
        told = other in self.leading.index and self.told(other) and float(self.leading["share"][other]) <= MOST
        rows = (self.sets["with"] == other) & (self.sets["changes"] == STANDARDIZED) & told
        return self.sets.loc[rows, ["first", "last"]]

    def describe(self, other: str) -> str:
        """Return the outcome of one pair in words."""
        row: Any = self.leading.loc[other]
        if math.isnan(row["p_value"]):
            return "undecided (too little movement)"
        size = f"n = {row['n']:,.0f} {row['rows']}"
        p = f"{p_value(row['p_adjusted'])}{adjusted_for(len(self.leading))}, {size}"
        if not self.told(other):
            return f"no break detected ({p}{self.seen(other)}){self._raw(other, told=False)}"
        moved = f"from {two(row['before'])} to {two(row['after'])}"
        return f"a break {when(row)}, {moved} ({p}){self._raw(other, told=True)}"

    def seen(self, other: str) -> str:
        """Say how often the test would have found the smallest change of one pair, after a semicolon."""
        told = seen(self.leading.loc[other], self.smallest)
        return f"; {told}" if told else ""

    def _raw(self, other: str, *, told: bool) -> str:
        raw = self.frame[(self.frame["changes"] == RAW) & (self.frame["with"] == other)]
        if raw.empty or self.told(other, RAW) == told:
            return ""
        word = "break" if not told else "do not"
        return f", though raw changes {word}, which a change of volatility alone can bring about"

    def summary(self) -> pd.DataFrame:
        """Return one row per pair and kind of changes."""
        return self.frame.reset_index(drop=True)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the date of every break with its set of dates; hollow where it cannot be told from no break."""
        from coupling import drawing

        ax = drawing.axes(ax)
        rows = self.leading.dropna(subset="likeliest")
        stretches = self.sets[self.sets["changes"] == STANDARDIZED]
        for place, (other, row) in enumerate(rows.iterrows()):
            each, told = drawing.look(str(other)), self.told(str(other))
            for _, span in stretches[stretches["with"] == other].iterrows():
                ends = pd.DatetimeIndex([span["first"], span["last"]]).tz_localize(None).to_numpy()
                ax.plot(ends, [place, place], color=each.colour, linewidth=2.2, linestyle="-" if told else ":")
            at = pd.DatetimeIndex([row["likeliest"]]).tz_localize(None).to_numpy()[0]
            fill = each.colour if told else "none"
            ax.plot([at], [place], color=each.colour, marker=each.marker, markersize=7, markerfacecolor=fill)
        ax.set_yticks(range(len(rows)), [str(other) for other in rows.index])
        ax.set_ylim(max(len(rows), 1) - 0.5, -0.5)
        drawing.time_axis(ax, "estimated break (session); hollow: no break detected")
        return ax


def make(
    section: BreaksSection, context: ChangeContext, day: dt.date | None = None, smallest: float = SMALLEST
) -> BreakResult:
    """Test every pair for a break, on raw and on standardised changes.

    Where none is found, the power is that for the smallest change that matters at `day`, or in the middle of the rows.
    """
    rows, found, sets, spans, steady = [], [], [], {}, {}
    for other in context.others:
        frames, counted = context.sound_changes(other)
        for kind, frame in frames.items():
            test = CorrelationBreak(**dict(section)).fit(frame)
            table, breaks = (context.labelled(each, *DATES) for each in (test.table_, test.breaks_))
            rows.append(table.assign(**{"with": other, "changes": kind, "rows": counted}))
            found.append(breaks.assign(**{"with": other, "changes": kind}))
            sets.append(_stretches(context.labelled(_flat(test.table_), "first", "last"), other, kind))
        steady[other] = frames[STANDARDIZED]
        spans[other] = context.span(frames[STANDARDIZED])
    frame = pd.concat(rows, ignore_index=True).drop(columns=["left", "right"])
    frame["p_adjusted"] = frame.groupby("changes")["p_value"].transform(lambda p: adjust_p_values(p.to_numpy()))
    frame = frame.join(_powers(frame, steady, context, section.method, day, smallest))
    first = ["with", "changes", "statistic", "p_value", "p_adjusted", "likeliest", "lower", "upper", "share"]
    first += ["date", "before", "after", "n", "power", "power_at"]
    several = [part for part in found if len(part)]
    result = BreakResult(
        name="change-breaks",
        title="Structural-break test, unknown date",
        method=f"Largest weighted deviation of the {section.method.title()} correlation of the first observations from "
        "that of all (Wied, Krämer and Dehling 2012); finite fourth moments are assumed. Raw changes need constant "
        "variances: when both rise ninefold a constant correlation is rejected in .66 of samples, with standardised "
        "changes in .04. p-values are adjusted over the pairs (Holm). Dates: the set that a likelihood ratio does not "
        "reject (bivariate t law, standardised changes; Eo and Morley 2015), if there is one "
        "break and the correlation is otherwise constant; date is where the deviation is largest. Power of a pair "
        f"without a break: the share of {DRAWS[section.method]} simulated samples of its length and correlation (t5, "
        f"stochastic volatility, standardised, seed {SEED}) in which a change of {smallest:.2f} at the date stated is "
        f"found at 5 % adjusted for the pairs. {WEEKLY_NOTE}",
        frame=frame[[*first, "rows"]],
        provenance=context.panel.provenance,
        focus=context.focus,
        breaks=(pd.concat(several, ignore_index=True) if several else found[0]).drop(columns="set"),
        sets=pd.concat(sets, ignore_index=True),
        smallest=smallest,
    )
    return of_breaks(result, spans, context.clock)


def _powers(
    frame: pd.DataFrame,
    steady: Mapping[str, pd.DataFrame],
    context: ChangeContext,
    method: str,
    day: dt.date | None,
    smallest: float,
) -> pd.DataFrame:
    """Return, for the pairs without a break, how often the test would find the smallest change, and where."""
    powers = pd.DataFrame({"power": np.nan, "power_at": pd.NaT}, index=frame.index)
    size = SIZE / len(steady)
    for place, row in frame[(frame["changes"] == STANDARDIZED) & (frame["p_adjusted"] >= SIZE)].iterrows():
        rows = steady[row["with"]]
        last = rows.index <= pd.Timestamp(day, tz="UTC") if day is not None else np.arange(len(rows)) < len(rows) // 2
        at = int(last.sum())
        if 0 < at < len(rows):
            powers.loc[place, "power"] = break_power(rows.to_numpy(), at, smallest, method=method, size=size)
            powers.loc[place, "power_at"] = context.sessions.label(rows.index[at]) if day is None else pd.Timestamp(day)
    return powers


def _flat(table: pd.DataFrame) -> pd.DataFrame:
    """Return the stretches of the sets of dates, one row each."""
    return pd.DataFrame([ends for row in table["set"] for ends in row], columns=["first", "last"])


def _stretches(ends: pd.DataFrame, other: str, changes: str) -> pd.DataFrame:
    named = ends.assign(**{"with": other, "changes": changes})
    return named[["with", "changes", "first", "last"]]


def of_breaks(result: BreakResult, spans: Spans, clock: str) -> BreakResult:
    """Return the tests of one break at an unknown date with their findings, on standardised and on raw changes."""
    rows = [(f"one break, unknown date, {row['changes']} changes", row) for _, row in result.frame.iterrows()]
    return of_constancy(
        result,
        rows,
        spans,
        clock,
        focus=result.focus,
        method="fluctuation test",
        smallest=result.smallest,
        cautions=lambda row: _cautions(row, result.smallest),
    )


def _cautions(row: Any, smallest: float) -> tuple[str, ...]:
    """Say of a test what it needs, and what it could have seen where it found nothing."""
    needs = "needs constant variances" if row.get("changes") == RAW else ""
    power = seen(row, smallest)
    return tuple(filter(None, (needs, power)))
