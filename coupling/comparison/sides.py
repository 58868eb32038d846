"""Measures of several studies side by side, with the interval of each difference from draws that all studies share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from coupling._typing import Floats
from coupling.comparison.batches import Batch
from coupling.comparison.measures import Measure, Subject
from coupling.comparison.weeks import LOCAL, YEARLY, WeekDraws, draws_over
from coupling.comparison.workers import run_batches
from coupling.correlation.section import HayashiYoshidaSection
from coupling.inference import recovered_interval
from coupling.text.wording import percent

__all__ = ["Drawn", "draw_all", "side_by_side"]

SHARED = 0.5
APART = "periods apart: from the two intervals"
FEW = 0.05
"""Share of draws that may be missing before there is no interval."""


@dataclass(frozen=True)
class Drawn:
    """A measure with its replicates."""

    measure: Measure
    replicates: Floats
    inflation: float

    @property
    def limits(self) -> tuple[float, float]:
        """The interval of the study's own page, or from the draws where it has none."""
        m = self.measure
        if np.isfinite(m.lower) or not np.isfinite(m.estimate):
            return m.lower, m.upper
        reach = _reach(self.replicates, self.inflation)
        return m.estimate - reach, m.estimate + reach

    @property
    def row(self) -> dict[str, Any]:
        """The measure as a row."""
        m, (lower, upper) = self.measure, self.limits
        return {"pair": m.pair if m.pair != m.other else "", "estimate": m.estimate, "lower": lower, "upper": upper,
                "n": m.n, "unit": m.unit, "from": m.begin, "to": m.end}  # fmt: skip


def _reach(replicates: Floats, inflation: float) -> float:
    """Return the 95 % quantile of the size of the deviations from their mean; missing where too many draws are."""
    if not len(replicates) or np.isnan(replicates).mean() > FEW:
        return float("nan")
    return float(np.nanquantile(np.abs(replicates - np.nanmean(replicates)), 0.95)) * inflation


