"""The specification curve: known truth, failures shown, idle choices, and the same numbers on any worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from coupling.comparison import curve as curve_module
from coupling.comparison.curve import answer_variants
from coupling.comparison.unfinished_run import UnfinishedRun
from coupling.errors import ConfigurationError, DataError
from coupling.results.base import Failure, RoomResult
from coupling.results.specification import ANY, ChoicesResult, JointTest, SpecificationCurve
from coupling.study import load_panel, load_study
from tests.comparison.worlds import SIMULATED, with_variants

GRID: dict[str, Any] = {
    "correlation.rolling.window": [30, 60],
    "alignment.frequency": ["1d", "1w"],
    "period.start": ["2018-01-01", "2021-01-01"],
}


def answer(settings: dict[str, Any], **options: Any) -> RoomResult:
    return answer_variants(load_study(settings), **{"n_jobs": 1, **options})


def curve_of(room: RoomResult) -> SpecificationCurve:
    return next(each for each in room.results if isinstance(each, SpecificationCurve))


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> RoomResult:
    return answer(with_variants(GRID), cache=tmp_path_factory.mktemp("runs"))


def test_the_curve_is_sorted_and_holds_every_combination(room: RoomResult) -> None:
    frame = curve_of(room).frame
    assert len(frame) == 8
    assert frame["estimate"].is_monotonic_increasing
    assert not frame.duplicated(list(GRID)).any()
    assert (frame["lower"] < frame["estimate"]).all()
    assert (frame["n"] > 200).all()
    assert frame.index.name == "specification"


def test_true_instants_find_the_truth_of_the_simulated_market() -> None:
    """The true correlation is .19 before the shift of 2023 (.5225 after it), carry unwinds left out."""
    grid = {"period.start": ["2016-06-01", "2018-01-01"], "variants.outcome.estimator": ["rolling", "hayashi_yoshida"]}
    settings = with_variants(grid) | {
        "period": {"end": "2022-12-31"},
        "correlation": {"hayashi_yoshida": {"window": None}},
    }
    frame = curve_of(answer(settings)).frame
    truth = load_panel(SIMULATED).truth
    assert truth is not None
    before = truth.before.loc["BTC", "SPX"]
    assert before == 0.19
    instants = frame[frame["variants.outcome.estimator"] == "hayashi_yoshida"]
    assert ((instants["lower"] < before) & (before < instants["upper"])).all()
    assert instants["significant"].all()


def test_a_change_that_is_there_is_found_and_one_that_is_not_is_not() -> None:
    grid = {"correlation.rolling.window": [None, 60], "variants.outcome.estimator": ["rolling", "hayashi_yoshida"]}
    instants = {"correlation": {"hayashi_yoshida": {"window": None}}}
    shift = answer(with_variants(grid, statistic={"change_at": "2023-01-01"}) | instants)
    quiet = answer(
        with_variants(grid, statistic={"change_at": "2020-06-01"}) | instants | {"period": {"end": "2022-12-31"}}
    )
    found, none = (next(each for each in room.results if isinstance(each, JointTest)).frame for room in (shift, quiet))
    assert (curve_of(shift).frame["estimate"] > 0.05).all()
    assert found.loc["median estimate", "p_value"] <= 0.05
    assert none.loc["median estimate", "p_value"] > 0.05


def test_what_a_choice_does_is_said(room: RoomResult) -> None:
    effects = next(each for each in room.results if isinstance(each, ChoicesResult))
    frame = curve_of(room).frame
    daily = frame[frame["alignment.frequency"] == "1d"]["estimate"]
    row = effects.frame.loc[("alignment.frequency", "1d")]
    assert row["n_specifications"] == 4
    assert row["median"] == pytest.approx(daily.median())
    assert (row["lowest"], row["highest"]) == (daily.min(), daily.max())
    assert effects.spread.index[0] in effects.sentence


def test_a_choice_that_does_not_matter_counts_once() -> None:
    grid = {
        "correlation.rolling.window": [30, 60],
        "alignment.frequency": ["1d", "1w"],
        "variants.outcome.estimator": ["rolling", "hayashi_yoshida"],
    }
    curve = curve_of(answer(with_variants(grid)))
    assert len(curve.frame) == 5
    lone = curve.frame[curve.frame["variants.outcome.estimator"] == "hayashi_yoshida"]
    assert lone[["correlation.rolling.window", "alignment.frequency"]].to_numpy().tolist() == [[ANY, ANY]]
    assert "3 of 8 combinations" in curve.warnings[0]


def test_a_specification_that_fails_is_shown_and_the_rest_is_done() -> None:
    grid = {"alignment.rule": ["last_known", "synchronous"], "correlation.rolling.window": [60, 100_000]}
    room = answer(with_variants(grid))
    curve = curve_of(room)
    assert curve.failed == 3
    assert curve.frame["estimate"].notna().sum() == 1
    failures = [each for each in room.results if isinstance(each, Failure)]
    assert any("synchronous keeps" in each.reason for each in failures)
    assert any("100000" in each.reason for each in failures)
    assert sum(int(each.title.split()[0]) for each in failures) == 3


def test_choices_that_cannot_go_together_are_shown() -> None:
    grid = {"alignment.days": ["XNYS", "weekdays"], "alignment.at": ["24:00 UTC", "close"]}
    settings = with_variants(grid) | {"alignment": {"allow_early": True}}
    curve = curve_of(answer(settings))
    assert curve.failed == 1
    assert "needs an exchange" in curve.frame["failure"].iloc[-1]


def test_where_nothing_can_be_run_the_first_reason_is_raised(tmp_path: Path) -> None:
    settings = with_variants({"correlation.rolling.window": [30]}) | {"data": {"directory": str(tmp_path)}}
    with pytest.raises(DataError, match="holds no CSV"):
        answer(settings)


def test_thousands_of_combinations_need_a_yes() -> None:
    grid = {"correlation.rolling.window": list(range(10, 60)), "seed": list(range(50))}
    with pytest.raises(ConfigurationError, match="2,500 combinations are more than 2,000"):
        answer(with_variants(grid))


def test_a_grid_that_mixes_changes_with_values_is_refused() -> None:
    grid = {"variants.outcome.statistic": ["mean", {"change_at": "2023-01-01"}]}
    with pytest.raises(ConfigurationError, match="mixes changes with values"):
        answer(with_variants(grid))


@pytest.mark.thorough
@pytest.mark.processes
def test_two_processes_give_the_numbers_of_one(room: RoomResult, tmp_path: Path) -> None:
    spread = answer(with_variants(GRID), n_jobs=2, cache=tmp_path)
    pd.testing.assert_frame_equal(curve_of(spread).frame, curve_of(room).frame, check_exact=True)
    assert spread.verdict == room.verdict


def test_the_order_of_the_grid_changes_no_number(room: RoomResult) -> None:
    turned = {name: list(reversed(values)) for name, values in reversed(GRID.items())}
    one, other = curve_of(room).frame, curve_of(answer(with_variants(turned))).frame
    pd.testing.assert_frame_equal(other[one.columns], one, check_exact=True)


def test_a_damaged_file_of_an_interrupted_run_is_done_again(room: RoomResult, tmp_path: Path) -> None:
    class StopError(Exception):
        pass

    def stop(_: str, done: int, total: int) -> None:
        if done < total:
            raise StopError

    with pytest.raises(StopError):
        answer(with_variants(GRID), cache=tmp_path, progress=stop)
    (held,) = tmp_path.glob("*/*.npz")
    held.write_bytes(held.read_bytes()[:200])
    again = answer(with_variants(GRID), cache=tmp_path)
    pd.testing.assert_frame_equal(curve_of(again).frame, curve_of(room).frame, check_exact=True)
    assert list(tmp_path.glob("*/*")) == []


KILLED = """
import os, signal
from coupling.cli import main
from coupling.comparison.unfinished_run import UnfinishedRun

