"""p-values of sup-F, ave-F and exp-F statistics for a change at an unknown date.

Statistics: Andrews (1993), Andrews and Ploberger (1994). p-values: the polynomials that Hansen (1997) fitted, held at
their largest value up to the statistic, because far beyond the fitted range some of them turn down.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from coupling._typing import Floats
from coupling.errors import InputError

__all__ = ["LARGEST", "f_test_p_value"]

LARGEST = 5
Test = Literal["supF", "aveF", "expF"]


def f_test_p_value(statistic: float, *, test: Test, parameters: int, first: float, last: float) -> float:
    """Return Hansen's (1997) approximate asymptotic p-value.

    Parameters
    ----------
    statistic : float
        Statistic, built from chi-squared-scaled F statistics (not divided by the number of parameters).
    test : {"supF", "aveF", "expF"}
        Which one.
    parameters : int
        Number of coefficients that may change, 1 to 5.
    first, last : float
        First and last candidate date as shares of the sample.

    Returns
    -------
    float
        p-value, interpolated between the two nearest tabulated trimmings; missing for a missing statistic.

    Raises
    ------
    InputError
        If there are more than 5 parameters.

    Examples
    --------
    >>> round(f_test_p_value(8.68, test="supF", parameters=1, first=0.15, last=0.85), 2)
    0.05
    """
    if not 1 <= parameters <= LARGEST:
        raise InputError(
            f"p-values are tabulated for 1 to {LARGEST} coefficients, not {parameters}; use fewer regressors."
        )
    if not np.isfinite(statistic):
        return float("nan")
    odds = (1 - first) * last / (first * (1 - last))
    trim = 1 / (1 + np.sqrt(odds))
    trims, tails = _tails(test, parameters, statistic)
    known = np.concatenate([[0.5], trims]), np.concatenate([[chdtrc(parameters, statistic)], tails])
    return float(np.interp(-trim, -known[0], known[1]))


def _tails(test: Test, parameters: int, statistic: float) -> tuple[Floats, Floats]:
    trims, degrees, coefficients = _tabulated(test, parameters)
    powers = np.linspace(0.0, statistic, 200)[None, :] ** np.arange(4.0)[:, None]
    value = np.maximum((coefficients @ powers).max(axis=1), 0.0)
    return trims, chdtrc(degrees, value)


@cache
def _tabulated(test: Test, parameters: int) -> tuple[Floats, Floats, Floats]:
    """Return trimmings, degrees of freedom and coefficients of one test."""
    table = _table()
    rows = table[(table["test"] == test) & (table["k"] == parameters)]
    return rows["trim"].to_numpy(), rows["df"].to_numpy(), rows[["c0", "c1", "c2", "c3"]].to_numpy()


@cache
def _table() -> pd.DataFrame:
    with files("coupling.change").joinpath("hansen_1997.csv").open(encoding="utf-8") as lines:
        return pd.read_csv(lines, comment="#")
