"""Abnormal changes: what happened minus what an estimation window led one to expect, for all events at once."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np

from coupling._typing import Flags, Floats

__all__ = ["Abnormal", "EventWindows", "regress"]

ROUNDING = 1e-13
"""Beside the largest expected change of a window, what arithmetic leaves of nothing."""


@dataclass(frozen=True)
class EventWindows:
    """Changes and regressors of estimation and event windows.

    Parameters
    ----------
    estimation : ndarray, shape (E, N, L)
        Changes; missing where nothing was struck.
    event : ndarray, shape (E, N, W)
    design : ndarray, shape (E, M, L, P)
        Regressors less `middle`, constant included; M is N, or 1 where all instruments share them.
    event_design : ndarray, shape (E, M, W, P)
    keep : ndarray of bool, shape (E, L)
        Estimation rows that no event window covers.
    middle : ndarray, shape (E, M, P - 1)
        What was taken from each factor, so that one far from 0 costs no digits.
    """

    estimation: Floats
    event: Floats
    design: Floats
    event_design: Floats
    keep: Flags
    middle: Floats

    def rows(self, rows: list[int]) -> EventWindows:
        """Return the windows of some events."""
        return EventWindows(*(getattr(self, item.name)[rows] for item in fields(self)))


@dataclass(frozen=True)
class Abnormal:
    """Abnormal changes with the scale by which they are judged; what few ask for is computed when it is asked for.

    Parameters
    ----------
    windows : EventWindows
    used : ndarray of bool, shape (E, N, L)
        Estimation rows of each regression.
    change : ndarray, shape (E, N, W)
    dof : ndarray, shape (E, N)
        Rows used minus regressors.
    centred : ndarray, shape (E, N, P)
        Coefficients of `windows.design`.
    inverse : ndarray, shape (E, M, P, P)
        (X'X)⁻¹.
    first : int
        Place in the window from which the response is summed: that of session 0; 0 where the window does not span it.
    forecast_error : bool
        Whether the error of the coefficients counts in the variance of an abnormal change.
    variances : tuple of ndarray, optional
        `spread`, `total_spread` and `response_spread` where a model forecasts them itself.
    """

    windows: EventWindows
    used: Flags
    change: Floats
    dof: Floats
    centred: Floats
    inverse: Floats
    first: int
    forecast_error: bool
    variances: tuple[Floats, ...] | None = None

    def rows(self, rows: list[int]) -> Abnormal:
        """Return the abnormal changes of some events."""
        names = ("used", "change", "dof", "centred", "inverse")
        variances = None if self.variances is None else tuple(each[rows] for each in self.variances)
        parts = {name: getattr(self, name)[rows] for name in names}
        return replace(self, windows=self.windows.rows(rows), variances=variances, **parts)

    @property
    def actual(self) -> Floats:
        """Changes as they were, before anything is subtracted, shape (E, N, W)."""
        return self.windows.event

    @property
    def coefficients(self) -> Floats:
        """Coefficients of the constant and the factors as they are, shape (E, N, P)."""
        slopes = self.centred[..., 1:]
        alpha = self.centred[..., :1] - (slopes * self.windows.middle).sum(axis=-1, keepdims=True)
        return np.concatenate([alpha, slopes], axis=-1)[..., : self.centred.shape[-1]]

    @cached_property
    def residual(self) -> Floats:
        """Residuals of the estimation window, shape (E, N, L); missing where a row was not used."""
        fitted = _fitted(self.windows.design, self.centred)
        return _where(self.used, np.subtract(self.windows.estimation, fitted, out=fitted), np.nan)

    @cached_property
    def sigma(self) -> Floats:
        """Residual standard deviation, sqrt(SSR / dof), shape (E, N)."""
        known = _where(self.used, self.residual, 0.0)
        sigma = np.sqrt(np.einsum("enl,enl->en", known, known) / self.dof)
        return np.where(sigma > 0, sigma, np.nan)

    @cached_property
    def leverage(self) -> Floats:
        """Diagonal of the hat matrix, shape (E, N, L)."""
        design = self.windows.design
        return np.broadcast_to(((design @ self.inverse) * design).sum(axis=-1), self.residual.shape)

    @property
    def spread(self) -> Floats:
        """Forecast-error factor of the variance of one day, 1 + x'(X'X)⁻¹x, shape (E, N, W)."""
        return self._spreads[0]

    @property
    def total_spread(self) -> Floats:
        """The same of the sum over the window, W + (Σx)'(X'X)⁻¹(Σx), shape (E, N)."""
        return self._spreads[1]

    @property
    def response_spread(self) -> Floats:
        """As `total_spread`, of the sum from `first` on."""
        return self._spreads[2]

    @cached_property
    def _spreads(self) -> tuple[Floats, ...]:
        if self.variances is not None:
            return self.variances
        shape, design, known = self.change.shape, self.windows.event_design, np.isfinite(self.change)
        if design.shape[1] == 1 and (known == known[:, :1]).all():
            known = known[:, :1]  # one answer serves all instruments
        since = known & (np.arange(shape[-1]) >= self.first)
        if self.forecast_error and design.shape[-1]:
            spread = 1.0 + ((design @ self.inverse) * design).sum(axis=-1)
            sums = [_spread_of_sum(design, self.inverse, days) for days in (known, since)]
        else:
            spread, sums = np.ones((1, 1, 1)), [days.sum(axis=-1).astype(float) for days in (known, since)]
        return np.broadcast_to(spread, shape), *(np.broadcast_to(each, shape[:-1]) for each in sums)

    @cached_property
    def response(self) -> Floats:
        """Cumulative abnormal change since the instant, shape (E, N); missing where no day since then is known."""
        return _summed(self.change[..., self.first :])

    @cached_property
    def moved(self) -> Floats:
        """Cumulative change since the instant as it was, shape (E, N)."""
        known = np.isfinite(self.change[..., self.first :])
        return _summed(np.where(known, self.actual[..., self.first :], np.nan))

    @cached_property
    def run_up(self) -> Floats:
        """Cumulative abnormal change before the instant, shape (E, N); missing where the window starts with it."""
        return _summed(self.change[..., : self.first])

    @cached_property
    def total(self) -> Floats:
        """Cumulative abnormal change over the window, shape (E, N); missing where no day is known."""
        return self.cumulated[..., -1]

    @cached_property
    def standardised_response(self) -> Floats:
        """Response over its forecast standard deviation, shape (E, N)."""
        return self.response / (self.sigma * np.sqrt(self.response_spread))

    @cached_property
    def cumulated(self) -> Floats:
        """Running sum over the window, shape (E, N, W); a day without a new value adds nothing."""
        known = np.isfinite(self.change)
        sums = np.cumsum(np.where(known, self.change, 0.0), axis=-1)
        return np.where(known.any(axis=-1, keepdims=True), sums, np.nan)

    @cached_property
    def standardised(self) -> Floats:
        """Abnormal change over its forecast standard deviation, shape (E, N, W)."""
        return self.change / (self.sigma[..., None] * np.sqrt(self.spread))

    @cached_property
    def standardised_total(self) -> Floats:
        """Cumulative abnormal change over its forecast standard deviation, shape (E, N)."""
        return self.total / (self.sigma * np.sqrt(self.total_spread))


def regress(windows: EventWindows, *, first: int = 0, forecast_error: bool = True, min_rows: int = 10) -> Abnormal:
    """Fit expected changes by least squares in every estimation window and subtract them in the event window.

    All regressions are solved at once through their normal equations; the factors are centred before (`EventWindows`).

    Parameters
    ----------
    windows : EventWindows
    first : int
        Place in the event window from which the response is summed.
    forecast_error : bool
        Count the error of the coefficients in the variance of an abnormal change (MacKinlay 1997, eq. 8).
    min_rows : int
        Fewer estimation rows give a missing answer.
    """
    used = np.isfinite(windows.estimation) & windows.keep[:, None, :]
    products, moments = _products(windows.design, used, _where(used, windows.estimation, 0.0))
    inverse, width = _inverse(products), windows.design.shape[-1]
    coefficients = (moments[..., None] * inverse).sum(axis=-2)
    rows = used @ np.ones(used.shape[-1])  # counts; a sum of flags is slower
    dof = np.where(rows >= max(min_rows, width + 1), rows - width, np.nan).astype(float)
    fitted = _fitted(windows.event_design, coefficients)
    change = windows.event - fitted
    noise = ROUNDING * np.abs(fitted).max(axis=-1, keepdims=True, initial=0.0)
    change = np.where(np.abs(change) <= noise, 0.0, change)  # what a perfect fit leaves is no move
    change = np.where(np.isfinite(dof)[..., None], change, np.nan)
    return Abnormal(windows, used, change, dof, coefficients, inverse, first, forecast_error)


def _summed(changes: Floats) -> Floats:
    """Return sums over the last axis; a day without a new value adds nothing, and nothing known is missing."""
    known = np.isfinite(changes)
    return np.where(known.any(axis=-1), np.where(known, changes, 0.0).sum(axis=-1), np.nan)


def _where(used: Flags, values: Floats, other: float) -> Floats:
    return values if used.all() else np.where(used, values, other)


def _inverse(products: Floats) -> Floats:
    """Invert X'X; a singular one (a flat regressor, no rows) gives missing values."""
    if not products.shape[-1]:
        return products
    scale = np.sqrt(np.diagonal(products, axis1=-2, axis2=-1))
    scale = np.where(scale > 0, scale, 1.0)
    outer = scale[..., :, None] * scale[..., None, :]
    unit = products / outer
    singular = np.abs(np.linalg.det(unit)) < 1e-12
    unit = np.where(singular[..., None, None], np.eye(products.shape[-1]), unit)
    return np.asarray(np.where(singular[..., None, None], np.nan, np.linalg.inv(unit) / outer))


