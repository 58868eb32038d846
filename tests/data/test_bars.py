"""Bars on a grid: last value of each step, no change over a closed market, and refusals in one sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import coupling as cp
from coupling.data.alignment import AlignmentSection
from coupling.data.changes import ChangeRule
from coupling.data.clocks.ticks import Frequency, ticks_of
from coupling.data.loading.dataset import Dataset
from coupling.data.observations import Observations
from coupling.data.page import alignment
from coupling.data.panel import Panel
from coupling.errors import AlignmentError, CouplingError
from coupling.study.configuration import load_study
from coupling.study.preparing import dataset_of


def bars(start: str, count: int, step: str, seed: int = 0, keep: np.ndarray | None = None) -> pd.DataFrame:
    """Bars named by their starts, with the walk of a price as closes."""
    starts = pd.date_range(start, periods=count, freq=step, tz="UTC")
    closes = 100 * np.exp(0.001 * np.random.default_rng(seed).normal(size=count).cumsum())
    frame = pd.DataFrame({"time_utc": starts, "close": closes})
    return frame if keep is None else frame[keep].reset_index(drop=True)


def panel(frequency: str, frames: dict[str, pd.DataFrame], **more: str) -> Panel:
    return cp.align(frames, clocks="hourly", frequency=frequency, **more)


def closes_at(frame: pd.DataFrame, step: str) -> pd.Series:
    """The last close of each step, by pandas' own resampling of bars that are named by their ends."""
    length = pd.Timedelta(frame["time_utc"].diff().min())
    ended = pd.Series(frame["close"].to_numpy(), index=pd.DatetimeIndex(frame["time_utc"]) + length)
    return ended.resample(step, closed="right", label="right").last().dropna()


@pytest.mark.parametrize("frequency", ["1min", "5min", "15min", "1h"])
def test_finer_bars_become_the_last_close_of_each_step_as_pandas_resamples_them(frequency: str) -> None:
    one, two = bars("2025-06-02", 2000, "1min", 1), bars("2025-06-02", 2000, "1min", 2)
    levels = panel(frequency, {"A": one, "B": two}).levels
    step = "60min" if frequency == "1h" else frequency
    for name, frame in (("A", one), ("B", two)):
        expected = closes_at(frame, step).reindex(levels.index)
        np.testing.assert_array_equal(levels[name].to_numpy(), expected.to_numpy())
    assert (levels.index == levels.index.floor(step)).all()


def test_the_ratio_of_a_panel_to_its_ticks_is_what_the_table_counts() -> None:
    gone = np.random.default_rng(3).random(3000) > 0.1
    one, two = bars("2025-06-02", 3000, "1min", 1), bars("2025-06-02", 3000, "1min", 2, keep=gone)
    made = panel("1min", {"A": one, "B": two})
    assert made.table.loc["B", "kept"] == len(made.levels)
    considered = int(made.table.loc["B", "ticks_considered"])
    reasons = [name for name in made.table if name.startswith("ticks dropped")]
    assert considered - len(made.levels) == int(made.table.loc["B", reasons].max())
    whole = gone[1:] & gone[:-1]
    assert abs(len(made.changes) - int(whole.sum())) <= 1  # the first bar may open the period
    assert (made.staleness == pd.Timedelta(0)).all().all()


def test_no_change_spans_a_closed_market_and_none_is_zero_because_nothing_was_traded() -> None:
    starts = pd.date_range("2025-06-02", "2025-06-14", freq="15min", tz="UTC", inclusive="left")
    local = starts.tz_convert("America/New_York")
    minutes = local.hour * 60 + local.minute
    open_ = (minutes >= 570) & (minutes < 960) & (local.day_of_week < 5)
    always = bars("2025-06-02", len(starts), "15min", 1)
    shares = bars("2025-06-02", len(starts), "15min", 2, keep=np.asarray(open_))
    made = cp.align({"BTC": always, "SPX": shares}, clocks={"BTC": "hourly", "SPX": "XNYS"}, frequency="15min")
    assert len(made.changes) == 10 * 25  # 26 bars a session, the first of them without one before it
    assert (made.changes["SPX"] != 0).all()
    own = np.log(shares["close"]).diff().to_numpy() * 100
    inside = (shares["time_utc"].diff() == pd.Timedelta("15min")).to_numpy()
    np.testing.assert_allclose(made.changes["SPX"].to_numpy(), own[inside], rtol=1e-9)
    assert "9 stretches between kept observation times" in made.flags[0]


