"""The correlation of each pair before and since a known date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from coupling.change import judge
from coupling.change.baseline_breaks import baseline_breaks
from coupling.change.context import ChangeContext
from coupling.change.finding_rows import FAMILY, difference, known, of_sides
from coupling.change.outcomes import SINCE_BREAK, SIZE, SMALLEST, Outcome, outcome
from coupling.change.split_rows import attempted, start_of, undated
from coupling.errors import TooShortError
from coupling.inference import adjust_p_values
from coupling.inference.families import HOLM
from coupling.limits.budget import count
from coupling.results.base import Result
from coupling.results.finding import Finding
from coupling.text.passage import Passage, Sentence
from coupling.text.wording import adjusted_for, bound, p_value, signed, two

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ESTIMATORS", "SplitResult", "adjusted", "make", "of_split"]


_WORDS = {
    Outcome.CHANGED: "a significant difference from the earlier period",
    Outcome.DEPENDS_ON_BASELINE: "sensitive to the baseline",
    Outcome.UNCHANGED: "no difference from the earlier period that matters",
    Outcome.WANDERS: "the period differs, no more than it usually wanders",
    Outcome.UNTESTED: "the period differs, and too few sessions say how much it usually moves",
    Outcome.NOT_ESTABLISHED: "no significant difference from the earlier period",
}

ESTIMATORS = {"true instants": "asynchronous-adjusted"}
"""What tables and sentences call an estimator, where it is not the name in the frame."""


@dataclass(frozen=True, kw_only=True)
class SplitResult(Result):
    """Difference of the correlation across a known date, for each other instrument, baseline and estimator.

    Parameters
    ----------
    focus : str
        The instrument common to all pairs.
    date : Timestamp
        The split.
    primary : str
        The baseline on which the sentence rests; the others qualify it.
    smallest : float
        The smallest change that matters.

    Notes
    -----
    ``frame`` has one row per instrument (``with``), ``baseline`` and ``estimator``: ``before``, ``after`` and their
    intervals and n, ``estimate`` (after minus before) with ``lower, upper, p_value``, ``detectable`` (difference found
    with 80 % power), ``leading`` (the estimator that the verdict rests on), ``long_run`` with ``_lower, _upper, _p``
    and ``_detectable`` (the change of the mean about which it wanders, by the leading estimator), ``p_adjusted`` and
    ``long_run_p_adjusted`` (Holm, over the pairs), ``baseline_from`` and ``to``. The baseline ``since break`` begins
    where the primary one breaks.
    """

    focus: str
    date: pd.Timestamp
    primary: str
    smallest: float = SMALLEST

    @cached_property
    def _led(self) -> pd.DataFrame:
        return self.frame[self.frame["leading"]]

    @cached_property
    def leading(self) -> pd.DataFrame:
        """The primary baseline by the leading estimator: one row per other instrument."""
        return self._led[self._led["baseline"] == self.primary].set_index("with")

    @cached_property
    def _rows(self) -> dict[Any, dict[Any, Any]]:
        return self.leading.to_dict("index")

    @property
    def sentence(self) -> str:
        """Say the difference of each pair, whether it is significant, and whether that depends on the baseline."""
        if self.leading.empty:
            return f"{self.title}: no pair has enough changes on both sides of {self.date:%Y-%m-%d}."
        parts = tuple(f"with {other} {self.describe(str(other))}" for other in self.leading.index)
        head = f"{self.focus}'s correlation since {self.date:%Y-%m-%d} against {self.period} (95 % intervals):"
        return Passage(Sentence(head, parts))

    def sides_of(self, other: str) -> pd.DataFrame:
        """Return the correlation of one pair before and since the date, by the leading estimator."""
        columns = ["estimate", "lower", "upper"]
        if other not in self.leading.index:
            return pd.DataFrame(columns=columns)
        row: Any = self.leading.loc[other]
        rows = [[row[side], row[f"{side}_lower"], row[f"{side}_upper"]] for side in ("before", "after")]
        return pd.DataFrame(rows, index=["before", "since"], columns=columns)

    @property
    def period(self) -> str:
        """The primary baseline as dates."""
        row: Any = self.leading.iloc[0]
        return f"{row['baseline_from']:%Y-%m-%d} to {self.date:%Y-%m-%d}"

    def describe(self, other: str) -> str:
        """Return the difference of one pair in words, with its interval, samples and hedge."""
        row = self._rows[other]
        if not row["lower"] <= row["upper"]:
            return "undecided (no interval: too little movement)"
        size = f"n = {row['before_n']:,.0f} and {row['after_n']:,.0f}"
        ends = f"{bound(row['lower'], '+')} to {bound(row['upper'], '+')}"
        span = f"{signed(row['estimate'])} ({ends}, {size}{self.adjusted(row)})"
        return f"from {two(row['before'])} to {two(row['after'])}, {span}: {self._judged(other)}"

    def _judged(self, other: str) -> str:
        return self.judged(next(each for each in self.findings if each.subject[-1] == other), _WORDS)

    def judged(self, finding: Finding, words: Mapping[Outcome, str]) -> str:
        """Return the outcome of one pair in words, with what qualifies it and the segment since an earlier break."""
        return f"{words[self.outcome(finding)]}{self._qualified(finding)}{self._since_break(finding)}"

    def outcome(self, finding: Finding) -> Outcome:
        """Return the outcome of one pair."""
        return outcome(finding, float(self._rows[finding.subject[-1]]["long_run_p_adjusted"]))

    def baselines_beside(self, other: str) -> pd.DataFrame:
        """Return the rows of one pair against the other baselines, by the leading estimator."""
        return self._led[(self._led["with"] == other) & (self._led["baseline"] != self.primary)]

    def since_break(self, other: str) -> pd.Series | None:
        """Return the comparison of one pair with the period since a break in its baseline, where there is one."""
        rows = self.baselines_beside(other)
        rows = rows[rows["baseline"] == SINCE_BREAK]
        return None if rows.empty else rows.iloc[0]

    def _qualified(self, finding: Finding) -> str:
        """Say what could have been seen where nothing is established, and how many baselines show a difference."""
        kind = self.outcome(finding)
        if kind is Outcome.NOT_ESTABLISHED and finding.detectable is not None:
            return f", minimum detectable change {two(finding.detectable)} (80 % power)"
        if kind is Outcome.UNCHANGED:
            return f" (smallest change that matters {two(self.smallest)})"
        if kind is Outcome.WANDERS:
            return f" ({self._long_run(finding.subject[-1])})"
        return self._sensitive(finding) if kind is Outcome.DEPENDS_ON_BASELINE else ""

    def _sensitive(self, finding: Finding) -> str:
        rows = self._led[self._led["with"] == finding.subject[-1]]
        told = ((rows["lower"] > 0) | (rows["upper"] < 0)) & (rows["p_adjusted"] < SIZE)
        said = f" ({int(told.sum())} of {len(rows)} show a significant difference)"
        if not told[rows["baseline"] == self.primary].any() or not self._wanders(finding):
            return said
        return f"{said}, no more than it usually wanders ({self._long_run(finding.subject[-1])})"

    def _wanders(self, finding: Finding) -> bool:
        return bool(self._rows[finding.subject[-1]]["long_run_p_adjusted"] >= SIZE)

    def _long_run(self, other: str) -> str:
        """Say the test of the long-run mean, and what it could have seen."""
        row = self._rows[other]
        detectable = f"minimum detectable change {two(row['long_run_detectable'])}"
        return f"long-run mean {p_value(row['long_run_p_adjusted'])}{self._family}, {detectable}"

    def adjusted(self, row: Any) -> str:
        """Write the adjusted p of a comparison, where it says other than its interval."""
        told = row["p_adjusted"] < SIZE
        if told == bool(row["lower"] > 0 or row["upper"] < 0):
            return ""
        return f", {p_value(row['p_adjusted'])}{self._family}"

    @property
    def _family(self) -> str:
        return adjusted_for(len(self.leading))

    def _since_break(self, finding: Finding) -> str:
        row: Any = self.since_break(finding.subject[-1])
        if row is None:
            return ""
        ends = f"{bound(row['lower'], '+')} to {bound(row['upper'], '+')}"
        told = "a" if (row["lower"] > 0 or row["upper"] < 0) and row["p_adjusted"] < SIZE else "no"
        head = f"the baseline breaks, and against the period since {row['baseline_from']:%Y-%m-%d} it is"
        return f"; {head} {signed(row['estimate'])} ({ends}{self.adjusted(row)}), {told} significant difference"

    def cautions(self, other: str) -> tuple[str, ...]:
        """Say of one pair what must be known beside its verdict: the long-run mean, and a break in its baseline."""
        known = self.leading["long_run_p_adjusted"].get(other, float("nan"))
        said = [self._long_run(other)] if known == known else ["the long-run mean is not testable: too few sessions"]
        row: Any = self.since_break(other)
        if row is not None:
            said.append(f"the baseline breaks; the period since {row['baseline_from']:%Y-%m-%d} is compared too")
        return tuple(said)

    def summary(self) -> pd.DataFrame:
        """Return the leading estimator's rows of every baseline."""
        columns = ["with", "baseline", "estimator", "before", "after", "estimate", "lower", "upper", "p_value"]
        columns += ["p_adjusted", "detectable", "long_run_p", "long_run_p_adjusted", "long_run_detectable"]
        rows = self.frame[self.frame["leading"] | (self.frame["baseline"] == self.primary)]
        words = {"estimator": rows["estimator"].replace(ESTIMATORS), "baseline": rows["baseline"].map(_baseline)}
        return rows.assign(**words)[[*columns, "before_n", "after_n"]].reset_index(drop=True)

    @property
    def figure_rows(self) -> int:
        """Grows with the number of rows."""
        return max(1, round(len(self._led) / 9))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the difference of every pair and baseline with its interval, by the leading estimator."""
        from coupling import drawing

        ax = drawing.axes(ax, rows=self.figure_rows)
        rows = self._led
        names = rows["with"].tolist()
        labels = pd.MultiIndex.from_arrays([names, [f"from {at:%Y-%m}" for at in rows["baseline_from"]]])
        drawing.intervals(ax, rows.set_axis(labels), names=names, hollow=~(rows["p_adjusted"] < 0.05).to_numpy())
        drawing.zero_line(ax, vertical=True)
        ax.set_xlabel(
            f"change of the correlation with {self.focus} since {self.date:%Y-%m-%d}; hollow: not significant"
        )
        return ax


def _baseline(word: str) -> str:
    """Return the words for a baseline.

    Examples
    --------
    >>> _baseline("7y"), _baseline("equal"), _baseline("since break")
    ('7 years', 'equally long', 'since the break')
    """
    named = {"equal": "equally long", "all": "all history", SINCE_BREAK: "since the break"}
    return named.get(word) or (count(int(word[:-1]), "year") if word[:-1].isdigit() else word)


METHOD = (
    "Difference of two correlations, after minus before. Each has a delete-block jackknife of Fisher's z (20 blocks, "
    "t quantile); the interval of the difference recovers variances from the two (Zou 2007), measured coverage .95 to "
    ".97. Standardised changes are divided by their exponentially weighted volatility, known one observation earlier. "
    "Pairs with non-synchronous closes are judged asynchronous-adjusted (Hayashi–Yoshida, delete-one-week jackknife, "
    "Welch's t). "
    "Detectable: the difference that such samples show with 80 % power. Long run: whether the mean about which the "
    "correlation wanders changed too, by a t test on its averages over up to nine blocks before and four after (at "
    "least 100 sessions each, Student's t correlation, the fewer blocks' degrees of freedom; Ibragimov and Mueller "
    "2016). Changed: the period's average differs and the long-run mean changed, each with p adjusted over the pairs "
    "(Holm). Where the correlation breaks inside the primary baseline, the period since that break (the likeliest date "
    "of the last one) is a baseline too."
)


def make(context: ChangeContext, day: dt.date, baselines: tuple[str, ...], smallest: float = SMALLEST) -> SplitResult:
    """Return the differences across one date.

    Raises
    ------
    InputError
        If no pair can be split there.
    """
    date = pd.Timestamp(day, tz="UTC")
    tries = [(other, word, start_of(context, other, date, word)) for other in context.others for word in baselines]
    rows, notes = attempted(context, date, tries)
    if not rows:
        raise TooShortError(f"No pair can be split at {day}: {notes[0]}")
    primary = {other: start for other, word, start in tries if word == baselines[0]}
    breaks = baseline_breaks(context, primary, date)
    since = [(other, SINCE_BREAK, each.at) for other, each in breaks.items() if each.at is not None]
    more, said = attempted(context, date, since)
    result = SplitResult(
        name=f"change-split-{day:%Y-%m-%d}",
        title=f"Correlation before and since {day:%Y-%m-%d}",
        method=METHOD,
        frame=pd.DataFrame([*rows, *more]),
        provenance=context.panel.provenance,
        warnings=(*notes, *said, *undated(context, breaks)),
        focus=context.focus,
        date=date,
        primary=baselines[0],
        smallest=smallest,
    )
    return of_split(result, context.clock)


def of_split(result: SplitResult, clock: str) -> SplitResult:
    """Return a split with its findings: one per pair, against the primary baseline, the others qualifying it."""
    result = replace(result, frame=adjusted(result.frame, result.primary))
    findings = tuple(
        Finding(
            question="changed",
            subject=(result.focus, str(other)),
            specification=f"split {result.date:%Y-%m-%d} against {result.primary}",
            quantity="change of the correlation",
            primary=False,
            verdict=judge.changed(
                difference(row),
                long_run_p=row["long_run_p_adjusted"],
                others=[difference(each) for _, each in result.baselines_beside(str(other)).iterrows()],
                smallest=result.smallest,
            ),
            **of_sides(row, "before_n", "after_n"),
            p_adjusted=known(row["p_adjusted"]),
            family=FAMILY,
            adjustment=HOLM,
            smallest_effect=result.smallest,
            detectable=known(row["detectable"]),
            clock=clock,
            method=f"difference of two correlations, {row['estimator']}",
            cautions=result.cautions(str(other)),
            evidence=result.name,
        )
        for other, row in result.leading.iterrows()
    )
    return replace(result, findings=findings)


def adjusted(frame: pd.DataFrame, primary: str) -> pd.DataFrame:
    """Return the rows of a split with p-values adjusted over the pairs, for each baseline by the leading estimator.

    The family of the segments since a break holds every pair: one without a break takes part with its primary baseline.
    """
    leads = frame[frame["leading"]]
    first = leads[leads["baseline"] == primary].set_index("with")
    columns = {"p_value": "p_adjusted", "long_run_p": "long_run_p_adjusted"}
    frame = frame.assign(**dict.fromkeys(columns.values(), float("nan")))
    for p, result in columns.items():
        for word, rows in leads.groupby("baseline", sort=False):
            own = rows.set_index("with")[p]
            family = first[p].copy() if word == SINCE_BREAK else own.copy()
            family.update(own)
            values = pd.Series(adjust_p_values(family.to_numpy(dtype=float)), family.index)
            frame.loc[rows.index, result] = values.reindex(rows["with"]).to_numpy()
    return frame
