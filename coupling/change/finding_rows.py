"""What the findings of the room's parts have in common: families, sides of a date, tests of constancy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

import pandas as pd

from coupling.change import judge
from coupling.inference.families import FOCUS_PAIRS, HOLM
from coupling.results.base import Result
from coupling.results.finding import Finding, numbers_of

__all__ = ["FAMILY", "Spans", "difference", "known", "of_constancy", "of_sides"]

FAMILY = FOCUS_PAIRS

Spans = Mapping[str, tuple[date, date]]
Tested = TypeVar("Tested", bound=Result)


def difference(row: Any) -> judge.Difference:
    """Return the difference of a row as a judge reads it."""
    return judge.Difference(*(float(row[name]) for name in ("estimate", "lower", "upper", "p_adjusted")))


def of_sides(row: Any, before: str, after: str) -> dict[str, Any]:
    """Return the numbers of a row that compares two sides of a date."""
    return {
        **numbers_of(row, ("estimate", "lower", "upper")),
        "n": float(row[before] + row[after]),
        "p": known(row["p_value"]),
        "start": row["baseline_from"].date(),
        "end": row["to"].date(),
    }


def of_constancy(
    result: Tested,
    rows: list[tuple[str, Any]],
    spans: Spans,
    clock: str,
    *,
    focus: str,
    method: str,
    smallest: float | None = None,
    cautions: Callable[[Any], tuple[str, ...]] = lambda _: (),
) -> Tested:
    """Return a result with a finding for each test of constancy, judged on its adjusted p."""
    findings = tuple(
        Finding(
            question="changed",
            subject=(focus, str(row["with"])),
            specification=specification,
            quantity="change of the correlation",
            primary=False,
            estimate=known(row["after"] - row["before"]) if "after" in row else None,
            n=float(row["n"]),
            p=known(row["p_value"]),
            p_adjusted=known(row["p_adjusted"]),
            family=FAMILY,
            adjustment=HOLM,
            verdict=judge.broken(float(row["p_adjusted"])),
            start=spans[str(row["with"])][0],
            end=spans[str(row["with"])][1],
            clock=clock,
            method=f"{method} on {row.get('rows', 'changes')}",
            smallest_effect=smallest,
            cautions=cautions(row),
            evidence=result.name,
        )
        for specification, row in rows
    )
    return replace(result, findings=findings)


def known(value: float) -> float | None:
    """Return a number, or None where it is missing."""
    return None if pd.isna(value) else float(value)
