"""Estimates for pairs that several kinds share: aligned changes, and a correlation with its interval and p-value."""

from __future__ import annotations

from datetime import date
from math import atanh

import pandas as pd
from scipy.special import stdtrit

from coupling.change.outcomes import SINCE_BREAK
from coupling.change.split import window_of
from coupling.claims.evidence import Evidence
from coupling.claims.judging import power_from, t_test
from coupling.claims.verdict import Variant
from coupling.correlation import HayashiYoshidaCorrelation
from coupling.data.alignment import AlignmentSection
from coupling.data.clocks.ticks import Frequency
from coupling.data.intervals import struck_since
from coupling.data.observations import Observations
from coupling.data.panel import Panel, build_panel
from coupling.errors import InputError

__all__ = ["ALIGNED", "clip", "in_words", "midnight_after", "panel_of", "same_row", "struck_within", "true_instants"]

DAY = pd.Timedelta(days=1)
ALIGNED = f"sessions of {AlignmentSection().days}, last value known at {AlignmentSection().at}"
"""On which rows the correlations of claims are measured, whatever the alignment of the study."""


def panel_of(evidence: Evidence, names: tuple[str, ...], *, frequency: Frequency = Frequency.DAILY) -> Panel:
    """Align instruments by the default rule, see `ALIGNED`."""
    observations = {name: evidence.observations[name] for name in names}
    return build_panel(observations, evidence.instruments, AlignmentSection(frequency=frequency), evidence.provenance)


def midnight_after(day: date) -> pd.Timestamp:
    """Return the instant at which a day ends (UTC)."""
    return pd.Timestamp(day, tz="UTC") + DAY


def in_words(baseline: str, held: float | None = None) -> str:
    """Say with what a period since a date is compared.

    Examples
    --------
    >>> in_words("7y")
    'against the 7 years before'
    >>> in_words("7y", held=4.0)
    'against the 4.0 years before (all that is available of 7)'
    """
    if held is not None:
        return f"against the {held:.1f} years before (all that is available of {baseline[:-1]})"
    if baseline.endswith("y"):
        return f"against the {baseline[:-1]} years before"
    return {
        "equal": "against an equally long period before",
        "all": "against all history before",
        SINCE_BREAK: "against the period since the baseline breaks",
    }[baseline]


def clip(changes: pd.DataFrame, start: date | None, end: date | None) -> pd.DataFrame:
    """Return the complete rows of changes that end within a span of days, both included.

    Raises
    ------
    InputError
        If nothing is left.
    """
    rows = changes.dropna()
    if start is not None:
        rows = rows[rows.index > pd.Timestamp(start, tz="UTC")]
    if end is not None:
        rows = rows[rows.index <= midnight_after(end)]
    if rows.empty:
        raise InputError(f"{' and '.join(changes.columns)} share no changes from {start} to {end}.")
    return rows


def struck_within(
    evidence: Evidence, names: tuple[str, ...], start: date | None, end: date | None
) -> dict[str, Observations]:
    """Return the observations that were struck within a span of days, both included."""
    result = {}
    for name in names:
        item = evidence.observations[name]
        if end is not None:
            item = item.struck_by(midnight_after(end))
        result[name] = item
    return struck_since(result, None if start is None else pd.Timestamp(start, tz="UTC"))


def same_row(name: str, rows: pd.DataFrame, note: str = "") -> Variant:
    """Return the correlation of two columns with a delete-block jackknife, as `coupling.change.SplitTest` has it."""
    window = window_of(rows.to_numpy(dtype=float))
    lower, upper = window.interval(0.95)
    return Variant(
        name=name,
        estimate=window.estimate,
        lower=lower,
        upper=upper,
        p_value=t_test(_z(window.estimate), window.z_error, window.degrees_of_freedom),
        n=window.n,
        n_effective=_worth(window.z_error),
        detectable=power_from(lower, upper),
        note=note,
    )


def _worth(z_error: float) -> float | None:
    """Return how many independent normal pairs would have this standard error of Fisher's z."""
    return 3 + 1 / z_error**2 if z_error > 0 else None


def _z(correlation: float) -> float:
    return atanh(correlation) if abs(correlation) < 1 else float("nan")


def true_instants(name: str, observations: dict[str, Observations], *, stale: str = "keep", note: str = "") -> Variant:
    """Return the Hayashi–Yoshida correlation of two instruments with its delete-one-week jackknife."""
    row = HayashiYoshidaCorrelation(stale=stale).fit(observations).between(*observations).iloc[0]
    freedom = float(row["weeks"]) - 1
    error = (float(row["upper"]) - float(row["lower"])) / 2 / float(stdtrit(freedom, 0.975))
    steep = 1 - min(float(row["estimate"]) ** 2, 0.99)
    return Variant(
        name=name,
        estimate=float(row["estimate"]),
        lower=float(row["lower"]),
        upper=float(row["upper"]),
        p_value=t_test(float(row["estimate"]), error, freedom),
        n=int(row["n"]),
        n_effective=_worth(error / steep),
        detectable=power_from(float(row["lower"]), float(row["upper"])),
        note=note or f"{int(row['weeks'])} weeks",
    )
