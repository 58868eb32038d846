"""Parquet files as pandas and others really write them: read by the laws of a CSV, or refused in one sentence."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from coupling.data.loading.dataset import load_dataset
from coupling.data.section import DataSection
from coupling.data.tables.parquet import read_parquet
from coupling.errors import DataError

DAYS = pd.DatetimeIndex(["2025-06-02", "2025-06-03", "2025-06-04"])
RIGHT = [5900.5, 5911.25, 5880.75]


def frame(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({"date": DAYS, "value": RIGHT} | columns)


def arrow(**columns: object) -> bytes:
    raw = io.BytesIO()
    pq.write_table(pa.table(columns), raw)
    return raw.getvalue()


def pandas(table: pd.DataFrame) -> bytes:
    raw = io.BytesIO()
    table.to_parquet(raw)
    return raw.getvalue()


def dates(values: list[object]) -> Callable[[], bytes]:
    return lambda: pandas(frame(date=values))


READ: dict[str, Callable[[], bytes]] = {
    "plain": lambda: pandas(frame()),
    "dates as index": lambda: pandas(frame().set_index("date")),
    "an index without a name": lambda: pandas(frame().set_index("date").rename_axis(None)),
    "filtered": lambda: pandas(pd.concat([frame(value=[1.0] * 3), frame()]).reset_index(drop=True).iloc[3:]),
    "an index of words": lambda: pandas(frame().set_axis(["a", "b", "c"])),
    "two levels of rows": lambda: pandas(frame(ticker="SPX").set_index(["ticker", "date"])),
    "two levels of columns": lambda: pandas(
        pd.concat({"Close": frame().set_index("date").value}, axis=1).pipe(
            lambda f: f.set_axis(pd.MultiIndex.from_tuples([("Close", "^GSPC")], names=["Price", "Ticker"]), axis=1)
        )
    ),
    "a name of dates unknown": lambda: pandas(frame().rename(columns={"date": "asof"})),
    "zoned midnights": dates(list(DAYS.tz_localize("America/New_York"))),
    "midnights of UTC": dates(list(DAYS.tz_localize("UTC"))),
    "date32": dates([day.date() for day in DAYS]),
    "texts": dates([f"{day:%Y-%m-%d}" for day in DAYS]),
    "american texts": dates([f"{day:%b %d, %Y}" for day in DAYS]),
    "whole numbers": dates([20250602, 20250603, 20250604]),
    "nanoseconds": lambda: pandas(frame(date=DAYS.astype("datetime64[ns]"))),
    "seconds": lambda: pandas(frame(date=DAYS.astype("datetime64[s]"))),
    "periods": lambda: pandas(frame(date=DAYS.to_period("D"))),
    "categories": lambda: pandas(frame(date=pd.Categorical([f"{day:%Y-%m-%d}" for day in DAYS]))),
    "values as texts": lambda: pandas(frame(value=["5,900.50", "5,911.25", "5,880.75"])),
    "values as decimals": lambda: pandas(frame(value=[Decimal("5900.50"), Decimal("5911.25"), Decimal("5880.75")])),
    "nullable values": lambda: pandas(frame(value=pd.array(RIGHT, dtype="Float64"))),
    "single precision": lambda: pandas(frame(value=np.array(RIGHT, dtype="float32"))),
    "arrow's own types": lambda: pandas(frame().convert_dtypes(dtype_backend="pyarrow")),
    "without pandas": lambda: arrow(date=[day.date() for day in DAYS], value=RIGHT),
    "coded texts": lambda: arrow(date=pa.array([f"{d:%Y-%m-%d}" for d in DAYS]).dictionary_encode(), value=RIGHT),
    "large texts": lambda: arrow(date=pa.array([f"{d:%Y-%m-%d}" for d in DAYS], pa.large_string()), value=RIGHT),
    "a list beside": lambda: arrow(date=[day.date() for day in DAYS], value=RIGHT, tags=[["a"], [], None]),
    "a missing row": lambda: pandas(frame().reindex([0, 1, 2, 3])),
}


def load(folder: Path, raw: bytes, name: str = "x.parquet", **options: str) -> list[float]:
    (folder / name).write_bytes(raw)
    section = DataSection.model_validate({"files": {"SPX": {"file": name, "clock": "XNYS", **options}}})
    values: list[float] = load_dataset(section, ["SPX"], base=folder).observations["SPX"].levels.tolist()
    return values


@pytest.mark.parametrize("name", READ)
def test_a_parquet_file_is_read(tmp_path: Path, name: str) -> None:
    assert load(tmp_path, READ[name]()) == RIGHT


def test_a_text_that_stands_in_many_cells_is_held_once() -> None:
    coded = pa.DictionaryArray.from_arrays(pa.array([0] * 5_000, pa.int32()), pa.array([b"x" * 1_000_000]))
    raw = bomb(coded)
    assert len(raw) < 1_000_000
    assert read_parquet("x.parquet", raw).columns[2].map(id).nunique() == 1


def test_an_account_of_pandas_that_is_nested_without_end_is_passed_over(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    table = pq.read_table(io.BytesIO(READ["date32"]())).replace_schema_metadata({b"pandas": b"[" * 100_000})
    pq.write_table(table, buffer)
    assert load(tmp_path, buffer.getvalue()) == RIGHT


def test_whole_numbers_and_missing_ones_are_read(tmp_path: Path) -> None:
    assert load(tmp_path, pandas(frame(value=pd.array([5900, None, 5880], dtype="Int64")))) == [5900, 5880]


def _damaged() -> bytes:
    return pandas(frame())[:-20] + b"PAR1"


def bomb(cells: pa.Array) -> bytes:
    """Few bytes that unfold to far more than fits: each row a long list, or a code of a long text."""
    return arrow(date=pa.array(range(19_000, 19_000 + len(cells)), pa.date32()), value=RIGHT[:1] * len(cells), x=cells)


def same_list(values: pa.Array, times: int) -> pa.Array:
    rows = [0] * times * 3
    return pa.ListArray.from_arrays(pa.array([0, times, 2 * times, 3 * times]), values.take(pa.array(rows)))


NOON = [f"{day:%Y-%m-%d} 12:00" for day in DAYS]
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "no rows": (lambda: pandas(frame().iloc[:0]), "has no rows"),
    "no columns": (lambda: arrow(), "x.parquet"),
    "no dates": (lambda: pandas(frame().drop(columns="date")), "no date column"),
    "two columns of dates": (lambda: pandas(frame(datetime=DAYS)), "several columns of dates"),
    "values of bytes": (lambda: pandas(frame(value=[b"1", b"2", b"3"])), "is no number"),
    "values of lists": (lambda: arrow(date=[d.date() for d in DAYS], value=[[1.0], [2.0], [3.0]]), "is no number"),
    "a bomb of numbers": (
        lambda: bomb(same_list(pa.array([0.0], pa.float32()), 3_400_000)),
        "more than 10,000,000 cells",
    ),
    "a bomb of texts": (lambda: bomb(same_list(pa.array(["x" * 100_000]).dictionary_encode(), 5_000)), "unfolds to"),
    "values of dates": (lambda: pandas(frame(value=DAYS)), "x.parquet"),
    "truths": (lambda: pandas(frame(value=[True, False, True])), "is no number"),
    "infinite": (lambda: pandas(frame(value=[1.0, np.inf, 2.0])), "line 2"),
    "dates of bytes": (dates([b"a", b"b", b"c"]), "x.parquet"),
    "no date in a row": (lambda: pandas(frame(date=[DAYS[0], pd.NaT, DAYS[2]])), "missing"),
    "times of day": (dates(list(pd.DatetimeIndex(NOON))), "no time zone"),
    "times of day as texts": (dates(list(NOON)), "no time zone"),
    "year 9999": (dates([day.date() for day in DAYS[:2]] + [dt.date(9999, 12, 31)]), "9999"),
    "year 9999 in seconds": (
        lambda: pandas(frame(date=np.array(["2025-06-02", "2025-06-03", "9999-12-31"], dtype="datetime64[s]"))),
        "9999",
    ),
    "year 1": (dates([dt.date(1, 1, 1), *(day.date() for day in DAYS[1:])]), "0001"),
    "noise": (lambda: b"PAR1" + bytes(100) + b"PAR1", "no readable Parquet"),
    "a text": (lambda: b"date,value\n2025-06-02,1\n", "no readable Parquet"),
    "cut": (lambda: pandas(frame())[:-9], "no readable Parquet"),
    "damaged": (_damaged, "no readable Parquet"),
    "empty": (lambda: b"", "x.parquet"),
    "gzip": (lambda: b"\x1f\x8b\x08", "compressed with gzip"),
    "several values": (lambda: pandas(frame(other=1.0).rename(columns={"value": "v"})), "say which with 'column:'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_parquet_file_that_says_too_little_is_refused(tmp_path: Path, name: str) -> None:
    make, message = REFUSED[name]
    with pytest.raises(DataError) as caught:
        load(tmp_path, make())
    assert message in str(caught.value)
    assert "x.parquet" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_sixty_million_rows_in_half_a_megabyte_are_refused_before_they_are_read(tmp_path: Path) -> None:
    schema = pa.schema([("date", pa.int32()), ("value", pa.float64())])
    raw = io.BytesIO()
    block = pa.table({"date": pa.array(np.full(1_000_000, 20250602, "int32")), "value": np.ones(1_000_000)}, schema)
    with pq.ParquetWriter(raw, schema, compression="zstd") as writer:
        for _ in range(6):
            writer.write_table(block)
    assert len(raw.getvalue()) < 100_000
    with pytest.raises(DataError, match=r"more than 10,000,000 cells \(12,000,000\)"):
        load(tmp_path, raw.getvalue())


def test_a_long_text_repeated_is_held_once(tmp_path: Path) -> None:
    """A column of one long text in many rows unfolds to gigabytes where each row gets its own copy."""
    days = pd.date_range("1927-01-03", periods=36_000, freq="D")
    note = pa.array(["x" * 100_000]).dictionary_encode().take(pa.array(np.zeros(len(days), "int32")))
    raw = arrow(date=days.date, value=np.ones(len(days)), note=note)
    assert len(raw) < 1_000_000
    assert len(load(tmp_path, raw)) > 20_000


def test_parquet_and_csv_give_the_same_rows(tmp_path: Path) -> None:
    table = frame()
    assert load(tmp_path, pandas(table)) == load(tmp_path, table.to_csv(index=False).encode(), "x.csv")
