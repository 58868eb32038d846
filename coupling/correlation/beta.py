"""Rolling beta: how far each instrument moves with one unit of a driver."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Self

import pandas as pd

from coupling.correlation.base import fill_columns, marked
from coupling.correlation.effort import Extent, require_effort
from coupling.correlation.windows import Window, WindowsPart, resolve_windows
from coupling.data.gate.estimator_input import checked_matrix
from coupling.errors import InputError
from coupling.kernels.rolling_slope import Slope, slope_windows
from coupling.limits.asked import require_instrument, require_level, require_pair
from coupling.limits.keywords import plain_keywords
from coupling.machine.scikit import BaseEstimator, check_is_fitted
from coupling.results.estimated import SHOWN, Estimated

__all__ = ["RollingBeta"]


@plain_keywords
class RollingBeta(Estimated, BaseEstimator):  # type: ignore[misc]
    r"""Slope of each instrument's change on the driver's, with a constant, in moving windows.

    .. math:: \beta = \sum (x_t - \bar x)(y_t - \bar y) / \sum (x_t - \bar x)^2

    Its unit is the instrument's per the driver's, such as bp per %.

    Parameters
    ----------
    driver : str, optional
        Column of X that the others are regressed on; the first by default.
    window : int, str or None
        Rows, calendar time such as ``"250d"``, or the whole sample (the default).
    min_share : float
        Smallest share of the window's rows that a pair must have.
    last : bool
        Whether the newest window alone is estimated.
    allow_levels : bool
        Whether columns that look like levels pass; ``caution_`` then names them.

    Attributes
    ----------
    beta_ : DataFrame
        Window end × the other instruments; missing where the driver is constant in the window.
    driver_ : str
        The column that served as driver.
    caution_ : str
        What of X was left out, allowed or lost; empty where there is nothing to say.

    Notes
    -----
    The interval is a delete-block jackknife of the slope with a Student quantile, as for `RollingCorrelation`;
    pointwise, and from 12 rows on.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> changes = pd.DataFrame(rng.normal(size=(500, 2)), columns=["SPX", "BTC"])
    >>> changes["BTC"] += 2 * changes["SPX"]
    >>> RollingBeta(driver="SPX").fit(changes).between("BTC", "SPX").round(2).to_dict("records")
    [{'estimate': 1.95, 'lower': 1.84, 'upper': 2.05, 'n': 500}]
    """

    def __init__(
        self,
        *,
        driver: Hashable | None = None,
        window: Window = None,
        min_share: float = 0.8,
        last: bool = False,
        allow_levels: bool = False,
    ) -> None:
        self.driver = driver
        self.window = window
        self.min_share = min_share
        self.last = last
        self.allow_levels = allow_levels

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: ARG002
        """Estimate every instrument's beta in every window.

        Parameters
        ----------
        X : DataFrame or array of shape (rows, instruments)
            Changes in time order; missing values are left out pair by pair.
        y : None
            Ignored.
        """
        frame = checked_matrix(self, X)
        names: list[Hashable] = list(frame.columns)
        self.driver_ = names[0] if self.driver is None else self.driver
        require_instrument(self.driver_, names)
        windows = resolve_windows(frame.index, self.window, min_share=self.min_share)
        windows = windows.newest if self.last else windows
        require_effort(self, Extent.of(windows), len(names), pairs=len(names) - 1)
        rows = windows.rows if self.last else slice(0, len(frame))
        self._changes, self._windows = frame.iloc[rows], windows.among(rows)
        others = [name for name in names if name != self.driver_]
        betas = fill_columns(self._windows, len(others), lambda k, part: self._slope(others[k], part).estimate)
        self.beta_ = pd.DataFrame(betas, index=self._windows.ends, columns=pd.Index(others), copy=False)
        return self

    def _slope(self, name: Hashable, part: WindowsPart | None = None) -> Slope:
        rows, windows = (slice(None), self._windows) if part is None else (part.rows, part.windows)
        x, y = (self._changes[each].to_numpy()[rows] for each in (self.driver_, name))
        return slope_windows(x, y, windows.starts, windows.stops, windows.required)

    def between(self, left: Hashable, right: Hashable, *, level: float = 0.95) -> pd.DataFrame:
        """Return an instrument's beta on the driver with interval and sample, whichever of the two is named first.

        Parameters
        ----------
        left, right : str
            The driver and another instrument, in any order: the slope is always that of the other on the driver.
        level : float
            Coverage asked of the interval at each window end (pointwise), between 0 and 1.

        Returns
        -------
        DataFrame
            Columns ``estimate, lower, upper, n``, by window end.

        Raises
        ------
        InputError
            If neither is the driver, both are, a name is unknown, or the level is not between 0 and 1.
        """
        check_is_fitted(self, "beta_")
        name = self._other(left, right)
        slope = self._slope(name)
        lower, upper = slope.limits(slope.estimate, require_level(level))
        columns = {"estimate": slope.estimate, "lower": lower, "upper": upper, "n": slope.n}
        return marked(self, pd.DataFrame(columns, index=self.beta_.index))

    def p_values(self, left: Hashable, right: Hashable) -> pd.Series:
        """Return the two-sided p-value of each window's slope against 0; arguments as in `between`."""
        check_is_fitted(self, "beta_")
        slope = self._slope(self._other(left, right))
        return pd.Series(slope.p_values(slope.estimate), index=self.beta_.index, name="p_value")

    def _other(self, left: Hashable, right: Hashable) -> Hashable:
        """Return the one of two instruments that is not the driver."""
        require_pair(left, right, [self.driver_, *self.beta_.columns])
        if self.driver_ not in (left, right):
            raise InputError(
                f"Neither {left!r} nor {right!r} is the driver, {self.driver_!r}; name it, or fit with another driver."
            )
        return right if left == self.driver_ else left

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def _paths(self) -> dict[str, pd.DataFrame]:
        return {f"{name} on {self.driver_}": self.between(self.driver_, name) for name in self.beta_.columns[:SHOWN]}
