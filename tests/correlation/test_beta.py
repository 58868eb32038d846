"""Rolling beta: against least squares, in any unit, missing where the driver stands still."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from coupling.correlation import RollingBeta
from coupling.errors import InputError


@pytest.fixture(scope="module")
def changes():
    rng = np.random.default_rng(31)
    values = rng.standard_t(5, size=(300, 3))
    values[:, 1] += 1.5 * values[:, 0]
    return pd.DataFrame(values, columns=["SPX", "BTC", "JGB10Y"], index=pd.bdate_range("2024-01-01", periods=300))


def test_it_is_least_squares(changes):
    path = RollingBeta(driver="SPX", window=60).fit(changes).beta_
    part = changes.iloc[140:200]
    want = sm.OLS(part["BTC"], sm.add_constant(part["SPX"])).fit().params["SPX"]
    assert path["BTC"].iloc[199] == pytest.approx(want, rel=1e-10)
    assert list(path.columns) == ["BTC", "JGB10Y"]


def test_the_interval_is_the_delete_block_jackknife(changes):
    part = changes.iloc[:60]
    row = RollingBeta(driver="SPX").fit(part).between("BTC", "SPX").iloc[0]
    kept = [np.setdiff1d(np.arange(60), block) for block in np.array_split(np.arange(60), 20)]
    slopes = np.array([np.polyfit(part["SPX"].iloc[k], part["BTC"].iloc[k], 1)[0] for k in kept])
    error = np.sqrt(19 / 20 * ((slopes - slopes.mean()) ** 2).sum())
    half = (row["upper"] - row["lower"]) / 2
    assert 2.09 * error <= half <= 4.31 * error
    assert row["upper"] + row["lower"] == pytest.approx(2 * row["estimate"])


@pytest.mark.parametrize("scale", [0.01, 1e160])
def test_units_scale_the_beta(changes, scale):
    one = RollingBeta(driver="SPX").fit(changes).between("BTC", "SPX")[["estimate", "lower", "upper"]]
    other = RollingBeta(driver="SPX").fit(changes * [1, scale, 1]).between("BTC", "SPX")[["estimate", "lower", "upper"]]
    np.testing.assert_allclose(other, one * scale, rtol=1e-9)


def test_missing_and_constant_drivers(changes):
    X = changes.copy()
    X.iloc[5, 1] = np.nan
    X.iloc[100:200, 0] = 0.2
    fitted = RollingBeta(driver="SPX", window=50).fit(X)
    assert fitted.between("BTC", "SPX")["n"].iloc[49] == 49
    assert fitted.beta_.iloc[149:200].isna().all(axis=None)


def test_the_first_column_drives_by_default(changes):
    fitted = RollingBeta().fit(changes.to_numpy())
    assert fitted.driver_ == "x0"
    assert fitted.between("x1", "x0")["estimate"].iloc[0] == pytest.approx(1.5, abs=0.2)


@pytest.mark.parametrize(("driver", "name"), [("SPY", "BTC"), ("SPX", "gold")])
def test_names_that_are_not_there(changes, driver, name):
    with pytest.raises(InputError, match="There is no instrument"):
        RollingBeta(driver=driver).fit(changes).between(name, driver)


@pytest.mark.parametrize(
    ("pair", "told"),
    [(("SPX", "SPX"), "both are 'SPX'"), (("BTC", "JGB10Y"), "Neither 'BTC' nor 'JGB10Y' is the driver, 'SPX'")],
)
def test_a_pair_without_a_beta(changes, pair, told):
    with pytest.raises(InputError, match=told):
        RollingBeta(driver="SPX").fit(changes.set_axis(["SPX", "BTC", "JGB10Y"], axis=1)).between(*pair)


def test_the_driver_may_be_named_first_or_last(changes):
    fitted = RollingBeta(driver="SPX", window=40).fit(changes)
    pd.testing.assert_frame_equal(fitted.between("SPX", "BTC"), fitted.between("BTC", "SPX"))


@pytest.mark.slow(reduced=True)
def test_coverage():
    rng = np.random.default_rng(32)
    inside = 0
    for _ in range(1500):
        z = rng.standard_t(4, size=(60, 2))
        z[:, 1] += 0.5 * z[:, 0]
        row = RollingBeta().fit(z).between("x1", "x0").iloc[0]
        inside += row["lower"] <= 0.5 <= row["upper"]
    assert inside / 1500 >= 0.925


@pytest.mark.parametrize("rows", [100, 2000])
def test_a_driver_of_another_size_for_some_rows_has_an_interval_beyond_them(rows):
    """By arrays and by loops: a beta of 1e150 in the units of the largest value is a beta like others."""
    rng = np.random.default_rng(1)
    changes = pd.DataFrame(rng.normal(size=(rows, 2)), columns=["A", "B"])
    plain = RollingBeta(window=60, driver="A").fit(changes).between("A", "B")
    changes.iloc[:20, 0] = 1e150 * rng.normal(size=20)
    found = RollingBeta(window=60, driver="A").fit(changes).between("A", "B")
    pd.testing.assert_frame_equal(found.iloc[80:], plain.iloc[80:], rtol=1e-6)
