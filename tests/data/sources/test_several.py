"""Several files of one instrument: equal to one file of all rows, or refused in one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coupling.data.instrument import SourceEntry, resolve
from coupling.data.observations import Observations
from coupling.data.sources import readers
from coupling.data.sources.files import file_rows
from coupling.data.sources.rows import build_observations
from coupling.data.tables import large
from coupling.errors import CouplingError, DataError

NOW = pd.Timestamp("2026-01-01", tz="UTC")
BTC = resolve("BTC")


@pytest.fixture(params=["by columns", "cell by cell"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways by which files are read."""
    monkeypatch.setattr(large, "LARGE", 0 if request.param == "by columns" else 10**12)
    return str(request.param)


def minutes(start: str, count: int, step: str = "1min") -> pd.DataFrame:
    times = pd.date_range(start, periods=count, freq=step, tz="UTC")
    closes = 100 + np.round(np.sin(times.as_unit("s").asi8 / 997), 6)
    return pd.DataFrame({"time": times, "open": closes, "close": closes, "volume": 1})


def write(frame: pd.DataFrame, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        frame.to_parquet(path, index=False, row_group_size=50)
    else:
        frame.assign(time=frame["time"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")).to_csv(path, index=False)
    return path


def read(folder: Path, file: Any, **stated: Any) -> Observations:
    entry = SourceEntry.model_validate({"file": file, "clock": "bars", **stated})
    return build_observations(BTC, entry, file_rows(folder, entry, BTC), NOW)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("file", [["a1", "a2", "a3"], "a*", "."])
def test_a_list_a_pattern_and_a_folder_are_the_series_of_one_file(
    tmp_path: Path, suffix: str, file: Any, way: str
) -> None:
    whole = minutes("2025-06-02", 900)
    one = read(tmp_path, str(write(whole, tmp_path / "all" / f"whole{suffix}")))
    parts = tmp_path / "parts"
    for k, rows in enumerate((slice(600, 900), slice(0, 300), slice(300, 600)), start=1):
        write(whole.iloc[rows], parts / f"a{k}{suffix}")
    names = [f"{name}{suffix}" for name in file] if isinstance(file, list) else file
    several = read(parts, names)
    pd.testing.assert_series_equal(several.levels, one.levels)
    pd.testing.assert_series_equal(several.known_at, one.known_at)
    assert several.origin is not None
    assert several.origin.symbol == f"3 files, a1{suffix} to a3{suffix}"
    assert way in {"by columns", "cell by cell"}


def test_both_ways_of_reading_give_the_same_bits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = minutes("2025-06-02", 700)
    frame.loc[5, "close"] = np.nan
    forms = {
        "iso.csv": frame["time"].dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "offset.csv": frame["time"].dt.tz_convert("Asia/Tokyo").dt.strftime("%Y-%m-%d %H:%M:%S%z"),
        "unix.csv": frame["time"].astype("int64") // (10**9 if frame["time"].dt.unit == "ns" else 10**6),
        "odd.csv": frame["time"].dt.strftime("%d.%m.%Y %H:%M"),
    }
    for name, times in forms.items():
        frame.assign(time=times).to_csv(tmp_path / name, index=False)
    parted = {"<DATE>": frame["time"].dt.strftime("%Y.%m.%d"), "<TIME>": frame["time"].dt.strftime("%H:%M:%S")}
    prices = {f"<{name}>": frame["close"] for name in ("OPEN", "HIGH", "LOW", "CLOSE")}
    pd.DataFrame({**parted, **prices, "<TICKVOL>": 1}).to_csv(tmp_path / "parted.csv", sep="\t", index=False)
    frame.to_parquet(tmp_path / "typed.parquet", index=False)
    frame.rename(columns={"close": "a"}).to_parquet(tmp_path / "named.parquet", index=False)
    for name in (*forms, "parted.csv", "typed.parquet", "named.parquet"):
        stated = {"zone": "UTC", "dates": "dmy"} if name in ("odd.csv",) else {"zone": "UTC"}
        stated |= {"column": "a"} if name == "named.parquet" else {}
        made = []
        for limit in (0, 10**12):
            monkeypatch.setattr(large, "LARGE", limit)
            made.append(read(tmp_path, name, **stated))
        pd.testing.assert_series_equal(made[0].levels, made[1].levels, check_exact=True)
        assert made[0].origin is not None
        assert made[1].origin is not None
        assert made[0].origin.sha256 == made[1].origin.sha256
        assert [note for note in made[0].origin.repairs if "missing values" in note] == ["missing values: 1"]


def test_the_large_way_is_taken_for_bars_and_left_for_days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "LARGE", 0)
    found: list[bool] = []
    whole = readers.read_large

    def seen(*given: Any) -> Any:
        table = whole(*given)
        found.append(table is not None)
        return table

    monkeypatch.setattr(readers, "read_large", seen)
    read(tmp_path, str(write(minutes("2025-06-02", 300), tmp_path / "bars.csv")))
    read(tmp_path, str(write(minutes("2025-06-02", 300), tmp_path / "bars.parquet")))
    days = pd.DataFrame({"date": pd.date_range("2025-01-01", periods=30).strftime("%Y-%m-%d"), "close": 1.5})
    days.to_csv(tmp_path / "days.csv", index=False)
    entry = SourceEntry.model_validate({"file": "days.csv", "clock": "UTC"})
    file_rows(tmp_path, entry, BTC)
    assert found == [True, True, False]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_what_files_share_is_kept_once_and_counted(tmp_path: Path, suffix: str, way: str) -> None:
    whole = minutes("2025-06-02", 500)
    write(whole.iloc[:300], tmp_path / f"a{suffix}")
    write(whole.iloc[250:][::-1], tmp_path / f"b{suffix}")
    item = read(tmp_path, [f"a{suffix}", f"b{suffix}"])
    assert len(item.levels) == 500
    assert item.origin is not None
    assert "rows that two files share: 50" in item.origin.repairs
    assert way


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_files_that_disagree_are_refused_with_both_places(tmp_path: Path, suffix: str, way: str) -> None:
    whole = minutes("2025-06-02", 500)
    write(whole.iloc[:300], tmp_path / f"a{suffix}")
    write(whole.iloc[250:].assign(close=lambda frame: frame["close"] + 1), tmp_path / f"b{suffix}")
    first, second = (252, 2) if suffix == ".csv" else (251, 1)
    with pytest.raises(DataError, match=rf"a\{suffix}, line {first} and b\{suffix}, line {second}: 2025-06-02 04:11"):
        read(tmp_path, [f"a{suffix}", f"b{suffix}"])
    assert way


def test_a_file_in_another_zone_is_right_and_one_without_a_zone_is_refused(tmp_path: Path, way: str) -> None:
    whole = minutes("2025-06-02", 400)
    write(whole.iloc[:200], tmp_path / "a.csv")
    tokyo = whole.iloc[200:].assign(time=lambda frame: frame["time"].dt.tz_convert("Asia/Tokyo"))
    tokyo.assign(time=tokyo["time"].dt.strftime("%Y-%m-%d %H:%M:%S%z")).to_csv(tmp_path / "b.csv", index=False)
    assert len(read(tmp_path, ["a.csv", "b.csv"]).levels) == 400
    tokyo.assign(time=tokyo["time"].dt.strftime("%Y-%m-%d %H:%M:%S")).to_csv(tmp_path / "c.csv", index=False)
    with pytest.raises(DataError, match=r"c\.csv.* no time zone"):
        read(tmp_path, ["a.csv", "c.csv"])
    assert way


def test_the_hour_that_comes_twice_is_settled_by_the_rows_and_one_that_never_comes_is_refused(
    tmp_path: Path, way: str
) -> None:
    hours = minutes("2025-11-01", 72, "1h")
    local = hours["time"].dt.tz_convert("America/New_York")
    hours.assign(time=local.dt.strftime("%Y-%m-%d %H:%M:%S")).to_csv(tmp_path / "autumn.csv", index=False)
    item = read(tmp_path, "autumn.csv", zone="America/New_York")
    assert (item.levels.index == pd.DatetimeIndex(hours["time"]) + pd.Timedelta("1h")).all()
    spring = pd.date_range("2025-03-08", periods=60, freq="h").strftime("%Y-%m-%d %H:%M:%S")
    pd.DataFrame({"time": spring, "close": 1.0 + np.arange(60)}).to_csv(tmp_path / "spring.csv", index=False)
    with pytest.raises(DataError, match=r"spring\.csv, line 28: 2025-03-09 02:00:00 never comes"):
        read(tmp_path, "spring.csv", zone="America/New_York")
    assert way


def broken(folder: Path, kind: str) -> Any:
    """A malformed set of files, and what must be said of it."""
    whole = minutes("2025-06-02", 400)
    write(whole.iloc[:200], folder / "a.csv")
    if kind == "text in a number":
        write(whole.iloc[200:].assign(close="1.5"), folder / "b.csv")
        text = (folder / "b.csv").read_text().splitlines()
        text[100] = text[100].replace("1.5", "abc")
        (folder / "b.csv").write_text("\n".join(text))
    elif kind == "ragged":
        write(whole.iloc[200:], folder / "b.csv")
        with (folder / "b.csv").open("a") as file:
            file.write("2025-06-02T06:41:00Z,1,2,3,4,5\n")
    elif kind == "dates":
        pd.DataFrame({"date": pd.date_range("2025-06-03", periods=5).strftime("%Y-%m-%d"), "close": 1.0}).to_csv(
            folder / "b.csv", index=False
        )
    elif kind == "negative":
        write(whole.iloc[200:].assign(close=-1.0), folder / "b.csv")
    elif kind == "empty":
        (folder / "b.csv").write_text("")
    elif kind == "infinite":
        frame = whole.iloc[200:].copy()
        frame.loc[frame.index[7], "close"] = np.inf
        write(frame, folder / "b.csv")
    return ["a.csv", "b.csv"]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("text in a number", r"b\.csv, line 101: 'abc' in column 'close'"),
        ("ragged", r"b\.csv, line 202: '4' stands beyond the 4 columns"),
        ("dates", r"b\.csv"),
        ("negative", r"BTC is -1 on 2025-06-02, and it must be above 0"),
        ("empty", r"b\.csv is empty"),
        ("infinite", r"b\.csv, line 9: .*no finite number"),
        ("missing", r"b\.csv does not exist|b\.csv cannot be read"),
    ],
)
def test_a_broken_file_among_several_is_named_in_one_sentence(tmp_path: Path, kind: str, said: str, way: str) -> None:
    with pytest.raises(CouplingError, match=said) as refused:
        read(tmp_path, broken(tmp_path, kind))
    assert "\n" not in str(refused.value)
    assert way


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("none*.csv", "no file of values fits 'none\\*.csv'"),
        (["a.csv", "a.csv"], "named twice"),
        ("empty", "holds no file of values"),
    ],
)
def test_what_names_no_file_is_refused(tmp_path: Path, file: Any, said: str) -> None:
    write(minutes("2025-06-02", 30), tmp_path / "a.csv")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=said):
        read(tmp_path, file)


