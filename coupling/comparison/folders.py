"""What changed between two runs: the data of two folders, the measures that rest on them, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coupling.comparison.configurations import differing
from coupling.comparison.measures import Measure, Subject, measures_of
from coupling.comparison.spillover_and_responses import further_measures
from coupling.data.instrument import Instrument, load_instruments
from coupling.data.loading.dataset import Dataset, load_dataset
from coupling.data.observations import Observations
from coupling.data.panel import build_panel
from coupling.data.section import DataSection
from coupling.errors import ConfigurationError, CouplingError, DataError
from coupling.machine.names import place_of
from coupling.results.base import Failure, Origin, Provenance, Result, RoomResult
from coupling.results.comparison import ComparisonResult, ConfigurationDifferences
from coupling.results.runs import REASONS, MeasureChanges, SeriesChanges
from coupling.study import Study, load_study
from coupling.study.effort import Task, comparison_tasks, require_effort
from coupling.study.marking import mark, say_doubts

__all__ = ["compare_folders"]

SERIES_METHOD = (
    "Values by the date that the source writes (hourly ones by their instant). New rows follow the last date of the "
    "earlier folder; revised values stand at a date of both with another value; the size is after less before."
)
MEASURES_METHOD = (
    "Each measure from four runs: the earlier data; the later data cut for each instrument at the last date of the "
    "earlier (step: revision); the later data whole (step: new data); and, where two configurations are given, the "
    "later one (step: configuration). The steps add up to the change. Intervals are those of the later run."
)


def compare_folders(
    folders: Sequence[str | Path],
    *,
    config: str | Path | Sequence[str | Path] | None = None,
    yes: bool = False,
) -> ComparisonResult:
    """Say what changed between two runs of a study on two folders of data, and why.

    Parameters
    ----------
    folders : sequence of path
        The earlier and the later folder, as `coupling data export` writes them or any that the file source reads.
    config : path or two paths, optional
        The study whose measures are compared; two where the configuration changed too, the earlier first. Without
        one only the series are compared.
    yes : bool
        Whether it may take longer than the two minutes that are allowed unasked.

    Returns
    -------
    ComparisonResult
        Series, measures and, where two are given, configurations.

    Raises
    ------
    ConfigurationError, DataError
        If there are not two folders, or no series stands in both.

    Examples
    --------
    >>> compare_folders(["only one"])
    Traceback (most recent call last):
    coupling.errors.ConfigurationError: two folders of data are compared, not 1; name the earlier and the later one
    """
    places = [Path(each) for each in folders]
    if len(places) != 2:
        raise ConfigurationError(
            f"two folders of data are compared, not {len(places)}; name the earlier and the later one"
        )
    studies = _studies(config)
    provenance = Provenance()
    rooms: list[RoomResult] = []
    read: list[Mapping[str, Observations]] = []
    if not studies:
        read += [_catalogue(place) for place in places]
    else:
        sides = [_load(study.with_data(place)) for study, place in zip((studies[0], studies[-1]), places, strict=True)]
        read += [side.observations for side in sides]
        if not yes:
            require_effort(_tasks(studies[-1], sides[1]), "the comparison")
        rooms.append(_measures(studies, sides))
        provenance = sides[1].provenance(studies[-1].as_text(), studies[-1].seed)
    doubted = Provenance(origins=_origins(read))
    rooms = [mark(room, doubted) for room in (*rooms, _series(*read))]
    if len(studies) > 1:
        rooms.append(_configurations(studies))
    measured = [result.frame for room in rooms for result in room.results if isinstance(result, MeasureChanges)]
    return ComparisonResult(
        title=f"What changed from {_named(places[0])} to {_named(places[1])}",
        question="What changed between the two runs, and why: new data, a revision, or the configuration?",
        rooms=tuple(rooms),
        banner=say_doubts(doubted, place="see Data in the report of each study"),
        provenance=provenance,
        frame=measured[0] if measured else rooms[0].results[-1].frame,  # type: ignore[union-attr]
    )


def _origins(read: Sequence[Mapping[str, Observations]]) -> tuple[Origin, ...]:
    """Return where every series of the folders comes from, the later folder's last, whose cautions stand."""
    found = [item.origin for side in read for item in side.values()]
    return tuple(dict.fromkeys(origin for origin in found if origin is not None))


