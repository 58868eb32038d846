"""A formula of two instruments is struck, and known, at the later instant."""

from __future__ import annotations

import pandas as pd
import pytest

from coupling.data.changes import ChangeRule
from coupling.data.formula import combine
from coupling.data.instrument import Instrument
from coupling.data.observations import Observations
from coupling.errors import DataError


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
