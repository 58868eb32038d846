"""A family is adjusted in one place, and every finding of it is judged by its own adjusted p."""

from __future__ import annotations

import numpy as np
import pytest

from coupling.inference.families import ALL_PAIRS, FOCUS_PAIRS, HOLM, MAX_T, adjusted
from coupling.results.finding import Finding
from coupling.results.verdicts import Coupled


def found(*p: float | None) -> list[Finding]:
    shared = {"question": "coupled", "quantity": "correlation", "verdict": Coupled.NOT_ESTABLISHED}
    return [Finding(subject=("A", f"B{k}"), p=value, **shared) for k, value in enumerate(p)]  # type: ignore[arg-type]


def judged(finding: Finding) -> Coupled:
    return Coupled.COUPLED if finding.survives else Coupled.NOT_ESTABLISHED


def test_holm_over_the_tests_alone() -> None:
    # R 4.2.2: p.adjust(c(0.01, 0.02, 0.03), "holm")
    told = adjusted(found(0.03, None, 0.01, 0.02), judged)
    assert [each.p_adjusted for each in told] == [pytest.approx(0.04), None, pytest.approx(0.03), pytest.approx(0.04)]
    assert [each.verdict.value for each in told] == ["coupled", "not_established", "coupled", "coupled"]
    assert [(each.family, each.adjustment) for each in told] == [(FOCUS_PAIRS, HOLM), ("", "")] + [
        (FOCUS_PAIRS, HOLM)
    ] * 2


def test_p_values_that_were_adjusted_together_are_taken() -> None:
    told = adjusted(found(0.01, 0.04), judged, family=ALL_PAIRS, jointly=np.array([0.015, 0.06]))
    assert [(each.p_adjusted, each.adjustment, each.family) for each in told] == [
        (0.015, MAX_T, ALL_PAIRS),
        (0.06, MAX_T, ALL_PAIRS),
    ]
    assert [each.verdict.value for each in told] == ["coupled", "not_established"]
