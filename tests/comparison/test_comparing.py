"""Configurations side by side: what differs, the numbers of each study's own page, and intervals of differences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

import coupling
from coupling.comparison import compare
from coupling.comparison.batches import Asked, Batch, run_batch
from coupling.comparison.estimate_paths import Question, Span
from coupling.comparison.measures import Measure
from coupling.comparison.sides import Drawn, _reach
from coupling.comparison.weekly_history import WeeklyHistory
from coupling.comparison.weeks import YEARLY, draws_over
from coupling.correlation.section import RollingSection
from coupling.data.alignment import AlignmentSection
from coupling.errors import ConfigurationError
from coupling.inference import recovered_interval
from coupling.results.base import Failure, Result
from coupling.results.comparison import ComparisonResult, SideBySide
from coupling.study import run
from tests.comparison.worlds import SIMULATED, market, with_variants

ASKED: dict[str, Any] = {
    **SIMULATED,
    "title": "Daily",
    "instruments": ["BTC", "JGB10Y", "SPX"],
    "correlation": {"rolling": {"window": 60}, "hayashi_yoshida": {"window": "250d"}},
    "change": {"splits": ["2023-01-01"], "breaks": None, "bai_perron": None, "envelope": None, "levels": None}
    | {"monitor": None},
    "direction": {"lead_lag": None, "spillover": {"window": None, "replications": 99}},
    "events": {"event_window": [-2, 5], "estimation_window": [-120, -11], "replications": 99},
}


@pytest.fixture(scope="module")
def result() -> ComparisonResult:
    weekly = {**ASKED, "title": "Weekly", "alignment": {"frequency": "1w"}}
    return compare([ASKED, weekly], replications=99, n_jobs=1)


def rows(result: ComparisonResult, measure: str, study: str) -> pd.DataFrame:
    frame = result.frame
    return frame[(frame["measure"] == measure) & (frame["study"] == study)].set_index("with")


def test_the_answer_comes_first_then_what_differs(result: ComparisonResult) -> None:
    assert [room.name for room in result.rooms] == ["comparison", "configurations"]  # the answer first
    assert result.title == "Daily compared with Weekly"
    table = result["configurations-differences"]
    assert isinstance(table, Result)
    assert table.frame.to_dict("index") == {"alignment.frequency": {"Daily": "1d", "Weekly": "1w"}}
    assert result.exit_code == 0


@pytest.mark.thorough
def test_the_numbers_are_those_of_each_studys_own_page(result: ComparisonResult) -> None:
    page = run(ASKED)
    last = page["correlation-rolling"].latest  # type: ignore[union-attr]
    found = rows(result, "Correlation over 60 rows: last", "Daily")
    for name in ("estimate", "lower", "upper", "n"):
        np.testing.assert_allclose(found[name].astype(float), last.loc[found.index, name].astype(float), atol=1e-12)
    instants = page["correlation-true-instants"].frame.xs("kept", level="repeats")  # type: ignore[union-attr]
    found = rows(result, "Asynchronous-adjusted correlation, whole period", "Daily")
    np.testing.assert_allclose(found["estimate"].astype(float), instants.loc[found.index, "estimate"], atol=1e-12)
    split = page["change-split-2023-01-01"].frame  # type: ignore[union-attr]
    primary = split[(split["baseline"] == "7y") & (split["estimator"] == "raw")].set_index("with")
    found = rows(result, "Change of the correlation at 2023-01-01", "Daily")
    np.testing.assert_allclose(found["estimate"].astype(float), primary.loc[found.index, "estimate"], atol=1e-12)
    total = page["direction-spillover"].measure("total", "receiver").iloc[0]  # type: ignore[union-attr]
    assert rows(result, "Spillover total", "Daily")["estimate"].iloc[0] == pytest.approx(total["estimate"])
    responses = page["events-responses"].summary()["estimate"]  # type: ignore[union-attr]
    found = rows(result, "Response to the events of the simulated market", "Daily")["estimate"].astype(float)
    found = found.rename({"the focus": "BTC"})
    np.testing.assert_allclose(found, responses.loc[found.index], atol=1e-12)


def test_what_the_difference_does_not_touch_is_the_same_to_the_last_digit(result: ComparisonResult) -> None:
    """True instants and the events' clock do not know the alignment of the panel."""
    for measure in (
        "Asynchronous-adjusted correlation, whole period",
        "Response to the events of the simulated market",
    ):
        weekly = rows(result, measure, "Weekly")
        assert (weekly["difference"] == 0).all()
        assert weekly["note"].eq("the same numbers").all()


