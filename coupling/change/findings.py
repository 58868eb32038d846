"""The findings of the room: what each result says of whether a pair changed, judged once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

import pandas as pd

from coupling.change import judge
from coupling.change.outcomes import SINCE_BREAK
from coupling.change.page.breaks import RAW, SEGMENT_TEST, BreakResult, EnvelopeResult, SegmentResult, seen
from coupling.change.page.contagion import ContagionResult
from coupling.change.page.matrices import MatricesResult
from coupling.change.page.regimes import RegimesResult
from coupling.change.page.split import SplitResult
from coupling.inference import adjust_p_values
from coupling.inference.families import ALL_PAIRS, FOCUS_PAIRS, HOLM
from coupling.results.base import Failure, Result
from coupling.results.finding import Finding, numbers_of

__all__ = [
    "of_breaks",
    "of_contagion",
    "of_envelope",
    "of_matrices",
    "of_regimes",
    "of_segments",
    "of_split",
    "with_primary",
]


FAMILY = FOCUS_PAIRS

Spans = Mapping[str, tuple[date, date]]
Tested = TypeVar("Tested", BreakResult, EnvelopeResult)


def of_split(result: SplitResult, clock: str) -> SplitResult:
    """Return a split with its findings: one per pair, against the primary baseline, the others qualifying it."""
    result = replace(result, frame=adjusted(result.frame, result.primary))
    findings = tuple(
        Finding(
            question="changed",
            subject=(result.focus, str(other)),
            specification=f"split {result.date:%Y-%m-%d} against {result.primary}",
            quantity="change of the correlation",
            primary=False,
            verdict=judge.changed(
                _difference(row),
                long_run_p=row["long_run_p_adjusted"],
                others=[_difference(each) for _, each in result.baselines_beside(str(other)).iterrows()],
                smallest=result.smallest,
            ),
            **_of_sides(row, "before_n", "after_n"),
            p_adjusted=_known(row["p_adjusted"]),
            family=FAMILY,
            adjustment=HOLM,
            smallest_effect=result.smallest,
            detectable=_known(row["detectable"]),
            clock=clock,
            method=f"difference of two correlations, {row['estimator']}",
            cautions=result.cautions(str(other)),
            evidence=result.name,
        )
        for other, row in result.leading.iterrows()
    )
    return replace(result, findings=findings)


def adjusted(frame: pd.DataFrame, primary: str) -> pd.DataFrame:
    """Return the rows of a split with p-values adjusted over the pairs, for each baseline by the leading estimator.

    The family of the segments since a break holds every pair: one without a break takes part with its primary baseline.
    """
    leads = frame[frame["leading"]]
    first = leads[leads["baseline"] == primary].set_index("with")
    columns = {"p_value": "p_adjusted", "long_run_p": "long_run_p_adjusted"}
    frame = frame.assign(**dict.fromkeys(columns.values(), float("nan")))
    for p, result in columns.items():
        for word, rows in leads.groupby("baseline", sort=False):
            own = rows.set_index("with")[p]
            family = first[p].copy() if word == SINCE_BREAK else own.copy()
            family.update(own)
            values = pd.Series(adjust_p_values(family.to_numpy(dtype=float)), family.index)
            frame.loc[rows.index, result] = values.reindex(rows["with"]).to_numpy()
    return frame


def _difference(row: Any) -> judge.Difference:
    return judge.Difference(*(float(row[name]) for name in ("estimate", "lower", "upper", "p_adjusted")))


def _of_sides(row: Any, before: str, after: str) -> dict[str, Any]:
    """Return the numbers of a row that compares two sides of a date."""
    return {
        **numbers_of(row, ("estimate", "lower", "upper")),
        "n": float(row[before] + row[after]),
        "p": _known(row["p_value"]),
        "start": row["baseline_from"].date(),
        "end": row["to"].date(),
    }


def of_matrices(result: MatricesResult, *, focus: str, baseline: str, clock: str) -> MatricesResult:
    """Return the matrices with a finding for every pair that could be compared."""
    known = result.frame.dropna(subset="estimate")
    findings = tuple(
        Finding(
            question="changed",
            subject=_in_order(str(row["left"]), str(row["right"]), focus),
            specification=f"all pairs, split {result.date:%Y-%m-%d} against {baseline}",
            quantity="change of the correlation",
            primary=False,
            verdict=judge.changed(_difference(row), long_run_p=row["long_run_p_adjusted"], smallest=result.smallest),
            **_of_sides(row, "n_before", "n_after"),
            p_adjusted=_known(row["p_adjusted"]),
            family=ALL_PAIRS,
            adjustment=HOLM,
            smallest_effect=result.smallest,
            clock=clock,
            method="difference of two contemporaneous correlations, volatility-standardised",
            cautions=("non-synchronous closes pull both correlations towards 0",) if row["unequal_closes"] else (),
            evidence=result.name,
        )
        for _, row in known.iterrows()
    )
    return replace(result, findings=findings)


def _in_order(left: str, right: str, focus: str) -> tuple[str, str]:
    return (right, left) if right == focus else (left, right)


def of_breaks(result: BreakResult, spans: Spans, clock: str) -> BreakResult:
    """Return the tests of one break at an unknown date with their findings, on standardised and on raw changes."""
    rows = [(f"one break, unknown date, {row['changes']} changes", row) for _, row in result.frame.iterrows()]
    return _tested(result, rows, spans, clock, method="fluctuation test")


def of_segments(result: SegmentResult, spans: Spans, clock: str) -> SegmentResult:
    """Return the segments of every pair with a finding: whether the level of its products changed at all."""
    tests = result.tests.xs(SEGMENT_TEST, level="test")
    counts = result.frame.groupby("with")["n"].sum().to_dict()
    findings = tuple(
        Finding(
            question="changed",
            subject=(result.focus, str(other)),
            specification="segments by BIC",
            quantity="change of the correlation",
            primary=False,
            n=float(counts[other]),
            p=_known(row["p_value"]),
            p_adjusted=_known(row["p_adjusted"]),
            family=FAMILY,
            adjustment=HOLM,
            verdict=judge.broken(float(row["p_adjusted"])),
            start=spans[str(other)][0],
            end=spans[str(other)][1],
            clock=clock,
            method="supF of the mean product of standardised changes",
            evidence=result.name,
        )
        for other, row in tests.iterrows()
    )
    return replace(result, findings=findings)


def of_envelope(result: EnvelopeResult, spans: Spans, clock: str) -> EnvelopeResult:
    """Return the paths against a constant correlation with their findings."""
    rows = [("one constant correlation", row) for _, row in result.tests.reset_index().iterrows()]
    return _tested(result, rows, spans, clock, method="resampled paths under a constant correlation")


def _tested(result: Tested, rows: list[tuple[str, Any]], spans: Spans, clock: str, *, method: str) -> Tested:
    """Return a result with a finding for each test of constancy, judged on its adjusted p."""
    findings = tuple(
        Finding(
            question="changed",
            subject=(result.focus, str(row["with"])),
            specification=specification,
            quantity="change of the correlation",
            primary=False,
            estimate=_known(row["after"] - row["before"]) if "after" in row else None,
            n=float(row["n"]),
            p=_known(row["p_value"]),
            p_adjusted=_known(row["p_adjusted"]),
            family=FAMILY,
            adjustment=HOLM,
            verdict=judge.broken(float(row["p_adjusted"])),
            start=spans[str(row["with"])][0],
            end=spans[str(row["with"])][1],
            clock=clock,
            method=f"{method} on {row.get('rows', 'changes')}",
            smallest_effect=getattr(result, "smallest", None),
            cautions=_cautions(result, row),
            evidence=result.name,
        )
        for specification, row in rows
    )
    return replace(result, findings=findings)


def _cautions(result: Tested, row: Any) -> tuple[str, ...]:
    """Say of a test what it needs, and what it could have seen where it found nothing."""
    needs = "needs constant variances" if row.get("changes") == RAW else ""
    power = seen(row, result.smallest) if isinstance(result, BreakResult) else ""
    return tuple(filter(None, (needs, power)))


def of_contagion(result: ContagionResult, *, level: float, span: tuple[date, date], clock: str) -> ContagionResult:
    """Return the correlations in calm and under stress with a finding for the named direction."""
    row: Any = result.frame.iloc[0]
    finding = Finding(
        question="changed",
        subject=(str(row["source"]), str(row["target"])),
        specification="stress less calm, adjusted for the source's variance",
        quantity="change of the correlation",
        primary=False,
        level=level,
        verdict=judge.contagious(row["p_value"], level=level, valid=bool(row["valid"])),
        estimate=_known(row["difference"]),
        lower=_known(row["lower"]),
        upper=_known(row["upper"]),
        n=float(row["n_calm"] + row["n_stress"]),
        p=_known(row["p_value"]),
        start=span[0],
        end=span[1],
        clock=clock,
        method="Forbes–Rigobon, block bootstrap",
        cautions=() if row["valid"] else ("adjustment not valid: the target's own noise rose too",),
        evidence=result.name,
    )
    return replace(result, findings=(finding,))


def of_regimes(result: RegimesResult, span: tuple[date, date], clock: str) -> RegimesResult:
    """Return the regimes with a finding for each pair, where two states were found: stressed less calm."""
    rows = result.frame[result.frame["state"] == "difference"] if result.found else result.frame.iloc[:0]
    findings = tuple(
        Finding(
            question="changed",
            subject=(result.focus, str(row["with"])),
            specification="stressed less calm",
            quantity="change of the correlation",
            primary=False,
            verdict=judge.separated(row["lower"], row["upper"]),
            **numbers_of(row, ("estimate", "lower", "upper")),
            n=float(result.n),
            n_effective=_known(row["n_effective"]),
            p=_known(result.p_value),
            start=span[0],
            end=span[1],
            clock=clock,
            method="two hidden states, basic bootstrap; p is that of two states against one",
            evidence=result.name,
        )
        for _, row in rows.iterrows()
    )
    return replace(result, findings=findings)


def _known(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def with_primary(
    results: Iterable[Result | Failure],
) -> tuple[tuple[Result | Failure, ...], tuple[Finding, ...]]:
    """Return the results, and all their findings, with those marked on which the headline rests.

    They are those of the first split, or of the first test of constancy where no date is asked. In the matrices of
    that split the pairs of the focus are not judged again: they read its findings.
    """
    results = tuple(results)
    kinds = (SplitResult, BreakResult, EnvelopeResult)
    leading = next((each for kind in kinds for each in results if isinstance(each, kind) and each.findings), None)
    marked: list[Result | Failure] = [_leading(each) if each is leading else each for each in results]
    splits = {each.date: each for each in marked if isinstance(each, SplitResult)}
    shown = tuple(_reading(each, splits) for each in marked)
    findings = {f.id: f for result in shown if isinstance(result, Result) for f in result.findings}
    return shown, tuple(findings.values())


def _leading(result: Result) -> Result:
    is_raw = f"{RAW} changes"
    return replace(
        result,
        findings=tuple(replace(each, primary=not each.specification.endswith(is_raw)) for each in result.findings),
    )


def _reading(result: Result | Failure, splits: Mapping[pd.Timestamp, SplitResult]) -> Result | Failure:
    """Return matrices in which the pairs that their split has judged have its findings."""
    if not isinstance(result, MatricesResult) or result.date not in splits:
        return result
    split = splits[result.date]
    known = {each.subject: each for each in split.findings}
    return replace(
        result,
        findings=tuple(known.get(each.subject, each) for each in result.findings),
        read={subject: split.outcome(each) for subject, each in known.items()},
    )
