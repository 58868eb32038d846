from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from coupling.change.context import RAW, STANDARDIZED
from coupling.change.outcomes import SINCE_BREAK
from coupling.change.page.breaks import BreakResult, of_breaks
from coupling.change.page.regimes import RegimesResult, of_regimes
from coupling.change.page.split import SplitResult, of_split
from coupling.change.primary import with_primary
from coupling.change.wording import answer, verdict
from coupling.drawing import figure_of

DAY = pd.Timestamp("2025-01-01", tz="UTC")


def split(rows: list[dict]) -> SplitResult:
    base = {
        "with": "SPX",
        "estimator": STANDARDIZED,
        "leading": True,
        "before": 0.25,
        "after": 0.42,
        "before_n": 1760,
        "after_n": 410,
        "p_value": 0.03,
        "detectable": 0.2,
        "long_run_p": 0.01,
        "long_run_detectable": 0.3,
        "baseline_from": pd.Timestamp("2018-01-01", tz="UTC"),
        "to": pd.Timestamp("2026-08-22", tz="UTC"),
    }
    frame = pd.DataFrame([base | row for row in rows])
    made = SplitResult(name="x", title="T", method="m", frame=frame, focus="BTC", date=DAY, primary="7y")
    return of_split(made, "XNYS at 24:00 UTC")


def test_difference_that_holds_on_every_baseline():
    told = {"estimate": 0.17, "lower": 0.04, "upper": 0.3}
    assert split([told | {"baseline": "7y"}, told | {"baseline": "3y"}]).sentence == (
        "BTC's correlation since 2025-01-01 against 2018-01-01 to 2025-01-01 (95 % intervals): with SPX from 0.25 "
        "to 0.42, +0.17 (+0.04 to +0.30, n = 1,760 and 410): a significant difference from the earlier period."
    )


def test_difference_that_hangs_on_the_baseline_says_so():
    rows = [
        {"baseline": "7y", "estimate": 0.17, "lower": 0.04, "upper": 0.3},
        {"baseline": "3y", "estimate": 0.05, "lower": -0.1, "upper": 0.2},
    ]
    assert split(rows).sentence.endswith("sensitive to the baseline (1 of 2 show a significant difference).")
    told = split([rows[1] | {"baseline": "7y"}]).sentence
    assert told.endswith(
        "no significant difference from the earlier period, minimum detectable change 0.20 (80 % power)."
    )


def test_a_period_that_differs_no_more_than_the_correlation_wanders_says_so():
    told = {"baseline": "7y", "estimate": 0.17, "lower": 0.04, "upper": 0.3, "long_run_p": 0.09}
    wandering = split([told])
    assert wandering.sentence.endswith(
        ": the period differs, no more than it usually wanders (long-run mean p = 0.090, minimum detectable change "
        "0.30)."
    )
    assert wandering.findings[0].verdict == "not_established"
    assert answer([wandering]).endswith(
        "BTC's correlation differs with SPX (+0.17, +0.04 to +0.30, n = 1,760 and 410), no more than it usually "
        "wanders."
    )
    short = split([told | {"long_run_p": np.nan}])
    assert short.findings[0].verdict == "not_established"
    assert "wanders" not in short.sentence
    assert short.sentence.endswith("the period differs, and too few sessions say how much it usually moves.")
    none = split([told | {"lower": -0.1}])
    assert "wanders" not in none.sentence


def test_a_change_is_established_only_after_adjusting_over_the_pairs() -> None:
    told = {"baseline": "7y", "estimate": 0.17, "lower": 0.004, "upper": 0.3, "p_value": 0.041, "long_run_p": 0.001}
    assert split([told]).findings[0].verdict == "changed"
    four = split([told | {"with": name} for name in ("SPX", "IXIC", "NDX", "GOLD")])
    assert {each.verdict for each in four.findings} == {"not_established"}
    assert four.findings[0].p_adjusted == pytest.approx(0.164)
    assert "p = 0.164 adjusted for 4 pairs): no significant difference" in four.sentence
    means = split([told | {"with": name, "p_value": 0.001, "long_run_p": 0.02} for name in ("SPX", "IXIC", "GOLD")])
    assert {each.verdict for each in means.findings} == {"not_established"}
    assert "no more than it usually wanders (long-run mean p = 0.060 adjusted for 3 pairs" in means.sentence