def _named(place: Path) -> str:
    return place.resolve().name


def _studies(config: str | Path | Sequence[str | Path] | None) -> list[Study]:
    if config is None:
        return []
    listed = [config] if isinstance(config, str | Path) else list(config)
    if len(listed) not in (1, 2):
        raise ConfigurationError(f"one configuration serves both folders, or one each, not {len(listed)}")
    return [load_study(each) for each in listed]


def _catalogue(place: Path) -> dict[str, Observations]:
    """Return every instrument of the catalogue that a folder serves."""
    if not place.is_dir():
        raise DataError(f"data folder {place} does not exist; name one that does")
    data = DataSection(directory=str(place_of(Path(), place).absolute()))
    found: dict[str, Observations] = {}
    for name, item in load_instruments().items():
        if item.formula is None:
            try:
                found |= load_dataset(data, [name]).observations
            except DataError:
                continue
    if not found:
        raise DataError(f"data folder {place} serves no instrument of the catalogue; give --config with your own")
    return found


def _load(study: Study) -> Dataset:
    options: dict[str, Any] = {"define": study.define, "seed": study.seed, "base": study.base}
    return load_dataset(study.data, study.instruments, frequency=study.alignment.frequency, **options)


def _series(before: Mapping[str, Observations], after: Mapping[str, Observations]) -> RoomResult:
    names = [name for name in before if name in after]
    sides = ((before, after, "earlier"), (after, before, "later"))
    alone = [(name, word) for one, other, word in sides for name in one if name not in other]
    failures = [
        Failure(
            name=f"series-{name.lower()}", title=f"{name} has no counterpart", reason=f"Only the {word} folder has it."
        )
        for name, word in alone
    ]
    if not names:
        raise DataError("no series stands in both folders; check that they hold the same instruments")
    frame = pd.DataFrame([_changes(name, before[name], after[name]) for name in names]).set_index("instrument")
    table = SeriesChanges(name="series-changes", title="How the series changed", method=SERIES_METHOD, frame=frame)
    return RoomResult(
        name="series", question="Did the data change?", verdict=table.sentence, results=(*failures, table)
    )


def _changes(name: str, before: Observations, after: Observations) -> dict[str, Any]:
    old, new = _by_date(before), _by_date(after)
    both = old.index.intersection(new.index)
    difference = (new.loc[both] - old.loc[both]).to_numpy(dtype=float)
    revised = ~((difference == 0) | (old.loc[both].isna() & new.loc[both].isna()).to_numpy())
    largest = int(np.nanargmax(np.abs(np.where(revised, difference, 0)))) if revised.any() else None
    return {
        "instrument": name,
        "rows before": len(old),
        "rows after": len(new),
        "new rows": int((new.index > old.index[-1]).sum()),
        "until": new.index[-1],
        "revised": int(revised.sum()),
        "largest revision": 0.0 if largest is None else float(difference[largest]),
        "of": pd.NaT if largest is None else both[largest],
        "removed": int((~old.index.isin(new.index)).sum()),
        "added": int((~new.index.isin(old.index) & (new.index <= old.index[-1])).sum()),
        "source": _source_change(before, after),
    }


def _by_date(item: Observations) -> pd.Series:
    dates = pd.DatetimeIndex(item.dates)
    index = dates if dates.is_unique else pd.DatetimeIndex(item.levels.index).tz_localize(None)
    return pd.Series(item.levels.to_numpy(dtype=float), index=index.as_unit("ns"))


def _source_change(before: Observations, after: Observations) -> str:
    if before.origin is None or after.origin is None:
        return ""
    parts = [
        f"{word}: {getattr(before.origin, word)} → {getattr(after.origin, word)}"
        for word in ("source", "symbol", "clock")
        if getattr(before.origin, word) != getattr(after.origin, word)
    ]
    return "; ".join(parts)


