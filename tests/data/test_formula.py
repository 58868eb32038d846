"""A formula of two instruments is struck, and known, at the later instant."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import coupling as cp
from coupling.data.changes import ChangeRule
from coupling.data.formula import combine
from coupling.data.instrument import Instrument
from coupling.data.observations import Observations
from coupling.data.sources.simulated import simulate_market
from coupling.errors import DataError
from coupling.results.base import Origin


def observed(name: str, hour: int, values: list[float], first: str = "2025-11-17") -> Observations:
    dates = pd.date_range(first, periods=len(values), freq="D")
    struck = (dates + pd.Timedelta(hours=hour)).tz_localize("UTC")
    return Observations(
        name=name,
        levels=pd.Series(values, index=struck),
        known_at=pd.Series(struck + pd.Timedelta("1h"), index=struck),
        labels=pd.Series(dates, index=struck),
        change=ChangeRule.BASIS_POINTS,
    )


def carry(operator: str) -> Instrument:
    return Instrument.model_validate({"name": "CARRY", "kind": "yield", "formula": f"A {operator} B"})


@pytest.mark.parametrize(
    ("operator", "expected"), [("-", [3.0, 3.0]), ("+", [5.0, 7.0]), ("*", [4, 10]), ("/", [4, 2.5])]
)
def test_values_are_combined_date_by_date(operator: str, expected: list[float]) -> None:
    parts = {"A": observed("A", 20, [4.0, 5.0]), "B": observed("B", 6, [1.0, 2.0, 9.0])}
    built = combine(carry(operator), parts)
    assert built.levels.tolist() == expected
    assert built.levels.index.hour.tolist() == [20, 20]
    assert built.known_at.dt.hour.tolist() == [21, 21]


def test_instruments_that_share_no_date_are_refused() -> None:
    with pytest.raises(DataError, match="share no date"):
        combine(carry("-"), {"A": observed("A", 1, [1.0]), "B": observed("B", 1, [1.0], "2020-01-01")})


def test_a_division_by_nothing_is_refused() -> None:
    with pytest.raises(DataError, match="not finite on 2025-11-17"):
        combine(carry("/"), {"A": observed("A", 1, [1.0]), "B": observed("B", 1, [0.0])})


def test_nothing_is_known_beforehand_of_a_formula() -> None:
    truth = simulate_market(0).truth
    assert truth.correlation("BTC", "RATIO", pd.DatetimeIndex(["2024-01-02"], tz="UTC")).isna().all()
    assert pd.isna(truth.response("RATIO"))


@pytest.mark.slow
def test_a_formula_has_no_truth_of_its_own_in_the_simulated_market(tmp_path: Path) -> None:
    define = {"RATIO": {"kind": "price", "formula": "BTC / SPX"}}
    settings = {"title": "T", "focus": "BTC", "instruments": ["BTC", "SPX", "RATIO"], "define": define}
    settings |= {"data": {"source": "simulated"}, "correlation": {"rolling": {"window": 60}}}
    settings |= {"change": {"splits": ["2023-01-02"]}, "events": {"placebos": 99}}
    result = cp.run(settings)
    assert result.exit_code == 0, [failure.reason for failure in result.failures]
    assert result.to_html(tmp_path / "page.html").exists()


def test_what_is_said_of_a_part_is_told_once_however_often_it_doubles() -> None:
    item = observed("X0", 20, [4.0, 5.0])
    origin = Origin(
        instrument="X0", source="file", symbol="x", clock="UTC", sha256="", retrieved_at=None, rows=2,
        first=item.levels.index[0], last=item.levels.index[-1], cautions=("a level jump that stays",),
    )  # fmt: skip
    parts = {"X0": replace(item, origin=origin)}
    for k in range(1, 41):
        name = {"name": f"X{k}", "kind": "yield", "formula": f"X{k - 1} + X{k - 1}"}
        parts[f"X{k}"] = combine(Instrument.model_validate(name), parts)
    assert parts["X40"].levels.tolist() == [4.0 * 2**40, 5.0 * 2**40]
    assert len(parts["X40"].origin.cautions) == 1
