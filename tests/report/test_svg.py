"""A sketch becomes an SVG element that is small, safe to stand in a page, and shows what was drawn."""

from __future__ import annotations

import re
from typing import Any, cast
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from coupling import drawing
from coupling.drawing.layout import settle
from coupling.drawing.looks import AMBER
from coupling.drawing.sketch import SketchFigure
from coupling.report.polyline import UNITS
from coupling.report.svg import inline
from coupling.report.theme import variables

DAYS = pd.date_range("2024-01-01", periods=50, tz="UTC")
PATH = pd.Series(np.sin(np.arange(50) / 9), index=DAYS)


def figure_of_panels(n: int = 1, draw: Any = None) -> SketchFigure:
    figure = SketchFigure((3.8, 1.9))
    ax: Any = figure.add_subplot()
    for place, panel in enumerate(drawing.panels(ax, [f"panel {place}" for place in range(n)])):
        (draw or (lambda each: drawing.path(each, PATH, PATH - 0.2, PATH + 0.2, look=drawing.look("BTC"))))(panel)
        panel.set_ylabel(f"value {place}")
    settle(cast("Any", figure), height=1.9)
    return figure


def made(n: int = 1, draw: Any = None, **more: str) -> ET.Element:
    words = {"name": "fig", "title": "A title", "description": "Words.", **more}
    return ET.fromstring(inline(figure_of_panels(n, draw), **words))


def styles(root: ET.Element) -> list[str]:
    return [element.attrib.get("style", "") for element in root.iter() if element.tag in ("path", "rect")]


def test_title_and_description_are_escaped_and_referred_to() -> None:
    root = made(title='<script>"', description="a & b")
    assert root.attrib["role"] == "img"
    named = {element.attrib.get("id"): element.text for element in root.iter()}
    assert named[root.attrib["aria-labelledby"]] == '<script>"'
    assert named[root.attrib["aria-describedby"]] == "a & b"


def test_hostile_words_stay_words() -> None:
    bad = '</text><script>alert("1")</script>&amp;'
    root = made(draw=lambda ax: (ax.plot([0, 1], [0, 1], color="red"), ax.text(0.5, 0.5, bad), ax.set_xlabel(bad)))
    assert {element.tag for element in root.iter()} <= {"svg", "title", "desc", "path", "text", "clipPath", "rect"}
    assert "".join(root.itertext()).count('alert("1")') == 2


def test_colours_become_variables_and_fonts_are_left_to_the_page() -> None:
    text = inline(figure_of_panels(), name="fig", title="", description="")
    assert "stroke:var(--amber)" in text
    assert AMBER not in text
    assert "font-family" not in text
    assert f"svg{{stroke-width:{UNITS}}}" in variables()


def test_every_cell_is_drawn_once_and_moves_to_its_place_among_two_and_three_columns() -> None:
    root = made(2, attributes=' data-x="1"')
    _, _, wide, tall = (float(side) for side in root.attrib["viewBox"].split())
    assert root.attrib["data-x"] == "1"
    assert wide == pytest.approx(72 * 3.8 * UNITS)
    shape = dict(pair.split(":") for pair in root.attrib["style"].split(";"))
    assert float(shape["--p"]) == pytest.approx(wide / tall, abs=1e-3)
    assert float(shape["--q"]) == pytest.approx(4 * wide / tall, abs=1e-3)
    assert float(shape["--r"]) == pytest.approx(6 * wide / tall, abs=1e-3)
    cells = [child for child in root if child.attrib.get("class") == "cell"]
    assert [cell.attrib["style"] for cell in cells] == [
        "--a:0px,0px;--b:0px,0px",
        f"--a:{wide:g}px,{-tall / 2:g}px;--b:{wide:g}px,{-tall / 2:g}px",
    ]
    for place, cell in enumerate(cells):
        words = [element.text for element in cell.iter("text")]
        assert f"panel {place}" in words
        assert f"panel {1 - place}" not in words
        heights = [float(element.attrib["y"]) for element in cell.iter("text")]
        assert tall * place / 2 <= min(heights) <= max(heights) <= tall * (place + 1) / 2


def test_a_line_runs_from_its_first_to_its_last_value() -> None:
    root = made(draw=lambda ax: (ax.plot([0, 10], [0, 10], color=AMBER), ax.set_xlim(0, 10), ax.set_ylim(0, 10)))
    grid, frame, line = (element.attrib["d"] for element in root.iter("path"))
    left, top, down, across = (
        int(number) for number in re.findall(r"-?\d+", frame)[:2] + re.findall(r"-?\d+", frame)[3:5]
    )
    assert line == f"M{left} {top + down}l{across}-{down}".replace("--", "-")
    assert len(re.findall("M", grid)) >= 8