def _configurations(studies: Sequence[Study]) -> RoomResult:
    frame = differing({"earlier": studies[0], "later": studies[1]})
    table = ConfigurationDifferences(
        name="configurations-differences",
        title="What differs",
        method="Settings by dotted path with their values, defaults included.",
        frame=frame,
        studies=("earlier", "later"),
    )
    question = "What differs between the configurations?"
    return RoomResult(name="configurations", question=question, verdict=table.sentence, results=(table,))


def _tasks(study: Study, dataset: Dataset) -> list[Task]:
    """Return what four runs of the measures take."""
    rows = max((len(item.levels) for item in dataset.observations.values()), default=0)
    tasks = comparison_tasks(study, rows, 0, "each run")
    return [Task(task.name, 4 * task.seconds) for task in tasks]


def _measures(studies: Sequence[Study], sides: Sequence[Dataset]) -> RoomResult:
    """Return every measure before and after, and what each step does."""
    ends = {name: item.levels.index[-1] for name, item in sides[0].observations.items()}
    cut = replace(
        sides[1],
        observations={
            name: item.struck_by(ends[name]) if name in ends else item for name, item in sides[1].observations.items()
        },
    )
    stages = [(studies[0], sides[0]), (studies[0], cut), (studies[0], sides[1]), (studies[-1], sides[1])]
    runs: list[dict[tuple[str, str], Measure]] = []
    failures: list[Failure] = []
    for place, (study, dataset) in enumerate(stages):
        if place == 3 and len(studies) == 1:
            runs.append(runs[2])
            continue
        try:
            runs.append(_measured(study, dataset))
        except CouplingError as error:
            title = f"The run {('before', 'on revised data', 'on new data', 'after')[place]} failed"
            failures.append(Failure(name=f"measures-failed-{place}", title=title, reason=str(error)))
            runs.append({})
    frame = pd.DataFrame([_steps(key, runs) for key in dict.fromkeys(key for run in runs for key in run)])
    failures += [
        Failure(name=f"measures-failed-{place}-{number}", title=f"{each.group} failed", reason=each.failure)
        for place in (0, 3)
        for number, each in enumerate(runs[place].values())
        if each.failure
    ]
    results: tuple[Result | Failure, ...] = tuple(failures)
    verdict = "No run gave a measure."
    if len(frame):
        provenance = sides[1].provenance(studies[-1].as_text(), studies[-1].seed)
        table = MeasureChanges(name="measures-changes", title="Which measures changed, and through what",
                               method=MEASURES_METHOD, frame=frame, provenance=provenance)  # fmt: skip
        results, verdict = (*results, table), table.sentence
    return RoomResult(name="measures", question="Did the answers change, and why?", verdict=verdict, results=results)


def _measured(study: Study, dataset: Dataset) -> dict[tuple[str, str], Measure]:
    found = dataset.observations
    wanted = {name: found[name].struck_by(study.end) for name in study.instruments if name in found}
    instruments: Mapping[str, Instrument] = dataset.instruments
    panel = build_panel(
        wanted, instruments, study.alignment, dataset.provenance(study.as_text(), study.seed), dataset.truth
    )
    subject = Subject.of(study, panel)
    return {(each.group, each.other): each for each in (*measures_of(subject), *further_measures(subject))}


def _steps(key: tuple[str, str], runs: Sequence[Mapping[tuple[str, str], Measure]]) -> dict[str, Any]:
    nothing = Measure(*key, "")
    stages = [run.get(key, nothing) for run in runs]
    last = stages[3]
    steps = {
        reason: later.estimate - earlier.estimate
        for reason, earlier, later in zip(REASONS, stages, stages[1:], strict=False)
    }
    limits = {"lower": last.lower, "upper": last.upper, "n": last.n, "unit": (last if last.n else stages[0]).unit}
    ends = {"before": stages[0].estimate, **steps, "after": last.estimate}
    return {"measure": key[0], "with": key[1], **ends, **limits}
