"""Rolling beta: how far each instrument moves with one unit of a driver."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Self

import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from coupling.correlation.base import fill_columns, marked
from coupling.correlation.effort import Extent, require_effort
from coupling.correlation.windows import Part, Window, resolve_windows
from coupling.data.gate.matrix import checked_matrix
from coupling.kernels.rolling_slope import Slope, slope_windows
from coupling.limits.asked import require_instrument, require_level

__all__ = ["RollingBeta"]


class RollingBeta(BaseEstimator):  # type: ignore[misc]
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
    >>> RollingBeta(driver="SPX").fit(changes).of("BTC").round(2).to_dict("records")
    [{'estimate': 1.95, 'lower': 1.84, 'upper': 2.05, 'n': 500}]
    """

    def __init__(
        self,
        *,
        driver: Hashable | None = None,
        window: Window = None,
        min_share: float = 0.8,
        allow_levels: bool = False,
    ) -> None:
        self.driver = driver
        self.window = window
        self.min_share = min_share
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
        self._windows = resolve_windows(frame.index, self.window, min_share=self.min_share)
        require_effort(self, Extent.of(self._windows), len(names))
        self._changes = frame
        others = [name for name in names if name != self.driver_]
        betas = fill_columns(self._windows, len(others), lambda k, part: self._slope(others[k], part).estimate)
        self.beta_ = pd.DataFrame(betas, index=self._windows.ends, columns=pd.Index(others), copy=False)
        return self

    def _slope(self, name: Hashable, part: Part | None = None) -> Slope:
        rows, windows = (slice(None), self._windows) if part is None else (part.rows, part.windows)
        x, y = (self._changes[each].to_numpy()[rows] for each in (self.driver_, name))
        return slope_windows(x, y, windows.starts, windows.stops, windows.required)

    def of(self, name: Hashable, *, level: float = 0.95) -> pd.DataFrame:
        """Return one instrument's beta with interval and sample: ``estimate, lower, upper, n`` by window end.

        Raises
        ------
        InputError
            If the instrument is unknown or the driver itself, or the level is not between 0 and 1.
        """
        check_is_fitted(self, "beta_")
        require_instrument(name, self.beta_.columns)
        slope = self._slope(name)
        lower, upper = slope.limits(slope.estimate, require_level(level))
        columns = {"estimate": slope.estimate, "lower": lower, "upper": upper, "n": slope.n}
        return marked(self, pd.DataFrame(columns, index=self.beta_.index))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags
