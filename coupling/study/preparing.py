"""What every run of a study begins with: its configuration, its data, and the panel at common observation times."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from coupling.data.loading.dataset import DataSection, Dataset, load_dataset
from coupling.data.panel import Panel, build_panel
from coupling.errors import DataError
from coupling.study.configuration import Study, load_study
from coupling.study.doors import Source

__all__ = ["dataset_of", "load_beyond", "panel_of", "prepared"]

log = logging.getLogger("coupling")


def prepared(
    study: Source,
    data: str | Path | None,
    store: str | Path | None,
    *,
    offline: bool,
) -> Study:
    """Return the configuration, its places of data and store as the caller says."""
    loaded = load_study(study).with_store(store, offline=offline)
    return loaded if data is None else loaded.with_data(data)


def dataset_of(study: Study, *, fallback_simulated: bool) -> Dataset:
    """Return the data of a study; without its focus, or with the focus alone, there is nothing to compare."""
    log.info("reading the data")
    dataset = load_dataset(
        study.data,
        study.instruments,
        define=study.define,
        seed=study.seed,
        base=study.base,
        fallback_simulated=fallback_simulated,
        frequency=study.alignment.frequency,
        period=(study.start, study.end),
    )
    if study.focus in dataset.missing:
        raise DataError(f"the focus {study.focus} could not be had: {dataset.missing[study.focus]}.")
    if len(dataset.observations) < 2:
        lines = "\n".join(f"{name}: {reason}" for name, reason in dataset.missing.items())
        raise DataError(f"{study.focus} alone could be had, and there is nothing to compare it with.\n{lines}")
    if study.alignment.frequency.step is None or study.claims:
        return dataset
    closes = {name: replace(item, bars=None) for name, item in dataset.observations.items()}
    return replace(dataset, observations=closes)  # the checks have seen the rest of each bar, which is most of them


def load_beyond(study: Study, names: Iterable[str], data: DataSection | None = None) -> Dataset:
    """Return what a study asks for beyond its own instruments, of which no page shows checks; `data` as in the study.

    Raises
    ------
    CouplingError
        If something cannot be had.
    """
    return load_dataset(data or study.data, names, define=study.define, seed=study.seed, base=study.base, checked=False)


def panel_of(study: Study, dataset: Dataset, configuration: str | None = None) -> Panel:
    """Return the panel of a study; a period that starts after its last tick is refused."""
    observations = {name: item.struck_by(study.end) for name, item in dataset.observations.items()}
    log.info("bringing the data to common observation times")
    provenance = dataset.provenance(configuration or study.as_text(), study.seed)
    panel = build_panel(observations, dataset.instruments, study.alignment, provenance, dataset.truth)
    last = panel.levels.index[-1]
    if study.start is not None and study.start >= last:
        raise DataError(
            f"period.start is {study.start:%Y-%m-%d}, and the last session that all instruments share is "
            f"{panel.sessions.of(last)}; start earlier or bring newer data."
        )
    return panel
