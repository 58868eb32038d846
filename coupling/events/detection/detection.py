"""The room's detector: the index on what was known, its signals, and their scores beside plain thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from coupling.data.loading.dataset import Dataset
from coupling.data.observations import Observations
from coupling.dates.durations import parse_duration
from coupling.errors import InputError
from coupling.events.detection.detector import UnwindDetector, known_levels, pick_signals
from coupling.events.detection.judging import AS_MANY, Target, chosen_threshold, judge, severity_of
from coupling.events.detection.scoring import market_falls
from coupling.events.listing.catalogue import Catalogue
from coupling.events.section import DetectorSection
from coupling.events.studies.clock import first_session, sessions_between
from coupling.results.base import Provenance, Result
from coupling.results.event_detection import DetectorScoresResult, UnwindIndexResult
from coupling.results.event_tables import SeverityResult

__all__ = ["Beside", "Detection", "detect"]

R = TypeVar("R", bound=Result)
Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
BEFORE, LATE, AROUND = 20, 5, 5
ENOUGH, DEFAULT = 3, 95.0
MOVE, LEVEL = "volatility move", "volatility level"
LISTED, STRESS, BELATED = "unwinds of the catalogue", "market stress", f"market stress, up to {LATE} sessions late"


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What the room reads beside the panel.

    Parameters
    ----------
    detector : Dataset, optional
        The observations that the detector reads.
    parts : dict of str to str
        The instrument that serves each part.
    hourly : Dataset, optional
        Instruments of the study struck every hour.
    missing : dict of str to str
        By instrument that could not be had: why.
    """

    detector: Dataset | None = None
    parts: Mapping[str, str] = field(default_factory=dict)
    hourly: Dataset | None = None
    missing: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Detection:
    """The index with its signals, and what they are worth (absent where nothing can be judged)."""

    index: UnwindIndexResult
    scores: DetectorScoresResult | None
    severity: SeverityResult | None

    @property
    def results(self) -> tuple[Result, ...]:
        """Those that are there."""
        return tuple(item for item in (self.index, self.scores, self.severity) if item is not None)


def detect(section: DetectorSection, beside: Beside, catalogue: Catalogue, provenance: Provenance) -> Detection:
    """Compute the index, choose its threshold on the past, and score it.

    Parameters
    ----------
    section : DetectorSection
    beside : Beside
    catalogue : Catalogue
        Its events of the section's category are unwinds.
    provenance : Provenance
        Its configuration and seed belong to every result; the sources are those that the detector reads.

    Raises
    ------
    InputError
        If nothing that the detector needs could be had, or no episode lies before the first date of judgement.
    """
    if beside.detector is None or not beside.parts:
        told = "; ".join(f"{name}: {why}" for name, why in beside.missing.items())
        raise InputError(f"The detector has nothing to read ({told}); name instruments that can be had.")
    sources = beside.detector.provenance("", None).origins
    data = _Read(beside.detector.observations, replace(provenance, origins=sources))
    raw = _index(section, beside.parts, data, 50.0)
    sessions = pd.DatetimeIndex(raw.frame.index)
    unwinds, names = _unwinds(section, catalogue, sessions)
    targets = _targets(unwinds, _onsets(beside.parts, data.observations, sessions))
    threshold, told = _threshold(section, raw.frame["index"], targets)
    left_out = tuple(f"{name} could not be had and is left out: {why}." for name, why in beside.missing.items())
    places = pick_signals(raw.frame["index"].to_numpy(), threshold, section.refractory)
    index = replace(
        raw,
        name="events-detector",
        title="Unwinds found in the data",
        method=raw.method.replace("50 or more", f"{threshold:.4g} or more") + told,
        signals=raw.frame.iloc[places],
        threshold=threshold,
        warnings=(*raw.warnings, *left_out),
    )
    severity = _severity(index, unwinds, names) if len(unwinds) else None
    scores = _scores(section, beside, data, index, targets)
    doubted = tuple(origin.caution for origin in sources if origin.caution)
    return Detection(_with(index, doubted), scores and _with(scores, doubted), severity and _with(severity, doubted))


def _with(result: R, doubted: tuple[str, ...]) -> R:
    """Add to a result what must be known of the series that the detector reads."""
    return replace(result, warnings=(*doubted, *result.warnings))


def _targets(unwinds: Places, onsets: Places | None) -> tuple[Target, ...]:
    """Return what is to be found: the catalogue's unwinds, and market stress, before it or up to a week late."""
    apart = unwinds[np.diff(unwinds, prepend=-(10**6)) > BEFORE]
    stress = () if onsets is None else (Target(STRESS, onsets, BEFORE, 0), Target(BELATED, onsets, BEFORE, LATE))
    return (*([Target(LISTED, apart, AROUND, AROUND, whole=True)] if len(apart) else []), *stress)


def _threshold(section: DetectorSection, index: pd.Series, targets: tuple[Target, ...]) -> tuple[float, str]:
    """Return the threshold of the signals: as asked, or the best for the first target with enough past episodes."""
    if section.threshold is not None:
        if not 0 < section.threshold < 100:
            raise InputError(f"threshold={section.threshold:g} must lie between 0 and 100; for instance 95.")
        return section.threshold, ""
    cut = section.judge_from[-1]
    stop = int(index.index.searchsorted(pd.Timestamp(cut)))
    for target in targets:
        if (target.onsets < stop).sum() >= ENOUGH:
            threshold = chosen_threshold(index.to_numpy(), target, stop, section.refractory)
            return threshold, f" The threshold serves {target.name} best (F1) before {cut}."
    return DEFAULT, f" No target has {ENOUGH} episodes before {cut}: the threshold is the default."


