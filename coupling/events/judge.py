"""Whether an instrument responds to events, or ran up before them: the one function from numbers to a verdict."""

from __future__ import annotations

from coupling.results.verdicts import Responds

__all__ = ["responds"]


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
