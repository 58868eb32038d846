"""Pairs estimated together are those of the estimator, and a p-value is a level's rest."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import coupling as cp
from coupling.correlation import (
    ExponentialCorrelation,
    HayashiYoshidaCorrelation,
    PartialCorrelation,
    RollingBeta,
    ShrunkCorrelation,
    TailDependence,
)
from coupling.correlation.joint import joint_pairs

HOURS = {"F": 24, "A": 6, "B": 16, "C": 21}


def market(seed: int = 1, days: int = 800, shares: tuple[float, ...] = (0.6, 0.3, 0.0)) -> dict[str, pd.Series]:
    """Return levels struck at four hours, each of three with a share of the first's variance."""
    rng = np.random.default_rng(seed)
    steps = rng.standard_normal((days * 4, 4)) * rng.standard_t(5, (days, 1)).repeat(4, axis=0)
    rho = np.array(shares)
    steps[:, 1:] = rho * steps[:, :1] + np.sqrt(1 - rho**2) * steps[:, 1:]
    path = steps.cumsum(axis=0).reshape(days, 4, 4)
    start = pd.date_range("2023-01-02", periods=days, tz="UTC")
    return {
        name: pd.Series(path[:, place, column], index=start + pd.Timedelta(hours=hour))
        for column, (name, hour) in enumerate(HOURS.items())
        for place in [(6, 16, 21, 24).index(hour)]
    }


@pytest.fixture(scope="module")
def levels() -> dict[str, pd.Series]:
    return market()


@pytest.mark.parametrize("window", ["500d", "250d", None])
@pytest.mark.parametrize("options", [{}, {"stale": "drop", "weekend": "merge"}, {"leads_lags": 1, "demean": "time"}])
def test_pairs_are_those_of_the_estimator(levels: dict[str, pd.Series], window: str | None, options: dict) -> None:
    pairs = joint_pairs(levels, "F", ["A", "B", "C"], window=window, options=options)
    fitted = HayashiYoshidaCorrelation(window=window, **options).fit(levels)
    for other, row in pairs.frame.iterrows():
        want = fitted.between("F", other).dropna().iloc[-1]
        np.testing.assert_allclose(row[list(want.index)].astype(float), want, rtol=1e-10)
        p = fitted.p_values("F", other).dropna().iloc[-1]
        assert row["p_value"] == pytest.approx(p, rel=1e-9)
        ends = fitted.between("F", other, level=1 - p).dropna().iloc[-1]
        assert min(abs(ends["lower"]), abs(ends["upper"])) < 1e-9


def test_what_is_shorter_than_the_window_is_used_whole(levels: dict[str, pd.Series]) -> None:
    short = {name: path.iloc[-200:] for name, path in levels.items()}
    got = joint_pairs(short, "F", ["A"], window="500d").frame.loc["A"]
    want = HayashiYoshidaCorrelation().fit(short).between("F", "A").iloc[0]
    np.testing.assert_allclose(got[list(want.index)].astype(float), want, rtol=1e-12)


def test_each_pair_ends_where_both_end_and_all_share_their_weeks(levels: dict[str, pd.Series]) -> None:
    ended = {**levels, "A": levels["A"].iloc[:-150]}
    pairs = joint_pairs(ended, "F", ["A", "C"], window="250d")
    alone = joint_pairs(ended, "F", ["A"], window="250d")
    assert pairs.frame.loc["A", "estimate"] == pytest.approx(alone.frame.loc["A", "estimate"], rel=1e-12)
    late, early = (each.used.nonzero()[0] for each in (pairs.terms[1], pairs.terms[0]))
    assert early[0] - late[0] in (21, 22)


def test_under_ten_weeks_there_is_neither_interval_nor_p(levels: dict[str, pd.Series]) -> None:
    row = joint_pairs({name: path.iloc[-60:] for name, path in levels.items()}, "F", ["A"], window="500d").frame.loc[
        "A"
    ]
    assert np.isfinite(row["estimate"])
    assert row[["lower", "upper", "p_value", "p_adjusted", "detectable"]].isna().all()


ESTIMATORS = [
    cp.RollingCorrelation(window=120),
    cp.RollingCorrelation(window=120, method="spearman"),
    cp.RollingCorrelation(interval="fisher"),
    cp.RollingCorrelation(interval="fisher", method="spearman"),
    ExponentialCorrelation(window=200),
    PartialCorrelation(),
    ShrunkCorrelation(),
    TailDependence(quantile=0.2),
    TailDependence(quantile=0.2, measure="exceedance"),
    RollingBeta(driver="A", window=100),
]


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda each: f"{type(each).__name__}")
def test_a_p_value_is_one_less_the_level_at_which_the_interval_ends_at_no_effect(estimator) -> None:
    rng = np.random.default_rng(1)
    changes = pd.DataFrame(rng.standard_t(4, (300, 3)), columns=list("ABC"))
    changes["B"] += 0.2 * changes["A"]
    fitted = estimator.fit(changes)
    p = float(fitted.p_values("A", "B").iloc[-1])
    assert p == fitted.p_values("B", "A").iloc[-1]
    row = fitted.between("A", "B", level=1 - p).iloc[-1]
    null = max(row["normal"], row["student"]) if "normal" in row else 0.0
    assert min(abs(row["lower"] - null), abs(row["upper"] - null)) < 1e-6
