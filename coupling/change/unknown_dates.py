"""The page's parts on unknown dates: break tests, segments of products, and the envelope of constancy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from coupling.change.bai_perron import BaiPerron, products
from coupling.change.break_power import DRAWS, SEED, break_power
from coupling.change.context import ChangeContext
from coupling.change.correlation_break import CorrelationBreak
from coupling.change.envelope import ConstancyEnvelope
from coupling.change.findings import of_breaks, of_envelope, of_segments
from coupling.change.outcomes import SIZE, SMALLEST
from coupling.change.page.breaks import RAW, SEGMENT_TEST, STANDARDIZED, BreakResult, EnvelopeResult, SegmentResult
from coupling.change.section import BaiPerronSection, BreaksSection, EnvelopeSection
from coupling.inference import adjust_p_values
from coupling.text.wording import percent

__all__ = ["break_result", "envelope_result", "segment_result"]

DATES = ("likeliest", "lower", "upper", "date")
WEEKLY_NOTE = (
    "Pairs with non-synchronous closes are tested on weekly changes (last observation of each week ending Friday)."
)


def break_result(
    section: BreaksSection, context: ChangeContext, day: dt.date | None = None, smallest: float = SMALLEST
) -> BreakResult:
    """Test every pair for a break, on raw and on standardised changes.

    Where none is found, the power is that for the smallest change that matters at `day`, or in the middle of the rows.
    """
    rows, found, sets, spans, steady = [], [], [], {}, {}
    for other in context.others:
        frames, counted = context.sound_changes(other)
        for kind, frame in frames.items():
            test = CorrelationBreak(**dict(section)).fit(frame)
            table, breaks = (context.labelled(each, *DATES) for each in (test.table_, test.breaks_))
            rows.append(table.assign(**{"with": other, "changes": kind, "rows": counted}))
            found.append(breaks.assign(**{"with": other, "changes": kind}))
            sets.append(_stretches(context.labelled(_flat(test.table_), "first", "last"), other, kind))
        steady[other] = frames[STANDARDIZED]
        spans[other] = context.span(frames[STANDARDIZED])
    frame = pd.concat(rows, ignore_index=True).drop(columns=["left", "right"])
    frame["p_adjusted"] = frame.groupby("changes")["p_value"].transform(lambda p: adjust_p_values(p.to_numpy()))
    frame = frame.join(_powers(frame, steady, context, section.method, day, smallest))
    first = ["with", "changes", "statistic", "p_value", "p_adjusted", "likeliest", "lower", "upper", "share"]
    first += ["date", "before", "after", "n", "power", "power_at"]
    several = [part for part in found if len(part)]
    result = BreakResult(
        name="change-breaks",
        title="Structural-break test, unknown date",
        method=f"Largest weighted deviation of the {section.method.title()} correlation of the first observations from "
        "that of all (Wied, Krämer and Dehling 2012); finite fourth moments are assumed. Raw changes need constant "
        "variances: when both rise ninefold a constant correlation is rejected in .66 of samples, with standardised "
        "changes in .04. p-values are adjusted over the pairs (Holm). Dates: the set that a likelihood ratio does not "
        "reject (bivariate t law, standardised changes; Eo and Morley 2015), if there is one "
        "break and the correlation is otherwise constant; date is where the deviation is largest. Power of a pair "
        f"without a break: the share of {DRAWS[section.method]} simulated samples of its length and correlation (t5, "
        f"stochastic volatility, standardised, seed {SEED}) in which a change of {smallest:.2f} at the date stated is "
        f"found at 5 % adjusted for the pairs. {WEEKLY_NOTE}",
        frame=frame[[*first, "rows"]],
        provenance=context.panel.provenance,
        focus=context.focus,
        breaks=(pd.concat(several, ignore_index=True) if several else found[0]).drop(columns="set"),
        sets=pd.concat(sets, ignore_index=True),
        smallest=smallest,
    )
    return of_breaks(result, spans, context.clock)


def _powers(
    frame: pd.DataFrame,
    steady: Mapping[str, pd.DataFrame],
    context: ChangeContext,
    method: str,
    day: dt.date | None,
    smallest: float,
) -> pd.DataFrame:
    """Return, for the pairs without a break, how often the test would find the smallest change, and where."""
    powers = pd.DataFrame({"power": np.nan, "power_at": pd.NaT}, index=frame.index)
    size = SIZE / len(steady)
    for place, row in frame[(frame["changes"] == STANDARDIZED) & (frame["p_adjusted"] >= SIZE)].iterrows():
        rows = steady[row["with"]]
        last = rows.index <= pd.Timestamp(day, tz="UTC") if day is not None else np.arange(len(rows)) < len(rows) // 2
        at = int(last.sum())
        if 0 < at < len(rows):
            powers.loc[place, "power"] = break_power(rows.to_numpy(), at, smallest, method=method, size=size)
            powers.loc[place, "power_at"] = context.sessions.label(rows.index[at]) if day is None else pd.Timestamp(day)
    return powers


def _flat(table: pd.DataFrame) -> pd.DataFrame:
    """Return the stretches of the sets of dates, one row each."""
    return pd.DataFrame([ends for row in table["set"] for ends in row], columns=["first", "last"])


def _stretches(ends: pd.DataFrame, other: str, changes: str) -> pd.DataFrame:
    named = ends.assign(**{"with": other, "changes": changes})
    return named[["with", "changes", "first", "last"]]


def segment_result(section: BaiPerronSection, context: ChangeContext) -> SegmentResult:
    """Segment the products of standardised changes of every pair."""
    z = float(ndtri((1 + section.level) / 2))
    rows, tests, spans = [], {}, {}
    for other in context.others:
        frames, _ = context.sound_changes(other)
        series = products(frames[STANDARDIZED], context.focus, other, standardize=None)
        fitted = BaiPerron(**dict(section)).fit(series)
        spans[other] = context.span(frames[STANDARDIZED])
        segments = context.labelled(_segments(fitted, z), "first", "last", "last_lower", "last_upper")
        rows.append(segments.assign(**{"with": other}))
        tests[other] = fitted.tests_
    frame = pd.concat(rows, ignore_index=True)
    result = SegmentResult(
        name="change-segments",
        title="Correlation regimes (Bai–Perron)",
        method="Least-squares segmentation of the products of standardised changes, whose mean is the correlation; "
        "number of segments by BIC; supF p-values by Hansen (1997), by which a break is established where they are "
        "below .05 adjusted over the pairs (Holm); dates by Bai (1997). A rolling path is never "
        f"segmented: its windows share observations, which makes breaks by itself. {WEEKLY_NOTE}",
        frame=frame[["with", *(column for column in frame.columns if column != "with")]],
        provenance=context.panel.provenance,
        focus=context.focus,
        tests=_adjusted(pd.concat(tests, names=["with", "test"])),
    )
    return of_segments(result, spans, context.clock)


def _adjusted(tests: pd.DataFrame) -> pd.DataFrame:
    """Return the tests with p adjusted over the pairs, for the one that judges."""
    judged = tests.index.get_level_values("test") == SEGMENT_TEST
    adjusted = pd.Series(float("nan"), index=tests.index)
    adjusted[judged] = adjust_p_values(tests.loc[judged, "p_value"].to_numpy(dtype=float))
    return tests.assign(p_adjusted=adjusted)


def _segments(fitted: BaiPerron, z: float) -> pd.DataFrame:
    frame = fitted.segments_.rename(columns={"mean": "estimate"})
    reach = z * frame.pop("mean_se")
    frame = frame.assign(lower=frame["estimate"] - reach, upper=frame["estimate"] + reach)
    for side in ("lower", "upper"):
        frame[f"last_{side}"] = pd.Series([*fitted.breaks_[side], pd.NaT], index=frame.index)
    frame["last_p_value"] = [*fitted.breaks_["p_value"], float("nan")]
    return frame


def envelope_result(section: EnvelopeSection, context: ChangeContext) -> EnvelopeResult:
    """Draw the envelope of every pair."""
    paths: list[pd.DataFrame] = []
    tests: list[Any] = []
    spans = {}
    for other in context.others:
        frames, counted = context.sound_changes(other)
        fitted = ConstancyEnvelope(**dict(section), random_state=context.seed).fit(frames[RAW])
        spans[other] = context.span(frames[RAW])
        path = context.labelled(fitted.between(context.focus, other))
        path.insert(0, "with", other)
        paths.append(path)
        table = context.labelled(fitted.table_, "date").drop(columns=["left", "right"])
        tests.append(table.iloc[0].to_dict() | {"with": other, "rows": counted})
    judged = pd.DataFrame(tests).set_index("with")
    judged.insert(2, "p_adjusted", adjust_p_values(judged["p_value"].to_numpy(dtype=float)))
    result = EnvelopeResult(
        name="change-envelope",
        title=f"Constant-correlation test, rolling over {section.window} observations",
        method="GARCH margins are fitted, whole rows of their residuals resampled together and the paths rebuilt; the "
        f"band is the envelope that {percent(section.level)} of paths under a constant correlation never leave. "
        f"p-values are adjusted over the pairs (Holm). {WEEKLY_NOTE}",
        frame=pd.concat(paths),
        provenance=context.panel.provenance,
        focus=context.focus,
        tests=judged,
    )
    return of_envelope(result, spans, context.clock)
