"""Lead and lag against R's ccf, closed forms, and simulations in which the leader is known."""

import json

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.stattools import ccf

from coupling.correlation import HayashiYoshidaCorrelation
from coupling.data.simulation.diffusions import hourly_paths, struck
from coupling.direction.lead_lag import LeadLag
from coupling.errors import InputError

HALF = pd.DataFrame([[1, 0.5], [0.5, 1]], columns=["JGB10Y", "SPX"])


def led(rows=500, lag=2, seed=0):
    """SPX moves `lag` rows before BTC."""
    rng = np.random.default_rng(seed)
    shocks = rng.standard_normal(rows + lag)
    return pd.DataFrame({"SPX": shocks[lag:], "BTC": 0.7 * shocks[:rows] + rng.standard_normal(rows)})


def moved(path, hours):
    return path.set_axis(path.index + pd.Timedelta(hours=hours))


def test_it_is_the_ccf_of_r(shared):
    """../shared/reference/estimators/answers.json, bjsales_ccf: R's stats::ccf."""
    answer = json.loads((shared / "reference" / "estimators" / "answers.json").read_text())["entries"]["bjsales_ccf"]
    sales = pd.read_csv(shared / "reference" / "estimators" / answer["data"].removeprefix("estimators/"))
    value = answer["value"]
    levels = LeadLag(max_lag=10, allow_levels=True).fit(sales).between("lead", "sales")
    changes = LeadLag(max_lag=10).fit(sales.diff())
    assert levels.index.tolist() == value["lags"]
    np.testing.assert_allclose(levels["estimate"], value["ccf_levels"], atol=1e-9)
    np.testing.assert_allclose(changes.between("lead", "sales")["estimate"], value["ccf_diff"], atol=1e-9)
    assert changes.peak("lead", "sales")["lag"] == value["argmax_abs_diff_lag"]


def test_nonnegative_lags_are_those_of_statsmodels():
    frame = led()
    expected = ccf(frame["SPX"], frame["BTC"], adjusted=False)[:6]
    np.testing.assert_allclose(LeadLag().fit(frame).between("SPX", "BTC")["estimate"].loc[0:], expected, rtol=1e-10)


def test_exchanging_the_names_turns_the_lags():
    fitted = LeadLag(replications=200).fit(led())
    there, back = fitted.between("SPX", "BTC"), fitted.between("BTC", "SPX")
    np.testing.assert_array_equal(there.to_numpy(), back.to_numpy()[::-1])
    assert fitted.peak("SPX", "BTC")["lag"] == -2
    assert fitted.peak("BTC", "SPX")["lag"] == 2
    assert there["n"].tolist() == [495, 496, 497, 498, 499, 500, 499, 498, 497, 496, 495]


def test_the_leader_is_named_with_the_interval_of_its_lag():
    peak = LeadLag().fit(led()).peak("SPX", "BTC")
    assert peak[["lag", "lower", "upper"]].tolist() == [-2, -2, -2]
    weak = LeadLag().fit(led(rows=60, seed=3).assign(SPX=lambda x: x["SPX"] + x["BTC"] * 0.6)).peak("SPX", "BTC")
    assert weak["lower"] < weak["upper"]


def test_independent_series_have_no_interval_of_a_peak():
    rng = np.random.default_rng(4)
    peak = LeadLag().fit(pd.DataFrame(rng.standard_normal((300, 2)), columns=["a", "b"])).peak("a", "b")
    assert np.isnan(peak["lower"])
    assert np.isnan(peak["upper"])


def test_hours_at_shift_zero_are_hayashi_yoshida():
    paths = hourly_paths(HALF, days=300, random_state=1)
    levels = {"JGB10Y": struck(paths["JGB10Y"], 6), "SPX": struck(paths["SPX"], 21)}
    fitted = LeadLag(max_hours=6, step_hours=3, replications=200).fit(levels)
    expected = HayashiYoshidaCorrelation().fit(levels).between("SPX", "JGB10Y").iloc[0]
    row = fitted.between("JGB10Y", "SPX").loc[0]
    assert row["estimate"] == pytest.approx(expected["estimate"], rel=1e-12)
    assert row["n"] == expected["n"]
    shifted = HayashiYoshidaCorrelation().fit({**levels, "SPX": moved(levels["SPX"], 3)}).correlation_.iloc[0, 0]
    assert fitted.between("JGB10Y", "SPX").loc[3, "estimate"] == pytest.approx(shifted, rel=1e-12)


@pytest.mark.parametrize("lead", [-7, 5])
def test_a_lead_of_hours_is_found_on_hourly_strikes(lead):
    paths = hourly_paths(HALF, days=200, random_state=2)
    fitted = LeadLag(max_hours=12, replications=300).fit({"a": paths["JGB10Y"], "b": moved(paths["SPX"], lead)})
    peak = fitted.peak("a", "b")
    assert peak[["lag", "lower", "upper"]].tolist() == [-lead, -lead, -lead]
    assert peak["estimate"] == pytest.approx(0.5, abs=0.03)


