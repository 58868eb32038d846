"""The section `variants`: impossible grids are refused with file, line, path and the nearest valid word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from coupling.errors import ConfigurationError
from coupling.study import load_study
from coupling.study.variants import with_choices

STUDY = """title: T
focus: BTC
instruments: [BTC, SPX]
variants:
  outcome: {pair: [BTC, SPX], statistic: mean}
  grid:
    correlation.rolling.window: [30, 60]
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "study.yaml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("[30, 60]", "[30, 1]", 7, "variants.grid.correlation.rolling.window.1: window=1 is too short"),
        ("[30, 60]", "[30, 30]", 7, "30 stands twice"),
        ("[30, 60]", "[]", 7, "no value; give a list"),
        ("[30, 60]", "30", 7, "30 is not right here"),
        ("rolling.window", "rolling.windw", 7, "unknown key 'windw'; did you mean 'window'"),
        ("rolling.window", "roling.window", 7, "unknown key 'roling'; did you mean 'rolling'"),
        ("correlation.rolling.window: [30, 60]", "title.x: [1]", 7, "no settings"),
        ("correlation.rolling.window: [30, 60]", "variants.replications: [99]", 7, "a grid cannot vary itself"),
        ("correlation.rolling.window: [30, 60]", "alignment.rule: [last_know]", 7, "did you mean 'last_known'"),
        ("correlation.rolling.window: [30, 60]", "focus: [GOLD]", 7, "focus 'GOLD' is not among the instruments"),
        ("[BTC, SPX], statistic", "[BTC, GOLD], statistic", 5, "'GOLD' is not among the instruments"),
        ("[BTC, SPX], statistic", "[BTC, BTC], statistic", 5, "both are 'BTC'"),
        ("statistic: mean", "statistic: median", 5, "'median' is no statistic; use mean, last or"),
        ("statistic: mean", "statistic: {change_at: soon}", 5, "change_at 'soon' is no date"),
        ("statistic: mean", "statistc: mean", 5, "unknown key 'statistc'; did you mean 'statistic'"),
    ],
)
def test_an_impossible_grid_is_refused_where_it_stands(
    old: str, new: str, line: int, words: str, tmp_path: Path
) -> None:
    path = write(tmp_path, STUDY.replace(old, new, 1) if old != "[BTC, SPX], statistic" else STUDY.replace(old, new))
    with pytest.raises(ConfigurationError) as caught:
        load_study(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert words in str(caught.value)


def test_an_empty_grid_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="grid"):
        load_study(write(tmp_path, STUDY.replace("    correlation.rolling.window: [30, 60]\n", "    {}\n")))


def test_a_study_keeps_its_variants_and_says_them_again(tmp_path: Path) -> None:
    text = STUDY.replace("statistic: mean", "statistic: {change_at: 2025-01-01}")
    study = load_study(write(tmp_path, text))
    assert study.variants is not None
    assert study.variants.size == 2
    assert study.variants.outcome.words == "the change of the correlation BTC – SPX at 2025-01-01"
    again = load_study(write(tmp_path, study.as_text()))
    assert again.variants == study.variants


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        ({"a.b": 2}, {"a": {"b": 2}, "list": [1, {"c": 3}]}),
        ({"list.1.c": 4}, {"a": {"b": 1}, "list": [1, {"c": 4}]}),
        ({"list.0": 9}, {"a": {"b": 1}, "list": [9, {"c": 3}]}),
        ({"new.key": 5}, {"a": {"b": 1}, "list": [1, {"c": 3}], "new": {"key": 5}}),
    ],
)
def test_choices_replace_settings_by_path(choices: dict[str, Any], expected: dict[str, Any]) -> None:
    settings = {"a": {"b": 1}, "list": [1, {"c": 3}]}
    assert with_choices(settings, choices) == expected
    assert settings == {"a": {"b": 1}, "list": [1, {"c": 3}]}


def test_a_path_through_a_list_that_is_too_short_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="there is no '7'"):
        with_choices({"list": [1]}, {"list.7": 2})
