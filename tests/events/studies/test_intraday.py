from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coupling.data.changes import ChangeRule
from coupling.data.loading.dataset import DataSection, load_dataset
from coupling.data.observations import Observations
from coupling.errors import InputError
from coupling.events import Event, IntradayPath, load_events
from coupling.events.studies.types import observed_types


def hourly(name="BTC", seed=0, gap=None):
    hours = pd.date_range("2024-05-01", "2024-09-01", freq="h", tz="UTC")
    path = np.cumsum(np.random.default_rng(seed).normal(0, 0.4, len(hours)))
    levels = pd.Series(100 * np.exp(path / 100), index=hours)
    levels = levels if gap is None else levels.drop(hours[(hours > gap[0]) & (hours < gap[1])])
    return Observations(
        name=name, levels=levels, known_at=pd.Series(levels.index, index=levels.index), change=ChangeRule.LOG
    )


def test_the_path_is_the_move_since_the_instant_less_the_usual_one():
    item = hourly()
    at = pd.Timestamp("2024-08-05 00:20", tz="UTC")
    frame = IntradayPath(hours=(-2, 6)).fit({"BTC": item}, [at]).frame.set_index("hour")
    logs = 100 * np.log(item.levels)
    base = logs[at.floor("h")]
    assert frame.loc[0, "estimate"] == 0.0
    begin = at - pd.Timedelta(hours=2) - pd.Timedelta(days=60)
    marks = pd.date_range(begin, at - pd.Timedelta(hours=2), freq="3h")
    usual = logs.reindex(marks, method="ffill").diff().dropna()
    move = logs[at.floor("h") + pd.Timedelta(hours=3)] - base - usual.mean()
    assert frame.loc[3, "estimate"] == pytest.approx(100 * np.expm1(move / 100))
    assert frame.loc[3, "n"] == len(usual)
    assert frame.loc[3, "struck_at"] == at.floor("h") + pd.Timedelta(hours=3)
    assert (frame["lower"] <= frame["estimate"]).all()


def test_a_market_that_is_shut_has_no_value():
    gap = (pd.Timestamp("2024-08-05 03:00", tz="UTC"), pd.Timestamp("2024-08-05 09:00", tz="UTC"))
    frame = IntradayPath(hours=(0, 12)).fit({"BTC": hourly(gap=gap)}, ["2024-08-05T00:00Z"]).frame
    assert frame["hour"].tolist() == [0, 1, 2, 3, 9, 10, 11, 12]


def test_events_known_by_day_have_no_path():
    result = IntradayPath(hours=(0, 2)).fit({"BTC": hourly()}, ["2024-08-05T00:00Z", "2024-07-11"])
    assert result.frame["event"].unique().tolist() == ["2024-08-05T00:00Z"]
    assert result.warnings == ("1 event has a date-only timestamp and has no intraday path: 2024-07-11.",)


def test_a_day_is_shown_from_its_start_where_the_time_is_not_known():
    events = [
        Event(id="d", day="2024-07-11", market="XTKS", precision="day"),
        *load_events("carry_unwinds").between("2024-08-05", "2024-08-06"),
    ]
    result = IntradayPath(hours=(0, 2), whole_days=True).fit({"BTC": hourly()}, events)
    rows = result.frame.set_index(["event", "hour"])
    assert rows.loc[("d", 1), "struck_at"] == pd.Timestamp("2024-07-10 16:00", tz="UTC")
    assert rows["counted_from"].loc["d"].unique().tolist() == ["start of the day"]
    assert rows["counted_from"].loc["2024-08-05-unwind"].unique().tolist() == ["instant"]
    assert "counted from the start of its local day: d" in result.warnings[0]
    assert result.sentence.startswith(("0 of 1", "1 of 1"))  # a day's course is no response to an instant


def test_intervals_cover_ordinary_hours():
    inside = []
    for seed in range(8):
        events = pd.date_range("2024-07-05 00:30", periods=20, freq="53h", tz="UTC")
        frame = IntradayPath(hours=(0, 4)).fit({"BTC": hourly(seed=seed)}, events).frame.query("hour > 0")
        inside += ((frame["lower"] < 0) & (frame["upper"] > 0)).tolist()
    assert np.mean(inside) == pytest.approx(0.95, abs=0.03)


@pytest.mark.thorough
def test_real_hours_of_august_2024_and_october_2025(series):
    files = {
        "BTC": {"file": "btcusdt_perp_1h.csv", "clock": "hourly"},
        "USDJPY": {"file": "usdjpy_1h.csv", "clock": "hourly"},
    }
    data = load_dataset(DataSection(directory=str(series), files=files), ["BTC", "USDJPY"])
    events = load_events("carry_unwinds")
    chosen = [events["2024-08-05-unwind"], events["2025-10-10-crypto"], events["2025-11-20-stimulus"]]
    result = IntradayPath().fit(data, chosen)
    rows = result.frame.set_index(["event", "instrument", "hour"])
    assert rows.loc[("2024-08-05-unwind", "BTC", 13), "upper"] < -10
    assert rows.loc[("2024-08-05-unwind", "USDJPY", 13), "upper"] < 0
    assert rows.loc[("2025-10-10-crypto", "BTC", 12), "upper"] < 0
    assert "“Stimulus of 21.3 trillion yen” (2025-11-20)" in result.warnings[0]
    assert len(result.summary()) == 4
    assert "2 of" in result.sentence or "3 of" in result.sentence or "4 of" in result.sentence
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    assert result.plot() is not None
    plt.close("all")


def test_what_has_no_path_is_refused():
    days = pd.date_range("2024-01-01", periods=50, freq="D", tz="UTC")
    levels = pd.Series(1.0 + np.arange(50), index=days)
    daily = Observations(name="A", levels=levels, known_at=pd.Series(days, index=days), change=ChangeRule.LOG)
    with pytest.raises(InputError, match="No instrument is struck every hour"):
        IntradayPath().fit({"A": daily}, ["2024-02-01T00:00Z"])
    with pytest.raises(InputError, match="No event with a known instant"):
        IntradayPath().fit({"BTC": hourly()}, ["2020-02-01T00:00Z"])
    with pytest.raises(InputError, match="first <= 0 < last"):
        IntradayPath(hours=(2, 1)).fit({"BTC": hourly()}, ["2024-08-05T00:00Z"])


def test_observed_types_follow_signs():
    rows = [
        ("a", "BTC", -5.0), ("a", "USDJPY", 0.1), ("a", "JGB10Y", -1.0), ("a", "SPX", 0.3),
        ("b", "BTC", 1.0), ("b", "USDJPY", 0.1), ("b", "JGB10Y", -1.0), ("b", "SPX", 0.3),
        ("c", "BTC", np.nan),
    ]  # fmt: skip
    types = observed_types(
        pd.DataFrame(rows, columns=["event", "instrument", "day_0"]), load_events("carry_unwinds").types
    )
    assert types.to_dict() == {"a": "crypto", "b": "other"} | {"c": None}