def test_row_groups_outside_the_period_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "LARGE", 0)
    write(minutes("2025-06-02", 9000, "1h"), tmp_path / "a.parquet")
    entry = SourceEntry.model_validate({"file": "a.parquet", "clock": "bars"})
    ends = pd.Timestamp("2025-09-01", tz="UTC"), pd.Timestamp("2025-10-01", tz="UTC")
    rows = file_rows(tmp_path, entry, BTC, ends)
    whole = file_rows(tmp_path, entry, BTC)
    assert len(rows.when) < 1000
    inside = whole.when.between(*ends)
    pd.testing.assert_series_equal(
        rows.value[rows.when.between(*ends)].reset_index(drop=True), whole.value[inside].reset_index(drop=True)
    )
    assert rows.line[rows.when.between(*ends)].tolist() == whole.line[inside].tolist()
    assert rows.sha256 == whole.sha256


def test_a_configuration_writes_and_reads_its_list_of_files() -> None:
    entry = SourceEntry.model_validate({"file": ["a.csv", "b.csv"], "clock": "bars"})
    assert (entry.symbol, entry.more, entry.clock) == ("a.csv", ("b.csv",), "hourly")
    assert SourceEntry.model_validate(entry.model_dump(mode="json")) == entry
    assert "more" not in SourceEntry.model_validate({"file": "a.csv", "clock": "bars"}).model_dump(mode="json")


