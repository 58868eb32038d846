"""Degenerate input to every estimator: the right number, a missing value or one clear error, never a wrong number.

The list of estimators is that of scikit-learn's checks (``estimators.py``); those that take no matrix follow below.
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from sklearn.base import clone

from coupling.change import BaiPerron, InstantsSplitTest
from coupling.correlation import HayashiYoshidaCorrelation
from coupling.errors import InputError
from coupling.inference import block_length, bootstrap_correlation, delete_block_jackknife, long_run_covariance
from coupling.volatility import GarchModel, ewma_volatility, realised_volatility

_spec = importlib.util.spec_from_file_location("estimators", Path(__file__).with_name("estimators.py"))
assert _spec is not None
assert _spec.loader is not None
_listed = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_listed)
ESTIMATORS: list[Any] = _listed.ESTIMATORS
ROWS = 100
IN_UNITS = {"volatility_", "log_likelihood_", "parameters_", "states_", "beta_"}
"""Learned attributes that carry the units of the data."""
BANDS = {"DccCorrelation", "LeadLag", "ShrunkCorrelation"}


def sound() -> pd.DataFrame:
    e = np.random.default_rng(0).standard_normal((ROWS, 3))
    return pd.DataFrame({"x0": e[:, 0], "x1": 0.6 * e[:, 0] + 0.8 * e[:, 1], "x2": e[:, 2] - 0.3 * e[:, 0]})


def with_column(name: str, values: Any) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda X: X.assign(**{name: values(X) if callable(values) else values})


CASES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "constant": with_column("x0", 3.0),
    "constant and huge": with_column("x1", -1e9),
    "zero": with_column("x0", 0.0),
    "a column missing": with_column("x0", np.nan),
    "all missing": lambda X: X * np.nan,
    "two rows": lambda X: X.iloc[:2],
    "one row": lambda X: X.iloc[:1],
    "no rows": lambda X: X.iloc[:0],
    "opposite": with_column("x1", lambda X: -2 * X["x0"]),
    "identical": with_column("x1", lambda X: X["x0"]),
    "collinear": with_column("x2", lambda X: X["x0"] + X["x1"]),
    "infinite": with_column("x0", lambda X: X["x0"].where(X.index != 70, np.inf)),
    "minus infinite": with_column("x2", lambda X: X["x2"].where(X.index != 3, -np.inf)),
    "every second missing": with_column("x0", lambda X: X["x0"].where(X.index % 2 == 0)),
    "half flat": with_column("x0", lambda X: X["x0"].where(X.index > 50, 0.0)),
    "one value a million million": with_column("x0", lambda X: X["x0"].where(X.index != 60, 1e12)),
}
SCALES = {"1e150": [1e150] * 3, "1e-150": [1e-150] * 3, "mixed": [1e150, 1e-150, 1.0], "bp and %": [100.0, 1.0, 0.01]}


def name_of(estimator: Any) -> str:
    return " ".join(str(estimator).split())


def learned(fitted: Any) -> dict[str, npt.NDArray[np.float64]]:
    """Return every number that an estimator learned, and what it says between two columns."""
    found = {k: numbers(v) for k, v in vars(fitted).items() if k.endswith("_") and not k.startswith("_")}
    found = {k: v for k, v in found.items() if v is not None and k != "n_features_in_"}
    if hasattr(fitted, "between") and hasattr(fitted, "correlation_"):
        found["between"] = numbers(fitted.between("x0", "x1"))
    return found  # type: ignore[return-value]


def numbers(value: Any) -> npt.NDArray[np.float64] | None:
    if isinstance(value, pd.DataFrame):
        return value.select_dtypes("number").to_numpy(dtype=float)
    if isinstance(value, pd.Series):
        return value.to_numpy(dtype=float) if value.dtype.kind in "bif" else None
    return np.array(float(value)) if isinstance(value, float | int | np.number) else None


def clear(error: InputError) -> None:
    """Check that an error says what was wrong, where, and what to do."""
    assert len(str(error)) > 30


def outcome(estimator: Any, X: pd.DataFrame) -> Any:
    """Return the fitted estimator, or None after one clear error; a numpy warning is a failure."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        try:
            fitted = clone(estimator).fit(X)
            learned(fitted)
        except InputError as error:
            return clear(error)
    return fitted


def later(fitted: Any) -> dict[str, npt.NDArray[np.float64]]:
    """Return what an estimator learned and what it computes only when asked."""
    asked = {"of": ("x1",), "intervals": ()}
    tables = {name: numbers(getattr(fitted, name)(*words)) for name, words in asked.items() if hasattr(fitted, name)}
    return learned(fitted) | {name: table for name, table in tables.items() if table is not None}


