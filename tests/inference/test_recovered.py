"""The recovered interval of a difference against cocor of R and its own invariants."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from coupling.inference import recovered_interval

UNIT = st.floats(-0.99, 0.99)
REACH = st.floats(0, 2)


def fisher(r: float, n: int) -> tuple[float, float]:
    half = ndtri(0.975) / np.sqrt(n - 3)
    return float(np.tanh(np.arctanh(r) - half)), float(np.tanh(np.arctanh(r) + half))


def test_against_cocor() -> None:
    """cocor 1.0-0 prints for r 0.6 and 0.65 of 2700 rows each: -0.0826 to -0.0175 (test zou2007)."""
    lower, upper = recovered_interval(0.6, fisher(0.6, 2700), 0.65, fisher(0.65, 2700))
    assert lower == pytest.approx(-0.0826, abs=5e-5)
    assert upper == pytest.approx(-0.0175, abs=5e-5)


@given(UNIT, REACH, REACH, UNIT, REACH, REACH)
def test_exchanging_the_two_turns_the_interval_over(a: float, b: float, c: float, d: float, e: float, f: float) -> None:
    one, other = (a - b, a + c), (d - e, d + f)
    lower, upper = recovered_interval(a, one, d, other)
    assert recovered_interval(d, other, a, one) == pytest.approx((-upper, -lower))
    assert lower <= a - d <= upper


def test_a_missing_limit_gives_a_missing_one() -> None:
    assert np.isnan(recovered_interval(0.1, (np.nan, np.nan), 0.2, (0.1, 0.3))).all()
