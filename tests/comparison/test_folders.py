"""Two runs of one study: what changed in the data, in the measures, and through what."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from coupling.comparison import compare_folders
from coupling.errors import ConfigurationError, DataError
from coupling.results.base import Result
from coupling.results.comparison import ComparisonResult, ConfigurationDifferences
from coupling.results.runs import MeasureChanges, SeriesChanges
from tests.comparison.worlds import write_market

STUDY: dict[str, Any] = {
    "title": "Two runs",
    "focus": "BTC",
    "instruments": ["BTC", "SPX"],
    "correlation": {"rolling": {"window": 60}},
}
NEW, REVISED = 12, -100
STEPS = ["revision", "new data", "configuration"]


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Return an earlier folder that lacks the last 12 rows, and a later one with one revised value."""
    later = write_market(tmp_path / "later")
    earlier = Path(shutil.copytree(later, tmp_path / "earlier"))
    for path in earlier.iterdir():
        lines = path.read_text().splitlines()
        path.write_text("\n".join(lines[:-NEW]) + "\n")
    return earlier, later


def revise(folder: Path, factor: float = 1.10) -> pd.Timestamp:
    path = folder / "SPX.csv"
    lines = path.read_text().splitlines()
    date, value = lines[REVISED].split(",")
    lines[REVISED] = f"{date},{float(value) * factor!r}"
    path.write_text("\n".join(lines) + "\n")
    return pd.Timestamp(date)


def write(folder: Path, name: str, **changes: Any) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(STUDY | changes))
    return path


def table(result: ComparisonResult, kind: type[Result]) -> Any:
    return next(each for each in result.results if isinstance(each, kind))


def test_equal_folders_say_so(folders: tuple[Path, Path], tmp_path: Path) -> None:
    same = shutil.copytree(folders[1], tmp_path / "same")
    result = compare_folders([folders[1], same], config=write(tmp_path, "study"))
    assert table(result, SeriesChanges).sentence == "All 2 series are the same to the last digit."
    assert table(result, MeasureChanges).sentence.endswith("measures changed.")
    assert table(result, MeasureChanges).changed.empty
    assert result.exit_code == 0


def test_new_rows_and_revised_values_are_counted(folders: tuple[Path, Path]) -> None:
    day = revise(folders[1])
    result = compare_folders(folders)
    rows = table(result, SeriesChanges).frame
    assert rows["new rows"].to_dict() == {"BTC": NEW, "SPX": NEW}
    assert rows["revised"].to_dict() == {"BTC": 0, "SPX": 1}
    assert rows.loc["SPX", "of"] == day
    old = pd.read_csv(folders[0] / "SPX.csv").set_index("date")["value"][f"{day:%Y-%m-%d}"]
    assert rows.loc["SPX", "largest revision"] == pytest.approx(0.1 * old)
    assert "1 have revised values (SPX)" in table(result, SeriesChanges).sentence


def test_dates_lost_and_gained_are_counted(folders: tuple[Path, Path]) -> None:
    for folder, row in zip(folders, (50, 70), strict=True):
        path = folder / "SPX.csv"
        lines = path.read_text().splitlines()
        path.write_text("\n".join(lines[:row] + lines[row + 1 :]) + "\n")
    rows = table(compare_folders(folders), SeriesChanges).frame
    assert rows.loc["SPX", ["removed", "added", "revised"]].tolist() == [1, 1, 0]


def test_another_clock_is_said(folders: tuple[Path, Path], tmp_path: Path) -> None:
    mapped = [
        write(tmp_path, name, data={"files": {"SPX": {"file": "SPX.csv", "clock": clock}}})
        for name, clock in (("one", "XNYS"), ("two", "UTC"))
    ]
    result = compare_folders(folders, config=mapped)
    assert "clock: XNYS → UTC" in table(result, SeriesChanges).frame.loc["SPX", "source"]


def test_the_steps_add_up_and_name_the_reason(folders: tuple[Path, Path], tmp_path: Path) -> None:
    revise(folders[1], 1.5)
    one, two = write(tmp_path, "one"), write(tmp_path, "two", alignment={"frequency": "1w"})
    result = compare_folders(folders, config=[one, two])
    frame = table(result, MeasureChanges).frame.set_index(["measure", "with"])
    np.testing.assert_allclose(frame["before"] + frame[STEPS].sum(axis=1), frame["after"], atol=1e-12)
    whole = frame.loc[("Correlation, whole period", "SPX")]
    assert abs(whole["revision"]) > abs(whole["new data"])
    instants = frame.loc[("Asynchronous-adjusted correlation, whole period", "SPX")]
    assert instants["configuration"] == 0
    assert "mostly through revision" in table(result, MeasureChanges).sentence
    assert table(result, ConfigurationDifferences).frame.index.tolist() == ["alignment.frequency"]


def test_new_rows_alone_change_nothing_through_revision(folders: tuple[Path, Path], tmp_path: Path) -> None:
    frame = table(compare_folders(folders, config=write(tmp_path, "study")), MeasureChanges).frame
    assert (frame["revision"] == 0).all()
    assert (frame["configuration"] == 0).all()
    assert (frame["new data"] != 0).any()


def test_a_series_that_is_lost_is_shown(folders: tuple[Path, Path]) -> None:
    shutil.copy(folders[0] / "SPX.csv", folders[0] / "IXIC.csv")
    result = compare_folders(folders)
    assert [each.title for each in result.failures] == ["IXIC has no counterpart"]
    assert result.exit_code == 1


def test_bad_folders_are_one_sentence(folders: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="two folders of data are compared, not 1"):
        compare_folders(folders[:1])
    with pytest.raises(DataError, match="nowhere does not exist"):
        compare_folders([folders[0], tmp_path / "nowhere"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="serves no instrument"):
        compare_folders([folders[0], tmp_path / "empty"])
    with pytest.raises(ConfigurationError, match="not 3"):
        compare_folders(folders, config=[tmp_path / "a", tmp_path / "b", tmp_path / "c"])


def test_the_page_names_the_folders_and_no_path(folders: tuple[Path, Path], tmp_path: Path) -> None:
    result = compare_folders(folders, config=write(tmp_path, "study"))
    page = result.to_html(tmp_path / "page.html").read_text(encoding="utf-8")
    assert "What changed from earlier to later" in page
    assert str(tmp_path) not in page
