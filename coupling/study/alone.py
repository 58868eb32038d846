"""Parts of a study alone, without its rooms: its claims, and its detector."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coupling.errors import ConfigurationError
from coupling.events.detection.detection import Detection
from coupling.events.detection.detection import detect as detect_episodes
from coupling.events.listing.asked import asked_events
from coupling.events.listing.catalogue import Catalogue
from coupling.events.section import EventsSection
from coupling.limits.budget import allowance, count
from coupling.results.base import RoomResult
from coupling.study.bundled.reading import bundled_study
from coupling.study.claiming import check_claims, read_claims
from coupling.study.companions import load_detector
from coupling.study.configuration import Study
from coupling.study.effort import claim_tasks, detection_tasks, require_effort
from coupling.study.preparing import dataset_of, panel_of, prepared

__all__ = ["detect", "score"]

log = logging.getLogger("coupling")


def score(
    study: str | Path | Mapping[str, Any] | Study,
    *,
    data: str | Path | None = None,
    store: str | Path | None = None,
    offline: bool = False,
    fallback_simulated: bool = False,
    yes: bool = False,
) -> RoomResult:
    """Test the claims of a study alone, without running its rooms.

    Parameters
    ----------
    study, data, store, offline, fallback_simulated
        As in `load_panel`.
    yes : bool
        Whether it may take longer than the two minutes that are allowed unasked.

    Raises
    ------
    ConfigurationError
        If the study names no file of claims, one of them is wrong, or all would take too long.

    Examples
    --------
    >>> score("configs/simulated.yaml").verdict
    'Of 20 claims: 19 not testable, 1 partly.'
    """
    loaded = prepared(study, data, store, offline=offline)
    if not loaded.claims:
        raise ConfigurationError("the study names no claims; add claims: [FILE]", path="claims")
    claims = read_claims(loaded)
    if not yes:
        require_effort(claim_tasks(len(claims)), f"{count(len(claims), 'claim')}")
    dataset = dataset_of(loaded, fallback_simulated=fallback_simulated)
    with allowance(seconds=float("inf")):  # the whole is weighed
        return check_claims(loaded, claims, dataset, panel_of(loaded, dataset))


def detect(
    study: str | Path | Mapping[str, Any] | Study | None = None,
    *,
    threshold: float | None = None,
    data: str | Path | None = None,
    store: str | Path | None = None,
    offline: bool = False,
    fallback_simulated: bool = False,
    yes: bool = False,
) -> Detection:
    """Look for episodes in the data of a study, without running its rooms.

    Parameters
    ----------
    study : path, mapping or Study, optional
        Its ``events.detector`` says how; by default the one that comes with the package.
    threshold : float, optional
        Value of the index that gives a signal; it beats the configuration's.
    data, store, offline, fallback_simulated
        As in `load_panel`.
    yes : bool
        Whether it may take longer than the two minutes that are allowed unasked.

    Returns
    -------
    Detection
        ``index`` with its signals, ``scores`` and ``severity``.

    Raises
    ------
    ConfigurationError, DataError, InputError
        If the study has no detector, nothing can be read, or the detector cannot be judged.

    Examples
    --------
    >>> two = {"title": "Two", "focus": "SPX", "instruments": ["SPX", "VIX"], "data": {"source": "simulated"}}
    >>> found = detect({**two, "events": {"detector": {"parts": {"SPX": "falls", "VIX": "rises"}}}}, threshold=95)
    >>> found.index.signals.columns.tolist()
    ['SPX', 'VIX', 'severity', 'index', 'known_at']
    """
    loaded = prepared(bundled_study("detector") if study is None else study, data, store, offline=offline)
    events = loaded.events or EventsSection()
    section = events.detector
    if section is None:
        message = "the study has no detector; add parts: {NAME: falls}, or rises, for the instruments that it watches"
        raise ConfigurationError(message, path="events.detector")
    section = section if threshold is None else section.model_copy(update={"threshold": threshold})
    dataset = dataset_of(loaded, fallback_simulated=fallback_simulated)
    named = events.catalogue or events.dates or dataset.truth is not None
    catalogue = asked_events(events.relative_to(loaded.base), dataset.truth) if named else Catalogue("no catalogue", ())
    provenance = dataset.provenance(loaded.as_text(), loaded.seed)
    beside = load_detector(loaded, section, dataset)
    if not yes:
        read = {} if beside.detector is None else beside.detector.observations
        sessions = max((len(item.levels) for item in read.values()), default=0)
        require_effort(detection_tasks(sessions, len(catalogue.events)), "the detector")
    log.info("looking for episodes")
    with allowance(seconds=float("inf")):  # the whole is weighed
        return detect_episodes(section, beside, catalogue, provenance)