save = UnfinishedRun.save

def save_and_die(*arguments):
    save(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)

UnfinishedRun.save = save_and_die
main()
"""


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """Run the command line, kill it as soon as something is on disk, and return the configuration."""
    path = tmp_path / "killed.yaml"
    settings = with_variants(GRID | {"correlation.rolling.method": ["pearson", "spearman"]})
    path.write_text(yaml.safe_dump(settings))
    command = [sys.executable, "-c", KILLED, "compare", str(path), "--out", str(tmp_path / "out"), "--jobs", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    return path


@pytest.mark.thorough
@pytest.mark.processes
def test_a_killed_run_resumes_where_it_stopped(killed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (run,) = (Path(os.environ["XDG_CACHE_HOME"]) / "coupling" / "comparisons").iterdir()
    finished = set(UnfinishedRun(run.name).load())
    assert 0 < len(finished) < 16
    asked: list[str] = []
    original = curve_module.run_batches

    def watched(batches: Any, **options: Any) -> Any:
        asked.extend(each.key for batch in batches for each in batch.asked)
        return original(batches, **options)

    monkeypatch.setattr(curve_module, "run_batches", watched)
    study = load_study(killed)
    resumed = answer_variants(study, n_jobs=1)
    assert len(asked) == 16 - len(finished)
    assert not finished & set(asked)
    assert not run.exists()
    fresh = answer_variants(study, n_jobs=1, fresh=True, cache=tmp_path / "fresh")
    pd.testing.assert_frame_equal(curve_of(resumed).frame, curve_of(fresh).frame, check_exact=True)


@pytest.mark.thorough
def test_a_run_of_other_data_or_choices_resumes_nothing(tmp_path: Path) -> None:
    class StopError(Exception):
        pass

    def stop(*_: object) -> None:
        raise StopError

    for settings in (with_variants(GRID), with_variants(GRID) | {"seed": 8}, with_variants(GRID) | {"period": {}}):
        with pytest.raises(StopError):
            answer(settings, cache=tmp_path, progress=stop)
    assert len(list(tmp_path.iterdir())) == 3


def test_the_figure_marks_the_choices_and_says_what_is_significant(room: RoomResult) -> None:
    from coupling.report.figures import draw

    drawing = draw(curve_of(room))
    for words in ("correlation.rolling.window", "1w", "filled: significant at 5 %"):
        assert words in drawing.svg
    assert np.isfinite(curve_of(room).frame["p_value"]).all()


@pytest.mark.slow
def test_coverage_of_the_interval_of_one_specification() -> None:
    """Nominal 95 %: over 200 diffusions of 800 days the interval holds the truth at least 92 % of the time."""
    from coupling.comparison.batches import Asked, Batch, run_batch
    from coupling.comparison.estimate_paths import Question, Span
    from coupling.comparison.weekly_history import WeeklyHistory
    from coupling.comparison.weeks import YEARLY, draws_over
    from coupling.correlation.section import RollingSection
    from coupling.data.alignment import AlignmentSection
    from tests.comparison.worlds import market

    held = []
    for seed in range(200):
        history = WeeklyHistory.of(market(0.5, days=800, seed=seed), AlignmentSection(days="weekdays", frequency="1w"))
        low, high = history.whole_weeks
        draws = draws_over(low, high, YEARLY, seed=seed)
        asked = (Asked("a", RollingSection(window=None), Question("mean", Span())),)
        (outcome,) = run_batch(Batch(history, {}, asked, draws, None, 199))
        _, lower, upper = curve_module._against_nothing(outcome, draws.inflation)
        held.append(lower < 0.5 * 165 / 168 < upper)  # closes three hours apart once a week
    assert np.mean(held) >= 0.92


def test_a_study_without_variants_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no variants"):
        answer(SIMULATED)
