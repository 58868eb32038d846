from __future__ import annotations

import datetime as dt
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from scipy import stats

from coupling.change.context import RAW, STANDARDIZED, ChangeContext
from coupling.change.long_run import block_correlations
from coupling.change.run import QUESTION, run
from coupling.change.section import ChangeSection
from coupling.change.split_rows import baseline_start
from coupling.drawing import figure_of
from coupling.results.base import Failure
from coupling.study.running import load_panel
from coupling.volatility import standardize_ewma

mpl.use("Agg")
NOTHING = {"regimes": None, "monitor": None, "breaks": None, "bai_perron": None, "envelope": None, "levels": None}
STUDY = {
    "title": "T",
    "focus": "BTC",
    "instruments": ["BTC", "JGB10Y", "SPX"],
    "data": {"source": "simulated"},
    "seed": 3,
}


@pytest.fixture(scope="module")
def panel():
    return load_panel(STUDY)


def room(panel, *, start=None, **settings):
    section = ChangeSection.model_validate(NOTHING | settings)
    return run(section, panel, focus="BTC", start=start, seed=5)


@pytest.fixture(scope="module")
def splits(panel):
    return room(panel, splits=["2024-01-01"])


@pytest.mark.thorough
def test_every_part_gives_a_result_with_figure_and_sentence(panel):
    contagion = {
        "source": "SPX",
        "target": "BTC",
        "calm": ["2018-01-01", "2019-12-31"],
        "stress": ["2020-03-01", "2020-06-30"],
    }
    section = ChangeSection(
        splits=(dt.date(2024, 1, 1),),
        contagion=[contagion],
        envelope={"replications": 49},
        regimes={"replications": 19},
    )
    found = run(section, panel, focus="BTC", start=None, seed=5)
    names = [result.name for result in found.results]
    assert names == [
        "change-split-2024-01-01",
        "change-matrices-2024-01-01",
        "change-breaks",
        "change-segments",
        "change-envelope",
        "change-monitor",
        "change-regimes",
        "change-contagion-1",
        "change-levels",
    ]
    assert found.question == QUESTION
    for result in found.results:
        assert not isinstance(result, Failure), result.reason
        assert result.sentence.endswith(".")
        assert len(result.summary())
        assert result.provenance.simulated
    for result in found.results[:7]:
        assert figure_of(result).axes


def test_split_shows_all_baselines_and_leads_on_what_closes_allow(splits):
    frame = splits.results[0].frame
    assert set(frame["baseline"]) == {"7y", "3y", "equal"}
    leading = frame[frame["leading"]].groupby("with")["estimator"].unique().map(list).to_dict()
    assert leading == {"JGB10Y": ["true instants"], "SPX": [STANDARDIZED]}
    assert set(frame[frame["with"] == "SPX"]["estimator"]) == {RAW, STANDARDIZED}
    assert (frame["detectable"] > 0).all()
    assert splits.verdict.startswith("BTC's correlation since 2024-01-01")
    assert "95 % interval" in splits.verdict
    assert "n = " in splits.verdict


def test_split_agrees_with_the_known_truth(panel, splits):
    frame = splits.results[0].frame
    row = frame[(frame["with"] == "SPX") & (frame["baseline"] == "7y") & (frame["estimator"] == STANDARDIZED)].iloc[0]
    ends = panel.pair("BTC", "SPX").levels.index[1:]
    truth = pd.Series(np.asarray(panel.truth.correlation("BTC", "SPX", ends)), index=ends)
    cut = pd.Timestamp("2024-01-01", tz="UTC")
    expected = (
        truth[truth.index > cut].mean()
        - truth[(truth.index > row["baseline_from"].tz_localize("UTC")) & (truth.index <= cut)].mean()
    )
    assert row["lower"] - 0.05 <= expected <= row["upper"] + 0.05


def test_a_change_that_ends_at_midnight_belongs_to_the_day_before(panel, splits):
    frame = splits.results[0].frame
    changes = panel.pair("BTC", "SPX").changes
    row = frame[(frame["with"] == "SPX") & (frame["estimator"] == RAW) & (frame["baseline"] == "7y")].iloc[0]
    assert row["after_n"] == (changes.index > pd.Timestamp("2024-01-01", tz="UTC")).sum()


def test_a_week_holds_its_friday_at_midnight():
    """The weeks of the room are those of the panel: the last session to Friday, a tick at its 24:00 within."""
    for at in ("24:00 UTC", "close", "24:00 America/New_York"):
        alignment = {"at": at, "allow_early": True}
        daily = load_panel(STUDY | {"alignment": alignment})
        weekly = ChangeContext(daily, "BTC", None, 0).weekly("SPX")
        expected = load_panel(STUDY | {"alignment": alignment | {"frequency": "1w"}}).pair("BTC", "SPX").levels
        pd.testing.assert_frame_equal(weekly.loc[: expected.index[-1]], expected, check_freq=False)
        assert (weekly.index[-1] - weekly.index[0]).days > 300


