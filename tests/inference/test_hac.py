from __future__ import annotations

import numpy as np
import pytest
from arch.covariance.kernel import Bartlett, Parzen, QuadraticSpectral
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.sandwich_covariance import S_hac_simple

from coupling.errors import InputError
from coupling.inference import automatic_bandwidth, kernel_weights, long_run_covariance, long_run_variance

PEERS = {"bartlett": Bartlett, "parzen": Parzen, "quadratic_spectral": QuadraticSpectral}


def autoregression(n: int, rho: float, k: int = 1, seed: int = 0) -> np.ndarray:
    shocks = np.random.default_rng(seed).normal(size=(n + 100, k))
    x = np.zeros_like(shocks)
    for t in range(1, len(x)):
        x[t] = rho * x[t - 1] + shocks[t]
    return x[100:]


@pytest.mark.parametrize("kernel", PEERS)
@pytest.mark.parametrize("rho", [-0.3, 0.0, 0.7])
def test_automatic_newey_west_agrees_with_arch(kernel, rho):
    x = autoregression(300, rho, k=2)
    peer = PEERS[kernel](x)
    assert automatic_bandwidth(x - x.mean(axis=0), kernel=kernel) == pytest.approx(peer.bandwidth, rel=1e-12)
    np.testing.assert_allclose(long_run_covariance(x, kernel=kernel), peer.cov.long_run, rtol=1e-10)


@pytest.mark.parametrize("kernel", PEERS)
@pytest.mark.parametrize("bandwidth", [0, 1, 3.7, 12])
def test_given_bandwidth_agrees_with_arch(kernel, bandwidth):
    x = autoregression(120, 0.5, k=3)
    expected = PEERS[kernel](x, bandwidth=bandwidth).cov.long_run
    np.testing.assert_allclose(long_run_covariance(x, kernel=kernel, bandwidth=bandwidth), expected, rtol=1e-10)


def test_bartlett_agrees_with_statsmodels():
    x = autoregression(150, 0.4)
    centred = x - x.mean()
    expected = S_hac_simple(centred, nlags=5)[0, 0] / len(x)
    assert long_run_variance(x[:, 0], bandwidth=5) == pytest.approx(expected, rel=1e-12)
    fit = OLS(x[:, 0], np.ones(150)).fit(cov_type="HAC", cov_kwds={"maxlags": 5})
    assert np.sqrt(long_run_variance(x[:, 0], bandwidth=5) / 150) == pytest.approx(fit.bse[0], rel=1e-12)


@pytest.mark.parametrize(
    ("kernel", "expected"),
    # Andrews (1991, eq. 6.2 and 6.4), rho = 0.5, T = 100000:
    # alpha(1) = 4 rho² / ((1 - rho)² (1 + rho)²), alpha(2) = 4 rho² / (1 - rho)⁴
    [
        ("bartlett", 1.1447 * (1.7777777777777777 * 1e5) ** (1 / 3)),
        ("parzen", 2.6614 * (16 * 1e5) ** 0.2),
        ("quadratic_spectral", 1.3221 * (16 * 1e5) ** 0.2),
    ],
)
def test_andrews_rule_reaches_its_closed_form(kernel, expected):
    x = autoregression(100_000, 0.5)
    assert automatic_bandwidth(x, kernel=kernel, rule="andrews") == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize("bandwidth", ["newey_west", "andrews"])
@pytest.mark.parametrize("kernel", PEERS)
def test_long_run_variance_of_an_autoregression(kernel, bandwidth):
    x = autoregression(50_000, 0.5)[:, 0]
    assert long_run_variance(x, kernel=kernel, bandwidth=bandwidth) == pytest.approx(4.0, rel=0.1)


@given(
    st.floats(1e-3, 1e3),
    st.floats(-100, 100),
    st.sampled_from(sorted(PEERS)),
    st.sampled_from(["newey_west", "andrews"]),
)
def test_scaling_and_shifting_change_only_the_scale(scale, shift, kernel, rule):
    x = autoregression(60, 0.5)[:, 0]
    moved = long_run_variance(shift + scale * x, kernel=kernel, bandwidth=rule)
    assert moved == pytest.approx(scale**2 * long_run_variance(x, kernel=kernel, bandwidth=rule), rel=1e-6)


@given(st.integers(0, 40), st.sampled_from(sorted(PEERS)))
def test_covariance_is_positive_semidefinite(seed, kernel):
    x = autoregression(30, -0.6, k=3, seed=seed)
    values = np.linalg.eigvalsh(long_run_covariance(x, kernel=kernel))
    assert values.min() > -1e-10 * values.max()


def test_constant_series_has_no_variance():
    assert long_run_variance(np.full(20, 3.0)) == 0
    assert long_run_variance(np.full(20, 3.0), bandwidth="andrews") == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: long_run_variance([1.0, np.nan, 2.0]), "finite values"),
        (lambda: long_run_variance([1.0]), "at least 2 rows"),
        (lambda: long_run_variance(np.ones((5, 2))), "One series is needed, not 2"),
        (lambda: kernel_weights("bartlet", 2, 10), "did you mean 'bartlett'"),
        (lambda: kernel_weights("bartlett", -1, 10), "not -1"),
        (lambda: automatic_bandwidth([1.0, 2.0], rule="andrew"), "did you mean 'andrews'"),
    ],
)
def test_errors_say_what_to_do(call, message):
    with pytest.raises(InputError, match=message):
        call()