@pytest.mark.thorough
@pytest.mark.parametrize("estimator", ESTIMATORS, ids=name_of)
def test_what_is_computed_later_reads_the_values_of_the_fit(estimator: Any) -> None:
    """An analyst who scales his table in place after a fit still gets the intervals of what he fitted.

    How the table lies in memory changes no number either.
    """
    values = np.ascontiguousarray(sound().to_numpy())
    expected = later(clone(estimator).fit(values))
    for mine in (
        np.array(values),
        np.array(values, order="F"),
        pd.DataFrame(values, columns=["x0", "x1", "x2"]).copy(),
    ):
        fitted = clone(estimator).fit(mine)
        mine[:] = np.random.default_rng(9).standard_normal(values.shape)
        for name, found in later(fitted).items():
            np.testing.assert_array_equal(found, expected[name], err_msg=name)


@pytest.mark.thorough
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("estimator", ESTIMATORS, ids=name_of)
def test_a_degenerate_matrix(estimator: Any, case: str) -> None:
    X = CASES[case](sound())
    fitted = outcome(estimator, X)
    refused = {"two rows", "one row", "no rows", "infinite", "minus infinite"}
    assert not (case in refused and fitted is not None)
    if fitted is None:
        return
    for name, values in learned(fitted).items():
        assert not np.isinf(values).any() or name == "shape_", f"{name} holds an infinity"
    if hasattr(fitted, "correlation_"):
        _check_pairs(fitted, X)


def _check_pairs(fitted: Any, X: pd.DataFrame) -> None:
    values = fitted.correlation_.to_numpy(dtype=float)
    assert not (np.abs(values) > 1).any()
    still = [name for name in X if X[name].nunique() < 2]
    for name in still:
        touched = fitted.correlation_.loc[:, [name in pair for pair in fitted.correlation_.columns]]
        if type(fitted).__name__ != "PartialCorrelation":
            assert touched.isna().all(axis=None), f"{name} never changes, so nothing can be said of it"
    between = fitted.between("x0", "x1").astype(float, errors="ignore")
    known = between.dropna(subset=[c for c in ("estimate", "lower", "upper") if c in between])
    # DCC and lead-lag give bands; shrinkage moves the estimate, and its interval is that of the sample correlation
    if {"lower", "upper"} <= set(known) and type(fitted).__name__ not in BANDS:
        assert (known["lower"] <= known["estimate"] + 1e-12).all()
        assert (known["estimate"] <= known["upper"] + 1e-12).all()


@cache
def plain(place: int) -> Any:
    return clone(ESTIMATORS[place]).fit(sound())


QUICK = [place for place, each in enumerate(ESTIMATORS) if type(each).__name__ != "RegimeModel"]
UNITS = [(place, scale) for place in range(len(ESTIMATORS)) for scale in SCALES if place in QUICK or scale == "mixed"]


@pytest.mark.parametrize(
    ("place", "scale"), UNITS, ids=[f"{name_of(ESTIMATORS[place])}-{scale}" for place, scale in UNITS]
)
def test_units_change_nothing(place: int, scale: str) -> None:
    estimator = ESTIMATORS[place]
    scaled = learned(clone(estimator).fit(sound() * SCALES[scale]))
    for name, values in learned(plain(place)).items():
        if name not in IN_UNITS and not (name == "table_" and type(estimator).__name__ == "ContagionTest"):
            np.testing.assert_allclose(scaled[name], values, rtol=1e-6, atol=1e-9, err_msg=name)


PAIRED = [place for place, each in enumerate(ESTIMATORS) if hasattr(each, "between") and place in QUICK]


@pytest.mark.parametrize("place", PAIRED, ids=lambda place: name_of(ESTIMATORS[place]))
def test_the_order_of_two_names_does_not_matter(place: int) -> None:
    fitted = plain(place)
    there, back = fitted.between("x0", "x1"), fitted.between("x1", "x0")
    if type(fitted).__name__ == "LeadLag":
        back = back.iloc[::-1].set_axis(there.index)
    pd.testing.assert_frame_equal(there, back, check_exact=True)


@pytest.mark.parametrize("place", QUICK, ids=lambda place: name_of(ESTIMATORS[place]))
def test_the_same_input_gives_the_same_numbers(place: int) -> None:
    one, two = learned(plain(place)), learned(clone(ESTIMATORS[place]).fit(sound()))
    for name, values in one.items():
        np.testing.assert_array_equal(values, two[name], err_msg=name)