def test_breaks_never_rest_on_raw_changes(panel):
    found = room(panel, breaks={})
    result = found.results[0]
    assert result.frame["changes"].tolist() == [RAW, STANDARDIZED] * 2
    assert set(result.leading["changes"]) == {STANDARDIZED}
    weekly = result.frame.set_index("with").loc["JGB10Y", "rows"]
    assert set(weekly) == {"weekly changes (non-synchronous closes)"}
    assert found.verdict.startswith("Tested for one break at an unknown date")


def test_start_limits_what_is_reported(panel):
    start = pd.Timestamp("2020-01-01", tz="UTC")
    found = room(panel, start=start, splits=["2024-01-01"], breaks={})
    split, _, breaks = found.results
    assert (split.frame["baseline_from"] >= start.tz_localize(None)).all()
    assert (breaks.frame["date"] >= start.tz_localize(None)).all()
    whole = room(panel, breaks={}).results[0]
    assert (breaks.frame["n"] < whole.frame["n"]).all()


def test_impossible_split_is_a_failure_that_says_why(panel):
    found = room(replace(panel, truth=None), splits=["1990-01-01"])  # in a simulated market it is left out
    assert isinstance(found.results[0], Failure)
    assert "No pair can be split at 1990-01-01: baseline 7y: raw changes: BTC and " in found.results[0].reason
    assert found.verdict.startswith("Nothing that was asked could be estimated")


def test_unknown_instrument_of_contagion_is_a_failure(panel):
    contagion = {
        "source": "SPXX",
        "target": "BTC",
        "calm": ["2018-01-01", "2019-12-31"],
        "stress": ["2020-03-01", "2020-06-30"],
    }
    found = room(panel, contagion=[contagion])
    assert "did you mean 'SPX'" in found.results[0].reason


def test_same_seed_same_numbers(panel):
    first, second = (room(panel, breaks={}).results[0].frame for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


def test_baselines():
    date, last = pd.Timestamp("2025-01-01", tz="UTC"), pd.Timestamp("2026-01-01", tz="UTC")
    assert baseline_start("7y", date, last) == pd.Timestamp("2018-01-01", tz="UTC")
    assert baseline_start("equal", date, last) == pd.Timestamp("2024-01-02", tz="UTC")
    assert baseline_start("all", date, last) is None


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"baselines": ["7 years"]}, "'7 years' is no baseline"),
        ({"splitz": []}, "Extra inputs"),
        (
            {"contagion": [{"source": "A", "target": "A", "calm": ["2020-01-01"] * 2, "stress": ["2020-01-01"] * 2}]},
            "both 'A'",
        ),
        (
            {
                "contagion": [
                    {"source": "A", "target": "B", "calm": ["2020-02-01", "2020-01-01"], "stress": ["2020-01-01"] * 2}
                ]
            },
            "calm ends",
        ),
        ({"breaks": {"level": 95}}, "less than 1"),
    ],
)
def test_wrong_settings_are_refused(settings, message):
    with pytest.raises(ValidationError, match=message):
        ChangeSection.model_validate(settings)


def test_a_split_says_whether_the_long_run_mean_changed_too(panel, splits):
    frame = splits.results[0].frame
    row = frame[(frame["with"] == "SPX") & (frame["baseline"] == "7y") & frame["leading"]].iloc[0]
    rows = standardize_ewma(panel.pair("BTC", "SPX").changes).dropna()
    cut, begun = pd.Timestamp("2024-01-01", tz="UTC"), row["baseline_from"].tz_localize("UTC")
    before = block_correlations(rows[(rows.index > begun) & (rows.index <= cut)].to_numpy(), 9)
    after = block_correlations(rows[rows.index > cut].to_numpy(), 4)
    z = [np.arctanh(each) for each in (before, after)]
    told = stats.ttest_ind(z[1], z[0], equal_var=False).statistic
    assert row["long_run_p"] == pytest.approx(2 * stats.t.sf(abs(told), min(map(len, z)) - 1), rel=1e-9)
    assert frame.loc[~frame["leading"], "long_run_p"].isna().all()
    finding = next(each for each in splits.results[0].findings if each.subject[-1] == "SPX")
    wanders = finding.verdict in ("changed", "depends_on_baseline") and row["long_run_p"] >= 0.05
    assert ("no more than it usually wanders" in splits.results[0].describe("SPX")) == wanders
