"""What may be said of a coupling: one function per question of the room, from numbers to a verdict.

Everything that answers one of these questions asks here: the first screen, the section, tables of pairs and claims.
"""

from __future__ import annotations

from coupling.results.finding import SIZE
from coupling.results.verdicts import Coupled

__all__ = ["SMALLEST", "coupled", "tail"]

SMALLEST = 0.2
"""The smallest correlation that matters, where nothing else is configured."""


def coupled(
    estimate: float,
    interval: tuple[float, float],
    p_adjusted: float,
    *,
    smallest: float | None = SMALLEST,
) -> Coupled:
    """Judge a coupling by its adjusted p, its size and its interval; a missing interval establishes nothing.

    Parameters
    ----------
    estimate : float
    interval : tuple of float
        Ends of the 95 % interval.
    p_adjusted : float
        Two-sided p-value against 0, adjusted over its family.
    smallest : float, optional
        The smallest effect that matters; None where the quantity has none, as a slope.

    Returns
    -------
    Coupled
        The first that holds: ``coupled`` (significant, and of the smallest effect or more), ``weak`` (significant),
        ``not_coupled`` (the interval lies inside ± the smallest effect), ``not_established``.

    Examples
    --------
    >>> coupled(0.42, (0.2, 0.61), 0.001).value, coupled(0.12, (0.04, 0.2), 0.01).value
    ('coupled', 'weak')
    >>> coupled(0.02, (-0.1, 0.14), 0.8).value, coupled(0.2, (0.01, 0.39), 0.12).value
    ('not_coupled', 'not_established')
    >>> coupled(0.3, (float("nan"), float("nan")), float("nan")).value
    'not_established'
    """
    lower, upper = interval
    if not lower <= upper:
        return Coupled.NOT_ESTABLISHED
    if p_adjusted < SIZE:
        return Coupled.COUPLED if smallest is None or abs(estimate) >= smallest else Coupled.WEAK
    inside = smallest is not None and -smallest < lower and upper < smallest
    return Coupled.NOT_COUPLED if inside else Coupled.NOT_ESTABLISHED


def tail(estimate: float, laws: float, p_adjusted: float) -> Coupled:
    """Judge a dependence in the tail: coupled where it is significantly above what the correlation alone would give.

    Parameters
    ----------
    estimate : float
    laws : float
        The larger value of the elliptical laws with the same rank correlation.
    p_adjusted : float
        Two-sided p-value against that value, adjusted over its family.

    Examples
    --------
    >>> tail(0.4, 0.21, 0.01).value, tail(0.1, 0.21, 0.01).value, tail(0.4, 0.21, float("nan")).value
    ('coupled', 'not_established', 'not_established')
    """
    return Coupled.COUPLED if estimate > laws and p_adjusted < SIZE else Coupled.NOT_ESTABLISHED
