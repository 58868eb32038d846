"""Alignment never looks ahead, never fills, and counts what it drops."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coupling.data.alignment import AlignmentSection, align
from coupling.data.clocks.clock import load_clock
from coupling.data.clocks.ticks import Frequency, ticks_of
from coupling.data.instrument import resolve
from coupling.data.observations import Observations
from coupling.data.panel import Panel, build_panel
from coupling.errors import AlignmentError

CLOCKS = {"BTC": "UTC", "JGB10Y": "MOF", "USDJPY": "H10", "SPX": "XNYS"}


def observe(name: str, dates: pd.DatetimeIndex, seed: int = 0) -> Observations:
    clock = load_clock(CLOCKS[name])
    struck = clock.struck_at(dates)
    dates, struck = dates[~struck.isna()], struck[~struck.isna()]
    rng = np.random.default_rng([seed, len(name)])
    levels = 1.0 + np.cumsum(rng.uniform(0.1, 1.0, len(struck)))
    return Observations(
        name=name,
        levels=pd.Series(levels, index=struck),
        known_at=pd.Series(clock.known_at(dates), index=struck),
        labels=pd.Series(dates, index=struck),
        change=resolve(name).change,
    )


def panel(observations: dict[str, Observations], **settings: object) -> Panel:
    return build_panel(observations, {name: resolve(name) for name in observations}, AlignmentSection(**settings))


def days(first: str, last: str) -> pd.DatetimeIndex:
    return pd.date_range(first, last, freq="D")


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Observations]:
    """Instruments seen on random subsets of the days of a few weeks."""
    span = days("2025-03-03", "2025-04-11")  # both changes of daylight saving, and an Easter week
    names = draw(st.lists(st.sampled_from(list(CLOCKS)), min_size=2, max_size=4, unique=True))
    keep = {name: draw(st.lists(st.booleans(), min_size=len(span), max_size=len(span))) for name in names}
    seen = {name: span[np.array(mask)] for name, mask in keep.items()}
    seen = {name: dates[dates.day_of_week < 5] if name != "BTC" else dates for name, dates in seen.items()}
    return {name: observe(name, dates) for name, dates in seen.items() if len(dates) > 5}


def try_panel(world: dict[str, Observations], **settings: object) -> Panel | None:
    try:
        return panel(world, **settings) if len(world) > 1 else None
    except AlignmentError:
        return None


@given(worlds())
@settings(max_examples=60, deadline=None)
def test_no_value_is_later_than_its_tick_or_too_old(world: dict[str, Observations]) -> None:
    built = try_panel(world)
    if built is not None:
        assert (built.staleness >= pd.Timedelta(0)).to_numpy().all()
        assert (built.staleness <= pd.Timedelta(days=4)).to_numpy().all()


@given(worlds())
@settings(max_examples=60, deadline=None)
def test_every_change_uses_something_new_for_every_instrument(world: dict[str, Observations]) -> None:
    built = try_panel(world)
    if built is not None:
        for name in built.levels:
            struck = built.levels.index - built.staleness[name]
            assert pd.DatetimeIndex(struck).is_unique
            assert built.levels[name].equals(
                world[name].levels.reindex(struck).set_axis(built.levels.index).rename(name)
            )


@given(worlds(), st.randoms())
@settings(max_examples=40, deadline=None)
def test_the_order_of_instruments_changes_nothing(world: dict[str, Observations], random: object) -> None:
    built = try_panel(world)
    names = list(world)
    random.shuffle(names)  # type: ignore[attr-defined]
    again = try_panel({name: world[name] for name in names})
    assert (built is None) == (again is None)
    if built is not None and again is not None:
        pd.testing.assert_frame_equal(built.levels, again.levels[list(world)])


@given(worlds(), st.integers(5, 30))
@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize("frequency", ["1d", "2d", "1w"])
def test_a_later_observation_never_changes_an_earlier_row(
    frequency: str, world: dict[str, Observations], cut: int
) -> None:
    now = pd.Timestamp("2025-03-03", tz="UTC") + pd.Timedelta(days=cut)
    early = {name: item.struck_by(now) for name, item in world.items() if item.levels.index[0] <= now}
    if len(early) == len(world):
        before, after = try_panel(early, frequency=frequency), try_panel(world, frequency=frequency)
        if before is not None and after is not None:
            pd.testing.assert_frame_equal(before.levels, after.levels.iloc[: len(before.levels)])


def test_a_holiday_of_either_country_has_no_tick_of_its_own() -> None:
    dates = days("2025-11-17", "2025-11-29")
    built = panel(
        {
            "JGB10Y": observe("JGB10Y", dates[dates.day_of_week < 5].difference([pd.Timestamp("2025-11-24")])),
            "SPX": observe("SPX", dates),
            "BTC": observe("BTC", dates),
        }
    )
    labels = (built.levels.index - pd.Timedelta("1ns")).strftime("%d").tolist()
    assert labels == ["17", "18", "19", "20", "21", "25", "26", "28"]  # no 24th (Tokyo), no 27th (New York)
    cost = built.table["ticks dropped: no update since the last kept observation time"]
    assert cost.to_dict() == {"JGB10Y": 1, "SPX": 0, "BTC": 0}


def test_an_early_close_shortens_the_shared_time_of_that_row_only() -> None:
    dates = days("2025-11-24", "2025-11-29")
    built = panel({"SPX": observe("SPX", dates), "BTC": observe("BTC", dates)})
    assert [int(age.total_seconds() // 3600) for age in built.staleness["SPX"]] == [3, 3, 3, 6]


def test_the_week_of_a_clock_change_keeps_one_tick_a_day() -> None:
    ticks = ticks_of("XNYS", "close", "1d", *(pd.Timestamp(day, tz="UTC") for day in ("2025-03-06", "2025-03-12")))
    assert ticks.strftime("%d %H").tolist() == ["06 21", "07 21", "10 20", "11 20"]


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [("1w", ["10-31", "11-07", "11-14", "11-21", "11-28"]), ("1mo", ["10-31", "11-28"]), ("2d", None)],
)
def test_frequencies_end_on_the_last_session(frequency: str, expected: list[str] | None) -> None:
    span = (pd.Timestamp("2025-10-27", tz="UTC"), pd.Timestamp("2025-12-02", tz="UTC"))
    ticks = ticks_of("XNYS", "24:00 UTC", frequency, *span)
    labels = (ticks - pd.Timedelta("1ns")).strftime("%m-%d").tolist()
    if expected is None:
        daily = ticks_of("XNYS", "24:00 UTC", "1d", *span)
        assert len(labels) in (len(daily) // 2, len(daily) // 2 + 1)
        assert set(ticks) <= set(daily)
    else:
        assert [label for label in labels if label >= "10-31"] == expected


def test_every_second_session_does_not_hang_on_where_the_data_begin() -> None:
    end = pd.Timestamp("2025-12-02", tz="UTC")
    late = ticks_of("XNYS", "24:00 UTC", Frequency.TWO_DAYS, pd.Timestamp("2025-11-04", tz="UTC"), end)
    early = ticks_of("XNYS", "24:00 UTC", Frequency.TWO_DAYS, pd.Timestamp("2025-11-03", tz="UTC"), end)
    assert set(late) <= set(early)


def test_synchronous_ticks_of_tokyo_and_new_york_fail_and_name_the_smallest_gap() -> None:
    dates = days("2025-11-03", "2025-11-29")
    with pytest.raises(AlignmentError, match="smallest gap to the oldest value is 0 days 18:00:00"):
        panel(
            {"JGB10Y": observe("JGB10Y", dates[dates.day_of_week < 5]), "SPX": observe("SPX", dates)},
            rule="synchronous",
            at="24:00 UTC",
            tolerance="4h",
        )


def test_synchronous_keeps_only_ticks_within_the_tolerance() -> None:
    dates = days("2025-11-24", "2025-11-29")
    built = panel({"SPX": observe("SPX", dates), "BTC": observe("BTC", dates)}, rule="synchronous", tolerance="3h")
    assert (built.levels.index - pd.Timedelta("1ns")).strftime("%d").tolist() == ["24", "25", "26"]  # 28: early close
    assert built.table["ticks dropped: not struck within the tolerance"].to_dict() == {"SPX": 1, "BTC": 0}


def test_common_days_joins_on_dates_and_says_what_that_means() -> None:
    dates = days("2025-11-17", "2025-11-29")
    built = panel(
        {"BTC": observe("BTC", dates), "JGB10Y": observe("JGB10Y", dates[dates.day_of_week < 5])}, rule="common_days"
    )
    assert (built.levels.index - pd.Timedelta("1ns")).strftime("%d").tolist() == [
        "17",
        "18",
        "19",
        "20",
        "21",
        "24",
        "25",
        "26",
        "28",
    ]
    assert "18 hours apart" in built.flags[0]


def test_a_tick_before_the_last_strike_of_the_day_is_refused_unless_asked_for() -> None:
    dates = days("2025-11-03", "2025-11-29")
    world = {"BTC": observe("BTC", dates), "SPX": observe("SPX", dates)}
    with pytest.raises(AlignmentError, match=r"BTC is struck 3\.0 hours later"):
        panel(world, at="close")
    assert panel(world, at="close", allow_early=True).staleness["BTC"].max() == pd.Timedelta("21h")


def test_instruments_that_never_overlap_are_refused() -> None:
    world = {
        "BTC": observe("BTC", days("2024-01-01", "2024-03-01")),
        "SPX": observe("SPX", days("2025-01-01", "2025-03-01")),
    }
    with pytest.raises(AlignmentError, match="keeps 0 of"):
        panel(world)


def test_nothing_to_align_is_refused() -> None:
    with pytest.raises(AlignmentError, match="no instrument"):
        align({}, AlignmentSection())


@pytest.mark.parametrize(
    ("settings_", "message"),
    [
        ({"days": "XNYC"}, "did you mean 'XNYS'"),
        ({"at": "26:00 UTC"}, "outside 00:00 to 24:00"),
        ({"at": "close", "days": "every"}, "needs an exchange"),
        ({"max_staleness": "soon"}, "no positive duration"),
        ({"tolerance": "-1h"}, "no positive duration"),
    ],
)
def test_wrong_settings_are_refused(settings_: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        AlignmentSection(**settings_)


def test_four_joins_give_the_order_of_the_design() -> None:
    """A share index that moves on business days only and a coin that moves every day, true correlation 0.5."""
    found: dict[str, list[float]] = {}
    for seed in range(5):
        for name, value in _four_joins(np.random.default_rng(seed)).items():
            found.setdefault(name, []).append(value)
    own, common, forward, back = (float(np.mean(found[name])) for name in ("own", "common", "forward", "back"))
    assert own > common + 0.03
    assert min(common, forward) > back + 0.03
    assert abs(common - forward) < 0.04
    assert own == pytest.approx(0.5 * 21 / 24, abs=0.02)


def _four_joins(rng: np.random.Generator) -> dict[str, float]:
    hours = pd.date_range("2015-01-01", periods=3650 * 24, freq="h", tz="UTC")
    both = rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], len(hours))
    both[hours.day_of_week >= 5, 0] = 0.0  # shares rest at the weekend
    path = pd.DataFrame(both.cumsum(axis=0), index=hours, columns=["SPX", "BTC"])
    daily = pd.date_range("2015-01-02", "2024-12-20", freq="D", tz="UTC")
    coin = path["BTC"].reindex(daily + pd.Timedelta("24h")).set_axis(daily)
    shares = path["SPX"].reindex(daily + pd.Timedelta("21h")).set_axis(daily)[daily.day_of_week < 5]
    outer = pd.concat([shares, coin], axis=1, sort=True)
    joins = {
        "own": pd.concat([shares.diff(), coin.diff()], axis=1, sort=True).dropna(),
        "common": outer.dropna().diff(),
        "forward": outer.ffill().diff(),
        "back": outer.bfill().diff(),
    }
    return {name: float(frame.corr().iloc[0, 1]) for name, frame in joins.items()}
