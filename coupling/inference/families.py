"""Families of tests: which findings are adjusted together, by what, and the one place that does it.

A family is the pairs of the focus, one for each question and specification; a table of all pairs is a family of its
own, responses to events are one over the instruments, and claims are one (`coupling.claims.findings`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from enum import StrEnum

import numpy as np

from coupling._typing import Floats
from coupling.inference.multiple import adjust_p_values
from coupling.results.finding import Finding

__all__ = [
    "ALL_PAIRS",
    "FOCUS_PAIRS",
    "HOLM",
    "INSTRUMENTS",
    "IN_CATEGORIES",
    "MAX_T",
    "SUP_T",
    "WESTFALL_YOUNG",
    "adjusted",
]

FOCUS_PAIRS, ALL_PAIRS = "pairs of the focus", "all pairs"
INSTRUMENTS, IN_CATEGORIES = "instruments", "instruments and categories"
HOLM, MAX_T, WESTFALL_YOUNG, SUP_T = "Holm", "max-t", "Westfall–Young", "sup-t"


def adjusted(
    findings: Iterable[Finding],
    judged: Callable[[Finding], StrEnum],
    *,
    family: str = FOCUS_PAIRS,
    jointly: Floats | None = None,
) -> tuple[Finding, ...]:
    """Adjust the p-values of the findings of one family, and judge each by its own.

    Parameters
    ----------
    findings : iterable of Finding
        All of one question and one specification; those without p are no tests.
    judged : callable
        From a finding with its adjusted p to its verdict: the function of its question.
    family : str
        What they are called together.
    jointly : array, optional
        Their p-values adjusted by draws that they share (max-t); else Holm's.

    Examples
    --------
    >>> from coupling.results.verdicts import Coupled
    >>> two = [Finding(question="coupled", subject=("A", other), quantity="correlation", p=p,
    ...                verdict=Coupled.NOT_ESTABLISHED) for other, p in (("B", 0.01), ("C", 0.04))]
    >>> [each.p_adjusted for each in adjusted(two, lambda each: Coupled.WEAK)]
    [0.02, 0.04]
    """
    findings = tuple(findings)
    p = np.array([math.nan if each.p is None else each.p for each in findings], dtype=float)
    values, by = (adjust_p_values(p), HOLM) if jointly is None else (jointly, MAX_T)
    return tuple(
        _with(each, float(value), family, by, judged) for each, value in zip(findings, values.tolist(), strict=True)
    )


def _with(finding: Finding, value: float, family: str, by: str, judged: Callable[[Finding], StrEnum]) -> Finding:
    if math.isnan(value):
        return finding
    told = replace(finding, p_adjusted=value, family=family, adjustment=by)
    return replace(told, verdict=judged(told))
