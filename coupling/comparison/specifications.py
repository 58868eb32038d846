"""All combinations of a grid of choices: each a study of its own, and those that share an alignment in one batch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from coupling.comparison.batches import Asked, Batch, Treatment
from coupling.comparison.estimate_paths import Question, Span
from coupling.comparison.unfinished_run import run_key
from coupling.comparison.weekly_history import WeeklyHistory
from coupling.comparison.weeks import LOCAL, YEARLY, Scheme, draws_over
from coupling.configuration.refusal import refuse
from coupling.correlation.section import EstimatorSection, HayashiYoshidaSection
from coupling.data.alignment import AlignmentSection
from coupling.data.clocks.ticks import Frequency
from coupling.data.intervals import ChangeIntervals, change_intervals
from coupling.data.loading.dataset import Dataset, load_dataset
from coupling.data.observations import Observations
from coupling.data.panel import build_panel
from coupling.errors import ConfigurationError, CouplingError
from coupling.results.base import Origin
from coupling.study import Study
from coupling.study.variants import OutcomeSection, VariantsSection, with_choices

__all__ = ["Plan", "Specification", "expand", "plan"]

CHUNK = 16
"""Specifications of a batch: few enough to spread over workers and to lose little when interrupted."""


@dataclass(frozen=True)
class Specification:
    """One combination of choices.

    Parameters
    ----------
    choices : dict of str to object
        By dotted path.
    study : Study, optional
        The configuration with these choices; absent where they cannot go together.
    failure : str
        Why they cannot.
    """

    choices: Mapping[str, Any]
    study: Study | None
    failure: str = ""

    @property
    def key(self) -> str:
        """A name made of the choices."""
        return run_key(json.dumps(dict(self.choices), default=str, sort_keys=True))

    @property
    def outcome(self) -> OutcomeSection:
        """What is asked."""
        assert self.study is not None
        assert self.study.variants is not None
        return self.study.variants.outcome

    @property
    def section(self) -> EstimatorSection | None:
        """The estimator's parameters; absent where the choices cannot go together or it is not asked."""
        try:
            return None if self.study is None else section_of(self.study)
        except ConfigurationError:
            return None


def expand(study: Study) -> list[Specification]:
    """Return every combination of a study's grid, in the order of the grid.

    Raises
    ------
    ConfigurationError
        If the study has no variants, or they mix changes with values.
    """
    variants = study.variants
    if variants is None:
        raise ConfigurationError("the study has no variants; add an outcome and a grid", path="variants")
    settings = study.model_dump(exclude_unset=True)
    found = [
        _specification(study, settings, dict(zip(variants.grid, values, strict=True)))
        for values in product(*variants.grid.values())
    ]
    kinds = {each.outcome.split is None for each in found if each.study is not None}
    if len(kinds) > 1:
        raise ConfigurationError(
            "a curve sorts one quantity, but the grid mixes changes with values; keep one kind of statistic",
            path="variants.grid",
        )
    quantities = dict.fromkeys(section.quantity for each in found if (section := each.section) is not None)
    if len(quantities) > 1:
        raise ConfigurationError(
            f"a curve sorts one quantity, but the grid mixes {' with '.join(quantities)}; keep one kind of estimator",
            path="variants.grid",
        )
    return found


def _specification(study: Study, settings: dict[str, Any], choices: dict[str, Any]) -> Specification:
    try:
        made = type(study).model_validate(with_choices(settings, choices))
    except ValidationError as error:
        return Specification(choices, None, str(refuse(error, type(study), None)))
    except ConfigurationError as error:
        return Specification(choices, None, str(error))
    made._base = study.base
    return Specification(choices, made)


@dataclass(frozen=True)
class Plan:
    """What is to be run.

    Parameters
    ----------
    batches : tuple of Batch
        The work.
    failures : dict of str to str
        Specifications that cannot be run, by key, and why.
    same_as : dict of str to str
        Specifications that ask the very same as an earlier one (one of their choices does not matter), by key.
    dataset : Dataset
        The data of the first specification that has some.
    fingerprint : str
        Hash of all observations that the plan uses.
    origins : tuple of Origin
        Of every series that an outcome rests on.
    """

    batches: tuple[Batch, ...]
    failures: Mapping[str, str]
    same_as: Mapping[str, str]
    dataset: Dataset
    fingerprint: str
    origins: tuple[Origin, ...]


@dataclass
class _Group:
    """Specifications that share data and alignment."""

    observations: dict[str, Observations]
    history: WeeklyHistory
    asked: dict[tuple[EstimatorSection, Question], Asked] = field(default_factory=dict)
    legs: dict[Treatment, dict[str, ChangeIntervals]] = field(default_factory=dict)


def plan(specifications: list[Specification], variants: VariantsSection, *, fallback_simulated: bool = False) -> Plan:
    """Load data once per source and align once per alignment; return batches with the draws that all share.

    Raises
    ------
    CouplingError
        If no specification can be run; the first reason.
    """
    data = _Data(fallback_simulated)
    groups: dict[str, _Group] = {}
    same_as: dict[str, str] = {}
    failures: dict[str, str] = {each.key: each.failure for each in specifications if each.study is None}
    for each in specifications:
        if each.study is None:
            continue
        try:
            asked = _place(each, groups, data)
        except CouplingError as error:
            failures[each.key] = str(error)
        else:
            if asked.key != each.key:
                same_as[each.key] = asked.key
    if not groups:
        first = data.first_error(failures)
        raise ConfigurationError(f"none of the {len(specifications)} specifications can be run: {first}")
    batches = _batches(groups, specifications, variants)
    read = [item.origin for group in groups.values() for item in group.observations.values()]
    origins = tuple(dict.fromkeys(origin for origin in read if origin is not None))
    return Plan(batches, failures, same_as, data.first, data.fingerprint(), origins)


