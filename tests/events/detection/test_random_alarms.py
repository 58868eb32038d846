"""Random alarms: every spaced set equally likely, scores of a closed form, p-values that hold their size."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from coupling.events.detection.random_alarms import random_alarms, random_scores
from coupling.events.detection.scoring import count_matches, score_signals


@pytest.mark.parametrize(("alarms", "gap"), [(2, 3), (3, 0), (5, 0), (3, 1)])
def test_every_spaced_set_is_equally_likely(alarms: int, gap: int) -> None:
    every = [each for each in combinations(range(10, 18), alarms) if (np.diff(each) > gap).all()]
    drawn = random_alarms(alarms, (10, 18), refractory=gap, replications=20_000, random_state=1)
    found, counts = np.unique(drawn, axis=0, return_counts=True)
    assert [tuple(each) for each in found.tolist()] == every
    expected = 20_000 / len(every)
    assert (np.abs(counts - expected) < 4.5 * np.sqrt(expected)).all()


def test_a_single_alarm_scores_the_share_of_sessions_that_match() -> None:
    onsets = np.array([30, 60])
    told = random_scores(
        np.array([58]), onsets, (0, 100), before=4, after=1, refractory=9, replications=40_000, random_state=2
    )
    assert told["random_precision"] == pytest.approx(0.12, abs=0.006)  # two onsets, six sessions each, of a hundred
    assert told["random_recall"] == pytest.approx(0.06, abs=0.003)
    assert told["precision_p"] == pytest.approx(0.12, abs=0.006)


@pytest.mark.parametrize("alarms", [9, 41])
def test_alarms_without_a_gap_score_as_the_hypergeometric_law_says(alarms: int) -> None:
    onsets, right = np.array([5, 20, 40]), 4
    signals = np.r_[onsets - 1, 30, 50 + np.arange(alarms - right)] if alarms < 20 else np.arange(alarms)
    told = random_scores(signals, onsets, (0, 60), before=2, after=0, refractory=0, replications=40_000, random_state=3)
    law = stats.hypergeom(60, 9, alarms)  # three sessions before each of three onsets, of sixty
    own = int(((onsets[:, None] - signals >= 0) & (onsets[:, None] - signals <= 2)).sum())
    assert told["random_precision"] == pytest.approx(9 / 60, abs=0.003)
    assert told["precision_p"] == pytest.approx(law.sf(own - 1), abs=0.01)
    missed = stats.hypergeom(60, 3, alarms).pmf(0)
    assert told["random_recall"] == pytest.approx(1 - missed, abs=0.005)


def test_matches_of_rows_are_those_of_each_set_alone() -> None:
    rng = np.random.default_rng(5)
    onsets = np.array([90, 12, 30, 33])
    sets = random_alarms(8, (0, 100), refractory=2, replications=50, random_state=6)
    for before, after in ((0, 0), (5, 0), (9, 4), (60, 60)):
        right, found = count_matches(sets, onsets, before, after)
        for k in rng.integers(0, 50, 10):
            score = score_signals(sets[k], onsets, before=before, after=after)
            assert (right[k] / 8, found[k] / 4) == (score["precision"], score["recall"])


@pytest.mark.thorough
def test_alarms_without_skill_are_seldom_called_skilled() -> None:
    onsets = np.arange(40, 1000, 120)
    sets = random_alarms(20, (0, 1000), refractory=10, replications=300, random_state=3)
    p = [
        random_scores(each, onsets, (0, 1000), before=10, after=0, refractory=10, replications=199, random_state=k)[
            "recall_p"
        ]
        for k, each in enumerate(sets)
    ]
    assert np.mean(np.array(p) <= 0.05) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 300)


def test_more_alarms_than_the_gaps_allow_stand_closer_and_none_says_nothing() -> None:
    crowded = random_alarms(6, (0, 10), refractory=5, replications=50, random_state=0)
    assert (np.diff(crowded) >= 1).all()
    assert crowded.max() < 10
    full = random_alarms(10, (0, 10), refractory=5, replications=2, random_state=0)
    assert full.tolist() == [list(range(10))] * 2
    empty = random_scores(np.array([], dtype=int), np.array([3]), (0, 10), before=1, after=0, refractory=1)
    assert np.isnan(list(empty.values())).all()
