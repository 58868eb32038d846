"""Series that may have changed what their values mean."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from coupling.data.checks.confirmed import CONFIRMED, in_doubt
from coupling.data.panel import Panel
from coupling.results.base import Result
from coupling.text.wording import listed

__all__ = ["MeaningResult", "make"]


@dataclass(frozen=True, kw_only=True)
class MeaningResult(Result):
    """One row per place at which the values of a series may have changed unit, currency, scale or sign."""

    @property
    def in_doubt(self) -> pd.DataFrame:
        """The findings that the configuration does not confirm."""
        return self.frame[self.frame["mend"] != CONFIRMED]

    @property
    def sentence(self) -> str:
        """Name the series, and say that their estimates are not to be believed before they are cleaned."""
        names = [str(name) for name in self.in_doubt["instrument"].unique()]
        if not names:
            return "Every finding is confirmed as real by the configuration."
        verb = "has" if len(names) == 1 else "have"
        return (
            f"{listed(names)} {verb} values that may mean something else than those around them; no estimate with "
            f"{'it' if len(names) == 1 else 'them'} should be relied on before this is cleaned or explained."
        )

    def summary(self) -> pd.DataFrame:
        """Return what was found, where, and the rule under data.repairs that mends it."""
        table = self.frame[["instrument", "check", "date", "value", "against", "reading", "mend"]]
        written = (table["instrument"] + ": [" + table["mend"] + "]").where(table["mend"] != "", "")
        written = written.mask(table["mend"] == CONFIRMED, CONFIRMED)
        named = table.assign(mend=written).set_index("instrument")
        return named.rename(columns={"against": "reference", "reading": "looks like", "mend": "under data.repairs"})


def make(found: pd.DataFrame, panel: Panel) -> MeaningResult:
    """Return the series whose values may have changed their meaning."""
    return MeaningResult(
        name="data-meaning",
        title="Data that may have changed their meaning" if len(in_doubt(found)) else "Findings confirmed as real",
        method="A jump many times the usual move of the 60 observations on both sides and far above every other move "
        "nearby, that stays or is taken back whole within five observations; for yields, where a factor of units or a "
        "turned sign explains it; values at an end by stricter limits; ten or more values that stand twice. A crash is "
        "large too, but comes among other large moves. Rates of false alarms and of finds: docs/data_checks.md. "
        "Nothing is corrected but by a rule under data.repairs; a rule confirm there says that a finding was real.",
        frame=found.reset_index(drop=True),
        provenance=panel.provenance,
    )
