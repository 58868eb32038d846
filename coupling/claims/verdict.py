"""Verdicts, and how the verdicts of the legs make the verdict of a claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Finding", "Verdict", "combine"]


class Verdict(StrEnum):
    """What is said of a claim."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    PARTLY = "partly"
    UNDECIDED = "undecided"
    NOT_TESTABLE = "not testable"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one leg came to.

    Parameters
    ----------
    verdict : Verdict
    sentence : str
        The finding in one sentence, with its figures.
    rule : str
        The rule by which the verdict follows.
    claimed, estimate, lower, upper : float, optional
        In `unit`; a fact has no interval.
    unit : str
    p_value : float, optional
        Where the leg is a test.
    n : int, optional
        Observations behind the estimate.
    method : str
    """

    verdict: Verdict
    sentence: str
    rule: str
    claimed: float | None = None
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    unit: str = ""
    p_value: float | None = None
    n: int | None = None
    method: str = ""


def combine(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the verdict of a claim: that of its legs where they agree, else partly.

    A leg that cannot be tested does not decide where others can.

    Examples
    --------
    >>> combine([Verdict.SUPPORTED, Verdict.NOT_TESTABLE]).value
    'supported'
    >>> combine([Verdict.SUPPORTED, Verdict.CONTRADICTED]).value
    'partly'
    """
    tested = [verdict for verdict in verdicts if verdict is not Verdict.NOT_TESTABLE]
    if not tested:
        return Verdict.NOT_TESTABLE
    if len(set(tested)) == 1:
        return tested[0]
    return Verdict.PARTLY if Verdict.SUPPORTED in tested else Verdict.UNDECIDED
