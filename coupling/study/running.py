"""Run a study: data, panel, rooms, result."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from coupling.claims.claim import Claim
from coupling.configuration.section import Section
from coupling.data.loading.dataset import Dataset, load_dataset
from coupling.data.panel import Panel, build_panel
from coupling.data.run import run as run_data
from coupling.data.section import DataSource
from coupling.data.signs import sign_notes
from coupling.data.simulation.truth import Truth
from coupling.errors import ConfigurationError, CouplingError, DataError
from coupling.events.detection.detection import Detection
from coupling.events.detection.detection import detect as detect_episodes
from coupling.events.listing.asked import asked_events
from coupling.events.listing.catalogue import Catalogue
from coupling.events.listing.highlights import highlighted_events
from coupling.events.section import EventsSection
from coupling.limits.budget import allowance, count
from coupling.machine.privacy import public, without_names
from coupling.results.base import Failure, Result, RoomResult
from coupling.results.json import RecordedRun, read_findings
from coupling.results.study import StudyResult
from coupling.study.bundled.reading import bundled_study
from coupling.study.claiming import check_claims, read_claims
from coupling.study.companions import load_beside, load_detector
from coupling.study.configuration import Study, load_study
from coupling.study.doors import Source, as_panel, in_memory, refuse_keywords, refuse_places
from coupling.study.effort import claim_tasks, detection_tasks, require_effort, tasks_of
from coupling.study.from_panel import study_of_panel
from coupling.study.marking import mark, say_doubts

__all__ = ["detect", "load_panel", "run", "score"]

ROOMS = ("correlation", "change", "direction", "events")

log = logging.getLogger("coupling")


def load_panel(
    study: Source,
    *,
    data: str | Path | None = None,
    store: str | Path | None = None,
    offline: bool = False,
    fallback_simulated: bool = False,
) -> Panel:
    """Load the data of a study and align them.

    Parameters
    ----------
    study : path, mapping or Study
        The configuration. A panel comes back as it is, and a frame or a mapping of series goes to `coupling.align`.
    data : path, optional
        Folder of files; it beats the configuration's.
    store : path, optional
        Folder of the store; it beats the configuration's.
    offline : bool
        Whether the store alone may serve where no folder of files is named.
    fallback_simulated : bool
        Whether the simulated market may serve where no real data can be had.

    Raises
    ------
    ConfigurationError, DataError, AlignmentError
        If the configuration is wrong, data cannot be had, or no tick can be kept.

    Examples
    --------
    >>> two = {"title": "Two", "focus": "BTC", "instruments": ["BTC", "SPX"], "data": {"source": "simulated"}}
    >>> load_panel(two).changes.columns.tolist()
    ['BTC', 'SPX']
    """
    if in_memory(study):
        refuse_places(data=data, store=store, offline=offline, fallback_simulated=fallback_simulated)
        return as_panel(study)
    loaded = _prepare(study, data, store, offline=offline)
    return _panel(loaded, _dataset(loaded, fallback_simulated=fallback_simulated))


def run(
    study: Source,
    *,
    focus: str | None = None,
    title: str | None = None,
    data: str | Path | None = None,
    store: str | Path | None = None,
    offline: bool = False,
    fallback_simulated: bool = False,
    yes: bool = False,
    against: str | Path | None = None,
    **sections: Any,
) -> StudyResult:
    """Run a study: every room that its configuration, or the keywords beside a panel, ask for.

    Parameters
    ----------
    study : path, mapping, Study or Panel
        A configuration, or a panel (see `coupling.align`), of which nothing is fetched or read from the store.
    focus, title : str, optional
        With a panel: the instrument that is compared with every other, and the heading of the page.
    data, store, offline, fallback_simulated
        As in `load_panel`, with its errors. An estimator that fails becomes a `Failure` in the result.
    yes : bool
        Whether it may take longer than the two minutes that are allowed unasked (see `coupling.limits.allowance`).
    against : path, optional
        Findings of another run (`StudyResult.to_json`): the result says what changed since; read before anything runs.
    **sections
        With a panel: the sections of a configuration by keyword, as ``change={"splits": ["2025-01-01"]}``
        (`correlation`, `change`, `direction`, `events`, `claims`, `period`, `display`, `seed`), checked as in a
        file.
        `events` may be a catalogue's name or a list of dates, and `claims` may hold mappings beside paths.

    Returns
    -------
    StudyResult
        One room after another, with `.to_html(path)`, `.to_folder(path)` and `.exit_code`.

    Examples
    --------
    >>> two = {"title": "Two", "focus": "BTC", "instruments": ["BTC", "SPX"], "data": {"source": "simulated"}}
    >>> [room.name for room in run(two).rooms]
    ['data', 'correlation']
    >>> run(load_panel(two), focus="SPX", correlation=None, direction={}).focus
    'SPX'
    """
    previous = None if against is None else read_findings(against)
    if in_memory(study):
        refuse_places(data=data, store=store, offline=offline, fallback_simulated=fallback_simulated)
        given = study_of_panel(as_panel(study), focus, title, sections)
        result = _run(given.study, given.dataset, given.claims, given.configuration, yes=yes)
        return _compared(result, previous)
    refuse_keywords(focus=focus, title=title, **sections)
    loaded = _prepare(study, data, store, offline=offline)
    claims = read_claims(loaded)
    _events(loaded)  # a wrong file is refused before data are fetched
    dataset = _dataset(loaded, fallback_simulated=fallback_simulated)
    return _compared(_run(loaded, dataset, claims, loaded.as_text(), yes=yes), previous)


def _compared(result: StudyResult, previous: RecordedRun | None) -> StudyResult:
    return result if previous is None else result.against(previous)


def _run(loaded: Study, dataset: Dataset, claims: list[Claim], configuration: str, *, yes: bool) -> StudyResult:
    """Ask the rooms one after another."""
    panel = _panel(loaded, dataset, configuration)
    if not yes:
        require_effort(tasks_of(loaded, len(panel.changes), _events(loaded, panel.truth), len(claims)))
    with allowance(seconds=float("inf")):  # the whole is weighed
        return _answer(loaded, panel, dataset, claims)


def _answer(loaded: Study, panel: Panel, dataset: Dataset, claims: list[Claim]) -> StudyResult:
    rooms = [run_data(dataset, panel, start=loaded.start)]
    rooms += [
        _run_room(name, section, loaded, panel, dataset)
        for name in ROOMS
        if (section := getattr(loaded, name)) is not None
    ]
    if claims:
        log.info("testing the claims")
    scored = check_claims(loaded, claims, dataset, panel) if claims else None
    result = StudyResult(
        title=loaded.title,
        focus=loaded.focus,
        rooms=tuple(rooms),
        claims=scored,
        banner=" ".join(filter(None, (_doubts(panel, (*rooms, scored)), dataset.banner))),
        provenance=panel.provenance,
        timezone=loaded.display.timezone or "",
        signs=sign_notes(panel.instruments),
    )
    return public(result, loaded.folders)


def _doubts(panel: Panel, rooms: Iterable[RoomResult | None]) -> str:
    """Say which series of the study, or of those that a room reads beside them, are doubtful."""
    results = [result for room in rooms if room is not None for result in room.results if isinstance(result, Result)]
    return say_doubts(panel.provenance, *(result.provenance for result in results))


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
    loaded = _prepare(study, data, store, offline=offline)
    if not loaded.claims:
        raise ConfigurationError("the study names no claims; add claims: [FILE]", path="claims")
    claims = read_claims(loaded)
    if not yes:
        require_effort(claim_tasks(len(claims)), f"{count(len(claims), 'claim')}")
    dataset = _dataset(loaded, fallback_simulated=fallback_simulated)
    with allowance(seconds=float("inf")):  # the whole is weighed
        return check_claims(loaded, claims, dataset, _panel(loaded, dataset))


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
    loaded = _prepare(bundled_study("detector") if study is None else study, data, store, offline=offline)
    events = loaded.events or EventsSection()
    section = events.detector
    if section is None:
        message = "the study has no detector; add parts: {NAME: falls}, or rises, for the instruments that it watches"
        raise ConfigurationError(message, path="events.detector")
    section = section if threshold is None else section.model_copy(update={"threshold": threshold})
    dataset = _dataset(loaded, fallback_simulated=fallback_simulated)
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


def _events(study: Study, truth: Truth | None = None) -> int:
    """Count the events that are listed, in the catalogue or of a simulated market; a wrong file is refused."""
    section = study.events
    if section is None:
        return 0
    own = study.data.source is DataSource.SIMULATED and study.data.directory is None
    if truth is None and own and section.catalogue is None and section.dates is None:
        return 0  # the market that is to be drawn brings its events
    catalogue = asked_events(section.relative_to(study.base), truth)
    highlighted_events(section.highlight, catalogue, passing=own or truth is not None)
    return len(catalogue)


def _prepare(
    study: Source,
    data: str | Path | None,
    store: str | Path | None,
    *,
    offline: bool,
) -> Study:
    loaded = load_study(study).with_store(store, offline=offline)
    return loaded if data is None else loaded.with_data(data)


def _dataset(study: Study, *, fallback_simulated: bool) -> Dataset:
    log.info("reading the data")
    dataset = load_dataset(
        study.data,
        study.instruments,
        define=study.define,
        seed=study.seed,
        base=study.base,
        fallback_simulated=fallback_simulated,
        frequency=study.alignment.frequency,
    )
    if study.focus in dataset.missing:
        raise DataError(f"the focus {study.focus} could not be had: {dataset.missing[study.focus]}.")
    if len(dataset.observations) < 2:
        lines = "\n".join(f"{name}: {reason}" for name, reason in dataset.missing.items())
        raise DataError(f"{study.focus} alone could be had, and there is nothing to compare it with.\n{lines}")
    return dataset


def _panel(study: Study, dataset: Dataset, configuration: str | None = None) -> Panel:
    observations = {name: item.struck_by(study.end) for name, item in dataset.observations.items()}
    log.info("bringing the data onto common ticks")
    provenance = dataset.provenance(configuration or study.as_text(), study.seed)
    panel = build_panel(observations, dataset.instruments, study.alignment, provenance, dataset.truth)
    last = panel.levels.index[-1]
    if study.start is not None and study.start >= last:
        raise DataError(
            f"period.start is {study.start:%Y-%m-%d}, and the last session that all instruments share is "
            f"{panel.sessions.of(last)}; start earlier or bring newer data."
        )
    return panel


def _run_room(name: str, section: Section, study: Study, panel: Panel, dataset: Dataset) -> RoomResult:
    log.info("working on %s", name)
    room = import_module(f"coupling.{name}.run")
    more: dict[str, Any] = {}
    try:
        if isinstance(section, EventsSection):
            section, more = section.relative_to(study.base), {"beside": load_beside(study, dataset)}
        result: RoomResult = room.run(section, panel, focus=study.focus, start=study.start, seed=study.seed, **more)
    except CouplingError as error:
        failure = Failure(name=name, title=f"The room {name} failed", reason=str(error))
        verdict = f"Failed: {without_names(str(error))}"
        return RoomResult(name=name, question=room.QUESTION, verdict=verdict, results=(failure,))
    return mark(result, panel.provenance)
