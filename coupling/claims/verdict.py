"""Verdicts, what one leg came to, and how the verdicts of the legs make the verdict of a claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from coupling.claims.ledger_entry import Entry
from coupling.results import finding as results_finding
from coupling.results.base import Result
from coupling.results.verdicts import Claimed as Verdict

__all__ = ["LegOutcome", "Variant", "Verdict", "combine"]


@dataclass(frozen=True, kw_only=True)
class Variant:
    """The same question asked otherwise: it stands beside the primary answer and never chooses the verdict.

    Parameters
    ----------
    name : str
        What is different, in a few words.
    estimate, lower, upper, p_value, detectable : float, optional
    n : int, optional
    n_effective : float, optional
    note : str
        What a reader must know about it.
    verdict : Verdict, optional
        What the rule of the leg would say of it.
    """

    name: str
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    p_value: float | None = None
    n: int | None = None
    n_effective: float | None = None
    detectable: float | None = None
    note: str = ""
    verdict: Verdict | None = None


@dataclass(frozen=True, kw_only=True)
class LegOutcome:
    """What one leg came to.

    Parameters
    ----------
    verdict : Verdict
    sentence : str
        The finding in one plain sentence, with its figures.
    beside : str
        What qualifies it: other definitions, other choices, what could have been detected.
    rule : str
        The rule by which the verdict follows.
    claimed, estimate, lower, upper : float, optional
        In `unit`; a fact has no interval.
    unit : str
    p_value : float, optional
        Where the leg is a test: of its one primary specification.
    n : int, optional
        Observations behind the estimate.
    n_effective : float, optional
        Independent observations that they are worth, where they depend on each other.
    sample : tuple of Timestamp, optional
        First and last date behind the estimate.
    detectable : float, optional
        The effect that the sample would have shown with 80 % power.
    method : str
    variants : tuple of Variant
        The same question asked otherwise.
    details : tuple of Result
        Tables or figures worth showing; they follow the legs in the page.
    entry : Entry, optional
        Line of the ledger, where the leg is a prediction.
    sensitive : bool
        Whether the same rule judges one of the variants otherwise.
    rests_on : Finding, optional
        Where the leg asks what a room asks too: that room's finding on the claim's own sample.
    """

    verdict: Verdict
    sentence: str
    rule: str
    beside: str = ""
    claimed: float | None = None
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    unit: str = ""
    p_value: float | None = None
    n: int | None = None
    n_effective: float | None = None
    sample: tuple[pd.Timestamp, pd.Timestamp] | None = None
    detectable: float | None = None
    method: str = ""
    variants: tuple[Variant, ...] = ()
    details: tuple[Result, ...] = ()
    entry: Entry | None = None
    sensitive: bool = False
    rests_on: results_finding.Finding | None = None


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
    return Verdict.PARTLY if {Verdict.SUPPORTED, Verdict.PARTLY} & set(tested) else Verdict.UNDECIDED
