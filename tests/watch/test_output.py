"""The command's files and refusals."""

from __future__ import annotations

import json

import pytest

from coupling.watch import watch_schema
from tests.cli.conftest import invoke
from tests.watch.desk import ESTIMATED, STUDY, Desk


def test_nothing_is_written_over_something_else(desk: Desk) -> None:
    notes = desk.folder / "notes.md"
    notes.write_text("# Mine\n")
    for option, path, told in (
        ("--markdown", notes, "holds no watch"),
        ("--markdown", desk.study, "holds no watch"),
        ("--json", desk.study, "holds no watch"),
        ("--markdown", desk.folder, "is a folder"),
        ("--markdown", desk.folder / "out.json", "would be written over"),
    ):
        result = desk.run(option, path)
        assert result.exit_code in (1, 2), result.stderr
        assert told in result.stderr
    assert notes.read_text() == "# Mine\n"
    assert desk.study.read_text() == STUDY
    assert not desk.state.exists()


def test_two_configurations_of_one_name_are_refused(desk: Desk) -> None:
    result = desk.run(desk.study)
    assert result.exit_code == 2
    assert "rename one of them" in result.stderr


def test_the_schema_is_printed() -> None:
    assert json.loads(invoke("schema", "--watch").stdout) == watch_schema()
    assert invoke("schema", "--watch", "--findings").exit_code == 2


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        (
            "[monitor_lft]",
            "study.yaml:10: watch.rules.0.rule: 'monitor_lft' is not allowed; did you mean",
        ),
        ("[{rule: data_stale, session: 2}]", "unknown key 'session'; did you mean 'sessions'?"),
        ("[{rule: data_stale, instruments: [AAB]}]", "'AAB' is not among the instruments; did you mean 'AAA'?"),
        ("[{rule: data_stale, sessions: 2, days: 3}]", "takes sessions or days, not both"),
        ("[{rule: verdict_changed, questions: [couple]}]", "'couple' is not allowed; did you mean 'coupled'?"),
        ("monitor_left", "input should be a list"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_line(desk: Desk, rules: str, told: str) -> None:
    desk.write(STUDY + f"watch: {{rules: {rules}}}\n")
    result = desk.run()
    assert result.exit_code == 2
    assert told in result.stderr
    assert not desk.kept.exists()


def test_quiet_prints_errors_alone(desk: Desk) -> None:
    result = desk.run("-q")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"{desk.folder / 'out.json'}\n"


def test_a_failure_that_is_shown_is_an_exit_code_of_its_own(desk: Desk) -> None:
    desk.write(ESTIMATED.replace("rolling: {window: 60}", "rolling: {window: 5000}"))
    told = desk.morning(code=1)
    assert told["exit_codes"] == [1]
    assert told["failures"]
