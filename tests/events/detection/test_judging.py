from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coupling.events.detection.detector import pick_signals
from coupling.events.detection.judging import AS_MANY, Target, as_many, chosen_threshold, judge, severity_of

SESSIONS = pd.bdate_range("2010-01-01", periods=1200)


def world(seed=0):
    """A signal that peaks three sessions before every onset, and one that is noise."""
    rng = np.random.default_rng(seed)
    onsets = np.arange(60, 1190, 70)
    good, noise = rng.normal(size=1200), rng.normal(size=1200)
    good[onsets - 3] += 12.0
    return {"good": good, "noise": noise}, onsets


def judged(**more):
    signals, onsets = world()
    options = {"cuts": (SESSIONS[600],), "last": SESSIONS[-1], "refractory": 10, "matched": "noise"}
    return judge(signals, SESSIONS, (Target("all", onsets, 5, 0, **more),), **options)


def test_a_good_signal_is_told_from_noise_out_of_sample():
    table = judged().set_index("signal")
    assert table.loc["good", "precision"] > 0.75
    assert (table.loc["good", ["recall", "lead"]] == [1.0, 3.0]).all()
    assert table.loc["noise", "precision_upper"] < 0.5
    assert table["out_of_sample"].all()
    assert table["period"].nunique() == 1


def test_later_data_do_not_move_a_threshold():
    signals, onsets = world()
    target = Target("all", onsets, 5, 0)
    changed = signals["noise"].copy()
    changed[600:] *= 100
    assert chosen_threshold(changed, target, 600, 10) == chosen_threshold(signals["noise"], target, 600, 10)


def test_a_plain_signal_is_also_judged_at_as_many_signals():
    table = judged().set_index("signal")
    assert table.loc["good", "signals"] == table.loc["noise" + AS_MANY, "signals"]
    signals, _ = world()
    for count in (1, 5, 17):
        threshold, places = as_many(signals["noise"], count, (600, 1200), 10)
        assert len(places) == count
        assert set(places) <= set(pick_signals(signals["noise"], threshold, 10))
    assert len(as_many(signals["noise"], 0, (600, 1200), 10)[1]) == 0


def test_scores_stand_beside_those_of_random_alarms():
    table = judged().set_index("signal")
    assert table.loc["good", "recall_p"] < 0.01
    assert table.loc["good", "precision_p"] < 0.01
    assert table.loc["noise" + AS_MANY, "precision_p"] > 0.05
    by_chance = table.loc["noise" + AS_MANY, ["random_precision", "random_recall"]].to_numpy(float)
    assert (np.abs(by_chance - [6 * 9 / 600, 6 * table["signals"].loc["good"] / 600]) < 0.03).all()


def test_the_whole_sample_is_marked_as_seen():
    table = judged(whole=True)
    assert table.groupby("period")["out_of_sample"].first().tolist() == [False, True]


def test_a_target_without_a_past_episode_is_not_judged():
    signals, _ = world()
    late = Target("late", np.array([900]), 5, 0)
    options = {"cuts": (SESSIONS[600],), "last": SESSIONS[-1], "refractory": 10, "matched": "noise"}
    assert judge(signals, SESSIONS, (late,), **options).empty


def test_severity_is_read_at_the_event_and_at_its_peak():
    frame = pd.DataFrame({"severity": [0.0, 1.0, 3.0, 2.0], "index": [50.0, 84.0, 99.9, 97.7]}, index=SESSIONS[:4])
    row = severity_of(frame, [SESSIONS[1]], ["a"], after=2).iloc[0]
    assert (row["severity"], row["peak_severity"], row["peak_session"]) == (1.0, 3.0, SESSIONS[2])
    assert severity_of(frame, [pd.Timestamp("2009-01-01")], ["b"], after=2).empty
    assert severity_of(frame, [SESSIONS[2]], ["c"], after=0)["peak_index"].iloc[0] == pytest.approx(99.9)