class _Data:
    """Each source of data loaded once; a failure is remembered too."""

    def __init__(self, fallback_simulated: bool) -> None:
        self.fallback = fallback_simulated
        self.loaded: dict[str, Dataset | CouplingError] = {}

    def of(self, study: Study) -> Dataset:
        monthly = study.alignment.frequency is Frequency.MONTHLY  # sources of monthly values serve no other
        key = study.model_dump_json(include={"data", "instruments", "define"}) + f"{study.seed}{study.base}{monthly}"
        if key not in self.loaded:
            try:
                self.loaded[key] = load_dataset(
                    study.data,
                    study.instruments,
                    define=study.define,
                    seed=study.seed,
                    base=study.base,
                    fallback_simulated=self.fallback,
                    frequency=study.alignment.frequency,
                )
            except CouplingError as error:
                self.loaded[key] = error
        found = self.loaded[key]
        if isinstance(found, CouplingError):
            raise found
        return found

    @property
    def first(self) -> Dataset:
        return next(each for each in self.loaded.values() if isinstance(each, Dataset))

    def first_error(self, failures: Mapping[str, str]) -> str:
        for each in self.loaded.values():
            if isinstance(each, CouplingError):
                raise each
        return next(iter(failures.values()))

    def fingerprint(self) -> str:
        found = hashlib.sha256()
        for key, dataset in self.loaded.items():
            found.update(key.encode())
            for name, item in dataset.observations.items() if isinstance(dataset, Dataset) else ():
                found.update(name.encode())
                found.update(pd.DatetimeIndex(item.levels.index).as_unit("ns").asi8.tobytes())
                found.update(np.ascontiguousarray(item.levels.to_numpy(dtype=float)).tobytes())
        return found.hexdigest()


def _place(specification: Specification, groups: dict[str, _Group], data: _Data) -> Asked:
    """Put a specification into the group of its data and alignment, made where it is the first; return who asks it."""
    study, outcome = specification.study, specification.outcome
    assert study is not None
    dataset = data.of(study)
    for name in outcome.pair:
        if name in dataset.missing:
            raise ConfigurationError(f"{name} could not be had: {dataset.missing[name]}")
    section = section_of(study)
    on_ticks = section.data != "instants"
    together = section.data in ("all", "reported")
    names = [name for name in study.instruments if name in dataset.observations] if together else outcome.pair
    alignment = study.alignment if on_ticks else AlignmentSection()  # true instants need none
    key = f"{id(dataset)}{names}{study.period.end}{outcome.estimator}{outcome.pair}{alignment.model_dump_json()}"
    if key not in groups:
        observations = {name: dataset.observations[name].struck_by(study.end) for name in names}
        if on_ticks:
            build_panel(observations, dataset.instruments, alignment)  # refuses what cannot be aligned
        groups[key] = _Group(observations, WeeklyHistory.of(observations, alignment))
    group = groups[key]
    if isinstance(section, HayashiYoshidaSection) and (section.stale, section.weekend) not in group.legs:
        treated = change_intervals(group.observations, stale=section.stale, weekend=section.weekend)
        group.legs[section.stale, section.weekend] = {each.name: each for each in treated}
    asked = Asked(specification.key, section, _question(study, outcome), outcome.pair)
    return group.asked.setdefault((section, asked.question), asked)


def section_of(study: Study) -> EstimatorSection:
    """Return the section of the estimator that a study's outcome rests on; naming it there asks for its defaults.

    Raises
    ------
    ConfigurationError
        If the study says that it is not asked.
    """
    assert study.variants is not None
    outcome = study.variants.outcome
    asked = None if study.correlation is None else study.correlation.asked(outcome.estimator)
    if asked is None:
        raise ConfigurationError(
            f"the outcome rests on correlation.{outcome.estimator}, which is null; ask for it",
            path="variants.outcome.estimator",
        )
    return asked


def _question(study: Study, outcome: OutcomeSection) -> Question:
    kind = "change" if outcome.split is not None else str(outcome.statistic)
    ends = (study.start, study.end, None if outcome.split is None else pd.Timestamp(outcome.split, tz="UTC"))
    return Question(kind, Span(*(None if each is None else each.as_unit("ns").value for each in ends)))


def _batches(groups: dict[str, _Group], all_of: list[Specification], variants: VariantsSection) -> tuple[Batch, ...]:
    """Draw over the period that the groups span together: a week has the same draws in every specification."""
    spans = [group.history.whole_weeks for group in groups.values()]
    first, last = min(low for low, _ in spans), max(high for _, high in spans)
    studies = [each.study for each in all_of if each.study is not None]
    seed = studies[0].seed
    questions = [asked.question for group in groups.values() for asked in group.asked.values()]
    splits = {each.span.split for each in questions if each.span.split is not None}
    cuts = [pd.Timestamp(split, tz="UTC") for split in splits]
    scheme = LOCAL if any(each.kind == "last" for each in questions) else YEARLY
    draws = draws_over(first, last, scheme, cuts=cuts, seed=seed)
    pooled = draws_over(first, last, Scheme(None, scheme.block), seed=seed + 1) if splits else None
    return tuple(
        Batch(group.history, group.legs, tuple(chunk), draws, pooled, variants.replications)
        for group in groups.values()
        for chunk in _chunks(list(group.asked.values()))
    )


def _chunks(asked: list[Asked]) -> list[list[Asked]]:
    """Cut a group into equal batches; what reads the same path stays together."""
    ordered = sorted(asked, key=lambda each: repr(each.section))
    count = -(-len(ordered) // CHUNK)
    size = -(-len(ordered) // count)
    return [ordered[k : k + size] for k in range(0, len(ordered), size)]
