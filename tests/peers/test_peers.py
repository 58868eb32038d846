"""The estimators against R packages on our own series: ``answers.csv`` holds what ``answers.R`` wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from coupling.change import BaiPerron
from coupling.change.cointegration import engle_granger
from coupling.correlation import PartialCorrelation, RollingCorrelation
from coupling.direction import Spillover, TimeVaryingSpillover
from coupling.inference import (
    adjust_p_values,
    automatic_bandwidth,
    long_run_covariance,
    sign_patterns,
    westfall_young,
)

HERE = Path(__file__).parent
DATA = pd.read_csv(HERE / "series.csv")
ANSWERS = {name: rows.to_numpy() for name, rows in pd.read_csv(HERE / "answers.csv").groupby("name")["value"]}
A, B, C = (DATA[name].to_numpy() for name in "abc")
# R's data set Nile: flow at Aswan 1871-1970 (Cobb 1978)
NILE = (
    "1120 1160 963 1210 1160 1160 813 1230 1370 1140 995 935 1110 994 1020 960 1180 799 958 1140 1100 1210 1150 1250 "
    "1260 1220 1030 1100 774 840 874 694 940 833 701 916 692 1020 1050 969 831 726 456 824 702 1120 1100 832 764 821 "
    "768 845 864 862 698 845 744 796 1040 759 781 865 845 944 984 897 822 1010 771 676 649 846 812 742 801 1040 860 "
    "874 848 890 744 749 838 1050 918 986 797 923 975 815 1020 906 901 1170 912 746 919 718 714 740"
)


def regression() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the scores of b on a constant and a, and the inverse of the regressors' cross products."""
    x = np.column_stack([np.ones(len(A)), A])
    return x * (B - x @ np.linalg.lstsq(x, B)[0])[:, None], np.linalg.inv(x.T @ x)


@pytest.mark.parametrize(
    ("name", "options", "slope"),
    [
        ("nile 0.1", {"trim": 0.1}, False),
        ("nile 0.25", {"trim": 0.25, "level": 0.9}, False),
        ("slope 0.15", {}, True),
        ("slope 0.1", {"trim": 0.1, "n_breaks": 2, "level": 0.9}, True),
    ],
)
def test_breaks_of_strucchange(name: str, options: dict[str, Any], slope: bool) -> None:
    model = BaiPerron(**options)
    found = model.fit(B, A) if slope else model.fit(np.array(NILE.split(), dtype=float))
    np.testing.assert_allclose(found.fit_["rss"], ANSWERS[f"{name} rss"], rtol=1e-10)
    np.testing.assert_allclose(found.fit_["bic"], ANSWERS[f"{name} bic"], rtol=1e-10)
    dates = found.breaks_[["lower_rows", "rows", "upper_rows"]].to_numpy().ravel()
    np.testing.assert_array_equal(dates, ANSWERS[f"{name} dates"])


@pytest.mark.parametrize("trim", [0.1, 0.2])
def test_f_tests_of_strucchange(trim: float) -> None:
    """p-values beyond 1e-3 differ: ours never rise with the statistic, the published polynomials do."""
    tests = BaiPerron(trim=trim).fit(B, A).tests_
    for name in ("supF", "aveF", "expF"):
        statistic, p = ANSWERS[f"{name} {trim}"]
        assert tests.loc[name, "statistic"] == pytest.approx(statistic, rel=1e-10)
        assert tests.loc[name, "p_value"] == pytest.approx(p, abs=2e-4)
    assert tests.loc["supF", "p_value"] == pytest.approx(ANSWERS[f"supF {trim}"][1], rel=1e-6)
    np.testing.assert_allclose(tests.loc["OLS-CUSUM"], ANSWERS["OLS-CUSUM"], rtol=1e-10)


def test_the_p_value_of_each_break_is_that_of_its_neighbourhood() -> None:
    both = BaiPerron(trim=0.1, n_breaks=2).fit(B, A)
    first, second = both.breaks_["rows"]
    alone = BaiPerron(trim=0.1).fit(B[:second], A[:second]).tests_.loc["supF", "p_value"]
    assert both.breaks_["p_value"].iloc[0] == pytest.approx(alone, rel=1e-9)
    later = BaiPerron(trim=0.1, n_breaks=0).fit(B[first:], A[first:]).tests_.loc["supF", "p_value"]
    assert both.breaks_["p_value"].iloc[1] == pytest.approx(later, rel=1e-9)
    assert both.breaks_["p_value"].iloc[1] > 0.05


