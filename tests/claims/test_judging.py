"""The rules by which an interval decides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from scipy.stats import t as student

from coupling.claims.judging import hangs_on, judge_effect, judge_figure, power_from, t_test
from coupling.claims.kinds.correlation import Correlation
from coupling.claims.kinds.ratio import Ratio
from coupling.claims.verdict import Variant, Verdict

S, C, U = Verdict.SUPPORTED, Verdict.CONTRADICTED, Verdict.UNDECIDED
NUMBERS = st.floats(-2, 2, allow_nan=False)


def effect(side: str) -> Correlation:
    return Correlation(test="correlation", left="BTC", right="SPX", smallest=0.2, side=side)


@pytest.mark.parametrize(
    ("side", "lower", "upper", "verdict"),
    [
        ("positive", 0.21, 0.5, S), ("positive", 0.1, 0.5, U), ("positive", -0.5, 0.19, C), ("positive", -0.9, -0.5, C),
        ("negative", -0.5, -0.21, S), ("negative", -0.5, -0.1, U), ("negative", -0.19, 0.5, C),
        ("either", 0.21, 0.5, S), ("either", -0.5, -0.21, S), ("either", -0.19, 0.19, C), ("either", -0.19, 0.21, U),
        ("positive", float("nan"), float("nan"), U),
    ],
)  # fmt: skip
def test_a_claim_of_direction(side: str, lower: float, upper: float, verdict: Verdict) -> None:
    assert judge_effect(effect(side), lower, upper) is verdict


@pytest.mark.parametrize(
    ("lower", "upper", "verdict"),
    [(9, 11, S), (8, 12, S), (7.9, 11, U), (5, 15, U), (12.1, 13, C), (1, 7.9, C), (float("nan"), 1, U)],
)
def test_a_figure_with_a_tolerance(lower: float, upper: float, verdict: Verdict) -> None:
    leg = Ratio(test="ratio", numerator="BTC_LIQ", denominator="ETF_FLOW", value=10, tolerance=2)
    assert judge_figure(leg, lower, upper) is verdict


@given(NUMBERS, NUMBERS)
def test_the_two_directions_mirror_each_other(one: float, other: float) -> None:
    lower, upper = min(one, other), max(one, other)
    assert judge_effect(effect("positive"), lower, upper) is judge_effect(effect("negative"), -upper, -lower)


@given(NUMBERS, NUMBERS, st.floats(0, 1))
def test_a_wider_interval_never_decides_what_a_narrower_one_left_open(one: float, other: float, more: float) -> None:
    lower, upper = min(one, other), max(one, other)
    for side in ("positive", "negative", "either"):
        narrow, wide = (judge_effect(effect(side), lower - w, upper + w) for w in (0.0, more))
        assert wide in (narrow, U)


def test_no_wide_interval_supports_the_absence_of_a_link() -> None:
    """A large p is not enough: the interval must lie inside the smallest effect."""
    assert judge_effect(effect("either"), -0.5, 0.5) is U


def test_the_detectable_effect_has_80_percent_power() -> None:
    error = 0.07
    found = power_from(0.1 - norm.ppf(0.975) * error, 0.1 + norm.ppf(0.975) * error)
    assert norm.sf(norm.ppf(0.975) - found / error) == pytest.approx(0.8)


def test_a_p_value_is_students() -> None:
    assert t_test(0.2, 0.1, 19) == pytest.approx(2 * student.sf(2, 19))
    assert t_test(0.2, 0.0, 19) != t_test(0.2, 0.0, 19)  # missing without an error


def test_what_the_variants_say_is_counted_and_the_contrary_named() -> None:
    variants = [Variant(name="weekly", verdict=S), Variant(name="raw", verdict=U), Variant(name="no interval")]
    assert hangs_on(U, variants).endswith("the 2 variants are 1 supported, 1 undecided (weekly: supported).")
    assert hangs_on(S, variants[:1]) == "The one variant says the same."
    assert hangs_on(S, variants[2:]) == ""
