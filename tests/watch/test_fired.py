"""Each rule: when it rings, when it keeps quiet, and that it rings once."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from coupling.data.instrument import Instrument
from coupling.data.loading import live
from coupling.data.loading.live import LiveAnswer, Served
from coupling.data.sources.rows import RawRows, build_observations
from coupling.errors import SourceError
from coupling.study.watching import VerdictChanged, WatchSection
from coupling.watch.fired import Seen, fired_by
from coupling.watch.monitors import MonitorAlarm, fresh_alarms
from tests.watch.conftest import Clock
from tests.watch.desk import ESTIMATED, START, STUDY, Desk, kinds, rules

LIVE = STUDY.replace("{file: aaa.csv, clock: UTC}", "{yahoo: AAA, clock: UTC}, {fred: AAAFRED, clock: UTC}")
LIVE = LIVE.replace("{file: bbb.csv, clock: UTC}", "{yahoo: BBB, clock: UTC}")
LIVE = LIVE.replace("data: {directory: prices}", "data: {store: kept}")


class Sources:
    """Live sources that serve a desk's prices up to a day; some are down."""

    def __init__(self, desk: Desk, clock: Clock) -> None:
        self.desk, self.clock = desk, clock
        self.down: tuple[str, ...] = ()
        self.asked = 0

    def __call__(self, instruments: list[Instrument], *, now: pd.Timestamp, **_: object) -> LiveAnswer:
        self.asked += len(instruments)
        served, failures = {}, {}
        for item in instruments:
            up = [entry for entry in item.sources if entry.symbol not in self.down]
            shut = tuple(
                SourceError(
                    "it is shut", source=entry.provider, symbol=entry.symbol, span="all dates", next_step="wait"
                )
                for entry in item.sources
                if entry.symbol in self.down
            )
            if not up:
                failures[item.name] = shut
                continue
            rows = self.rows(item.name, up[0].symbol)
            built = build_observations(item, up[0], rows, now)
            served[item.name] = Served(entry=up[0], rows=rows, observations=built, passed_over=shut)
        return LiveAnswer(served=served, failures=failures)

    def rows(self, name: str, symbol: str) -> RawRows:
        values = self.desk.prices[name].iloc[: self.clock.day]
        when = pd.Series(values.index)
        return RawRows(
            place=symbol,
            when=when,
            value=pd.Series(values.to_numpy()),
            line=when.index.to_series(),
            sha256=f"{self.clock.day:064d}",
            retrieved_at=pd.Timestamp.now(tz="UTC").floor("us"),
        )


