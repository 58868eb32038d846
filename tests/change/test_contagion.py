from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.regression.linear_model import OLS

from coupling.change.contagion import ContagionTest
from coupling.change.forbes_rigobon import adjusted_correlation
from coupling.errors import InputError


def market(
    *, calm: int = 500, stress: int = 100, source: float = 3.0, noise: float = 1.0, slope: float = 0.5, seed: int = 0
):
    """Return changes with slope .5 from source to target in calm; what follows in stress is given."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(calm + stress, 2))
    rise = np.repeat([1.0, source], [calm, stress])
    a = z[:, 0] * rise
    b = np.repeat([0.5, slope], [calm, stress]) * a + z[:, 1] * np.repeat([1.0, noise], [calm, stress])
    return pd.DataFrame({"USDJPY": a, "SPX": b})


def fit(x: pd.DataFrame, **options) -> ContagionTest:
    defaults = {"source": "USDJPY", "target": "SPX", "calm": (0, 499), "stress": (500, 10_000), "replications": 199}
    return ContagionTest(**(defaults | options)).fit(x)


def test_closed_form(shared):
    answers = json.loads((shared / "reference" / "estimators" / "answers.json").read_text())["entries"]
    for case in answers["forbes_rigobon"]["value"]:
        assert adjusted_correlation(case["rho_high"], case["delta"]) == pytest.approx(case["rho_adj"], abs=1e-14)


def test_estimates_are_those_of_the_formula():
    x = market()
    test = fit(x)
    calm, stress = x[:500], x[500:]
    rise = stress["USDJPY"].var() / calm["USDJPY"].var() - 1
    r = stress.corr().iloc[0, 1]
    assert test.unadjusted_ == pytest.approx(r)
    assert test.calm_ == pytest.approx(calm.corr().iloc[0, 1])
    assert test.adjusted_ == pytest.approx(r / np.sqrt(1 + rise * (1 - r**2)))


def test_rise_of_the_source_alone_is_no_contagion():
    test = fit(market(), replications=999)
    assert test.unadjusted_ - test.calm_ > 0.25
    assert test.valid_
    assert test.p_value_ > 0.05
    assert "is not distinguishable from" in test.verdict_
    assert test.table_["slope_p_value"].iloc[0] > 0.05


def test_a_steeper_slope_is_found():
    test = fit(market(slope=1.2), replications=999)
    assert test.p_value_ < 0.05
    assert test.table_["slope_p_value"].iloc[0] < 0.01
    assert "differs from" in test.verdict_


def test_adjustment_is_not_valid_when_both_variances_rose():
    test = fit(market(source=3.0, noise=3.0))
    assert not test.valid_
    assert test.verdict_.startswith("Adjustment not valid")


def test_both_directions_are_shown_and_the_wrong_one_is_not_valid():
    table = fit(market()).table_
    assert table[["source", "target"]].to_numpy().tolist() == [["USDJPY", "SPX"], ["SPX", "USDJPY"]]
    assert table["valid"].tolist() == [True, False]


def test_slopes_are_those_of_statsmodels():
    x = market()
    row = fit(x).table_.iloc[0]
    fits = [
        OLS(p["SPX"], np.column_stack([np.ones(len(p)), p["USDJPY"]])).fit(cov_type="HC3") for p in (x[:500], x[500:])
    ]
    assert row["slope_calm"] == pytest.approx(fits[0].params.iloc[1])
    assert row["slope_stress"] == pytest.approx(fits[1].params.iloc[1])
    t = (fits[1].params.iloc[1] - fits[0].params.iloc[1]) / np.hypot(fits[0].bse.iloc[1], fits[1].bse.iloc[1])
    from scipy.stats import norm

    assert row["slope_p_value"] == pytest.approx(2 * norm.sf(abs(t)), abs=0.02)


@given(st.floats(1e-100, 1e100), st.floats(1e-100, 1e100))
@settings(max_examples=15)
def test_scale_changes_no_correlation(first, second):
    x = market()
    base, moved = fit(x), fit(x * [first, second])
    for name in ("adjusted_", "unadjusted_", "p_value_"):
        assert getattr(moved, name) == pytest.approx(getattr(base, name), rel=1e-7)


def test_periods_can_be_masks_labels_or_bounds():
    x = market()
    days = pd.date_range("2020-01-01", periods=600, freq="D", tz="UTC")
    dated = x.set_index(days)
    stress = days[500:]
    expected = fit(x).adjusted_
    by_bounds = fit(dated, calm=("2020-01-01", days[499]), stress=(days[500], days[-1]))
    by_slice = fit(dated, calm=slice("2020-01-01", days[499]), stress=[days[500], days[-1]])
    by_labels = fit(dated, calm=days[:500], stress=stress)
    by_mask = fit(dated, calm=np.arange(600) < 500, stress=pd.Series(days.isin(stress), index=days))
    for test in (by_bounds, by_slice, by_labels, by_mask):
        assert test.adjusted_ == pytest.approx(expected)


def test_constant_column_gives_missing_values():
    x = market()
    x["SPX"] = 1.0
    test = fit(x)
    assert np.isnan(test.adjusted_)
    assert np.isnan(test.p_value_)
    assert test.verdict_.startswith("No verdict")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"source": "USDJPYY"}, "did you mean 'USDJPY'"),
        ({"source": "SPX"}, "both 'SPX'"),
        ({"stress": (598, 599)}, "stress period has 2 usable rows"),
        ({"calm": np.ones(5, dtype=bool)}, "mask of calm has shape"),
        ({"calm": ("2024-01-01", "2024-06-30")}, "of another kind than the rows of X"),
        ({"calm": pd.Series(data=True, index=range(1, 601))}, "must have the index of X"),
    ],
)
def test_errors_say_what_to_do(options, message):
    with pytest.raises(InputError, match=message):
        fit(market(), **options)


@pytest.mark.slow
@pytest.mark.parametrize(("stress", "tolerance"), [(100, 0.025), (40, 0.03)])
def test_size(stress, tolerance):
    """False rejections of the adjusted correlation, of unchanged noise, and of the slope, with an unchanged slope."""
    tests = [fit(market(stress=stress, seed=seed), random_state=seed) for seed in range(400)]
    assert np.mean([test.p_value_ < 0.05 for test in tests]) == pytest.approx(0.05, abs=tolerance)
    assert np.mean([not test.valid_ for test in tests]) == pytest.approx(0.05, abs=tolerance)
    assert np.mean([test.table_["slope_p_value"].iloc[0] < 0.05 for test in tests]) == pytest.approx(
        0.05, abs=tolerance
    )
