"""Predictions: when they are settled, by what, and that nothing later than the claim speaks in its probability."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from coupling.claims import Verdict, load_claims
from coupling.claims.closes import known_track
from coupling.claims.condition import Condition, DaysRule, holds, settled
from coupling.claims.condition_path import known_path
from coupling.claims.kinds.prediction import Prediction
from coupling.errors import ConfigurationError, InputError
from coupling.study import score
from coupling.volatility import realised_volatility
from tests.claims.closes import evidence, instrument, observed, track

FLAT: dict[str, object] = {
    "id": "a-claim",
    "source": "nobody",
    "says": "something",
    "test": "prediction",
    "made": dt.date(2025, 11, 21),
    "instrument": "BTC",
    "of": "level",
    "below": 5,
    "event": "last",
    "by": dt.date(2026, 1, 1),
}


def condition(**options: object) -> Condition:
    settings = {"instrument": "BTC", "of": "level", "event": "last", "by": "2020-02-29", **options}
    return Condition.model_validate(settings)


def prediction(**options: object) -> Prediction:
    settings = {"test": "prediction", "made": "2020-01-31", "instrument": "BTC", "of": "level", "by": "2020-02-29"}
    return Prediction.model_validate(settings | options)


def closes(days: int = 60, seed: int = 0) -> np.ndarray:
    """Closes of about 100 from 2020-01-01 on; 2020-02-29 is the 60th day."""
    return 100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.01, days)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"below": None}, "above, below or both"),
        ({"event": None}, "event"),
        ({"of": "levle"}, "level"),
        ({"above": 6}, "no value lies"),
        ({"by": dt.date(2025, 11, 21)}, "must begin after"),
        ({"probability": 72}, "probability"),
        ({"watch": {"instrument": "USDJPY", "below": -5}}, "any_day"),
        ({"event": "any_day", "watch": {"instrument": "USDJPY"}}, "watch needs either above or below"),
    ],
)
def test_a_wrong_prediction_is_refused(tmp_path: Path, change: dict[str, object], message: str) -> None:
    path = tmp_path / "claims.yaml"
    written = {name: value for name, value in (FLAT | change).items() if value is not None}
    path.write_text(yaml.safe_dump({"claims": [written]}))
    with pytest.raises(ConfigurationError, match=message):
        load_claims(path)


@pytest.mark.parametrize(
    ("of", "by_hand"),
    [
        ("level", lambda p: p),
        ("change", lambda p: 100 * (p / 100 - 1)),
        ("strength", lambda p: 100 * (100 / p - 1)),
        ("growth", lambda p: 100 * ((p / 100) ** (365.25 / 366) - 1)),
    ],
)
def test_quantities_are_those_of_the_definition(of: str, by_hand: object) -> None:
    values = np.full(367, 100.0)
    values[-1] = 150.0
    known = known_track(observed(values), instrument())  # type: ignore[arg-type]
    path = known_path(condition(of=of, above=0, by="2021-01-01"), {"BTC": known}, dt.date(2020, 1, 1))
    assert path.values.iloc[-1] == pytest.approx(by_hand(150.0))  # type: ignore[operator]


def test_growth_per_year_begins_after_ninety_days() -> None:
    known = known_track(observed(closes(200)), instrument())  # type: ignore[arg-type]
    path = known_path(condition(of="growth", above=0, by="2020-07-18"), {"BTC": known}, dt.date(2020, 1, 31))
    assert path.values.index[0] == pd.Timestamp("2020-04-30")


@given(st.integers(5, 40), st.integers(0, 50))
def test_the_volatility_of_a_track_is_the_realised_one(window: int, seed: int) -> None:
    changes = np.random.default_rng(seed).standard_t(3, 120)
    known = track(changes)
    path = known_path(
        condition(of="realised_volatility", below=1, window=window, by="2020-04-30"),
        {"BTC": known},
        dt.date(2020, 1, 1),
    )
    there = realised_volatility(pd.Series(known.known, index=known.dates), annualisation=365, window=window).dropna()
    pd.testing.assert_series_equal(path.values, there, check_freq=False, check_names=False, rtol=1e-9)


def test_a_ratio_is_on_the_days_that_both_have() -> None:
    every, weekdays = track(np.ones(90)), track(np.ones(60), freq="B", name="GOLD")
    ratio = condition(versus="GOLD", below=2, by="2020-03-20")
    path = known_path(ratio, {"BTC": every, "GOLD": weekdays}, dt.date(2020, 1, 2))
    assert set(path.values.index.day_of_week) == set(range(5))
    assert path.values.loc["2020-01-06"] == pytest.approx(np.exp(0.05) / np.exp(0.03))  # 5 days on, 3 business days on


@given(
    st.lists(st.floats(0, 10), min_size=1, max_size=30),
    st.sampled_from(list(DaysRule)),
    st.integers(0, 29),
)
def test_what_is_settled_stays_settled(values: list[float], event: DaysRule, known: int) -> None:
    """Seen from any earlier day a settlement is what the whole window says."""
    item, whole = condition(above=2, below=6, event=event), np.array(values)
    early = settled(item, whole[:known], complete=known >= len(whole))
    final = settled(item, whole, complete=True)
    assert final is bool(holds(item, whole[:, None])[0])
    assert early is None or early is final


@given(st.lists(st.floats(0, 10), min_size=1, max_size=30))
def test_the_readings_imply_each_other(values: list[float]) -> None:
    inside = {event: settled(condition(below=5, event=event), np.array(values), complete=True) for event in DaysRule}
    assert inside[DaysRule.ANY_DAY] or not inside[DaysRule.LAST]
    assert inside[DaysRule.LAST] or not inside[DaysRule.ALL_DAYS]
    assert inside[DaysRule.ANY_DAY] or not inside[DaysRule.MEAN]


@pytest.mark.parametrize(
    ("freq", "days", "covered"), [("D", 59, False), ("D", 60, True), ("B", 42, False), ("B", 43, True)]
)
def test_a_deadline_is_reached_by_its_last_session(freq: str, days: int, covered: bool) -> None:
    """2020-02-29 is a Saturday: a market closed at weekends is done on Friday the 28th, its 43rd weekday."""
    known = track(np.ones(days - 1), freq=freq)
    assert known.covers(pd.Timestamp("2020-02-29")) is covered


@pytest.mark.parametrize(
    ("bound", "event", "verdict", "settled_on"),
    [
        ({"above": 119}, "last", Verdict.SUPPORTED, "2020-02-29"),
        ({"above": 121}, "last", Verdict.CONTRADICTED, "2020-02-29"),
        ({"below": 90}, "any_day", Verdict.SUPPORTED, "2020-02-10"),
        ({"below": 79}, "any_day", Verdict.CONTRADICTED, "2020-02-29"),
        ({"above": 90}, "all_days", Verdict.CONTRADICTED, "2020-02-10"),
        ({"below": 100}, "mean", Verdict.CONTRADICTED, "2020-02-29"),
    ],
)
def test_verdicts_of_settled_predictions(
    bound: dict[str, float], event: str, verdict: Verdict, settled_on: str
) -> None:
    values = np.full(70, 100.0) + 0.01 * np.arange(70)
    values[40], values[59] = 80.0, 120.0  # 2020-02-10, and the deadline
    finding = prediction(event=event, **bound).check(evidence(observed(values)))
    assert finding.verdict is verdict
    assert finding.entry is not None
    assert finding.entry.settled_on == pd.Timestamp(settled_on)
    assert finding.entry.now == []


def test_an_open_prediction_is_undecided_and_says_how_far_the_data_reach() -> None:
    finding = prediction(event="last", above=100, by="2020-12-31").check(evidence(observed(closes(200))))
    assert finding.verdict is Verdict.UNDECIDED
    assert finding.unit == "probability (models)"
    assert finding.lower is not None
    assert finding.upper is not None
    assert 0 <= finding.lower <= finding.estimate <= finding.upper <= 1
    assert finding.sentence.startswith("Open until 2020-12-31; the data reach 2020-07-18.")
    assert "not calibratable" in finding.sentence
    assert len(finding.variants) == 3


def test_the_loosest_reading_stands_beside_and_does_not_choose() -> None:
    values = np.full(200, 100.0) + 0.01 * np.arange(200)
    values[40] = 50.0
    leg = prediction(event="mean", below=60, since="2020-10-01", by="2020-12-31")
    finding = leg.check(evidence(observed(values)))
    assert finding.verdict is Verdict.UNDECIDED
    assert finding.variants[-1].name.endswith("(any day, to 2020-12-31)")
    assert finding.variants[-1].note == "came true on 2020-02-10 at 50.0 USD"


def test_nothing_after_the_claim_speaks_in_the_probability_at_the_claim() -> None:
    whole = closes(300, seed=4)
    changed = whole.copy()
    changed[200:] *= 1.2
    leg = prediction(made="2020-07-18", event="last", below=float(whole[199]), by="2020-12-31")
    first, second = (leg.check(evidence(observed(values))).entry for values in (whole, changed))
    assert first is not None
    assert second is not None
    early = leg.check(evidence(observed(whole[:210]))).entry
    assert early is not None
    at_claim = pd.DataFrame(first.at_claim)  # a frame holds a missing number equal to itself, as a dataclass need not
    pd.testing.assert_frame_equal(at_claim, pd.DataFrame(second.at_claim), check_exact=True)
    pd.testing.assert_frame_equal(at_claim, pd.DataFrame(early.at_claim), check_exact=True)
    assert not pd.DataFrame(first.now).equals(pd.DataFrame(second.now))
    for one, other in ((first, second), (first, early)):
        assert one.record_at_claim is not None
        assert other.record_at_claim is not None
        np.testing.assert_array_equal(one.record_at_claim.said, other.record_at_claim.said)
        np.testing.assert_array_equal(one.record_at_claim.happened, other.record_at_claim.happened)


def test_what_was_published_after_the_claim_was_not_known_at_it() -> None:
    """Closes known a week late: at the claim the models know seven closes fewer, and the base is drawn."""
    item = observed(closes(300))
    late = replace(item, known_at=item.known_at + pd.Timedelta(days=7))
    leg = prediction(made="2020-07-18", event="last", of="change", above=0, by="2020-12-31")
    on_time, later = (leg.check(evidence(each)).entry for each in (item, late))
    assert on_time is not None
    assert later is not None
    assert on_time.at_claim[0].n == 199
    assert later.at_claim[0].n == 192


def test_without_any_past_the_outcome_is_told_all_the_same() -> None:
    finding = prediction(made="2020-01-01", event="last", above=1).check(
        evidence(observed(closes(70)[1:], first="2020-01-02"))
    )
    assert finding.verdict is Verdict.SUPPORTED
    assert "Probability from no model at the claim" in finding.sentence


@pytest.mark.parametrize(("yen", "verdict"), [(90.0, Verdict.SUPPORTED), (97.0, Verdict.PARTLY)])
def test_a_level_without_its_cause_holds_in_part(yen: float, verdict: Verdict) -> None:
    """BTC reaches the level on 2020-02-10; the dollar lost 10 % (3 %) against the yen in the 30 days to it."""
    bitcoin, dollar = np.full(70, 100.0) + 0.01 * np.arange(70), np.full(70, 100.0)
    bitcoin[40], dollar[35:] = 40.0, yen
    leg = prediction(event="any_day", below=50, probability=0.3, watch={"instrument": "USDJPY", "below": -5})
    finding = leg.check(evidence(observed(bitcoin), observed(dollar, name="USDJPY")))
    assert finding.verdict is verdict
    assert f"USDJPY moved {yen - 100:+.2f} % in the 30 days to 2020-02-10" in finding.sentence
    assert finding.entry is not None
    assert (finding.entry.reached, finding.entry.outcome) == (True, verdict is Verdict.SUPPORTED)


def test_of_several_conditions_one_that_fails_settles_the_whole() -> None:
    values = np.full(200, 100.0) + 0.01 * np.arange(200)
    conditions = [
        {"instrument": "BTC", "of": "level", "above": 90, "event": "last", "by": "2020-12-31"},
        {"instrument": "BTC", "of": "level", "above": 110, "event": "last", "by": "2020-03-31"},
    ]
    leg = Prediction.model_validate({"test": "prediction", "made": "2020-01-31", "conditions": conditions})
    finding = leg.check(evidence(observed(values)))
    assert finding.verdict is Verdict.CONTRADICTED
    assert finding.entry is not None
    assert finding.entry.settled_on == pd.Timestamp("2020-03-31")
    conditions[1]["above"] = 90
    leg = Prediction.model_validate({"test": "prediction", "made": "2020-01-31", "conditions": conditions})
    assert leg.check(evidence(observed(values))).verdict is Verdict.UNDECIDED


def test_a_series_that_ends_before_the_claim_cannot_tell() -> None:
    with pytest.raises(InputError, match="no value after 2020-01-31, when the prediction was made"):
        prediction(event="last", above=1).check(evidence(observed(closes(31))))


@pytest.mark.thorough
class TestRealFiles:
    """The predictions of the essay on the private series."""

    @pytest.fixture(scope="class")
    @classmethod
    def results(cls, series: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
        written = yaml.safe_load(Path("configs/claims/terminal_reflexivity.yaml").read_text(encoding="utf-8"))["claims"]
        path = tmp_path_factory.mktemp("claims") / "predictions.yaml"
        path.write_text(yaml.safe_dump({"claims": [claim for claim in written if claim.get("test") == "prediction"]}))
        study = {
            "title": "T",
            "focus": "BTC",
            "instruments": ["BTC", "USDJPY"],
            "seed": 20251121,
            "claims": [str(path)],
        }
        return {each.name: each.frame for each in score(study, data=series).results}  # type: ignore[union-attr]

    @pytest.mark.parametrize(
        ("claim", "verdict", "words"),
        [
            ("jpy-strength", "contradicted", "last -1.62"),  # 100 (156.58 / 159.16 - 1)
            ("vol-2026", "undecided", "21.9 to 84.9 % a year since the claim"),
            ("vol-2028", "undecided", "Open until 2028-12-31; the data reach 2026-08-20"),
            ("scenario-orderly", "undecided", "72 % stated"),
            ("scenario-failure", "undecided", "58,559 to 96,929 USD since the claim"),
            ("scenario-failure", "undecided", "USDJPY moved +2.12 %"),
        ],
    )
    def test_the_verdicts(self, results: dict[str, pd.DataFrame], claim: str, verdict: str, words: str) -> None:
        row = results["claims-scorecard"].loc[claim]
        assert row["verdict"] == verdict
        assert words in row["finding"]

    def test_a_single_day_below_25_came_and_is_told_beside(self, results: dict[str, pd.DataFrame]) -> None:
        variants = results["claims-variants"].loc["vol-2026"]
        assert "came true on 2026-05-31 at 24.9 % a year" in set(variants["note"])

    def test_the_models_agree_with_the_base_rate_where_the_past_is_long(self, results: dict[str, pd.DataFrame]) -> None:
        ledger, chances = results["claims-ledger"].loc["jpy-strength"], results["claims-chances"].loc["jpy-strength"]
        assert ledger["calibratable"]
        assert chances["probability"].between(0.10, 0.17).all()
        assert not results["claims-ledger"].drop(index="jpy-strength")["calibratable"].any()

    def test_a_hundred_half_years_recalibrate_and_a_few_years_only_widen(
        self, results: dict[str, pd.DataFrame]
    ) -> None:
        ledger, findings = results["claims-ledger"], results["claims-scorecard"]["finding"]
        assert ledger.loc["jpy-strength", "dates"] >= 100
        assert ledger.loc["jpy-strength", "p_calibration"] > 0.05
        assert (
            "recalibrated from 9 to 18 %; over 100 non-overlapping historical windows they said .13"
            in findings["jpy-strength"]
        )
        few = ledger.drop(index="jpy-strength")
        assert (few["dates"] < 100).all()
        assert (few["at_claim_upper"] >= 1 - 0.05 ** (1 / few["past_horizons"])).all()
        assert (few["now_upper"] >= 1 - 0.05 ** (1 / few["dates"]) - 1e-12).all()
        assert "under 1 % at the claim (" not in " ".join(findings)

    def test_the_ledger_is_complete_and_scores_nothing_that_is_open(self, results: dict[str, pd.DataFrame]) -> None:
        ledger = results["claims-ledger"]
        assert list(ledger.index) == ["jpy-strength", "vol-2026", "vol-2028", "scenario-orderly", "scenario-failure"]
        assert ledger["brier_stated"].isna().all()
        assert (ledger["brier_models"].notna() == (ledger["status"] != "open")).all()
        assert (ledger["at_claim_lower"] <= ledger["at_claim"]).all()
        assert (ledger["at_claim"] <= ledger["at_claim_upper"]).all()


@pytest.mark.parametrize(("freq", "by", "open_"), [("D", "2020-03-01", True), ("B", "2020-03-01", False)])
def test_a_sunday_is_awaited_where_closes_of_weekends_are_usual(freq: str, by: str, open_: bool) -> None:
    """2020-03-01 is a Sunday; the closes are known to the Saturday before, or to the Friday."""
    known = known_track(observed(closes(60 if freq == "D" else 43), freq=freq), instrument(252))
    path = known_path(condition(above=1, by=by), {"BTC": known}, dt.date(2020, 1, 31))
    assert path.outcome() is (None if open_ else True)
    assert known.following(pd.Timestamp("2020-03-03"))[0] == pd.Timestamp("2020-03-01" if open_ else "2020-03-02")


@pytest.mark.parametrize(("hours", "outcome"), [(60 * 24, True), (60 * 24 - 1, None), (59 * 24 + 9, None)])
def test_a_date_whose_last_bars_are_to_come_has_no_close(hours: int, outcome: bool | None) -> None:
    """Of 2020-02-29 all 24 hourly bars are known, all but one, or nine."""
    struck = pd.date_range("2020-01-01 01:00", periods=hours, freq="h", tz="UTC")
    item = replace(
        observed(closes(1)),
        levels=pd.Series(100.0, index=struck),
        known_at=pd.Series(struck, index=struck),
        labels=pd.Series((struck - pd.Timedelta(1, "ns")).tz_localize(None).normalize(), index=struck),
    )
    path = known_path(condition(above=1), {"BTC": known_track(item, instrument())}, dt.date(2020, 1, 31))
    assert path.outcome() is outcome
