"""Regimes: found where there are two, not found in GARCH, and filtered means filtered."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from coupling.change.regime_test import directions, ratios, shuffled
from coupling.change.regimes import RegimeModel
from coupling.errors import InputError

COVARIANCES = np.array([[[0.5, 0.05], [0.05, 0.5]], [[4.0, 3.0], [3.0, 4.0]]])


def two_states(rows: int = 600, seed: int = 0) -> tuple[pd.DataFrame, pd.Series]:
    """Calm with correlation 0.1 and stressed with 0.75; states last 50 and 20 rows."""
    rng = np.random.default_rng(seed)
    state = np.zeros(rows, dtype=int)
    for t in range(1, rows):
        state[t] = rng.random() < (0.02 if state[t - 1] == 0 else 0.95)
    roots = np.linalg.cholesky(COVARIANCES)
    x = np.einsum("tij,tj->ti", roots[state], rng.standard_normal((rows, 2)))
    index = pd.date_range("2022-01-01", periods=rows, tz="UTC")
    return pd.DataFrame(x, columns=["BTC", "USDJPY"], index=index), pd.Series(state, index=index)


def garch(rows: int = 600, seed: int = 0) -> pd.DataFrame:
    """One state, correlation 0.5, a common GARCH variance."""
    shocks = np.random.default_rng(seed).multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], rows)
    h, x = 1.0, np.empty((rows, 2))
    for t in range(rows):
        x[t] = np.sqrt(h) * shocks[t]
        h = 0.05 + 0.1 * (x[t] ** 2).mean() + 0.85 * h
    return pd.DataFrame(x, columns=["BTC", "USDJPY"])


def quick(**options: int | float | str) -> RegimeModel:
    return RegimeModel(**{"replications": 39, **options})


@pytest.mark.thorough
def test_two_states_are_found() -> None:
    changes, state = two_states(1000)
    model = quick().fit(changes)
    assert model.found_
    assert model.p_value_ == pytest.approx(1 / 40)
    assert ((model.hindsight_ > 0.5) == state).mean() > 0.95
    assert ((model.probability_ > 0.5) == state).mean() > 0.9
    table = model.table_.set_index("state")
    for word, truth in (("calm", 0.1), ("stressed", 0.75), ("difference", 0.65)):
        assert table.loc[word, "lower"] < truth < table.loc[word, "upper"]
    assert table.loc["difference", "lower"] > 0.0
    assert model.states_.loc["stressed", "BTC"] == pytest.approx(2.0, rel=0.15)
    assert model.states_.loc["calm", "duration"] > model.states_.loc["stressed", "duration"]


@pytest.mark.slow
def test_garch_is_one_state() -> None:
    """At 5 % eight samples without states are called two four times or more with probability .0004."""
    assert sum(quick(random_state=seed).fit(garch(300, seed)).found_ for seed in range(8)) < 4


@pytest.fixture(scope="module")
def size_script() -> ModuleType:
    """The script behind the table of docs/size.md."""
    path = Path(__file__).parents[2] / "benchmarks" / "size_regimes.py"
    spec = spec_from_file_location("size_regimes", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_the_script_of_the_size_says_what_the_model_says(size_script: ModuleType) -> None:
    for place, design in enumerate(size_script.DESIGNS):
        x = design.draw(np.random.default_rng([place, 14]))
        model = RegimeModel(replications=size_script.ORDERS, random_state=place)
        assert size_script.found(x, place) is model.fit(pd.DataFrame(x, columns=["BTC", "USDJPY"])).found_


@pytest.mark.slow
def test_size(size_script: ModuleType) -> None:
    """100 samples of each design without regimes: .05 within three standard errors."""
    for design in size_script.DESIGNS[:2]:
        assert size_script.share_found(design, 100) <= 0.05 + 3 * 0.022


def test_a_volatility_that_all_share_is_no_regime() -> None:
    """The ratio is the same with lasting states of a common volatility as without; that of normal rows is not."""
    rng = np.random.default_rng(3)
    z = rng.normal(size=(300, 2)) @ np.linalg.cholesky([[1, 0.4], [0.4, 1]]).T
    volatile = z * np.where(np.arange(300) // 60 % 2, 4.0, 1.0)[:, None]
    calm, stressed = (ratios(rows[None], correlation)[0] for rows, correlation in map(directions, (z, volatile)))
    assert stressed == pytest.approx(calm, abs=1e-6)
    assert calm < 10


@pytest.mark.thorough
def test_a_lasting_change_of_correlation_alone_is_one() -> None:
    rng = np.random.default_rng(4)
    z = rng.normal(size=(400, 2))
    rho = np.where(np.arange(400) // 80 % 2, 0.95, 0.0)
    z[:, 1] = rho * z[:, 0] + np.sqrt(1 - rho**2) * z[:, 1]
    rows, correlation = directions(z)
    orders = np.array([np.arange(400), *(shuffled(400, 1, rng) for _ in range(9))])
    found = ratios(rows[orders], correlation)
    assert found[0] > found[1:].max() + 20


def test_filtered_rows_do_not_see_what_follows() -> None:
    """Given the parameters a filtered probability is the same when later rows are cut off; a smoothed one is not."""
    from coupling.kernels.switching import fit_two_states, state_probabilities

    x = two_states()[0].to_numpy()[None]
    fitted = fit_two_states(x)
    filtered, smoothed = state_probabilities(x, fitted)
    before, hindsight = state_probabilities(x[:, :300], fitted)
    np.testing.assert_allclose(before[0], filtered[0, :300], rtol=1e-10)
    assert np.abs(hindsight[0] - smoothed[0, :300]).max() > 1e-3


@pytest.mark.thorough
def test_units_seed_and_gaps() -> None:
    changes, _ = two_states(300)
    plain, scaled = quick().fit(changes), quick().fit(changes * [1e-150, 1e150])
    assert scaled.statistic_ == pytest.approx(plain.statistic_, rel=1e-4)
    np.testing.assert_allclose(scaled.states_["BTC"] * 1e150, plain.states_["BTC"], rtol=1e-3)
    pd.testing.assert_frame_equal(quick().fit(changes).table_, plain.table_)
    gapped = changes.copy()
    gapped.iloc[5, 0] = np.nan
    assert quick().fit(gapped).n_ == 299


def test_refusals() -> None:
    changes, _ = two_states(100)
    with pytest.raises(InputError, match="'FLAT'.*constant"):
        quick().fit(changes.assign(FLAT=1.0))
    with pytest.raises(InputError, match="collinear"):
        quick().fit(changes.assign(COPY=changes["BTC"] * 2.0))
    with pytest.raises(InputError, match="replications=5"):
        quick(replications=5).fit(changes)
    with pytest.raises(InputError, match="level"):
        quick(level=2.0).fit(changes)
