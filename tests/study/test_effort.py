"""A study says what it will take before it begins, and waits for a yes where that is long."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from coupling.cli import app
from coupling.comparison import compare, compare_folders
from coupling.errors import ConfigurationError
from coupling.limits.budget import SECONDS, allowance
from coupling.study import detect, load_study, run, score
from coupling.study.effort import claim_tasks, comparison_tasks, detection_tasks, require_effort, tasks_of
from tests.comparison.worlds import write_market

CONFIGURATIONS = Path(__file__).resolve().parents[2] / "configs"
TWO: dict[str, Any] = {"title": "Two", "focus": "BTC", "instruments": ["BTC", "SPX"], "data": {"source": "simulated"}}
DETECTOR = TWO | {
    "focus": "USDJPY",
    "events": {"detector": {"parts": {"USDJPY": "falls", "SPX": "falls"}}},
    "instruments": ["USDJPY", "SPX"],
}
ALL = {
    "correlation": {name: {} for name in ("exponential", "dcc", "beta", "partial", "shrunk", "tail")},
    "change": {"splits": ["2023-01-02"], "regimes": {}},
    "direction": {"time_varying": {}},
    "events": {},
}


def many(count: int, **sections: Any) -> dict[str, Any]:
    """Return a study of so many instruments."""
    names = [f"X{place}" for place in range(count)]
    source = {"file": "x.csv", "clock": "XNYS"}
    define = {name: {"title": name, "kind": "price", "unit": "USD", "sources": [source]} for name in names}
    return {"title": "Many", "focus": "X0", "instruments": names, "define": define, **sections}


def seconds(settings: dict[str, Any], rows: int = 750, events: int = 0) -> float:
    return sum(task.seconds for task in tasks_of(load_study(settings), rows, events))


# CPU seconds that whole studies took, page included, on a machine with two busy cores.
MEASURED = [
    (5, 756, {"change": {"splits": ["2024-06-03"]}, "direction": {}}, 17.8),
    (20, 756, {"change": {"splits": ["2024-06-03"]}, "direction": {}, "events": {}}, 72.5),
    (40, 756, {}, 30.9),
    (5, 3780, {"change": {"splits": ["2024-06-03"]}, "direction": {}, "events": {}}, 33.6),
]


@pytest.mark.parametrize(("instruments", "rows", "sections", "took"), MEASURED)
def test_the_estimate_is_near_what_was_measured(
    instruments: int, rows: int, sections: dict[str, Any], took: float
) -> None:
    assert took / 3 < seconds(many(instruments, **sections), rows, 40) < 3 * took


def test_more_of_anything_takes_longer() -> None:
    base = seconds(many(5, **ALL), 1000, 50)
    assert seconds(many(6, **ALL), 1000, 50) > base
    assert seconds(many(5, **ALL), 2000, 50) > base
    assert seconds(many(5, **ALL), 1000, 5000) > base
    draws = {**ALL, "direction": {"spillover": {"replications": 2990}}}
    assert seconds(many(5, **draws), 1000, 50) > seconds(many(5, **{**ALL, "direction": {}}), 1000, 50)


def test_six_hundred_instruments_and_a_million_draws_need_a_yes() -> None:
    with pytest.raises(ConfigurationError, match=r"would take about .*--yes"):
        require_effort(tasks_of(load_study(many(600)), 750))
    with pytest.raises(ConfigurationError, match=r"change\.envelope"):
        require_effort(tasks_of(load_study({**TWO, "change": {"envelope": {"replications": 100_000}}}), 5000))


@pytest.mark.parametrize("path", sorted(CONFIGURATIONS.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_configurations_of_the_package_need_none(path: Path) -> None:
    assert sum(task.seconds for task in tasks_of(load_study(path), 2800, 60)) < SECONDS


def test_a_study_above_the_budget_waits_for_a_yes(tmp_path: Path) -> None:
    with allowance(seconds=1), pytest.raises(ConfigurationError, match=r"and 1 seconds are allowed unasked.*yes=True"):
        run(TWO)
    with allowance(seconds=1):
        assert run({**TWO, "correlation": None}, yes=True).exit_code == 0
    path = tmp_path / "study.yaml"
    path.write_text(str(TWO).replace("'", '"'))
    with allowance(seconds=1):
        answer = CliRunner().invoke(app, ["report", str(path), "--out", str(tmp_path)])
    assert answer.exit_code == 2
    assert "--yes" in answer.stderr


@pytest.mark.thorough
def test_every_command_asks_before_it_works_long(tmp_path: Path) -> None:
    weekly = {**TWO, "title": "Weeks", "alignment": {"frequency": "1w"}}
    for name, settings in (("a", TWO), ("b", weekly)):
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(settings))
    a, b = tmp_path / "a.yaml", tmp_path / "b.yaml"
    folder = write_market(tmp_path / "one", seed=1)
    with allowance(seconds=1e-3):
        for work in (
            lambda: detect(DETECTOR),
            lambda: score(CONFIGURATIONS / "simulated.yaml"),
            lambda: compare([a, b], replications=99, n_jobs=1),
            lambda: compare_folders([folder, folder], config=a),
        ):
            with pytest.raises(ConfigurationError, match=r"would take about .* allowed unasked; .* --yes"):
                work()
        assert detect(DETECTOR, yes=True).index.signals is not None
        assert compare([a, b], replications=99, n_jobs=1, yes=True).exit_code == 0


def test_a_hundred_thousand_claims_or_events_or_draws_need_a_yes() -> None:
    study = load_study({**TWO, "change": {"splits": ["2023-01-02"]}})
    for tasks in (
        claim_tasks(100_000),
        detection_tasks(5_000, 200_000),
        comparison_tasks(study, 5_000, 100_000, "a"),
        tasks_of(study, 750, claims=1_000),
    ):
        with pytest.raises(ConfigurationError, match=r"would take about .*--yes"):
            require_effort(tasks)


@pytest.mark.parametrize("command", [["claims"], ["compare"], ["events", "detect"], ["report"]])
def test_every_command_that_works_long_takes_a_yes(command: list[str]) -> None:
    assert "--yes" in CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "200"}).output
