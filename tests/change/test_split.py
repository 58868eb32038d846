from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter

from coupling.change.instants_split import InstantsSplitTest
from coupling.change.split import SplitTest, difference, window_of
from coupling.data.simulation.diffusions import hourly_paths, struck
from coupling.errors import InputError


def correlated(n: int, rho: float, kind: str, rng: np.random.Generator) -> np.ndarray:
    z = rng.normal(size=(n + 100, 2))
    if kind == "t4":
        z /= np.sqrt(rng.chisquare(4, size=n + 100) / 4)[:, None]
    z[:, 1] = rho * z[:, 0] + np.sqrt(1 - rho**2) * z[:, 1]
    if kind == "ar":
        z = lfilter([1], [1, -0.5], z, axis=0)
    if kind == "garch":
        shocks, h = rng.normal(size=n + 100) ** 2, np.ones(n + 100)
        for t in range(n + 99):
            h[t + 1] = 0.02 + (0.1 * shocks[t] + 0.88) * h[t]
        z *= np.sqrt(h)[:, None]
    return z[100:]


def test_estimates_are_pearson_correlations():
    rng = np.random.default_rng(0)
    x = np.vstack([correlated(200, 0.2, "iid", rng), correlated(150, 0.7, "iid", rng)])
    row = SplitTest(date=200).fit(x).table_.iloc[0]
    assert row["before"] == pytest.approx(np.corrcoef(x[:200].T)[0, 1], rel=1e-10)
    assert row["after"] == pytest.approx(np.corrcoef(x[200:].T)[0, 1], rel=1e-10)
    assert row["difference"] == pytest.approx(row["after"] - row["before"])
    assert (row["before_n"], row["after_n"]) == (200, 150)
    assert row["lower"] > 0
    assert row["p_value"] < 0.01


def test_jackknife_is_the_delete_block_one():
    x = correlated(100, 0.5, "iid", np.random.default_rng(1))
    without = [np.arctanh(np.corrcoef(np.delete(x, range(5 * i, 5 * i + 5), 0).T)[0, 1]) for i in range(20)]
    expected = np.sqrt(19 / 20 * ((without - np.mean(without)) ** 2).sum())
    assert window_of(x).z_error == pytest.approx(expected, rel=1e-10)


@given(st.floats(-0.9, 0.9), st.floats(-0.9, 0.9), st.integers(0, 50))
@settings(max_examples=30)
def test_p_value_and_interval_agree(first, second, seed):
    rng = np.random.default_rng(seed)
    windows = [window_of(correlated(80, rho, "iid", rng)) for rho in (first, second)]
    found = difference(*windows)
    assert (found["p_value"] < 0.05) == (not found["lower"] <= 0 <= found["upper"])
    back = difference(*windows[::-1])
    assert back["p_value"] == pytest.approx(found["p_value"], abs=1e-8)
    assert back["lower"] == pytest.approx(-found["upper"])


@given(st.floats(1e-150, 1e150))
@settings(max_examples=20)
def test_scale_changes_nothing(scale):
    x = correlated(120, 0.3, "t4", np.random.default_rng(2))
    base, moved = (SplitTest(date=60).fit(v).table_.iloc[0] for v in (x, x * [scale, 1.0]))
    np.testing.assert_allclose(moved.iloc[2:].to_numpy(float), base.iloc[2:].to_numpy(float), rtol=1e-7)


def test_dates_are_utc_and_windows_can_be_limited():
    days = pd.date_range("2017-01-01", periods=3000, freq="D", tz="UTC")
    x = pd.DataFrame(correlated(3000, 0.3, "iid", np.random.default_rng(0)), index=days, columns=["BTC", "SPX"])
    row = SplitTest(date="2023-01-01", start="2020-01-01", end="2024-12-31").fit(x).table_.iloc[0]
    assert row["before_n"] == (days >= "2020-01-01").sum() - (days >= "2023-01-01").sum()
    assert row["after_n"] == 731
    early = SplitTest(date="2023-01-01", start="2020-01-01", standardize="ewma").fit(x).table_.iloc[0]
    assert early["before_n"] == row["before_n"]  # the warm-up lies before the window


@pytest.mark.parametrize("label", ["2024-05-06", pd.Timestamp("2024-05-06"), pd.Timestamp("2024-05-06").date()])
def test_periods_are_split_where_their_dates_are(label):
    days = pd.bdate_range("2024-01-01", periods=200)
    frame = pd.DataFrame(np.random.default_rng(5).normal(size=(200, 2)), days, ["BTC", "SPX"])
    split = SplitTest(date=label)
    ours = split.fit(frame.set_axis(days.to_period("D"))).table_
    pd.testing.assert_frame_equal(ours, SplitTest(date=label).fit(frame).table_)


@pytest.mark.parametrize(
    ("rows", "label", "message"),
    [
        (pd.period_range("2024-01-01", periods=60, freq="D"), "05/02/2024", "can be read as"),
        (pd.period_range("2024-01-01", periods=60, freq="D"), 30, "30 is a int, not a date"),
        (pd.RangeIndex(60), "2024-02-05", "of another kind than the rows of X"),
        (pd.RangeIndex(60), True, "of another kind than the rows of X"),
    ],
)
def test_a_date_that_is_none_of_the_rows_is_refused(rows, label, message):
    frame = pd.DataFrame(np.random.default_rng(5).normal(size=(60, 2)), rows, ["BTC", "SPX"])
    with pytest.raises(InputError, match=message):
        SplitTest(date=label).fit(frame)


