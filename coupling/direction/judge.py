"""Who moves whom: the one function from numbers to a verdict, for leads in time and for what is sent on net."""

from __future__ import annotations

from coupling.results.finding import SIZE
from coupling.results.verdicts import Leads

__all__ = ["leads"]


def leads(lower: float, upper: float, *, with_zero: Leads, p_adjusted: float | None = None) -> Leads:
    """Judge by its interval how far the first of a pair leads the second.

    Parameters
    ----------
    lower, upper : float
        Ends of the interval: positive where the first leads (by time, or by what it sends on net).
    with_zero : Leads
        What an interval that includes zero says: of a set of lags that there is no lead at this resolution, of a net
        that none is established.
    p_adjusted : float, optional
        Where there are several tests: an interval that excludes zero establishes a lead only if this survives too.

    Examples
    --------
    >>> leads(1.0, 3.0, with_zero=Leads.NO_LEAD).value, leads(-3.0, -1.0, with_zero=Leads.NO_LEAD).value
    ('leads', 'follows')
    >>> leads(-1.0, 3.0, with_zero=Leads.NO_LEAD).value, leads(float("nan"), 3.0, with_zero=Leads.NO_LEAD).value
    ('no_lead', 'not_established')
    >>> leads(1.0, 3.0, with_zero=Leads.NO_LEAD, p_adjusted=0.09).value
    'not_established'
    """
    if not lower <= upper:
        return Leads.NOT_ESTABLISHED
    if lower <= 0 <= upper:
        return with_zero
    if p_adjusted is not None and not p_adjusted < SIZE:
        return Leads.NOT_ESTABLISHED
    return Leads.LEADS if lower > 0 else Leads.FOLLOWS
