"""``test: realised_volatility``: the volatility of the last changes up to a date, with both usual annualisations."""

from __future__ import annotations

from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field

from coupling.claims.evidence import Evidence
from coupling.claims.leg import Figure
from coupling.claims.verdict import Finding, Verdict
from coupling.data.instrument import Instrument
from coupling.data.observations import Observations
from coupling.errors import InputError
from coupling.volatility.realised import realised_volatility

__all__ = ["RealisedVolatility"]


class RealisedVolatility(Figure):
    """The realised volatility of the last `window` changes up to a date, per year."""

    test: Literal["realised_volatility"]
    instrument: str
    date: date
    window: int = Field(default=30, ge=5)

    def check(self, evidence: Evidence) -> Finding:
        """Hold the figure against the realised volatility."""
        return _volatility(self, evidence.observations[self.instrument], evidence.instruments[self.instrument])


def _volatility(leg: RealisedVolatility, item: Observations, instrument: Instrument) -> Finding:
    day = pd.Timestamp(leg.date)
    changes = pd.Series(item.changes.to_numpy(), index=pd.DatetimeIndex(item.dates)).dropna()
    known = changes[changes.index <= day]
    if len(known) < leg.window or known.index[-1] < day - pd.Timedelta(days=7):
        raise InputError(f"{item.name} has no {leg.window} changes up to {leg.date}; give a series that reaches it.")
    both = {
        days: _last(known, leg.window, days) for days in (instrument.annualisation, _other(instrument.annualisation))
    }
    found, other = both.values()
    lower, upper = _interval(known.iloc[-leg.window :], instrument.annualisation)
    unit = f"{instrument.change_unit} a year"
    verdict = Verdict.SUPPORTED if leg.holds(found) else Verdict.CONTRADICTED
    days, other_days = both
    return Finding(
        verdict=verdict,
        sentence=f"{item.name}'s volatility over {leg.window} changes to {known.index[-1]:%Y-%m-%d} was {found:.1f} "
        f"{unit} (95 % interval {lower:.1f} to {upper:.1f}; {days} changes a year, with {other_days} {other:.1f}), "
        f"{'as' if verdict is Verdict.SUPPORTED else 'not the'} {leg.value:g} claimed.",
        rule="Supported: the realised figure rounds to the stated digits, or lies within the stated tolerance.",
        claimed=leg.value,
        estimate=found,
        lower=lower,
        upper=upper,
        unit=unit,
        n=leg.window,
        method=f"Standard deviation (ddof 1) of the last {leg.window} own changes × sqrt({days}); the interval is "
        "chi-square with the effective number of changes that their kurtosis leaves.",
    )


def _last(changes: pd.Series, window: int, annualisation: int) -> float:
    return float(realised_volatility(changes, annualisation=annualisation, window=window).iloc[-1])


def _other(annualisation: int) -> int:
    return 252 if annualisation == 365 else 365


def _interval(changes: pd.Series, annualisation: int, level: float = 0.95) -> tuple[float, float]:
    """Interval of the standard deviation: chi-square, its degrees of freedom cut by the kurtosis of the changes."""
    from scipy.stats import chi2

    values = changes.to_numpy(dtype=float)
    deviations = values - values.mean()
    variance = float(values.var(ddof=1))
    kurtosis = float((deviations**4).mean() / (deviations**2).mean() ** 2)
    freedom = 2.0 * len(values) / max(kurtosis - (len(values) - 3) / (len(values) - 1), 0.5)
    quantiles = chi2.ppf([(1 + level) / 2, (1 - level) / 2], freedom)
    lower, upper = np.sqrt(annualisation * variance * freedom / quantiles)
    return float(lower), float(upper)
