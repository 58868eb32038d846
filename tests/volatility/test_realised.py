"""Realised volatility against the figure stated for Bitcoin, a closed form and hard scales."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coupling.data.changes import form_changes
from coupling.errors import InputError
from coupling.volatility import realised_volatility


@pytest.mark.parametrize(("annualisation", "expected"), [(365, 44.1), (252, 36.7)])
def test_bitcoin_on_2025_11_21(series: Path, annualisation: int, expected: float) -> None:
    """The conventions of the project state 44.1 % for a year of 365 days, 36.7 % for one of 252."""
    prices = pd.read_csv(series / "btc_usd.csv", index_col="date", parse_dates=True)["value"]
    volatility = realised_volatility(form_changes(prices, "log"), annualisation=annualisation)
    assert round(volatility.loc["2025-11-21"], 1) == expected


def test_closed_form() -> None:
    """1, 2, ..., w has variance w (w + 1) / 12 with divisor w - 1."""
    volatility = realised_volatility(pd.Series(np.arange(1.0, 31.0)), annualisation=1)
    assert volatility.notna().sum() == 1
    assert volatility.iloc[-1] == pytest.approx(np.sqrt(30 * 31 / 12))


def test_missing_changes_are_left_out() -> None:
    changes = pd.Series([np.nan, 1.0, np.nan, 3.0, np.nan], index=pd.date_range("2025-01-01", periods=5))
    volatility = realised_volatility(changes, annualisation=1, window=2)
    assert volatility.index.tolist() == [pd.Timestamp("2025-01-02"), pd.Timestamp("2025-01-04")]
    assert volatility.iloc[-1] == pytest.approx(np.sqrt(2.0))


@pytest.mark.parametrize("scale", [1e-150, 1e150])
def test_scales(scale: float) -> None:
    changes = pd.Series(np.random.default_rng(0).standard_normal(40))
    plain = realised_volatility(changes, annualisation=252)
    scaled = realised_volatility(changes * scale, annualisation=252)
    np.testing.assert_allclose(scaled.to_numpy() / scale, plain.to_numpy(), rtol=1e-12)


def test_constant_and_short() -> None:
    assert realised_volatility(pd.Series([0.0] * 5), annualisation=252, window=3).iloc[-1] == 0.0
    assert realised_volatility(pd.Series([1.0]), annualisation=252, window=3).isna().all()


def test_refusals() -> None:
    with pytest.raises(InputError, match="window=1"):
        realised_volatility(pd.Series([1.0]), annualisation=252, window=1)
    with pytest.raises(InputError, match="infinite change was seen at 1"):
        realised_volatility(pd.Series([1.0, np.inf]), annualisation=252)
