"""Compare several configurations, each under its own choices or one under all of them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from coupling.comparison.configurations import differing
from coupling.comparison.curve import answer_variants
from coupling.comparison.measures import Measure, Subject, measures_of
from coupling.comparison.sides import draw_all, side_by_side
from coupling.comparison.spillover_and_responses import further_measures
from coupling.data.instrument import resolve
from coupling.data.panel import Panel
from coupling.data.signs import sign_notes
from coupling.errors import ConfigurationError, CouplingError
from coupling.limits.budget import count
from coupling.limits.upper import beyond
from coupling.machine.privacy import public
from coupling.results.base import Failure, Origin, Provenance, Result, RoomResult
from coupling.results.comparison import ComparisonResult, ConfigurationDifferences, SideBySide
from coupling.study import Study, load_panel, load_study
from coupling.study.effort import Task, comparison_tasks, require_effort
from coupling.study.marking import mark, say_doubts
from coupling.text.wording import by_chance, listed

__all__ = ["compare"]

log = logging.getLogger("coupling")
Configuration = str | Path | Mapping[str, Any] | Study

METHOD = (
    "Estimates and intervals are those of each study's own page; where it has none (the mean of a path) the draws give "
    "it. Difference: the study less {reference}. Its interval: {replications} draws of whole calendar weeks, the same "
    "draws in every study, each aligned again under its own rule; the 95 % quantile of the size of the deviations of "
    "the difference from their mean. Blocks of {block} weeks within a year (of one week within a quarter for a last "
    "value), never across a date of change. Of periods that lie apart the interval is recovered from the two "
    "intervals, as of independent estimates (Zou 2007); where less than half of the longer is shared there is none."
)


@dataclass(frozen=True)
class _Where:
    """Where data come from, as `coupling.load_panel` takes it."""

    data: str | Path | None = None
    store: str | Path | None = None
    offline: bool = False
    fallback_simulated: bool = False

    def load(self, study: Study) -> Study:
        placed = study.with_store(self.store, offline=self.offline)
        return placed if self.data is None else placed.with_data(self.data)


def compare(
    configurations: Sequence[Configuration],
    *,
    data: str | Path | None = None,
    store: str | Path | None = None,
    offline: bool = False,
    fallback_simulated: bool = False,
    replications: int = 299,
    n_jobs: int = -1,
    dask: str | None = None,
    yes: bool = False,
    fresh: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> ComparisonResult:
    """Put configurations side by side, and run each that has variants under all of its choices.

    Parameters
    ----------
    configurations : sequence of path, mapping or Study
        The first is the one that the others are compared with. One alone is enough where it has variants. One that is
        broken becomes a `Failure` and does not stop the others.
    data, store, offline, fallback_simulated
        As in `coupling.run`.
    replications : int
        Draws for the intervals of differences; a configuration's variants name their own.
    n_jobs : int
        Processes; -1 takes every core. The numbers do not depend on it.
    dask : str, optional
        Address of a Dask scheduler that works instead of this machine's cores.
    yes : bool
        Whether a grid of more than 2,000 combinations, or what takes longer than two minutes, is meant.
    fresh : bool
        Whether specifications that an interrupted run finished are done again.
    progress : callable, optional
        Told what is done, how many, and of how many.

    Returns
    -------
    ComparisonResult
        With ``.frame``, ``.summary()``, ``.to_html(path)``, ``.to_folder(path)`` and ``.exit_code``.

    Raises
    ------
    ConfigurationError, DataError
        If no configuration can be used; the first error. If there is nothing to compare.

    Examples
    --------
    >>> one = {"title": "Rows", "focus": "BTC", "instruments": ["BTC", "SPX"], "data": {"source": "simulated"},
    ...        "correlation": {"rolling": {"window": 60}, "hayashi_yoshida": None}}
    >>> weekly = {**one, "title": "Weeks", "alignment": {"frequency": "1w"}}
    >>> result = compare([one, weekly], replications=99, n_jobs=1)
    >>> result["configurations"].verdict
    '1 settings differ: alignment.frequency.'
    """
    _check_effort(replications, n_jobs)
    where = _Where(data, store, offline, fallback_simulated)
    loaded, failures, first = _load_all(configurations, where)
    if first is not None and not loaded:
        raise first
    with_variants = {name: study for name, study in loaded.items() if study.variants is not None}
    if len(loaded) < 2 and not with_variants and not failures:
        raise ConfigurationError("one configuration without variants: there is nothing to compare; name another one")
    options: dict[str, Any] = {"n_jobs": n_jobs, "dask": dask, "progress": progress}
    rooms = []
    sides: list[Result | Failure] = []
    panels: dict[str, Panel] = {}
    if len(loaded) > 1:
        sides, panels = _sides(loaded, where, replications, options, yes=yes)
    if sides:
        question, answered = "Do the answers differ?", tuple(sides)
        room = RoomResult(name="comparison", question=question, verdict=_verdict(sides), results=answered)
        rooms.append(mark(room, _provenance(panels)) if panels else room)
    more = {"yes": yes, "fresh": fresh, "fallback_simulated": fallback_simulated, **options}
    for place, (name, study) in enumerate(with_variants.items()):
        rooms.append(_variants(name, study, f"-{place + 1}" if place else "", more))
    if len(loaded) > 1 or failures:
        rooms.append(_configurations(loaded, failures))
    folders = {folder for study in loaded.values() for folder in study.folders}
    return public(_result(loaded, rooms, panels), folders)


def _check_effort(replications: int, n_jobs: int) -> None:
    if replications < 99:
        raise ConfigurationError(f"replications={replications} are too few for a 95 % interval; use at least 99")
    told = beyond("replications", replications) or beyond("n_jobs", n_jobs)
    if told:
        raise ConfigurationError(f"{told}; use a smaller one")


def _load_all(
    configurations: Sequence[Configuration], where: _Where
) -> tuple[dict[str, Study], list[Failure], CouplingError | None]:
    """Return the studies by name, and a failure for each that cannot be read."""
    if isinstance(configurations, str | Path | Mapping | Study):
        raise ConfigurationError("compare takes a list of configurations; write [first, second]")
    if not len(configurations):
        raise ConfigurationError("there is no configuration to compare; name two, or one with variants")
    loaded: dict[str, Study] = {}
    failures: list[Failure] = []
    first = None
    for place, each in enumerate(configurations, start=1):
        try:
            study = where.load(load_study(each))
        except CouplingError as error:
            first = first or error
            name = Path(each).stem if isinstance(each, str | Path) else f"configuration {place}"
            failures.append(
                Failure(name=f"configuration-{place}", title=f"{name} cannot be used", reason=_shown(error))
            )
        else:
            name = Path(each).stem if isinstance(each, str | Path) else study.title
            loaded[name if name not in loaded else f"{name} ({place})"] = study
    return loaded, failures, first


def _shown(error: CouplingError) -> str:
    """Return an error with the name of its file alone: a page names no machine's path."""
    if isinstance(error, ConfigurationError) and error.file is not None:
        return str(ConfigurationError(error.message, file=Path(error.file.name), line=error.line, path=error.path))
    return str(error)