def test_a_session_has_the_ticks_after_its_opening_up_to_its_close_summer_and_winter() -> None:
    first, last = pd.Timestamp("2025-03-07", tz="UTC"), pd.Timestamp("2025-03-11", tz="UTC")
    ticks = ticks_of("XNYS", "24:00 UTC", "1h", first, last)
    assert [f"{tick:%d %H}" for tick in ticks] == [
        *(f"07 {hour}" for hour in range(15, 22)),
        *(f"10 {hour}" for hour in range(14, 21)),
    ]
    assert len(ticks_of("XNYS", "24:00 UTC", "1min", first, last)) == 2 * 390
    friday = ticks_of("weekdays", "24:00 UTC", "1h", first, last)
    assert f"{friday[friday < pd.Timestamp('2025-03-09', tz='UTC')][-1]:%d %H}" == "08 00"


def test_days_that_count_sessions_see_the_last_bar_of_each_day() -> None:
    one, two = bars("2025-06-02", 24 * 40, "1h", 1), bars("2025-06-02", 24 * 40, "1h", 2)
    made = panel("1h", {"A": one, "B": two})
    daily = made.daily
    assert daily.alignment.frequency is Frequency.DAILY
    ends = pd.DatetimeIndex(one["time_utc"]) + pd.Timedelta("1h")
    midnights = ends == ends.normalize()
    np.testing.assert_array_equal(daily.levels["A"].to_numpy(), one["close"][midnights].to_numpy()[: len(daily.levels)])
    assert daily.daily is daily


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"at": "15:00 UTC"}, "has observation times all day, and takes no time of day; leave 'at' out"),
        ({"at": "close", "days": "XNYS"}, "leave 'at' out"),
        ({"rule": "common_days"}, "common_days joins dates, and frequency 15min has many observation times on each"),
        ({"rule": "synchronous", "tolerance": "15min"}, "lets one bar serve two observation times"),
    ],
)
def test_what_has_no_meaning_on_a_grid_is_refused(settings: dict[str, str], said: str) -> None:
    with pytest.raises(CouplingError, match=said):
        panel("15min", {"A": bars("2025-06-02", 200, "15min", 1), "B": bars("2025-06-02", 200, "15min", 2)}, **settings)


def test_coarser_bars_daily_closes_and_a_coarse_month_are_refused() -> None:
    fine, coarse = bars("2025-06-02", 4000, "15min", 1), bars("2025-06-02", 1000, "1h", 2)
    with pytest.raises(
        AlignmentError, match=r"B has a value every 1 hour, and alignment.frequency is 15min; give bars"
    ):
        panel("15min", {"A": fine, "B": coarse})
    mixed = pd.concat([bars("2025-05-20", 300, "1h", 3), bars("2025-06-02", 4000, "15min", 2)], ignore_index=True)
    frames = {"A": bars("2025-05-20", 5000, "15min", 1), "B": mixed}
    with pytest.raises(CouplingError, match=r"1 hour"):
        panel("15min", frames)
    days = pd.DataFrame({"date": pd.bdate_range("2025-05-20", periods=30), "close": np.arange(1.0, 31.0)})
    with pytest.raises(AlignmentError, match=r"SPX has a value every 1 day"):
        cp.align({"BTC": fine, "SPX": days}, clocks={"BTC": "hourly", "SPX": "XNYS"}, frequency="1h")


@pytest.mark.parametrize(
    ("frequency", "claims", "kept"), [("1min", [], False), ("1min", ["a.yaml"], True), ("1d", [], True)]
)
def test_opens_highs_and_lows_of_a_grid_stay_for_claims_alone(
    tmp_path: Path, frequency: str, claims: list[str], kept: bool
) -> None:
    for name in ("BTC", "ETH"):
        frame = bars("2025-06-02", 3 * 1440, "1min", len(name + frequency))
        frame.assign(open=frame["close"], high=frame["close"] + 1, low=frame["close"] - 1).to_csv(
            tmp_path / f"{name}.csv", index=False
        )
    files = {name: {"file": f"{name}.csv", "clock": "bars"} for name in ("BTC", "ETH")}
    asked = {"title": "Bars", "focus": "BTC", "instruments": ["BTC", "ETH"], "data": {"files": files}}
    path = tmp_path / "bars.yaml"
    path.write_text(yaml.safe_dump(asked | {"alignment": {"frequency": frequency}}), encoding="utf-8")
    study = load_study(path).model_copy(update={"claims": claims})
    dataset = dataset_of(study, fallback_simulated=False)
    assert {item.bars is not None for item in dataset.observations.values()} == {kept}


def test_a_configuration_fills_what_a_grid_needs_and_reads_itself_again() -> None:
    section = AlignmentSection(frequency="5min")
    assert (section.days, section.max_staleness) == ("every", "5min")
    assert AlignmentSection.model_validate(section.model_dump(mode="json")) == section
    assert AlignmentSection(frequency="5min", max_staleness="1h").max_staleness == "1h"
    assert AlignmentSection().max_staleness == "4d"