def test_unequal_daily_closes_without_any_lead_make_rows_but_not_hours_lead():
    """New York "causes" Tokyo on same-date rows; on true instants the interval of the peak holds 0."""
    false_rows = false_hours = 0
    for seed in range(12):
        paths = hourly_paths(HALF, days=730, random_state=seed)
        levels = {"JGB10Y": struck(paths["JGB10Y"], 6), "SPX": struck(paths["SPX"], 21)}
        dated = pd.DataFrame({name: item.set_axis(item.index.floor("D")) for name, item in levels.items()})
        band = LeadLag(replications=200).fit(dated.diff().dropna()).between("SPX", "JGB10Y")
        false_rows += band["lower"].loc[-1] > 0
        hours = LeadLag(max_hours=24, step_hours=3, replications=200).fit(levels).peak("JGB10Y", "SPX")
        false_hours += not hours["lower"] <= 0 <= hours["upper"]
    assert false_rows >= 11
    assert false_hours == 0


def test_scale_does_not_matter():
    frame, paths = led(), hourly_paths(HALF, days=120, random_state=2)
    plain, scaled = LeadLag(replications=200).fit(frame), LeadLag(replications=200).fit(frame * [1e-150, 1e150])
    np.testing.assert_allclose(scaled.between("SPX", "BTC"), plain.between("SPX", "BTC"), rtol=1e-9)
    levels = {"a": struck(paths["JGB10Y"], 6), "b": struck(paths["SPX"], 21)}
    hours = [
        LeadLag(max_hours=3, replications=200).fit({"a": levels["a"] * k, "b": levels["b"]}).between("a", "b")
        for k in (1, 1e150, 1e-150)
    ]
    np.testing.assert_allclose(hours[1], hours[0], rtol=1e-9)
    np.testing.assert_allclose(hours[2], hours[0], rtol=1e-9)


def test_too_few_blocks_give_no_band():
    paths = hourly_paths(HALF, days=50, random_state=2)
    fitted = LeadLag(max_hours=3).fit({"a": paths["JGB10Y"], "b": paths["SPX"]})
    band = fitted.between("a", "b")
    assert band["estimate"].notna().all()
    assert band[["lower", "upper"]].isna().all(axis=None)
    assert fitted.peak("a", "b").isna().all()


@pytest.mark.parametrize(
    ("parameters", "X", "message"),
    [
        ({"max_lag": 0}, led(), "max_lag=0"),
        ({"max_lag": 600}, led(), "max_lag=600"),
        ({"step_hours": 1.5}, led(), "step_hours=1.5"),
        ({}, led().assign(FLAT=1.0), "'FLAT' is constant"),
        ({}, {n: pd.Series(1.0, index=pd.date_range("2024", periods=9)) for n in "ab"}, "a never moves"),
    ],
)
def test_bad_input_is_refused(parameters, X, message):
    with pytest.raises(InputError, match=message):
        LeadLag(**parameters).fit(X)


@pytest.mark.parametrize(("pair", "level"), [(("SPX", "BTCC"), 0.95), (("SPX", "SPX"), 0.95), (("SPX", "BTC"), 95)])
def test_bad_questions_are_refused(pair, level):
    with pytest.raises(InputError, match=r"did you mean 'BTC'|name another one|level=95"):
        LeadLag().fit(led()).between(*pair, level=level)


@pytest.mark.slow(reduced=True)
@pytest.mark.parametrize("law", ["normal", "student"])
def test_the_band_holds_all_lags_at_once(law):
    """Nominal 95 %: runs of 500 gave .94 (normal) and .92 (t4) at 500 rows; a lead was named falsely in none."""
    rng, covered, false = np.random.default_rng(1), 0, 0
    for _ in range(300):
        z = rng.standard_normal((500, 2)) @ [[1, 0.3], [0, np.sqrt(0.91)]]
        if law == "student":
            z *= np.sqrt(2 / rng.chisquare(4, 500))[:, None]
        fitted = LeadLag(replications=500).fit(z)
        band, peak = fitted.between("x0", "x1"), fitted.peak("x0", "x1")
        truth = np.where(band.index == 0, 0.3, 0.0)
        covered += bool(((band["lower"] <= truth) & (truth <= band["upper"])).all())
        false += peak["lower"] > 0 or peak["upper"] < 0
    assert covered / 300 >= 0.88
    assert false <= 6


@pytest.mark.parametrize("seed", range(6))
def test_the_p_of_no_lead_is_below_5_percent_where_the_set_of_lags_lies_on_one_side(seed: int) -> None:
    changes = led(rows=160, seed=seed)
    changes["SPX"] += np.random.default_rng(seed).standard_normal(len(changes)) * (1 + seed)
    peak = LeadLag().fit(changes).peak("SPX", "BTC")
    one_side = bool(peak["lower"] > 0 or peak["upper"] < 0)
    assert one_side == bool(peak["p_value"] < 0.05)
    assert LeadLag().fit(changes).peak("BTC", "SPX")["p_value"] == peak["p_value"]


def test_a_peak_at_lag_0_is_no_lead() -> None:
    rng = np.random.default_rng(3)
    x = rng.standard_normal(300)
    changes = pd.DataFrame({"a": x, "b": x + rng.standard_normal(300)})
    assert LeadLag().fit(changes).peak("a", "b")["p_value"] == 1.0