def _configurations(loaded: Mapping[str, Study], failures: list[Failure]) -> RoomResult:
    results: list[Result | Failure] = list(failures)
    verdict = "Only one configuration could be read, so nothing is compared."
    if len(loaded) > 1:
        differences = ConfigurationDifferences(
            name="configurations-differences",
            title="What differs",
            method="Settings by dotted path with their values, defaults included; those that are the same everywhere "
            "are left out.",
            frame=differing(loaded),
            provenance=Provenance(),
            studies=tuple(loaded),
        )
        results.append(differences)
        verdict = differences.sentence
    return RoomResult(
        name="configurations",
        question="What differs between the configurations?",
        verdict=verdict,
        results=tuple(results),
    )


def _sides(
    loaded: Mapping[str, Study], where: _Where, replications: int, options: dict[str, Any], *, yes: bool
) -> tuple[list[Result | Failure], dict[str, Panel]]:
    subjects: dict[str, Subject] = {}
    failures: list[Result | Failure] = []
    for place, (name, study) in enumerate(loaded.items(), start=1):
        try:
            panel = load_panel(study, fallback_simulated=where.fallback_simulated)
            subjects[name] = Subject.of(study, panel)
        except CouplingError as error:
            failures.append(Failure(name=f"comparison-study-{place}", title=f"{name} cannot be run", reason=str(error)))
    panels = {name: subject.panel for name, subject in subjects.items()}
    if not yes:
        require_effort(_tasks(subjects, replications), "the comparison")
    measures = {name: measures_of(subject) + further_measures(subject) for name, subject in subjects.items()}
    failures += _failed(measures)
    if not subjects:
        return failures, panels
    seed = next(iter(loaded.values())).seed
    drawn = draw_all(subjects, measures, replications=replications, seed=seed, **options)
    reference = next(iter(subjects))
    method = METHOD.format(reference=reference, replications=replications, block=4)
    results: list[Result | Failure] = [
        SideBySide(
            name="comparison-" + "-".join(word for word in _plain(group).split()),
            title=group,
            method=method,
            frame=frame,
            provenance=_provenance(panels),
            reference=reference,
        )
        for group, frame in side_by_side(drawn).items()
    ]
    return failures + results, panels