def draw_all(
    subjects: Mapping[str, Subject],
    measures: Mapping[str, list[Measure]],
    *,
    replications: int,
    seed: int,
    n_jobs: int = -1,
    dask: str | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> dict[str, list[Drawn]]:
    """Draw every measure of every study again, under the same draws of calendar weeks."""
    yearly, local = _schemes(subjects, seed)
    batches = [
        batch
        for name, subject in subjects.items()
        for batch in _batches(name, subject, measures[name], (yearly, local), replications)
    ]
    replicates: dict[str, tuple[Floats, int]] = {}
    for done, outcomes in enumerate(run_batches(batches, n_jobs=n_jobs, dask=dask), start=1):
        replicates |= {outcome.key: (outcome.replicates, outcome.n) for outcome in outcomes}
        if progress is not None:
            progress("pairs", done, len(batches))
    return {
        name: [_drawn(name, each, replicates, local if each.local else yearly, replications) for each in listed]
        for name, listed in measures.items()
    }


def _drawn(
    study: str, measure: Measure, replicates: Mapping[str, tuple[Floats, int]], draws: WeekDraws, replications: int
) -> Drawn:
    if measure.failure:
        return Drawn(measure, np.empty(0), 1.0)
    if measure.draw is not None:
        return Drawn(measure, measure.draw(draws, replications), draws.inflation)
    assert measure.asked is not None
    found, n = replicates[f"{study}\0{measure.asked.key}"]
    return Drawn(measure if measure.n else replace(measure, n=n), found, draws.inflation)


def _schemes(subjects: Mapping[str, Subject], seed: int) -> tuple[WeekDraws, WeekDraws]:
    """Return the draws for whole periods and for the last value, over the weeks that any study sees whole."""
    spans = [subject.history(other).whole_weeks for subject in subjects.values() for other in subject.pairs]
    first, last = min(low for low, _ in spans), max(high for _, high in spans)
    days = {day for subject in subjects.values() if subject.study.change for day in subject.study.change.splits}
    cuts = [pd.Timestamp(day, tz="UTC") for day in sorted(days)]
    yearly, local = (draws_over(first, last, scheme, cuts=cuts, seed=seed) for scheme in (YEARLY, LOCAL))
    return yearly, local


def _batches(
    study: str, subject: Subject, measures: list[Measure], schemes: tuple[WeekDraws, WeekDraws], replications: int
) -> list[Batch]:
    """Return a batch for each pair and scheme; keys carry the study, since studies share measures."""
    found = []
    for other in subject.pairs:
        for draws, local in zip(schemes, (False, True), strict=True):
            asked = [
                replace(each.asked, key=f"{study}\0{each.asked.key}")
                for each in measures
                if each.other == other and each.asked is not None and each.local is local
            ]
            legs = {
                each.treatment: subject.legs(other, each.section)
                for each in asked
                if isinstance(each.section, HayashiYoshidaSection)
            }
            if asked:
                found.append(Batch(subject.history(other), legs, tuple(asked), draws, None, replications))
    return found


def side_by_side(drawn: Mapping[str, list[Drawn]]) -> dict[str, pd.DataFrame]:
    """Return by measure a frame of every study, with its difference from the first study that has the measure."""
    groups = dict.fromkeys(each.measure.group for listed in drawn.values() for each in listed)
    return {group: frame for group in groups if len(frame := _group(group, drawn))}


def _group(group: str, drawn: Mapping[str, list[Drawn]]) -> pd.DataFrame:
    known = {
        (each.measure.other, study): each
        for study, listed in drawn.items()
        for each in listed
        if each.measure.group == group and not each.measure.failure
    }
    rows = {}
    reference = next(iter(drawn))
    for other in dict.fromkeys(other for other, _ in known):
        for study in drawn:
            if (other, study) in known:
                base = known.get((other, reference))
                against = _against(known[other, study], base, reference) if study != reference else _nothing("")
                rows[other, study] = {**known[other, study].row, **against}
    frame = pd.DataFrame(rows).T.rename_axis(["with", "study"]) if rows else pd.DataFrame()
    return frame.infer_objects() if len(frame) else frame


def _nothing(note: str, difference: float = float("nan")) -> dict[str, Any]:
    nan = float("nan")
    return {"difference": difference, "difference_lower": nan, "difference_upper": nan, "note": note}


def _against(one: Drawn, base: Drawn | None, reference: str) -> dict[str, Any]:
    """Return the difference from the reference, with its interval where half of the period is shared or nothing."""
    if base is None:
        return _nothing(f"not asked in {reference}")
    if one.measure.unit != base.measure.unit:
        return _nothing(f"in another unit than in {reference}")
    change = one.measure.estimate - base.measure.estimate
    share = _shared(one.measure, base.measure)
    if share <= 0:
        lower, upper = recovered_interval(one.measure.estimate, one.limits, base.measure.estimate, base.limits)
        return {"difference": change, "difference_lower": lower, "difference_upper": upper, "note": APART}
    if np.isnan(share):
        return _nothing("no interval: the period is not known", change)
    if share < SHARED:
        return _nothing(f"no interval: {percent(share)} of the period is shared, less than half", change)
    reach = _reach(one.replicates - base.replicates, max(one.inflation, base.inflation))
    if not np.isfinite(reach):
        return _nothing("no interval: too many draws give no estimate", change)
    if change == 0 and reach == 0:
        return _nothing("the same numbers", change)
    limits = {"difference": change, "difference_lower": change - reach, "difference_upper": change + reach}
    return {**limits, "note": ""}


def _shared(one: Measure, base: Measure) -> float:
    """Return the common time as a share of the longer period: 0 or less where they lie apart, missing where unknown."""
    if one.begin is None or one.end is None or base.begin is None or base.end is None:
        return float("nan")
    common = min(one.end, base.end) - max(one.begin, base.begin)
    longer = max(one.end - one.begin, base.end - base.begin)
    return common / longer if longer else float("nan")
