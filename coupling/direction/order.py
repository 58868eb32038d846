"""The number of lags, as given or by an information criterion."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from coupling.errors import InputError, TooShortError, nearest
from coupling.kernels.var import design
from coupling.limits.asked import require_whole

__all__ = ["CRITERIA", "choose_lags"]

CRITERIA = ("aic", "bic", "hqic")


def choose_lags(y: npt.NDArray[np.float64], lags: int | str, *, max_lags: int, rows: int) -> int:
    """Return the number of lags of a vector autoregression with a constant.

    Parameters
    ----------
    y : ndarray, shape (T, k)
    lags : int or {"aic", "bic", "hqic"}
        A criterion compares 1 to `max_lags` lags on the same rows, those from `max_lags` on (Lütkepohl 2005, section
        4.3: log determinant of the residual covariance without correction of degrees of freedom, plus the penalty on
        k²·lags + k coefficients).
    max_lags : int
        Largest number of lags tried; fewer where `rows` do not allow them.
    rows : int
        Rows of the smallest sample to be fitted.

    Raises
    ------
    InputError
        If the lags do not fit into the rows, or the criterion is unknown.

    Examples
    --------
    >>> noise = np.random.default_rng(0).normal(size=(300, 2))
    >>> choose_lags(noise, "bic", max_lags=5, rows=300)
    1
    """
    if not isinstance(lags, str):
        return _fitting(require_whole(lags, "lags", least=1), y.shape[1], rows)
    if lags not in CRITERIA:
        raise InputError(f"lags={lags!r} is neither a number nor a criterion; {nearest(lags, CRITERIA)}")
    most = require_whole(max_lags, "max_lags", least=1)
    while most > 1 and rows < _needed(most, y.shape[1]):
        most -= 1
    _fitting(most, y.shape[1], rows)
    return 1 + int(np.argmin(_scores(y, most, lags)))


def _needed(lags: int, k: int) -> int:
    """Return the fewest rows that leave k residual degrees of freedom."""
    return lags + (k * lags + 1) + k


def _fitting(lags: int, k: int, rows: int) -> int:
    if rows < _needed(lags, k):
        raise TooShortError(
            f"{lags} lags of {k} columns need at least {_needed(lags, k)} rows (n_samples), not {rows}; "
            "use fewer lags or a longer window."
        )
    return lags


def _scores(y: npt.NDArray[np.float64], most: int, criterion: str) -> list[Any]:
    """Return the criterion of 1 to so many lags, whose residual products stand in one triangle of all regressors."""
    k = y.shape[1]
    scaled = y / np.abs(y).max(axis=0)
    scaled = scaled - scaled.mean(axis=0)
    z = design(scaled / scaled.std(axis=0), most)
    z, rows = np.roll(z - z.mean(axis=0), -k, axis=1), len(z)
    left = np.linalg.qr(z, mode="r")[:, -k:]
    penalty = {"aic": 2.0, "bic": np.log(rows), "hqic": 2 * np.log(np.log(rows))}[criterion]
    scores = []
    for lags in range(1, most + 1):
        residuals = left[k * lags :]
        sign, log_determinant = np.linalg.slogdet(residuals.T @ residuals / rows)
        scores.append(log_determinant + penalty * (k * k * lags + k) / rows if sign > 0 else -np.inf)
    return scores