def _tasks(subjects: Mapping[str, Subject], replications: int) -> list[Task]:
    return [
        task
        for name, subject in subjects.items()
        for task in comparison_tasks(subject.study, len(subject.panel.changes), replications, name)
    ]


def _plain(text: str) -> str:
    return "".join(letter.lower() if letter.isalnum() else " " for letter in text)


def _failed(measures: Mapping[str, list[Measure]]) -> list[Result | Failure]:
    found: list[Result | Failure] = []
    for name, of_study in measures.items():
        for each in of_study:
            if each.failure:
                title = f"{name}: {each.group}{f' with {each.other}' if each.other else ''} failed"
                found.append(Failure(name=f"comparison-failed-{len(found) + 1}", title=title, reason=each.failure))
    return found


def _verdict(sides: Sequence[Result | Failure]) -> str:
    compared = [each for each in sides if isinstance(each, SideBySide)]
    if not compared:
        return "Nothing could be compared."
    total, apart = sum(each.compared for each in compared), [each for each in compared if each.apart]
    if not total:
        return "No difference has an interval, so nothing is said about whether the answers differ."
    if not apart:
        return f"None of {count(total, 'difference')} is statistically significant at the 5 % level (individually)."
    sure = sum(len(each.apart) for each in apart)
    chance = f"{by_chance(total, 0.05)} would be by chance alone"
    clearest = max(apart, key=lambda each: each.clearest[0])
    return (
        f"{sure} of {count(total, 'difference')} {'is' if sure == 1 else 'are'} statistically significant at the 5 % "
        f"level (individually; {chance}); the clearest is "
        f"{clearest.clearest[1]} ({clearest.title[0].lower()}{clearest.title[1:]})."
    )


def _variants(name: str, study: Study, suffix: str, options: dict[str, Any]) -> RoomResult:
    try:
        return answer_variants(study, suffix=suffix, **options)
    except CouplingError as error:
        if getattr(error, "path", None) == "variants.grid":
            raise
        failure = Failure(name=f"variants-failed{suffix}", title=f"The variants of {name} failed", reason=str(error))
        return RoomResult(
            name=f"variants{suffix}",
            question="Does it survive every reasonable choice?",
            verdict=f"Failed: {error}",
            results=(failure,),
        )


def _result(loaded: Mapping[str, Study], rooms: list[RoomResult], panels: Mapping[str, Panel]) -> ComparisonResult:
    held = [result for room in rooms for result in room.results if isinstance(result, SideBySide)]
    frame = (
        pd.concat({each.title: each.frame for each in held}, names=["measure"]).reset_index()
        if held
        else pd.DataFrame()
    )
    question = "Do these configurations answer alike?" if len(loaded) > 1 else ""
    if panels:
        provenance = _provenance(panels)
    else:
        provenance = next(
            (result.provenance for room in rooms for result in room.results if isinstance(result, Result)), Provenance()
        )
    banner = say_doubts(provenance, place="see Data in the report of each study")
    notes = [sign_notes({name: resolve(name, each.define) for name in each.instruments}) for each in loaded.values()]
    return ComparisonResult(
        title=_title(loaded),
        rooms=tuple(rooms),
        question=question,
        banner=banner,
        provenance=provenance,
        signs=tuple(dict.fromkeys(note for of_study in notes for note in of_study)),
        frame=frame,
    )


def _title(loaded: Mapping[str, Study]) -> str:
    """Return what is compared, by the titles of the studies, or by their names where two titles are the same."""
    titles = [study.title for study in loaded.values()]
    if len(set(titles)) < len(titles):
        titles = [name.replace("_", " ") for name in loaded]
    if len(titles) == 1:
        return titles[0]
    return f"{titles[0]} compared with {listed(titles[1:], most=2)}"


def _provenance(panels: Mapping[str, Panel]) -> Provenance:
    """Return the provenance of all studies together: every origin once, and the configurations below each other."""
    origins: dict[tuple[str, str, str], Origin] = {}
    for panel in panels.values():
        for origin in panel.provenance.origins:
            origins.setdefault((origin.instrument, origin.sha256, origin.clock), origin)
    first = next(iter(panels.values())).provenance
    texts = [f"# {name}\n{panel.provenance.configuration}" for name, panel in panels.items()]
    return replace(
        first,
        origins=tuple(origins.values()),
        configuration="\n".join(texts),
        as_of=max((panel.provenance.as_of for panel in panels.values() if panel.provenance.as_of), default=None),
        simulated=any(panel.provenance.simulated for panel in panels.values()),
    )
