"""``test: realised_volatility``: the volatility of the last changes up to a date, with both usual annualisations."""

from __future__ import annotations

from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field

from coupling.claims.evidence import Evidence
from coupling.claims.leg import Figure
from coupling.claims.verdict import LegOutcome, Variant, Verdict
from coupling.data.changes import ChangeRule
from coupling.data.instrument import Instrument
from coupling.data.observations import Observations
from coupling.errors import InputError
from coupling.volatility.realised import realised_volatility

__all__ = ["RealisedVolatility"]


class RealisedVolatility(Figure):
    """The realised volatility of the last `window` changes up to a date, per year.

    Parameters
    ----------
    instrument : str
    date : date
    window : int
        Own changes that count.
    duration : float, optional
        Of a bond in years: its price volatility in % is that of its yield times the duration, to first order.
    relation : {"about", "below", "above"}
        How the volatility stands to `value`, as claimed.
    """

    test: Literal["realised_volatility"]
    instrument: str
    date: date
    window: int = Field(default=30, ge=5)
    duration: float | None = Field(default=None, gt=0)
    relation: Literal["about", "below", "above"] = "about"

    def holds(self, found: float) -> bool:
        """Tell whether a finding stands to the figure as claimed."""
        if self.relation == "about":
            return super().holds(found)
        return found < self.value if self.relation == "below" else found > self.value

    def check(self, evidence: Evidence) -> LegOutcome:
        """Hold the figure against the realised volatility, with both usual annualisations."""
        instrument = evidence.instruments[self.instrument]
        changes = _changes(self, evidence.observations[self.instrument])
        factor = _factor(self, instrument)
        days, other_days = instrument.annualisation, 252 if instrument.annualisation == 365 else 365
        found, other = (factor * _last(changes, self.window, each) for each in (days, other_days))
        lower, upper = (factor * end for end in _interval(changes.iloc[-self.window :], days))
        verdict = Verdict.SUPPORTED if self.holds(found) else Verdict.CONTRADICTED
        unit = f"{'%' if self.duration else instrument.change_unit} a year"
        return LegOutcome(
            verdict=verdict,
            sentence=f"{self.instrument}'s {'price' if self.duration else 'realised'} volatility over {self.window} "
            f"changes to {changes.index[-1]:%Y-%m-%d} was {found:.1f} {unit} (annualised over {days} days; over "
            f"{other_days} {other:.1f}), {'as claimed' if verdict is Verdict.SUPPORTED else 'not'} {_claimed(self)}.",
            beside=f"95 % interval of the underlying volatility: {lower:.1f} to {upper:.1f}."
            f"{_by_duration(self, found)}",
            rule="Supported: the realised figure rounds to the stated digits, lies within the stated tolerance, or on "
            "the stated side. The interval is that of the underlying volatility and does not enter.",
            claimed=self.value,
            estimate=found,
            lower=lower,
            upper=upper,
            unit=unit,
            n=self.window,
            sample=(changes.index[-self.window], changes.index[-1]),
            method=f"Standard deviation (ddof 1) of the last {self.window} own changes × sqrt({days})"
            f"{f' × duration {self.duration:g}' if self.duration else ''}; the interval is chi-square with the "
            "effective number of changes that their kurtosis leaves.",
            variants=(Variant(name=f"annualised over {other_days} days", estimate=other, n=self.window),),
        )


def _claimed(leg: RealisedVolatility) -> str:
    return f"{'' if leg.relation == 'about' else leg.relation + ' '}{leg.value:g}"


def _factor(leg: RealisedVolatility, instrument: Instrument) -> float:
    """Return what turns the volatility of changes into the one claimed; a duration needs a yield."""
    if leg.duration is None:
        return 1.0
    if instrument.change is not ChangeRule.BASIS_POINTS:
        raise InputError(f"{leg.instrument} is no yield, so a duration means nothing; leave it out.")
    return leg.duration / 100


def _by_duration(leg: RealisedVolatility, found: float) -> str:
    if leg.duration is None:
        return ""
    turning = leg.duration * leg.value / found
    return f" Yield volatility × duration {leg.duration:g}; it would be {leg.value:g} at a duration of {turning:.1f}."


def _changes(leg: RealisedVolatility, item: Observations) -> pd.Series:
    day = pd.Timestamp(leg.date)
    changes = pd.Series(item.changes.to_numpy(), index=pd.DatetimeIndex(item.dates)).dropna()
    known = changes[changes.index <= day]
    if len(known) < leg.window or known.index[-1] < day - pd.Timedelta(days=7):
        raise InputError(f"{item.name} has no {leg.window} changes up to {leg.date}; give a series that reaches it.")
    return known


def _last(changes: pd.Series, window: int, annualisation: int) -> float:
    return float(realised_volatility(changes, annualisation=annualisation, window=window).iloc[-1])


def _interval(changes: pd.Series, annualisation: int, level: float = 0.95) -> tuple[float, float]:
    """Interval of the standard deviation: chi-square, its degrees of freedom cut by the kurtosis of the changes."""
    from scipy.special import chdtri

    values = changes.to_numpy(dtype=float)
    deviations = values - values.mean()
    variance = float(values.var(ddof=1))
    kurtosis = float((deviations**4).mean() / (deviations**2).mean() ** 2)
    freedom = 2.0 * len(values) / max(kurtosis - (len(values) - 3) / (len(values) - 1), 0.5)
    quantiles = chdtri(freedom, [(1 - level) / 2, (1 + level) / 2])
    lower, upper = np.sqrt(annualisation * variance * freedom / quantiles)
    return float(lower), float(upper)
