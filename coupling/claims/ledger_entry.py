"""One line of the ledger: a prediction, what became of it, and how probable it was and is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean

import pandas as pd

from coupling.claims.origins import OriginsRecord
from coupling.claims.probability import BASE_RATE, CALIBRATABLE, Chance

__all__ = ["Entry", "Status", "brier", "middle", "span"]


class Status(StrEnum):
    """What became of a prediction, as far as the data reach."""

    OPEN = "open"
    CAME_TRUE = "came true"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One prediction in the ledger.

    Parameters
    ----------
    words : str
        What is predicted.
    made, by : date
        When it was made, and its deadline.
    known_to : Timestamp
        Last date that the data reach.
    outcome : bool, optional
        Whether it came true; None while it is open.
    reached : bool, optional
        The same without what is only watched (the cause): what the models' probability is about.
    settled_on : Timestamp, optional
        Date that settled it.
    stated : float, optional
        Probability that the author gave.
    at_claim, now : sequence of Chance
        From what was known when it was made, and from all that is known; the latter is empty once it is settled.
    record_at_claim, record_now : OriginsRecord, optional
        What the same models would have said at past origins, and what happened.
    """

    words: str
    made: dt.date
    by: dt.date
    known_to: pd.Timestamp
    outcome: bool | None
    reached: bool | None
    settled_on: pd.Timestamp | None
    stated: float | None
    at_claim: Sequence[Chance]
    now: Sequence[Chance]
    record_at_claim: OriginsRecord | None = None
    record_now: OriginsRecord | None = None

    @property
    def status(self) -> Status:
        """Open, came true, or failed."""
        if self.outcome is None:
            return Status.OPEN
        return Status.CAME_TRUE if self.outcome else Status.FAILED

    @property
    def horizons(self) -> int:
        """Non-overlapping historical windows when it was made."""
        return min((chance.horizons for chance in self.at_claim), default=0)

    @property
    def calibratable(self) -> bool:
        """Whether the past holds enough horizons to check a probability of this kind."""
        return self.horizons >= CALIBRATABLE


def span(chances: Sequence[Chance]) -> tuple[float, float]:
    """Return the range of the probability over models and parameter draws.

    The base rate counts with its share: its own interval, often nearly 0 to 1, stands in the table of chances.

    Examples
    --------
    >>> one = Chance(model="GARCH", probability=0.2, lower=0.1, upper=0.3, n=500, horizons=4)
    >>> two = Chance(model="base rate", probability=0.4, lower=0.0, upper=0.9, n=500, horizons=4)
    >>> span([one, two])
    (0.1, 0.4)
    """
    given = [chance for chance in chances if not chance.failed]
    ends = [(c.probability, c.probability) if c.model == BASE_RATE else (c.lower, c.upper) for c in given]
    if not ends:
        return float("nan"), float("nan")
    return min(low for low, _ in ends), max(high for _, high in ends)


def middle(chances: Sequence[Chance]) -> float:
    """Return the mean of the models' probabilities, each model with the same weight whatever its drifts.

    Examples
    --------
    >>> rows = [("GARCH", 0.2), ("GARCH", 0.4), ("base rate", 0.6)]
    >>> round(middle([Chance(model=m, probability=p, n=9, horizons=1) for m, p in rows]), 6)
    0.45
    """
    by_model: dict[str, list[float]] = {}
    for chance in chances:
        if not chance.failed:
            by_model.setdefault(chance.model, []).append(chance.probability)
    return fmean(map(fmean, by_model.values())) if by_model else float("nan")


def brier(probability: float | None, outcome: bool | None) -> float:
    """Return the squared difference of a probability and what happened (Brier 1950, one category); missing while open.

    Examples
    --------
    >>> round(brier(0.72, True), 4), brier(0.72, None)
    (0.0784, nan)
    """
    if probability is None or outcome is None:
        return float("nan")
    return (probability - float(outcome)) ** 2
