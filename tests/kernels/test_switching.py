"""Two hidden states against statsmodels, and with known truth."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from scipy import integrate, stats
from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression

from coupling.kernels.switching import (
    TwoStates,
    fit_two_directions,
    fit_two_states,
    one_direction_log_likelihood,
    simulate_two_states,
    state_probabilities,
)

Floats = npt.NDArray[np.float64]
TRUTH = TwoStates(
    covariances=np.array([[[[0.5, 0.05], [0.05, 0.5]], [[3.0, 2.0], [2.0, 3.0]]]]),
    transitions=np.array([[[0.98, 0.02], [0.05, 0.95]]]),
    log_likelihoods=np.zeros(1),
)


def sample(rows: int = 1000, count: int = 1, seed: int = 0) -> Floats:
    rng = np.random.default_rng(seed)
    roots = np.linalg.cholesky(TRUTH.covariances[0])
    normal = rng.standard_normal((rows, 2)) @ roots[0].T
    return simulate_two_states(TRUTH, normal, np.zeros(rows), count, rng)


def test_statsmodels() -> None:
    """One column: the likelihood, the parameters and both probabilities of Hamilton's model with no mean."""
    y = sample()[0, :, 0]
    ours = fit_two_states(y[None, :, None], tolerance=1e-7, iterations=2000)
    model = MarkovRegression(y, k_regimes=2, trend="n", switching_variance=True)
    stay, leave, calm, stressed = theirs = model.fit().params
    assert ours.log_likelihoods[0] == pytest.approx(model.loglike(theirs), abs=0.02)
    np.testing.assert_allclose(ours.covariances.ravel(), [calm, stressed], rtol=0.01)
    np.testing.assert_allclose(ours.transitions[0, :, 0], [stay, leave], atol=3e-3)
    filtered, smoothed = state_probabilities(y[None, :, None], ours)
    at_ours = model.smooth([*ours.transitions[0, :, 0], *ours.covariances.ravel()])
    np.testing.assert_allclose(filtered[0], at_ours.filtered_marginal_probabilities[:, 1], atol=1e-10)
    np.testing.assert_allclose(smoothed[0], at_ours.smoothed_marginal_probabilities[:, 1], atol=1e-10)
    assert ours.log_likelihoods[0] == pytest.approx(at_ours.llf, abs=1e-5)


def test_known_truth() -> None:
    fitted = fit_two_states(sample(4000))
    np.testing.assert_allclose(fitted.covariances, TRUTH.covariances, rtol=0.15, atol=0.05)
    np.testing.assert_allclose(fitted.transitions, TRUTH.transitions, atol=0.02)
    np.testing.assert_allclose(fitted.stationary, [[5 / 7, 2 / 7]], atol=0.08)


@pytest.mark.thorough
def test_samples_do_not_touch_each_other() -> None:
    x = sample(500, count=3)
    together = fit_two_states(x, iterations=30, tolerance=-np.inf)
    for number in range(3):
        alone = fit_two_states(x[number : number + 1], iterations=30, tolerance=-np.inf)
        np.testing.assert_allclose(together.covariances[number], alone.covariances[0], rtol=1e-9)


@pytest.mark.thorough
def test_likelihood_never_falls() -> None:
    """But for the start in the stationary law, which a step does not maximise."""
    x = sample(300)
    totals = [fit_two_states(x, iterations=k, tolerance=-np.inf).log_likelihoods[0] for k in range(1, 30)]
    assert (np.diff(totals) > -1e-3).all()


def test_one_state() -> None:
    """Equal covariances in both states give the likelihood of one."""
    x = sample(200)
    covariance = np.einsum("bti,btj->bij", x, x) / 200
    equal = TwoStates(
        covariances=np.stack([covariance, covariance], axis=1),
        transitions=TRUTH.transitions,
        log_likelihoods=np.zeros(1),
    )
    again = fit_two_states(x, start=equal, iterations=1)
    law = stats.multivariate_normal(cov=covariance[0])
    assert again.log_likelihoods[0] == pytest.approx(law.logpdf(x[0]).sum(), rel=1e-12)


def test_the_law_of_directions_is_that_of_normal_rows_whatever_their_length() -> None:
    """The density of a direction is the integral of the normal density along its ray, times the radius."""
    correlation = np.array([[1.0, 0.6], [0.6, 1.0]])
    angles = np.linspace(0.1, 3.0, 6)
    rows = np.column_stack([np.cos(angles), np.sin(angles)])
    law = stats.multivariate_normal(cov=correlation)
    rays = [integrate.quad(lambda r, row=row: r * law.pdf(r * row), 0, np.inf)[0] for row in rows]
    ours = one_direction_log_likelihood(rows, correlation) - len(rows) * np.log(2 * np.pi)
    assert ours == pytest.approx(np.log(rays).sum(), rel=1e-8)


def test_two_states_of_directions_are_found_whatever_the_volatility() -> None:
    rng = np.random.default_rng(2)
    z = rng.normal(size=(900, 2))
    stressed = (np.arange(900) // 60 % 3 == 2).astype(float)
    rho = np.where(stressed == 1, 0.9, -0.2)
    z[:, 1] = rho * z[:, 0] + np.sqrt(1 - rho**2) * z[:, 1]
    correlation = np.corrcoef(z.T)
    volatile = z * np.exp(rng.normal(size=(900, 1)))
    found = [fit_two_directions(x[None], stressed[None])[0] for x in (z, volatile)]
    sizes = 2 * np.log(np.linalg.norm(volatile, axis=1) / np.linalg.norm(z, axis=1)).sum()
    assert found[0] == pytest.approx(found[1] + sizes, abs=0.05)
    assert 2 * (found[0] - one_direction_log_likelihood(z, correlation)) > 100
    mixed = rng.permutation(900)
    shuffled = fit_two_directions(z[None, mixed], stressed[None])[0]
    assert found[0] > shuffled + 50
