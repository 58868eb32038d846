"""A text that is parted by its columns at one stroke gives what a reader of rows makes of it, or the same refusal."""

from __future__ import annotations

import csv
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupling.data.tables import delimited, table
from coupling.data.tables.plain import plain_columns
from coupling.data.tables.table import Options
from coupling.data.tables.text import read_text
from coupling.errors import DataError
from tests.data.shapes.samples import SAMPLES
from tests.data.tables.mutations import mutate_text

DATES = ["2024-08-05", "2024/8/5", "5.8.2024", "20240805", "", " ", "#", "Date", "# note", "Total", "5", "٢٠٢٤-08-05"]
CELLS = [
    "1.5",
    "1,5",
    "",
    " 1.5",
    "1.5 ",
    '"1,5"',
    '"',
    '""',
    "-",
    "#N/A",
    "\t1",
    "x\u00a0",
    "\u2028",
    "é",
    "\r",
    "1e5",
]
WHOLE = ["2024-08-05,1.5,2", "2024-08-06,1.6,3"]


def told(text: str, options: Options | None = None) -> tuple[object, ...]:
    """What is read of a text, or why it is refused."""
    try:
        read = read_text("x.csv", text.encode(), options or Options())
    except DataError as error:
        return ("refused", str(error))
    columns = [[*column] for column in read.columns]
    return (read.names, columns, [*read.lines], read.shape, read.notes, read.point_is_decimal, read.line)


def by_rows(text: str, options: Options | None = None) -> tuple[object, ...]:
    """The same without the way of plain texts."""
    with patch.object(delimited, "plain_columns", lambda *_: None):
        return told(text, options)


def is_plain(text: str, mark: str = ",", width: int = 3) -> bool:
    return plain_columns("x.csv", text, mark, width, 1) is not None


rows = st.tuples(st.sampled_from(DATES), st.lists(st.sampled_from(CELLS), max_size=4))


@given(
    st.lists(rows, max_size=4),
    st.sampled_from(["Date,a,b", "date,value", "Date;a;b", "5,Date,b", "Date,a,", "Date,2024-08-05,x", "a,Date,b"]),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["", "\n", "\n\n", "\nSource: x\n"]),
    st.integers(0, 2),
)
def test_whatever_the_rows_both_ways_agree(
    drawn: list[tuple[str, list[str]]], heading: str, mark: str, end: str, last: str, sound: int
) -> None:
    body = [mark.join([date, *cells]) for date, cells in drawn]
    text = end.join([heading, *WHOLE[:sound], *body]) + last
    assert told(text) == by_rows(text)


@pytest.mark.parametrize("name", sorted(name for name, make in SAMPLES.items() if isinstance(make(), str)))
def test_every_known_shape_is_read_alike_whole_and_damaged(name: str) -> None:
    text = SAMPLES[name]()
    assert isinstance(text, str)
    short = "".join(text.splitlines(keepends=True)[:40])
    for damaged in (short, *(mutate_text(short, seed).text for seed in range(12))):
        assert told(damaged) == by_rows(damaged)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "\n", "\n\n\n"])
def test_a_plain_text_goes_by_its_columns(end: str, last: str) -> None:
    text = end.join(["Date,a,b", *WHOLE]) + last.replace("\n", end)
    assert plain_columns("x.csv", text, ",", 3, 1) == [["2024-08-05", "2024-08-06"], ["1.5", "1.6"], ["2", "3"]]


@pytest.mark.parametrize(
    "row",
    [
        '2024-08-07,"1,5",2',
        "2024-08-07,1.5",
        "2024-08-07,1.5,2,",
        "2024-08-07, 1.5,2",
        "2024-08-07,1.5\n,2",
        "2024-08-07,1.5\r,2",
        "",
        ",,",
        " ,1.5,2",
        "# 2024-08-07,1.5,2",
        "Date,a,b",
        "Source,,",
        "٢٠٢٤-08-07,1.5,2",
        "2024-08-07,1.5\n2024-08-08,1.5,2,2",
    ],
)
def test_an_unusual_row_is_left_to_the_reader_of_rows(row: str) -> None:
    text = "\n".join(["Date,a,b", WHOLE[0], row, WHOLE[1]])
    assert not is_plain(text)
    assert told(text) == by_rows(text)


def test_a_cell_without_end_is_refused_in_the_same_sentence() -> None:
    text = "\n".join(["Date,a,b", WHOLE[0], f"2024-08-07,{'9' * (csv.field_size_limit() + 1)},2"])
    assert told(text) == by_rows(text)
    assert "refused" in told(text)


def test_stated_delimiters_and_shapes_without_heading_agree() -> None:
    carets = "Date^a^b\n2024-08-05^1.5^2\n"
    klines = (
        "1722816000000,1,2,0.5,1.5,9,1722902399999,1,1,1,1,0\n1722902400000,1,2,0.5,1.5,9,1722988799999,1,1,1,1,0\n"
    )
    for text, options in ((carets, Options(delimiter="^")), (klines, Options()), (carets, Options(delimiter=" "))):
        assert told(text, options) == by_rows(text, options)
    assert told(carets, Options(delimiter="^"))[1] == [["2024-08-05"], ["1.5"], ["2"]]


def test_more_cells_than_fit_are_refused_before_they_are_parted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "CELL_LIMIT", 3)
    assert told("\n".join(["Date,a,b", *WHOLE])) == ("refused", "x.csv holds more than 3 cells (6); cut it first.")
