"""A fitted estimator shows its numbers and a figure in a notebook, and what its data call themselves stays text."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from coupling.change import ContagionTest, CorrelationBreak, CorrelationMonitor, LevelCorrelation, SplitTest
from coupling.change.bai_perron import BaiPerron
from coupling.correlation import RollingBeta, RollingCorrelation
from coupling.direction.lead_lag import LeadLag
from coupling.direction.spillover import Spillover
from coupling.direction.time_varying import TimeVaryingSpillover
from coupling.results.estimated import Estimated
from coupling.text.typesetting import typeset

INDEX = pd.date_range("2020-01-01", periods=300, freq="B", tz="UTC")
PERIODS = {"calm": ("2020-01-01", "2020-06-01"), "stress": ("2020-06-02", "2020-12-01")}


@pytest.fixture(scope="module")
def changes() -> pd.DataFrame:
    return pd.DataFrame(np.random.default_rng(0).normal(size=(300, 2)), columns=["BTC", "a<b>"], index=INDEX)


EACH: list[Any] = [
    RollingCorrelation(),
    RollingCorrelation(window=60),
    RollingBeta(window=60),
    LeadLag(max_lag=2, replications=99),
    Spillover(),
    Spillover(window=100),
    TimeVaryingSpillover(),
    CorrelationBreak(),
    CorrelationMonitor(min_baseline=100, lag=20),
    SplitTest(date="2020-08-03"),
    ContagionTest(source="BTC", target="a<b>", **PERIODS),
    LevelCorrelation(replications=99),
]


@pytest.mark.thorough
@pytest.mark.parametrize("estimator", EACH, ids=lambda each: type(each).__name__)
def test_a_fitted_estimator_shows_numbers_and_a_figure(estimator: Any, changes: pd.DataFrame) -> None:
    assert isinstance(estimator, Estimated)
    fresh = clone(estimator)
    assert "Not fitted yet" in fresh._repr_html_()
    text = fresh.fit(changes)._repr_html_()
    assert fresh._repr_mimebundle_() == {"text/plain": repr(fresh), "text/html": text}
    assert text.count('src="data:image/png;base64,') == 1
    assert "<td" in text
    assert "a<b>" not in text
    assert "a&lt;b&gt;" in text


def test_the_numbers_are_those_of_between(changes: pd.DataFrame) -> None:
    model = RollingCorrelation(window=60).fit(changes)
    last = model.between("BTC", "a<b>").iloc[-1]
    for value in (last["estimate"], last["lower"], last["upper"]):
        assert typeset(f">{value:.2f}</td>") in model._repr_html_()


def test_many_pairs_are_counted() -> None:
    rows = pd.DataFrame(np.random.default_rng(1).normal(size=(100, 7)), index=INDEX[:100])
    assert "The first 12 of 21 pairs." in RollingCorrelation().fit(rows)._repr_html_()


def test_breaks_of_a_mean_show_their_segments() -> None:
    values = np.concatenate([np.random.default_rng(0).normal(mean, 1, 100) for mean in (0.0, 2.0)])
    text = BaiPerron().fit(values)._repr_html_()
    assert "BIC by number of breaks" not in text  # a word of the figure
    assert text.count("<tr>") == 3
    assert "<img" in text
