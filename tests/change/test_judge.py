"""Tests of the room are judged in one place, and what is said reads the verdict."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupling.change import ContagionTest, LevelCorrelation, judge
from coupling.change.levels import APART, TOGETHER
from coupling.change.page.contagion import ContagionResult, of_contagion
from coupling.change.page.segments import SegmentResult, of_segments
from coupling.results.verdicts import Changed, Coupled

DAY = pd.Timestamp("2024-01-02").date()


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 1))
def test_levels_are_judged_by_their_changes_alone(lower: float, width: float, p: float) -> None:
    told = judge.alike(lower, lower + width)
    assert (told is Coupled.COUPLED) == (lower > 0 or lower + width < 0)
    assert judge.contagious(p, level=0.95, valid=False) is Changed.NOT_ESTABLISHED
    assert (judge.contagious(p, level=0.9, valid=True) is Changed.CHANGED) == (p < 1 - 0.9)


def test_the_word_on_levels_is_that_of_the_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = np.random.default_rng(3).normal(size=(52, 2))
    for told, words in ((Coupled.COUPLED, {TOGETHER, APART}), (Coupled.NOT_ESTABLISHED, set())):
        monkeypatch.setattr(judge, "alike", lambda *_, told=told: told)
        found = LevelCorrelation(replications=99).fit(steps.cumsum(axis=0)).table_["verdict"].iloc[0]
        assert (found in {TOGETHER, APART}) == bool(words)


def contagion(noise: float, slope: float) -> ContagionResult:
    """Return a test on rows whose source is three times as wild under stress."""
    rng = np.random.default_rng(0)
    source = rng.normal(size=900) * np.repeat([1.0, 3.0], [600, 300])
    own = rng.normal(size=900) * np.repeat([1.0, noise], [600, 300])
    x = pd.DataFrame({"A": source, "B": source * np.repeat([0.5, slope], [600, 300]) + own})
    test = ContagionTest(source="A", target="B", calm=(0, 599), stress=(600, 899), replications=199).fit(x)
    result = ContagionResult(name="n", title="t", method="m", frame=test.table_, verdict=test.verdict_)
    return of_contagion(result, level=0.95, span=(DAY, DAY), clock="C")


@pytest.mark.parametrize(
    ("noise", "slope", "verdict", "words"),
    [
        (1.0, 0.5, Changed.NOT_ESTABLISHED, "is not distinguishable from the calm one"),
        (1.0, -0.5, Changed.CHANGED, "differs from the calm one"),
        (3.0, 0.5, Changed.NOT_ESTABLISHED, "adjustment not valid"),
    ],
)
def test_contagion_is_a_finding_that_its_sentence_agrees_with(
    noise: float, slope: float, verdict: Changed, words: str
) -> None:
    result = contagion(noise, slope)
    (finding,) = result.findings
    assert (finding.verdict, finding.subject, finding.n) == (verdict, ("A", "B"), 900)
    assert words in result.sentence.replace("Adjustment", "adjustment")
    assert bool(finding.cautions) == (noise > 1)


def segments(p: tuple[float, float], cuts: int) -> SegmentResult:
    rows = pd.DataFrame({"with": "B", "estimate": np.linspace(0.2, 0.6, cuts + 1), "n": 100})
    other = pd.DataFrame({"with": ["C"], "estimate": [0.1], "n": [100]})
    index = pd.MultiIndex.from_product([["B", "C"], ["supF", "aveF"]], names=["with", "test"])
    tests = pd.DataFrame({"p_value": 0.5, "p_adjusted": [p[0], np.nan, p[1], np.nan]}, index=index)
    frame = pd.concat([rows, other], ignore_index=True)
    made = SegmentResult(name="n", title="t", method="m", frame=frame, focus="A", tests=tests)
    return of_segments(made, {"B": (DAY, DAY), "C": (DAY, DAY)}, "C")


@pytest.mark.parametrize(
    ("p", "cuts", "verdict", "words"),
    [
        (0.01, 2, Changed.CHANGED, "with B 2 breaks (level"),
        (0.2, 1, Changed.NOT_ESTABLISHED, "with B 1 break, not established (level"),
        (0.2, 0, Changed.NOT_ESTABLISHED, "with B no break (level"),
        (0.01, 0, Changed.CHANGED, "with B no break, though supF finds one (level"),
        (float("nan"), 1, Changed.NOT_ESTABLISHED, "with B 1 break, not established (level"),
    ],
)
def test_breaks_that_bic_chooses_are_established_by_a_test(p: float, cuts: int, verdict: Changed, words: str) -> None:
    result = segments((p, 0.9), cuts)
    first, second = result.findings
    assert (first.verdict, second.verdict) == (verdict, Changed.NOT_ESTABLISHED)
    assert first.n == 100 * (cuts + 1)
    assert words in result.sentence
    assert "(p adjusted for 2 pairs)" in result.sentence
    other = replace(result, findings=tuple(replace(each, verdict=Changed.NOT_ESTABLISHED) for each in result.findings))
    assert ("not established" in other.sentence) == bool(cuts)
