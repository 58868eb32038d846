"""What looks wrong in the series, found and not corrected."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from coupling.data.panel import Panel
from coupling.limits.budget import count
from coupling.results.base import Result

__all__ = ["ChecksResult", "make"]


@dataclass(frozen=True, kw_only=True)
class ChecksResult(Result):
    """What looks wrong in the series, found and not corrected."""

    @property
    def sentence(self) -> str:
        """Say how much was found, by check, and that nothing was corrected."""
        if self.frame.empty:
            return "The checks found nothing to look at."
        counts = (self.frame["instrument"] + " " + self.frame["check"]).value_counts(sort=False)
        parts = [f"{what}: {number}" for what, number in counts.items()]
        flagged = f"{count(len(self.frame), 'value')} {'is' if len(self.frame) == 1 else 'are'} flagged"
        return f"{flagged} for review and none was corrected ({'; '.join(parts)})."

    def summary(self) -> pd.DataFrame:
        """Return for each instrument and check how many were found, and the largest with its date."""
        if self.frame.empty:
            return self.frame
        largest = self.frame.assign(absolute=self.frame["size"].abs()).sort_values("absolute", ascending=False)
        groups = largest.groupby(["instrument", "check"])
        table = groups[["date", "value", "against", "size", "source"]].first()
        table.insert(0, "found", groups.size())
        return table.rename(columns={"date": "largest on"})


def make(findings: pd.DataFrame, panel: Panel, start: pd.Timestamp | None) -> ChecksResult:
    """Return what the checks found."""
    reported = findings if start is None else findings[findings["date"] >= start.tz_localize(None)]
    return ChecksResult(
        name="data-checks",
        title="Checks",
        method="Gaps of more than a week against the calendar; stale prices (five equal values in succession); changes "
        "eight times the usual size that reverse by four fifths; closes that break with the next open, and "
        "differences from a "
        "second source of the same clock, twenty times the median of the year around. Sizes are in % or bp; in days "
        "for a gap and in observations for a repeated value.",
        frame=reported.reset_index(drop=True),
        provenance=panel.provenance,
    )
