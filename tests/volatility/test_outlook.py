"""Paths ahead of a GARCH fit, against arch and the closed form of the variance forecast."""

from __future__ import annotations

import numpy as np
import pytest
from arch import arch_model

from coupling.errors import InputError
from coupling.kernels.garch import garch_path, variance_paths
from coupling.volatility import GarchModel, evaluate_garch, fit_garch
from coupling.volatility.outlook import draw_parameters, garch_outlook, garch_outlooks

GIVEN = {"mu": 0.1, "omega": 0.05, "alpha": 0.1, "beta": 0.85}


def garch_series(rows: int, seed: int = 0, *, alpha: float = 0.1, beta: float = 0.85) -> np.ndarray:
    """Simulate a GARCH(1,1) of unconditional variance 1."""
    rng = np.random.default_rng(seed)
    x, h = np.empty(rows), 1.0
    for t, z in enumerate(rng.standard_normal(rows)):
        x[t] = np.sqrt(h) * z
        h = 1.0 - alpha - beta + alpha * x[t] ** 2 + beta * h
    return x + 0.1


def drawn(fit: object, **options: int) -> np.ndarray:
    batches = garch_outlook(fit, **options)  # type: ignore[arg-type]
    return np.concatenate([batch.values.reshape(len(batch.values), -1) for batch in batches], axis=1)


def test_the_variance_of_the_paths_is_the_forecast_of_arch() -> None:
    x = garch_series(1500)
    fit = evaluate_garch(x, GIVEN, initial_variance="backcast")
    there = arch_model(x, mean="Constant", vol="GARCH", p=1, q=1).fix(list(GIVEN.values()))
    forecast = there.forecast(horizon=60).variance.to_numpy()[-1]
    squares = drawn(fit, rows=60, draws=10, paths=4000, random_state=1) ** 2
    error = squares.std(axis=1) / np.sqrt(squares.shape[1])
    # our filter starts at the sample variance, arch's at its backcast: after 1,500 rows nothing is left of it
    assert np.abs(squares.mean(axis=1) - forecast).max() < 4.5 * error.max()
    assert forecast[0] == pytest.approx(np.mean(squares[0]), rel=0.03)


def test_given_parameters_are_not_drawn_and_the_drift_is_theirs() -> None:
    fit = evaluate_garch(garch_series(300), GIVEN)
    drifts = np.concatenate([b.drift for b in garch_outlook(fit, rows=2, draws=7, paths=3, random_state=0)])
    assert drifts == pytest.approx(np.full(7, 0.1))


def test_parameters_are_drawn_with_their_robust_errors() -> None:
    x = garch_series(4000, seed=3)
    fit = fit_garch(x)
    thetas = draw_parameters(fit, 4000, np.random.default_rng(0)) * [fit.scale, fit.scale**2, 1, 1, 1, 1]
    import pandas as pd

    table = GarchModel().fit(pd.Series(x)).frame.set_index("parameter")
    for place, name in ((0, "mu"), (2, "alpha"), (4, "beta")):
        assert thetas[:, place].mean() == pytest.approx(
            table.loc[name, "estimate"], abs=0.1 * table.loc[name, "std_error"]
        )
        assert thetas[:, place].std() == pytest.approx(table.loc[name, "std_error"], rel=0.06)


def test_draws_are_admissible_even_at_the_edge_of_persistence() -> None:
    x = garch_series(400, seed=5, alpha=0.05, beta=0.949)
    thetas = draw_parameters(fit_garch(x), 200, np.random.default_rng(0))
    assert (thetas[:, 1] > 0).all()
    assert (thetas[:, [2, 4]] >= 0).all()
    assert (thetas[:, 2] + thetas[:, 4] < 1).all()


def test_the_same_seed_gives_the_same_paths_in_batches_of_any_kind() -> None:
    fit = fit_garch(garch_series(300))
    first, second = (drawn(fit, rows=5, draws=12, paths=2, random_state=4) for _ in range(2))
    assert np.array_equal(first, second)
    assert first.shape == (5, 24)
    assert not np.array_equal(first, drawn(fit, rows=5, draws=12, paths=2, random_state=5))


def test_errors_that_cannot_be_had_are_said() -> None:
    fit = fit_garch(garch_series(300))
    object.__setattr__(fit, "hessian", np.full_like(fit.hessian, np.nan))
    with pytest.raises(InputError, match="longer series"):
        draw_parameters(fit, 3, np.random.default_rng(0))


def test_an_earlier_fit_filters_the_longer_series_and_what_follows_is_that_of_the_recursion_written_out() -> None:
    x = garch_series(900, seed=6)
    fit = fit_garch(x[:600], asymmetric=True)
    ends, seeds, rows = np.array([600, 750]), [3, 4], 9
    shocks, told = garch_outlooks(fit, x, ends, rows=rows, draws=2, paths=3, seeds=seeds)
    assert told.all()
    assert shocks.values.shape == (rows, 4, 3)
    for at, (end, seed) in enumerate(zip(ends, seeds, strict=True)):
        rng = np.random.default_rng(seed)
        thetas = draw_parameters(fit, 2, rng)
        picked = rng.integers(end, size=(rows, 2, 3))
        for draw, theta in enumerate(thetas):
            path = garch_path(theta[:5], x[:end] / fit.scale, "sample")
            last = np.array([path.standardized[-1]])
            z = (path.standardized - path.standardized.mean()) / path.standardized.std()
            following = variance_paths(np.array([last, last]), theta[1:5], path.variances[-1:])[1]
            here = z[picked[:, draw]]
            there = here * np.sqrt(variance_paths(here, theta[1:5], following)) * fit.scale
            np.testing.assert_allclose(shocks.values[:, 2 * at + draw], there, rtol=1e-9)
            assert shocks.drift[2 * at + draw] == theta[0] * fit.scale


def test_origins_without_admissible_draws_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    from coupling.volatility import outlook

    fit = fit_garch(garch_series(300))
    draw = outlook.draw_parameters

    def first_fails(fit: object, draws: int, rng: np.random.Generator) -> np.ndarray:
        if rng.bit_generator.state == np.random.default_rng(1).bit_generator.state:
            raise InputError("hardly any")
        return draw(fit, draws, rng)  # type: ignore[arg-type]

    options = {"rows": 4, "draws": 2, "paths": 3}
    alone, _ = garch_outlooks(fit, garch_series(300), np.array([280]), seeds=[2], **options)  # type: ignore[arg-type]
    monkeypatch.setattr(outlook, "draw_parameters", first_fails)
    shocks, told = garch_outlooks(fit, garch_series(300), np.array([250, 280]), seeds=[1, 2], **options)  # type: ignore[arg-type]
    assert told.tolist() == [False, True]
    np.testing.assert_array_equal(shocks.values, alone.values)