def test_every_difference_is_that_of_its_estimates(result: ComparisonResult) -> None:
    for measure in result.frame["measure"].unique():
        daily, weekly = (rows(result, measure, study) for study in ("Daily", "Weekly"))
        difference = (weekly["estimate"] - daily["estimate"]).astype(float)
        np.testing.assert_allclose(weekly["difference"].astype(float), difference, atol=1e-12)
        assert daily["difference"].isna().all()
    intervals = result.frame.dropna(subset="difference_lower")
    assert len(intervals) > 8
    assert (intervals["difference_lower"] < intervals["difference"]).all()


def test_shared_draws_make_a_difference_narrower_than_independent_ones_would(result: ComparisonResult) -> None:
    mean = "Correlation, whole period"
    daily, weekly = (rows(result, mean, study).loc["SPX"] for study in ("Daily", "Weekly"))
    apart = np.hypot(*(each["upper"] - each["lower"] for each in (daily, weekly)))
    assert weekly["difference_upper"] - weekly["difference_lower"] < apart


def test_less_than_half_in_common_has_no_interval_and_says_so() -> None:
    plain = {**SIMULATED, "correlation": {"rolling": {"window": 60}, "hayashi_yoshida": None}}
    before = {**plain, "title": "Before", "period": {"start": "2018-01-01", "end": "2022-12-31"}}
    since = {**plain, "title": "Since", "period": {"start": "2022-01-01"}}
    frame = compare([before, since], replications=99, n_jobs=1).frame
    late = frame[frame["study"] == "Since"]
    assert late["difference"].notna().all()
    assert late["difference_lower"].isna().all()
    assert late["note"].str.contains(r"no interval: \d+ % of the period is shared, less than half").all()


@pytest.mark.thorough
def test_periods_that_lie_apart_take_the_interval_of_independent_estimates() -> None:
    """Zou's (2007) limits by hand from those of both studies."""
    plain = {**SIMULATED, "correlation": {"rolling": {"window": 60}, "hayashi_yoshida": None}}
    before = {**plain, "title": "Before", "period": {"start": "2018-01-01", "end": "2021-12-31"}}
    since = {**plain, "title": "Since", "period": {"start": "2022-01-01"}}
    frame = compare([before, since], replications=99, n_jobs=1).frame
    early, late = (frame[frame["study"] == name].set_index("measure") for name in ("Before", "Since"))
    assert late["note"].eq("periods apart: from the two intervals").all()
    down = np.hypot(late["estimate"] - late["lower"], early["upper"] - early["estimate"])
    up = np.hypot(late["upper"] - late["estimate"], early["estimate"] - early["lower"])
    np.testing.assert_allclose(late["difference_lower"], late["estimate"] - early["estimate"] - down, atol=1e-12)
    np.testing.assert_allclose(late["difference_upper"], late["estimate"] - early["estimate"] + up, atol=1e-12)


