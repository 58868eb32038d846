"""``coupling events detect``: signals, scores and tables, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from coupling.cli import app

SIMULATED = (
    "title: T\nfocus: USDJPY\ninstruments: [USDJPY, SPX]\ndata: {source: simulated}\nevents:\n  detector:\n"
    "    parts: {USDJPY: falls, SPX: falls, VIX: rises}\n    stress: {drawdown: {SPX: 5}}\n"
)


def detect(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["events", "detect", *(str(argument) for argument in arguments)])


@pytest.fixture
def study(tmp_path: Path) -> Path:
    path = tmp_path / "study.yaml"
    path.write_text(SIMULATED)
    return path


def test_signals_stand_on_standard_output_with_parts_severity_and_known_times(study: Path) -> None:
    result = detect(study, "--threshold", "95")
    assert result.exit_code == 0
    head, _, first = result.stdout.splitlines()[:3]
    assert head.split() == ["USDJPY", "SPX", "VIX", "severity", "index", "known_at"]
    assert first.endswith("T00:00Z")
    assert "index stands at" in result.stderr
    assert "SIMULATED" in result.stderr


@pytest.mark.thorough
def test_every_session_and_the_scores_may_be_asked_for(study: Path) -> None:
    signals, every = detect(study).stdout, detect(study, "--every").stdout
    assert len(every.splitlines()) > 2000 > len(signals.splitlines())
    scores = detect(study, "--scores")
    assert "market stress" in scores.stdout
    assert "precision_lower" in scores.stdout
    assert "out of sample" in scores.stderr


@pytest.mark.thorough
def test_tables_are_written_whole(study: Path, tmp_path: Path) -> None:
    result = detect(study, "--tables", tmp_path / "t")
    paths = [Path(line) for line in result.stdout.splitlines()]
    assert {"events-detector.csv", "events-detector-scores.csv"} <= {path.name for path in paths}
    assert all(path.is_file() for path in paths)
    table = pd.read_csv(tmp_path / "t" / "events-detector.csv")
    assert {"severity", "index", "known_at"} <= set(table.columns)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--threshold", "0"], 1, "threshold=0 must lie between 0 and 100"),
        (["--fallback", "yesterday"], 2, "is not allowed"),
        (["--data", "nowhere"], 3, "nowhere does not exist"),
    ],
)
def test_what_cannot_be_detected_is_refused(study: Path, arguments: list[str], code: int, told: str) -> None:
    result = detect(study, *arguments)
    assert result.exit_code == code
    assert told in " ".join(result.stderr.split())
    assert not result.stdout