@pytest.mark.parametrize("kernel", ["Bartlett", "Parzen", "Quadratic Spectral"])
def test_andrews_of_sandwich(kernel: str) -> None:
    """sandwich's autoregressions have a constant, ours do not (Andrews 1991, eq. 6.4): equal to 2e-5."""
    scores, inverse = regression()
    ours: Any = kernel.lower().replace(" ", "_")
    bandwidth = automatic_bandwidth(scores, kernel=ours, rule="andrews")
    assert bandwidth == pytest.approx(ANSWERS[f"andrews {kernel}"][0], rel=2e-5)
    meat = len(B) * long_run_covariance(scores, kernel=ours, bandwidth="andrews", center=False)
    np.testing.assert_allclose(np.sqrt(np.diag(inverse @ meat @ inverse)), ANSWERS[f"hac {kernel}"], rtol=1e-5)


def test_newey_west_of_sandwich() -> None:
    scores, inverse = regression()
    meat = len(B) * long_run_covariance(scores, bandwidth=5, center=False)
    np.testing.assert_allclose(np.sqrt(np.diag(inverse @ meat @ inverse)), ANSWERS["newey-west 5"], rtol=1e-10)


def test_westfall_young_of_multtest() -> None:
    rows = np.array([A[:7], B[10:17], C[20:27], A[30:37] + 0.5, B[40:47] + 1])
    patterns, enumerated = sign_patterns(7)

    def t(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray(values.mean(axis=-1) / values.std(axis=-1, ddof=1) * np.sqrt(7))

    adjusted = westfall_young(t(rows), t(patterns[:, None, :] * rows), enumerated=enumerated)
    np.testing.assert_allclose(adjusted, ANSWERS["westfall-young"], rtol=1e-12)


@pytest.mark.parametrize(("name", "method"), [("holm", "holm"), ("by", "benjamini_yekutieli")])
def test_adjusted_p_values_of_r(name: str, method: Any) -> None:
    p = [0.001, 0.0104, 0.03, 0.04, 0.5, 0.0104]
    np.testing.assert_allclose(adjust_p_values(p, method=method), ANSWERS[name], rtol=1e-12)


def test_correlations_of_r() -> None:
    ranks = RollingCorrelation(method="spearman").fit(DATA).between("a", "b")["estimate"].iloc[0]
    partial = PartialCorrelation(given=["c"]).fit(DATA).between("a", "b")["estimate"].iloc[0]
    assert ranks == pytest.approx(ANSWERS["spearman"][0], rel=1e-12)
    assert partial == pytest.approx(ANSWERS["partial"][0], rel=1e-12)


def test_engle_granger_of_urca() -> None:
    levels = DATA[["a", "b"]].cumsum().to_numpy()
    assert engle_granger(levels)[0] == pytest.approx(ANSWERS["engle-granger"][0], rel=1e-9)


DRIFTING: list[tuple[str, dict[str, Any]]] = [
    ("tvp bayes 1", {"lags": 1, "kappa2": 0.99}),
    ("tvp bayes 2", {"lags": 2}),
    (
        "tvp minnesota",
        {"lags": 2, "kappa1": 0.98, "kappa2": 0.97, "prior": "minnesota", "gamma": 0.1, "horizon": 12},
    ),
    ("tvp uninformative", {"lags": 3, "kappa1": 0.995, "kappa2": 0.9, "prior": "uninformative", "horizon": 5}),
    ("tvp cholesky", {"lags": 2, "kappa2": 0.99, "training": 100, "horizon": 20, "method": "cholesky"}),
]
CONSTANT: list[tuple[str, dict[str, Any]]] = [
    ("static 1", {"lags": 1}),
    ("static 2", {"lags": 2, "horizon": 5}),
    ("static cholesky", {"lags": 3, "horizon": 20, "method": "cholesky"}),
]


@pytest.mark.parametrize(("name", "options"), DRIFTING)
def test_drifting_spillovers_of_connectedness_approach(name: str, options: dict[str, Any]) -> None:
    fitted = TimeVaryingSpillover(standardize=None, **options).fit(DATA)
    rows = [0, 4, 59, 149, 239]
    np.testing.assert_allclose(fitted.total_.iloc[rows], ANSWERS[f"{name} total"], rtol=1e-9)
    np.testing.assert_allclose(fitted.net_["a"].iloc[rows], ANSWERS[f"{name} net"], rtol=1e-9)


@pytest.mark.parametrize(("name", "options"), CONSTANT)
def test_constant_spillovers_of_connectedness_approach(name: str, options: dict[str, Any]) -> None:
    fitted = Spillover(**options).fit(DATA)
    assert fitted.total_ == pytest.approx(ANSWERS[f"{name} total"][0], rel=1e-10)
    assert fitted.net_["a"] == pytest.approx(ANSWERS[f"{name} net"][0], rel=1e-9)


def test_rolling_spillovers_of_connectedness_approach() -> None:
    rolling = Spillover(lags=2, horizon=8, window=100).fit(DATA)
    for name, values in (("total", rolling.total_), ("net", rolling.net_["a"])):
        np.testing.assert_allclose(values.iloc[[0, 59, 140]], ANSWERS[f"rolling {name}"], rtol=1e-9)
