"""The attributes of a figure point at the rows of its frame, however the frame is laid out."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coupling import drawing
from coupling.drawing.sketch import SketchFigure
from coupling.report.reading import figure_attributes, svg_attribute

TIMES = pd.date_range("2024-01-01", periods=40, freq="D", name="end")


def told(frame: pd.DataFrame, draw: Callable[[Any], None]) -> dict[str, Any]:
    figure = SketchFigure((4, 3))
    draw(figure.add_subplot())
    said = re.search(r'data-lines="([^"]*)"', figure_attributes(figure, frame, whole=False))
    assert said is not None
    read: dict[str, Any] = json.loads(html.unescape(said[1]))
    return read


def long_frame(interleaved: bool) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    parts = []
    for name in ("SPX", "GOLD"):
        estimate = rng.uniform(-1, 1, 40)
        columns = {"with": name, "estimate": estimate, "lower": estimate - 0.2, "upper": estimate + 0.2, "n": 60}
        parts.append(pd.DataFrame(columns, index=TIMES))
    frame = pd.concat(parts)
    return frame.sort_index(kind="stable") if interleaved else frame


@pytest.mark.parametrize(("interleaved", "rows"), [(False, [40, 1]), (True, [1, 2])])
def test_a_line_is_found_in_blocks_and_in_turns(interleaved: bool, rows: list[int]) -> None:
    frame = long_frame(interleaved)

    def draw(ax: Any) -> None:
        part = frame[frame["with"] == "GOLD"]
        drawing.path(ax, part["estimate"], part["lower"], part["upper"], look=drawing.look("GOLD"))
        ax.set_ylabel("correlation")

    read = told(frame, draw)
    assert read["lines"] == [[0, "", *rows, 40, 0, 2, 3, 4, 2]]
    assert [column[0] for column in read["columns"]] == ["end", "with", "estimate", "lower", "upper", "n"]
    assert read["of"] == 6


def test_a_line_with_missing_values_is_found() -> None:
    frame = long_frame(False)
    frame.iloc[[40, 45], 1:4] = np.nan
    part = frame[frame["with"] == "GOLD"]
    read = told(frame, lambda ax: drawing.path(ax, part["estimate"], look=drawing.look("GOLD")))
    assert read["lines"][0][2:7] == [40, 1, 40, 0, 2]


def test_a_line_that_the_frame_does_not_hold_comes_with_columns_of_its_own() -> None:
    frame = long_frame(False)
    read = told(frame, lambda ax: drawing.path(ax, frame["estimate"].iloc[:40] * 100, look=drawing.look("GOLD")))
    assert read["lines"][0][2:] == [0, 1, 40, 6, 7, -1, -1, read["lines"][0][-1]]
    assert (read["of"], len(read["columns"])) == (6, 8)


def test_the_columns_of_a_wide_frame_are_lines() -> None:
    frame = pd.DataFrame({"BTC": np.arange(40.0), "SPX": np.arange(40.0) ** 2}, index=TIMES)

    def draw(ax: Any) -> None:
        for name in frame:
            drawing.path(ax, frame[name], look=drawing.look(str(name)), label=str(name), decimals=3)

    assert told(frame, draw)["lines"] == [[0, "BTC", 0, 1, 40, 0, 1, -1, -1, 3], [0, "SPX", 0, 1, 40, 0, 2, -1, -1, 3]]


@pytest.mark.parametrize(
    ("label", "decimals"), [("correlation", 2), ("cumulative change (bp)", 1), ("change (%)", 2), ("no unit", 4)]
)
def test_decimals_follow_the_unit_of_the_axis(label: str, decimals: int) -> None:
    frame = pd.DataFrame({"estimate": np.linspace(0.0, 0.02, 40)}, index=TIMES)

    def draw(ax: Any) -> None:
        drawing.path(ax, frame["estimate"], look=drawing.look("SPX"))
        ax.set_ylabel(label)

    assert told(frame, draw)["lines"][0][-1] == decimals


def test_rows_are_read_by_their_names() -> None:
    frame = pd.DataFrame({"estimate": [0.114, 0.4, -0.2], "lower": [0.0, 0.2, -0.4], "upper": [0.2, 0.6, 0.0]})
    frame.index = pd.Index(["SPX", "IXIC", "NDX"], name="with")

    def draw(ax: Any) -> None:
        drawing.intervals(ax, frame.iloc[1:], names=["SPX", "SPX"])
        ax.set_xlabel("correlation with BTC, 95 % interval")

    read = told(frame, draw)
    assert [column[0] for column in read["columns"]] == ["with", "estimate", "lower", "upper", ""]
    assert read["columns"][4][2] == ["IXIC", "NDX"]
    assert read["lines"] == [[0, "", 1, 1, 2, 4, 1, 2, 3, 2, 0.0]]


def test_rows_of_several_marks_share_their_names() -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})

    def draw(ax: Any) -> None:
        for name in frame:
            drawing.readable_rows(ax, frame[[name]].set_axis(["estimate"], axis=1), ["x", "y"], label=name, height=0.3)

    lines = told(frame, draw)["lines"]
    assert [line[5] for line in lines] == [2, 2]
    assert [line[6] for line in lines] == [0, 1]
    assert {line[10] for line in lines} == {0.3}


def test_panels_say_where_they_stand_and_what_they_span() -> None:
    figure = SketchFigure((4, 3))
    ax: Any = figure.add_subplot()
    frame = pd.DataFrame({"estimate": np.linspace(1, 2, 40)}, index=TIMES)
    drawing.path(ax, frame["estimate"], look=drawing.look("SPX"))
    ax.set_position((0.1, 0.2, 0.5, 0.6))
    ax.set_xlim(pd.Timestamp("1970-01-02"), pd.Timestamp("2024-01-01"))
    ax.set_ylim(1, 3)
    panels = json.loads(svg_attribute(figure).split('"')[1])
    assert panels == [[0.1, 0.2, 0.6, 0.8, 1, 19_723, 1, 3, 0]]


def test_a_small_figure_without_lines_needs_nothing() -> None:
    figure = SketchFigure((4, 3))
    figure.add_subplot().plot([1, 2], [3, 4], color=drawing.INK)
    assert svg_attribute(figure) == ""
    assert figure_attributes(figure, pd.DataFrame({"a": [1]}), whole=True) == ""


def test_hostile_words_stay_words() -> None:
    bad = '"><script>alert(1)</script>'
    frame = pd.DataFrame({bad: [1.0, 2.0], "with": [bad, "=cmd()"]}, index=TIMES[:2])
    figure = SketchFigure((4, 3))
    ax: Any = figure.add_subplot()
    drawing.path(ax, frame[bad], look=drawing.look("SPX"), label=bad)
    ax.set_title(bad, loc="left")
    text = figure_attributes(figure, frame, whole=False)
    assert "<" not in text
    assert text.count('"') == 4
    read = json.loads(html.unescape(text.split('"')[1]))
    assert read["titles"] == [bad]
    assert read["columns"][2][2] == [bad, "'=cmd()"]
