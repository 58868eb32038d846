"""``test: ratio``: one flow over another on all days on which the other ran one way, and its distribution."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field

from coupling.claims.evidence import Evidence
from coupling.claims.judging import figure_rule, judge_figure, missed, power_from
from coupling.claims.leg import Figure, PeriodLeg
from coupling.claims.series import within
from coupling.claims.verdict import LegOutcome, Variant
from coupling.errors import InputError
from coupling.text.wording import percent

__all__ = ["Ratio"]

FEWEST = 6


class Ratio(Figure, PeriodLeg):
    """The median over days of `numerator` ÷ size of `denominator`, on the days on which the denominator has one sign.

    Parameters
    ----------
    numerator, denominator : str
        Flows in one unit.
    when : {"negative", "positive"}
        Sign of the denominator on the days that count: ``negative`` are days of outflow.
    least : float
        Smallest size of the denominator on such days.
    """

    test: Literal["ratio"]
    numerator: str
    denominator: str
    when: Literal["negative", "positive"] = "negative"
    least: float = Field(default=0.0, ge=0)

    @property
    def instruments(self) -> tuple[str, ...]:
        """Numerator and denominator."""
        return self.numerator, self.denominator

    def check(self, evidence: Evidence) -> LegOutcome:
        """Hold the figure against the interval of the median ratio."""
        ratios = _ratios(self, evidence)
        median = float(ratios.median())
        lower, upper = _median_interval(ratios.to_numpy())
        quartiles = [float(ratios.quantile(share)) for share in (0.05, 0.25, 0.75, 0.95)]
        verdict = judge_figure(self, lower, upper)
        return LegOutcome(
            verdict=verdict,
            sentence=f"On {len(ratios)} days of {self.when} {self.denominator} the median of {self.numerator} over it "
            f"is {median:.2f} (95 % interval {lower:.2f} to {upper:.2f}), against {self.value:g} claimed"
            f"{missed(verdict, power_from(lower, upper))}.",
            beside=f"Half of the days lie between {quartiles[1]:.2f} and {quartiles[2]:.2f}.",
            rule=figure_rule(self),
            claimed=self.value,
            estimate=median,
            lower=lower,
            upper=upper,
            unit="ratio",
            n=len(ratios),
            sample=(ratios.index[0], ratios.index[-1]),
            detectable=power_from(lower, upper),
            method="Median of the daily ratios with its order-statistics interval, which supposes independent days.",
            variants=tuple(
                Variant(name=f"{percent(share)} of days lie below", estimate=value, n=len(ratios))
                for share, value in zip((0.05, 0.25, 0.75, 0.95), quartiles, strict=True)
            ),
        )


def _ratios(leg: Ratio, evidence: Evidence) -> pd.Series:
    flows = {name: within(evidence.observations[name], leg) for name in leg.instruments}
    both = pd.concat(flows, axis=1, join="inner").dropna()
    sign = -1.0 if leg.when == "negative" else 1.0
    size = sign * both[leg.denominator]
    chosen = both[(size > 0) & (size >= leg.least)]
    if len(chosen) < FEWEST:
        raise InputError(f"{leg.denominator} is {leg.when} on {len(chosen)} days that both share; {FEWEST} are needed.")
    return chosen[leg.numerator] / (sign * chosen[leg.denominator])


def _median_interval(values: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """Return the order statistics between which the median lies, whatever the law (Conover 1999, 3.2)."""
    from scipy.special import bdtr

    ordered = np.sort(values)
    n = len(ordered)
    rank = int(np.searchsorted(bdtr(np.arange(n), n, 0.5), (1 - level) / 2))
    return float(ordered[rank - 1]), float(ordered[n - rank])
