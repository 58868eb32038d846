"""Legs about dated facts: changes, levels, records, hours, flows, ratios – against what a hand computes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import quantile_test

from coupling.claims.kinds.dated_change import DatedChange
from coupling.claims.kinds.dated_level import DatedLevel
from coupling.claims.kinds.extreme_hour import ExtremeHour
from coupling.claims.kinds.level_change import LevelChange
from coupling.claims.kinds.peak_to_trough import PeakToTrough
from coupling.claims.kinds.ratio import Ratio
from coupling.claims.kinds.realised_volatility import RealisedVolatility
from coupling.claims.kinds.record import Record
from coupling.claims.kinds.share import Share
from coupling.claims.kinds.total import Total
from coupling.claims.kinds.weighted_price import WeightedPrice
from coupling.claims.verdict import Verdict
from coupling.errors import InputError
from tests.claims.worlds import check, hourly, observed

FLAT = {"open": [100.0] * 4, "high": [999.0, 150.0, 110.0, 120.0], "low": [95.0, 95.0, 90.0, 90.0]}


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2025-11-20", "high to low -40.00 %"),  # from 150, the day before, to 90
        ("2025-11-21", "high to low -25.00 %"),  # from 120, the same day, to 90
    ],
)
def test_the_fall_from_high_to_low_looks_one_day_back_and_no_further(day: str, words: str) -> None:
    leg = DatedChange(test="dated_change", instrument="BTC", date=day, value=-50, search=0)
    finding = check(leg, observed("BTC", [100.0] * 4, bars=FLAT))
    assert finding.verdict is Verdict.CONTRADICTED
    assert words in finding.beside


def test_the_figure_is_found_on_the_nearest_session_first() -> None:
    closes = [100.0, 90.0, 90.0, 90.0, 90.0, 81.0, 81.0]  # -10 % on the 19th and on the 23rd
    leg = DatedChange(test="dated_change", instrument="BTC", date="2025-11-22", value=-10)
    finding = check(leg, observed("BTC", closes))
    assert "the figure matches 2025-11-23, 2025-11-19 (-10.00 %)" in finding.sentence


def test_a_trailing_day_is_the_largest_of_those_that_end_on_the_date() -> None:
    """It fell by a fifth from noon to noon, and by nothing from close to close."""
    hours = pd.date_range("2025-11-19 01:00", "2025-11-22 00:00", freq="h", tz="UTC")
    path = pd.Series(100.0, index=hours)
    path.loc["2025-11-20 12:00":"2025-11-20 15:00"] = 125.0
    leg = DatedChange(test="dated_change", instrument="BTC", date="2025-11-21", value=-20, search=1, hourly="BTC_1H")
    finding = check(leg, observed("BTC", [100.0] * 4), hourly(path))
    assert (finding.verdict, finding.estimate) == (Verdict.CONTRADICTED, 0.0)
    (trailing,) = finding.variants
    assert trailing.estimate == pytest.approx(-20.0)
    assert trailing.note == "ends at 2025-11-21 12:00 UTC"
    assert "the figure matches under trailing 24 hours, largest" in finding.beside


def test_without_the_hourly_file_the_rest_is_still_tested() -> None:
    leg = DatedChange(test="dated_change", instrument="BTC", date="2025-11-20", value=0.0, hourly="BTC_1H")
    assert leg.instruments == ("BTC",)
    assert leg.extras == ("BTC_1H",)
    assert check(leg, observed("BTC", [100.0] * 4)).verdict is Verdict.SUPPORTED


def test_a_level_is_looked_for_nearby_and_later() -> None:
    closes = observed("JGB40Y", [3.60, 3.61, 3.62, 3.697, 3.70])
    near = DatedLevel(test="dated_level", instrument="JGB40Y", date="2025-11-18", value=3.697)
    assert "the figure matches 2025-11-21" in check(near, closes).sentence
    far = near.model_copy(update={"search": 1})
    assert "it first came that far on 2025-11-21" in check(far, closes).sentence
    never = DatedLevel(test="dated_level", instrument="JGB40Y", date="2025-11-18", value=5.0)
    assert "it has not come so far since" in check(never, closes).sentence


@pytest.mark.parametrize(
    ("day", "verdict", "rank", "words"),
    [
        ("2025-11-18", Verdict.SUPPORTED, 1, "the lowest of 1 values since 2025-11-18; first passed on 2025-11-19"),
        (
            "2025-11-20",
            Verdict.CONTRADICTED,
            2,
            "the 2nd lowest of 3 values since 2025-11-18; 2025-11-19 was beyond it",
        ),
        ("2025-11-21", Verdict.SUPPORTED, 1, "the lowest of 4 values since 2025-11-18; not passed since"),
        ("2025-11-22", Verdict.CONTRADICTED, 5, "the 5th lowest of 5 values"),
    ],
)
def test_a_record_is_a_rank_in_the_history_up_to_the_date(day: str, verdict: Verdict, rank: int, words: str) -> None:
    leg = Record(test="record", instrument="IBIT_FLOW", date=day, side="lowest")
    finding = check(leg, observed("IBIT_FLOW", [-1.0, -5.0, -3.0, -9.0, 4.0]))
    assert (finding.verdict, finding.estimate) == (verdict, rank)
    assert words in finding.sentence


@pytest.mark.parametrize(("at", "verdict"), [("12:30", Verdict.SUPPORTED), ("10:59", Verdict.CONTRADICTED)])
def test_the_hour_of_a_low_is_that_of_its_bar(at: str, verdict: Verdict) -> None:
    """The bar that ends at 13:00 holds the low; an hour is allowed on either side of it."""
    ends = pd.date_range("2025-11-21 01:00", periods=24, freq="h", tz="UTC")
    lows = pd.Series(90.0, index=ends)
    lows[pd.Timestamp("2025-11-21 13:00", tz="UTC")] = 80.6
    leg = ExtremeHour(test="extreme_hour", instrument="BTC_1H", date="2025-11-21", of="low", at=at)
    finding = check(leg, hourly(pd.Series(95.0, index=ends), lows=lows))
    assert (finding.verdict, finding.estimate) == (verdict, 12.0)
    with pytest.raises(InputError, match="has 0 hourly bars on 2025-11-22"):
        check(leg.model_copy(update={"date": pd.Timestamp("2025-11-22").date()}), hourly(pd.Series(95.0, index=ends)))


def test_a_change_over_a_span_is_simple_or_in_basis_points() -> None:
    leg = LevelChange(test="level_change", instrument="BTC", date="2025-11-20", over="2d", value=21, digits=0)
    assert check(leg, observed("BTC", [100.0, 50.0, 121.0])).estimate == pytest.approx(21.0)
    yields = leg.model_copy(update={"instrument": "JGB10Y"})
    finding = check(yields, observed("JGB10Y", [1.07, 1.5, 1.28]))
    assert (finding.estimate, finding.verdict) == (pytest.approx(21.0), Verdict.SUPPORTED)


FLOWS = observed("ETF_FLOW", [10.0, -20.0, -30.0, 5.0, -5.0])  # from 18 to 22 November
PART = observed("IBIT_FLOW", [5.0, -10.0, -15.0, 0.0, 0.0])


def test_a_total_says_on_which_day_the_running_sum_was_the_figure() -> None:
    leg = Total(test="total", instrument="ETF_FLOW", start="2025-11-18", end="2025-11-22", value=-40)
    assert check(leg, FLOWS).verdict is Verdict.SUPPORTED
    earlier = check(leg.model_copy(update={"value": -10.0}), FLOWS)
    assert (earlier.verdict, earlier.estimate) == (Verdict.CONTRADICTED, -40.0)
    assert "the running sum is the figure on 2025-11-19" in earlier.sentence
    never = check(leg.model_copy(update={"value": -12.0}), FLOWS)
    assert "never is the figure, it came nearest on 2025-11-19 (-10)" in never.sentence


def test_a_share_is_the_ratio_of_two_sums() -> None:
    leg = Share(test="share", part="IBIT_FLOW", whole="ETF_FLOW", start="2025-11-19", end="2025-11-20", value=50)
    assert check(leg, FLOWS, PART).verdict is Verdict.SUPPORTED
    whole = check(leg.model_copy(update={"end": pd.Timestamp("2025-11-22").date()}), FLOWS, PART)
    assert (whole.verdict, whole.estimate) == (Verdict.SUPPORTED, pytest.approx(50.0))
    other = check(leg.model_copy(update={"value": 20.0}), FLOWS, PART)
    assert (other.verdict, other.estimate, other.n) == (Verdict.CONTRADICTED, pytest.approx(50.0), 2)


def test_a_file_that_ends_early_is_not_stretched() -> None:
    leg = Total(test="total", instrument="ETF_FLOW", start="2025-11-18", end="2026-01-31", value=-40)
    with pytest.raises(InputError, match="run from 2025-11-18 to 2025-11-22 and do not cover 2025-11-18 to 2026-01-31"):
        check(leg, FLOWS)


def test_purchases_are_weighted_by_inflows_alone() -> None:
    """10 million at 100 and 5 at 130: 110 a piece; the outflows between them change nothing."""
    prices = [100.0, 900.0, 900.0, 130.0, 900.0]
    leg = WeightedPrice(test="weighted_price", price="BTC", flow="ETF_FLOW", start="2025-11-18", value=110)
    finding = check(leg, observed("BTC", [80.0, *prices], start="2025-11-17"), FLOWS)
    assert (finding.verdict, finding.estimate, finding.n) == (Verdict.SUPPORTED, pytest.approx(110.0), 2)
    before = next(each for each in finding.variants if each.name == "close of the day before")
    assert before.estimate == pytest.approx((10 * 80 + 5 * 900) / 15)
    with pytest.raises(InputError, match="1 of 2 days of flow have no price"):
        check(leg, observed("BTC", [100.0, 900.0]), FLOWS)


@pytest.mark.parametrize(("of", "value"), [("fall", -50.0), ("peak", 120.0), ("trough", 60.0)])
def test_the_largest_fall_runs_from_a_peak_to_a_later_trough(of: str, value: float) -> None:
    """The lowest level comes before the highest one, so it is not the trough."""
    interest = observed("BTC_OI", [50.0, 100.0, 120.0, 90.0, 60.0, 70.0])
    leg = PeakToTrough(
        test="peak_to_trough", instrument="BTC_OI", start="2025-11-18", end="2025-11-23", of=of, value=value
    )
    finding = check(leg, interest)
    assert (finding.verdict, finding.estimate) == (Verdict.SUPPORTED, pytest.approx(value))
    short = leg.model_copy(update={"end": pd.Timestamp("2026-03-01").date()})
    with pytest.raises(
        InputError, match=r"do not cover.*What it holds, to 2025-11-23, shows a largest fall of -50\.0 %"
    ):
        check(short, interest)


class TestRatio:
    """Liquidations over outflows, with a median of 10."""

    def flows(self, days: int, seed: int = 1) -> tuple[object, object, np.ndarray]:
        rng = np.random.default_rng(seed)
        out = -rng.uniform(50, 500, days)
        ratios = 10 * np.exp(rng.normal(0, 0.3, days))
        index = pd.bdate_range("2024-01-11", periods=days)
        inflow = pd.Series(100.0, index=index + pd.Timedelta(days=1))  # never counted
        flow = pd.concat([pd.Series(out, index=index), inflow[~inflow.index.isin(index)]]).sort_index()
        liquidated = pd.Series(-out * ratios, index=index).reindex(flow.index, fill_value=3.0)
        return observed("BTC_LIQ", liquidated), observed("ETF_FLOW", flow), ratios

    LEG = Ratio(test="ratio", numerator="BTC_LIQ", denominator="ETF_FLOW", value=10, tolerance=2)

    @pytest.mark.parametrize(
        ("days", "value", "tolerance", "verdict"),
        [(400, 10, 2, Verdict.SUPPORTED), (400, 20, 2, Verdict.CONTRADICTED), (8, 10, 0.5, Verdict.UNDECIDED)],
    )
    def test_the_median_and_its_interval(self, days: int, value: float, tolerance: float, verdict: Verdict) -> None:
        liquidated, flow, ratios = self.flows(days)
        finding = check(self.LEG.model_copy(update={"value": float(value), "tolerance": tolerance}), liquidated, flow)
        assert finding.verdict is verdict
        assert finding.estimate == pytest.approx(np.median(ratios))
        interval = quantile_test(ratios, p=0.5).confidence_interval(0.95)
        assert [finding.lower, finding.upper] == pytest.approx([interval.low, interval.high])
        assert finding.n == days

    def test_too_few_days_are_not_testable(self) -> None:
        liquidated, flow, _ = self.flows(5)
        with pytest.raises(InputError, match="is negative on 5 days that both share; 6 are needed"):
            check(self.LEG, liquidated, flow)


class TestVolatilityOfABond:
    """The yield moves by ±5 bp, so the price of a bond with a duration of 8 moves by ±0.4 %."""

    YIELDS = observed("UST10Y", [4.0 + 0.05 * (day % 2) for day in range(40)], start="2025-10-13")
    LEG = RealisedVolatility(
        test="realised_volatility", instrument="UST10Y", date="2025-11-21", duration=8, relation="below", value=7
    )

    def test_it_is_that_of_the_yield_times_the_duration(self) -> None:
        finding = check(self.LEG, self.YIELDS)
        assert finding.estimate == pytest.approx(0.4 * np.sqrt(30 / 29) * np.sqrt(252), rel=1e-9)
        assert finding.verdict is Verdict.SUPPORTED
        assert finding.variants[0].estimate == pytest.approx(finding.estimate * np.sqrt(365 / 252))
        above = check(self.LEG.model_copy(update={"value": 6.0}), self.YIELDS)
        assert above.verdict is Verdict.CONTRADICTED
        assert "it would be 6 at a duration of 7.4" in above.beside

    def test_a_price_has_no_duration(self) -> None:
        with pytest.raises(InputError, match="BTC is no yield"):
            check(self.LEG.model_copy(update={"instrument": "BTC"}), observed("BTC", [100.0] * 40, start="2025-10-13"))