def test_one_broken_configuration_does_not_stop_the_others(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("title: T\nfocuss: BTC\n")
    paths = []
    for name in ("one", "two"):
        path = tmp_path / f"{name}.yaml"
        plain = {**SIMULATED, "title": name, "correlation": {"rolling": {"window": 60}, "hayashi_yoshida": None}}
        path.write_text(yaml.safe_dump(plain | ({"alignment": {"frequency": "1w"}} if name == "two" else {})))
        paths.append(path)
    result = compare([paths[0], broken, paths[1]], replications=99, n_jobs=1)
    assert result.exit_code == 1
    (failure,) = result.failures
    assert failure.reason.startswith("broken.yaml:2: focuss: unknown key 'focuss'; did you mean 'focus'?")
    assert str(tmp_path) not in failure.reason
    assert set(result.frame["study"]) == {"one", "two"}
    with pytest.raises(ConfigurationError, match="unknown key 'focuss'"):
        compare([broken])


@pytest.mark.thorough
def test_an_estimator_that_fails_in_one_study_is_shown() -> None:
    plain = {**SIMULATED, "correlation": {"rolling": {"window": 60}, "hayashi_yoshida": None}}
    late = {**plain, "title": "Late", "change": {"splits": ["2030-01-01"]}}
    result = compare([plain, late], replications=99, n_jobs=1)
    assert result.exit_code == 1
    assert any("Change of the correlation at 2030-01-01" in each.title for each in result.failures)
    assert result.frame["measure"].nunique() == 3


@pytest.mark.thorough
def test_a_focus_of_its_own_is_compared_by_the_other_instrument() -> None:
    plain = {**SIMULATED, "instruments": ["BTC", "IXIC", "SPX"], "correlation": {"hayashi_yoshida": None}}
    result = compare([{**plain, "title": "B"}, {**plain, "title": "I", "focus": "IXIC"}], replications=99, n_jobs=1)
    found = rows(result, "Correlation, whole period", "I")
    assert found["pair"].to_dict() == {"BTC": "IXIC – BTC", "SPX": "IXIC – SPX"}
    assert found.loc["BTC", "note"] == "not asked in B"
    assert found.loc["SPX", "difference_lower"] < found.loc["SPX", "difference"]


@pytest.mark.thorough
def test_variants_stand_below_the_comparison() -> None:
    study = with_variants({"correlation.rolling.window": [30, 60]}) | {"correlation": {"hayashi_yoshida": None}}
    result = compare([study, {**SIMULATED, "title": "Plain"}], replications=99, n_jobs=1)
    assert [room.name for room in result.rooms] == ["comparison", "variants", "configurations"]
    alone = compare([study], n_jobs=1)
    assert [room.name for room in alone.rooms] == ["variants"]


@pytest.mark.parametrize(
    ("configurations", "words"),
    [([], "no configuration"), ([SIMULATED], "nothing to compare"), (SIMULATED, "takes a list")],
)
def test_nothing_to_compare_is_one_sentence(configurations: Any, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        compare(configurations)
    with pytest.raises(ConfigurationError, match="too few"):
        compare([SIMULATED, SIMULATED], replications=10)


@pytest.mark.thorough
@pytest.mark.processes
def test_two_processes_give_the_numbers_of_one(result: ComparisonResult) -> None:
    weekly = {**ASKED, "title": "Weekly", "alignment": {"frequency": "1w"}}
    spread = compare([ASKED, weekly], replications=99, n_jobs=2)
    pd.testing.assert_frame_equal(spread.frame, result.frame, check_exact=True)


@pytest.mark.thorough
def test_the_page_and_the_folder_hold_it_all(result: ComparisonResult, tmp_path: Path) -> None:
    page = result.to_html(tmp_path / "page.html").read_text(encoding="utf-8")
    assert "What differs" in page
    assert "SIMULATED" in page
    assert page == result.to_html(tmp_path / "again.html").read_text(encoding="utf-8")
    names = {path.name for path in result.to_folder(tmp_path / "tables")}
    sides = [each for each in result.results if isinstance(each, SideBySide)]
    assert {f"{each.name}.csv" for each in sides} <= names
    assert {f"{each.name}.svg" for each in sides} <= names
    assert not [each for each in result.results if isinstance(each, Failure)]


def test_compare_is_part_of_the_public_face() -> None:
    assert coupling.compare is compare


@pytest.mark.slow
def test_coverage_of_the_interval_of_a_difference() -> None:
    """Every two days less every week: both estimate the same correlation up to the hours that closes lie apart."""
    held = []
    for seed in range(150):
        observations = market(0.5, days=800, seed=seed)
        outcomes = []
        for frequency in ("2d", "1w"):
            history = WeeklyHistory.of(observations, AlignmentSection(days="weekdays", frequency=frequency))
            low, high = history.whole_weeks
            draws = draws_over(low, high, YEARLY, seed=seed)
            asked = (Asked("a", RollingSection(window=None), Question("mean", Span())),)
            outcomes += run_batch(Batch(history, {}, asked, draws, None, 199))
        change = outcomes[1].estimate - outcomes[0].estimate
        truth = 0.5 * (165 / 168 - 53.8 / 56)  # hours shared of a row: 7 days, and 2 sessions (2.8 days... of 56 h)
        reach = _reach(outcomes[1].replicates - outcomes[0].replicates, draws.inflation)
        held.append(abs(change - truth) < reach)
    assert np.mean(held) >= 0.92


@pytest.mark.slow
def test_coverage_of_the_interval_of_a_difference_of_periods_that_lie_apart() -> None:
    """Means of a rolling path before and since a date, though windows of the later one reach back across it."""
    held = []
    for seed in range(150):
        observations = market(0.5, days=1000, seed=seed)
        history = WeeklyHistory.of(observations, AlignmentSection(days="weekdays"))
        (low, high), cut = history.whole_weeks, pd.Timestamp("2021-05-15", tz="UTC").value
        draws = draws_over(low, high, YEARLY, seed=seed)
        sides = []
        for span in (Span(end=cut), Span(start=cut)):
            asked = (Asked("a", RollingSection(window=60), Question("mean", span)),)
            (outcome,) = run_batch(Batch(history, {}, asked, draws, None, 199))
            measure = Measure("g", "SPX", "BTC – SPX", estimate=outcome.estimate)
            sides.append(Drawn(measure, outcome.replicates, draws.inflation))
        before, since = sides
        lower, upper = recovered_interval(since.measure.estimate, since.limits, before.measure.estimate, before.limits)
        held.append(lower < 0.0 < upper)
    assert np.mean(held) >= 0.92
