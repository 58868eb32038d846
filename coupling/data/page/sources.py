"""Which source served each instrument, with its clock, span and repairs."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from coupling.data.clocks.clock import load_clock
from coupling.data.instrument import HOURLY
from coupling.data.loading.dataset import Dataset
from coupling.data.panel import Panel
from coupling.limits.budget import count
from coupling.results.base import Origin, Result

__all__ = ["SourcesResult", "make"]

PLACES = {"file": "files", "simulated": "the simulated market", "formula": "formulas", "yahoo": "Yahoo", "fred": "FRED"}

BEHIND_BY = pd.Timedelta(days=14)

LATE_BY = pd.Timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class SourcesResult(Result):
    """One row per instrument: which source served, its clock, its span and its repairs."""

    unknown_files: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Say how many instruments came from where."""
        served = self.frame.groupby("source", sort=False).size()
        text = ", ".join(
            f"{count(number, 'instrument')} from {PLACES.get(str(source), source)}" for source, number in served.items()
        )
        mended = self.frame.loc[self.frame["repairs"] != "", "repairs"]
        repairs = "; ".join(f"{name}: {what}" for name, what in mended.items()) or "none"
        ruled = self.frame.loc[self.frame["repaired by rule"] != "", "repaired by rule"]
        rules = "".join(f" By rule, {name}: {what}." for name, what in ruled.items())
        unknown = f" Files that no instrument declares, left alone: {', '.join(self.unknown_files)}."
        return f"{text[:1].upper()}{text[1:]}. Repairs: {repairs}.{rules}" + (unknown if self.unknown_files else "")

    def summary(self) -> pd.DataFrame:
        """Return the table without the repairs, which the sentence names, and without columns that are empty."""
        table = self.frame.drop(columns="repairs")
        empty = [name for name in ("second sources", "repaired by rule") if not (table[name] != "").any()]
        return table.drop(columns=empty)


def make(dataset: Dataset, panel: Panel, start: pd.Timestamp | None) -> SourcesResult:
    """Return which source served each instrument."""
    rows = [
        {
            "instrument": origin.instrument,
            "source": origin.source,
            "symbol": origin.symbol,
            "struck at": _clock_title(origin.clock),
            "first": origin.first,
            "last": origin.last,
            "rows": origin.rows,
            "repairs": "; ".join(origin.repairs),
            "repaired by rule": "; ".join(origin.rules),
            "second sources": ", ".join(dataset.second_sources.get(origin.instrument, ())),
        }
        for origin in panel.provenance.origins
    ]
    return SourcesResult(
        name="data-sources",
        title="Sources and clocks",
        method="The first declared source that has the series serves it; its clock says as of when a value is. "
        "Observations left out or cleaned are counted under repairs; second sources were available and did not serve. "
        "No value is corrected but by a rule of the configuration (data.repairs), each of which is counted.",
        frame=pd.DataFrame(rows).set_index("instrument"),
        provenance=panel.provenance,
        warnings=_partial(panel.provenance.origins, start),
        unknown_files=dataset.unknown_files,
    )


def _partial(origins: tuple[Origin, ...], start: pd.Timestamp | None) -> tuple[str, ...]:
    """Name the series that end far before the others, or begin after the reported period does."""
    newest = max((origin.last for origin in origins if origin.last is not None), default=None)
    found = []
    for origin in origins:
        if origin.first is None or origin.last is None or newest is None:
            continue
        if newest - origin.last > BEHIND_BY:
            days = (newest - origin.last).days
            found.append(f"{origin.instrument} ends on {origin.last:%Y-%m-%d}, {days} days before the newest series.")
        if start is not None and origin.first - start.tz_localize(None) > LATE_BY:
            first = f"{origin.first:%Y-%m-%d}"
            found.append(f"{origin.instrument} begins on {first}, after the reported period does ({start:%Y-%m-%d}).")
    return tuple(found)


def _clock_title(clock: str) -> str:
    return "the end of each bar" if clock == HOURLY else load_clock(clock).title if " " not in clock else clock
