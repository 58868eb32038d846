"""Specifications that share their data and their alignment, worked through together.

A batch carries all that a worker needs, so that a lost worker loses nothing. The history is moved and aligned once per
draw, and a path of correlations is computed once for all specifications that read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from coupling._typing import Floats, Integers
from coupling.comparison.estimate_paths import (
    EstimatePath,
    Question,
    estimator_path,
    instants_path,
    rolling_path,
    statistic,
)
from coupling.comparison.weekly_history import Aligned, WeeklyHistory, moved_intervals
from coupling.comparison.weeks import WeekDraws
from coupling.correlation.section import EstimatorSection, HayashiYoshidaSection, RollingSection
from coupling.data.intervals import ChangeIntervals
from coupling.errors import CouplingError, InputError

__all__ = ["Asked", "Batch", "CurvePoint", "run_batch"]

Treatment = tuple[str, str]


@dataclass(frozen=True)
class Asked:
    """One specification within a batch: which path, and what is read off it."""

    key: str
    section: EstimatorSection
    question: Question
    pair: tuple[str, str] = ("", "")

    @property
    def treatment(self) -> Treatment:
        """How repeated quotes and weekends are treated on true instants."""
        assert isinstance(self.section, HayashiYoshidaSection)
        return self.section.stale, self.section.weekend


@dataclass(frozen=True)
class Batch:
    """What a worker gets.

    Parameters
    ----------
    history : WeeklyHistory
        The pair, its alignment and its ticks.
    legs : dict
        By treatment, the pair's changes on true instants, where some specification works on them.
    asked : tuple of Asked
        The specifications.
    draws : WeekDraws
        For deviations from the estimate.
    pooled : WeekDraws, optional
        For the world without a change.
    replications : int
        Number of draws of each kind.
    """

    history: WeeklyHistory
    legs: Mapping[Treatment, Mapping[str, ChangeIntervals]]
    asked: tuple[Asked, ...]
    draws: WeekDraws
    pooled: WeekDraws | None
    replications: int


@dataclass(frozen=True)
class CurvePoint:
    """What one specification gave.

    Parameters
    ----------
    key : str
        The specification.
    estimate : float
        Missing where it failed.
    n, windows : int
        Changes (overlaps on true instants) behind the estimate, and windows of the path that it rests on.
    replicates, null : ndarray, shape (replications,)
        The estimate in each draw, and in each draw of the world without a change (empty where none was asked for).
    failure : str
        Why there is no estimate.
    """

    key: str
    estimate: float
    n: int = 0
    windows: int = 0
    replicates: Floats = field(default_factory=lambda: np.empty(0), repr=False)
    null: Floats = field(default_factory=lambda: np.empty(0), repr=False)
    failure: str = ""


def run_batch(batch: Batch) -> list[CurvePoint]:
    """Return the outcome of every specification of a batch; a specification that fails says why."""
    whole = _World(batch, batch.history.source(None, 0))
    first = [_attempt(each, whole) for each in batch.asked]
    good = [k for k, outcome in enumerate(first) if not outcome.failure]
    replicates = _replicates(batch, [batch.asked[k] for k in good], batch.draws)
    null = None if batch.pooled is None else _replicates(batch, [batch.asked[k] for k in good], batch.pooled)
    done = {
        k: CurvePoint(
            key=first[k].key,
            estimate=first[k].estimate,
            n=first[k].n,
            windows=first[k].windows,
            replicates=replicates[:, place],
            null=np.empty(0) if null is None else null[:, place],
        )
        for place, k in enumerate(good)
    }
    return [done.get(k, outcome) for k, outcome in enumerate(first)]


class _World:
    """The pair with its weeks in one order; a path is computed once."""

    def __init__(self, batch: Batch, source: Integers) -> None:
        self.batch, self.source = batch, source
        self.paths: dict[object, EstimatePath] = {}

    def path(self, asked: Asked) -> EstimatePath:
        spanned = asked.section.size is None or asked.section.data == "reported"
        key = (asked.section, asked.pair, asked.question.span if spanned else None)
        if key not in self.paths:
            self.paths[key] = self._path(asked)
        return self.paths[key]

    def _path(self, asked: Asked) -> EstimatePath:
        span = asked.question.span
        if isinstance(asked.section, RollingSection):
            return rolling_path(self.aligned, asked.section, span)  # thousands of times: without frames between
        if not isinstance(asked.section, HayashiYoshidaSection):
            return estimator_path(self.aligned, asked.section, asked.pair, span)
        first = self.batch.history.weeks[0]
        legs = self.batch.legs[asked.treatment]
        moved = {name: moved_intervals(each, first, self.source) for name, each in legs.items()}
        return instants_path(moved, asked.section, span)

    @cached_property
    def aligned(self) -> Aligned:
        return self.batch.history.aligned(self.source)


def _attempt(asked: Asked, world: _World) -> CurvePoint:
    try:
        path = world.path(asked)
        estimate, windows = statistic(path, asked.question)
        if not np.isfinite(estimate):
            raise InputError("no window of the reported period holds enough changes on every side that is asked for")
    except CouplingError as error:
        return CurvePoint(asked.key, float("nan"), failure=str(error))
    return CurvePoint(asked.key, estimate, n=path.rows(asked.question), windows=windows)


def _replicates(batch: Batch, asked: list[Asked], draws: WeekDraws) -> Floats:
    """Return one row per draw; a draw under which a specification has no number is missing."""
    values = np.full((batch.replications, len(asked)), np.nan)
    for replication in range(batch.replications if asked else 0):
        world = _World(batch, batch.history.source(draws, replication))
        for place, each in enumerate(asked):
            try:
                values[replication, place] = statistic(world.path(each), each.question)[0]
            except CouplingError:
                continue
    return values
