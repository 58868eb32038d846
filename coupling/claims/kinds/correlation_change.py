"""``test: correlation_change``: whether a correlation changed across a date, however one compares."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Literal

import pandas as pd
from pydantic import Field, field_validator

from coupling.change import CorrelationBreak, SplitTest, judge
from coupling.change.baseline_words import years_held
from coupling.change.break_power import break_power
from coupling.change.checks import changes_of, standardized
from coupling.change.context import STANDARDIZED, ChangeContext
from coupling.change.outcomes import SINCE_BREAK, Outcome
from coupling.change.page.breaks import seen, when
from coupling.change.page.split import ESTIMATORS, SplitResult
from coupling.change.page.split import make as made_split
from coupling.change.section import known_baselines
from coupling.change.split import SplitSample
from coupling.change.split_rows import MOMENT, baseline_start
from coupling.change.wording import WORDS
from coupling.claims.evidence import Evidence
from coupling.claims.judging import effect_rule, hangs_on, judge_effect, missed, ruled, sensitive, spread, upheld
from coupling.claims.leg import Effect
from coupling.claims.pairs import in_words, panel_of
from coupling.claims.verdict import LegOutcome, Variant
from coupling.data.clocks.ticks import Frequency
from coupling.errors import InputError
from coupling.results.verdicts import Changed
from coupling.text.wording import p_value

__all__ = ["CorrelationChange"]

_SAYS_DETECTABLE = (Outcome.NOT_ESTABLISHED, Outcome.WANDERS, Outcome.DEPENDS_ON_BASELINE)
"""Where the words of the outcome say what could have been detected, or that the answer hangs on something else."""


class CorrelationChange(Effect):
    """The correlation of two instruments since `date` less that before.

    Where closes are unequal the primary estimate is the one on true instants (Hayashi–Yoshida), else that of changes
    divided by their volatility.

    Parameters
    ----------
    left, right : str
    date : date
        First day of the second period, pre-specified.
    baselines : tuple of str
        First periods, the primary one first: ``7y`` (years before the date), ``equal`` (as long as what follows) or
        ``all``.
    """

    test: Literal["correlation_change"]
    left: str
    right: str
    date: date
    baselines: tuple[str, ...] = Field(default=("7y", "3y", "equal"), min_length=1)

    @field_validator("baselines")
    @classmethod
    def _known(cls, baselines: tuple[str, ...]) -> tuple[str, ...]:
        return known_baselines(baselines)

    def check(self, evidence: Evidence) -> LegOutcome:
        """Compare the two periods; other baselines, treatments and an unknown date stand beside it."""
        panel = panel_of(evidence, self.instruments)
        context = ChangeContext(panel, self.left, None, evidence.seed)
        split = made_split(context, self.date, self.baselines, self.smallest)
        frame = split.frame
        first = frame[(frame["baseline"] == self.baselines[0]) & frame["leading"]]
        if first.empty:
            raise InputError(f"{self.left} and {self.right}: {split.warnings[0]}")
        rest = [_of_row(self, row) for _, row in frame.drop(index=first.index).iterrows()]
        others = ruled(self, [*rest, *_weekly(self, evidence)])
        beside = _other_baselines(self, frame)
        return _finding(self, first.iloc[0], beside, (*others, _unknown_date(self, context)), split)


def _called(estimator: str) -> str:
    return ESTIMATORS.get(estimator, estimator)


def _against(leg: CorrelationChange, row: Any) -> str:
    """Say with what the period is compared, and how much of it the data hold."""
    return in_words(row["baseline"], years_held(row["baseline"], row["baseline_from"], leg.date))


def _of_row(leg: CorrelationChange, row: Any) -> Variant:
    return Variant(
        name=f"{_called(row['estimator'])}, {_against(leg, row)}",
        estimate=float(row["estimate"]),
        lower=float(row["lower"]),
        upper=float(row["upper"]),
        p_value=float(row["p_value"]),
        n=int(row["before_n"]) + int(row["after_n"]),
        detectable=float(row["detectable"]),
        note=f"{row['before']:.2f} before, {row['after']:.2f} since",
    )


def _weekly(leg: CorrelationChange, evidence: Evidence) -> Iterator[Variant]:
    """Yield the comparison on weekly changes, for which non-synchronous closes matter little."""
    changes = panel_of(evidence, leg.instruments, frequency=Frequency.WEEKLY).changes
    day = pd.Timestamp(leg.date, tz="UTC")
    try:
        rows = standardized(changes_of(SplitTest(date=None), changes), "ewma")
    except InputError:
        return  # too few weeks for any of them
    sample = SplitSample.of(rows, scaled=True)[0]
    for baseline in leg.baselines:
        start = baseline_start(baseline, day, changes.index[-1])
        try:
            found = sample.compare(day + MOMENT, start)
        except InputError:
            continue  # too few weeks after the warm-up: the daily comparison of that baseline stands alone
        own = {"estimator": "weekly, volatility-standardised", "baseline": baseline, "estimate": found["difference"]}
        first = changes.index[0] if start is None else max(start, changes.index[0])
        yield _of_row(leg, found | own | {"baseline_from": first})


def _unknown_date(leg: CorrelationChange, context: ChangeContext) -> Variant:
    """Test for one break at a date that is not known, on standardised changes."""
    other = leg.right
    frames, counted = context.sound_changes(other)
    table = CorrelationBreak(max_breaks=1).fit(frames[STANDARDIZED]).table_
    row: Any = context.labelled(table, "likeliest", "lower", "upper").iloc[0]
    sides = f"{row['before']:.2f} up to it and {row['after']:.2f} after"
    if judge.broken(float(row["p_value"])) is Changed.CHANGED:
        note = f"a break {when(row)}, {sides}"
    else:
        note = (
            f"no break is detected (likeliest {row['likeliest']:%Y-%m-%d}, {sides}{_power(leg, frames[STANDARDIZED])})"
        )
    return Variant(
        name=f"date unknown, {counted}",
        estimate=float(row["after"] - row["before"]),
        p_value=float(row["p_value"]),
        n=int(row["n"]),
        note=note,
    )


def _power(leg: CorrelationChange, rows: pd.DataFrame) -> str:
    """Say how often the test would have found the smallest change at the date claimed."""
    at = int((rows.index <= pd.Timestamp(leg.date, tz="UTC")).sum())
    power = break_power(rows.to_numpy(), at, leg.smallest)
    told = seen({"power": power, "power_at": leg.date}, leg.smallest)
    return f"; {told}" if told else ""


def _other_baselines(leg: CorrelationChange, frame: pd.DataFrame) -> str:
    """Write what the leading estimator says against the other baselines."""
    said = (leg.baselines[0], SINCE_BREAK)  # the primary one, and what its outcome says of a break in it
    rows = frame[frame["leading"] & ~frame["baseline"].isin(said)]
    parts = [
        f"{_against(leg, row)} {row['estimate']:+.2f} ({row['lower']:+.2f} to {row['upper']:+.2f})"
        for _, row in rows.iterrows()
    ]
    text = ", ".join(parts)
    return f"{text[0].upper()}{text[1:]}. " if parts else ""


def _finding(
    leg: CorrelationChange, row: Any, beside: str, variants: tuple[Variant, ...], split: SplitResult
) -> LegOutcome:
    answer = split.findings[0]
    lower, upper = float(row["lower"]), float(row["upper"])
    verdict = upheld(judge_effect(leg, lower, upper), answer.verdict)
    treatment, against = _called(row["estimator"]), _against(leg, row)
    unknown = variants[-1]
    return LegOutcome(
        verdict=verdict,
        sentence=f"{leg.left}'s correlation with {leg.right} ({treatment}) is {row['after']:.2f} since {leg.date}, "
        f"{row['estimate']:+.2f} (95 % interval {lower:+.2f} to {upper:+.2f}) {against}: "
        f"{split.judged(answer, WORDS)}{spread(variants, '+.2f')}"
        f"{'' if split.outcome(answer) in _SAYS_DETECTABLE else missed(verdict, float(row['detectable']))}.",
        beside=f"{beside}With the date unknown, {unknown.note} ({p_value(unknown.p_value or 0.0)}). "
        f"{hangs_on(verdict, variants)}",
        rule=f"{effect_rule(leg)} Supported also needs a change that is established: the period's average differs, on "
        "every baseline, and the long-run mean changed.",
        estimate=float(row["estimate"]),
        lower=lower,
        upper=upper,
        unit="correlation",
        p_value=float(row["p_value"]),
        n=int(row["before_n"]) + int(row["after_n"]),
        sample=(row["baseline_from"], row["to"]),
        detectable=float(row["detectable"]),
        method=f"Difference across a fixed date, {treatment}, {against}; see the section on change for the interval.",
        variants=variants,
        sensitive=sensitive(verdict, variants),
        rests_on=answer,
    )
