"""``test: variance_share``: the share of one instrument's forecast-error variance that others bring."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import pandas as pd
from pydantic import Field, field_validator

from coupling.change.section import known_baselines
from coupling.change.split_rows import baseline_start
from coupling.claims.evidence import Evidence
from coupling.claims.judging import effect_rule, hangs_on, judge_effect, missed, power_from, ruled, sensitive, spread
from coupling.claims.leg import Effect
from coupling.claims.pairs import in_words, panel_of
from coupling.claims.verdict import LegOutcome, Variant
from coupling.data.clocks.ticks import Frequency
from coupling.direction.before_after import received_share
from coupling.errors import InputError

__all__ = ["VarianceShare"]


class VarianceShare(Effect):
    """The share of `focus`'s forecast-error variance that comes from `others`, since `date` less before.

    It is estimated on weekly changes: on daily ones the order of closes looks like direction.

    Parameters
    ----------
    focus : str
    others : tuple of str
    date : date
        First day of the second period, pre-specified.
    baselines : tuple of str
        First periods, the primary one first, as in ``correlation_change``.
    horizon : int
        Weeks of the forecast.
    replications : int
        Bootstrap replications of each period.
    """

    test: Literal["variance_share"]
    focus: str
    others: tuple[str, ...] = Field(min_length=1)
    date: date
    baselines: tuple[str, ...] = Field(default=("7y", "3y", "equal"), min_length=1)
    horizon: int = Field(default=4, ge=1)
    replications: int = Field(default=299, ge=99)

    @field_validator("baselines")
    @classmethod
    def _known(cls, baselines: tuple[str, ...]) -> tuple[str, ...]:
        return known_baselines(baselines)

    @property
    def instruments(self) -> tuple[str, ...]:
        """Focus and others."""
        return self.focus, *self.others

    def check(self, evidence: Evidence) -> LegOutcome:
        """Compare the shares of the two periods; other baselines stand beside it."""
        weekly = panel_of(evidence, self.instruments, frequency=Frequency.WEEKLY).changes
        first = _shares(self, weekly, self.baselines[0], evidence.seed)
        others = [
            _variant(f"weekly, {in_words(baseline)}", _shares(self, weekly, baseline, evidence.seed))
            for baseline in self.baselines[1:]
        ]
        return _finding(self, weekly, first, ruled(self, others))


def _shares(leg: VarianceShare, changes: pd.DataFrame, baseline: str, seed: int) -> pd.DataFrame:
    rows = changes.dropna()
    day = pd.Timestamp(leg.date, tz="UTC")
    start = baseline_start(baseline, day, rows.index[-1])
    used = rows if start is None else rows[rows.index > start]
    moment = pd.Timedelta(seconds=1)
    if not used.index[0] < day < used.index[-1]:
        raise InputError(f"{leg.focus} and the others have no changes on both sides of {leg.date}.")
    return received_share(
        used, leg.focus, day + moment, horizon=leg.horizon, replications=leg.replications, random_state=seed
    )


def _variant(name: str, table: Any) -> Variant:
    change = table.loc["change"].astype(float)
    note = f"{table.loc['before', 'bias_corrected']:.0f} % before, {table.loc['after', 'bias_corrected']:.0f} % since"
    return Variant(
        name=name,
        estimate=float(change["bias_corrected"]),
        lower=float(change["lower"]),
        upper=float(change["upper"]),
        n=int(change["n"]),
        detectable=power_from(float(change["lower"]), float(change["upper"])),
        note=note,
    )


def _finding(leg: VarianceShare, rows: pd.DataFrame, table: Any, others: tuple[Variant, ...]) -> LegOutcome:
    change, lower, upper = table.loc["change"], float(table.loc["change", "lower"]), float(table.loc["change", "upper"])
    verdict = judge_effect(leg, lower, upper)
    each = [
        f"{table.loc[side, 'bias_corrected']:.0f} % ({table.loc[side, 'lower']:.0f} to {table.loc[side, 'upper']:.0f})"
        for side in ("before", "after")
    ]
    return LegOutcome(
        verdict=verdict,
        sentence=f"Of {leg.focus}'s forecast-error variance {each[1]} comes from {', '.join(leg.others)} since "
        f"{leg.date}, and {each[0]} {in_words(leg.baselines[0])[8:]}: {change['bias_corrected']:+.1f} percentage "
        f"points (95 % interval {lower:+.1f} to {upper:+.1f}){spread(others, '+.1f')}"
        f"{missed(verdict, power_from(lower, upper))}.",
        beside=hangs_on(verdict, others),
        rule=effect_rule(leg),
        estimate=float(change["bias_corrected"]),
        lower=lower,
        upper=upper,
        unit="percentage points",
        n=int(change["n"]),
        sample=(_first(leg, rows), rows.index[-1].tz_localize(None)),
        detectable=power_from(lower, upper),
        method=f"Generalised decomposition of a VAR(1) of weekly changes, {leg.horizon} weeks ahead; bias-corrected "
        "difference of the shares with a residual bootstrap in each period.",
        variants=others,
        sensitive=sensitive(verdict, others),
    )


def _first(leg: VarianceShare, rows: pd.DataFrame) -> pd.Timestamp:
    start = baseline_start(leg.baselines[0], pd.Timestamp(leg.date, tz="UTC"), rows.index[-1])
    first = rows.index[0] if start is None else max(start, rows.index[0])
    return pd.Timestamp(first).tz_localize(None)
