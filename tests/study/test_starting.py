"""`coupling init`: a configuration with what it names, never over a file of the user's."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

import coupling as cp
from coupling.cli import app
from coupling.configuration.shipped import shipped_names
from coupling.errors import ConfigurationError
from coupling.study.claiming import read_claims
from coupling.study.starting import start_study


@pytest.mark.thorough
@pytest.mark.parametrize("story", shipped_names())
def test_what_is_written_is_the_study_that_ships(story: str, tmp_path: Path) -> None:
    written = start_study(story, tmp_path / "new")
    own, shipped = cp.load_study(written[0]), cp.load_study(story)
    assert [claim.id for claim in read_claims(own)] == [claim.id for claim in read_claims(shipped)]
    if shipped.events is None or shipped.events.catalogue is None:
        assert own.as_text() == shipped.as_text()
        return
    assert own.events is not None
    assert own.events.catalogue == f"catalogues/{shipped.events.catalogue}.yaml"
    place = own.events.relative_to(own.base).catalogue
    assert cp.load_events(str(place)).events == cp.load_events(shipped.events.catalogue).events


@pytest.mark.parametrize("story", ["first_study", "gold", "franc", "oil", "yen_carry"])
def test_every_file_of_a_story_says_what_it_is(story: str, tmp_path: Path) -> None:
    files = start_study(story, tmp_path)
    assert len(files) == 3
    assert all(path.read_text(encoding="utf-8").startswith("# ") for path in files)


@pytest.mark.parametrize("standing", ["gold.yaml", "claims/gold.yaml", "catalogues/gold.yaml"])
def test_nothing_is_written_over_nor_beside_what_stands_there(standing: str, tmp_path: Path) -> None:
    path = tmp_path / standing
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine\n")
    with pytest.raises(ConfigurationError, match=r"stands there already and is never written over; name another fol"):
        start_study("gold", tmp_path)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [path]
    assert path.read_text() == "mine\n"


def test_a_dangling_link_stands_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "gold.yaml").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ConfigurationError, match="stands there already"):
        start_study("gold", tmp_path)
    assert not (tmp_path / "nowhere").exists()


def test_two_studies_share_a_catalogue(tmp_path: Path) -> None:
    first = start_study("yen_carry", tmp_path)
    second = start_study("focus_gold", tmp_path)
    assert [path.name for path in first] == ["yen_carry.yaml", "carry_unwinds.yaml", "terminal_reflexivity.yaml"]
    assert [path.name for path in second] == ["focus_gold.yaml"]


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["init"])
    assert (done.exit_code, done.stdout.split()) == (
        0,
        ["first_study.yaml", "catalogues/first_study.yaml", "claims/first_study.yaml"],
    )
    assert done.stderr == "next: coupling report first_study.yaml --fallback simulated\n"
    again = CliRunner().invoke(app, ["init"])
    assert (again.exit_code, again.stdout) == (2, "")
    assert again.stderr.count("\n") == 1
    other = CliRunner().invoke(app, ["init", "--story", "golt", "--out", "x"])
    assert (other.exit_code, other.stdout) == (2, "")
    assert "did you mean 'gold'?" in other.stderr
    assert not Path("x").exists()


def test_version() -> None:
    done = CliRunner().invoke(app, ["--version"])
    assert (done.exit_code, done.stdout) == (0, f"coupling {cp.__version__} (macro-coupling)\n")
