"""The specification curve: run all specifications, sort them, and test them together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coupling._typing import Floats
from coupling.comparison.batches import CurvePoint
from coupling.comparison.joint import joint_test
from coupling.comparison.specifications import Plan, Specification, expand, plan
from coupling.comparison.unfinished_run import UnfinishedRun, run_key
from coupling.comparison.workers import run_batches
from coupling.errors import ConfigurationError
from coupling.limits.budget import allowed_seconds, duration
from coupling.limits.upper import beyond
from coupling.results.base import Failure, Provenance, RoomResult
from coupling.results.specification import ANY, ChoicesResult, JointTest, SpecificationCurve
from coupling.study import Study
from coupling.study.marking import mark
from coupling.study.variants import VariantsSection
from coupling.version import __version__

__all__ = ["MANY", "Progress", "answer_variants"]

MANY = 2000
"""More combinations than these are run only where that is said on purpose."""

QUESTION = "Does it survive every reasonable choice?"
Progress = Callable[[str, int, int], None]

METHOD = (
    "Every combination of the grid is a specification (Simonsohn, Simmons and Nelson 2020). Intervals and tests: "
    "{draws} draws of whole calendar weeks of unaligned observations, the same in every specification and aligned "
    "again in each, in blocks of {block} within strata of {stratum} weeks{cut}. Interval: the estimate plus and minus "
    "the 95 % quantile of the size of the draws' deviations from their mean."
)


REPEATS = "{} of {} combinations ask the same as another, since a choice does not matter there; they count once."
CHANGES = (
    "Intervals and significance answer different questions here. An interval says how well the difference between "
    "these two periods is known. Significance asks more: whether weeks of all years, in any order, would show so large "
    "a difference at that date. An interval may exclude zero where nothing is significant."
)


@dataclass(frozen=True)
class _Run:
    """Everything that the results are made of."""

    study: Study
    specifications: list[Specification]
    plan: Plan
    outcomes: Mapping[str, CurvePoint]

    @property
    def provenance(self) -> Provenance:
        return self.plan.dataset.provenance(self.study.as_text(), self.study.seed)


def answer_variants(
    study: Study,
    *,
    suffix: str = "",
    fallback_simulated: bool = False,
    n_jobs: int = -1,
    dask: str | None = None,
    yes: bool = False,
    fresh: bool = False,
    cache: Path | None = None,
    progress: Progress | None = None,
) -> RoomResult:
    """Return the specification curve of a study, its joint test, and what each choice does.

    Parameters
    ----------
    study : Study
        With variants.
    suffix : str
        Appended to the names of the results, where a page holds several curves.
    fallback_simulated : bool
        Whether the simulated market may serve.
    n_jobs, dask
        As in `coupling.comparison.workers.run_batches`.
    yes : bool
        Whether more than 2,000 combinations are meant.
    fresh : bool
        Whether outcomes that an interrupted run left are done again.
    cache : Path, optional
        Folder of interrupted runs.
    progress : callable, optional
        Told what is done, how many specifications are, and of how many.

    Raises
    ------
    CouplingError
        If nothing can be run.
    """
    variants = study.variants
    if variants is None:
        raise ConfigurationError("the study has no variants; add an outcome and a grid", path="variants")
    _check_size(variants, yes=yes)
    specifications = expand(study)
    _check_effort(specifications, variants, yes=yes)
    planned = plan(specifications, variants, fallback_simulated=fallback_simulated)
    unfinished = UnfinishedRun(run_key(study.as_text(), planned.fingerprint, __version__), cache)
    outcomes = _run_all(planned, unfinished, fresh=fresh, n_jobs=n_jobs, dask=dask, progress=progress)
    unfinished.remove()
    return _answer(_Run(study, specifications, planned, outcomes), suffix)


def _check_size(variants: VariantsSection, *, yes: bool) -> None:
    told = beyond("combinations", variants.size)
    if told:
        raise ConfigurationError(f"{told}; shorten the grid", path="variants.grid")
    if variants.size > MANY and not yes:
        message = f"{variants.size:,} combinations are more than {MANY:,}; shorten the grid, or say --yes"
        raise ConfigurationError(message, path="variants.grid")


def _check_effort(specifications: list[Specification], variants: VariantsSection, *, yes: bool) -> None:
    """Refuse what would take longer than the budget, by the price of a draw of each estimator."""
    prices = [section.price for each in specifications if (section := each.section) is not None]
    seconds = variants.replications * sum(prices)
    if seconds > allowed_seconds() and not yes:
        raise ConfigurationError(
            f"{variants.size:,} combinations with {variants.replications:,} draws each would take about "
            f"{duration(seconds)} of one core; ask for less, or say --yes",
            path="variants.grid",
        )


def _run_all(
    planned: Plan, unfinished: UnfinishedRun, *, fresh: bool, n_jobs: int, dask: str | None, progress: Progress | None
) -> dict[str, CurvePoint]:
    """Run what no earlier run has finished, and keep every batch on disk as soon as it is done."""
    if fresh:
        unfinished.remove()
    outcomes = unfinished.load()
    rest = [
        replace(batch, asked=left)
        for batch in planned.batches
        if (left := tuple(each for each in batch.asked if each.key not in outcomes))
    ]
    total = sum(len(batch.asked) for batch in planned.batches)
    for done in run_batches(rest, n_jobs=n_jobs, dask=dask):
        unfinished.save(done)
        outcomes |= {outcome.key: outcome for outcome in done}
        if progress is not None:
            progress("specifications", len(outcomes), total)
    return outcomes


def _answer(run: _Run, suffix: str) -> RoomResult:
    variants = run.study.variants
    assert variants is not None
    frame, draws = _table(run)
    scheme = run.plan.batches[0].draws
    pooled = run.plan.batches[0].pooled is not None
    strata = max(last - first + 1 for first, last in scheme.strata)
    cut = " that no date of change divides" if pooled else ""
    said = METHOD.format(draws=variants.replications, block=scheme.block, stratum=strata, cut=cut)
    words = _outcome_words(run)
    common: dict[str, Any] = {"provenance": run.provenance}
    failures = _failures(run, frame, suffix)
    repeats = len(run.plan.same_as)
    notes = (REPEATS.format(repeats, variants.size),) if repeats else ()
    curve = SpecificationCurve(
        name=f"variants-curve{suffix}",
        title=f"Specification curve: {words}",
        method=said,
        frame=frame,
        outcome=words,
        choices={name: tuple(dict.fromkeys(map(_written, values))) for name, values in variants.grid.items()},
        failed=int(frame["estimate"].isna().sum()),
        pair=variants.outcome.pair,
        quantity=_quantity(run),
        warnings=(*notes, *((CHANGES,) if pooled else ())),
        **common,
    )
    joint = _joint(draws, (words, _quantity(run)), suffix, pooled=pooled, common=common)
    effects = _effects(curve, suffix, common)
    verdict = f"{curve.sentence} {joint.sentence}" if joint else curve.sentence
    results = (*failures, curve, *((joint,) if joint else ()), effects)
    room = RoomResult(name=f"variants{suffix}", question=QUESTION, verdict=verdict, results=results)
    return mark(room, Provenance(origins=run.plan.origins), whole=True)


def _outcome_words(run: _Run) -> str:
    """Return the outcome in words; where the grid varies it, only what stays."""
    quantity = _quantity(run)
    told = list(dict.fromkeys(each.outcome.words for each in run.specifications if each.study is not None))
    if len(told) == 1:
        return told[0].replace("correlation", quantity, 1)
    names = " – ".join(run.study.variants.outcome.pair) if run.study.variants else ""
    return f"{'the change of ' if 'change' in told[0] else ''}the {quantity} ({names}, and others)"


def _quantity(run: _Run) -> str:
    return next((section.quantity for each in run.specifications if (section := each.section) is not None), "estimate")


@dataclass(frozen=True)
class Draws:
    """Per specification, in the order of the frame: estimates, and what the world without the effect gives."""

    estimate: Floats
    null: Floats


def _table(run: _Run) -> tuple[pd.DataFrame, Draws]:
    """Return one row per distinct specification, sorted by estimate, and the draws in the same order."""
    rows, nulls = [], []
    for each in run.specifications:
        if each.key in run.plan.same_as:
            continue
        outcome = run.outcomes.get(each.key) or CurvePoint(each.key, float("nan"), failure=run.plan.failures[each.key])
        choices = _merged(run, each)
        inflation = run.plan.batches[0].draws.inflation
        null, lower, upper = _against_nothing(outcome, inflation)
        rows.append({**choices, "estimate": outcome.estimate, "lower": lower, "upper": upper, "n": outcome.n,
                     "windows": outcome.windows, "failure": outcome.failure})  # fmt: skip
        nulls.append(null)
    frame = pd.DataFrame(rows)
    order = np.argsort(frame["estimate"].to_numpy(dtype=float), kind="stable")  # missing ones last
    done = [int(k) for k in order if np.isfinite(frame["estimate"].iloc[int(k)])]
    matrix = np.column_stack([nulls[k] for k in done]) if done else np.empty((0, 0))
    frame = frame.iloc[order].reset_index(drop=True)
    p = np.full(len(frame), np.nan)
    for place in range(len(done)):
        size = np.abs(matrix[:, place])
        known = size[np.isfinite(size)]
        p[place] = (1 + (known >= abs(frame["estimate"].iloc[place])).sum()) / (1 + len(known))
    frame.insert(frame.columns.get_loc("failure"), "p_value", p)  # type: ignore[arg-type]
    frame.insert(frame.columns.get_loc("failure"), "significant", p <= 0.05)  # type: ignore[arg-type]
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="specification")
    return frame, Draws(frame["estimate"].to_numpy(dtype=float)[: len(done)], matrix)


def _against_nothing(outcome: CurvePoint, inflation: float) -> tuple[Floats, float, float]:
    """Return the draws of a world without the effect, and the interval of the estimate."""
    if outcome.failure or not len(outcome.replicates):
        return np.empty(0), float("nan"), float("nan")
    away = (outcome.replicates - outcome.estimate) * inflation
    null = outcome.null if len(outcome.null) else away
    around = (outcome.replicates - np.nanmean(outcome.replicates)) * inflation
    if np.isnan(around).mean() > 0.05:
        return null, float("nan"), float("nan")
    reach = float(np.nanquantile(np.abs(around), 0.95))
    return null, outcome.estimate - reach, outcome.estimate + reach


def _merged(run: _Run, specification: Specification) -> dict[str, str]:
    """Return the choices of a specification as written; ``any`` where others that ask the same differ."""
    same = [each for each in run.specifications if run.plan.same_as.get(each.key) == specification.key]
    return {
        name: ANY if any(other.choices[name] != value for other in same) else _written(value)
        for name, value in specification.choices.items()
    }


def _written(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_written(each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return " – ".join(map(_written, value))
    return "whole" if value is None else str(value)


def _failures(run: _Run, frame: pd.DataFrame, suffix: str) -> tuple[Failure, ...]:
    """Return one failure per reason, with the number of specifications and the choices of the first."""
    failed = frame[frame["estimate"].isna()]
    names = list(run.study.variants.grid) if run.study.variants else []
    found = []
    for place, (reason, rows) in enumerate(failed.groupby("failure", sort=False), start=1):
        first = ", ".join(f"{name}: {rows[name].iloc[0]}" for name in names)
        title = f"{len(rows)} of {len(frame)} specifications failed"
        found.append(
            Failure(name=f"variants-failed-{place}{suffix}", title=title, reason=f"{reason} The first: {first}.")
        )
    return tuple(found)


def _joint(
    draws: Draws, said: tuple[str, str], suffix: str, *, pooled: bool, common: dict[str, Any]
) -> JointTest | None:
    if not draws.null.size:
        return None
    words, quantity = said
    null = "no change (weeks drawn from the pooled period)" if pooled else f"a {quantity} of 0"
    recentred = "draws from the pooled period" if pooled else "draws recentred at each estimate"
    return JointTest(
        name=f"variants-joint{suffix}",
        title=f"All specifications together: {words}",
        method=f"The same draws in every specification ({recentred}): the share of draws whose curve has a median "
        "estimate of that size, and the share with as many significant estimates of one sign. A specification is "
        "significant where its estimate is beyond the 95 % quantile of its own draws. The specifications are far from "
        "independent, which the draws keep.",
        frame=joint_test(draws.estimate, draws.null),
        null=null,
        **common,
    )


def _effects(curve: SpecificationCurve, suffix: str, common: dict[str, Any]) -> ChoicesResult:
    done, rows = curve.done, {}
    for name, values in curve.choices.items():
        for value in values:
            part = done[done[name].isin([value, ANY])]
            rows[name, value] = {
                "n_specifications": len(part),
                "median": part["estimate"].median(),
                "lowest": part["estimate"].min(),
                "highest": part["estimate"].max(),
                "share significant": part["significant"].mean(),
            }
    frame = pd.DataFrame(rows).T.rename_axis(["choice", "value"]).astype({"n_specifications": int})
    return ChoicesResult(
        name=f"variants-choices{suffix}",
        title="What each choice does",
        method="Specifications that share a value: their median estimate, their range, and the share of them that is "
        "significant at 5 %.",
        frame=frame,
        outcome=curve.outcome,
        **common,
    )