def test_an_interval_inside_the_smallest_change_is_unchanged() -> None:
    row = {"baseline": "7y", "estimate": 0.02, "lower": -0.11, "upper": 0.19, "p_value": 0.6}
    assert split([row]).findings[0].verdict == "unchanged"
    assert split([row | {"upper": 0.21}]).findings[0].verdict == "not_established"
    assert answer([split([row])]).endswith("BTC's correlation did not change with SPX.")


def test_a_baseline_that_breaks_is_compared_with_the_segment_since_and_both_are_said() -> None:
    told = {"baseline": "7y", "estimate": 0.17, "lower": 0.04, "upper": 0.3, "p_value": 0.01}
    since = told | {"baseline": SINCE_BREAK, "baseline_from": pd.Timestamp("2020-02-25", tz="UTC"), "estimate": 0.05}
    none = split([told, since | {"lower": -0.1, "upper": 0.2, "p_value": 0.5}])
    assert none.findings[0].verdict == "depends_on_baseline"
    said = "against the period since 2020-02-25 it is +0.05 (-0.10 to +0.20), no significant difference."
    assert none.sentence.endswith(said)
    assert "; against the period since 2020-02-25 +0.05, -0.10 to +0.20)" in answer([none])
    same = split([told, since | {"estimate": 0.15, "lower": 0.03, "upper": 0.27, "p_value": 0.02}])
    assert same.findings[0].verdict == "changed"
    assert same.sentence.endswith("since 2020-02-25 it is +0.15 (+0.03 to +0.27), a significant difference.")
    contrary = split([told, since | {"estimate": -0.15, "lower": -0.27, "upper": -0.03, "p_value": 0.02}])
    assert contrary.findings[0].verdict == "depends_on_baseline"


def test_difference_without_interval_is_undecided():
    row = {"baseline": "7y", "estimate": np.nan, "lower": np.nan, "upper": np.nan}
    assert "undecided" in split([row]).sentence


SPANS = {"SPX": (date(2015, 1, 2), date(2026, 8, 21))}
SETS = pd.DataFrame(columns=["with", "changes", "first", "last"])


def breaks(raw: float, standardised: float) -> BreakResult:
    base = {
        "with": "SPX",
        "statistic": 1.0,
        "date": DAY,
        "likeliest": DAY,
        "lower": DAY,
        "upper": DAY,
        "share": 0.001,
        "before": 0.1,
        "after": 0.5,
        "n": 900,
    }
    rows = [
        base | {"changes": kind, "p_value": p, "p_adjusted": p, "rows": "changes"}
        for kind, p in ((RAW, raw), (STANDARDIZED, standardised))
    ]
    made = BreakResult(
        name="x", title="T", method="m", frame=pd.DataFrame(rows), focus="BTC", breaks=pd.DataFrame(), sets=SETS
    )
    return of_breaks(made, SPANS, "XNYS at 24:00 UTC")


def test_a_break_of_raw_changes_alone_is_no_break():
    sentence = breaks(0.001, 0.4).sentence
    assert "no break detected" in sentence
    assert "though raw changes break, which a change of volatility alone can bring about" in sentence


def test_a_break_of_standardised_changes_is_dated():
    assert (
        "a break about 2025-01-01 (95 % set within 2025-01-01 to 2025-01-01, 0 % of the sample), from 0.10 to 0.50"
        in breaks(0.01, 0.01).sentence
    )
    assert "though raw changes do not" in breaks(0.4, 0.01).sentence
    assert "undecided" in breaks(np.nan, np.nan).sentence


