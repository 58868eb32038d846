"""The drawing helpers draw what they are told, and leave matplotlib's own settings alone."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coupling import drawing
from coupling.drawing.looks import THEME


@pytest.fixture
def ax() -> Iterator[Axes]:
    with drawing.style():
        yield Figure(figsize=(8, 4), layout="constrained").add_subplot()


def a_path(n: int = 50) -> pd.Series:
    return pd.Series(np.sin(np.arange(n) / 9), index=pd.date_range("2024-01-01", periods=n, tz="UTC"))


def test_the_style_holds_inside_its_context_only() -> None:
    names = ("axes.titleweight", "axes.grid", "font.family", "text.color", "path.simplify_threshold")
    before = [mpl.rcParams[name] for name in names]
    with drawing.style():
        assert mpl.rcParams["axes.titleweight"] == "bold"
    assert [mpl.rcParams[name] for name in names] == before


def test_a_path_keeps_its_gaps_and_draws_its_band(ax: Axes) -> None:
    values = a_path()
    values.iloc[10:20] = np.nan
    drawing.path(ax, values, values - 0.2, values + 0.2, look=drawing.look("SPX"), label="SPX")
    (line,) = ax.get_lines()
    assert np.isnan(line.get_ydata()[10:20]).all()
    assert line.get_color() == drawing.look("SPX").colour
    (band,) = ax.collections
    assert len(band.get_paths()) == 2


def test_times_are_drawn_in_utc(ax: Axes) -> None:
    values = pd.Series([1.0, 2.0], index=pd.DatetimeIndex(["2024-08-05 09:00", "2024-08-06 09:00"], tz="Asia/Tokyo"))
    drawing.path(ax, values, look=drawing.look("NKY"))
    assert ax.get_lines()[0].get_xdata()[0] == np.datetime64("2024-08-05T00:00")


def test_intervals_run_from_the_top_with_their_labels(ax: Axes) -> None:
    frame = pd.DataFrame({"estimate": [0.1, 0.4], "lower": [0.0, 0.2], "upper": [0.2, 0.6]}, index=["SPX", "IXIC"])
    drawing.intervals(ax, frame)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["SPX", "IXIC"]
    low, high = ax.get_ylim()
    assert low > high
    (bars,) = ax.collections
    assert [part.tolist() for part in bars.get_segments()] == [[[0.0, 0], [0.2, 0]], [[0.2, 1], [0.6, 1]]]
    assert [point for line in ax.get_lines() for point in line.get_xdata()] == [0.1, 0.4]


def test_a_row_that_is_not_significant_is_hollow(ax: Axes) -> None:
    frame = pd.DataFrame({"estimate": [0.1, 0.4], "lower": [-0.1, 0.2], "upper": [0.3, 0.6]}, index=["SPX", "IXIC"])
    assert drawing.holds_zero(frame) == [True, False]
    drawing.intervals(ax, frame, names=["SPX", "SPX"], hollow=drawing.holds_zero(frame))
    faces = {float(line.get_xdata()[0]): line.get_markerfacecolor() for line in ax.get_lines()}
    assert faces == {0.1: drawing.PAPER, 0.4: drawing.look("SPX").colour}


def test_a_heat_map_writes_its_numbers_and_its_unit(ax: Axes) -> None:
    drawing.heat_map(ax, pd.DataFrame([[1.0, -0.25]], index=["BTC"], columns=["BTC", "SPX"]), unit="%")
    assert [text.get_text() for text in ax.texts] == ["1.00", "−0.25"]
    assert ax.get_xlabel() == "cells in %"


def luminance(colour: np.ndarray) -> float:
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("dark", [False, True])
def test_numbers_in_a_heat_map_are_legible_on_their_cell_in_both_schemes(ax: Axes, dark: bool) -> None:
    """A cell is a tint over the paper: hue, ink and paper change with the scheme, the tint's thickness does not."""
    drawing.heat_map(ax, pd.DataFrame(np.append(np.linspace(-1, 1, 23), np.nan).reshape(4, 6)))
    cells = ax.collections[0].get_facecolor()
    assert len(ax.texts) == 23
    for text, cell in zip(ax.texts, cells, strict=False):
        hue = mpl.colors.to_hex(cell[:3])
        names = [text.get_color(), hue, drawing.PAPER]
        ink, tint, paper = (np.array(mpl.colors.to_rgb(THEME[name][1] if dark else name)) for name in names)
        seen = cell[3] * tint + (1 - cell[3]) * paper
        low, high = sorted((luminance(ink), luminance(seen)))
        assert (high + 0.05) / (low + 0.05) >= 4.5