@pytest.fixture
def sources(desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Sources:
    """Return live sources, the only network there is."""
    found = Sources(desk, clock)
    monkeypatch.setattr(live, "fetch_all", found)
    monkeypatch.setattr("coupling.watch.running.FRESH", "0.00001s")
    desk.write(LIVE)
    return found


def test_a_changed_verdict_rings_once_with_both_estimates(desk: Desk, clock: Clock) -> None:
    desk.grow(420)
    clock.day = 420
    desk.write(ESTIMATED + "watch: {rules: [verdict_changed]}\n")
    desk.morning()
    desk.grow(600)
    clock.day = 600
    told = desk.morning(code=4)
    assert set(rules(told)) == {"verdict_changed"}
    primary = [each for each in told["changes"] if each["primary"] and each["what"] == "verdict changed"]
    assert [each["finding"] for each in told["alerts"]] == [each["id"] for each in primary] != []
    assert (primary[0]["verdict_before"], primary[0]["verdict_now"]) == ("not_coupled", "coupled")
    assert primary[0]["why"] == ["new_data"]
    assert "not coupled → coupled; correlation " in told["alerts"][0]["told"]
    assert told["alerts"][0]["at"] == told["session"]
    assert desk.morning()["alerts"] == []


@pytest.mark.parametrize(
    ("options", "rings"),
    [
        ({}, True),
        ({"questions": ["coupled"]}, True),
        ({"questions": ["changed"]}, False),
        ({"subjects": ["BBB"]}, True),
        ({"subjects": ["CCC"]}, False),
        ({"subjects": ["BBB"], "primary": True}, True),
    ],
)
def test_a_rule_is_held_to_its_questions_and_subjects(options: dict[str, Any], rings: bool) -> None:
    rule = VerdictChanged(**options)
    assert rule.concerns("coupled", ["AAA", "BBB"], primary=True) == rings
    silent = not options or "primary" in options
    assert rule.concerns("coupled", ["AAA", "BBB"], primary=False) == (rings and not silent)


def test_the_monitor_has_a_rule_of_its_own_unless_it_is_named() -> None:
    assert not VerdictChanged().concerns("monitor", ["AAA", "BBB"], primary=True)
    assert VerdictChanged(questions=["monitor"]).concerns("monitor", ["AAA", "BBB"], primary=False)


def test_a_stated_rule_that_has_nothing_to_look_at_is_named(desk: Desk) -> None:
    stated = ["{rule: verdict_changed, questions: [changed], subjects: [CCC]}", "monitor_left", "event_detected"]
    desk.write(STUDY + f"watch: {{rules: [{', '.join([*stated, 'prediction_resolved'])}]}}\n")
    told = desk.morning()["cautions"]
    words = [
        "no finding answers the question 'changed'",
        "no finding is about 'CCC'",
        "no monitor",
        "no detector",
        "no claim",
    ]
    assert [word for word, each in zip(words, told, strict=True) if word in each] == words
    assert told[0].startswith("Rule 1 (verdict_changed) has nothing to watch: ")


def test_stale_data_are_told_once_until_they_come(desk: Desk, clock: Clock) -> None:
    desk.morning()
    clock.day = 302
    assert desk.morning()["alerts"] == []
    clock.day = 303
    told = desk.morning(code=4)
    assert rules(told) == ["data_stale", "data_stale"]
    assert "AAA is stale: its last session is 2024-10-26, 4 days ago, and 3 later values" in told["alerts"][0]["told"]
    assert [each["overdue"] for each in told["data"]] == [3, 3]
    clock.day = 304
    again = desk.morning()
    assert (again["alerts"], rules(again, "standing")) == ([], ["data_stale", "data_stale"])
    assert again["standing"][0]["first_seen"] == "2024-10-30T07:00:00Z"
    desk.grow(304)
    ended = desk.morning()
    assert (rules(ended, "ended"), ended["standing"]) == (["data_stale", "data_stale"], [])
    clock.day = 310
    later = desk.morning(code=4)
    assert rules(later) == ["data_stale", "data_stale"]
    assert not {each["id"] for each in later["alerts"]} & {each["id"] for each in told["alerts"]}


def test_days_may_be_counted_instead_of_sessions(desk: Desk, clock: Clock) -> None:
    desk.write(STUDY + "watch: {rules: [{rule: data_stale, days: 7, instruments: [BBB]}]}\n")
    clock.day = 305
    assert desk.morning()["alerts"] == []
    clock.day = 306
    assert [each["subject"] for each in desk.morning(code=4)["alerts"]] == [["BBB"]]


@pytest.mark.usefixtures("checked")
def test_a_series_that_changes_its_meaning_is_told_once(desk: Desk, clock: Clock) -> None:
    desk.morning()
    desk.prices.iloc[280:] *= 1000.0
    desk.prices.iloc[280:, 0] /= 1000.0
    desk.grow(320)
    clock.day = 320
    told = desk.morning(code=4)
    assert "meaning_changed" in rules(told)
    alert = next(each for each in told["alerts"] if each["rule"] == "meaning_changed")
    assert (alert["subject"], alert["at"]) == (["BBB"], "2024-10-07")
    assert "meaning_changed" in rules(desk.morning(), "standing")


def test_a_prediction_is_told_when_it_is_settled(desk: Desk, clock: Clock) -> None:
    (desk.folder / "mine.yaml").write_text(
        "claims:\n- {id: high, source: a note, says: AAA above 1, test: prediction, made: 2024-09-01, instrument: "
        "AAA, of: level, above: 1, event: last, by: 2024-10-29}\n"
    )
    desk.write(STUDY + "claims: [mine.yaml]\nwatch: {rules: [prediction_resolved]}\n")
    assert desk.morning()["alerts"] == []
    desk.grow(303)
    clock.day = 303
    told = desk.morning(code=4)
    assert rules(told) == ["prediction_resolved"]
    assert told["alerts"][0]["told"].startswith("Prediction high came true on 2024-10-29: ")
    assert desk.morning()["alerts"] == []


def test_a_source_that_fails_is_told_with_its_reason_until_it_serves(
    desk: Desk, clock: Clock, sources: Sources
) -> None:
    first = desk.morning()
    assert (sources.asked, first["alerts"]) == (2, [])
    sources.down = ("BBB",)
    clock.day = 301
    told = desk.morning(code=4)
    assert rules(told) == ["source_failed"]
    assert "BBB is served by the store" in told["alerts"][0]["told"]
    assert told["alerts"][0]["told"].endswith("because its live sources failed: yahoo BBB: it is shut.")
    assert "Old data: the live sources failed" in told["banner"]
    assert rules(desk.morning(), "standing") == ["source_failed"]
    sources.down = ()
    clock.day = 302
    assert rules(desk.morning(), "ended") == ["source_failed"]


def test_another_source_is_told(desk: Desk, clock: Clock, sources: Sources) -> None:
    desk.morning()
    sources.down = ("AAA",)
    clock.day = 301
    told = desk.morning(code=4)
    assert rules(told) == ["source_failed"]
    assert "yahoo AAA, clock UTC → fred AAAFRED, clock UTC" in told["alerts"][0]["told"]
    assert "source" in kinds(told)
    assert desk.morning()["alerts"] == []


def test_no_data_at_all_is_told_once_and_forgets_nothing(desk: Desk, clock: Clock, sources: Sources) -> None:
    desk.write(LIVE.replace("{store: kept}", "{store: kept, source: live}"))
    desk.morning()
    kept = desk.kept.read_text()
    sources.down = ("AAA", "AAAFRED", "BBB")
    told = desk.morning(code=3)
    assert (rules(told), told["exit_codes"]) == (["source_failed"], [3, 4])
    assert "it is shut" in told["error"]
    assert "; BBB: " in told["alerts"][0]["told"]  # in one line, the series apart
    assert (desk.morning(code=3)["alerts"], desk.kept.read_text() == kept) == ([], False)
    sources.down = ()
    clock.day = 304
    back = desk.morning()
    assert (back["sessions"], rules(back, "ended")) == (4, ["source_failed"])


@pytest.mark.usefixtures("sources")
def test_a_revision_of_the_store_is_measured(desk: Desk) -> None:
    desk.morning()
    desk.prices.loc["2024-03-05", "BBB"] *= 1.001
    small = desk.morning()
    assert (kinds(small), small["alerts"]) == (["revision"], [])
    assert (small["reasons"][0]["values"], round(small["reasons"][0]["percent"], 3)) == (1, 0.1)
    assert "1 changed; the largest of 2024-03-05" in small["reasons"][0]["told"]
    desk.prices.loc["2024-03-05", "BBB"] *= 1.1
    large = desk.morning(code=4)
    assert rules(large) == ["data_revised"]
    assert round(large["reasons"][0]["percent"], 1) == 10.0


@pytest.mark.usefixtures("sources")
def test_a_bound_on_revisions_may_be_named(desk: Desk) -> None:
    desk.write(LIVE + "watch: {rules: [{rule: data_revised, percent: 0}]}\n")
    desk.morning()
    desk.prices.loc["2024-03-05", "BBB"] *= 1.0001
    assert rules(desk.morning(code=4)) == ["data_revised"]


ALARM = MonitorAlarm(
    subject=("AAA", "BBB"), at=pd.Timestamp("2025-03-04").date(), since=START.date(), direction="higher"
)


@pytest.mark.parametrize(
    ("known", "session", "fresh"),
    [
        (None, "2025-03-04", True),  # a first run: of this session
        (None, "2025-03-05", False),
        ([], "2025-03-03", True),
        ([], "2025-02-20", True),  # missed days
        ([], "2025-03-07", True),  # a week that ended before, known now
        ([], "2025-06-01", False),  # an alarm of long ago, found anew after a revision
        ([ALARM], "2025-03-03", False),
        ([replace(ALARM, at=pd.Timestamp("2025-03-06").date())], "2025-03-05", False),  # moved by a revision
        ([replace(ALARM, subject=("AAA", "CCC"))], "2025-03-03", True),
    ],
)
def test_an_alarm_is_of_this_morning_or_known(known: list[MonitorAlarm] | None, session: str, fresh: bool) -> None:
    seen = None if known is None else [each.seen for each in known]
    assert bool(fresh_alarms([ALARM], seen, pd.Timestamp(session).date())) == fresh


@pytest.mark.parametrize(
    ("judged", "rings"), [(None, ["2025-03-07"]), ("2025-03-04", ["2025-03-05", "2025-03-07"]), ("2025-03-07", [])]
)
def test_signals_since_the_last_run_are_told_and_on_a_first_run_those_of_today(
    judged: str | None, rings: list[str]
) -> None:
    days = [pd.Timestamp(day).date() for day in ("2025-03-03", "2025-03-05", "2025-03-07")]
    last = None if judged is None else SimpleNamespace(detected_to=pd.Timestamp(judged).date())
    study = SimpleNamespace(watch=WatchSection(rules=["event_detected"]))
    today = SimpleNamespace(signals=days, detected_to=days[-1], study=study, session=days[-1])
    found = fired_by(Seen(today=today, last=last, pairs=[], reasons=[]))  # type: ignore[arg-type]
    assert [str(each.at) for each in found] == rings
    assert not any(each.standing for each in found)
