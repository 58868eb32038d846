"""Texts that a spreadsheet would run are defused, numbers stay numbers, and what is read back is what was written."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupling.events import load_events
from coupling.results.base import Result
from coupling.text.sheet import csv_text, defused, undefused

DANGEROUS = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "'=1",
    "＝1",
    "-",
    '=HYPERLINK("x")',
]
HARMLESS = [
    "BTC",
    "a=b",
    "-0.25",
    "+3",
    "-1e-05",
    "-1,234.5",
    "",
    "2025-01-01",
    "0.5 to -0.2",
    "'t is so",
    "–3",
    "−0.2",
]


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_formula_is_defused_and_comes_back(text: str) -> None:
    assert defused(text) == "'" + text
    assert undefused(defused(text)) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_other_texts_and_numbers_stay(text: str) -> None:
    assert defused(text) == text
    assert undefused(text) == text


@given(st.text(max_size=20))
def test_reading_undoes_writing(text: str) -> None:
    assert undefused(defused(text)) == text
    assert not defused(text).startswith(("=", "@", "\t", "\r"))


def test_cells_labels_headings_and_names_are_defused_and_numbers_are_as_before() -> None:
    frame = pd.DataFrame(
        {"=label": ["-2+3", None, "BTC"], "n": [-1.5, 2.0, float("nan")], "mixed": ["@a", -3, 2.5]},
        index=pd.MultiIndex.from_tuples([("=a", -1), ("b", 2), ("+c", 3)], names=["@event", "rank"]),
    )
    frame["kind"] = pd.Categorical(["=x", "y", "=x"])
    text = csv_text(frame)
    assert text.splitlines() == [
        "'@event,rank,'=label,n,mixed,kind",
        "'=a,-1,'-2+3,-1.5,'@a,'=x",
        "b,2,,2.0,-3,y",
        "'+c,3,BTC,,2.5,'=x",
    ]
    read = pd.read_csv(io.StringIO(text))
    assert read["n"].dtype == float
    assert frame["=label"].tolist()[0] == "-2+3", "the frame itself is not touched"


def test_a_frame_without_texts_is_written_as_pandas_writes_it() -> None:
    index = pd.date_range("2024-08-01", periods=3, tz="UTC", name="end")
    frame = pd.DataFrame({("a", "b"): [0.1 + 0.2, -1.0, 3.0]}, index=index)
    assert csv_text(frame) == frame.to_csv(lineterminator="\n")


def test_a_table_of_a_result_is_defused(tmp_path: Path) -> None:
    frame = pd.DataFrame({"label": ["=cmd|' /C calc'!A0"], "estimate": [-0.5]}, index=pd.Index(["-x"], name="event"))
    (path,) = Result(name="events", title="E", method="", frame=frame).to_folder(tmp_path)
    assert path.read_text().splitlines() == ["event,label,estimate", "'-x,'=cmd|' /C calc'!A0,-0.5"]


def test_a_catalogue_in_csv_gets_its_texts_back(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    frame = pd.DataFrame({"id": ["a"], "label": ["=1+1"], "instant": ["2024-08-05T00:00Z"]}).set_index("id")
    path.write_text(csv_text(frame))
    assert "'=1+1" in path.read_text()
    assert load_events(path)["a"].label == "=1+1"
