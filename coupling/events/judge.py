"""Whether an instrument responds to events, ran up before them, or responds differently since a date."""

from __future__ import annotations

from coupling.results.verdicts import Changed, Responds

__all__ = ["changed", "responds"]


def responds(lower: float, upper: float, *, able: bool) -> Responds:
    """Judge a mean response, or a run-up, by its interval over episodes.

    Parameters
    ----------
    lower, upper : float
        Ends of the interval; missing ends establish nothing.
    able : bool
        Whether so many episodes can reject anything, and the instrument did not choose the events itself.

    Examples
    --------
    >>> responds(-5.5, -1.0, able=True).value, responds(-5.5, 1.0, able=True).value
    ('responds', 'not_established')
    >>> responds(-5.5, -1.0, able=False).value
    'not_established'
    """
    return Responds.RESPONDS if able and (lower > 0 or upper < 0) else Responds.NOT_ESTABLISHED


def changed(lower: float, upper: float) -> Changed:
    """Judge by its interval whether the responses since a date differ from those before it.

    Examples
    --------
    >>> changed(0.4, 2.0).value, changed(-0.4, 2.0).value, changed(float("nan"), 2.0).value
    ('changed', 'not_established', 'not_established')
    """
    return Changed.CHANGED if lower <= upper and (lower > 0 or upper < 0) else Changed.NOT_ESTABLISHED