def test_what_stands_outside_the_limits_is_clipped_and_dots_there_are_left_out() -> None:
    root = made(
        draw=lambda ax: (
            ax.plot([0, 1, 2], [0, 99, 0], color=AMBER),
            ax.plot([0, 1], [0.5, 99], "o", color=AMBER),
            ax.set_ylim(0, 1),
        )
    )
    (clip,) = root.iter("clipPath")
    (line,) = (element for element in root.iter("path") if element.attrib.get("clip-path"))
    assert line.attrib["clip-path"] == f"url(#{clip.attrib['id']})"
    (dots,) = (element.attrib["d"] for element in root.iter("path") if "a" in element.attrib["d"])
    assert dots.count("M") == 1
    assert not list(made().iter("clipPath"))


def test_two_figures_of_one_page_share_no_id() -> None:
    def outside(ax: Any) -> None:
        ax.plot([0, 1], [0, 9], color=AMBER)
        ax.set_ylim(0, 1)

    ids = [
        element.attrib["id"]
        for name in ("a", "b")
        for element in made(3, outside, name=name).iter()
        if "id" in element.attrib
    ]
    assert len(set(ids)) == len(ids) == 10


def test_a_missing_value_is_a_gap_in_line_and_band() -> None:
    gap = PATH.mask(np.arange(50) == 20)
    root = made(draw=lambda ax: drawing.path(ax, gap, gap - 0.1, gap + 0.1, look=drawing.look("SPX")))
    band, line = (e.attrib["d"] for e in root.iter("path") if "var(--blue)" in e.attrib["style"])
    assert (band.count("M"), line.count("M")) == (2, 2)


def test_hollow_marks_are_paper_and_full_ones_are_not() -> None:
    frame = pd.DataFrame({"estimate": [0.1, 0.4], "lower": [-0.1, 0.2], "upper": [0.3, 0.6]}, index=["SPX", "BTC"])
    root = made(draw=lambda ax: drawing.intervals(ax, frame, hollow=[True, False]))
    faces = re.findall(r"fill:var\(--(\w+)\);stroke:var\(--(\w+)\)", " ".join(styles(root)))
    assert sorted(faces) == [("amber", "amber"), ("paper", "blue")]


def test_a_heat_map_tints_each_cell_by_its_value() -> None:
    frame = pd.DataFrame([[1.0, -0.5], [np.nan, 0.0]], index=["a", "b"], columns=["a", "b"])
    root = made(draw=lambda ax: drawing.heat_map(ax, frame, limit=1.0))
    tints = re.findall(r"fill:var\(--(\w+)\);fill-opacity:([\d.]+)", " ".join(styles(root)))
    assert [colour for colour, _ in tints] == ["amber", "blue", "blue"]
    assert [float(alpha) for _, alpha in tints] == pytest.approx([0.25, 0.0, 0.5], abs=0.01)
    words = [element.text for element in root.iter("text")]
    assert words[-3:] == ["1.00", "−0.50", "0.00"]


def test_an_arrow_points_from_the_sender_to_the_receiver() -> None:
    style = {"color": AMBER, "linewidth": 2.0, "shrinkA": 20, "connectionstyle": "arc3,rad=0.12"}
    root = made(
        draw=lambda ax: (ax.annotate("", (1, 0), (-1, 0), arrowprops=style), ax.set_xlim(-2, 2), ax.set_ylim(-1, 1))
    )
    line, head = [e.attrib["d"] for e in root.iter("path") if "amber" in e.attrib["style"]]
    start, tip = (int(re.findall(r"-?\d+", each)[0]) for each in (line, head))
    assert start < 684 < tip  # the middle of the cell


def test_a_legend_says_what_the_marks_are() -> None:
    root = made(
        draw=lambda ax: (
            ax.plot([0, 1], [0, 1], "x", color=AMBER, label="Student-t copula"),
            ax.plot([0, 1], [1, 0], color=AMBER, label="_hidden"),
            ax.legend(loc="lower right", ncols=2, frameon=False),
        )
    )
    words = [element.text for element in root.iter("text")]
    assert "Student-t copula" in words
    assert "_hidden" not in words
