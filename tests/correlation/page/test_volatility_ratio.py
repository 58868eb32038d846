"""The rolling ratio of volatilities: known truth, one window by hand, no movement, and its product with correlation."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

import coupling as cp
from coupling.correlation.page.volatility_ratio import ratios
from coupling.correlation.run import run
from coupling.correlation.section import CorrelationSection
from coupling.correlation.windows import Windows, resolve_windows
from coupling.inference import delete_block_jackknife

mpl.use("Agg")


def pairs(rows: int, seed: int = 0) -> pd.DataFrame:
    """Return changes whose volatilities stand as 3 to 1 and whose correlation is .5."""
    e = np.random.default_rng(seed).standard_normal((rows, 2))
    return pd.DataFrame({"a": 3 * e[:, 0], "b": 0.5 * e[:, 0] + 0.75**0.5 * e[:, 1]})


def apart(rows: int, size: int) -> Windows:
    starts = np.arange(0, rows, size)
    return Windows(
        ends=pd.RangeIndex(len(starts)), starts=starts, stops=starts + size, required=np.full(len(starts), size)
    )


@pytest.mark.parametrize("size", [20, 60, 250])
def test_the_interval_holds_the_true_ratio_in_95_of_100_windows(size: int) -> None:
    found = ratios(pairs(1000 * size), apart(1000 * size, size))
    assert 0.93 < ((found["lower"] < 3) & (found["upper"] > 3)).mean() < 0.97


def test_a_window_is_that_of_its_rows_alone_whatever_stood_before() -> None:
    x = pairs(120)
    wild = x.copy()
    wild.iloc[:20] *= 1e9
    wild.iloc[30, 0] = np.nan
    windows = resolve_windows(x.index, 60)
    last = ratios(wild, windows).iloc[-1]
    rows = wild.iloc[-60:].to_numpy()
    assert last["estimate"] == pytest.approx(rows[:, 0].std() / rows[:, 1].std())
    jackknife = delete_block_jackknife(rows, lambda v: np.log(v[:, 0].std(ddof=1) / v[:, 1].std(ddof=1)), blocks=20)
    gaps = jackknife.replicates - jackknife.replicates.mean()
    kurtosis = (gaps**4).mean() / (gaps**2).mean() ** 2
    from scipy.stats import t

    reach = t.ppf(0.975, 1 / max(1 / 19, (kurtosis - 1) / 40)) * jackknife.standard_error
    want = np.exp(jackknife.estimate + np.array([-reach, reach]))
    np.testing.assert_allclose(last[["lower", "upper"]].astype(float), want, rtol=1e-4)
    assert ratios(wild, windows)["n"].iloc[[59, 89, 119]].tolist() == [59, 59, 60]


@pytest.mark.parametrize("still", [0.0, 0.1, 1e9])
def test_what_does_not_move_has_no_ratio(still: float) -> None:
    x = pairs(120)
    x.loc[:79, "b"] = still
    found = ratios(x, resolve_windows(x.index, 60))
    assert found.iloc[:80][["estimate", "lower", "upper"]].isna().all(axis=None)
    assert not np.isinf(found.to_numpy()).any()
    assert found["estimate"].iloc[-1] > 0
    assert ratios(x * np.nan, resolve_windows(x.index, 60))["estimate"].isna().all()


def test_beta_is_the_correlation_times_the_ratio_on_the_page() -> None:
    study = {"title": "t", "focus": "BTC", "instruments": ["BTC", "JGB10Y"], "data": {"source": "simulated"}}
    panel = cp.load_panel({**study, "period": {"start": "2024-06-01"}})
    section = CorrelationSection(rolling={"window": 60}, hayashi_yoshida=None, beta={"window": 60})
    room = run(section, panel, focus="BTC", start=panel.levels.index[-100], seed=0)
    parts = {each.name: each for each in room.results}
    assert list(parts)[1:4] == ["correlation-rolling", "correlation-beta", "correlation-volatility-ratio"]
    path = parts["correlation-volatility-ratio"]
    rho, beta, ratio = (
        parts[f"correlation-{name}"].frame["estimate"] for name in ("rolling", "beta", "volatility-ratio")
    )
    np.testing.assert_allclose(rho * ratio, beta, rtol=1e-9)
    assert "% per bp of JGB10Y" in path.method
    assert path.sentence.startswith("BTC's latest ratio of volatilities, to 2025-12-30 (95 % intervals): with JGB10Y ")
    assert path.findings == ()
    assert "ratio of volatilities" in {panel.get_ylabel() for panel in path.plot().figure.axes}