@dataclass(frozen=True)
class _Read:
    """What `UnwindDetector` takes."""

    observations: Mapping[str, Observations]
    provenance: Provenance


def _index(section: DetectorSection, parts: Mapping[str, str], data: _Read, threshold: float) -> UnwindIndexResult:
    asked: dict[str, Any] = dict.fromkeys(("yen", "shares", "volatility", "positions")) | dict(parts)
    return UnwindDetector(**asked, **section.detector_parameters(), threshold=threshold).fit(data)


def _unwinds(section: DetectorSection, catalogue: Catalogue, sessions: pd.DatetimeIndex) -> tuple[Places, list[str]]:
    """Return the sessions and names of the catalogue's unwinds inside the index."""
    categories = catalogue.categories
    category = section.category if section.category in categories else categories[0] if len(categories) == 1 else None
    events = [event for event in catalogue if event.category == category]
    dated = [(first_session(event.at, "XNYS"), event.id) for event in events]
    inside = [(session, name) for session, name in dated if sessions[0] <= session <= sessions[-1]]
    places = sessions.searchsorted(pd.DatetimeIndex([session for session, _ in inside]))
    return np.asarray(places, dtype=np.intp), [name for _, name in inside]


def _onsets(
    parts: Mapping[str, str], observations: Mapping[str, Observations], sessions: pd.DatetimeIndex
) -> Places | None:
    """Return where episodes of market stress begin, by the dates of the values; needs shares and the yen."""
    if not {"yen", "shares"} <= set(parts):
        return None
    levels = {part: observations[parts[part]] for part in ("yen", "shares")}
    dated = {
        part: pd.Series(item.levels.to_numpy(), index=item.dates.to_numpy()).reindex(sessions, method="ffill")
        for part, item in levels.items()
    }
    return market_falls(dated["shares"], dated["yen"])


def _severity(index: UnwindIndexResult, unwinds: Places, names: list[str]) -> SeverityResult:
    found = severity_of(index.frame, list(index.frame.index[unwinds]), names, after=AROUND)
    signals = index.frame.index.get_indexer(index.signals.index)
    gaps = [signals - place for place in index.frame.index.get_indexer(pd.DatetimeIndex(found["session"]))]
    near = [gap[(gap >= -AROUND) & (gap <= AROUND)] for gap in gaps]
    return SeverityResult(
        name="events-detector-unwinds",
        title="Severity of the catalogue's unwinds",
        method="Severity is the mean of the parts in standard deviations, the index 100 Φ(severity), at session 0 and "
        f"at its highest within {AROUND} sessions (hindsight). sessions_to_signal counts from session 0 to the first "
        f"signal within {AROUND} sessions either side.",
        frame=found.assign(sessions_to_signal=[float(gap[0]) if len(gap) else np.nan for gap in near]),
        provenance=index.provenance,
    )


def _scores(
    section: DetectorSection, beside: Beside, data: _Read, index: UnwindIndexResult, targets: tuple[Target, ...]
) -> DetectorScoresResult | None:
    if "volatility" not in beside.parts:
        return None
    sessions = pd.DatetimeIndex(index.frame.index)
    signals = {"index": index.frame["index"].to_numpy()}
    if "positions" in beside.parts and len(beside.parts) > 1:
        signals["index without positions"] = _without_positions(section, beside, data, sessions)
    signals |= {MOVE: index.frame["volatility"].to_numpy(), LEVEL: _level(section, beside, data, sessions)}
    table = judge(
        signals,
        sessions,
        targets,
        cuts=tuple(pd.Timestamp(day) for day in section.judge_from),
        last=sessions[-1] if section.judge_to is None else pd.Timestamp(section.judge_to),
        refractory=section.refractory,
        matched=MOVE,
    )
    return DetectorScoresResult(
        name="events-detector-scores",
        title="What the signals are worth",
        method=METHOD,
        frame=table,
        provenance=index.provenance,
        lead="index",
        plain=MOVE + AS_MANY,
    )


METHOD = (
    "Thresholds have the best balance (F1) of precision and recall for the target before the period that is judged, or "
    "give as many signals there as the index does. Market stress begins when shares stand more than 5 % "
    f"below their 20-session high or USD/JPY 3 % below its value 20 sessions before; a signal counts from {BEFORE} "
    "sessions before (tolerances fixed beforehand). Catalogue: its unwinds, those within 20 sessions counted once, "
    f"{AROUND} sessions either side; a signal without one is unlisted, not false. Exact binomial intervals (95 %); "
    "lead in sessions, median. The best public index of this kind reports 38 signals, precision .21, recall .59 and a "
    "median lead of 2 days for 2019-01 to 2026-07 under that definition of stress."
)


def _without_positions(section: DetectorSection, beside: Beside, data: _Read, sessions: pd.DatetimeIndex) -> Floats:
    parts = {part: name for part, name in beside.parts.items() if part != "positions"}
    return _index(section, parts, data, 50.0).frame["index"].reindex(sessions).to_numpy()


def _level(section: DetectorSection, beside: Beside, data: _Read, sessions: pd.DatetimeIndex) -> Floats:
    """Return the level of volatility known at the end of each session."""
    first, last = (moment.tz_localize("UTC") for moment in (sessions[0], sessions[-1]))
    line = sessions_between("XNYS", "24:00 UTC", first, last)
    item = data.observations[beside.parts["volatility"]]
    known = known_levels(item, line.ends, parse_duration(section.max_staleness))
    return np.asarray(pd.Series(known, index=line.labels).reindex(sessions), dtype=np.float64)
