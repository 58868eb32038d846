"""Random alarms: every spaced set equally likely, scores of a closed form, p-values that hold their size."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from coupling.events.detection.random_alarms import random_alarms, random_scores


def test_every_spaced_set_is_equally_likely() -> None:
    every = [pair for pair in combinations(range(10, 18), 2) if pair[1] - pair[0] > 3]
    drawn = random_alarms(2, (10, 18), refractory=3, replications=20_000, random_state=1)
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
