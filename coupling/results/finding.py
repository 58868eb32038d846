"""A finding: one answer as data, judged once, from which every sentence, table and file is made."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from coupling.errors import InputError
from coupling.results.verdicts import VERDICTS

__all__ = ["SIZE", "Finding", "numbers_of"]

SIZE = 0.05
"""Adjusted p below which something differs from no effect."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One answer.

    Parameters
    ----------
    question : str
        What is asked: a key of `coupling.results.verdicts.VERDICTS`.
    subject : tuple of str
        Of what: the pair, the instrument and the type of event, or the claim; the focus first.
    specification : str
        What tells it from other answers to the same question about the same subject, such as ``split 2025-01-01``;
        part of `id`, without anything that a new day changes.
    quantity, unit : str
        What is estimated, and in which unit; a correlation has none.
    primary : bool
        Whether the headline may rest on it.
    estimate, lower, upper : float, optional
        The estimate with its interval at `level`; missing where nothing could be estimated.
    level : float
    n, n_effective : float, optional
        Observations behind it, and how many independent ones they are worth.
    p, p_adjusted : float, optional
        The test against no effect, and adjusted over `family` by `adjustment`.
    family, adjustment : str
    verdict : StrEnum
        A member of the question's enumeration.
    fragile_on : date, optional
        The day without which the verdict would be another.
    smallest_effect, detectable : float, optional
        The smallest effect that matters, and the one found with 80 % power, in the unit of the estimate.
    start, end : date, optional
        First and last session of the sample.
    clock : str
        Whose sessions `start` and `end` are.
    method : str
        The estimator and its interval in a few words.
    cautions : tuple of str
        What must be known before it is believed.
    evidence : str
        Anchor of the result on the page that it rests on.

    Raises
    ------
    InputError
        If the question is unknown, the verdict is none of its answers, the interval has its ends crossed, or the
        sample ends before it starts.

    Examples
    --------
    >>> from coupling.results.verdicts import Coupled
    >>> Finding(
    ...     question="coupled", subject=("BTC", "SPX"), specification="rolling 60", quantity="correlation",
    ...     estimate=0.43, lower=0.2, upper=0.61, n=60, verdict=Coupled.COUPLED, evidence="correlation-rolling",
    ... ).id
    'coupled/BTC/SPX/rolling 60'
    """

    question: str
    subject: tuple[str, ...]
    specification: str = ""
    quantity: str
    unit: str = ""
    primary: bool = True
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    level: float = 0.95
    n: float | None = None
    n_effective: float | None = None
    p: float | None = None
    p_adjusted: float | None = None
    family: str = ""
    adjustment: str = ""
    verdict: StrEnum
    fragile_on: date | None = None
    smallest_effect: float | None = None
    detectable: float | None = None
    start: date | None = None
    end: date | None = None
    clock: str = ""
    method: str = ""
    cautions: tuple[str, ...] = ()
    evidence: str = ""

    def __post_init__(self) -> None:
        if self.question not in VERDICTS:
            raise InputError(f"question {self.question!r} is none of {', '.join(VERDICTS)}.")
        if not isinstance(self.verdict, VERDICTS[self.question]):
            answers = ", ".join(VERDICTS[self.question])
            raise InputError(f"{self.id}: {self.verdict!r} answers another question; the answers are {answers}.")
        if self.has_interval and self.lower > self.upper:  # type: ignore[operator]
            raise InputError(f"{self.id}: the interval runs from {self.lower} to {self.upper}; its ends are crossed.")
        if self.start is not None and self.end is not None and self.start > self.end:
            raise InputError(f"{self.id}: the sample runs from {self.start} to {self.end}; its ends are crossed.")

    @property
    def id(self) -> str:
        """What pairs the findings of two runs: question, subject and specification, no estimate and no end date."""
        return "/".join(filter(None, (self.question, *self.subject, self.specification)))

    @property
    def has_interval(self) -> bool:
        """Whether the estimate has an interval."""
        return not any(end is None or math.isnan(end) for end in (self.lower, self.upper))

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval lies on one side of zero."""
        return self.has_interval and (self.lower > 0 or self.upper < 0)  # type: ignore[operator]

    @property
    def survives(self) -> bool:
        """Whether it differs from no effect after its p is adjusted; figures draw what does not survive hollow."""
        return self.p_adjusted is not None and self.p_adjusted < SIZE


def numbers_of(row: Any, fields: Iterable[str] = ("estimate", "lower", "upper", "n")) -> dict[str, Any]:
    """Return numbers of a row as a finding holds them: floats, and None for what is missing or has no interval.

    Examples
    --------
    >>> numbers_of({"estimate": 0.4, "lower": float("nan"), "upper": float("nan"), "n": 9})
    {'estimate': 0.4, 'lower': None, 'upper': None, 'n': 9.0}
    """
    numbers = {field: float(row[field]) for field in fields}
    return {field: None if math.isnan(value) else value for field, value in numbers.items()}
