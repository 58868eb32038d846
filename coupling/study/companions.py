"""What the room of events reads beside the panel: the detector's instruments, and the hourly files at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from coupling.data.instrument import HOURLY, Provider, SourceEntry, resolve
from coupling.data.loading.dataset import DataSection, Dataset, DataSource
from coupling.data.observations import Observations
from coupling.data.sources.simulated import knows
from coupling.errors import ConfigurationError, CouplingError
from coupling.events.detection.detection import Beside
from coupling.events.detection.section import DetectorSection
from coupling.machine.names import place_of
from coupling.study.configuration import Study
from coupling.study.preparing import load_beyond

__all__ = ["load_beside", "load_detector"]


def load_beside(study: Study, dataset: Dataset) -> Beside:
    """Load what the events section of a study asks for beside its instruments.

    Parameters
    ----------
    study : Study
    dataset : Dataset
        The study's own data; where they are simulated so is the rest.
    """
    assert study.events is not None
    section = study.events.detector
    found = Beside() if section is None else load_detector(study, section, dataset)
    return replace(found, hourly=None if dataset.simulated else _hourly(study))


def load_detector(study: Study, section: DetectorSection, dataset: Dataset | None = None) -> Beside:
    """Load for each part of the detector the first instrument that can be had; say why where none can.

    Parameters
    ----------
    study : Study
    section : DetectorSection
    dataset : Dataset, optional
        What is loaded already; where it is simulated the rest is simulated too.
    """
    had = {} if dataset is None else dict.fromkeys(dataset.observations, dataset)
    data = study.data
    if dataset is not None and dataset.simulated:
        data = data.model_copy(update={"directory": None, "source": DataSource.SIMULATED})
    parts: dict[str, str] = {}
    missing: dict[str, str] = {}
    for part, asked in section.parts.items():
        served, failed = _first(study, data, _in_turn(study, asked.instruments, dataset), had)
        if served is None:
            missing |= failed
        else:
            parts[part] = served
    if not parts:
        return Beside(missing=missing)
    whole = Dataset(
        observations={name: _until(study, had[name].observations[name]) for name in parts.values()},
        instruments={name: had[name].instruments[name] for name in parts.values()},
    )
    return Beside(detector=whole, parts=parts, missing=missing)


def _in_turn(study: Study, names: tuple[str, ...], dataset: Dataset | None) -> tuple[str, ...]:
    """Return the names in the order in which they are tried: in a simulated market those first that it has."""
    if dataset is None or not dataset.simulated:
        return names
    return tuple(sorted(names, key=lambda name: not _drawn(study, name)))


def _drawn(study: Study, name: str) -> bool:
    """Tell whether the simulated market has an instrument; one that nobody knows it has not."""
    try:
        return knows(resolve(name, study.define))
    except ConfigurationError:
        return False


def _first(
    study: Study, data: DataSection, names: tuple[str, ...], had: dict[str, Dataset]
) -> tuple[str | None, dict[str, str]]:
    """Return the first of the names that can be had, keeping what served it, and why those before it could not."""
    failed: dict[str, str] = {}
    for name in names:
        if name not in had:
            try:
                had[name] = load_beyond(study, [name], data)
            except CouplingError as error:
                failed[name] = str(error).rstrip(".")
                continue
        return name, failed
    return None, failed


def _until(study: Study, item: Observations) -> Observations:
    return item if study.end is None else item.struck_by(study.end)


def _hourly(study: Study) -> Dataset | None:
    """Load the instruments of the study whose hourly file is mapped, or lies in the data folder."""
    folder = study.data.folder(study.base)
    place = study.base if folder is None else folder
    entries = {name: _hourly_entry(study, name, declared=folder is not None) for name in study.instruments}
    present = {name: entry for name, entry in entries.items() if entry and place_of(place, entry.symbol).is_file()}
    if not present:
        return None
    data = study.data.model_copy(update={"files": {**study.data.files, **present}})
    return load_beyond(study, present, data)


def _hourly_entry(study: Study, name: str, *, declared: bool) -> SourceEntry | None:
    """Return the hourly file that is mapped to an instrument, or else declared for it where a folder is named."""
    mapped: Mapping[str, SourceEntry] = study.data.files
    known = resolve(name, study.define).sources if declared else ()
    entries = [*([mapped[name]] if name in mapped else []), *known]
    found = [entry for entry in entries if entry.clock == HOURLY and entry.provider is Provider.FILE]
    return found[0] if found else None
