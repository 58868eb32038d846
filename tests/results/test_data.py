"""The levels are drawn one panel per instrument, each in its own unit."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from coupling.results import drawing
from coupling.results.data import LevelsResult


def test_levels_stand_in_panels_of_their_own_and_a_steep_one_on_a_logarithmic_axis() -> None:
    ticks = pd.date_range("2024-08-01", periods=3, tz="UTC", name="tick")
    frame = pd.DataFrame({"BTC": [300.0, 9000.0, 60000.0], "JGB10Y": [-0.1, 0.974, 0.781]}, index=ticks)
    levels = LevelsResult(
        name="data-levels",
        title="Levels",
        method="As they come.",
        frame=frame,
        kinds={"BTC": "price", "JGB10Y": "yield"},
        units={"BTC": "USD", "JGB10Y": "%"},
    )
    with drawing.style():
        figure = Figure(figsize=(7, 4), layout="constrained")
        levels.plot(figure.add_subplot())
        figure.draw_without_rendering()
    _, bitcoin, bond = figure.axes
    assert (bitcoin.get_yscale(), bond.get_yscale()) == ("log", "linear")
    assert (bitcoin.get_ylabel(), bond.get_ylabel()) == ("USD, log scale", "%")
    assert "10,000" in [label.get_text() for label in bitcoin.get_yticklabels()]
    assert levels.summary().loc["JGB10Y", "last"] == 0.781