@given(st.integers(0, 2**32 - 1), st.sampled_from(["1min", "5min", "15min"]))
def test_no_level_comes_from_a_bar_that_ends_after_its_tick_or_before_the_step(seed: int, frequency: str) -> None:
    rng = np.random.default_rng(seed)
    frames = {name: bars("2025-06-02", 400, "1min", seed + k, rng.random(400) > 0.2) for k, name in enumerate("AB")}
    try:
        made = panel(frequency, frames)
    except AlignmentError:
        return
    ages = made.staleness.to_numpy()
    assert (ages >= np.timedelta64(0)).all()
    assert (ages < Frequency(frequency).step.to_timedelta64()).all()
    ends = {name: pd.DatetimeIndex(frame["time_utc"]) + pd.Timedelta("1min") for name, frame in frames.items()}
    for name, frame in frames.items():
        place = ends[name].searchsorted(made.levels.index, side="right") - 1
        np.testing.assert_array_equal(made.levels[name].to_numpy(), frame["close"].to_numpy()[place])


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"frequency": "15min"}, "Observation times at the multiples of 15min (UTC):"),
        ({"frequency": "15min", "days": "XNYS"}, "at the multiples of 15min (UTC) in the sessions of XNYS:"),
        ({"frequency": "1d", "days": "every"}, "Observation times at 24:00 UTC on all days, every 1d:"),
    ],
)
def test_the_page_says_when_there_is_an_observation_time(settings: dict[str, str], told: str) -> None:
    rows = bars("2025-06-02", 300, "15min")
    made = cp.align({"A": rows, "B": rows.assign(close=rows["close"] + 1)}, clocks="hourly", **settings)
    assert told in alignment.make(made).method


@pytest.mark.thorough
def test_hourly_bars_hold_the_facts_of_their_provenance(shared: Path) -> None:
    folder = shared / "market" / "series"
    frames = {
        "BTC": pd.read_csv(folder / "btcusdt_perp_1h.csv"),
        "USDJPY": pd.read_csv(folder / "usdjpy_1h.csv"),
    }
    made = panel("1h", frames)
    noons = made.levels["USDJPY"][made.levels.index.tz_convert("America/New_York").hour == 12]
    noons.index = noons.index.tz_localize(None).normalize()
    fred = pd.read_csv(folder / "usdjpy_fred.csv", index_col=0, parse_dates=True).iloc[:, 0]
    gap = (noons - fred.reindex(noons.index)).abs().dropna()
    assert len(gap) > 600
    assert gap.median() < 0.004
    assert gap.max() < 0.03
    spot = pd.read_csv(folder / "btcusdt_binance.csv", index_col=0, parse_dates=True)["value"]
    daily = made.daily.levels["BTC"]
    closes = pd.Series(daily.to_numpy(), index=made.sessions.labels(daily.index))
    apart = (closes / spot.reindex(closes.index) - 1).abs().dropna()
    assert apart.median() < 0.001
    shut = pd.date_range("2024-12-25 09:00", "2024-12-25 18:00", freq="h", tz="UTC")  # no bars from 08 to 17
    assert not made.changes.index.isin(shut).any()


@pytest.mark.parametrize(("zone", "opens", "closes"), [("UTC", 0, 24), ("America/New_York", 9, 16)])
def test_a_date_that_is_not_over_has_no_close_also_where_clocks_are_set(zone: str, opens: int, closes: int) -> None:
    """From winter to summer a market closes an hour earlier in UTC, with as many bars as before."""
    ends = pd.date_range("2025-03-03", "2025-03-11", freq="h", tz=zone, inclusive="right")
    ends = ends[((ends - pd.Timedelta(1, "ns")).hour >= opens) & ((ends - pd.Timedelta(1, "ns")).hour < closes)]
    labels = (ends - pd.Timedelta(1, "ns")).tz_localize(None).normalize()
    instants = ends.tz_convert("UTC")
    item = Observations(
        name="A",
        levels=pd.Series(np.arange(1.0, len(ends) + 1), index=instants),
        known_at=pd.Series(instants, index=instants),
        labels=pd.Series(labels, index=instants),
        change=ChangeRule.LOG,
    )
    cut = item.only(np.arange(len(ends)) < len(ends) - 3)
    found = [Dataset(observations={"A": each}, instruments={}).of_closes().observations["A"] for each in (item, cut)]
    assert [f"{each.dates.iloc[-1]:%m-%d}" for each in found] == ["03-10", "03-09"]
    assert found[0].levels.iloc[-1] == len(ends)