def _products(design: Floats, used: Flags, response: Floats) -> tuple[Floats, Floats]:
    """Return X'X, (E, M, P, P), and X'y, (E, N, P), over the rows that are used."""
    if design.shape[1] > 1:
        masked = np.where(used[..., None], design, 0.0)
        return np.swapaxes(masked, -1, -2) @ masked, (response[:, :, None, :] @ masked)[:, :, 0]
    x, width = design[:, 0], design.shape[-1]
    squares = (x[..., :, None] * x[..., None, :]).reshape(*x.shape[:-1], width * width)
    flags = (used[:, :1] if (used == used[:, :1]).all() else used).astype(float)
    return (flags @ squares).reshape(*flags.shape[:2], width, width), response @ x


def _fitted(design: Floats, coefficients: Floats) -> Floats:
    if design.shape[1] == 1:
        return np.asarray(coefficients @ np.swapaxes(design[:, 0], -1, -2))
    return np.asarray((design @ coefficients[..., None])[..., 0])


def _spread_of_sum(design: Floats, inverse: Floats, known: Flags) -> Floats:
    """Return the variance factor of the sum over the days that are known."""
    sums = (known[..., None] * design).sum(axis=-2)[:, :, None, :]
    return np.asarray(known.sum(axis=-1) + ((sums @ inverse) * sums).sum(axis=(-2, -1)))
