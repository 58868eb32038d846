"""What the gate of the estimators knows of a frame: levels, lost changes, unfinished rows."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import polars as pl
import pytest

from coupling.change import ContagionTest, CorrelationMonitor, LevelCorrelation, RegimeModel
from coupling.correlation import HayashiYoshidaCorrelation, RollingBeta, RollingCorrelation
from coupling.data.gate import unfinished
from coupling.data.gate.levels import looks_like_levels
from coupling.data.gate.lost import lost_changes
from coupling.data.gate.unfinished import unfinished_rows
from coupling.errors import InputError
from coupling.events import EventStudy, LocalProjection

NOW = pd.Timestamp("2025-06-18 15:30", tz="UTC")
RNG = np.random.default_rng(11)


def changes(index, columns=("BTC", "SPX"), seed=1):
    values = np.random.default_rng(seed).standard_normal((len(index), len(columns)))
    return pd.DataFrame(values, index=index, columns=list(columns))


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr(unfinished, "now", lambda: NOW)


# --- levels ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("volatility", [0.002, 0.01, 0.04])
@pytest.mark.parametrize("rows", [5, 20, 100, 1000])
def test_random_walks_of_prices_are_levels_and_their_changes_are_not(volatility, rows):
    steps = volatility * np.random.default_rng(rows).standard_normal((300, rows))
    prices = 50 * np.exp(steps.cumsum(axis=1))
    assert np.mean([looks_like_levels(path) for path in prices]) > 0.99
    for made in (np.diff(np.log(prices)), np.diff(prices), prices[:, 1:] / prices[:, :-1] - 1):
        assert np.mean([looks_like_levels(path) for path in made]) < 0.01


def test_a_yield_that_changes_its_sign_is_known_by_its_wandering():
    path = np.random.default_rng(5).standard_normal(400).cumsum() * 0.03
    assert path.min() < 0 < path.max()
    assert looks_like_levels(path)
    assert not looks_like_levels(np.diff(path))


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_units_do_not_matter(scale):
    assert looks_like_levels(scale * np.array([100.0, 101, 99, 102, 103]))
    assert not looks_like_levels(scale * np.array([1.0, -1, 0.5, 2, -3]))


def test_what_is_too_short_constant_or_missing_is_no_level():
    assert not looks_like_levels(np.array([100.0, 101, 99, 102]))
    assert not looks_like_levels(np.full(50, 7.0))
    assert not looks_like_levels(np.full(50, np.nan))


def test_independent_rows_of_an_array_are_no_path_and_a_walk_is():
    far = 100 + np.random.default_rng(0).standard_normal((500, 50))
    assert np.mean([looks_like_levels(rows, dated=False) for rows in far]) < 0.01
    assert all(looks_like_levels(rows) for rows in far)
    walks = 100 + far.cumsum(axis=1) / 100
    assert np.mean([looks_like_levels(rows, dated=False) for rows in walks]) > 0.99


@pytest.mark.slow(reduced=True)
def test_levels_of_the_real_files_are_found_and_their_changes_are_not(series):
    """Prices and yields of 100, 250 and 500 rows from every place of each file: found .957 to 1, wrongly none."""
    found, wrong = [], []
    for path in sorted(series.glob("*.csv")):
        table = pd.read_csv(path, comment="#")
        if "flows" in path.name or "funding" in path.name:
            continue
        for name in table.columns.intersection(["value", "close", "eurusd", "eurjpy", "2Y", "10Y", "40Y"]):
            values = table[name].dropna().to_numpy(dtype=float)
            parts = [values[k : k + n] for n in (100, 250, 500) for k in range(0, len(values) - n, n)]
            if len(parts) >= 10:
                found.append(np.mean([looks_like_levels(part) for part in parts if np.ptp(part) > 0]))
                wrong.append(np.mean([looks_like_levels(np.diff(part)) for part in parts]))
    assert len(found) >= 25
    assert min(found) >= 0.95
    assert max(wrong) <= 0.011


CLOSES = 100 * np.exp(RNG.standard_normal((250, 2)).cumsum(axis=0) / 100)


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame(CLOSES, index=pd.bdate_range("2023-01-02", periods=250), columns=["BTC", "SPX"]),
        pd.DataFrame(CLOSES, columns=["BTC", "SPX"]),
        pl.DataFrame({"BTC": CLOSES[:, 0], "SPX": CLOSES[:, 1]}),
    ],
    ids=["dated", "counted", "polars"],
)
def test_levels_are_refused_with_the_ways_out_and_allowed_levels_are_marked(frame):
    with pytest.raises(InputError, match=r"'BTC', 'SPX' look like levels.*\.diff\(\).*cp\.align.*allow_levels=True"):
        RollingCorrelation().fit(frame)
    fitted = RollingCorrelation(allow_levels=True).fit(frame)
    assert "Levels, as allowed: BTC, SPX" in fitted.caution_
    assert fitted.between("BTC", "SPX").attrs["caution"] == fitted.caution_
    assert "caution" not in RollingCorrelation().fit(np.diff(CLOSES, axis=0)).between("x0", "x1").attrs


def test_every_way_of_estimating_marks_allowed_levels():
    frame = pd.DataFrame(CLOSES, index=pd.bdate_range("2023-01-02", periods=250), columns=["BTC", "SPX"])
    events = frame.index[[150, 200]]
    study = EventStudy(event_window=(0, 1), estimation_window=(-60, -1), replications=99)
    with pytest.raises(InputError, match="look like levels"):
        study.fit(frame, events)
    study.allow_levels = True
    result = study.fit(frame, events)
    assert any("Levels, as allowed" in note for note in result.warnings)
    assert "Levels, as allowed" in result.summary().attrs["caution"]
    with pytest.raises(InputError, match="look like levels"):
        LocalProjection(horizons=1).fit(frame, events)
    projection = LocalProjection(horizons=1, allow_levels=True).fit(frame, events)
    assert "Levels, as allowed" in projection.summary().attrs["caution"]
    assert "Levels" in RollingBeta(allow_levels=True).fit(frame).between("SPX", "BTC").attrs["caution"]
    assert "Levels" in CorrelationMonitor(min_baseline=100, allow_levels=True).fit(frame).caution_
    assert "Levels" in RegimeModel(replications=19, allow_levels=True).fit(frame).caution_


def test_what_asks_for_levels_takes_them():
    frame = pd.DataFrame(np.log(CLOSES), columns=["BTC", "SPX"])
    assert LevelCorrelation(replications=99).fit(frame).caution_ == ""
    dated = frame.set_axis(pd.bdate_range("2023-01-02", periods=250))
    assert HayashiYoshidaCorrelation().fit(dict(dated)).between("BTC", "SPX")["estimate"].notna().all()


def test_a_flow_that_a_panel_declares_is_a_change():
    frame = pd.DataFrame({"BTC": np.diff(CLOSES[:, 0]), "FLOW": CLOSES[1:, 1]})
    with pytest.raises(InputError, match="'FLOW' looks like levels"):
        RollingCorrelation().fit(frame)
    frame.attrs["flows"] = ["FLOW"]
    assert RollingCorrelation().fit(frame).caution_ == ""


# --- changes over another market's calendar ---------------------------------------------------------------------------


def two_calendars(days=200, zone=None):
    index = pd.date_range("2024-01-01", periods=days, tz=zone)
    closes = pd.DataFrame(100 * np.exp(changes(index).cumsum() / 100))
    closes["SPX"] = closes["SPX"].where(index.day_of_week < 5)
    return closes


@pytest.mark.parametrize("zone", [None, "UTC", "America/New_York"])
def test_the_mondays_of_shares_are_named(zone, caplog):
    with caplog.at_level(logging.WARNING, logger="coupling"):
        fitted = RollingCorrelation().fit(np.log(two_calendars(zone=zone)).diff())
    assert "SPX has no change on 28 rows, 28 of them Mondays (first 2024-01-08" in fitted.caution_
    assert "cp.align" in fitted.caution_
    assert fitted.caution_ in caplog.text
    assert "Mondays" in fitted.between("BTC", "SPX").attrs["caution"]


def test_closes_carried_over_weekends_are_named():
    closes = two_calendars()
    fitted = RollingCorrelation().fit(np.log(closes.ffill()).diff())
    assert "SPX has a change of exactly 0 on 56 of 56 Saturdays and Sundays" in fitted.caution_
    assert "without filling" in fitted.caution_
    weekdays = closes[closes.index.day_of_week < 5]
    assert RollingCorrelation().fit(np.log(weekdays.ffill()).diff()).caution_ == ""


def test_changes_between_own_closes_lose_nothing():
    closes = two_calendars()
    own = pd.DataFrame({name: np.log(closes[name].dropna()).diff() for name in closes})
    assert lost_changes(own) == {}
    assert RollingCorrelation().fit(own).caution_ == ""


def test_holidays_of_one_market_among_weekdays_are_named_too():
    days = pd.bdate_range("2024-01-01", periods=120)
    closes = pd.DataFrame(100 + changes(days).cumsum())
    closes.loc[days[[20, 50, 51, 90]], "SPX"] = np.nan
    lost = lost_changes(closes.diff())
    assert days[lost["SPX"]].tolist() == days[[21, 52, 91]].tolist()
    own = pd.DataFrame({name: closes[name].dropna().diff() for name in closes})
    assert lost_changes(own) == {}


def test_a_weekend_of_friday_and_saturday_and_weekly_values_are_no_loss():
    days = pd.date_range("2024-01-01", periods=140)
    gulf = changes(days)
    gulf["SPX"] = gulf["SPX"].where(~days.day_of_week.isin([4, 5]))
    assert lost_changes(gulf) == {}
    weekly = changes(days)
    weekly["SPX"] = weekly["SPX"].where(days.day_of_week == 1)
    assert lost_changes(weekly) == {}


def test_the_events_of_lost_mondays_are_named_and_not_used():
    frame = np.log(two_calendars(400)).diff()
    mondays = frame.index[(frame.index.day_of_week == 0)][20:50:5]
    tuesdays = mondays + pd.Timedelta(days=1)
    study = EventStudy(event_window=(0, 0), estimation_window=(-90, -5), replications=99)
    result = study.fit(frame, [*mondays, *tuesdays])
    table = result.summary()
    assert (table.loc["BTC", "n_events"], table.loc["SPX", "n_events"]) == (12, 6)
    mapping = result.mapping[result.mapping["instrument"] == "SPX"].set_index("event")
    for monday in mondays:
        assert not mapping.loc[f"{monday:%Y-%m-%d}", "used"]
        assert "another market's calendar" in mapping.loc[f"{monday:%Y-%m-%d}", "why_not"]
    assert mapping.loc[[f"{day:%Y-%m-%d}" for day in tuesdays], "used"].all()
    note = next(note for note in result.warnings if note.startswith("6 events of SPX are lost"))
    assert all(f"{monday:%Y-%m-%d}" in note for monday in mondays)
    assert any("cp.align" in note for note in result.warnings)


def test_no_window_is_summed_over_a_lost_change():
    """With a longer window the missing Monday would count as no change at all: the sum would be wrong."""
    frame = np.log(two_calendars(400)).diff()
    fridays = frame.index[frame.index.day_of_week == 4][20:50:5]
    study = EventStudy(event_window=(0, 3), estimation_window=(-90, -5), replications=99)
    table = study.fit(frame, fridays).summary()
    assert (table.loc["BTC", "n_events"], table.loc["SPX", "n_events"]) == (6, 0)
    assert np.isnan(table.loc["SPX", "estimate"])


# --- rows that are not over -------------------------------------------------------------------------------------------

TODAY = NOW.tz_localize(None).normalize()


@pytest.mark.parametrize(
    ("index", "left_out"),
    [
        (pd.date_range(end=TODAY, periods=40), 1),
        (pd.date_range(end=TODAY + pd.Timedelta(days=1), periods=40), 2),
        (pd.date_range(end=TODAY - pd.Timedelta(days=1), periods=40), 0),
        (pd.date_range(end=TODAY, periods=40).to_period("D"), 1),
        (pd.period_range(end="2025-06", periods=40, freq="M"), 1),
        (pd.Index([day.date() for day in pd.date_range(end=TODAY, periods=40)]), 1),
        (pd.date_range(end=TODAY, periods=40).strftime("%Y-%m-%d"), 1),
        (pd.date_range(end=TODAY, periods=40).strftime("%Y%m%d").astype(int), 1),
        (pd.date_range(end="2025-06-18 16:00", periods=40, freq="h", tz="UTC"), 1),
        (pd.date_range(end="2025-06-18 15:00", periods=40, freq="h", tz="UTC"), 0),
        (pd.date_range(end=TODAY, periods=40, tz="America/New_York"), 1),
        (pd.date_range(end=TODAY + pd.Timedelta(days=300), periods=400), 0),
    ],
)
@pytest.mark.usefixtures("clock")
def test_rows_that_are_not_over_are_left_out_and_counted(index, left_out):
    X = changes(index)
    fitted = RollingCorrelation().fit(X)
    expected = RollingCorrelation().fit(X.iloc[: len(X) - left_out])
    pd.testing.assert_frame_equal(fitted.correlation_, expected.correlation_)
    assert fitted.between("BTC", "SPX")["n"].tolist() == [len(X) - left_out]
    assert (f": {left_out} left out" in fitted.caution_) == bool(left_out)


@pytest.mark.usefixtures("clock")
def test_a_tick_of_a_panel_at_midnight_is_over():
    index = pd.date_range(end=TODAY, periods=40, tz="UTC")
    assert unfinished_rows(index) == 1
    assert unfinished_rows(index, ticks=True) == 0


@pytest.mark.usefixtures("clock")
def test_levels_of_today_are_left_out_of_true_instants():
    index = pd.date_range(end=TODAY, periods=200)
    walks = changes(index).cumsum()
    fitted = HayashiYoshidaCorrelation().fit(dict(walks))
    before = HayashiYoshidaCorrelation().fit(dict(walks.iloc[:-1]))
    pd.testing.assert_frame_equal(fitted.correlation_, before.correlation_)
    assert fitted.caution_ == "Levels not over yet were left out: BTC 1, SPX 1."


@pytest.mark.usefixtures("clock")
def test_a_mask_and_a_shock_on_the_rows_of_the_frame_still_fit():
    X = changes(pd.date_range(end=TODAY, periods=80))
    stress = pd.Series(np.arange(80) % 2 == 0, index=X.index)
    options = {"source": "BTC", "target": "SPX", "replications": 99}
    for one, other in ((stress, ~stress), (stress.to_numpy(), ~stress.to_numpy())):
        assert ContagionTest(calm=one, stress=other, **options).fit(X).table_["n_stress"].tolist() == [39, 39]
    shock = pd.Series(0.0, index=X.index)
    shock.iloc[10:70:10] = 1.0
    result = LocalProjection(horizons=1, lags=1).fit(X, shock)
    assert result.frame["n_episodes"].unique().tolist() == [6]
    assert "left out" in result.warnings[0]
