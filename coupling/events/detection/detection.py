"""The room's detector: the index on what was known, its signals, and their scores beside plain thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
import pandas as pd

from coupling._typing import Floats, Places
from coupling.data.instrument import Kind
from coupling.data.loading.dataset import Dataset
from coupling.data.observations import Observations
from coupling.dates.durations import parse_duration
from coupling.errors import InputError
from coupling.events.detection.detector import EventDetector, known_levels, pick_signals
from coupling.events.detection.judging import AS_MANY, Target, chosen_threshold, judge, severity_of
from coupling.events.detection.results import DetectorIndexResult, DetectorScoresResult, SeverityResult
from coupling.events.detection.section import DetectorSection
from coupling.events.detection.stress import stress_begins, stress_in_words
from coupling.events.listing.catalogue import Catalogue
from coupling.events.listing.simulated import SIMULATED
from coupling.events.studies.clock import first_session, sessions_between
from coupling.results.base import Provenance, Result

__all__ = ["Beside", "Detection", "detect"]

R = TypeVar("R", bound=Result)
BEFORE, LATE, AROUND = 20, 5, 5
ENOUGH, DEFAULT = 3, 95.0
LISTED, STRESS, BELATED = "events of the catalogue", "market stress", f"market stress, up to {LATE} sessions late"


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

    index: DetectorIndexResult
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
        Its events of the section's category are to be found.
    provenance : Provenance
        Its configuration and seed belong to every result; the sources are those that the detector reads.

    Raises
    ------
    InputError
        If nothing that the detector needs could be had, or no episode lies before the first date of judgement.
    """
    if beside.detector is None or not beside.parts:
        told = "; ".join(f"{name}: {why}" for name, why in beside.missing.items())
        raise InputError(f"The detector has nothing to read ({told}); name instruments that are available.")
    sources = beside.detector.provenance("", None).origins
    data = _Read(beside.detector.observations, replace(provenance, origins=sources))
    raw = _index(section, beside.parts, data, 50.0)
    sessions = pd.DatetimeIndex(raw.frame.index)
    listed, names = _listed(section, catalogue, sessions)
    targets = _targets(listed, stress_begins(section, beside.parts, data.observations, sessions))
    threshold, told = _threshold(section, raw.frame["index"], targets)
    left_out = [f"{name} could not be had and is left out: {why}." for name, why in beside.missing.items()]
    unserved = [part for part in (section.stress.parts if section.stress else ()) if part not in beside.parts]
    left_out += [f"Market stress is not judged: {', '.join(unserved)} could not be had."] if unserved else []
    places = pick_signals(raw.frame["index"].to_numpy(), threshold, section.refractory)
    index = replace(
        raw,
        name="events-detector",
        title="Episodes found in the data",
        method=raw.method.replace("50 or more", f"{threshold:.4g} or more") + told,
        signals=raw.frame.iloc[places],
        threshold=threshold,
        warnings=(*raw.warnings, *left_out),
    )
    severity = _severity(index, listed, names, catalogue.event_titles) if len(listed) else None
    scores = _scores(section, beside, data, index, targets)
    doubted = tuple(origin.caution for origin in sources if origin.caution)
    return Detection(_with(index, doubted), scores and _with(scores, doubted), severity and _with(severity, doubted))


def _with(result: R, doubted: tuple[str, ...]) -> R:
    """Add to a result what must be known of the series that the detector reads."""
    return replace(result, warnings=(*doubted, *result.warnings))


def _targets(listed: Places, onsets: Places | None) -> tuple[Target, ...]:
    """Return what is to be found: the catalogue's events, and market stress, before it or up to a week late."""
    apart = listed[np.diff(listed, prepend=-(10**6)) > BEFORE]
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
    """What `EventDetector` takes."""

    observations: Mapping[str, Observations]
    provenance: Provenance


def _index(section: DetectorSection, parts: Mapping[str, str], data: _Read, threshold: float) -> DetectorIndexResult:
    asked = {part: section.parts[part].model_copy(update={"instruments": (name,)}) for part, name in parts.items()}
    return EventDetector(parts=asked, **section.detector_parameters(), threshold=threshold).fit(data)


def _listed(section: DetectorSection, catalogue: Catalogue, sessions: pd.DatetimeIndex) -> tuple[Places, list[str]]:
    """Return the sessions and names of the catalogue's events that are to be found, inside the index."""
    whole = section.category is None or catalogue.name == SIMULATED or not len(catalogue)
    events = catalogue if whole else catalogue.of(str(section.category))
    dated = [(first_session(event.at, "XNYS"), event.id) for event in events]
    inside = [(session, name) for session, name in dated if sessions[0] <= session <= sessions[-1]]
    places = sessions.searchsorted(pd.DatetimeIndex([session for session, _ in inside]))
    return np.asarray(places, dtype=np.intp), [name for _, name in inside]


def _severity(
    index: DetectorIndexResult, listed: Places, names: list[str], titles: Mapping[str, str]
) -> SeverityResult:
    found = severity_of(index.frame, list(index.frame.index[listed]), names, after=AROUND)
    signals = index.frame.index.get_indexer(index.signals.index)
    gaps = [signals - place for place in index.frame.index.get_indexer(pd.DatetimeIndex(found["session"]))]
    near = [gap[(gap >= -AROUND) & (gap <= AROUND)] for gap in gaps]
    return SeverityResult(
        name="events-detector-severity",
        title="Severity of the catalogue's events",
        method="Severity is the mean of the parts in standard deviations, the index 100 Φ(severity), at session 0 and "
        f"at its highest within {AROUND} sessions (hindsight). Sessions to signal count from session 0 to the first "
        f"signal within {AROUND} sessions either side.",
        frame=found.assign(sessions_to_signal=[float(gap[0]) if len(gap) else np.nan for gap in near]),
        provenance=index.provenance,
        titles=titles,
    )


def _scores(
    section: DetectorSection, beside: Beside, data: _Read, index: DetectorIndexResult, targets: tuple[Target, ...]
) -> DetectorScoresResult | None:
    plain = _plain(section, beside)
    if plain is None:
        return None
    sessions = pd.DatetimeIndex(index.frame.index)
    move, level = f"{plain} move", f"{plain} level"
    signals = {"index": index.frame["index"].to_numpy()}
    levels = [part for part in beside.parts if section.parts[part].of == "level"]
    if levels and len(levels) < len(beside.parts):
        signals[f"index without {', '.join(levels)}"] = _without(levels, section, beside, data, sessions)
    signals |= {move: index.frame[plain].to_numpy(), level: _level(section, beside.parts[plain], data, sessions)}
    table = judge(
        signals,
        sessions,
        targets,
        cuts=tuple(pd.Timestamp(day) for day in section.judge_from),
        last=sessions[-1] if section.judge_to is None else pd.Timestamp(section.judge_to),
        refractory=section.refractory,
        matched=move,
    )
    return DetectorScoresResult(
        name="events-detector-scores",
        title="Detector performance",
        method=_method(section, beside),
        frame=table,
        provenance=index.provenance,
        lead="index",
        plain=move + AS_MANY,
    )


def _plain(section: DetectorSection, beside: Beside) -> str | None:
    """Return the part that is judged beside the index: as asked, or the first that is served by a volatility."""
    if section.plain is not None:
        return section.plain if section.plain in beside.parts else None
    kinds = {} if beside.detector is None else {name: item.kind for name, item in beside.detector.instruments.items()}
    return next((part for part, name in beside.parts.items() if kinds.get(name) is Kind.VOLATILITY), None)


def _method(section: DetectorSection, beside: Beside) -> str:
    items = {} if beside.detector is None else beside.detector.instruments
    units = {name: item.change_unit for name, item in items.items()}
    stress = stress_in_words(section, beside.parts, units, before=BEFORE)
    known = (
        "Thresholds have the best balance (F1) of precision and recall for the target before the period that is "
        "judged, or the signal count of the index in it. Beside each score stands the mean of 1,000 sets of "
        "as many alarms that come at random, as far apart as signals are, and the share of them that score as well (p)."
    )
    listed = (
        f"Catalogue: its events, those within {BEFORE} sessions counted once, {AROUND} sessions either side; a signal "
        "without one is unlisted, not false. Exact binomial intervals (95 %); lead in sessions, median."
    )
    return " ".join(filter(None, (known, stress, listed, section.note)))


def _without(
    left_out: list[str], section: DetectorSection, beside: Beside, data: _Read, sessions: pd.DatetimeIndex
) -> Floats:
    parts = {part: name for part, name in beside.parts.items() if part not in left_out}
    return _index(section, parts, data, 50.0).frame["index"].reindex(sessions).to_numpy()


def _level(section: DetectorSection, name: str, data: _Read, sessions: pd.DatetimeIndex) -> Floats:
    """Return the level of an instrument known at the end of each session."""
    first, last = (moment.tz_localize("UTC") for moment in (sessions[0], sessions[-1]))
    line = sessions_between("XNYS", "24:00 UTC", first, last)
    known = known_levels(data.observations[name], line.ends, parse_duration(section.max_staleness))
    return np.asarray(pd.Series(known, index=line.labels).reindex(sessions), dtype=np.float64)
