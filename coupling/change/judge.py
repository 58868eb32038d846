"""Whether a coupling changed: the one function from numbers to a verdict.

Everything that answers the question asks here: the first screen, the section, tests of breaks, tables of pairs, claims.
"""

from __future__ import annotations

from collections.abc import Iterable

from coupling.results.verdicts import Changed

__all__ = ["changed"]

SIZE = 0.05


def changed(
    interval: tuple[float, float] | None = None,
    *,
    baselines: Iterable[tuple[float, float]] = (),
    p_adjusted: float | None = None,
) -> Changed:
    """Judge a change by the interval of its size, or, where a test gives none, by its adjusted p.

    Parameters
    ----------
    interval : tuple of float, optional
        Ends of the interval of the change against the primary baseline; missing ends establish nothing.
    baselines : iterable of tuple of float
        The intervals against the other baselines: where one of them would say otherwise, the answer depends on it.
    p_adjusted : float, optional
        Of a test without an interval.

    Examples
    --------
    >>> changed((0.04, 0.3)).value, changed((-0.1, 0.3)).value, changed((0.04, 0.3), baselines=[(-0.1, 0.2)]).value
    ('changed', 'not_established', 'depends_on_baseline')
    >>> changed(p_adjusted=0.022).value, changed(p_adjusted=float("nan")).value
    ('changed', 'not_established')
    """
    if interval is None:
        return Changed.CHANGED if p_adjusted is not None and p_adjusted < SIZE else Changed.NOT_ESTABLISHED
    if not interval[0] <= interval[1]:
        return Changed.NOT_ESTABLISHED
    own = _excludes_zero(interval)
    if any(_excludes_zero(other) != own for other in baselines):
        return Changed.DEPENDS_ON_BASELINE
    return Changed.CHANGED if own else Changed.NOT_ESTABLISHED


def _excludes_zero(interval: tuple[float, float]) -> bool:
    return interval[0] > 0 or interval[1] < 0
