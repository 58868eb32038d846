"""Tails against closed forms, numerical integration by other means, and simulation."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

from coupling.correlation import TailDependence
from coupling.correlation.elliptical import (
    elliptical_chi,
    elliptical_exceedance_correlation,
    fit_degrees_of_freedom,
    student_tail_dependence,
)
from coupling.errors import InputError


def elliptical(rows, correlation, freedom=np.inf, seed=0):
    rng = np.random.default_rng(seed)
    z = rng.standard_normal((rows, 2))
    z[:, 1] = correlation * z[:, 0] + np.sqrt(1 - correlation**2) * z[:, 1]
    if np.isfinite(freedom):
        z /= np.sqrt(rng.chisquare(freedom, rows) / freedom)[:, None]
    return pd.DataFrame(z, columns=["BTC", "IXIC"])


def test_limit_of_the_student_copula(shared):
    """../shared/reference/estimators/answers.json, t_copula_tail: exact."""
    answers = json.loads((shared / "reference" / "estimators" / "answers.json").read_text())["entries"]["t_copula_tail"]
    assert len(answers["value"]) == 12
    for row in answers["value"]:
        assert student_tail_dependence(row["rho"], row["nu"]) == pytest.approx(row["lam"], abs=1e-10)


@pytest.mark.parametrize("correlation", [-0.9, 0.0, 0.5, 0.95])
def test_limit_of_the_cauchy_copula(correlation):
    """With one degree of freedom the distribution function in the limit is algebraic (Student's with two)."""
    expected = 1 - np.sqrt((1 - correlation) / 2)
    assert student_tail_dependence(correlation, 1) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("correlation", [-0.9, -0.3, 0.0, 0.5, 0.95])
@pytest.mark.parametrize("quantile", [0.01, 0.05, 0.25])
def test_normal_chi_is_the_bivariate_normal(correlation, quantile):
    """Owen (1956), Annals of Mathematical Statistics 27(4), with both thresholds equal."""
    threshold = stats.norm.ppf(quantile)
    joint = quantile - 2 * special.owens_t(threshold, np.sqrt((1 - correlation) / (1 + correlation)))
    assert elliptical_chi(correlation, quantile) == pytest.approx(joint / quantile, abs=1e-8)


@pytest.mark.parametrize("freedom", [2.5, 4, 30])
def test_student_chi_tends_to_its_limit_and_to_the_normal(freedom):
    limit = student_tail_dependence(0.5, freedom)
    gaps = [elliptical_chi(0.5, q, freedom) - limit for q in (1e-2, 1e-4, 1e-8)]
    assert 0 < gaps[2] < gaps[1] < gaps[0]
    assert elliptical_chi(0.5, 0.05, 1e7) == pytest.approx(elliptical_chi(0.5, 0.05), abs=1e-6)


def test_exceedance_correlation_of_independent_normals_is_zero_and_of_a_perfect_pair_one():
    assert elliptical_exceedance_correlation(0.0, 0.1) == pytest.approx(0, abs=1e-10)
    assert elliptical_exceedance_correlation(1.0, 0.1) == 1
    assert np.isnan(elliptical_exceedance_correlation(0.5, 0.1, 2.0))


def test_normal_exceedance_correlation_has_rosenbaums_moments():
    """Rosenbaum (1961), JRSS B 23: moments of a bivariate normal truncated below at h in both."""
    rho, quantile = 0.6, 0.1
    h = -stats.norm.ppf(quantile)
    mass = quantile * elliptical_chi(rho, quantile)
    edge = stats.norm.pdf(h) * stats.norm.sf(h * (1 - rho) / np.sqrt(1 - rho**2))
    corner = np.sqrt(1 - rho**2) / np.sqrt(2 * np.pi) * stats.norm.pdf(h * np.sqrt(2 * (1 - rho) / (1 - rho**2)))
    mean = (1 + rho) * edge / mass
    square = 1 + ((1 + rho**2) * h * edge + rho * corner) / mass
    product = rho + (2 * rho * h * edge + corner) / mass
    expected = (product - mean**2) / (square - mean**2)
    assert elliptical_exceedance_correlation(rho, quantile) == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("freedom", [np.inf, 5])
def test_elliptical_values_equal_a_large_simulation(freedom):
    frame = elliptical(1_000_000, 0.5, freedom, seed=1)
    both = frame[(frame <= frame.quantile(0.1)).all(axis=1)]
    assert len(both) / 1e5 == pytest.approx(elliptical_chi(0.5, 0.1, freedom), abs=0.005)
    expected = elliptical_exceedance_correlation(0.5, 0.1, freedom)
    assert both["BTC"].corr(both["IXIC"]) == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize("freedom", [3.0, 8.0])
def test_degrees_of_freedom_are_found(freedom):
    frame = elliptical(20_000, 0.4, freedom, seed=2)
    found = fit_degrees_of_freedom(frame["BTC"].to_numpy(), frame["IXIC"].to_numpy(), 0.4)
    assert found == pytest.approx(freedom, rel=0.12)


def test_normal_data_have_many_degrees_of_freedom():
    frame = elliptical(20_000, 0.4, seed=3)
    assert fit_degrees_of_freedom(frame["BTC"].to_numpy(), frame["IXIC"].to_numpy(), 0.4) > 40


@pytest.mark.parametrize("tail", ["lower", "upper"])
def test_chi_counts_rows_in_both_tails(tail):
    frame = elliptical(400, 0.5)
    sign = 1 if tail == "lower" else -1
    ranks = (sign * frame).rank()
    expected = (ranks <= 20).all(axis=1).sum() / 20
    row = TailDependence(tail=tail).fit(frame).between("BTC", "IXIC").iloc[0]
    assert row["estimate"] == expected
    assert (row["n"], row["n_tail"]) == (400, 20)


def test_exceedance_is_the_correlation_of_those_rows():
    frame = elliptical(2000, 0.5, 4)
    both = frame[(frame.rank() <= 200).all(axis=1)]
    row = TailDependence(measure="exceedance", quantile=0.1).fit(frame).between("IXIC", "BTC").iloc[0]
    assert row["estimate"] == pytest.approx(both.corr().iloc[0, 1], rel=1e-12)
    assert row["n_tail"] == len(both)
    assert row["lower"] < row["estimate"] < row["upper"]


def test_elliptical_values_stand_beside_the_estimate():
    frame = elliptical(3000, 0.5, 4, seed=5)
    row = TailDependence().fit(frame).between("BTC", "IXIC").iloc[0]
    assert row["normal"] == pytest.approx(elliptical_chi(0.5, 0.05), abs=0.03)
    assert row["student"] == pytest.approx(elliptical_chi(0.5, 0.05, 4), abs=0.04)
    assert row["lower"] < elliptical_chi(0.5, 0.05, 4) < row["upper"]


def test_windows_equal_the_whole_sample_of_their_rows():
    frame = elliptical(500, 0.5)
    rolling = TailDependence(window=250, quantile=0.1).fit(frame).between("BTC", "IXIC")
    whole = TailDependence(quantile=0.1).fit(frame.iloc[200:450]).between("BTC", "IXIC")
    columns = ["estimate", "lower", "upper", "n", "n_tail", "normal"]
    np.testing.assert_allclose(rolling.iloc[449][columns], whole.iloc[0][columns])
    assert rolling["estimate"].iloc[:249].isna().all()


@pytest.mark.parametrize("measure", ["chi", "exceedance"])
def test_it_is_free_of_scale_and_of_missing_rows(measure):
    frame = elliptical(2000, 0.5, 4)
    plain = TailDependence(measure=measure, quantile=0.1).fit(frame).between("BTC", "IXIC")
    gaps = frame.mul([1e150, 1e-150]).reindex(np.repeat(frame.index, 2)).reset_index(drop=True)
    gaps.iloc[::2, 0] = np.nan
    moved = TailDependence(measure=measure, quantile=0.1, min_share=0.5).fit(gaps).between("BTC", "IXIC")
    np.testing.assert_allclose(moved, plain, rtol=1e-9)


def test_too_little_and_ties_are_missing_not_wrong():
    frame = elliptical(150, 0.5)
    few = TailDependence().fit(frame).between("BTC", "IXIC").iloc[0]
    assert few[["estimate", "lower", "upper", "normal"]].isna().all()
    frame = elliptical(1000, 0.5).assign(FLAT=1.0)
    frame["CLIPPED"] = frame["BTC"].clip(lower=-0.5)
    fitted = TailDependence().fit(frame)
    assert fitted.correlation_.iloc[0][[("BTC", "FLAT"), ("IXIC", "CLIPPED")]].isna().all()
    assert fitted.between("FLAT", "BTC")[["lower", "upper"]].isna().all(axis=None)


def test_a_pair_that_is_one_has_chi_one():
    frame = elliptical(1000, 0.5)
    twice = frame.assign(TWICE=2 * frame["BTC"])
    row = TailDependence().fit(twice).between("BTC", "TWICE").iloc[0]
    assert row["estimate"] == 1
    assert list(row[["normal", "upper"]]) == pytest.approx([1, 1])
    assert 0.8 < row["lower"] < 1


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"tail": "left"}, "tail='left'"),
        ({"measure": "ci"}, "did you mean 'chi'"),
        ({"quantile": 0.5}, "quantile=0.5"),
        ({"quantile": 5}, "quantile=5"),
    ],
)
def test_bad_parameters_are_refused(parameters, message):
    with pytest.raises(InputError, match=message):
        TailDependence(**parameters).fit(elliptical(100, 0.5))


@pytest.mark.slow
@pytest.mark.parametrize("freedom", [np.inf, 4])
@pytest.mark.parametrize(("measure", "least"), [("chi", 0.92), ("exceedance", 0.86)], ids=["chi", "exceedance"])
def test_interval_covers(measure, least, freedom):
    """Nominal 95 %: runs of 600 to 1,000 gave .94-.97 for chi, .94-.95 (normal) and .88-.93 (t4) for exceedances."""
    law = elliptical_chi if measure == "chi" else elliptical_exceedance_correlation
    truth, covered = law(0.5, 0.1, freedom), 0
    for seed in range(400):
        row = TailDependence(measure=measure, quantile=0.1).fit(elliptical(1500, 0.5, freedom, seed))
        limits = row.between("BTC", "IXIC").iloc[0]
        covered += limits["lower"] <= truth <= limits["upper"]
    assert least <= covered / 400 <= 0.985