@pytest.mark.parametrize("case", ["identical", "opposite"])
@pytest.mark.parametrize("name", ["RollingCorrelation", "ExponentialCorrelation"])
def test_a_copy_correlates_exactly(name: str, case: str) -> None:
    sign = 1.0 if case == "identical" else -1.0
    for estimator in (each for each in ESTIMATORS if type(each).__name__ == name):
        between = clone(estimator).fit(CASES[case](sound())).between("x0", "x1")["estimate"].dropna()
        np.testing.assert_allclose(between, sign, rtol=0, atol=1e-15)
        assert len(between) > 0


# --- what takes no matrix ---------------------------------------------------------------------------------------------


def observed(left: Any, right: Any) -> dict[str, pd.Series]:
    days = pd.date_range("2024-01-01 06:00", periods=2 * ROWS, tz="UTC")
    return {"a": pd.Series(left, index=days), "b": pd.Series(right, index=days + pd.Timedelta("15h"))}


def walk(seed: int) -> npt.NDArray[np.float64]:
    return np.random.default_rng(seed).standard_normal(2 * ROWS).cumsum()


INSTANTS: list[Any] = [
    HayashiYoshidaCorrelation(),
    HayashiYoshidaCorrelation(window="30d"),
    HayashiYoshidaCorrelation(demean="time", leads_lags=1),
    InstantsSplitTest(date="2024-04-10"),
]


@pytest.mark.parametrize("estimator", INSTANTS, ids=str)
@pytest.mark.parametrize(
    ("left", "right"),
    [
        (np.full(2 * ROWS, 2.0), walk(1)),
        (np.full(2 * ROWS, np.nan), walk(1)),
        (np.where(np.arange(2 * ROWS) == 50, np.inf, walk(0)), walk(1)),
        (walk(0) * np.nan, walk(1) * np.nan),
    ],
    ids=["constant", "missing", "infinite", "all missing"],
)
def test_degenerate_observations(estimator: Any, left: Any, right: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        try:
            fitted = clone(estimator).fit(observed(left, right))
        except InputError as error:
            clear(error)
            return
    table = fitted.correlation_ if hasattr(fitted, "correlation_") else fitted.table_[["before", "after"]]
    assert table.isna().all(axis=None)


@pytest.mark.parametrize("estimator", INSTANTS, ids=str)
@pytest.mark.parametrize("scale", [1e-150, 100.0, 1e150])
def test_units_of_observations_change_nothing(estimator: Any, scale: float) -> None:
    plain, scaled = (clone(estimator).fit(observed(walk(0) * k, walk(0) + walk(1))) for k in (1.0, scale))
    for name in ("correlation_", "table_"):
        if hasattr(plain, name):
            ours, theirs = (numbers(getattr(each, name)) for each in (scaled, plain))
            np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-10)  # type: ignore[arg-type]


SERIES: dict[str, Callable[[npt.NDArray[np.float64]], Any]] = {
    "BaiPerron": lambda y: BaiPerron().fit(y).fit_,
    "GarchModel": lambda y: GarchModel().fit(pd.Series(y, name="BTC")).frame[["estimate", "std_error"]],
    "ewma_volatility": lambda y: ewma_volatility(pd.DataFrame({"BTC": y})),
    "realised_volatility": lambda y: realised_volatility(pd.Series(y, name="BTC"), annualisation=365.0),
    "long_run_covariance": lambda y: pd.DataFrame(long_run_covariance(y)),
    "block_length": lambda y: pd.Series([block_length(y)]),
    "bootstrap_correlation": lambda y: pd.Series(
        bootstrap_correlation(np.column_stack([y, np.arange(len(y), dtype=float)]), block=3, replications=19)
    ),
    "delete_block_jackknife": lambda y: pd.Series(
        delete_block_jackknife(y[:, None], np.mean, blocks=10).standard_error.reshape(-1)
    ),
}


@pytest.mark.parametrize("name", SERIES)
@pytest.mark.parametrize(
    "y",
    [np.full(ROWS, 3.0), np.full(ROWS, np.nan), np.array([1.0, 2.0]), np.array([]), walk(0) * 1e150, walk(0) * 1e-150],
    ids=["constant", "missing", "two rows", "no rows", "1e150", "1e-150"],
)
def test_a_degenerate_series(name: str, y: npt.NDArray[np.float64]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        try:
            values = numbers(SERIES[name](y))
        except InputError as error:
            clear(error)
            return
    assert values is not None
    assert not np.isinf(values).any()
    if np.isnan(y).all():
        assert np.isnan(values).all()