@pytest.mark.usefixtures("way")
def test_missing_values_of_one_file_are_left_out_and_counted(tmp_path: Path) -> None:
    whole = minutes("2025-06-02", 900)
    holes = whole.copy()
    holes.loc[[310, 420], "close"] = np.nan
    write(whole.iloc[:320], tmp_path / "a1.csv")
    write(holes.iloc[300:], tmp_path / "a2.csv")
    found = read(tmp_path, ["a1.csv", "a2.csv"])
    ends = pd.DatetimeIndex(whole["time"]) + pd.Timedelta("1min")
    assert list(found.levels.index) == list(ends.delete(420))  # the other file has the value of 310
    assert found.levels.tolist() == whole["close"].drop(420).tolist()


@pytest.mark.parametrize("starts", ["2026-12-01", "2020-01-01"])
def test_a_period_without_a_row_is_refused_with_the_dates_of_the_whole_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, starts: str
) -> None:
    monkeypatch.setattr(large, "LARGE", 0)
    write(minutes("2025-06-02", 900, "1h"), tmp_path / "a.parquet")
    entry = SourceEntry.model_validate({"file": "a.parquet", "clock": "bars"})
    start = pd.Timestamp(starts, tz="UTC")
    rows, whole = file_rows(tmp_path, entry, BTC, (start, start + pd.Timedelta("90D"))), file_rows(tmp_path, entry, BTC)
    assert (rows.when.iloc[0], rows.when.iloc[-1]) == (whole.when.iloc[0], whole.when.iloc[-1])


@pytest.mark.parametrize("pattern", ["a**.csv", "[", "*.nothing", "**/gone/*.csv"])
def test_a_pattern_that_fits_nothing_is_refused_by_name(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(DataError, match="no file of values fits|does not exist|cannot be read"):
        read(tmp_path, pattern)
