"""DCC against rmgarch, a loop over time, differences of its own likelihood, and simulations with known truth."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy.stats import multivariate_normal, multivariate_t
from sklearn.base import clone

from coupling.correlation.dcc import DccCorrelation
from coupling.errors import InputError
from coupling.kernels.dcc import dcc_adjoint, dcc_data, dcc_scores, dcc_states, dcc_terms

Floats = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def peer(shared: Path) -> dict[str, Any]:
    answers = json.loads((shared / "reference/estimators/answers.json").read_text())
    return dict(answers["entries"]["dcc_dji30retw5_x100_norm"]["value"])


@pytest.fixture(scope="module")
def shares(shared: Path) -> pd.DataFrame:
    path = shared / "reference/estimators/data/dji30retw_first5.csv"
    return pd.read_csv(path, index_col=0, parse_dates=True) * 100.0


@pytest.fixture(scope="module")
def first_stage(peer: dict[str, Any], shares: pd.DataFrame) -> dict[str, dict[str, float]]:
    names = {"mu": "mu", "omega": "omega", "alpha": "alpha1", "beta": "beta1"}
    return {c: {ours: peer["coef"][f"[{c}].{theirs}"] for ours, theirs in names.items()} for c in shares}


def simulate(rows: int, *, alpha: float = 0.05, beta: float = 0.9, rho: float = 0.5, seed: int = 0) -> pd.DataFrame:
    """Two GARCH series whose correlation follows a DCC; returns the changes and the true path in column ``rho``."""
    rng = np.random.default_rng(seed)
    target = np.array([[1.0, rho], [rho, 1.0]])
    q, h = target.copy(), np.ones(2)
    out = np.empty((rows, 3))
    for t in range(rows):
        scale = np.sqrt(np.diag(q))
        r = q[0, 1] / scale[0] / scale[1]
        z = np.linalg.cholesky(np.array([[1.0, r], [r, 1.0]])) @ rng.standard_normal(2)
        e = np.sqrt(h) * z
        out[t] = *e, r
        h = 0.05 + 0.08 * e**2 + 0.87 * h
        q = (1 - alpha - beta) * target + alpha * np.outer(z, z) + beta * q
    return pd.DataFrame(out, columns=["BTC", "SPX", "rho"])


def residuals(size: int = 3, rows: int = 60) -> Floats:
    return np.random.default_rng(2).standard_normal((size, rows))


# --- against rmgarch 1.4-2 ------------------------------------------------------------------------------------------


def test_log_likelihood_at_given_coefficients(
    shares: pd.DataFrame, peer: dict[str, Any], first_stage: dict[str, dict[str, float]]
) -> None:
    joint = {"alpha": peer["coef"]["[Joint]dcca1"], "beta": peer["coef"]["[Joint]dccb1"]}
    model = DccCorrelation(first_stage=first_stage, second_stage=joint).fit(shares)
    assert model.log_likelihood_ == pytest.approx(peer["loglik"], abs=1e-8)
    upper = np.triu_indices(5, 1)
    for row, name in ((0, "R_1"), (99, "R_100"), (-1, "R_T")):
        np.testing.assert_allclose(model.correlation_.iloc[row], np.array(peer[name])[upper], rtol=0, atol=1e-12)
    path = model.between("AA", "AXP")["estimate"]
    assert path.mean() == pytest.approx(peer["mean_R12"], abs=1e-12)
    assert path.max() == pytest.approx(peer["max_R12"], abs=1e-12)
    deviations = model.volatility_.iloc[-1].to_numpy()
    np.testing.assert_allclose(deviations**2, np.diag(peer["H_T"]), rtol=1e-10)
    assert model.parameters_["std_error"].isna().all()


@pytest.mark.parametrize(
    ("start", "alpha", "beta", "log_likelihood"),
    [("ones", 0.00764418, 0.98185186, -15644.170206481), ("target", 0.0075546, 0.98218503, -15644.202813622)],
)
def test_second_stage_reaches_the_best_known(
    shares: pd.DataFrame,
    first_stage: dict[str, dict[str, float]],
    start: str,
    alpha: float,
    beta: float,
    log_likelihood: float,
) -> None:
    """Both optima were found by another search (Nelder–Mead) in the reference answers."""
    model = DccCorrelation(first_stage=first_stage, initial_correlation=start).fit(shares)
    assert model.alpha_ == pytest.approx(alpha, abs=1e-6)
    assert model.beta_ == pytest.approx(beta, abs=1e-6)
    assert model.log_likelihood_ == pytest.approx(log_likelihood, abs=1e-6)


def test_full_fit(shares: pd.DataFrame, peer: dict[str, Any]) -> None:
    model = DccCorrelation().fit(shares)
    assert model.alpha_ == pytest.approx(peer["coef"]["[Joint]dcca1"], abs=3e-3)
    assert model.beta_ == pytest.approx(peer["coef"]["[Joint]dccb1"], abs=1e-2)
    assert model.log_likelihood_ >= -15644.1703
    table = model.parameters_.set_index(["instrument", "parameter"])
    theirs = {row["_row"]: row for row in peer["matcoef"]}
    for ours, name in (("mu", "mu"), ("omega", "omega"), ("alpha", "alpha1"), ("beta", "beta1")):
        row = theirs[f"[AA].{name}"]
        assert table.loc[("AA", ours), "estimate"] == pytest.approx(row[" Estimate"], abs=1e-3)
        assert table.loc[("AA", ours), "std_error"] == pytest.approx(row[" Std. Error"], rel=0.01)
    assert any("persistence" in warning for warning in model.warnings_)


# --- against loops, closed forms and differences --------------------------------------------------------------------


@pytest.mark.parametrize("textbook", [False, True])
def test_filter_equals_loop(textbook: bool) -> None:
    z, (alpha, beta, gamma) = residuals(), (0.04, 0.9, 0.03)
    data = dcc_data(z, asymmetric=True, textbook=textbook)
    falls = np.minimum(z, 0.0)
    target = np.cov(z)
    fall_target = falls @ falls.T / z.shape[1] if textbook else np.cov(falls)
    q = target.copy() if textbook else (1 - alpha) * target - gamma * fall_target + alpha + gamma
    matrices = dcc_states(data, alpha, beta, gamma).matrices
    for t in range(z.shape[1]):
        np.testing.assert_allclose(matrices[:, t], q[np.tril_indices(3)], rtol=1e-10)
        shock = alpha * np.outer(z[:, t], z[:, t]) + gamma * np.outer(falls[:, t], falls[:, t])
        q = (1 - alpha - beta) * target - gamma * fall_target + shock + beta * q


@pytest.mark.parametrize("shape", [None, 5.0])
def test_densities_equal_scipy(shape: float | None) -> None:
    z = residuals()
    data = dcc_data(z, asymmetric=False, textbook=True)
    matrices = dcc_states(data, 0.04, 0.9, 0.0).matrices
    density = dcc_terms(data, matrices, shape).log_densities
    for t in (0, 7, 59):
        q = np.zeros((3, 3))
        q[np.tril_indices(3)] = matrices[:, t]
        q = q + np.tril(q, -1).T
        r = q / np.sqrt(np.outer(np.diag(q), np.diag(q)))
        law = (
            multivariate_normal(np.zeros(3), r)
            if shape is None
            else multivariate_t(np.zeros(3), r * (shape - 2) / shape, df=shape)
        )
        assert density[t] == pytest.approx(law.logpdf(z[:, t]), rel=1e-10)


@pytest.mark.parametrize("textbook", [False, True])
@pytest.mark.parametrize("shape", [None, 5.0])
def test_gradients_are_derivatives(textbook: bool, shape: float | None) -> None:
    z, at, step = residuals(), np.array([0.04, 0.85, 0.03, shape or 0.0]), 1e-6

    def total(theta: Floats, values: Floats) -> float:
        data = dcc_data(values, asymmetric=True, textbook=textbook)
        law = float(theta[3]) if shape else None
        return float(dcc_terms(data, dcc_states(data, *theta[:3]).matrices, law).log_densities.sum())

    data = dcc_data(z, asymmetric=True, textbook=textbook)
    states = dcc_states(data, *at[:3])
    terms = dcc_terms(data, states.matrices, shape)
    exact = dcc_scores(data, states, terms, shape).sum(axis=1)
    moves = np.eye(4)[: exact.size] * step
    numeric = [(total(at + move, z) - total(at - move, z)) / (2 * step) for move in moves]
    np.testing.assert_allclose(exact, numeric, rtol=1e-6)
    slopes = dcc_adjoint(data, terms, *at[:3]).by_residual
    for place in ((0, 0), (1, 30), (2, 58), (1, 59)):
        move = np.zeros_like(z)
        move[place] = step
        assert slopes[place] == pytest.approx((total(at, z + move) - total(at, z - move)) / (2 * step), abs=1e-6)


# --- with known truth -----------------------------------------------------------------------------------------------


def test_path_follows_the_truth() -> None:
    changes = simulate(3000)
    model = DccCorrelation().fit(changes[["BTC", "SPX"]])
    path = model.between("BTC", "SPX")
    assert np.corrcoef(path["estimate"], changes["rho"])[0, 1] > 0.95
    joint = model.parameters_.query("instrument == 'joint'").set_index("parameter")
    assert ((joint["lower"] < [0.05, 0.9]) & (joint["upper"] > [0.05, 0.9])).all()


def test_student_finds_its_degrees_of_freedom() -> None:
    rng = np.random.default_rng(1)
    z = rng.multivariate_normal([0, 0], [[1, 0.4], [0.4, 1]], 3000) / np.sqrt(rng.chisquare(6, (3000, 1)) / 6)
    model = DccCorrelation(distribution="student").fit(z)
    assert model.shape_ == pytest.approx(6.0, abs=1.0)
    assert DccCorrelation().fit(z).shape_ == np.inf


def test_falls_that_bind_are_found() -> None:
    rng = np.random.default_rng(3)
    target, q, out = np.array([[1.0, 0.3], [0.3, 1.0]]), np.array([[1.0, 0.3], [0.3, 1.0]]), np.empty((4000, 2))
    shock = np.eye(2)
    for t in range(4000):
        q = 0.8 * q + 0.12 * target + 0.16 * shock
        scale = np.sqrt(np.diag(q))
        z = np.linalg.cholesky(q / np.outer(scale, scale)) @ rng.standard_normal(2)
        out[t] = z
        shock = np.outer(np.minimum(z, 0), np.minimum(z, 0))
    model = DccCorrelation(asymmetric=True, initial_correlation="target").fit(out)
    assert model.gamma_ > 0.08
    assert model.alpha_ < 0.05


@pytest.mark.slow
def test_errors_and_band_in_simulation() -> None:
    """200 samples of 1,000 rows: errors match the interquartile spread, the band covers the true path."""
    found, errors, covered = [], [], []
    for seed in range(200):
        changes = simulate(1000, seed=seed)
        model = DccCorrelation().fit(changes[["BTC", "SPX"]])
        joint = model.parameters_.query("instrument == 'joint'")
        found.append(joint["estimate"])
        errors.append(joint["std_error"])
        path = model.between("BTC", "SPX")
        covered.append(((path["lower"] < changes["rho"]) & (changes["rho"] < path["upper"])).iloc[100:].mean())
    low, high = np.quantile(found, [0.25, 0.75], axis=0)
    np.testing.assert_allclose(np.median(errors, axis=0) / ((high - low) / 1.349), 1.0, atol=0.3)
    assert np.mean(covered) > 0.85


# --- conventions ----------------------------------------------------------------------------------------------------


def test_between_is_symmetric_and_labelled() -> None:
    model = DccCorrelation().fit(simulate(300)[["BTC", "SPX"]])
    path = model.between("BTC", "SPX")
    pd.testing.assert_frame_equal(path, model.between("SPX", "BTC"))
    assert set(path["band"]) == {"parameter uncertainty only"}
    assert ((path["lower"] < path["estimate"]) & (path["estimate"] < path["upper"])).all()
    assert (path["n"] == 300).all()


def test_order_of_columns_changes_nothing() -> None:
    changes = simulate(400).assign(GOLD=np.random.default_rng(9).standard_normal(400))[["BTC", "SPX", "GOLD"]]
    one, other = DccCorrelation().fit(changes), DccCorrelation().fit(changes[["GOLD", "SPX", "BTC"]])
    left, right = one.between("BTC", "SPX"), other.between("BTC", "SPX")
    np.testing.assert_allclose(left["estimate"], right["estimate"], atol=1e-6)
    np.testing.assert_allclose(left["upper"], right["upper"], atol=1e-4)


@pytest.mark.parametrize("scale", [1e-150, 1e150])
def test_scale(scale: float) -> None:
    changes = simulate(300)[["BTC", "SPX"]]
    plain, scaled = DccCorrelation().fit(changes), DccCorrelation().fit(changes * [1.0, scale])
    np.testing.assert_allclose(scaled.correlation_, plain.correlation_, atol=1e-8)
    assert scaled.log_likelihood_ == pytest.approx(plain.log_likelihood_ - 300 * np.log(scale))


def test_first_column_of_rows_is_the_time() -> None:
    changes = simulate(300)[["BTC", "SPX"]].set_axis(pd.date_range("2020-01-01", periods=300, tz="UTC"))
    model = clone(DccCorrelation(margins="gjr")).fit(changes)
    assert model.correlation_.index.equals(changes.index)
    assert model.volatility_.index.equals(changes.index)
    assert "gamma" in set(model.parameters_["parameter"])


def collinear() -> pd.DataFrame:
    changes = simulate(200)[["BTC", "SPX"]]
    return changes.assign(COPY=changes["BTC"] * 3.0)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (collinear(), "collinear"),
        (simulate(100)[["BTC", "SPX"]].assign(SPX=1.0), "Column 'SPX'.*constant"),
        (simulate(100)[["BTC", "SPX"]].assign(SPX=np.nan), "100 of 100 hold NaN"),
        (simulate(100)[["BTC", "SPX"]].assign(SPX=np.inf), "infinity"),
        (simulate(9)[["BTC", "SPX"]], "at least 10 rows"),
    ],
)
def test_degenerate(X: pd.DataFrame, message: str) -> None:
    with pytest.raises(InputError, match=message):
        DccCorrelation().fit(X)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"margins": "arch"}, "margins='arch'"),
        ({"window": 60}, "no window"),
        ({"initial_correlation": "zeros"}, "initial_correlation=.zeros."),
        ({"initial_variance": -1.0}, "must be positive"),
        ({"first_stage": {"BTC": {"mu": 0.0}}}, "Column 'BTC'.*lack"),
        ({"first_stage": {}}, "no parameters for this column"),
        ({"second_stage": {"alpha": 0.1}}, "give exactly those"),
        ({"second_stage": {"alpha": 0.5, "beta": 0.6}}, "not stationary"),
    ],
)
def test_refusals(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        DccCorrelation(**options).fit(simulate(100)[["BTC", "SPX"]])


def test_rows_are_gone_through_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    changes = simulate(300)[["BTC", "SPX"]]
    whole = DccCorrelation(asymmetric=True, distribution="student").fit(changes)
    monkeypatch.setattr("coupling.kernels.dcc.CELLS", 1)
    fitted = DccCorrelation(asymmetric=True, distribution="student").fit(changes)
    pd.testing.assert_frame_equal(fitted.correlation_, whole.correlation_, rtol=1e-6)
    assert fitted.log_likelihood_ == pytest.approx(whole.log_likelihood_, rel=1e-10)
    numbers = ["estimate", "std_error"]
    pd.testing.assert_frame_equal(fitted.parameters_[numbers], whole.parameters_[numbers], rtol=1e-3)


def test_a_path_takes_less_than_four_times_its_own_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coupling.kernels.dcc.CELLS", 20_000)
    rng = np.random.default_rng(4)
    changes = pd.DataFrame(rng.standard_normal((1200, 1)) / 2 + rng.standard_normal((1200, 24)))
    model = DccCorrelation(second_stage={"alpha": 0.03, "beta": 0.9})
    tracemalloc.start()
    fitted = model.fit(changes)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * fitted.correlation_.to_numpy().nbytes
