"""Whether an instrument responds to events, ran up before them, or responds differently since a date.

Everything that answers these questions asks here: the means over episodes, single events and hours, placebo dates.
"""

from __future__ import annotations

from coupling.results.finding import SIZE
from coupling.results.verdicts import Changed, Responds

__all__ = ["changed", "responds", "unlike_placebo", "unusual"]


def responds(lower: float, upper: float, *, able: bool, p_adjusted: float | None = None) -> Responds:
    """Judge a mean response, or a run-up, by its interval over episodes, and by its p adjusted over its family.

    Parameters
    ----------
    lower, upper : float
        Ends of the interval; missing ends establish nothing.
    able : bool
        Whether so many episodes can reject anything, and the instrument did not choose the events itself.
    p_adjusted : float, optional
        Where there are several tests, both must tell it from zero.

    Examples
    --------
    >>> responds(-5.5, -1.0, able=True).value, responds(-5.5, 1.0, able=True).value
    ('responds', 'not_established')
    >>> responds(-5.5, -1.0, able=False).value, responds(-5.5, -1.0, able=True, p_adjusted=0.08).value
    ('not_established', 'not_established')
    """
    survives = p_adjusted is None or not p_adjusted >= SIZE
    return Responds.RESPONDS if able and survives and (lower > 0 or upper < 0) else Responds.NOT_ESTABLISHED


def changed(lower: float, upper: float) -> Changed:
    """Judge by its interval whether the responses since a date differ from those before it.

    Examples
    --------
    >>> changed(0.4, 2.0).value, changed(-0.4, 2.0).value, changed(float("nan"), 2.0).value
    ('changed', 'not_established', 'not_established')
    """
    return Changed.CHANGED if lower <= upper and (lower > 0 or upper < 0) else Changed.NOT_ESTABLISHED


def unusual(lower: float, upper: float) -> Responds:
    """Judge a single event, or an hour after one, by the interval that ordinary stretches of that length allow.

    Examples
    --------
    >>> unusual(0.4, 2.0).value, unusual(-0.4, 2.0).value, unusual(float("nan"), 2.0).value
    ('responds', 'not_established', 'not_established')
    """
    return Responds.RESPONDS if lower <= upper and (lower > 0 or upper < 0) else Responds.NOT_ESTABLISHED


def unlike_placebo(p: float) -> Responds:
    """Judge by its p among studies of dates without an event whether a response differs from theirs.

    Examples
    --------
    >>> unlike_placebo(0.05).value, unlike_placebo(0.06).value, unlike_placebo(float("nan")).value
    ('responds', 'not_established', 'not_established')
    """
    return Responds.RESPONDS if p <= SIZE else Responds.NOT_ESTABLISHED