def test_raw_correlation_moves_with_volatility_and_the_standardised_one_less():
    """A source whose variance rises ninefold: the raw correlation goes from .45 to .83 with an unchanged slope."""
    rng = np.random.default_rng(3)
    source = rng.normal(size=4000) * np.repeat([1.0, 3.0], 2000)
    x = np.column_stack([source, 0.5 * source + rng.normal(size=4000)])
    assert SplitTest(date=2000).fit(x).table_["difference"].iloc[0] > 0.3


def test_constant_column_is_missing():
    x = np.column_stack([np.ones(100), np.random.default_rng(0).normal(size=100)])
    row = SplitTest(date=50).fit(x).table_.iloc[0]
    assert row[["before", "after", "difference", "lower", "upper", "p_value"]].isna().all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SplitTest(date=95).fit(np.random.default_rng(0).normal(size=(100, 2))), "share 5 rows from 95"),
        (lambda: SplitTest(date=5).fit(np.random.default_rng(0).normal(size=(100, 2))), "share 5 rows before 5"),
        (lambda: SplitTest(date=50, level=2).fit(np.ones((100, 2))), "between 0 and 1"),
    ],
)
def test_errors_say_what_to_do(make, message):
    with pytest.raises(InputError, match=message):
        make()


def asynchronous(first: float, second: float, seed: int) -> dict[str, pd.Series]:
    """Return a JGB struck at 06:00 and the S&P 500 at 21:00 UTC of business days, with one correlation per half."""
    names = ["JGB10Y", "SPX"]
    halves = [
        hourly_paths(pd.DataFrame([[1, rho], [rho, 1]], columns=names), days=900, random_state=seed + i)
        for i, rho in enumerate((first, second))
    ]
    shifted = halves[1] + halves[0].iloc[-1]
    shifted.index = halves[1].index + (halves[0].index[-1] - halves[1].index[0]) + pd.Timedelta(hours=1)
    paths = pd.concat([halves[0], shifted])
    return {"JGB10Y": struck(paths["JGB10Y"], 6), "SPX": struck(paths["SPX"], 21)}


def test_change_between_unequal_closes_is_found_on_true_instants():
    levels = asynchronous(0.1, 0.6, 0)
    middle = levels["SPX"].index[len(levels["SPX"]) // 2]
    row = InstantsSplitTest(date=middle).fit(levels).table_.iloc[0]
    assert row["before"] == pytest.approx(0.1, abs=0.15)
    assert row["after"] == pytest.approx(0.6, abs=0.15)
    assert row["lower"] < 0.5 < row["upper"]
    assert row["lower"] > 0


def test_instants_errors_say_what_to_do():
    levels = asynchronous(0.3, 0.3, 0)
    with pytest.raises(InputError, match="on both sides of 1990"):
        InstantsSplitTest(date="1990-01-01").fit(levels)
    day = levels["SPX"].index[-20]
    with pytest.raises(InputError, match=rf"on one side of {day:%Y-%m-%d}; 10 are needed"):
        InstantsSplitTest(date=day).fit(levels)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["iid", "t4", "ar", "garch"])
@pytest.mark.parametrize(("n", "rho"), [((1750, 400), (0.25, 0.25)), ((250, 60), (0.3, 0.5)), ((400, 400), (0.2, 0.6))])
def test_interval_covers(kind, n, rho):
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(500):
        found = difference(*(window_of(correlated(rows, r, kind, rng)) for rows, r in zip(n, rho, strict=True)))
        hits += int(found["lower"] <= rho[1] - rho[0] <= found["upper"])
    assert hits / 500 == pytest.approx(0.95, abs=0.025)


@pytest.mark.slow
def test_instants_interval_covers():
    hits = 0
    for seed in range(40):
        levels = asynchronous(0.5, 0.5, 10 * seed)
        row = InstantsSplitTest(date=levels["SPX"].index[len(levels["SPX"]) // 2]).fit(levels).table_.iloc[0]
        hits += int(row["lower"] <= 0 <= row["upper"])
    assert hits / 40 >= 0.87


@pytest.mark.parametrize("row", [0, 4, 5, 57, 99])
@pytest.mark.parametrize("level", [0.0, 1e9])
def test_one_value_beyond_all_others_leaves_the_error_exact(row, level):
    x = correlated(100, 0.5, "iid", np.random.default_rng(2))
    x[row, 0] = 1e9
    x[:, 1] += level
    near = x - np.array([0.0, level])  # what was added is there without rounding, and is taken away so
    without = []
    for i in range(20):
        part = np.delete(near, range(5 * i, 5 * i + 5), 0).astype(np.longdouble)
        part -= part.mean(axis=0)
        part -= part.mean(axis=0)
        without.append(float(np.arctanh((part[:, 0] @ part[:, 1]) / np.sqrt((part**2).sum(axis=0).prod()))))
    expected = np.sqrt(19 / 20 * ((without - np.mean(without)) ** 2).sum())
    assert window_of(x).z_error == pytest.approx(expected, rel=1e-10)
