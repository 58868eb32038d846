"""The levels are drawn one panel per instrument, each in its own unit; non-synchronous closes are named or counted."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.figure import Figure

import coupling as cp
from coupling import drawing
from coupling.data.page.alignment import AlignmentResult
from coupling.data.page.levels import PanelLevelsResult, make
from coupling.data.page.overlap import OverlapResult


def test_levels_stand_in_panels_of_their_own_and_a_steep_one_on_a_logarithmic_axis() -> None:
    ticks = pd.date_range("2024-08-01", periods=3, tz="UTC", name="tick")
    frame = pd.DataFrame(
        {"BTC": [300.0, 9000.0, 60000.0], "JGB10Y": [0.1, 0.974, 0.781], "SPX": [9000.0, 16000.0, 20000.0]}, index=ticks
    )
    levels = PanelLevelsResult(
        name="data-levels",
        title="Levels",
        method="As they come.",
        frame=frame,
        kinds={"BTC": "price", "JGB10Y": "yield", "SPX": "index"},
        units={"BTC": "USD", "JGB10Y": "%", "SPX": "points"},
    )
    with drawing.style():
        figure = Figure(figsize=(7, 4), layout="constrained")
        levels.plot(figure.add_subplot())
        figure.draw_without_rendering()
    _, bitcoin, bond, shares = figure.axes
    assert [panel.get_yscale() for panel in (bitcoin, bond, shares)] == ["log", "linear", "linear"]
    assert (bitcoin.get_ylabel(), bond.get_ylabel()) == ("USD, log scale", "%")
    assert "10,000" in [label.get_text() for label in bitcoin.get_yticklabels()]
    assert "10,000" in [label.get_text() for label in shares.get_yticklabels()]
    assert levels.summary().loc["JGB10Y", "last"] == 0.781


def test_moves_stand_beside_the_levels() -> None:
    """Closed form: 10 to 12 is 20 %, 1.00 to 0.75 is 25 bp; a flow has no percentage, nor has what begins too late."""
    days = pd.to_datetime(["2023-12-29", "2024-11-28", "2024-12-30"])
    frame = pd.DataFrame({"A": [10.0, 15.0, 12.0], "Y": [1.0, 0.5, 0.75], "F": [1.0, 2.0, 3.0]}, index=days)
    kinds = {"A": "price", "Y": "yield", "F": "flow"}
    levels = PanelLevelsResult(
        name="l", title="L", method="M", frame=frame, kinds=kinds, units=dict.fromkeys("AYF", "")
    )
    moves = levels.summary()[["1 month", "year to date", "1 year"]]
    assert moves.loc["A"].tolist() == ["-20.00 %", "+20.00 %", "+20.00 %"]
    assert moves.loc["Y"].tolist() == ["+25.0 bp", "-25.0 bp", "-25.0 bp"]
    assert moves.loc["F"].isna().all()
    late = PanelLevelsResult(name="l", title="L", method="M", frame=frame.iloc[2:], kinds=kinds, units=levels.units)
    assert late.summary()[list(moves)].isna().all(axis=None)


def test_moves_and_ranges_count_the_closes_of_days_that_the_alignment_drops() -> None:
    """The year to date starts at the last close of the old year, though another market was closed that day."""
    days = pd.bdate_range("2025-12-22", "2026-01-30")
    shares = pd.Series(100.0, index=days)
    shares["2025-12-31"], shares["2026-01-29":] = 80.0, 120.0
    bonds = pd.Series(1.0, index=days).drop(pd.to_datetime(["2025-12-31", "2026-01-01", "2026-01-02"]))
    bonds["2026-01-29":] = 1.5
    panel = cp.align({"SPX": shares, "JGB10Y": bonds}, clocks={"SPX": "XNYS", "JGB10Y": "MOF"})
    levels = make(panel, None)
    assert pd.Timestamp("2025-12-31") not in levels.frame.index
    told = levels.summary()
    assert told.loc["SPX", ["lowest", "highest", "year to date"]].tolist() == [80.0, 120.0, "+50.00 %"]
    assert told.loc["JGB10Y", "year to date"] == "+50.0 bp"
    assert told["last"].tolist() == [120.0, 1.5]
    assert told.loc["SPX", "n"] > len(levels.frame)


def test_many_pairs_with_unequal_closes_are_counted_and_the_least_named() -> None:
    pairs = [("BTC", name) for name in "ABCDEFG"]
    shares = [0.25, 0.5, 0.4, 0.3, 0.55, 0.58, 0.9]
    frame = pd.DataFrame(pairs, columns=["left", "right"]).assign(share=shares)
    overlap = OverlapResult(name="o", title="O", method="M", frame=frame.assign(unequal_closes=frame["share"] < 0.6))
    assert overlap.sentence.startswith("Non-synchronous closes: BTC–A (0.25), BTC–B (0.50), BTC–C (0.40), BTC–D (0.30)")
    longer = pd.concat([frame, frame.assign(right="Z")]).assign(unequal_closes=True)
    overlap = OverlapResult(name="o", title="O", method="M", frame=longer)
    assert overlap.sentence.startswith(
        "Non-synchronous closes: 14 of 14 pairs, BTC–A (0.25), BTC–Z (0.25), BTC–D (0.30) the least of them, "
        "share less than"
    )


@pytest.mark.parametrize("rule", ["last_known", "synchronous", "common_days"])
def test_a_rule_of_alignment_is_told_in_words(rule: str) -> None:
    days = pd.to_datetime(["2024-08-01", "2024-08-02", "2024-08-05"])
    frame = pd.DataFrame({"ticks_considered": [4]}, index=["BTC"])
    told = AlignmentResult(name="a", title="A", method="M", frame=frame, rule=rule, ticks=days).sentence
    assert told.endswith("; 3 of 4 observation times are kept and 1 dropped, 2024-08-01 to 2024-08-05.")
    assert rule.replace("_", " ") not in told
    assert "rule" not in told
