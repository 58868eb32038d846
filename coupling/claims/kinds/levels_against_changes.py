"""``test: levels_against_changes``: a correlation claimed of levels, and whether their weekly changes are coupled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, Self

import pandas as pd
from pydantic import Field, model_validator

from coupling.change.levels import INDISTINCT, LevelCorrelation
from coupling.claims.evidence import Evidence
from coupling.claims.judging import effect_rule, judge_effect, upheld
from coupling.claims.leg import Effect, Figure, Leg
from coupling.claims.pairs import same_row
from coupling.claims.verdict import LegOutcome, Variant, Verdict, combine
from coupling.correlation.findings import of_pair
from coupling.data.alignment import AlignmentSection
from coupling.data.changes import level_paths
from coupling.data.clocks.ticks import Frequency
from coupling.data.panel import build_panel
from coupling.errors import InputError
from coupling.results.verdicts import Coupled
from coupling.text.wording import two

__all__ = ["ChangesBehind", "LevelsAgainstChanges", "LevelsFigure"]


class LevelsAgainstChanges(Figure):
    """A claimed correlation of two levels over the weeks before a date.

    The figure is a fact about levels; that the two are coupled, which it is said to mean, is judged on their weekly
    changes over the same weeks. The two are judged apart.

    Parameters
    ----------
    left, right : str
    date : date
        The last week ends on it or before.
    weeks : int
    smallest : float
        The smallest correlation of changes that matters.
    """

    test: Literal["levels_against_changes"]
    left: str
    right: str
    date: date
    weeks: int = Field(default=52, ge=20)
    smallest: float = Field(default=0.2, gt=0, lt=1)

    @model_validator(mode="after")
    def _is_a_correlation(self) -> Self:
        if not -1 <= self.value <= 1:
            raise ValueError(f"value is {self.value:g}, and a correlation lies between -1 and 1")
        return self

    @property
    def parts(self) -> tuple[Leg, ...]:
        """The figure, and what it is said to mean."""
        return LevelsFigure(of=self), ChangesBehind(of=self, smallest=self.smallest, side=_side(self.value))

    def check(self, evidence: Evidence) -> LegOutcome:
        """Judge both; they make the verdict as the legs of a claim do, and the changes give the figures."""
        figure, meaning = (part.check(evidence) for part in self.parts)
        both = combine([figure.verdict, meaning.verdict])
        return replace(meaning, verdict=both, claimed=self.value, rule=f"{figure.rule} {meaning.rule}")


class _Half(Leg):
    """One of the two tests of a claim about levels."""

    of: LevelsAgainstChanges

    @property
    def instruments(self) -> tuple[str, ...]:
        """The two instruments."""
        return self.of.instruments


class LevelsFigure(_Half):
    """The figure alone: a fact about levels."""

    test: str = "correlation_of_levels"

    def check(self, evidence: Evidence) -> LegOutcome:
        """Hold the figure against the correlation of levels."""
        both = _both(self.of, evidence)
        return LegOutcome(
            verdict=Verdict.SUPPORTED if self.of.holds(both.quoted) else Verdict.CONTRADICTED,
            sentence=both.sentence,
            beside=both.walks,
            rule="A fact about levels. Supported: their correlation rounds to the figure stated or lies within its "
            "tolerance; else contradicted. It does not say that the two are coupled.",
            claimed=self.of.value,
            estimate=both.quoted,
            unit="correlation",
            n=int(both.row["n"]),
            sample=both.sample,
            method="Correlation of weekly levels (weeks end with their last session, 24:00 UTC), held against "
            "independent random walks with prices in logs.",
        )


class ChangesBehind(_Half, Effect):
    """What the figure is said to mean: that the two are coupled, on its side."""

    test: str = "correlation_of_changes"

    def check(self, evidence: Evidence) -> LegOutcome:
        """Judge the correlation of weekly changes."""
        both = _both(self.of, evidence)
        changes, span = both.changes, (both.sample[0].date(), both.sample[1].date())
        answer = of_pair(
            self.of.instruments, vars(changes), span, smallest=self.smallest, specification="claimed: weekly changes"
        )
        return LegOutcome(
            verdict=upheld(judge_effect(self, changes.lower, changes.upper), answer.verdict),
            sentence=both.sentence,
            beside=both.walks,
            rule=f"The changes decide whether the two are coupled. {effect_rule(self)}",
            estimate=changes.estimate,
            lower=changes.lower,
            upper=changes.upper,
            unit="correlation",
            p_value=changes.p_value,
            n=changes.n,
            n_effective=changes.n_effective,
            sample=both.sample,
            detectable=changes.detectable,
            method="Correlation of weekly changes (logs of prices; weeks end with their last session, 24:00 UTC) with "
            "a delete-block jackknife.",
            rests_on=answer,
        )


def _side(value: float) -> Literal["positive", "negative", "either"]:
    return "either" if value == 0 else "positive" if value > 0 else "negative"


@dataclass(frozen=True, kw_only=True)
class _Both:
    """The two correlations of one claim: of levels as quoted, and of weekly changes."""

    leg: LevelsAgainstChanges
    quoted: float
    row: pd.Series
    changes: Variant
    sample: tuple[pd.Timestamp, pd.Timestamp]

    @property
    def sentence(self) -> str:
        """Both, each with its own verdict."""
        leg, changes = self.leg, self.changes
        said = "as said" if leg.holds(self.quoted) else f"not {leg.value:.{max(leg.decimals, 2)}f} as said"
        quoted, logs = two(self.quoted), two(self.row["levels"])
        otherwise = "" if quoted == logs else f" ({logs} with prices in logs)"
        return (
            f"{leg.left} and {leg.right} over {leg.weeks} weeks to {self.sample[1]:%Y-%m-%d}: {quoted} is the "
            f"correlation of levels, {said}{otherwise}; the changes show {_figure(changes)}: {self._coupling}."
        )

    @property
    def _coupling(self) -> str:
        """What the changes say, by the answer to whether they are coupled."""
        span = self.sample[0].date(), self.sample[1].date()
        found = of_pair(self.leg.instruments, vars(self.changes), span, smallest=self.leg.smallest).verdict
        if found is Coupled.NOT_ESTABLISHED:
            return "no evidence of coupling"
        if found is Coupled.NOT_COUPLED:
            return f"they are not coupled, the interval lies inside ±{self.leg.smallest:g}"
        against = (self.changes.estimate or 0.0) * self.leg.value < 0
        return "they are correlated, with the opposite sign" if against else "they are correlated"

    @property
    def walks(self) -> str:
        """How the levels compare with independent random walks; the verdict word only where they do not differ."""
        share = f"{100 * self.row['p_value']:.1f} % of pairs of independent random walks have levels as correlated"
        return f"{share}: {INDISTINCT}." if self.row["verdict"] == INDISTINCT else f"{share}."


def _figure(changes: Variant) -> str:
    return f"{two(changes.estimate)} (95 % interval {two(changes.lower)} to {two(changes.upper)})"  # type: ignore[arg-type]


def _both(leg: LevelsAgainstChanges, evidence: Evidence) -> _Both:
    """Estimate both correlations over the same weeks."""
    levels = _weekly_levels(leg, evidence)
    paths = level_paths(levels, {name: evidence.instruments[name].change for name in levels.columns})
    still = [str(name) for name in levels.columns if levels[name].nunique() < 2]
    if still:
        raise InputError(
            f"{still[0]} does not move over the {leg.weeks} weeks up to {leg.date}: no correlation exists."
        )
    ends = pd.DatetimeIndex(levels.index)[[0, -1]] - pd.Timedelta(days=1)  # a week ends at 24:00 of its last session
    return _Both(
        leg=leg,
        quoted=float(levels.corr().to_numpy()[0, 1]),
        row=LevelCorrelation(random_state=evidence.seed).fit(paths).table_.iloc[0],
        changes=same_row("weekly changes", paths.diff().iloc[1:]),
        sample=(ends[0].tz_localize(None), ends[1].tz_localize(None)),
    )


def _weekly_levels(leg: LevelsAgainstChanges, evidence: Evidence) -> pd.DataFrame:
    observations = {name: evidence.observations[name] for name in leg.instruments}
    panel = build_panel(observations, evidence.instruments, AlignmentSection(frequency=Frequency.WEEKLY))
    until = pd.Timestamp(leg.date, tz="UTC") + pd.Timedelta(days=1)
    levels = panel.levels[panel.levels.index <= until].iloc[-leg.weeks - 1 :]
    if len(levels) < leg.weeks + 1 or levels.index[-1] < until - pd.Timedelta(days=9):
        raise InputError(f"{leg.left} and {leg.right} share fewer than {leg.weeks} weeks up to {leg.date}.")
    return levels
