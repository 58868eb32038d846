"""Answers of R on the shares of R's estudy2, and the faults of other packages that this one does not repeat."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coupling.data.clocks.calendars import sessions
from coupling.errors import CouplingError
from coupling.events import EventStudy
from tests.events.worlds import observe, panel_of

# Rscript tests/events/estudy2_answers.R FOLDER (R 4.2.2): 2020-03-16, days -2 to 3, estimation -120 to -11
R_ANSWERS = {
    "patell": [
        -0.46942205381550300,
        -3.87904770958889,
        1.96882406793568,
        -3.179379312309357,
        0.01999155733523928,
        8.52863786461790,
        0.731718232110117,
    ],
    "bmp": [
        -0.37318172557039175,
        -3.02531925864683,
        1.92679165596882,
        -1.464135877765084,
        0.00498473120384709,
        2.11511120520527,
        0.312199686231741,
    ],
    "csect": [
        -0.44974138016463056,
        -2.79601752296581,
        2.68396023804649,
        -1.465259348365598,
        -0.36584806367334910,
        1.78062488769663,
    ],
    "corrado": [
        0.00383224021974189,
        -2.33383429382281,
        1.60570865207185,
        -0.639984116696895,
        1.20715566921869466,
        2.14222228283572,
    ],
}
R_BMP_P = [
    0.7218424108385297,
    0.0232374415737686,
    0.1022982592696362,
    0.1934945415014000,
    0.9961843784493003,
    0.0788140852353122,
]


@pytest.fixture(scope="module")
def shares(shared):
    folder = shared / "reference" / "events" / "data"
    names = ("estudy2_prices.csv", "estudy2_prices_indx.csv")
    prices = [pd.read_csv(folder / name, index_col="date", parse_dates=["date"]) for name in names]
    return np.log(pd.concat(prices, axis=1)).diff()


@pytest.fixture(scope="module")
def table(shares):
    options = {"event_window": (-2, 3), "estimation_window": (-120, -11), "model": "market", "market": "X.GSPC"}
    return EventStudy(**options).fit(shares, ["2020-03-16"]).tests("classical")


@pytest.mark.parametrize("test", list(R_ANSWERS))
def test_estudy2_shares_have_the_statistics_of_r(table, test):
    rows = table[(table["scope"] == "date") & (table["test"] == test)]
    found = rows["statistic"].to_numpy()[: len(R_ANSWERS[test])]
    np.testing.assert_allclose(found, R_ANSWERS[test], atol=1e-10, rtol=0)


def test_estudy2_shares_have_the_p_values_of_r(table):
    rows = table[(table["scope"] == "date") & (table["test"] == "bmp")]
    np.testing.assert_allclose(rows["p_value"].to_numpy()[:6], R_BMP_P, atol=1e-10, rtol=0)


def frame(seed=0, n=400):
    days = pd.date_range("2022-01-03", periods=n, freq="B")
    return pd.DataFrame(np.random.default_rng(seed).normal(size=(n, 3)), index=days, columns=list("ABC"))


def test_the_mean_of_the_window_is_a_sum_over_its_days_and_no_daily_mean():
    changes = frame()
    events = changes.index[[150, 220, 290]]
    changes.loc[:, "A"] = 0.0
    for place in (150, 220, 290):
        changes.iloc[place : place + 4, 0] = 1.0
    found = EventStudy(event_window=(0, 3), estimation_window=(-60, -5)).fit(changes, events).summary()
    assert found.loc["A", "estimate"] == pytest.approx(4.0)


def test_the_variance_of_a_window_has_the_covariance_between_its_days():
    """W + W²/L for a constant mean of L rows, and not W (1 + 1/L): the days share the error of the mean."""
    changes = frame()
    study = EventStudy(event_window=(0, 9), estimation_window=(-60, -1)).fit(changes, [changes.index[200]])
    assert study.numbers.abnormal.total_spread[0, 0] == pytest.approx(10 + 100 / 60)


def test_a_huge_event_does_not_reach_any_estimation_window():
    changes = frame()
    events = changes.index[[150, 180]]
    changes.loc[events, "A"] = 1e6
    found = EventStudy(event_window=(0, 0), estimation_window=(-60, -5)).fit(changes, events)
    assert (found.numbers.abnormal.sigma[:, 0] < 2).all()


def test_a_saturday_event_is_anchored_on_saturday_where_the_market_trades():
    days = pd.date_range("2023-06-01", "2024-06-30", freq="D")
    values = pd.Series(100.0, index=days)
    values["2024-04-13":] = 90.0  # a Saturday
    rng = np.random.default_rng(0)
    crypto = observe("BTC", values * np.exp(rng.normal(0, 1e-4, len(days))), "UTC", "log")
    weekdays = sessions("XNYS", days[0], days[-1])
    quiet = observe(
        "SPX", pd.Series(100 * np.exp(rng.normal(0, 0.01, len(weekdays)).cumsum()), index=weekdays), "XNYS", "log"
    )
    study = EventStudy(event_window=(0, 2), estimation_window=(-100, -6))
    mapping = study.fit(panel_of(crypto, quiet), ["2024-04-13T12:00Z"]).mapping.set_index("instrument")
    assert mapping["first_struck_at"]["BTC"] == pd.Timestamp("2024-04-14 00:00", tz="UTC")
    assert mapping["first_change"]["BTC"] == pytest.approx(-10.0, abs=0.1)
    assert mapping["first_struck_at"]["SPX"].day_name() == "Monday"


def test_every_error_is_caught_by_except_exception():
    def kinds(base):
        return {base}.union(*(kinds(sub) for sub in base.__subclasses__()))

    assert all(issubclass(kind, Exception) for kind in kinds(CouplingError))
    try:
        EventStudy(model="nonsense").fit(frame(), ["2022-06-01"])
    except Exception as error:  # noqa: BLE001
        caught = error
    assert isinstance(caught, CouplingError)
