from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coupling.events import Event, EventStudy
from coupling.events.studies.timeline import panel_timeline
from tests.events.worlds import observe, panel_of, random_panel

DAYS = pd.date_range("2024-07-01", "2024-08-30")


def ramp(clock, change="basis_points", days=DAYS):
    """Levels that rise by one unit of change a day, so that a change counts days."""
    from coupling.data.clocks.calendars import sessions
    from coupling.data.clocks.clock import load_clock

    labels = sessions(load_clock(clock).days, days[0], days[-1])
    elapsed = (labels - days[0]).days.to_numpy()
    values = np.exp(elapsed / 100) if change == "log" else 1 + elapsed / 100
    return observe(clock, pd.Series(values, index=labels), clock, change)


def at(text, **more):
    return Event(id=text, instant=text, precision="minute", **more)


def test_responses_start_at_the_last_observation_before_the_instant():
    """2024-08-05 00:00 UTC, Tokyo's open: the baselines are BTC's Sunday, Tokyo's Friday and New York's Friday."""
    items = {clock: ramp(clock) for clock in ("UTC", "MOF", "XNYS")}
    line = panel_timeline(items, (at("2024-08-05T00:00Z"),), days="XNYS", at="24:00 UTC", window=(-2, 2))
    rows = line.mapping.set_index("instrument")
    assert (rows["session"] == pd.Timestamp("2024-08-05")).all()
    assert rows.loc["UTC", "baseline_struck_at"] == pd.Timestamp("2024-08-05 00:00", tz="UTC")
    assert rows.loc["MOF", "baseline_struck_at"] == pd.Timestamp("2024-08-02 06:00", tz="UTC")
    assert rows.loc["XNYS", "baseline_struck_at"] == pd.Timestamp("2024-08-02 20:00", tz="UTC")
    assert rows["hours_to_day_0"].tolist() == [24.0, 72.0, 72.0]
    names = list(line.names)
    day_zero = dict(zip(names, line.event_changes[0, :, 2].round(9), strict=True))
    assert day_zero == {"UTC": 1.0, "MOF": 3.0, "XNYS": 3.0}
    assert line.event_changes[0, names.index("UTC"), 1] == pytest.approx(
        3.0
    )  # Friday's session now ends at the instant


def test_a_saturday_event_has_its_answer_on_saturday_where_the_market_trades():
    items = {clock: ramp(clock) for clock in ("UTC", "XNYS")}
    line = panel_timeline(items, (at("2024-08-10T15:00Z"),), days="XNYS", at="24:00 UTC", window=(-1, 1))
    rows = line.mapping.set_index("instrument")
    assert rows.loc["UTC", "baseline_struck_at"] == pd.Timestamp("2024-08-10 00:00", tz="UTC")
    assert rows.loc["UTC", "first_struck_at"] == pd.Timestamp("2024-08-11 00:00", tz="UTC")
    assert rows.loc["XNYS", "first_struck_at"] == pd.Timestamp("2024-08-12 20:00", tz="UTC")
    assert line.event_changes[0, 0, 1] == pytest.approx(3.0)  # Saturday, Sunday and Monday, none lost
    every = panel_timeline(items, (at("2024-08-10T15:00Z"),), days="every", at="24:00 UTC", window=(-1, 1))
    assert every.mapping["session"].iloc[0] == pd.Timestamp("2024-08-10")
    assert every.event_changes[0, 0, 1] == pytest.approx(1.0)


def test_a_market_that_is_shut_has_nothing_new_instead_of_a_zero():
    items = {"MOF": ramp("MOF"), "XNYS": ramp("XNYS")}  # 2024-08-12 is a holiday in Tokyo
    line = panel_timeline(items, (at("2024-08-09T14:00Z"),), days="XNYS", at="24:00 UTC", window=(0, 2))
    assert np.isnan(line.event_changes[0, 0, :2]).all()  # Friday's yield was struck before, Monday has none
    assert line.event_changes[0, 0, 2] == pytest.approx(4.0)


def test_an_event_known_by_day_spans_that_local_day():
    event = Event(id="x", day="2024-08-06", market="XTKS", precision="day")
    items = {clock: ramp(clock) for clock in ("UTC", "MOF", "XNYS")}
    line = panel_timeline(items, (event,), days="XNYS", at="24:00 UTC", window=(-1, 1))
    rows = line.mapping.set_index("instrument")
    start = pd.Timestamp("2024-08-05 15:00", tz="UTC")
    assert (rows["baseline_struck_at"] <= start).all()
    assert rows.loc["XNYS", "baseline_struck_at"] == pd.Timestamp("2024-08-02 20:00", tz="UTC")
    assert rows.loc["MOF", "day_0_struck_at"] == pd.Timestamp("2024-08-06 06:00", tz="UTC")
    assert rows["date_only"].all()


