"""How an answer to "Did it change?" is said: one word for each outcome, wherever it is read."""

from __future__ import annotations

from enum import StrEnum

from coupling.results.finding import Finding
from coupling.results.verdicts import Changed

__all__ = ["MOST", "SINCE_BREAK", "SIZE", "SMALLEST", "Outcome", "outcome"]

SIZE = 0.05
"""Size of the tests."""
SMALLEST = 0.2
"""The smallest change of a correlation that matters, unless another is configured."""
SINCE_BREAK = "since break"
"""The baseline that begins where the primary one breaks."""
MOST = 0.5
"""Share of the sample beyond which a set of dates says too little: the break is not datable."""


class Outcome(StrEnum):
    """A verdict, where nothing is established with what was seen: a period that differs, or no difference."""

    CHANGED = "changed"
    DEPENDS_ON_BASELINE = "depends_on_baseline"
    UNCHANGED = "unchanged"
    WANDERS = "wanders"
    UNTESTED = "untested"
    NOT_ESTABLISHED = "not_established"


def outcome(finding: Finding, long_run_p: float) -> Outcome:
    """Tell, where a finding establishes no change, whether its period differs all the same.

    Parameters
    ----------
    finding : Finding
        On a change across a date.
    long_run_p : float
        Adjusted p of the change of the long-run mean; missing where it could not be tested.

    Returns
    -------
    Outcome
        ``wanders``: the period differs, no more than the correlation usually wanders; ``untested``: it differs, and
        too few rows say how the correlation wanders; else the verdict.
    """
    told = finding.excludes_zero and finding.p_adjusted is not None and finding.p_adjusted < SIZE
    if finding.verdict is not Changed.NOT_ESTABLISHED or not told or long_run_p < SIZE:
        return Outcome(str(finding.verdict))
    return Outcome.WANDERS if long_run_p >= SIZE else Outcome.UNTESTED
