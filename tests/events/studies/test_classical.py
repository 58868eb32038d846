from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from coupling.errors import InputError
from coupling.events import EventStudy
from coupling.events.studies.classical import CLASSICAL, mean_correlation

DAILY = {
    "csect_t": "csect",
    "crude_dependence_t_bw1985": "crude_dependence",
    "crude_dependence_t_dofL-2": "crude_dependence_dof",
    "patell_z": "patell",
    "bmp_t": "bmp",
    "kp_bmp_t": "kp_bmp",
    "kp_patell_z": "kp_patell",
    "corrado_rank_z": "corrado_zivney",
    "cowan_gsign_z": "cowan",
}
TOTAL = {
    "car_patell_z": "patell",
    "car_bmp_t": "bmp",
    "car_kp_bmp_t": "kp_bmp",
    "car_csect_t": "csect",
    "corrado_car_rank_z": "corrado_zivney",
    "cowan_car_gsign_z": "cowan",
    "grank_t": "grank",
}
P_VALUES = {"patell_p": "patell", "bmp_p_t": "bmp", "kp_bmp_p_t": "kp_bmp"}
POOLED = {
    "patell_z": "patell",
    "bmp_t": "bmp",
    "kp_bmp_t_block": "kp_bmp",
    "date_mean_t": "date_mean",
    "csect_t": "csect",
}


@pytest.fixture(scope="module")
def answers(shared):
    return json.loads((shared / "reference" / "events" / "answers.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def changes(shared):
    folder = shared / "reference" / "events"
    frames = [
        pd.read_csv(folder / name, index_col="date", parse_dates=["date"])
        for name in ("synth_prices.csv", "synth_market.csv")
    ]
    return np.log(pd.concat(frames, axis=1)).diff()


def study(**more):
    return EventStudy(
        event_window=(-2, 2), estimation_window=(-125, -6), model="market", market="MKT", purge=False, **more
    )


@pytest.fixture(scope="module")
def result(changes, answers):
    return study().fit(changes, list(answers["per_date"]))


@pytest.fixture(scope="module")
def table(result):
    return result.tests(kind="classical")


def pick(table, scope, group, test, *, window):
    rows = table[(table["scope"] == scope) & (table["group"] == group) & (table["test"] == test)]
    return rows[(rows["day"] == "window") == window]


def test_every_daily_statistic(table, answers):
    for date, known in answers["per_date"].items():
        for key, test in DAILY.items():
            found = pick(table, "date", date, test, window=False)["statistic"].to_numpy()
            np.testing.assert_allclose(found, known[key], atol=1e-10, rtol=0, err_msg=f"{date} {key}")


def test_every_statistic_of_the_window(table, answers):
    for date, known in answers["per_date"].items():
        for key, test in TOTAL.items():
            found = pick(table, "date", date, test, window=True)["statistic"].to_numpy()
            np.testing.assert_allclose(found, known[key], atol=1e-10, rtol=0, err_msg=f"{date} {key}")
        p_value = pick(table, "date", date, "grank", window=True)["p_value"].to_numpy()
        np.testing.assert_allclose(p_value, known["grank_p"], atol=1e-10, rtol=0)


def test_p_values(table, answers):
    for date, known in answers["per_date"].items():
        for key, test in P_VALUES.items():
            found = pick(table, "date", date, test, window=False)["p_value"].to_numpy()
            np.testing.assert_allclose(found, known[key], atol=1e-10, rtol=0, err_msg=f"{date} {key}")


def test_pooled_statistics_and_those_over_dates(table, answers):
    for key, test in POOLED.items():
        rows = pick(table, "pooled", "all", test, window=False)
        np.testing.assert_allclose(rows["statistic"], answers["pooled"][key], atol=1e-10, rtol=0, err_msg=key)
    assert (pick(table, "pooled", "all", "date_mean", window=False)["df"] == answers["pooled"]["date_mean_t_df"]).all()
    assert (pick(table, "pooled", "all", "patell", window=False)["n"] == answers["pooled"]["N_pooled"]).all()


def test_estimates(result, answers):
    abnormal = result.numbers.abnormal
    for row, known in enumerate(answers["per_date"].values()):
        pairs = {
            "CAR": abnormal.total[row],
            "SCAR": abnormal.standardised_total[row],
            "alpha": abnormal.coefficients[row, :, 0],
            "beta": abnormal.coefficients[row, :, 1],
            "sigma": abnormal.sigma[row],
            "AAR": abnormal.change[row].mean(axis=0),
            "CAAR": abnormal.change[row].mean(axis=0).cumsum(),
        }
        for key, found in pairs.items():
            np.testing.assert_allclose(found, known[key], atol=1e-12, rtol=0, err_msg=key)
    found = mean_correlation(abnormal, "date")
    np.testing.assert_allclose(found, [known["r_bar"] for known in answers["per_date"].values()], atol=1e-12)
    pooled = mean_correlation(abnormal, "pooled")
    np.testing.assert_allclose(pooled, answers["pooled"]["r_bar_all_pairs_same_date_only"], atol=1e-12)


def test_without_the_forecast_error(changes, answers):
    table = study(forecast_error=False).fit(changes, list(answers["per_date"])).tests(kind="classical")
    for date, known in answers["per_date"].items():
        for key, test in (("bmp_t_no_forecast_error", "bmp"), ("kp_bmp_t_no_forecast_error", "kp_bmp")):
            found = pick(table, "date", date, test, window=False)["statistic"].to_numpy()
            np.testing.assert_allclose(found, known[key], atol=1e-10, rtol=0)


def test_corrado_equals_its_missing_data_form_when_nothing_is_missing(table):
    left, right = (table[table["test"] == name]["statistic"].to_numpy() for name in ("corrado", "corrado_zivney"))
    np.testing.assert_allclose(left, right, atol=1e-12)


def test_estudy2_shares_do_not_abort_on_a_series_that_starts_late(shared):
    """One share that is not listed yet leaves the others as they are (a fault of a peer)."""
    folder = shared / "reference" / "events" / "data"
    prices = pd.read_csv(folder / "estudy2_prices.csv", index_col="date", parse_dates=["date"])
    market = pd.read_csv(folder / "estudy2_prices_indx.csv", index_col="date", parse_dates=["date"])
    changes = np.log(pd.concat([prices, market], axis=1)).diff()
    options = {"event_window": (0, 2), "estimation_window": (-100, -5), "model": "market", "market": "X.GSPC"}
    all_shares = EventStudy(**options).fit(changes, ["2019-09-03"])
    old_shares = EventStudy(**options).fit(changes.drop(columns=["ZM", "UBER"]), ["2019-09-03"])
    names = ["AMZN", "NFLX", "SHOP", "FB", "UPWK"]
    pd.testing.assert_frame_equal(all_shares.summary().loc[names], old_shares.summary().loc[names], check_exact=False)
    assert set(all_shares.mapping[~all_shares.mapping["used"]]["instrument"]) <= {"ZM", "UBER"}


def test_statistics_differ_from_day_to_day(table):
    """One day's statistic repeated for all days is a fault of a peer."""
    days = pick(table, "date", "2023-10-10", "patell", window=False)["statistic"]
    assert days.nunique() == len(days) == 5


def test_some_tests_by_name_and_unknown_ones(result):
    assert set(result.tests("classical", only=["patell", "bmp"])["test"]) == {"patell", "bmp"}
    with pytest.raises(InputError, match="did you mean 'patell'"):
        result.tests("classical", only=["patel"])
    assert set(result.tests("classical")["test"]) == set(CLASSICAL)