def regimes(*, found: bool) -> RegimesResult:
    frame = pd.DataFrame(
        {
            "with": "SPX",
            "state": ["calm", "stressed", "difference"],
            "estimate": [0.2, 0.6, 0.4],
            "n_effective": [700.0, 300, 300],
        }
    ).assign(lower=[0.1, 0.5, 0.2], upper=[0.3, 0.7, 0.6])
    states = pd.DataFrame({"share": [0.7, 0.3]}, index=["calm", "stressed"])
    path = pd.Series(np.linspace(0, 1, 50), index=pd.date_range("2025-01-01", periods=50, tz="UTC"))
    more = {
        "focus": "BTC",
        "found": found,
        "p_value": 0.01 if found else 0.54,
        "n": 1000,
        "states": states,
        "path": path,
    }
    made = RegimesResult(name="x", title="T", method="m", frame=frame, **more)
    return of_regimes(made, SPANS["SPX"], "XNYS at 24:00 UTC")


def test_regimes_are_shown_only_where_two_states_are_found():
    untold = regimes(found=False).sentence
    assert untold.startswith("Two states do no better than one with changing variances (p = 0.540, n = 1000 changes)")
    assert untold.endswith("so no regimes are shown.")
    assert list(regimes(found=False).summary().columns) == ["two states found", "p_value", "n"]
    told = regimes(found=True)
    assert "stressed 30 % of the time" in told.sentence
    assert (
        "with SPX +0.40 (95 % interval +0.20 to +0.60, about 300 observations): a significant difference"
        in told.sentence
    )
    assert len(told.summary()) == 3
    assert len(figure_of(told).axes[0].lines) == 1
    assert not figure_of(regimes(found=False)).axes[0].lines


def test_the_answer_names_what_changed_what_did_not_and_an_unknown_date() -> None:
    told = {"estimate": 0.21, "lower": 0.004, "upper": 0.36, "baseline": "7y", "p_value": 0.01}
    open_ = {"estimate": 0.1, "lower": -0.1, "upper": 0.3, "p_value": 0.3}
    rows = [told, open_ | {"baseline": "3y"}, open_ | {"baseline": "7y", "with": "JGB10Y"}]
    assert answer([split(rows)]) == (
        "Since 2025-01-01, against 2018-01-01 to 2025-01-01, BTC's correlation is sensitive to the baseline with SPX "
        "(+0.21, +0.004 to +0.36, n = 1,760 and 410); shows no significant difference from the earlier period with "
        "JGB10Y."
    )
    assert answer([split(rows[:1])]).endswith("changed with SPX (+0.21, +0.004 to +0.36, n = 1,760 and 410).")
    assert answer([split(rows[2:])]).endswith("shows no significant difference from the earlier period with JGB10Y.")
    said = "detects one with SPX about 2025-01 (95 % set within 2025-01 to 2025-01, 0 % of the sample)."
    assert answer([split(rows), breaks(0.01, 0.01)]).endswith(said)
    assert answer([breaks(0.01, 0.5)]) == "A test for a break at an unknown date detects none with SPX."
    assert answer([]) == ""


def test_what_is_not_the_primary_answer_says_for_what_it_is_evidence() -> None:
    rows = [{"estimate": 0.21, "lower": 0.1, "upper": 0.36, "baseline": "7y"}]
    results, findings = with_primary([split(rows), replace(breaks(0.9, 0.01), name="b")])
    assert [each.primary for each in findings] == [True, False, False]
    assert verdict(results).startswith("BTC's correlation since 2025-01-01")
    assert results[1].sentence.endswith("the answer to whether it changed rests on the split.")
    (alone,), findings = with_primary([breaks(0.9, 0.01)])
    assert [each.primary for each in findings] == [False, True]  # never on raw changes
    assert "rests on the split" not in alone.sentence
