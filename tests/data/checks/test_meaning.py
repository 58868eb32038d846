"""Planted faults are found on their day, and nothing is found in sound series, however heavy their tails."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coupling.data.checks import CHECKS, MEANING, check_meaning, scale, yields
from coupling.data.instrument import Kind
from tests.data.checks.planted import PRICES, YIELDS, Plant, cut_short, observed, price, rate, scaled

DAYS = pd.bdate_range("2015-01-01", periods=1500)
PLACES = (300, 777, 1300)
FAINT = {"×1.3", "×1.1"}  # found where the series moves little


def found(values: np.ndarray, kind: Kind = Kind.PRICE, days: pd.DatetimeIndex = DAYS) -> pd.DataFrame:
    return check_meaning(observed(values, days[: len(values)], kind), kind)


def hit(frame: pd.DataFrame, place: int) -> bool:
    return bool((frame["date"] == DAYS[place]).any())


@pytest.mark.parametrize(("size", "share"), [(0.008, 0.95), (0.03, 0.6)])
@pytest.mark.parametrize("name", [name for name in PRICES if name not in FAINT])
def test_a_fault_planted_in_a_price_is_found_on_its_day(name: str, size: float, share: float) -> None:
    """A 3:2 split is hardest to tell where a price moves by 3 % a day and more for months."""
    hits = [hit(found(PRICES[name](price(seed, size), place)), place) for seed in range(1, 6) for place in PLACES]
    assert sum(hits) >= share * len(hits)


@pytest.mark.parametrize("left", [9308.86 / 29308.86, 6180.46 / 26180.46, 59.834 / 159.834])
def test_a_last_value_without_its_first_digit_is_found(left: float) -> None:
    hits = [hit(found(scaled(left)(price(seed, 0.008)[:900], 899)), 899) for seed in range(1, 9)]
    assert sum(hits) >= 7


@pytest.mark.parametrize("name", list(YIELDS))
def test_a_fault_planted_in_a_yield_is_found_on_its_day(name: str) -> None:
    hits = [
        hit(found(YIELDS[name](rate(seed), place), Kind.YIELD), place)
        for seed in range(5)
        for place in PLACES
        if abs(rate(seed)[place]) > 1.2  # near 0 a factor changes nothing that can be seen
    ]
    assert len(hits) >= 7
    assert sum(hits) >= 0.9 * len(hits)


def test_a_change_of_currency_by_a_tenth_is_found_where_a_series_moves_little() -> None:
    hits = [hit(found(PRICES["×1.1"](price(seed, 0.003), place)), place) for seed in (1, 2) for place in PLACES]
    assert sum(hits) >= 4


@pytest.mark.parametrize(("kind", "size"), [(Kind.PRICE, 0.005), (Kind.PRICE, 0.02), (Kind.YIELD, 0.0)])
def test_sound_series_with_heavy_tails_raise_no_alarm(kind: Kind, size: float) -> None:
    made = [rate(seed) if kind is Kind.YIELD else price(seed, size) for seed in range(20)]
    assert [seed for seed, values in enumerate(made) if len(found(values, kind))] == []


def test_a_crash_among_large_moves_is_no_change_of_scale() -> None:
    """A collapse as of May 2022: -52, -44, -94 and -99.5 % on four days, after which the price moves wildly."""
    values = price(5, 0.05)[:700]
    falls = np.log([0.48, 0.56, 0.06, 0.005])
    wild = np.random.default_rng(1).standard_t(4, 800) * 0.2
    whole = np.r_[values, values[-1] * np.exp(np.cumsum(np.r_[falls, wild]))]
    for end in (702, 703, 704, 710, len(whole)):  # a first fall by half on the last day looks like a split
        assert found(whole[:end], days=pd.bdate_range("2015-01-01", periods=len(whole))).empty


def test_a_black_monday_is_none_either_on_any_day_that_the_series_ends() -> None:
    values = price(7, 0.01).copy()
    values[800:] *= 0.795
    values[801:] *= 1.05
    values[802:] *= 1.09
    values[805:] *= 0.92
    assert [end for end in range(801, 830) if len(found(values[:end]))] == []


def test_what_a_finding_says_mends_it() -> None:
    values = price(1, 0.01)
    row = found(scaled(0.5)(values, 777)).iloc[0]
    assert row[["check", "reading", "mend"]].tolist() == [
        "change of unit or split",
        "×0.5, as in a 2:1 split",
        f"{{rule: scale, before: {DAYS[777]:%Y-%m-%d}, factor: 0.5}}",
    ]
    cut = found(cut_short(2)(values, 900)).iloc[0]
    assert cut["check"] == "first or last value out of scale"
    assert cut["mend"] == f"{{rule: drop, dates: [{DAYS[900]:%Y-%m-%d}]}}"
    first = found(np.r_[values[:2] / 100, values[2:]]).iloc[0]
    assert first["mend"] == f"{{rule: drop, dates: [{DAYS[0]:%Y-%m-%d}, {DAYS[1]:%Y-%m-%d}]}}"


def test_a_percent_after_decimals_is_found_near_zero_too() -> None:
    values = np.round(0.05 + np.cumsum(np.random.default_rng(3).normal(0, 0.002, 1500)), 4)
    frame = found(np.r_[values[:700] / 100, values[700:]], Kind.YIELD)
    assert frame["check"].tolist() == ["change of unit"]
    assert abs(DAYS.get_loc(frame["date"].iloc[0]) - 700) <= 5


def test_flows_are_judged_by_repeated_blocks_alone() -> None:
    flow = np.random.default_rng(0).normal(0, 100, 300)
    flow[150:] *= 100
    assert found(flow, Kind.FLOW).empty
    flow[200:215] = flow[20:35]
    frame = found(flow, Kind.FLOW)
    assert frame["check"].tolist() == ["repeated block"]
    assert frame["size"].tolist() == [15]


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("values", [[1.0], [1.0, 2.0], [5.0] * 40, list(range(1, 60))])
def test_short_flat_and_steady_series_raise_no_alarm(kind: Kind, values: list[float]) -> None:
    assert found(np.array(values), kind).empty


def test_every_check_has_its_name() -> None:
    assert len(set(CHECKS)) == len(CHECKS)
    assert set(MEANING) < set(CHECKS)


REAL = {
    "BTC": "btc_usd btcusdt_binance",
    "ETH": "eth_usd",
    "SPX": "sp500 sp500_fred",
    "IXIC": "nasdaq_composite nasdaq100 nikkei225",
    "GOLD": "gold_lbma_pm gold_futures dxy",
    "USDJPY": "usdjpy_fred usdjpy_ecb_cross usdjpy_ecb_rounded usdjpy_yahoo_stale_dated",
    "VIX": "vix_cboe vix_yahoo",
    "JGB10Y": "jgb2y jgb10y jgb20y jgb30y jgb40y us10y_fred",
    "FUNDING": "btc_funding_daily_mean",
}
KINDS = {"VIX": Kind.VOLATILITY, "JGB10Y": Kind.YIELD, "FUNDING": Kind.FLOW}
EVERY_REAL = [(name, KINDS.get(group, Kind.PRICE)) for group, names in REAL.items() for name in names.split()]


def read(shared_series: object, name: str) -> pd.Series:
    table = pd.read_csv(f"{shared_series}/{name}.csv")
    return pd.Series(table["value"].to_numpy(float), index=pd.to_datetime(table["date"])).dropna()


@pytest.mark.parametrize(("name", "kind"), EVERY_REAL)
def test_no_alarm_on_a_sound_real_file(series: object, name: str, kind: Kind) -> None:
    """1987, March 2020, the spikes of the VIX, yields through 0: large, and none of them a change of meaning."""
    values = read(series, name)
    assert check_meaning(observed(values.to_numpy(), pd.DatetimeIndex(values.index), kind), kind).empty


@pytest.mark.thorough
@pytest.mark.parametrize(("name", "kind"), [("sp500", Kind.PRICE), ("btc_usd", Kind.PRICE), ("us10y_fred", Kind.YIELD)])
def test_faults_planted_in_real_files_are_found(series: object, name: str, kind: Kind) -> None:
    values = read(series, name).iloc[-2500:]
    days = pd.DatetimeIndex(values.index)
    plants: dict[str, Plant] = YIELDS if kind is Kind.YIELD else {k: v for k, v in PRICES.items() if k not in FAINT}
    for fault, plant in plants.items():
        planted = [plant(values.to_numpy(), place) for place in (200, 900, 1500, 2200)]
        frames = [check_meaning(observed(each, days[: len(each)], kind), kind) for each in planted]
        days_found = [set(frame["date"]) for frame in frames]
        hits = sum(days[place] in dates for place, dates in zip((200, 900, 1500, 2200), days_found, strict=True))
        assert hits >= 3, fault


@pytest.mark.parametrize("factor", [2.0, 0.5])
def test_a_split_within_weeks_of_large_moves_is_found(series: object, factor: float) -> None:
    """Bitcoin moved by 5 % a day in September 2017, and by a fifth within the week."""
    values = read(series, "btc_usd")
    days = pd.DatetimeIndex(values.index)
    place = int(days.get_indexer([pd.Timestamp("2017-09-10")])[0])
    frame = check_meaning(observed(scaled(factor)(values.to_numpy(), place), days, Kind.PRICE), Kind.PRICE)
    assert days[place] in set(frame["date"])


@pytest.mark.parametrize("kind", [Kind.PRICE, Kind.YIELD])
def test_a_step_that_does_not_stand_out_is_passed_over_for_speed_alone(
    kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several faults anywhere, near each other and at the ends: what every law looks at one by one is found alike."""
    draw = np.random.default_rng(7)
    faults = list((YIELDS if kind is Kind.YIELD else PRICES).values())
    made = [(rate(seed) if kind is Kind.YIELD else price(seed, 0.02))[:400] for seed in range(6)]
    for k in range(len(made)):
        for fault in draw.integers(len(faults), size=4):
            made[k] = faults[fault](made[k], int(draw.integers(2, len(made[k]) - 1)))
    quick = [found(values, kind) for values in made]
    for module in (scale, yields):
        monkeypatch.setattr(module, "stand_out", lambda steps, _: np.ones(len(steps), dtype=bool))
    assert sum(map(len, quick)) > len(made)
    for values, frame in zip(made, quick, strict=True):
        pd.testing.assert_frame_equal(found(values, kind), frame)
