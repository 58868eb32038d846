"""``test: correlation_on_days``: a correlation on the days of one instrument's largest moves, and on all days."""

from __future__ import annotations

from typing import Literal, Self

import pandas as pd
from pydantic import Field, model_validator

from coupling.change import ContagionTest
from coupling.claims.evidence import Evidence
from coupling.claims.judging import figure_rule, hangs_on, judge_figure, missed, ruled, sensitive
from coupling.claims.leg import Figure, PeriodLeg
from coupling.claims.pairs import ALIGNED, clip, panel_of, same_row
from coupling.claims.verdict import LegOutcome, Variant
from coupling.dates.sessions import session_of
from coupling.text.wording import percent

__all__ = ["CorrelationOnDays"]

SHARES = (0.01, 0.025, 0.05, 0.1)
FOLLOWING = 5


class CorrelationOnDays(Figure, PeriodLeg):
    """The correlation of two instruments on the days on which one of them, alone, moved furthest to one side.

    Parameters
    ----------
    chosen_by, other : str
        The days are chosen by the first and never by the other.
    side : {"falls", "rises"}
        Which of its moves choose the days.
    share : float
        Which share of all days counts: the largest such moves.
    """

    test: Literal["correlation_on_days"]
    chosen_by: str
    other: str
    side: Literal["falls", "rises"]
    share: float = Field(default=0.05, gt=0, le=0.5)

    @model_validator(mode="after")
    def _is_a_correlation(self) -> Self:
        if not -1 <= self.value <= 1:
            raise ValueError(f"value is {self.value:g}, and a correlation lies between -1 and 1")
        return self

    @property
    def instruments(self) -> tuple[str, ...]:
        """The one that chooses the days, and the other."""
        return self.chosen_by, self.other

    def check(self, evidence: Evidence) -> LegOutcome:
        """Hold the figure against the interval on the chosen days; all days and the adjusted value stand beside it."""
        rows = clip(panel_of(evidence, self.instruments).changes, self.start, self.end)
        chosen = _chosen(self, rows[self.chosen_by], self.share)
        first = same_row("chosen days", rows[chosen])
        everyday = same_row("all days", rows)
        adjusted = _adjusted(self, rows, chosen, evidence.seed)
        others = [everyday, same_row("all other days", rows[~chosen]), adjusted]
        others += [
            same_row(f"{share:.1%} of days", rows[_chosen(self, rows[self.chosen_by], share)])
            for share in SHARES
            if share != self.share
        ]
        others += [same_row(name, rows[days]) for name, days in _otherwise(self, rows[self.chosen_by]).items()]
        return _finding(self, rows, first, (everyday, adjusted), ruled(self, others))


def _chosen(leg: CorrelationOnDays, source: pd.Series, share: float) -> pd.Series:
    if leg.side == "falls":
        return source <= source.quantile(share)
    return source >= source.quantile(1 - share)


def _otherwise(leg: CorrelationOnDays, source: pd.Series) -> dict[str, pd.Series]:
    """Choose days that do not cut the chooser's moves off at one side, which by itself changes a correlation."""
    chosen = _chosen(leg, source, leg.share)
    after = chosen.rolling(FOLLOWING + 1, min_periods=1).max().astype(bool)
    size = source.abs()
    return {
        f"those days and the {FOLLOWING} sessions after each": after,
        "the largest moves either way": size >= size.quantile(1 - leg.share),
    }


def _adjusted(leg: CorrelationOnDays, rows: pd.DataFrame, chosen: pd.Series, seed: int) -> Variant:
    """Return the correlation on the chosen days adjusted for the variance of their chooser, and whether it may be."""
    test = ContagionTest(source=leg.chosen_by, target=leg.other, calm=~chosen, stress=chosen, random_state=seed).fit(
        rows
    )
    row = test.table_.iloc[0]
    against = f"less the other days {row['difference']:+.2f} ({row['lower']:+.2f} to {row['upper']:+.2f})"
    own = f"of what is {leg.other}'s own × {row['noise_ratio']:.1f}"
    span = f"({row['noise_lower']:.1f} to {row['noise_upper']:.1f})"
    noise = f"variance of {leg.chosen_by} × {row['variance_ratio']:.1f}, {own} {span}"
    valid = test.valid_ or not row["variance_ratio"] > 1
    word = "" if valid else "adjustment not valid, both variances rose: "
    return Variant(
        name=f"adjusted for the variance of {leg.chosen_by} (Forbes–Rigobon)",
        estimate=float(test.adjusted_),
        p_value=float(test.p_value_),
        n=int(chosen.sum()),
        note=f"{word}{against}; {noise}; p is of that difference",
    )


def _finding(
    leg: CorrelationOnDays,
    rows: pd.DataFrame,
    first: Variant,
    beside: tuple[Variant, Variant],
    variants: tuple[Variant, ...],
) -> LegOutcome:
    everyday, adjusted = beside
    verdict = judge_figure(leg, first.lower, first.upper)
    span = session_of(rows.index[0]), session_of(rows.index[-1])
    not_valid = " (adjustment not valid: both variances rose)" if "not valid" in adjusted.note else ""
    return LegOutcome(
        verdict=verdict,
        sentence=f"On the {first.n} days of the largest {leg.side} of {leg.chosen_by} ({percent(leg.share)} of "
        f"{len(rows):,}, chosen by {leg.chosen_by} alone) it correlates {first.estimate:.2f} with {leg.other} "
        f"(95 % interval {first.lower:.2f} to {first.upper:.2f}; claimed {leg.value:.2f}); on all days "
        f"{everyday.estimate:.2f} ({everyday.lower:.2f} to {everyday.upper:.2f}); adjusted for their variance "
        f"{adjusted.estimate:.2f}{not_valid}{missed(verdict, first.detectable)}.",
        beside=hangs_on(verdict, variants[3:]),
        rule=figure_rule(leg),
        claimed=leg.value,
        estimate=first.estimate,
        lower=first.lower,
        upper=first.upper,
        unit="correlation",
        p_value=first.p_value,
        n=first.n,
        n_effective=first.n_effective,
        sample=(pd.Timestamp(span[0]), pd.Timestamp(span[1])),
        detectable=first.detectable,
        method=f"Correlation of changes on {ALIGNED}, delete-block jackknife "
        "of Fisher's z, t; p against no correlation on those days.",
        variants=variants,
        sensitive=sensitive(verdict, variants[3:]),
    )
