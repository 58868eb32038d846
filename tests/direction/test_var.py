from __future__ import annotations

import numpy as np
import pytest

from coupling.kernels.decomposition import is_stable, spectral_radius, variance_shares
from coupling.kernels.tvp_var import filter_coefficients, least_squares_prior
from coupling.kernels.var import design, draw_paths, fit_paths, fit_var, rolling_var, simulate


def every_window(y, lags, window):
    """Return coefficients and covariances of all windows, whose pieces follow each other without a gap."""
    pieces = list(rolling_var(y, lags, window))
    ends = [0, *(piece.stop for piece, _, _ in pieces)]
    assert [piece.start for piece, _, _ in pieces] == ends[:-1]
    assert ends[-1] == len(y) - window + 1
    return tuple(np.concatenate(parts) for parts in list(zip(*pieces, strict=True))[1:])


def shares_of(y, lags, horizon=10, method="generalized"):
    fit = fit_var(y, lags)
    assert fit is not None
    return variance_shares(fit.coefficients[None], fit.covariance[None], horizon=horizon, method=method)[0]


def direct_shares(y, lags, horizon=10):
    """The same by the definition: least squares with a constant, a loop over moving-average terms."""
    rows, k = y.shape
    X = np.column_stack([np.ones(rows - lags)] + [y[lags - j : rows - j] for j in range(1, lags + 1)])
    B = np.linalg.lstsq(X, y[lags:], rcond=None)[0]
    sigma = np.cov((y[lags:] - X @ B).T, bias=True)
    A = [B[1 + k * j : 1 + k * (j + 1)].T for j in range(lags)]
    psi = [np.eye(k)]
    for h in range(1, horizon):
        psi.append(sum(A[j] @ psi[h - 1 - j] for j in range(min(lags, h))))
    numerator = sum((p @ sigma) ** 2 for p in psi) / np.diag(sigma)
    denominator = sum(np.diag(p @ sigma @ p.T) for p in psi)
    theta = numerator / denominator[:, None]
    return theta / theta.sum(axis=1, keepdims=True)


def hard_series():
    """Level shifts, a calm and a wild regime, one value a million times the rest."""
    rng = np.random.default_rng(5)
    y = rng.standard_normal((700, 3)).cumsum(axis=0) * 0.05 + rng.standard_normal((700, 3))
    y[300:450] *= 100.0
    y[450:] += 1e4
    y[520, 1] = 1e6
    return y


def test_every_rolling_window_equals_least_squares_on_its_own_rows():
    y, window, lags = hard_series(), 80, 2
    units = [1.0, 1e8, 1e-3]
    shares = variance_shares(*every_window(y * units, lags, window), horizon=10, method="generalized")
    direct = np.stack([direct_shares(y[i : i + window], lags) for i in range(len(y) - window + 1)])
    np.testing.assert_allclose(shares, direct, atol=1e-8)


