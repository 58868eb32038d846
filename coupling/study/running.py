"""Run a study: data, panel, rooms, result."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coupling.claims.claim import Claim
from coupling.data.loading.dataset import Dataset
from coupling.data.panel import Panel
from coupling.data.run import run as run_data
from coupling.data.section import DataSource
from coupling.data.signs import sign_notes
from coupling.data.simulation.truth import Truth
from coupling.events.listing.asked import asked_events
from coupling.events.listing.highlights import highlighted_events
from coupling.keeping.keeper import kept
from coupling.limits.budget import allowance
from coupling.machine.privacy import public
from coupling.results.json import read_findings
from coupling.results.study import StudyResult
from coupling.study.claiming import read_claims
from coupling.study.configuration import Study
from coupling.study.doors import Source, as_panel, in_memory, refuse_keywords, refuse_places
from coupling.study.effort import Task, require_effort, tasks_of
from coupling.study.from_panel import study_of_panel
from coupling.study.marking import doubts_of
from coupling.study.preparing import dataset_of, panel_of, prepared
from coupling.study.rooms import answered_before, ask_rooms, expect_rooms

__all__ = ["Inputs", "answered", "expect", "inputs_of", "load_panel", "run"]

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
    loaded = prepared(study, data, store, offline=offline)
    return panel_of(loaded, dataset_of(loaded, fallback_simulated=fallback_simulated))


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
        return _run(given.study, given.dataset, given.claims, given.configuration, yes=yes).against(previous)
    refuse_keywords(focus=focus, title=title, **sections)
    loaded = prepared(study, data, store, offline=offline)
    return answered(inputs_of(loaded, fallback_simulated=fallback_simulated), yes=yes).against(previous)


def expect(study: Study, *, data: str | Path | None, store: str | Path | None, offline: bool) -> None:
    """Let the other workers of `coupling.machine.crew` begin to load what `run` will do, before anything else is begun.

    Parameters
    ----------
    study : Study
    data, store, offline
        As in `load_panel`.
    """
    expect_rooms(prepared(study, data, store, offline=offline))


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What a study is answered from.

    Parameters
    ----------
    study : Study
    claims : list of Claim
    dataset : Dataset
    """

    study: Study
    claims: list[Claim] = field(repr=False)
    dataset: Dataset = field(repr=False)


def inputs_of(study: Study, *, fallback_simulated: bool = False) -> Inputs:
    """Read the claims and the data of a study; a wrong file is refused before data are fetched."""
    expect_rooms(study)
    claims = read_claims(study)
    _events(study)
    return Inputs(study=study, claims=claims, dataset=dataset_of(study, fallback_simulated=fallback_simulated))


def answered(inputs: Inputs, *, yes: bool = False) -> StudyResult:
    """Return the answer of a study whose data are read; `yes` as in `run`."""
    result = _run(inputs.study, inputs.dataset, inputs.claims, inputs.study.as_text(), yes=yes)
    kept(answered_before, inputs.study.as_text())
    return result


def _run(loaded: Study, dataset: Dataset, claims: list[Claim], configuration: str, *, yes: bool) -> StudyResult:
    """Ask the rooms one after another."""
    panel = panel_of(loaded, dataset, configuration)
    sizes = _events(loaded, panel.truth), len(claims), len(panel.daily.changes)
    tasks = tasks_of(loaded, len(panel.changes), *sizes)
    if not yes:
        require_effort(tasks)
    with allowance(seconds=float("inf")):  # the whole is weighed
        return _answer(loaded, panel, dataset, claims, tasks)


def _answer(loaded: Study, panel: Panel, dataset: Dataset, claims: list[Claim], tasks: list[Task]) -> StudyResult:
    closes = dataset if panel.alignment.frequency.step is None else dataset.of_closes()
    answered, scored = ask_rooms(loaded, panel, closes, claims, tasks)
    rooms = [run_data(dataset, panel, start=loaded.start), *answered]
    result = StudyResult(
        title=loaded.title,
        focus=loaded.focus,
        rooms=tuple(rooms),
        claims=scored,
        banner=" ".join(filter(None, (doubts_of(panel.provenance, (*rooms, scored)), dataset.banner))),
        provenance=panel.provenance,
        timezone=loaded.display.timezone or "",
        signs=sign_notes(panel.instruments),
    )
    return public(result, loaded.folders)


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
