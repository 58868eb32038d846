"""``coupling report`` with findings: beside the page, compared with another run, refused before anything runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coupling.errors import InputError
from coupling.results.json import read_findings
from coupling.results.json_schema import findings_schema
from tests.cli.conftest import SIMULATED, invoke


def test_findings_are_written_beside_the_page_and_compared_with_the_next_run(study: Path, tmp_path: Path) -> None:
    out, first, folder = tmp_path / "out", tmp_path / "new" / "first.json", tmp_path / "all"
    done = invoke("report", study, "--out", out, "--json", first, "--json-dir", folder)
    page = out / "study.html"
    assert (done.exit_code, done.stdout) == (0, f"{page}\n{first}\n{folder / 'study.json'}\n")
    assert first.read_bytes() == (folder / "study.json").read_bytes()
    assert read_findings(first).record.simulated
    alone = page.read_bytes()
    study.write_text(SIMULATED.replace("60", "120"))
    again = invoke("report", study, "--out", out, "--against", first)
    assert again.exit_code == 0
    assert "What changed since 2025-12-30 (first.json): " in again.stderr
    assert b"What changed since 2025-12-30" in page.read_bytes()
    assert read_findings(first).sha256.encode() in page.read_bytes()
    assert b"What changed" not in alone


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--json", "f.json"], "one configuration, and 2 are given; use --json-dir FOLDER"),
        (["--against", "f.json"], "2 configurations are given; give that run's alone"),
    ],
)
def test_what_holds_one_run_is_refused_for_several(study: Path, tmp_path: Path, options: list[str], told: str) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(SIMULATED)
    result = invoke("report", study, other, "--out", tmp_path / "out", *options)
    assert result.exit_code == 2
    assert told in result.stderr
    assert not (tmp_path / "out").exists()


def test_findings_are_never_written_over_the_configuration_or_the_page(study: Path, tmp_path: Path) -> None:
    for path in (study, tmp_path / "out" / "study.html"):
        result = invoke("report", study, "--out", tmp_path / "out", "--json", path)
        assert result.exit_code == 2
        assert "name another file" in result.stderr
    assert study.read_text() == SIMULATED


def test_a_wrong_file_is_refused_before_anything_runs(study: Path, tmp_path: Path) -> None:
    result = invoke("report", study, "--out", tmp_path / "out", "--against", study)
    assert result.exit_code == 2
    assert "study.yaml:1: the file is no JSON" in result.stderr
    assert not (tmp_path / "out").exists()


def test_the_schema_is_printed() -> None:
    assert json.loads(invoke("schema", "--findings").stdout) == findings_schema()


@pytest.mark.parametrize("option", ["--json", "--out", "--tables"])
def test_a_link_that_leads_to_itself_takes_nothing_and_is_told(study: Path, tmp_path: Path, option: str) -> None:
    endless = tmp_path / "endless"
    endless.symlink_to("endless")
    places = {"--out": tmp_path / "out"} | {option: endless}
    result = invoke("report", study, *(each for pair in places.items() for each in pair))
    assert isinstance(result.exception, SystemExit)
    assert result.exit_code in (1, 2)
    assert "endless" in result.stderr
    assert endless.is_symlink()


@pytest.mark.parametrize("word", ["0", "-1", "two", "65", "1.5", ""])
def test_a_number_of_workers_that_is_none_is_refused(study: Path, tmp_path: Path, word: str) -> None:
    result = invoke("report", study, "--out", tmp_path / "out", "--workers", word)
    assert result.exit_code == 2
    assert "--workers" in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("word", ["short", "Full", ""])
def test_an_unknown_form_of_the_printout_is_refused_in_one_sentence(study: Path, tmp_path: Path, word: str) -> None:
    refused = invoke("report", study, "--out", tmp_path / "out", "--print", word)
    assert (refused.exit_code, refused.stdout) == (2, "")
    told = " ".join(refused.stderr.replace("│", " ").split())
    assert f"--print: {word!r} is not allowed; give summary or full" in told
    assert "Value error" not in told


def test_a_second_report_takes_what_the_first_kept_unless_it_is_to_be_fresh(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "study.html"
    assert invoke("report", study, "--out", tmp_path, "--workers", "1").exit_code == 0
    first = page.read_bytes()

    def asked(*_: object, **__: object) -> None:
        raise InputError("the room was asked.")

    monkeypatch.setattr("coupling.correlation.run.run", asked)
    assert invoke("report", study, "--out", tmp_path).exit_code == 0
    assert page.read_bytes() == first
    assert "the room was asked" in invoke("report", study, "--out", tmp_path, "--fresh").stderr
