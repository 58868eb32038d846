"""``test: correlation``: whether two instruments move together, at all or given others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pandas as pd

from coupling.claims.evidence import Evidence
from coupling.claims.judging import (
    effect_rule,
    hangs_on,
    judge_effect,
    missed,
    power_from,
    ruled,
    sensitive,
    spread,
    upheld,
)
from coupling.claims.leg import Effect, PeriodLeg
from coupling.claims.pairs import ALIGNED, clip, panel_of, same_row, struck_within, true_instants
from coupling.claims.verdict import LegOutcome, Variant
from coupling.correlation import PartialCorrelation
from coupling.correlation.findings import of_pair
from coupling.data.clocks.ticks import Frequency
from coupling.dates.sessions import session_of

__all__ = ["Correlation"]


class Correlation(Effect, PeriodLeg):
    """The correlation of the changes of two instruments from `start` to `end`.

    Where closes are unequal it is the one on true instants (Hayashi–Yoshida), else that of same-row changes.

    Parameters
    ----------
    left, right : str
    given : tuple of str
        Instruments whose share in both is taken out, in a variant on weekly changes.
    """

    test: Literal["correlation"]
    left: str
    right: str
    given: tuple[str, ...] = ()

    @property
    def extras(self) -> tuple[str, ...]:
        """The instruments given."""
        return self.given

    def check(self, evidence: Evidence) -> LegOutcome:
        """Estimate the correlation by the primary specification, and otherwise."""
        panel = panel_of(evidence, self.instruments)
        rows, unequal = clip(panel.changes, self.start, self.end), bool(panel.overlap["unequal_closes"].iloc[0])
        weekly = clip(panel_of(evidence, self.instruments, frequency=Frequency.WEEKLY).changes, self.start, self.end)
        observations = struck_within(evidence, self.instruments, self.start, self.end)
        if unequal:
            first = true_instants(ADJUSTED, observations)
            others = [same_row("same-day changes", rows, "non-synchronous closes pull it towards 0")]
            others += [true_instants(f"{ADJUSTED}, repeated quotes dropped", observations, stale="drop")]
        else:
            first, others = same_row("same-day changes", rows), []
        others += [same_row("weekly changes", weekly), *_partial(self, evidence), *_before(self, evidence)]
        return _finding(self, first, ruled(self, others), rows)


def _partial(leg: Correlation, evidence: Evidence) -> Iterator[Variant]:
    """Yield the partial correlation of weekly changes, where the instruments given can be had."""
    known = tuple(name for name in leg.given if name in evidence.observations)
    if not known:
        return
    changes = clip(
        panel_of(evidence, (*leg.instruments, *known), frequency=Frequency.WEEKLY).changes, leg.start, leg.end
    )
    row = PartialCorrelation(given=list(known)).fit(changes).between(leg.left, leg.right).iloc[0]
    lower, upper = float(row["lower"]), float(row["upper"])
    yield Variant(
        name=f"weekly changes given {', '.join(known)}",
        estimate=float(row["estimate"]),
        lower=lower,
        upper=upper,
        n=int(row["n"]),
        detectable=power_from(lower, upper),
    )


def _before(leg: Correlation, evidence: Evidence) -> Iterator[Variant]:
    """Yield the same correlation before the span starts, where there is a history."""
    begins = max(evidence.observations[name].levels.index[0] for name in leg.instruments)
    if leg.start is None or begins >= pd.Timestamp(leg.start, tz="UTC"):
        return
    observations = struck_within(evidence, leg.instruments, None, leg.start)
    if min(len(item.levels) for item in observations.values()) > 100:
        yield true_instants(f"{ADJUSTED}, all history before {leg.start}", observations)


def _finding(leg: Correlation, first: Variant, others: tuple[Variant, ...], rows: pd.DataFrame) -> LegOutcome:
    span = session_of(rows.index[0]), session_of(rows.index[-1])
    specification = f"claimed: {first.name}"
    answer = of_pair((leg.left, leg.right), vars(first), span, smallest=leg.smallest, specification=specification)
    verdict = upheld(judge_effect(leg, first.lower, first.upper), answer.verdict)
    weekly = next(each for each in reversed(others) if each.name.startswith("weekly"))
    return LegOutcome(
        verdict=verdict,
        sentence=f"{leg.left} and {leg.right} correlate {first.estimate:.2f} ({first.name}; 95 % interval "
        f"{first.lower:.2f} to {first.upper:.2f}) from {span[0]} to {span[1]}"
        f"{spread(others, '.2f')}{missed(verdict, first.detectable)}.",
        beside=f"{weekly.name[0].upper()}{weekly.name[1:]}: {weekly.estimate:.2f} ({weekly.lower:.2f} to "
        f"{weekly.upper:.2f}). {hangs_on(verdict, others)}",
        rule=effect_rule(leg),
        claimed=None,
        estimate=first.estimate,
        lower=first.lower,
        upper=first.upper,
        unit="correlation",
        p_value=first.p_value,
        n=first.n,
        n_effective=first.n_effective,
        sample=(pd.Timestamp(span[0]), pd.Timestamp(span[1])),
        detectable=first.detectable,
        method=_METHODS[first.name],
        variants=others,
        sensitive=sensitive(verdict, others),
        rests_on=answer,
    )


ADJUSTED = "asynchronous-adjusted"
_METHODS = {
    ADJUSTED: "Hayashi–Yoshida correlation over all changes whose intervals overlap (n counts overlaps), "
    "delete-one-week jackknife, t.",
    "same-day changes": f"Correlation of changes on {ALIGNED}; delete-block jackknife of Fisher's z, t.",
}
