"""What may be said of a coupling: one function per question of the room, from numbers to a verdict.

Everything that answers one of these questions asks here: the first screen, the section, tables of pairs and claims.
"""

from __future__ import annotations

from coupling.results.verdicts import Coupled

__all__ = ["coupled", "tail"]


def coupled(lower: float, upper: float) -> Coupled:
    """Judge a correlation by its interval: coupled where it excludes zero; a missing interval establishes nothing.

    Examples
    --------
    >>> coupled(0.2, 0.61).value, coupled(-0.1, 0.3).value, coupled(float("nan"), float("nan")).value
    ('coupled', 'not_established', 'not_established')
    """
    return Coupled.COUPLED if lower > 0 or upper < 0 else Coupled.NOT_ESTABLISHED


def tail(lower: float, laws: float) -> Coupled:
    """Judge a dependence in the tail: coupled where its interval lies above what the correlation alone would give.

    Parameters
    ----------
    lower : float
        Lower end of the interval.
    laws : float
        The larger value of the elliptical laws with the same rank correlation.

    Examples
    --------
    >>> tail(0.3, 0.21).value, tail(0.1, 0.21).value, tail(float("nan"), 0.21).value
    ('coupled', 'not_established', 'not_established')
    """
    return Coupled.COUPLED if lower > laws else Coupled.NOT_ESTABLISHED
