"""Claims about measured quantities: realised volatility, and correlations of levels held against those of changes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from coupling.change.levels import INDISTINCT, TOGETHER, LevelCorrelation
from coupling.claims.legs import LevelsAgainstChanges, RealisedVolatility
from coupling.claims.verdict import Finding, Verdict
from coupling.data.alignment import AlignmentSection
from coupling.data.instrument import Instrument
from coupling.data.observations import Observations
from coupling.data.panel import build_panel
from coupling.data.ticks import Frequency
from coupling.errors import InputError
from coupling.volatility.realised import realised_volatility

__all__ = ["levels_against_changes", "volatility_level"]


def volatility_level(leg: RealisedVolatility, item: Observations, instrument: Instrument) -> Finding:
    """Hold a claimed volatility against the realised one, with both usual annualisations."""
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


def levels_against_changes(
    leg: LevelsAgainstChanges,
    observations: Mapping[str, Observations],
    instruments: Mapping[str, Instrument],
    seed: int,
) -> Finding:
    """Hold a correlation claimed of levels against the correlation of their weekly changes over the same weeks."""
    names = (leg.left, leg.right)
    panel = build_panel(
        {name: observations[name] for name in names}, instruments, AlignmentSection(frequency=Frequency.WEEKLY)
    )
    until = pd.Timestamp(leg.date, tz="UTC") + pd.Timedelta(days=1)
    levels = panel.levels[panel.levels.index <= until].iloc[-leg.weeks - 1 :]
    if len(levels) < leg.weeks + 1 or levels.index[-1] < until - pd.Timedelta(days=9):
        raise InputError(f"{leg.left} and {leg.right} share fewer than {leg.weeks} weeks up to {leg.date}.")
    row = LevelCorrelation(random_state=seed).fit(levels).table_.iloc[0]
    verdict = _of_changes(leg, row)
    return Finding(
        verdict=verdict,
        sentence=f"The levels of {leg.left} and {leg.right} correlate {row['levels']:.2f} over {leg.weeks} weeks to "
        f"{levels.index[-1]:%Y-%m-%d} (claimed: {leg.value:.2f}); their weekly changes correlate {row['changes']:.2f} "
        f"(95 % interval {row['lower']:.2f} to {row['upper']:.2f}), and {row['p_value']:.0%} of pairs of independent "
        f"random walks have levels as correlated: {row['verdict']}.",
        rule="The interval on changes decides. Supported: it excludes 0 on the claimed side and holds the claimed "
        "figure. Contradicted: it excludes the claimed figure. Else undecided.",
        claimed=leg.value,
        estimate=float(row["changes"]),
        lower=float(row["lower"]),
        upper=float(row["upper"]),
        unit="correlation",
        n=int(row["n"]) - 1,
        method="Correlation of weekly changes (weeks end on Friday, 24:00 UTC) with a delete-block jackknife; the "
        "level correlation stands beside it with its null distribution of independent random walks.",
    )


def _of_changes(leg: LevelsAgainstChanges, row: pd.Series) -> Verdict:
    if not row["lower"] <= leg.value <= row["upper"]:
        return Verdict.CONTRADICTED
    same_side = row["verdict"] == TOGETHER and np.sign(row["changes"]) == np.sign(leg.value)
    return Verdict.SUPPORTED if same_side and row["verdict"] != INDISTINCT else Verdict.UNDECIDED
