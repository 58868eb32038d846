"""What the monitor finds of each pair, and what must be known of an alarm and of silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from coupling.results.finding import Finding, numbers_of
from coupling.results.verdicts import Monitored

__all__ = ["CHOSEN", "DELAYS", "TIMES", "UNSEEN", "WANDERS", "findings_of"]

TIMES: Mapping[float, int] = {0.1: 657, 0.2: 281, 0.425: 112}
"""Sessions to an alarm of a pair whose Fisher z wanders, by its standard deviation; see docs/size.md."""
DELAYS: Mapping[float, int] = {0.6: 38, 0.4: 183, -0.2: 59}
"""Sessions from a change of a correlation of 0.2 to its alarm at the median, by the new correlation; see there."""
WANDERS = (
    "A correlation that wanders without a break rings oftener: a pair every "
    f"{TIMES[0.1]}, {TIMES[0.2]} or {TIMES[0.425]} sessions where its Fisher z wanders by 0.1, 0.2 or 0.425"
)
UNSEEN = (
    f"A rise from 0.2 to 0.6 is told after {DELAYS[0.6]} sessions at the median, to 0.4 after {DELAYS[0.4]}, a fall to "
    f"−0.2 after {DELAYS[-0.2]}; a smaller or slower change may pass unseen, and nothing is told while a baseline is "
    "learnt"
)
CHOSEN = "The date of the change was chosen by the same observations, which overstates it"


def findings_of(
    rows: Sequence[Mapping[str, Any]], *, focus: str, rate: str, clock: str, evidence: str
) -> tuple[Finding, ...]:
    """Return one finding per pair: whether its correlation has left its baseline by now.

    Where it has, the estimate is the correlation since the likeliest first session of the new one, which is `start`,
    less that of the baseline. Where it has not there is no change to estimate, and `start` is the first session of the
    baseline.
    """
    return tuple(
        Finding(
            question="monitor",
            subject=(focus, str(row["with"])),
            quantity="change of the correlation",
            primary=False,
            verdict=row["verdict"],
            end=_day(row["last"]),
            clock=clock,
            method=f"Shiryaev–Roberts detector, bivariate t law of standardised {row['rows']}; {rate}",
            evidence=evidence,
            **_of_left(row) if row["verdict"] is Monitored.LEFT else _of_baseline(row),
        )
        for row in rows
    )


def _of_left(row: Mapping[str, Any]) -> dict[str, Any]:
    known = numbers_of(row, ("estimate", "lower", "upper"))
    return {**known, "n": float(row["n_after"]), "start": _day(row["since"]), "cautions": (CHOSEN, WANDERS)}


def _of_baseline(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"n": float(row["n_before"]), "start": _day(row["baseline_from"]), "cautions": (UNSEEN,)}


def _day(session: pd.Timestamp) -> date | None:
    return None if pd.isna(session) else session.date()
