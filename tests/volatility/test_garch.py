"""GARCH against the published benchmark, rugarch, arch, and differences of its own likelihood."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from arch import arch_model
from scipy.optimize import approx_fprime
from scipy.stats import t as t_law

from coupling.errors import InputError
from coupling.kernels.garch import garch_path, log_densities, scores
from coupling.volatility import GarchModel, evaluate_garch, fit_garch

Floats = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def marks(shared: Path) -> pd.Series:
    """Changes of the German mark against the pound, 1984 to 1991 (Bollerslev & Ghysels 1996)."""
    return pd.read_csv(shared / "reference/estimators/data/dmbp.csv")["V1"].rename("DEM")


def simulate(rows: int = 1500, *, gamma: float = 0.0, seed: int = 3) -> Floats:
    rng = np.random.default_rng(seed)
    shocks, x, h = rng.standard_normal(rows), np.empty(rows), 1.0
    for t in range(rows):
        x[t] = 0.05 + np.sqrt(h) * shocks[t]
        e = x[t] - 0.05
        h = 0.05 + (0.1 + gamma * (e < 0)) * e**2 + 0.8 * h
    return x


def test_published_digits(marks: pd.Series) -> None:
    """Fiorentini, Calzolari & Panattoni (1996), the benchmark of Brooks, Burke & Persand (2001)."""
    result = GarchModel(initial_variance="recursion", errors="hessian").fit(marks)
    estimate, error = result.frame["estimate"], result.frame["std_error"]
    np.testing.assert_allclose(estimate, [-0.00619041, 0.0107613, 0.153134, 0.805974], atol=2e-6)
    np.testing.assert_allclose(error, [0.00846212, 0.00285271, 0.0265228, 0.0335527], rtol=1e-5)
    assert result.log_likelihood == pytest.approx(-1106.60788104, abs=1e-6)


def test_rugarch(marks: pd.Series) -> None:
    """The optimum with rugarch's start, found by another maximisation in the reference answers."""
    result = GarchModel(initial_variance="sample").fit(marks)
    expected = [-0.00618441, 0.01076027, 0.15340743, 0.80587921]
    np.testing.assert_allclose(result.frame["estimate"], expected, atol=2e-6)
    assert result.log_likelihood == pytest.approx(-1106.58658074, abs=1e-6)


@pytest.mark.parametrize("asymmetric", [False, True])
@pytest.mark.parametrize("distribution", ["normal", "student"])
def test_arch(asymmetric: bool, distribution: str) -> None:
    x = simulate(gamma=0.08 if asymmetric else 0.0)
    if distribution == "student":
        x = x * np.sqrt(6.0 / np.random.default_rng(5).chisquare(6.0, x.size))
    ours = GarchModel(asymmetric=asymmetric, distribution=distribution, initial_variance="backcast").fit(pd.Series(x))
    peer = arch_model(x, mean="Constant", p=1, o=int(asymmetric), dist="t" if distribution == "student" else "normal")
    theirs = peer.fit(disp="off", tol=1e-12)
    assert ours.log_likelihood == pytest.approx(theirs.loglikelihood, abs=1e-5)
    np.testing.assert_allclose(ours.frame["estimate"], theirs.params, atol=1e-3, rtol=2e-3)
    np.testing.assert_allclose(ours.frame["std_error"], theirs.std_err, rtol=0.01)


@pytest.mark.parametrize("start", ["sample", "recursion", 0.7])
@pytest.mark.parametrize("shape", [None, 6.0])
def test_scores_are_derivatives(start: str | float, shape: float | None) -> None:
    x, at = simulate(200), np.array([0.03, 0.08, 0.07, 0.05, 0.8])

    def total(theta: Floats) -> float:
        return float(log_densities(garch_path(theta[:5], x, start), theta[5] if shape else None).sum())

    theta = np.append(at, shape) if shape else at
    exact = scores(garch_path(at, x, start), shape).sum(axis=1)
    np.testing.assert_allclose(exact, approx_fprime(theta, total, 1e-7), rtol=1e-4, atol=1e-3)


def test_filter_equals_loop() -> None:
    x, (mu, omega, alpha, gamma, beta) = simulate(100), (0.03, 0.08, 0.07, 0.05, 0.8)
    path = garch_path(np.array([mu, omega, alpha, gamma, beta]), x, "sample")
    h = np.mean((x - mu) ** 2)
    for t, value in enumerate(x):
        assert path.variances[t] == pytest.approx(h, rel=1e-12)
        e = value - mu
        h = omega + (alpha + gamma * (e < 0)) * e**2 + beta * h


@pytest.mark.parametrize("scale", [1e-150, 1e150])
def test_scale(scale: float) -> None:
    x = simulate(400)
    plain, scaled = fit_garch(x), fit_garch(x * scale)
    np.testing.assert_allclose(scaled.theta, plain.theta, rtol=1e-6)
    assert scaled.log_likelihood == pytest.approx(plain.log_likelihood - 400 * np.log(scale), rel=1e-9)


def test_given_parameters() -> None:
    x = simulate(400)
    fit = fit_garch(x)
    again = evaluate_garch(x, dict(zip(fit.names, fit.parameters, strict=True)))
    assert again.log_likelihood == pytest.approx(fit.log_likelihood, rel=1e-12)


def test_bound_is_said() -> None:
    """Noise without any GARCH: the estimate ends on a bound for this seed, and the warning says which."""
    result = GarchModel().fit(pd.Series(np.random.default_rng(4).standard_normal(300)))
    on_bound = result.frame.loc[result.frame["estimate"].abs() < 1e-6, "parameter"].tolist()
    assert on_bound
    assert any(on_bound[0] in warning for warning in result.warnings)
    held = result.frame["parameter"].isin(on_bound)
    assert result.frame.loc[held, "std_error"].isna().all()
    assert result.frame.loc[~held, "std_error"].notna().any()


@pytest.mark.parametrize("asymmetric", [False, True])
@pytest.mark.parametrize(("times", "below"), [(1e7, 50.0), (1e10, np.inf)])
def test_no_maximum_lies_below_a_steady_variance(times: float, below: float, *, asymmetric: bool) -> None:
    """One value is ten million times the others: the density of a constant variance is known in closed form."""
    x = 0.01 * np.random.default_rng(0).standard_normal(1000)
    x[500] *= times
    steady = t_law.logpdf(x, 8.0, scale=np.sqrt(6.0 / 8.0) * 0.01).sum()
    result = GarchModel(distribution="student", asymmetric=asymmetric).fit(pd.Series(x))
    assert result.log_likelihood > steady - below
    assert result.log_likelihood > steady or any("did not converge" in warning for warning in result.warnings)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.0] * 100, "constant"),
        ([0.0] * 100, "constant"),
        ([1.0, 2.0], "at least 10 rows, and 2"),
        ([*range(99), np.nan], "NaN"),
        ([*range(99), np.inf], "inf"),
    ],
)
def test_degenerate(values: list[float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        GarchModel().fit(pd.Series(values, dtype=float))


@pytest.mark.parametrize("option", [{"distribution": "cauchy"}, {"errors": "none"}, {"initial_variance": "first"}])
def test_unknown_option(option: dict[str, str]) -> None:
    with pytest.raises(InputError, match=next(iter(option.values()))):
        GarchModel(**option).fit(pd.Series(simulate(100)))


def test_result_reads_and_draws() -> None:
    result = GarchModel(asymmetric=True).fit(pd.Series(simulate(300), name="BTC"))
    assert "Volatility of BTC" in result.sentence
    assert result.persistence < 1.0
    assert result.plot().get_title() == "Volatility of BTC"