@pytest.mark.parametrize(("rows", "window", "lags"), [(60, 60, 1), (61, 60, 3), (131, 40, 4), (300, 17, 2)])
def test_rolling_covers_every_window_whatever_the_lengths(rows, window, lags):
    y = np.random.default_rng(rows).standard_normal((rows, 2))
    coefficients, covariance = every_window(y, lags, window)
    assert coefficients.shape == (rows - window + 1, 2, 2 * lags)
    assert covariance.shape == (rows - window + 1, 2, 2)
    shares = variance_shares(coefficients, covariance, horizon=5, method="generalized")
    for i in {0, (rows - window) // 2, rows - window}:
        np.testing.assert_allclose(shares[i], direct_shares(y[i : i + window], lags, 5), atol=1e-10)


def test_windows_without_a_solution_are_missing_and_leave_no_trace():
    y = np.random.default_rng(0).standard_normal((300, 3))
    y[100:160, 2] = 4.0
    coefficients, _ = every_window(y, 1, 40)
    expected = np.array([np.ptp(y[i : i + 40, 2]) == 0 or np.ptp(y[i : i + 39, 2]) == 0 for i in range(261)])
    missing = np.isnan(coefficients).any(axis=(1, 2))
    assert (missing >= expected).all()
    assert missing.sum() <= expected.sum() + 2
    assert not missing[161:].any()


def test_cholesky_shares_equal_statsmodels():
    from statsmodels.tsa.api import VAR

    rng = np.random.default_rng(3)
    y = simulate(
        np.array([[0.4, 0.2, 0.0], [0.0, 0.3, -0.2], [0.1, 0.0, 0.5]]),
        rng.normal(size=(1, 400, 3)),
        np.zeros((1, 1, 3)),
    )[0]
    expected = VAR(y).fit(2).fevd(7).decomp[:, 6]
    np.testing.assert_allclose(shares_of(y, 2, 7, "cholesky"), expected, atol=1e-10)


def test_generalised_shares_in_closed_form():
    """One lag that only carries 1 to 2: Sigma = I, H = 2 gives shares of 2 equal to (a², 1 + b²) / (1 + a² + b²)."""
    a, b = 0.7, 0.4
    shares = variance_shares(np.array([[[0.0, 0.0], [a, b]]]), np.eye(2)[None], horizon=2, method="generalized")[0]
    np.testing.assert_allclose(shares, [[1, 0], [a**2 / (1 + a**2 + b**2), (1 + b**2) / (1 + a**2 + b**2)]])


def test_stability_agrees_with_the_roots_of_the_lag_polynomial():
    rng = np.random.default_rng(8)
    coefficients = rng.normal(scale=0.4, size=(200, 2, 4))
    for each, stable, radius in zip(coefficients, is_stable(coefficients), spectral_radius(coefficients), strict=True):
        first, second = each[:, :2], each[:, 2:]
        roots = [z for z in np.roots(_determinant(first, second)) if abs(z) > 1e-12]
        assert max(map(abs, roots)) == pytest.approx(radius, abs=1e-6)
        assert stable == (radius < 1)


def _determinant(first, second):
    """Coefficients of det(z² I - z A1 - A2), highest power first."""
    entry = [[np.array([float(i == j), -first[i, j], -second[i, j]]) for j in range(2)] for i in range(2)]
    return np.polysub(np.polymul(entry[0][0], entry[1][1]), np.polymul(entry[0][1], entry[1][0]))


def test_paths_are_fitted_as_one_by_one_and_without_each_group():
    paths = np.random.default_rng(4).standard_normal((3, 103, 2)) + 5
    coefficients, covariance = fit_paths(paths, 2, groups=10)
    for path, A, S in zip(paths, coefficients, covariance, strict=True):
        fit = fit_var(path, 2)
        np.testing.assert_allclose(A[0] / fit.scale[:, None] * np.tile(fit.scale, 2), fit.coefficients, atol=1e-10)
        np.testing.assert_allclose(S[0] / np.outer(fit.scale, fit.scale), fit.covariance, atol=1e-10)
        z = design(path, 2)
        kept = np.delete(z, slice(1 + 3 * 10, 1 + 4 * 10), axis=0)
        X = np.column_stack([np.ones(len(kept)), kept[:, 2:]])
        np.testing.assert_allclose(A[4], np.linalg.lstsq(X, kept[:, :2], rcond=None)[0][1:].T, atol=1e-10)


def test_filter_without_forgetting_ends_at_ridge_regression():
    """With a constant noise covariance of I and no forgetting the last state is the posterior mean in closed form."""
    rng = np.random.default_rng(6)
    y = simulate(0.3 * np.eye(2), rng.standard_normal((1, 200, 2)), np.zeros((1, 1, 2)))[0]
    prior = least_squares_prior(y[:50], 1)
    prior = type(prior)(mean=prior.mean, spread=prior.spread, noise=np.eye(2))
    coefficients, covariance, held = filter_coefficients(y, 1, prior, forget_coefficients=1.0, forget_covariance=1.0)
    precision = np.linalg.inv(prior.spread)
    past, now = y[:-1], y[1:]
    posterior = np.linalg.solve(precision + past.T @ past, precision @ prior.mean.T + past.T @ now).T
    np.testing.assert_allclose(coefficients[-1], posterior, atol=1e-10)
    np.testing.assert_array_equal(covariance[-1], np.eye(2))
    assert not held.any()


def test_filter_with_forgetting_ends_at_weighted_least_squares_however_long_the_series():
    """With a constant noise covariance and one design the last state is least squares with geometric weights."""
    rng = np.random.default_rng(8)
    y = rng.standard_t(5, size=(8000, 5)) + 0.5 * rng.standard_t(5, size=(8000, 1))
    coefficients, _, held = filter_coefficients(
        y, 1, least_squares_prior(y, 1), forget_coefficients=0.99, forget_covariance=1.0
    )
    past, now = y[:-1], y[1:]
    weights = 0.99 ** np.arange(len(past))[::-1, None]
    expected = np.linalg.solve((weights * past).T @ past, (weights * past).T @ now).T
    assert not held[-1]
    np.testing.assert_allclose(coefficients[-1], expected, atol=1e-8)


def test_filter_equals_the_plain_kronecker_form():
    """Written out as in the literature, with one long state vector and a Kronecker observation matrix."""
    rng = np.random.default_rng(7)
    k, lags = 2, 2
    y = simulate(
        np.array([[0.9, 0.3, 0.1, 0.0], [0.0, 0.8, 0.0, 0.15]]), rng.standard_normal((1, 150, k)), np.zeros((1, 2, k))
    )[0]
    prior = least_squares_prior(y, lags)
    got, noise, held = filter_coefficients(y, lags, prior, forget_coefficients=0.97, forget_covariance=0.95)
    expected, expected_noise, expected_held = _plain_filter(y, lags, prior, 0.97, 0.95)
    np.testing.assert_allclose(got, expected, atol=1e-8)
    np.testing.assert_allclose(noise, expected_noise, atol=1e-8)
    np.testing.assert_array_equal(held, expected_held)
    assert held.any()


def _plain_filter(y, lags, prior, kappa1, kappa2):
    rows, k = y.shape
    beta, V = prior.mean.ravel(), np.kron(np.eye(k), prior.spread)
    Q, latest, kept = prior.noise, prior.mean, prior.mean
    out, noise, held = [kept], [Q], [False]
    for t in range(1, rows):
        past = y[t - lags : t][::-1].ravel() if t >= lags else np.zeros(k * lags)
        error = y[t] - latest @ past
        Q = kappa2 * Q + (1 - kappa2) * (0.1 * np.outer(y[t], y[t]) if t <= lags else np.outer(error, error))
        unstable = False
        if t >= lags:
            F = np.kron(np.eye(k), past)
            V = V / kappa1 if t > lags else V
            gain = V @ F.T @ np.linalg.inv(Q + F @ V @ F.T)
            new = beta + gain @ (y[t] - F @ beta)
            V = V - gain @ F @ V
            latest = new.reshape(k, -1)
            unstable = spectral_radius(latest[None])[0] >= 1
            beta = 0.99 * beta if unstable else new
            kept = kept if unstable else latest
        out.append(kept)
        noise.append(Q)
        held.append(unstable)
    return np.array(out), np.array(noise), np.array(held)


@pytest.mark.parametrize(("lags", "rows", "block"), [(1, 60, 4), (3, 83, 5), (2, 41, 1)])
def test_paths_are_drawn_row_by_row_from_centred_blocks(lags: int, rows: int, block: int) -> None:
    rng = np.random.default_rng(lags)
    coefficients, residuals = rng.normal(scale=0.1, size=(2, 2 * lags)), rng.standard_t(5, size=(rows, 2))
    starts = rng.integers(rows - block + 1, size=(7, -(-rows // block), 2))
    first = rng.standard_normal((7, lags, 2))
    paths = draw_paths(coefficients, residuals, starts, first, block=block)
    together = draw_paths(coefficients, residuals, starts[..., :1], first, block=block)
    for b in range(7):
        for drawn, column in ((paths, (0, 1)), (together, (0, 0))):
            expected = list(first[b])
            for t in range(rows):
                piece, place = divmod(t, block)
                shock = [
                    residuals[starts[b, piece, column[j]] + place, j]
                    - np.mean([residuals[start + place, j] for start in range(rows - block + 1)])
                    for j in range(2)
                ]
                past = np.concatenate(expected[: -lags - 1 : -1])
                expected.append(coefficients @ past + shock)
            np.testing.assert_allclose(drawn[b], expected, rtol=1e-9, atol=1e-12)


def test_a_path_is_fitted_alike_whatever_stands_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = np.random.default_rng(0).standard_normal((9, 43, 3))
    whole = fit_paths(paths, 2, groups=4)
    monkeypatch.setattr("coupling.kernels.var._NEAR", 1)
    for one, other in zip(whole, fit_paths(paths, 2, groups=4), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-14)
    for one, other in zip(whole, fit_paths(paths, 2, groups=0), strict=True):
        np.testing.assert_allclose(one[:, :1], other, rtol=1e-12, atol=1e-14)
