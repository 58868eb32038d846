"""`coupling compare`: pages, exit codes, and what goes to which stream."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.conftest import invoke
from tests.comparison.worlds import SIMULATED, with_variants, write_market

PLAIN: dict[str, Any] = {**SIMULATED, "correlation": {"rolling": {"window": 60}, "hayashi_yoshida": None}}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def write(folder: Path, name: str, settings: dict[str, Any]) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(settings))
    return path


@pytest.mark.thorough
def test_two_configurations_make_one_page(tmp_path: Path) -> None:
    one = write(tmp_path, "one", PLAIN)
    two = write(tmp_path, "two", PLAIN | {"alignment": {"frequency": "1w"}})
    result = invoke("compare", one, two, "--out", tmp_path / "out", "--tables", tmp_path / "tables", "--jobs", "1")
    page, *tables = result.stdout.splitlines()
    assert (result.exit_code, page) == (0, str(tmp_path / "out" / "one_vs_two.html"))
    assert all(Path(line).exists() for line in tables)
    assert "SIMULATED MARKET" in result.stderr
    assert "alignment.frequency" in Path(page).read_text()


def test_a_broken_one_is_shown_and_the_code_is_1(tmp_path: Path) -> None:
    one = write(tmp_path, "one", PLAIN)
    two = write(tmp_path, "two", {"title": "T"})
    result = invoke("compare", one, two, "--out", tmp_path, "--jobs", "1")
    assert result.exit_code == 1
    assert "two cannot be used: two.yaml:1: focus: 'focus' is missing" in result.stderr
    assert (tmp_path / "one_vs_two.html").exists()


@pytest.mark.parametrize("settings", [{"title": "T"}, PLAIN])
def test_with_nothing_to_compare_the_code_is_2(tmp_path: Path, settings: dict[str, Any]) -> None:
    result = invoke("compare", write(tmp_path, "one", settings), "--out", tmp_path / "out")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")
    assert not (tmp_path / "out").exists()


def test_variants_make_a_page_of_their_own(tmp_path: Path) -> None:
    path = write(tmp_path, "one", with_variants({"correlation.rolling.window": [30, 60, 120]}))
    result = invoke("compare", path, "--out", tmp_path, "--jobs", "1")
    assert (result.exit_code, result.stdout) == (0, f"{tmp_path / 'one_variants.html'}\n")
    assert "\r" not in result.stderr  # no line that is drawn over where it is no terminal


def test_too_many_combinations_ask_for_a_yes(tmp_path: Path) -> None:
    grid = {"correlation.rolling.window": list(range(10, 60)), "seed": list(range(50))}
    result = invoke("compare", write(tmp_path, "one", with_variants(grid)), "--out", tmp_path)
    assert result.exit_code == 2
    assert "2,500 combinations are more than 2,000; shorten the grid, or say --yes" in result.stderr


def test_two_folders_say_what_changed(tmp_path: Path) -> None:
    folders = [write_market(tmp_path / name, seed=seed) for name, seed in (("a", 1), ("b", 2))]
    result = invoke("compare", *folders, "--out", tmp_path)
    assert (result.exit_code, result.stdout) == (0, f"{tmp_path / 'a_vs_b.html'}\n")
    assert "revised values" in (tmp_path / "a_vs_b.html").read_text()


@pytest.mark.thorough
def test_a_report_says_that_variants_are_compared_elsewhere(tmp_path: Path) -> None:
    path = write(tmp_path, "one", with_variants({"correlation.rolling.window": [30, 60]}))
    result = invoke("report", path, "--out", tmp_path)
    assert result.exit_code == 0
    assert f"coupling compare {path}" in result.stderr


def test_a_config_goes_with_folders_only(tmp_path: Path) -> None:
    one = write(tmp_path, "one", PLAIN)
    result = invoke("compare", one, one, "--config", one, "--out", tmp_path)
    assert result.exit_code == 2
    assert "--config goes with two folders" in result.stderr
