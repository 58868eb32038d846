"""A sketch takes the calls that axes of matplotlib take and stands for the same drawing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from coupling import drawing
from coupling.drawing.layout import settle
from coupling.drawing.primitives import Area, Dots, Stroke
from coupling.drawing.sketch import Sketch, SketchFigure

DAYS = pd.date_range("2020-01-01", periods=90, tz="Asia/Tokyo")
PATH = pd.Series(np.sin(np.arange(90) / 9), index=DAYS)
ROWS = pd.DataFrame({"estimate": [0.1, 0.4], "lower": [-0.1, 0.2], "upper": [0.3, 0.6]}, index=["SPX", "my own"])
LOOK = drawing.look("BTC")

Draw = Callable[[Any], object]


def timed(ax: Any) -> None:
    drawing.path(ax, PATH, PATH - 0.2, PATH + 0.2, look=LOOK, label="BTC")
    drawing.mark_events(ax, [DAYS[3]], ["hike"])
    drawing.zero_line(ax)
    drawing.end_labels(ax)
    drawing.time_axis(ax)


DRAWN: dict[str, Draw] = {
    "path": timed,
    "gap": lambda ax: drawing.path(ax, PATH.mask(PATH > 0.9), look=LOOK),
    "empty": lambda ax: ax.set_title(""),
    "constant": lambda ax: ax.plot([1.0, 2.0, 3.0], [5.0, 5.0, 5.0], color=LOOK.colour),
    "one point": lambda ax: ax.plot([1.0], [5.0], "o", color=LOOK.colour),
    "intervals": lambda ax: drawing.intervals(ax, ROWS, hollow=[True, False]),
    "margins": lambda ax: (drawing.intervals(ax, ROWS), ax.margins(x=0.05)),
    "heat map": lambda ax: drawing.heat_map(ax, pd.DataFrame(np.eye(4)), triangle=True, unit="%"),
    "limits": lambda ax: (ax.plot([1, 2], [3, 4], color="red"), ax.set_xlim((0, 9)), ax.set_ylim(9, 0)),
    "cut": lambda ax: drawing.clip_to(ax, PATH, PATH * 9, PATH - 7),
    "shaded": lambda ax: ax.fill_between([1, 2, 3], 0, [1, 2, 1], step="post", color="red", alpha=0.4, linewidth=0),
    "span": lambda ax: (ax.plot([1, 2], [1, 2], color="b"), ax.axvspan(1.2, 2, color="b", alpha=0.1, linewidth=0)),
    "upright": lambda ax: ax.vlines([1, 2], [0, 1], [2, 3], color="red", linewidth=1, alpha=0.5),
    "scatter": lambda ax: ax.scatter([1, 2], [3, 5], s=16, marker="s", facecolors="none", edgecolors="red"),
    "far out": lambda ax: (ax.plot([1, 2], [1, 2], color="red"), drawing.zero_line(ax, -4.0)),
}


def both(draw: Draw) -> tuple[Any, Any]:
    with drawing.style():
        theirs, ours = Figure(figsize=(3.8, 1.9)), SketchFigure((3.8, 1.9))
        pair = theirs.add_subplot(), ours.add_subplot()
        for ax in pair:
            draw(ax)
        for figure in (theirs, ours):
            settle(cast("Any", figure), height=1.9)
    return pair


@pytest.mark.parametrize("name", DRAWN)
def test_the_ends_of_the_axes_are_those_of_matplotlib(name: str) -> None:
    theirs, ours = both(DRAWN[name])
    loose = 0.06 if name in ("scatter", "shaded", "one point", "upright") else 1e-9  # sticky ends, margins of dots
    for read in ("get_xlim", "get_ylim"):
        expected, found = getattr(theirs, read)(), getattr(ours, read)()
        assert found == pytest.approx(expected, abs=loose * max(1.0, abs(np.diff(expected)[0])) + 1e-9)


@pytest.mark.parametrize("name", DRAWN)
def test_words_and_lines_are_those_of_matplotlib(name: str) -> None:
    theirs, ours = both(DRAWN[name])
    assert [text.get_text() for text in ours.texts] == [text.get_text() for text in theirs.texts]
    assert (ours.get_xlabel(), ours.get_ylabel()) == (theirs.get_xlabel(), theirs.get_ylabel())
    if ours.yaxis.names:
        assert [each.get_text() for each in ours.get_yticklabels()] == [
            each.get_text() for each in theirs.get_yticklabels()
        ]


def test_times_are_days_since_1970_in_utc() -> None:
    theirs, ours = both(lambda ax: drawing.path(ax, PATH, look=LOOK))
    (line,) = ours.get_lines()
    assert line.points[:, 0].tolist() == date2num(theirs.get_lines()[0].get_xdata()).tolist()  # type: ignore[no-untyped-call]
    assert ours.xaxis.is_timed


def test_panels_stand_where_those_of_matplotlib_stand() -> None:
    def draw(ax: Any) -> None:
        for place, panel in enumerate(drawing.panels(ax, ["one", "two", "three"])):
            drawing.path(panel, PATH * 10**place, look=LOOK)
            panel.set_ylabel("correlation")
        panel.set_xlabel("session")

    with drawing.style():
        figures = Figure(figsize=(3.8, 5.7)), SketchFigure((3.8, 5.7))
        for figure in figures:
            draw(figure.add_subplot())
            settle(cast("Any", figure), height=1.9)
    theirs, ours = (drawing.cells_of(cast("Any", figure)) for figure in figures)
    assert len(theirs) == len(ours) == 3
    for their, our in zip(theirs, ours, strict=True):
        for side in ("x0", "x1", "y0", "y1"):
            assert getattr(our.get_position(), side) == pytest.approx(getattr(their.get_position(), side), abs=0.04)
    assert ours[0].xaxis is ours[2].xaxis


def test_axes_stacked_in_one_cell_share_its_height() -> None:
    figure = SketchFigure((3.8, 3.8))
    upper, lower = drawing.stack(cast("Any", figure.add_subplot()), [2, 1])
    for each in (upper, lower):
        each.plot([1, 2], [1, 2], color="red")
    settle(cast("Any", figure), height=3.0)
    heights = [each.get_position().height for each in (upper, lower)]
    assert heights[0] == pytest.approx(2 * heights[1])
    assert lower.get_position().y1 == pytest.approx(upper.get_position().y0)
    assert drawing.cells_of(cast("Any", figure)) == [upper]


def test_marks_keep_their_form() -> None:
    _, ours = both(lambda ax: drawing.path(ax, PATH, PATH - 0.2, PATH + 0.2, look=LOOK, label="BTC"))
    kinds = [type(mark) for mark in ours.marks]
    assert kinds == [Stroke, Dots, Area]
    line, dots, band = ours.marks
    assert (line.colour, line.label, dots.label) == (LOOK.colour, "BTC", "")
    assert len(dots.points) == 9
    assert (band.edge, round(band.alpha, 2)) == (LOOK.colour, 0.16)


def test_the_style_of_a_line_can_be_changed() -> None:
    _, ours = both(lambda ax: drawing.path(ax, PATH, look=LOOK))
    ours.get_lines()[-1].set_linestyle(":")
    assert ours.get_lines()[-1].dash
    ours.get_lines()[-1].set_linestyle("-")
    assert ours.get_lines()[-1].dash == ()


def test_names_keep_their_colour_when_they_are_broken() -> None:
    ax = SketchFigure((3.8, 1.9)).add_subplot()
    ax.set_yticks([0, 1], ["a", "b"])
    ax.get_yticklabels()[1].set_color(drawing.MUTED)
    ax.set_yticks([0, 1], ["a", "b\nb"])
    assert [each.colour for each in ax.get_yticklabels()] == [drawing.INK, drawing.MUTED]


def test_a_call_that_it_does_not_know_is_no_silent_loss() -> None:
    ax = Sketch(SketchFigure((3.8, 1.9)), cast("Any", None))
    with pytest.raises(AttributeError):
        ax.pie([1, 2])  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        ax.vlines([1], [0], [1], color="red", linestyles="dashed")  # type: ignore[call-arg]


def test_it_knows_every_call_that_the_package_makes_on_axes() -> None:
    """No figure fails on a page for want of a method, wherever it is drawn."""
    package = Path(drawing.__file__).parents[1]
    ours = [path for path in package.rglob("*.py") if path.parent.name != "drawing" and "def plot(" in path.read_text()]
    ours.append(package / "events/studies/figures.py")
    call = re.compile(r"\b(?:ax|panel|place|upper|lower|drawn|panels\[-1\]|places\[-1\])\.(\w+)\(")
    made = {name for path in ours for name in call.findall(path.read_text())}
    known = {name for name in made if hasattr(Axes, name)}
    assert len(known) > 15
    assert {name for name in known if not hasattr(Sketch, name)} == set()


def test_it_needs_no_matplotlib() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from coupling import drawing; from coupling.drawing.sketch import SketchFigure;"
        "import pandas as pd; ax = SketchFigure((3.8, 1.9)).add_subplot();"
        "drawing.path(ax, pd.Series([1.0, 2.0]), look=drawing.look('BTC')); drawing.time_axis(ax);"
        "drawing.heat_map(ax, pd.DataFrame([[1.0]]));"
        "assert not {'matplotlib', 'seaborn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
