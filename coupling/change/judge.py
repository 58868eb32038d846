"""Whether a coupling changed: from numbers to a verdict.

Everything that answers the question asks here: the first screen, the section, tests of breaks, tables of pairs, claims.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from coupling.change.outcomes import SIZE, SMALLEST
from coupling.results.verdicts import Changed, Coupled, Monitored

__all__ = ["Difference", "alike", "broken", "changed", "contagious", "separated", "watched"]


@dataclass(frozen=True)
class Difference:
    """A difference of two correlations, after less before, with its interval and its adjusted p.

    Examples
    --------
    >>> Difference(-0.2, -0.35, -0.05, p_adjusted=0.03).side, Difference(0.2, 0.05, 0.35, p_adjusted=0.08).side
    (-1, 0)
    """

    estimate: float
    lower: float
    upper: float
    p_adjusted: float

    @property
    def known(self) -> bool:
        """Whether there is an interval."""
        return self.lower <= self.upper

    @property
    def side(self) -> int:
        """The sign of the difference where it is told from zero, else 0."""
        if not (self.p_adjusted < SIZE and (self.lower > 0 or self.upper < 0)):
            return 0
        return 1 if self.lower > 0 else -1


def changed(
    period: Difference,
    *,
    long_run_p: float = float("nan"),
    others: Iterable[Difference] = (),
    smallest: float = SMALLEST,
) -> Changed:
    """Judge a change across a date by two tests, of the period's average and of the long-run mean.

    Parameters
    ----------
    period : Difference
        Of the averages of the two periods, against the primary baseline.
    long_run_p : float
        Adjusted p of the change of the long-run mean; missing where it could not be tested. A period that differs no
        more than the correlation usually wanders establishes nothing.
    others : iterable of Difference
        Against the other baselines, among them the segment since a break inside the primary one: where one of them
        says otherwise, the answer depends on the baseline.
    smallest : float
        The smallest change that matters; nothing has changed where the interval lies inside it.

    Examples
    --------
    >>> told, open_ = Difference(0.2, 0.04, 0.3, p_adjusted=0.02), Difference(0.1, -0.1, 0.3, p_adjusted=0.4)
    >>> changed(told, long_run_p=0.01).value, changed(told, long_run_p=0.2).value, changed(open_).value
    ('changed', 'not_established', 'not_established')
    >>> changed(told, long_run_p=0.01, others=[open_]).value
    'depends_on_baseline'
    >>> changed(Difference(0.02, -0.1, 0.14, p_adjusted=0.8)).value
    'unchanged'
    """
    if not period.known:
        return Changed.NOT_ESTABLISHED
    if any(other.side != period.side for other in others if other.known):
        return Changed.DEPENDS_ON_BASELINE
    if period.side and long_run_p < SIZE:
        return Changed.CHANGED
    inside = -smallest < period.lower and period.upper < smallest
    return Changed.UNCHANGED if inside else Changed.NOT_ESTABLISHED


def broken(p_adjusted: float) -> Changed:
    """Judge a test of one constant correlation, which has no interval, by its adjusted p.

    Examples
    --------
    >>> broken(0.022).value, broken(float("nan")).value
    ('changed', 'not_established')
    """
    return Changed.CHANGED if p_adjusted < SIZE else Changed.NOT_ESTABLISHED


def separated(lower: float, upper: float) -> Changed:
    """Judge the difference between two regimes that were found: by its interval.

    Examples
    --------
    >>> separated(0.1, 0.4).value, separated(-0.1, 0.4).value
    ('changed', 'not_established')
    """
    return Changed.CHANGED if lower > 0 or upper < 0 else Changed.NOT_ESTABLISHED


def contagious(p: float, *, level: float, valid: bool) -> Changed:
    """Judge by its p whether a correlation under stress, adjusted for the source's variance, differs from calm.

    Parameters
    ----------
    p : float
        Of the adjusted correlation less the calm one; a missing one establishes nothing.
    level : float
        One less the size of the test.
    valid : bool
        Whether the adjustment holds: where the target's own noise rose too it takes too much, and establishes nothing.

    Examples
    --------
    >>> contagious(0.01, level=0.95, valid=True).value, contagious(0.2, level=0.95, valid=True).value
    ('changed', 'not_established')
    >>> contagious(0.01, level=0.95, valid=False).value
    'not_established'
    """
    return Changed.CHANGED if valid and p < 1 - level else Changed.NOT_ESTABLISHED


def watched(*, known: bool, rang: bool) -> Monitored:
    """Judge by now a pair that is watched.

    Parameters
    ----------
    known : bool
        Whether there is a baseline today.
    rang : bool
        Whether there was an alarm: without a new baseline since, the correlation is no longer what it was.

    Examples
    --------
    >>> watched(known=True, rang=True).value, watched(known=False, rang=True).value
    ('steady', 'left')
    """
    if known:
        return Monitored.STEADY
    return Monitored.LEFT if rang else Monitored.LEARNING


def alike(lower: float, upper: float) -> Coupled:
    """Judge by the interval of their changes whether two levels are coupled; that of levels decides nothing.

    Examples
    --------
    >>> alike(0.1, 0.4).value, alike(-0.1, 0.4).value, alike(float("nan"), 0.4).value
    ('coupled', 'not_established', 'not_established')
    """
    return Coupled.COUPLED if lower <= upper and (lower > 0 or upper < 0) else Coupled.NOT_ESTABLISHED