def test_a_triangle_holds_every_pair_once(ax: Axes) -> None:
    names = ["BTC", "SPX", "IXIC"]
    drawing.heat_map(ax, pd.DataFrame([[1, 0.1, 0.2], [0.1, 1, 0.3], [0.2, 0.3, 1]], names, names), triangle=True)
    assert [text.get_text() for text in ax.texts] == ["0.10", "0.20", "0.30"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["SPX", "IXIC"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["BTC", "SPX"]


@pytest.mark.parametrize("n", [3, 20])
def test_long_names_stand_on_one_side_and_numbers_on_the_other(n: int) -> None:
    names = [f"An index of the sixty letters that somebody chose as title {place}" for place in range(n)]
    with drawing.style():
        ax = Figure().add_subplot()
        drawing.heat_map(ax, pd.DataFrame(np.eye(n), names, names), triangle=True)
    assert [label.get_text() for label in ax.get_xticklabels()] == [
        str(place + 1) for place in range(0, n - 1, 1 if n < 14 else 2)
    ]
    assert [label.get_text() for label in ax.get_yticklabels()] == [f"{p + 1} {names[p]}" for p in range(1, n)]


def test_a_heat_map_of_zeros_is_drawn(ax: Axes) -> None:
    drawing.heat_map(ax, pd.DataFrame([[0.0, 0.0]], columns=["a", "b"]), diverging=False)
    assert [text.get_text() for text in ax.texts] == ["0.00", "0.00"]


def test_end_labels_stay_in_order_and_apart(ax: Axes) -> None:
    for shift, name in ((0.0, "SPX"), (0.001, "IXIC"), (0.002, "NDX"), (1.0, "BTC")):
        drawing.path(ax, a_path() * 0 + shift, look=drawing.look(name), label=name)
    drawing.path(ax, a_path(), look=drawing.look("VIX"))
    drawing.end_labels(ax)
    places = {text.get_text(): text.xy[1] for text in ax.texts}
    assert list(places) == ["SPX", "IXIC", "NDX", "BTC"]
    assert places["SPX"] < places["IXIC"] < places["NDX"] < places["BTC"]
    assert min(np.diff(list(places.values()))) > 0.05


def test_events_are_marked_with_their_labels(ax: Axes) -> None:
    drawing.path(ax, a_path(), look=drawing.look("SPX"))
    drawing.mark_events(ax, [pd.Timestamp("2024-01-15", tz="UTC")], ["hike"])
    assert len(ax.get_lines()) == 2
    assert [text.get_text() for text in ax.texts] == ["hike"]


def test_panels_share_time_and_carry_titles(ax: Axes) -> None:
    first, second = drawing.panels(ax, ["SPX", "IXIC"])
    drawing.path(first, a_path(), look=drawing.look("SPX"))
    assert first.get_xlim() == second.get_xlim()
    assert [panel.get_title(loc="left") for panel in (first, second)] == ["SPX", "IXIC"]
    assert not ax.axison


def test_panels_in_different_units_do_not_share(ax: Axes) -> None:
    first, second = drawing.panels(ax, ["SPX", "JGB10Y"], share=False)
    first.plot([0, 1], [0, 1])
    second.plot([0, 500], [0, 1])
    assert first.get_xlim()[1] < 2


def test_panels_need_a_subplot() -> None:
    with pytest.raises(TypeError, match="must come from a subplot"):
        drawing.panels(Figure().add_axes((0, 0, 1, 1)), ["a"])


def test_axes_given_are_kept_and_new_ones_are_taller_with_more_rows(ax: Axes) -> None:
    import matplotlib.pyplot as plt

    assert drawing.axes(ax) is ax
    small, tall = drawing.axes(), drawing.axes(rows=4)
    assert tall.figure.get_figheight() > small.figure.get_figheight()
    plt.close("all")


@pytest.mark.thorough
@pytest.mark.parametrize("width", [3.7, 7.6])
@pytest.mark.parametrize("hours", [1, 2.9, 10, 47, 71, 216, 1440, 2136, 9600, 26256, 96000, 216000])
def test_every_span_gets_a_few_dates(width: float, hours: float) -> None:
    with drawing.style():
        place = Figure(figsize=(width, 3), layout="constrained").add_subplot()
        place.plot(pd.DatetimeIndex(["2020-01-05", pd.Timestamp("2020-01-05") + pd.Timedelta(hours=hours)]), [0, 1])
        drawing.time_axis(place)
        place.figure.draw_without_rendering()
    low, high = place.get_xlim()
    assert 2 <= sum(low <= tick <= high for tick in place.get_xticks()) <= 10


@pytest.mark.parametrize(
    ("days", "shape"), [(3000, r"^\d{4}$"), (200, r"^\d{4}-\d\d$"), (20, r"^\d\d-\d\d$"), (1, r"^\d\d-\d\d \d\d:\d\d$")]
)
def test_dates_are_unambiguous_and_few(ax: Axes, days: int, shape: str) -> None:
    ax.plot(pd.DatetimeIndex(["2020-01-05", pd.Timestamp("2020-01-05") + pd.Timedelta(days=days)]), [0, 1])
    drawing.time_axis(ax)
    ax.figure.draw_without_rendering()
    labels = pd.Series([label.get_text() for label in ax.get_xticklabels()])
    assert labels.str.match(shape).all()
    assert 2 <= len(labels) <= 10
    assert ax.get_xlabel() == "date (UTC)"


def test_the_watermark_does_not_move_the_figure(ax: Axes) -> None:
    ax.plot([0, 1])
    ax.figure.draw_without_rendering()
    before = ax.get_position().bounds
    drawing.watermark(ax.figure)
    ax.figure.draw_without_rendering()
    assert ax.get_position().bounds == pytest.approx(before, abs=1e-3)
    assert ax.texts[-1].get_text() == "SIMULATED"
