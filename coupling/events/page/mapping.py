"""Which observations every response is read from."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from coupling.events.studies.result import EventStudyResult
from coupling.limits.budget import count
from coupling.results.base import Result

__all__ = ["MappingResult", "make"]


@dataclass(frozen=True, kw_only=True)
class MappingResult(Result):
    """Which observations every response is read from."""

    @property
    def sentence(self) -> str:
        """Count what is used and what is not."""
        used, dated = int(self.frame["used"].sum()), self.frame.loc[self.frame["date_only"], "event"].nunique()
        known = f"{count(dated, 'event')} {'has' if dated == 1 else 'have'} a date-only timestamp"
        return f"{used} of {count(len(self.frame), 'response')} are used; {known}."

    def summary(self) -> pd.DataFrame:
        """One row per event: session 0, and per instrument the hours from the baseline to the value of day 0."""
        rows = self.frame[self.frame["instrument"] != ""]
        if "hours_to_day_0" not in rows:
            return self.frame
        first = rows.drop_duplicates("event").set_index("event")[["instant", "date_only", "session", "episode"]]
        hours = rows.pivot_table(index="event", columns="instrument", values="hours_to_day_0", sort=False)
        hours = hours.reindex(index=first.index, columns=list(dict.fromkeys(rows["instrument"])))
        hours.columns = pd.Index([f"{name} (h)" for name in hours.columns])
        return first.join(hours)


def make(study: EventStudyResult) -> MappingResult:
    """Return what every response is read from."""
    return MappingResult(
        name="events-mapping",
        title="Event-to-session mapping",
        method="Session 0 is the first session of the event clock that closes after the instant. A response starts "
        "at its last own observation at or before the instant (the start of the local day where only the day "
        "is known); hours run from that observation to the last one by the end of session 0, and 0 means "
        "that there was no update.",
        frame=study.mapping,
        provenance=study.provenance,
        warnings=study.warnings,
    )
