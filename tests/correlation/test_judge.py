"""The rule of the verdicts, case by case, and what the families of the findings adjust."""

from __future__ import annotations

import numpy as np
import pytest

from coupling.correlation import judge
from coupling.correlation.findings import of_pair, of_pairs
from coupling.results.finding import Finding
from coupling.results.verdicts import Coupled

CASES = [
    (0.42, (0.2, 0.61), 0.001, "coupled"),
    (-0.2, (-0.38, -0.02), 0.049, "coupled"),
    (-0.42, (-0.61, -0.2), 0.05, "not_established"),  # adjusted p decides, not the interval
    (0.19, (0.1, 0.28), 0.0004, "weak"),
    (0.12, (0.05, 0.19), 0.0004, "weak"),  # inside ±.2, but different from zero: first match
    (0.02, (-0.15, 0.19), 0.8, "not_coupled"),
    (0.02, (-0.15, 0.2), 0.8, "not_established"),
    (0.3, (float("nan"), float("nan")), 0.001, "not_established"),
    (0.3, (0.1, 0.5), float("nan"), "not_established"),
]


@pytest.mark.parametrize(("estimate", "interval", "p", "verdict"), CASES)
def test_the_first_that_holds_is_the_verdict(estimate, interval, p, verdict) -> None:
    assert judge.coupled(estimate, interval, p).value == verdict


def test_the_smallest_effect_moves_the_line_and_a_slope_has_none() -> None:
    assert judge.coupled(0.15, (0.05, 0.25), 0.01, smallest=0.1) is Coupled.COUPLED
    assert judge.coupled(0.0, (-0.25, 0.25), 0.9, smallest=0.3) is Coupled.NOT_COUPLED
    assert judge.coupled(0.001, (0.0005, 0.0015), 0.001, smallest=None) is Coupled.COUPLED
    assert judge.coupled(0.0, (-0.001, 0.001), 0.9, smallest=None) is Coupled.NOT_ESTABLISHED


def found(**rows: tuple[float, float]) -> list[Finding]:
    from datetime import date

    day = date(2026, 8, 20)
    return [
        of_pair(("BTC", name), {"estimate": r, "lower": r - 0.3, "upper": r + 0.3, "n": 60, "p_value": p}, (day, day))
        for name, (r, p) in rows.items()
    ]


def test_three_of_four_pairs_at_the_edge_are_established_alone_and_none_is_together() -> None:
    # the page's own sixty rows: p = .041 to .049, each .164 after Holm
    alone = found(SPX=(0.328, 0.049), IXIC=(0.353, 0.041), USDJPY=(-0.256, 0.048), JGB10Y=(-0.017, 0.93))
    assert [each.verdict.value for each in alone[:3]] == ["coupled"] * 3
    together = of_pairs(alone)
    assert [each.verdict.value for each in together] == ["not_established"] * 4
    np.testing.assert_allclose([each.p_adjusted for each in together], [0.164, 0.164, 0.164, 0.93], atol=1e-9)
    assert {(each.family, each.adjustment) for each in together} == {("pairs of the focus", "Holm")}
    assert not any(each.survives for each in together)
