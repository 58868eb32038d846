"""The joint test of a curve: closed forms, and its size and power by simulation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from coupling.comparison.batches import Asked, Batch, run_batch
from coupling.comparison.estimate_paths import Question, Span
from coupling.comparison.joint import joint_test
from coupling.comparison.weekly_history import WeeklyHistory
from coupling.comparison.weeks import YEARLY, Scheme, draws_over
from coupling.correlation.section import HayashiYoshidaSection, RollingSection
from coupling.data.alignment import AlignmentSection
from coupling.data.intervals import change_intervals
from tests.comparison.worlds import market

PERFECT = np.random.default_rng(1).normal(size=9999)


@pytest.mark.parametrize("size", [0.5, 1.0, 1.96, 2.58])
def test_specifications_that_are_one_and_the_same_count_as_one(size: float) -> None:
    """Twenty copies of one normal estimate have the p-value of one: 2 (1 - Phi(size))."""
    table = joint_test(np.full(20, size), np.repeat(PERFECT[:, None], 20, axis=1))
    assert table.loc["median estimate", "p_value"] == pytest.approx(2 * norm.sf(size), abs=0.012)


def test_the_share_significant_has_a_closed_form_for_copies() -> None:
    """With copies every draw has a share of 0 or 1: five per cent of them reach 1."""
    table = joint_test(np.full(20, 3.0), np.repeat(PERFECT[:, None], 20, axis=1))
    row = table.loc["share significant with one sign"]
    assert row["observed"] == 1
    assert row["p_value"] == pytest.approx(0.05, abs=0.002)


def test_the_sign_and_the_order_of_specifications_do_not_matter() -> None:
    rng = np.random.default_rng(3)
    null, estimate = rng.normal(size=(199, 7)), rng.normal(size=7)
    one = joint_test(estimate, null)["p_value"]
    order = rng.permutation(7)
    assert joint_test(estimate[order], null[:, order])["p_value"].tolist() == one.tolist()
    assert joint_test(-estimate, -null)["p_value"].tolist() == one.tolist()


def test_a_draw_that_fails_somewhere_is_left_out_everywhere() -> None:
    null = np.random.default_rng(4).normal(size=(200, 3))
    null[10, 2] = np.nan
    table = joint_test(np.array([1.0, 1.2, 0.9]), null)
    assert table["replications"].tolist() == [199, 199]
    expected = joint_test(np.array([1.0, 1.2, 0.9]), np.delete(null, 10, axis=0))
    pd.testing.assert_frame_equal(table, expected)


def worlds(count: int, correlation: float, *, until: float | None = None) -> Iterator[dict[str, Any]]:
    """Yield small markets; the same seeds in every run."""
    for seed in range(count):
        yield market(correlation, days=800, seed=seed, until=until)


def p_values(observations: dict[str, Any], kind: str, *, seed: int) -> pd.Series:
    """Return the joint p-values over eight specifications: windows, frequencies and true instants."""
    split = int(observations["BTC"].levels.index[400].value) if kind == "change" else None
    question = Question(kind, Span(None, None, split))
    cuts = [] if split is None else [pd.Timestamp(split, tz="UTC")]
    outcomes = []
    for frequency in ("1d", "2d", "1w"):
        history = WeeklyHistory.of(observations, AlignmentSection(days="weekdays", frequency=frequency))
        windows = [None, 20, 40] if frequency == "1d" else [None, 20]
        sections: list[Any] = [RollingSection(window=window) for window in windows]
        if frequency == "1d":
            sections.append(HayashiYoshidaSection(window=None))
        asked = tuple(Asked(f"{frequency}{place}", each, question) for place, each in enumerate(sections))
        legs = {("keep", "include"): {leg.name: leg for leg in change_intervals(observations)}}
        low, high = history.whole_weeks
        draws = draws_over(low, high, YEARLY, cuts=cuts, seed=seed)
        pooled = None if split is None else draws_over(low, high, Scheme(None, 4), seed=seed + 1)
        outcomes += run_batch(Batch(history, legs, asked, draws, pooled, 99))
    estimate = np.array([each.estimate for each in outcomes])
    if kind == "change":
        null = np.column_stack([each.null for each in outcomes])
    else:
        null = np.column_stack([(each.replicates - each.estimate) * draws.inflation for each in outcomes])
    return joint_test(estimate, null)["p_value"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["mean", "change"])
def test_size(kind: str) -> None:
    """Without the effect the joint test rejects about one time in twenty.

    Of 120 worlds, 1 to 13 rejections have probability .985 under exactly .05.
    """
    truth = 0.0 if kind == "mean" else 0.5
    p = pd.DataFrame([p_values(each, kind, seed=k) for k, each in enumerate(worlds(120, truth))])
    rejected = (p <= 0.05).sum()
    assert rejected["median estimate"] <= 13
    assert rejected["share significant with one sign"] <= 13
    assert p["median estimate"].median() == pytest.approx(0.5, abs=0.15)


@pytest.mark.slow(reduced=True)
@pytest.mark.parametrize(("kind", "truth", "until"), [("mean", 0.3, None), ("change", 0.0, 0.5)])
def test_power(kind: str, truth: float, until: float | None) -> None:
    p = pd.DataFrame([p_values(each, kind, seed=k) for k, each in enumerate(worlds(20, truth, until=until))])
    assert (p <= 0.05).mean().min() >= 0.8
