"""The command line: what goes where, and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import SIMULATED, invoke


def test_standard_output_carries_the_written_path_only(study: Path, tmp_path: Path) -> None:
    result = invoke("report", study, "--out", tmp_path / "out")
    assert (result.exit_code, result.stdout) == (0, f"{tmp_path / 'out' / 'study.html'}\n")
    assert "SIMULATED" in result.stderr
    page = (tmp_path / "out" / "study.html").read_text()
    assert "SIMULATED" in page.split("</title>")[0]
    assert "The truth shifts at 2023-01-01, most for BTC–SPX: from 0.19 to 0.52." in page


@pytest.mark.thorough
def test_the_same_inputs_give_the_same_bytes(study: Path, tmp_path: Path) -> None:
    pages = []
    for name in ("a", "b"):
        invoke("report", study, "--out", tmp_path / name)
        pages.append((tmp_path / name / "study.html").read_bytes())
    assert pages[0] == pages[1]


@pytest.mark.thorough
def test_tables_are_written_beside_the_page(study: Path, tmp_path: Path) -> None:
    result = invoke("report", study, "--out", tmp_path / "out", "--tables", tmp_path / "tables")
    written = {Path(line).name for line in result.stdout.splitlines()}
    assert {"study.html", "data-alignment.csv", "data-sources.csv"} <= written
    assert all(Path(line).exists() for line in result.stdout.splitlines())


def test_one_broken_configuration_does_not_stop_the_others(study: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("title: T\n")
    result = invoke("report", broken, study, "--out", tmp_path / "out")
    assert (tmp_path / "out" / "study.html").exists()
    assert result.exit_code == 2
    assert "broken.yaml" in result.stderr


def test_equal_stems_are_refused(study: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "study.yaml").write_text(SIMULATED)
    result = invoke("report", study, other / "study.yaml", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "two configurations would write study.html" in result.stderr


def test_without_any_data_the_bare_command_says_so_and_the_fallback_serves(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(SIMULATED.replace("data: {source: simulated}\n", ""))
    nowhere = ("--offline", "--store", tmp_path / "empty")
    bare = invoke("report", path, "--out", tmp_path / "out", *nowhere)
    assert bare.exit_code == 3
    assert not (tmp_path / "out").exists()
    fallen = invoke("report", path, "--out", tmp_path / "out", "--fallback", "simulated", *nowhere)
    assert fallen.exit_code == 0
    assert "SIMULATED" in fallen.stderr


def test_a_fallback_that_nobody_knows_is_refused(study: Path) -> None:
    assert invoke("report", study, "--fallback", "yesterday").exit_code == 2


def test_a_folder_that_cannot_be_written_leaves_nothing(study: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    result = invoke("report", study, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr


def test_instruments_are_listed() -> None:
    result = invoke("instruments")
    assert result.exit_code == 0
    assert "Japanese government bond yield, 10 years" in result.stdout


def test_the_schema_is_printed() -> None:
    schema = json.loads(invoke("schema").stdout)
    assert {"title", "focus", "instruments", "alignment", "data"} <= set(schema["properties"])
    assert schema["additionalProperties"] is False


@pytest.mark.thorough
def test_an_audit_prints_what_it_found(series: Path, tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(SIMULATED.replace("[BTC, SPX]", "[BTC, USDJPY]"))
    result = invoke("data", "audit", path, "--data", series)
    assert result.exit_code == 0
    assert "usdjpy_yahoo_stale_dated.csv agrees best with usdjpy_1h.csv at 00:00 UTC" in result.stdout
    assert "1 row late" in result.stdout
    empty = invoke("data", "audit", "--store", tmp_path / "empty")
    assert empty.exit_code == 3
    assert "the store holds nothing to audit; fetch it with 'coupling data fetch --every-source'" in empty.stderr


def test_help_names_every_command() -> None:
    text = invoke("--help").stdout
    assert all(word in text for word in ("report", "instruments", "schema", "events"))
