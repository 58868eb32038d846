from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coupling.events import EventStudy
from coupling.events.studies.placebo import draw_dates, placebo_t


@given(st.integers(2, 12), st.integers(1, 20), st.integers(0, 5))
@settings(max_examples=40, deadline=None)
def test_drawn_dates_keep_their_distance(count, gap, seed):
    available = 400
    sets = draw_dates(available, count, gap=gap, replications=50, random_state=seed)
    assert sets.shape == (50, count)
    assert sets.min() >= 0
    assert sets.max() < available
    assert (np.diff(sets, axis=1) >= gap).all()


def test_all_sets_are_about_equally_likely():
    sets = draw_dates(12, 2, gap=2, replications=40_000, random_state=0)
    places, counts = np.unique(sets, axis=0, return_counts=True)
    assert len(places) == 55  # pairs of 12 places that are not neighbours
    assert counts.min() > 0.85 * counts.mean()
    assert counts.max() < 1.15 * counts.mean()


def test_too_few_dates_give_no_study():
    assert len(draw_dates(20, 10, gap=5, replications=9, random_state=0)) == 0
    assert len(draw_dates(500, 1, gap=5, replications=9, random_state=0)) == 0


def test_t_of_placebo_studies():
    values = np.random.default_rng(0).normal(size=50)
    sets = np.array([[0, 1, 2], [10, 20, 30]])
    for row, t in zip(sets, placebo_t(values, sets), strict=True):
        sample = values[row]
        assert t == pytest.approx(sample.mean() / (sample.std(ddof=1) / np.sqrt(3)))


def test_placebo_dates_keep_clear_of_events_and_may_be_chosen():
    rng = np.random.default_rng(0)
    days = pd.date_range("2020-01-01", periods=600, freq="B")
    changes = pd.DataFrame(rng.normal(size=(600, 2)), index=days, columns=["A", "B"])
    places = np.arange(150, 560, 50)
    study = EventStudy(event_window=(-2, 3), estimation_window=(-100, -6), replications=500)
    result = study.fit(changes, days[places])
    found = result.numbers.placebo_dates.positions
    assert (np.abs(found[:, None] - places).min(axis=1) > 5).all()
    chosen = days[(rng.random(600) < 0.3)]
    fewer = study.fit(changes, days[places], placebo_dates=chosen).numbers.placebo_dates.positions
    assert set(fewer) == set(found) & set(days.get_indexer(chosen))


@pytest.mark.thorough
def test_placebo_p_values_are_uniform_when_nothing_happens():
    rng = np.random.default_rng(5)
    days = pd.date_range("2015-01-01", periods=1500, freq="B")
    study = EventStudy(event_window=(0, 1), estimation_window=(-60, -5), replications=199)
    p_values = []
    for _ in range(25):
        changes = pd.DataFrame(rng.standard_t(5, size=(1500, 8)), index=days, columns=list("ABCDEFGH"))
        tests = study.fit(changes, days[np.arange(100, 1450, 150)]).tests()
        p_values += tests.loc[tests["test"] == "placebo_randomisation", "p_value"].tolist()
    assert 0.02 < np.mean(np.array(p_values) < 0.1) < 0.19
    assert 0.4 < np.mean(p_values) < 0.6