def test_increments_add_up_to_the_level_change_whatever_the_instant():
    panel = random_panel()
    for hour in range(0, 48, 5):
        moment = pd.Timestamp("2024-03-08 00:00", tz="UTC") + pd.Timedelta(hours=hour)
        line = panel_timeline(
            panel.observations, (at(moment.isoformat()),), days="XNYS", at="24:00 UTC", window=(-5, 5)
        )
        place = line.positions[0]
        plain = np.nansum(line.changes[place - 5 : place + 6], axis=0)
        np.testing.assert_allclose(np.nansum(line.event_changes[0], axis=1), plain, atol=1e-9)


def test_later_observations_never_change_earlier_responses():
    panel, longer = random_panel(last="2024-08-30"), random_panel(last="2024-12-31")
    for name, item in panel.observations.items():
        more = longer.observations[name]
        levels = pd.concat([item.levels, more.levels[more.levels.index > item.levels.index[-1]]])
        panel_item = type(item)(
            name=name, levels=levels, known_at=pd.Series(levels.index, index=levels.index), change=item.change
        )
        longer.observations[name] = panel_item
    events = ["2024-06-03", "2024-07-11"]
    study = EventStudy(event_window=(-1, 5), estimation_window=(-100, -10))
    pd.testing.assert_frame_equal(study.fit(panel, events).by_event(), study.fit(longer, events).by_event())


def test_events_outside_the_data_are_listed_and_not_used():
    panel = random_panel()
    result = EventStudy(event_window=(0, 2), estimation_window=(-60, -5)).fit(
        panel, ["1999-01-04", "2024-06-03", "2024-12-31", "2030-01-02"]
    )
    gone = result.mapping[~result.mapping["used"]]
    assert gone["event"].tolist() == ["1999-01-04", "2024-12-31", "2030-01-02"]
    assert (gone["why_not"] == "event window reaches outside the data").all()
    assert result.warnings[0].startswith("3 events lie outside the data")


def test_an_instrument_that_starts_later_has_no_answer_and_says_why():
    panel = random_panel()
    item = panel.observations["BTC"]
    keep = item.levels.index > pd.Timestamp("2024-05-01", tz="UTC")
    panel.observations["BTC"] = type(item)(
        name="BTC", levels=item.levels[keep], known_at=item.known_at[keep], change=item.change
    )
    result = EventStudy(event_window=(0, 2), estimation_window=(-60, -5)).fit(panel, ["2024-03-04", "2024-09-03"])
    rows = result.mapping.set_index(["event", "instrument"])
    assert not rows.loc[("2024-03-04", "BTC"), "used"]
    assert "too few own values" in rows.loc[("2024-03-04", "BTC"), "why_not"]
    assert result.summary().loc["BTC", "n_episodes"] == 1
    assert result.summary().loc["SPX", "n_episodes"] == 2


def test_log_changes_are_shown_as_simple_percent_and_yields_in_basis_points():
    panel = panel_of(ramp("XNYS", "log"), ramp("MOF"))
    rows = panel_timeline(
        panel.observations, (at("2024-08-05T12:00Z"),), days="XNYS", at="24:00 UTC", window=(0, 1)
    ).mapping.set_index("instrument")
    assert rows.loc["XNYS", "first_change"] == pytest.approx(100 * (np.exp(0.03) - 1))
    assert rows.loc["MOF", "first_change"] == pytest.approx(1.0)


def test_a_change_rule_may_be_a_word_and_bad_levels_are_refused():
    from coupling.data.observations import Observations
    from coupling.errors import InputError
    from coupling.events.studies.timeline import strikes_of

    days = pd.date_range("2024-01-01", periods=3, freq="D", tz="UTC")
    known = pd.Series(days, index=days)
    item = Observations(name="A", levels=pd.Series([1.0, np.e, 1.0], index=days), known_at=known, change="log")
    assert strikes_of(item).log
    assert np.diff(strikes_of(item).cumulated) == pytest.approx([100.0, -100.0])
    flow = Observations(name="F", levels=pd.Series([1.0, 2.0, 4.0], index=days), known_at=known, change="value")
    assert np.diff(strikes_of(flow).cumulated) == pytest.approx([2.0, 4.0])
    wrong = Observations(name="W", levels=pd.Series([1.0, 0.0, 4.0], index=days), known_at=known, change="log")
    with pytest.raises(InputError, match="W: a log change needs positive levels"):
        strikes_of(wrong)
