"""GARCH-scaled expected changes: the mean of the estimation window, with the variance forecast for each event day."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from coupling._typing import Floats
from coupling.errors import InputError
from coupling.events.studies.abnormal import Abnormal
from coupling.events.studies.expected import Expectation
from coupling.volatility import fit_garch

__all__ = ["with_garch_variance"]


def with_garch_variance(abnormal: Abnormal, plan: Expectation) -> Abnormal:
    """Replace the constant variance by forecasts of a GARCH(1,1) fitted to each estimation window.

    The variance of day k is the forecast made at the end of the estimation window, plus σ²/L for the error of the
    mean. Days are counted in sessions. A window that GARCH cannot use (flat, or too short) keeps its constant variance.

    Raises
    ------
    InputError
        If the estimation window does not lie before the event window.
    """
    steps = np.arange(plan.event_window[0], plan.event_window[1] + 1) - plan.estimation_window[1]
    if steps[0] < 1:
        raise InputError("model='garch' forecasts, so the estimation window must end before the event window.")
    spread, total = abnormal.spread.copy(), abnormal.total_spread.copy()
    response, since = abnormal.response_spread.copy(), np.arange(len(steps)) >= abnormal.first
    for cell in np.argwhere(np.isfinite(abnormal.sigma)):
        event, name = int(cell[0]), int(cell[1])
        residual = abnormal.residual[event, name]
        residual = residual[np.isfinite(residual)]
        ratio = _forecast(residual, steps) / abnormal.sigma[event, name] ** 2
        known = np.isfinite(abnormal.change[event, name])
        spread[event, name] = ratio + 1 / len(residual)
        for into, days in ((total, known), (response, known & since)):
            into[event, name] = ratio[days].sum() + days.sum() ** 2 / len(residual)
    return replace(abnormal, variances=(spread, total, response))


def _forecast(residual: Floats, steps: npt.NDArray[np.intp]) -> Floats:
    """Return the variance forecast so many steps after the last residual."""
    try:
        fit = fit_garch(residual)
    except InputError:
        return np.full(len(steps), float(np.mean(residual**2)))
    _, omega, alpha, _, beta, _ = fit.theta
    long_run = omega / (1 - alpha - beta)
    following = omega + alpha * fit.path.residuals[-1] ** 2 + beta * fit.path.variances[-1]
    return np.asarray(fit.scale**2 * (long_run + (alpha + beta) ** (steps - 1) * (following - long_run)))
