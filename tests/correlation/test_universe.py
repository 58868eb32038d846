"""Universes: the newest window, the pairs of a focus, tables given and parts on disk are the whole fit's numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coupling.correlation import (
    ExponentialCorrelation,
    HayashiYoshidaCorrelation,
    PartialCorrelation,
    RollingBeta,
    RollingCorrelation,
    ShrunkCorrelation,
    TailDependence,
)
from coupling.correlation.pairs import Pairs
from coupling.errors import InputError
from coupling.limits.budget import allowance
from coupling.machine.writing import write_whole

NAMES = ["SPX", "BTC", "USDJPY", "JGB10Y", "IXIC"]
FITTED = [
    RollingCorrelation(window=60),
    RollingCorrelation(window=60, method="spearman"),
    RollingCorrelation(window=60, interval="fisher"),
    RollingCorrelation(window="80d"),
    ExponentialCorrelation(halflife=20, window=100),
    ShrunkCorrelation(window=60),
    PartialCorrelation(window=60),
    PartialCorrelation(window=60, given="IXIC"),
    TailDependence(window=200, quantile=0.2),
    HayashiYoshidaCorrelation(window="120d"),
]


def ids(estimator):
    return repr(estimator)


@pytest.fixture(scope="module")
def changes():
    rng = np.random.default_rng(3)
    values = rng.standard_t(4, size=(300, 5)) + rng.standard_t(4, size=(300, 1))
    values[[10, 250, 280], [0, 1, 3]] = np.nan
    return pd.DataFrame(values, columns=NAMES, index=pd.date_range("2023-01-01", periods=300, name="day"))


def given(estimator, changes):
    if isinstance(estimator, HayashiYoshidaCorrelation):
        return {name: changes[name].cumsum().dropna() for name in changes}
    return changes


def again(estimator, **options):
    return type(estimator)(**{**estimator.get_params(), **options})


@pytest.mark.parametrize("framed", [True, False])
@pytest.mark.parametrize("estimator", FITTED[:-1], ids=ids)
def test_what_was_given_is_left_alone_and_may_change(estimator, framed, changes):
    values = changes.to_numpy().copy()
    X = pd.DataFrame(values, index=changes.index, columns=NAMES, copy=False) if framed else values
    X = X if framed or estimator.window != "80d" else changes.copy()
    options = {"given": "x4"} if estimator.get_params().get("given") and not framed else {}
    fitted = again(estimator, **options).fit(X)
    np.testing.assert_array_equal(values, changes.to_numpy())
    pair = fitted.correlation_.columns[0]
    before = fitted.between(*pair)
    values[:] = 1.0
    pd.testing.assert_frame_equal(fitted.between(*pair), before)


@pytest.mark.parametrize("estimator", FITTED, ids=ids)
def test_the_newest_window_is_the_last_row_of_the_path(estimator, changes):
    X = given(estimator, changes)
    path, newest = estimator.fit(X), again(estimator, last=True).fit(X)
    pd.testing.assert_frame_equal(newest.correlation_, path.correlation_.iloc[-1:], rtol=1e-11, check_freq=False)
    pd.testing.assert_frame_equal(newest.intervals(), path.intervals().iloc[-1:], rtol=1e-9, check_freq=False)
    pair = "SPX", "BTC"
    np.testing.assert_allclose(newest.p_values(*pair), path.p_values(*pair).iloc[-1:], rtol=1e-8)


@pytest.mark.parametrize("estimator", FITTED, ids=ids)
def test_the_pairs_of_a_focus_are_those_of_the_whole(estimator, changes):
    X = given(estimator, changes)
    every, some = estimator.fit(X), again(estimator, focus="USDJPY").fit(X)
    columns = [pair for pair in every.correlation_.columns if "USDJPY" in pair]
    assert some.correlation_.columns.tolist() == columns
    pd.testing.assert_frame_equal(some.correlation_, every.correlation_[columns], rtol=1e-11)
    for other in ("SPX", "JGB10Y"):
        pd.testing.assert_frame_equal(some.between(other, "USDJPY"), every.between("USDJPY", other), rtol=1e-9)
    with pytest.raises(InputError, match="'SPX' with 'BTC' is not among the pairs of 'USDJPY'"):
        some.between("SPX", "BTC")


def test_a_focus_that_is_no_instrument_is_refused(changes):
    with pytest.raises(InputError, match="BTC"):
        RollingCorrelation(window=60, focus="BTCC").fit(changes)


def test_the_newest_beta(changes):
    path, newest = (RollingBeta(driver="SPX", window=60, last=last).fit(changes) for last in (False, True))
    pd.testing.assert_frame_equal(newest.beta_, path.beta_.iloc[-1:], rtol=1e-11, check_freq=False)
    both = newest.between("BTC", "SPX"), path.between("BTC", "SPX").iloc[-1:]
    pd.testing.assert_frame_equal(*both, rtol=1e-9, check_freq=False)


@pytest.mark.parametrize("estimator", FITTED[:-1], ids=ids)
def test_a_table_of_ones_own_takes_the_estimates(estimator, changes, tmp_path):
    shape = len(changes), len(estimator.fit(changes).correlation_.columns)
    out = np.memmap(tmp_path / "table", dtype=float, mode="w+", shape=shape)
    fitted = again(estimator).fit(changes, out=out)
    np.testing.assert_array_equal(out, estimator.fit(changes).correlation_)
    assert np.shares_memory(fitted.correlation_.to_numpy(), out)
    for wrong in (np.empty((shape[1], shape[0])), np.empty(shape, np.float32), np.empty(shape[::-1]).T, [1.0]):
        with pytest.raises(InputError, match="out is .*; give an array of float64 of shape"):
            estimator.fit(changes, out=wrong)


@pytest.mark.parametrize("estimator", [each for each in FITTED if not isinstance(each, TailDependence)], ids=ids)
@pytest.mark.parametrize("level", [None, 0.9])
def test_parts_on_disk_are_the_whole(estimator, level, changes, tmp_path, monkeypatch):
    X = given(estimator, changes)
    monkeypatch.setattr("coupling.correlation.parts.ROWS", 4 * 300)
    files = estimator.to_parquet(X, tmp_path / "parts", level=level)
    assert len(files) > 1
    found = pd.read_parquet(tmp_path / "parts")
    every = estimator.fit(X)
    assert len(found) == every.correlation_.size
    for (left, right), rows in found.groupby(["left", "right"], observed=True):
        want = every.between(left, right, level=level or 0.95)
        np.testing.assert_allclose(rows["estimate"], want["estimate"], rtol=1e-11)
        assert (pd.DatetimeIndex(rows["at"]) == want.index).all()
        if level:
            np.testing.assert_allclose(rows["upper"], want["upper"], rtol=1e-9)
            np.testing.assert_array_equal(rows["n"], want["n"])


def test_parts_go_to_an_empty_folder_alone(changes, tmp_path):
    RollingCorrelation(window=60, focus="BTC").to_parquet(changes, tmp_path)
    with pytest.raises(InputError, match="is not an empty folder"):
        RollingCorrelation(window=60, focus="BTC").to_parquet(changes, tmp_path)


@pytest.mark.parametrize("there", [False, True])
def test_where_one_part_fails_none_stays_and_none_is_read_before_all_are_there(changes, there, tmp_path, monkeypatch):
    seen, folder = [], tmp_path / "parts"
    if there:
        folder.mkdir()

    def full(path, raw):
        seen.append([each.name for each in folder.iterdir()])
        if len(seen) > 2:
            raise OSError(28, "No space left on device", str(path))
        return write_whole(path, raw)

    monkeypatch.setattr("coupling.correlation.parts.ROWS", 4 * 300)
    monkeypatch.setattr("coupling.correlation.parts.write_whole", full)
    with pytest.raises(OSError, match="No space left"):
        RollingCorrelation(window=60).to_parquet(changes, folder)
    assert [len(names) for names in seen] == [0, 1, 2]
    assert all(name.startswith(".") for names in seen for name in names)
    assert [*tmp_path.iterdir()] == ([folder] if there else [])
    assert not there or not [*folder.iterdir()]


def test_parts_need_room_for_one_of_them_alone(changes, tmp_path):
    long = pd.concat([changes] * 40, ignore_index=True)
    with allowance(memory=1e5):
        with pytest.raises(InputError, match=r"10 pairs in 12,000 windows would need .* write them in parts"):
            RollingCorrelation(window=60).fit(long)
        RollingCorrelation(window=60).to_parquet(long, tmp_path / "parts", level=None)


@pytest.mark.parametrize("names", [["c", "a", "b"], [3, 1, 2], ["a", 1, "b"]])
def test_columns_are_those_of_tuples(names):
    tuples = [(names[i], names[j]) for i in range(3) for j in range(i + 1, 3)]
    assert Pairs.of(names).columns.tolist() == tuples
    assert [Pairs.of(names).position(*pair[::-1]) for pair in tuples] == [0, 1, 2]
