"""Matplotlib's SVG becomes small and safe to stand in a page, and stays the same picture."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupling.drawing.looks import INK
from coupling.report.svg import CLASSES, UNITS, _flattened, _path, _simplified, _themed, inline
from coupling.report.theme import variables

PLAIN = (
    '<?xml version="1.0"?><svg width="9pt" viewBox="0 0 547.2 259.25" xmlns="http://www.w3.org/2000/svg">'
    "<metadata><x/></metadata>"
    '<defs><style type="text/css">*{{stroke-linejoin: round}}</style></defs>'
    '<g id="line2d_1"><path d="M 0 0 \nL 10.04 5.06 \n" clip-path="url(#p1)" style="fill: none; stroke: {ink}"/></g>'
    '<defs><clipPath id="p1"><rect x="1.234" y="2" width="3" height="4.56"/></clipPath></defs>'
    '<text style="font-size: 9px; font-family: \'DejaVu Sans\'; fill: {ink}" x="1" y="2"'
    ' transform="rotate(-0 1 2)">{label}</text></svg>'
)


def made(label: str = "SPX", **more: str) -> str:
    words = {"name": "fig", "title": "A title", "description": "Words.", **more}
    return inline(PLAIN.format(ink=INK, label=label), **words)


def test_ids_that_are_used_stay_and_others_go() -> None:
    text = made()
    assert 'id="p1"' in text
    assert "line2d_1" not in text


def test_colours_become_variables_and_fonts_are_left_to_the_page() -> None:
    text = made(label=f"colour {INK}; font-family: x")
    assert "stroke:var(--ink)" in text
    assert "DejaVu" not in text
    assert f">colour {INK}; font-family: x</text>" in text


def test_groups_that_say_nothing_go_and_the_others_stay_balanced() -> None:
    text = _flattened('<g><g id="a"/><g clip-path="url(#a)"><g><path/></g><text>g &lt;g&gt;</text></g></g>')
    assert text == '<g clip-path="url(#a)"><path/><text>g &lt;g&gt;</text></g>'


def test_styles_that_every_figure_repeats_become_classes() -> None:
    grid = "fill: none; stroke: #d9dde3; stroke-width: 0.6; stroke-linecap: square"
    assert _themed(f'<path d="M0 0l1 1" style="{grid}"/>') == '<path d="M0 0l1 1" class="gl"/>'
    assert set(CLASSES.values()) <= set(re.findall(r"\.(\w+)\{", variables()))


def test_tick_marks_go_and_grid_lines_need_no_clipping() -> None:
    tick = "fill: #57606b; stroke: #57606b; stroke-width: 0.6"
    grid = "fill: none; stroke: #d9dde3; stroke-width: 0.6; stroke-linecap: square"
    text = _themed(
        f'<use href="#m" x="1" y="2" style="{tick}"/><path d="M0 0l1 1" clip-path="url(#p)" style="{grid}"/>'
    )
    assert text == '<path d="M0 0l1 1" class="gl"/>'


def test_no_style_reaches_beyond_the_figure() -> None:
    assert "<style" not in made()


def test_title_and_description_are_escaped_and_referred_to() -> None:
    root = ET.fromstring(made(title='<script>"', description="a & b"))
    assert root.attrib["role"] == "img"
    named = {element.attrib.get("id"): element.text for element in root.iter()}
    assert named[root.attrib["aria-labelledby"]] == '<script>"'
    assert named[root.attrib["aria-describedby"]] == "a & b"


def test_what_is_no_figure_is_refused() -> None:
    with pytest.raises(ValueError, match="no viewBox"):
        inline("<svg></svg>", name="a", title="", description="")


CELLS = (
    '<svg viewBox="0 0 100 80"><g id="figure_1"><g id="cell-0"><g id="x"><text x="1" y="2">one</text></g></g>'
    '<g id="cell-1"><text x="1" y="42">two</text></g><text x="5" y="5">over all</text></g></svg>'
)


def test_every_cell_is_drawn_once_and_moves_to_its_place_among_two_and_three_columns() -> None:
    root = ET.fromstring(inline(CELLS, name="fig", title="", description="", cells=2, attributes=' data-x="1"'))
    assert (root.attrib["viewBox"], root.attrib["data-x"]) == ("0 0 500 400", "1")
    assert root.attrib["style"] == "--p:1.2500;--q:5.0000;--r:7.5000"
    drawn = [child for child in root if child.attrib.get("class") == "cell"]
    places = ["--a:0px,0px;--b:0px,0px", "--a:500px,-200px;--b:500px,-200px"]
    assert [child.attrib["style"] for child in drawn] == places
    assert ["".join(child.itertext()) for child in drawn] == ["one", "two"]
    assert "".join(root.itertext()) == "over allonetwo"


def points_of(data: str) -> np.ndarray:
    numbers = [int(number) / UNITS for number in re.findall(r"-?\d+", data)]
    return np.cumsum(np.array(numbers).reshape(-1, 2), axis=0)


def distance_to_line(point: np.ndarray, line: np.ndarray) -> float:
    start, step = line[:-1], np.diff(line, axis=0)
    share = ((point - start) * step).sum(axis=1) / np.maximum((step**2).sum(axis=1), 1e-12)
    return float(np.hypot(*(start + np.clip(share, 0, 1)[:, None] * step - point).T).min())


def data_of(line: np.ndarray) -> str:
    return " \n".join(f"{'L' if i else 'M'} {x:.6f} {y:.6f}" for i, (x, y) in enumerate(line))


@given(st.integers(2, 200), st.integers(0, 2**16))
def test_a_shorter_path_stays_within_half_a_point(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    line = np.column_stack([np.linspace(30, 520, n), 120 + rng.normal(0, 4, n).cumsum()])
    short = points_of(_path(data_of(line)))
    assert len(short) <= n
    assert np.abs(short[[0, -1]] - line[[0, -1]]).max() <= 0.101
    assert max(distance_to_line(point, short) for point in line) < 0.5


@pytest.mark.parametrize("seed", range(5))
def test_a_long_line_keeps_its_extremes_in_every_column(seed: int) -> None:
    rng = np.random.default_rng(seed)
    line = np.column_stack([np.linspace(30, 520, 4000), 120 + rng.normal(0, 4, 4000).cumsum()])
    short = points_of(_path(data_of(line)))
    assert len(short) < 1300
    assert short[:, 1].min() == pytest.approx(line[:, 1].min(), abs=0.3)
    assert short[:, 1].max() == pytest.approx(line[:, 1].max(), abs=0.3)
    assert max(distance_to_line(point, short) for point in line) < 1.5


@pytest.mark.parametrize("upside_down", [False, True])
def test_a_long_band_is_never_drawn_narrower(upside_down: bool) -> None:
    x = np.linspace(30, 520, 3000)
    middle, half = 120 + 30 * np.sin(x / 40), 5 + np.abs(np.random.default_rng(1).normal(0, 3, 3000))
    edges = [np.column_stack([x, middle - half]), np.column_stack([x, middle + half])]
    first, second = edges[::-1] if upside_down else edges
    short = points_of(_path(data_of(np.vstack([first, second[::-1], first[:1]])) + " \nz"))
    assert len(short) < 800
    area = 0.5 * abs(np.sum(short[:, 0] * np.roll(short[:, 1], 1) - short[:, 1] * np.roll(short[:, 0], 1)))
    true = float((2 * half).mean() * (x[-1] - x[0]))
    assert true < area < 2.2 * true


def test_a_straight_line_needs_few_points() -> None:
    line = np.column_stack([np.arange(1000.0), np.arange(1000.0)])
    assert len(_simplified(line)) < 60


def test_several_pieces_and_closed_paths_are_kept() -> None:
    assert _path("M 0 0 \nL 1 1 \nM 5 5 \nL 6 6.5 \nz\n") == "M0 0l5 5M25 25l5 7z"


def test_curves_are_only_rounded() -> None:
    assert _path("M 0 -1.5 \nC 0.397805 -1.5 0.77937 -1.341951 1.06066 -1.06066 \nz") == "M 0 -8 C 2 -8 4 -7 5 -5 z"


def test_every_length_is_in_the_same_units() -> None:
    """A picture that is five times as large in a box that is five times as large is the same picture."""
    text = inline(
        '<svg viewBox="0 0 100 50.4"><g transform="translate(3 4.5)"><text x="1" y="2" '
        'transform="rotate(-90 9.8 69.9)" style="font: 8px sans-serif">y</text></g>'
        '<path d="M 0 0 L 1 1" style="stroke-dasharray: 2.4,1.8; '
        'stroke-dashoffset: 0; stroke-width: 0.653; opacity: 0.45"/></svg>',
        name="fig",
        title="",
        description="",
    )
    assert 'viewBox="0 0 500 252"' in text
    assert 'translate(15 22)"><text x="5" y="10" transform="rotate(-90 49 350)" style="font-size:40px"' in text
    assert 'd="M0 0l5 5" style="stroke-dasharray:12,9;stroke-dashoffset:0;stroke-width:3.27;opacity:0.45"' in text
    assert f"svg{{stroke-width:{UNITS}}}" in variables()
