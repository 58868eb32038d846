"""The log-HAR, against a regression written out in pandas and simulations of a known one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.api import OLS, add_constant

from coupling.errors import InputError
from coupling.volatility.log_har import fit_log_har, har_outlook, har_outlooks, unbroken


def har_series(weeks: int, seed: int = 0, slopes: tuple[float, float, float] = (0.3, 0.3, 0.2)) -> np.ndarray:
    """Simulate weekly log variances from a known HAR with mean 0, each spread over seven days exactly."""
    rng = np.random.default_rng(seed)
    v = np.zeros(weeks + 13)
    for w in range(13, len(v)):
        parts = (v[w - 1], v[w - 4 : w].mean(), v[w - 13 : w].mean())
        v[w] = np.dot(slopes, parts) + rng.normal(0, 0.4)
    z = rng.standard_normal((weeks, 7))
    z *= np.exp(v[13:] / 2)[:, None] / np.sqrt((z**2).mean(axis=1, keepdims=True))
    return z.ravel()


def test_the_coefficients_are_those_of_a_regression_written_out() -> None:
    x = har_series(200) + 0.05
    blocks = pd.Series(x - x.mean()).groupby(np.arange(x.size) // 7)
    v = np.log(blocks.apply(lambda days: (days**2).mean()))
    design = pd.DataFrame({name: v.rolling(span).mean().shift(1) for name, span in (("w", 1), ("m", 4), ("q", 13))})
    there = OLS(v[13:], add_constant(design[13:])).fit(cov_type="HC1")
    fit = fit_log_har(x, block=7)
    assert fit.coefficients == pytest.approx(there.params.to_numpy(), abs=1e-10)
    assert fit.covariance == pytest.approx(there.cov_params().to_numpy(), abs=1e-10)
    assert fit.residuals == pytest.approx(there.resid.to_numpy(), abs=1e-10)


def test_a_known_har_is_found() -> None:
    fit = fit_log_har(har_series(6000, seed=2), block=7)
    errors = np.sqrt(np.diag(fit.covariance))
    assert (np.abs(fit.coefficients - [0, 0.3, 0.3, 0.2]) < 3 * errors).all()


@given(st.integers(1, 40), st.integers(0, 5))
def test_a_drawn_week_has_the_variance_drawn_and_the_shape_of_a_past_one(rows: int, seed: int) -> None:
    fit = fit_log_har(har_series(80), block=7)
    (batch,) = har_outlook(fit, rows=rows, draws=2, paths=3, random_state=seed)
    assert batch.values.shape == (rows, 2, 3)
    week = batch.values[:7, 0, 0]
    if rows >= 7:
        shape = week / np.sqrt((week**2).mean())
        assert np.abs(fit.shapes - shape).max(axis=1).min() < 1e-9


def test_the_paths_return_to_the_variance_of_the_past() -> None:
    x = har_series(600, seed=4)
    fit = fit_log_har(x, block=7)
    values = np.concatenate([b.values for b in har_outlook(fit, rows=700, draws=20, paths=40, random_state=0)], axis=1)
    logs = np.log((values[350:] ** 2).reshape(50, 7, 20, 40).mean(axis=1))
    assert logs.mean() == pytest.approx(fit.log_variances.mean(), abs=0.15)
    assert logs.std() == pytest.approx(fit.log_variances.std(), rel=0.2)


def test_what_lies_before_a_week_without_change_is_left_out() -> None:
    x = har_series(100)
    x[70:77] = 0.0
    assert len(unbroken(x, block=7)) == 700 - 77
    with pytest.raises(InputError, match="a log-HAR needs 60 weeks, and 20 are available"):
        fit_log_har(np.concatenate([x, np.zeros(7), har_series(20)]), block=7)


def test_several_origins_at_once_have_the_paths_of_each_alone() -> None:
    x = har_series(120, seed=3)
    fits = [fit_log_har(x[:end], block=7) for end in (560, 840)]
    together, told = har_outlooks(fits, rows=10, draws=2, paths=4, seeds=[5, 6])
    assert told.all()
    for at, (fit, seed) in enumerate(zip(fits, (5, 6), strict=True)):
        (alone,) = har_outlook(fit, rows=10, draws=2, paths=4, random_state=seed)
        np.testing.assert_array_equal(together.values[:, 2 * at : 2 * at + 2], alone.values)
        np.testing.assert_array_equal(together.drift[2 * at : 2 * at + 2], alone.drift)


def test_origins_without_a_stationary_draw_are_left_out() -> None:
    good, bad = fit_log_har(har_series(120), block=7), fit_log_har(har_series(130), block=7)
    object.__setattr__(bad, "coefficients", np.array([0.0, 9.0, 9.0, 9.0]))
    shocks, told = har_outlooks([bad, good], rows=3, draws=2, paths=4, seeds=[5, 6])
    (alone,) = har_outlook(good, rows=3, draws=2, paths=4, random_state=6)
    assert told.tolist() == [False, True]
    np.testing.assert_array_equal(shocks.values, alone.values)
    none, told = har_outlooks([bad], rows=3, draws=2, paths=4, seeds=[5])
    assert (none.values.shape, none.drift.size, told.tolist()) == ((3, 0, 4), 0, [False])
