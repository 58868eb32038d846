"""Every door into every estimator: another form of the same table changes nothing, or it is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coupling.change import (
    ConstancyEnvelope,
    ContagionTest,
    CorrelationBreak,
    CorrelationMonitor,
    LevelCorrelation,
    SplitTest,
)
from coupling.change.regimes import RegimeModel
from coupling.correlation import (
    DccCorrelation,
    ExponentialCorrelation,
    PartialCorrelation,
    RollingBeta,
    RollingCorrelation,
    ShrunkCorrelation,
    TailDependence,
)
from coupling.direction.lead_lag import LeadLag
from coupling.direction.spillover import Spillover
from coupling.direction.time_varying import TimeVaryingSpillover
from coupling.errors import InputError
from coupling.events import EventStudy, LocalProjection

ROWS = 60
DAYS = pd.bdate_range("2023-01-02", periods=ROWS, name="Date")
NAMES = ["BTC", "SPX", "GOLD"]
EVENTS = ["2023-02-20", "2023-03-06"]

ESTIMATORS: dict[str, Callable[[Any], Any]] = {
    "rolling": lambda X: RollingCorrelation(window=20).fit(X).between("BTC", "SPX"),
    "spearman": lambda X: RollingCorrelation(window=20, method="spearman").fit(X).between("BTC", "SPX"),
    "whole": lambda X: RollingCorrelation().fit(X).between("BTC", "SPX"),
    "exponential": lambda X: ExponentialCorrelation(window=20).fit(X).between("BTC", "SPX"),
    "partial": lambda X: PartialCorrelation(given=["GOLD"], window=20).fit(X).between("BTC", "SPX"),
    "shrunk": lambda X: ShrunkCorrelation(window=20).fit(X).between("BTC", "SPX"),
    "tail": lambda X: TailDependence(quantile=0.4).fit(X).between("BTC", "SPX"),
    "beta": lambda X: RollingBeta(driver="SPX", window=20).fit(X).between("BTC", "SPX"),
    "dcc": lambda X: DccCorrelation().fit(X).between("BTC", "SPX").drop(columns="band"),
    "lead-lag": lambda X: LeadLag(max_lag=2, replications=50).fit(X).between("BTC", "SPX"),
    "spillover": lambda X: Spillover().fit(X).table_.loc[["BTC", "SPX"], ["BTC", "SPX"]],
    "time-varying": lambda X: TimeVaryingSpillover().fit(X).total_.to_frame(),
    "break": lambda X: row_of(CorrelationBreak().fit(X)),
    "monitor": lambda X: row_of(CorrelationMonitor(min_baseline=20, lag=0).fit(X)),
    "split": lambda X: row_of(SplitTest(date="2023-02-10", min_rows=5).fit(X)),
    "contagion": lambda X: (
        ContagionTest(source="BTC", target="SPX", calm=slice(0, 0), stress=slice(0, 0), replications=19)
        .set_params(calm=np.arange(ROWS) % 2 == 0, stress=np.arange(ROWS) % 2 == 1)
        .fit(X)
        .table_
    ),
    "envelope": lambda X: row_of(ConstancyEnvelope(window=10, replications=19).fit(X)),
    "regimes": lambda X: RegimeModel(replications=19).fit(X).probability_.to_frame(),
    "levels": lambda X: row_of(LevelCorrelation(replications=50).fit(X)).drop(columns=SIDED),
    "event study": lambda X: (
        EventStudy(event_window=(0, 1), estimation_window=(-20, -1), replications=19)
        .fit(X, EVENTS)
        .summary()
        .loc[["BTC"]]
    ),
    "projection": lambda X: (
        LocalProjection(horizons=1, lags=1).fit(X, EVENTS).frame.query("instrument == 'BTC'").reset_index(drop=True)
    ),
}
SIDED = ["cointegration", "cointegration_p_value"]
"""What regresses the one on the other, so that it matters which is first."""
ORDERLY = {"dcc": 1e-4, "spillover": 1e-9, "time-varying": 1e-9, "regimes": 1e-4, "projection": 1e-9}
"""Estimators of all columns at once, whose rounding depends on the order of the columns, and by how much."""


def row_of(fitted: Any) -> pd.DataFrame:
    table = fitted.table_
    pair = [{left, right} == {"BTC", "SPX"} for left, right in zip(table["left"], table["right"], strict=True)]
    return table[pair].drop(columns=["left", "right"]).reset_index(drop=True)


def sound(seed: int = 0) -> pd.DataFrame:
    e = np.random.default_rng(seed).standard_normal((ROWS, 3)).astype(np.float32).astype(float)
    return pd.DataFrame(e + 0.5 * e[:, [1, 2, 0]], index=DAYS, columns=NAMES)


SAME: dict[str, Callable[[pd.DataFrame], Any]] = {
    "polars": lambda X: pl.from_pandas(X.reset_index()),
    "pyarrow": lambda X: pa.Table.from_pandas(X.reset_index()),
    "a column of dates": lambda X: X.reset_index(),
    "texts of dates": lambda X: X.set_axis(DAYS.strftime("%Y-%m-%d")),
    "words of dates": lambda X: X.set_axis(DAYS.strftime("%d %b %Y")),
    "whole numbers": lambda X: X.set_axis(DAYS.strftime("%Y%m%d").astype(int)),
    "Python dates": lambda X: X.set_axis(pd.Index([day.date() for day in DAYS])),
    "seconds": lambda X: X.set_axis(DAYS.as_unit("s")),
    "objects": lambda X: X.astype(object),
    "nullable": lambda X: X.astype("Float64"),
    "arrow": lambda X: X.astype("double[pyarrow]"),
    "by columns": lambda X: pd.DataFrame(np.asfortranarray(X.to_numpy()), index=X.index, columns=X.columns),
    "every second of a longer one": lambda X: pd.DataFrame(
        np.repeat(X.to_numpy(), 2, axis=0)[::2], index=X.index, columns=X.columns
    ),
}


def bits(table: pd.DataFrame) -> list[Any]:
    return [table[name].to_numpy(dtype=float).tobytes() for name in table.select_dtypes("number")]


@pytest.mark.parametrize("name", ESTIMATORS)
def test_another_form_of_the_same_table_changes_no_bit(name):
    expected = bits(ESTIMATORS[name](sound()))
    few = ("polars", "texts of dates", "objects")
    forms = SAME if name in ("rolling", "event study") else {form: SAME[form] for form in few}
    for form, made in forms.items():
        assert bits(ESTIMATORS[name](made(sound()))) == expected, form


@pytest.mark.parametrize("name", ESTIMATORS)
@given(data=st.data())
@settings(max_examples=2)
def test_the_order_of_the_columns_changes_nothing(name, data):
    order = data.draw(st.permutations(NAMES))
    ours, theirs = (ESTIMATORS[name](X) for X in (sound()[order], sound()))
    for left, right in zip(bits(ours), bits(theirs), strict=True):
        near = np.frombuffer(left), np.frombuffer(right)
        np.testing.assert_allclose(*near, rtol=ORDERLY.get(name, 1e-12), atol=ORDERLY.get(name, 1e-12))


@pytest.mark.parametrize("name", ESTIMATORS)
@given(order=st.permutations(range(ROWS)), kind=st.sampled_from(["dates", "periods", "texts", "numbers", "polars"]))
@settings(max_examples=3)
def test_rows_in_another_order_are_refused(name, order, kind):
    if order == sorted(order):
        return
    X = sound().iloc[list(order)]
    made = {
        "dates": lambda: X,
        "periods": lambda: X.set_axis(X.index.to_period("D")),
        "texts": lambda: X.set_axis(X.index.strftime("%Y-%m-%d")),
        "numbers": lambda: X.set_axis(X.index.strftime("%Y%m%d").astype(int)),
        "polars": lambda: pl.from_pandas(X.reset_index()),
    }[kind]()
    with pytest.raises(InputError, match=r"time order|newest row"):
        ESTIMATORS[name](made)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=6)
def test_pairs_are_the_same_to_the_last_bit_whatever_stands_beside_them(seed):
    X = sound(seed)
    for name in ("rolling", "whole", "exponential", "tail"):
        both = [bits(ESTIMATORS[name](X[order])) for order in (NAMES, ["SPX", "GOLD", "BTC"])]
        assert both[0] == both[1], name
