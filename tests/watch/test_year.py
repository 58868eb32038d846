"""A year of mornings on a growing store with one true break; and runs that are killed at random moments."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from coupling.data.instrument import SourceEntry
from coupling.data.sources.rows import RawRows
from coupling.data.stores.store import Store
from coupling.watch import running
from coupling.watch.state import read_last_findings, read_state
from tests.watch.conftest import Clock
from tests.watch.desk import START, Desk, paths, rules
from tests.watch.killed import FIRST, MONITORED, desk_in, run_on, told_in

ROOT = Path(__file__).resolve().parents[2]
STORED = (
    MONITORED.replace("{file: aaa.csv, clock: UTC}", "{yahoo: AAA, clock: UTC}")
    .replace("{file: bbb.csv, clock: UTC}", "{yahoo: BBB, clock: UTC}")
    .replace("{directory: prices}", "{store: kept, source: store}")
    .replace("{min_baseline: 100, lag: 20}", "{}")
    .replace("[monitor_left, verdict_changed]", "[monitor_left, data_stale, data_revised, source_failed]")
)
BEFORE, MORNINGS, BREAK, REVISED = 450, 250, 550, 620
MISSED = range(500, 503)


def store_up(desk: Desk, day: int) -> None:
    """Keep in the store what a source would give on the morning after a day."""
    for name in desk.prices:
        values = desk.prices[name].iloc[:day]
        rows = RawRows(
            place=name,
            when=pd.Series(values.index),
            value=pd.Series(values.to_numpy()),
            line=pd.Series(range(len(values))),
            sha256=f"{day:064d}",
            retrieved_at=(START + pd.Timedelta(days=day, hours=6)).tz_localize("UTC"),
        )
        Store(desk.folder / "kept").save(name, SourceEntry(provider="yahoo", symbol=name, clock="UTC"), rows)


@pytest.mark.slow
def test_a_year_of_mornings_rings_for_the_break_and_for_nothing_else(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The correlation is 0.2 and 0.7 from the break on; one value of the past is revised; three mornings are missed."""
    monkeypatch.setattr(running, "now", clock.now)
    desk = Desk(tmp_path, prices=paths(1, BEFORE + MORNINGS, at=BREAK, before=0.2, after=0.7), text=STORED)
    rang: list[tuple[int, str]] = []
    skipped = 0
    for day in range(BEFORE, BEFORE + MORNINGS):
        if day == REVISED:
            desk.prices.iloc[300, 1] *= 1.02
        store_up(desk, day)
        if day in MISSED:
            skipped += 1
            continue
        clock.day = day
        result = desk.run()
        told = json.loads((desk.folder / "out.json").read_text())["studies"][0]
        assert result.exit_code == (4 if told["alerts"] else 0), result.stderr
        assert told["sessions"] == (None if day == BEFORE else 1 + skipped)
        skipped = 0
        rang += [(day, rule) for rule in rules(told)]
        state = read_state(desk.kept.parent)
        assert state.last is not None
        assert read_last_findings(desk.kept.parent, state.last).record.findings
        assert json.loads((desk.folder / "out.json").read_text())["exit_code"] == result.exit_code
    assert [rule for _, rule in rang] in (["monitor_left", "data_revised"], ["data_revised", "monitor_left"])
    when = {rule: day for day, rule in rang}
    assert when["data_revised"] == REVISED
    assert BREAK < when["monitor_left"] <= BREAK + 60


@pytest.mark.thorough
@pytest.mark.processes
@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("rounds", [4, pytest.param(50, marks=pytest.mark.slow)])
def test_runs_that_are_killed_leave_a_whole_state_and_lose_no_alert(tmp_path: Path, rounds: int) -> None:
    killed, calm = tmp_path / "killed", tmp_path / "calm"
    killed.mkdir()
    calm.mkdir()
    command = [sys.executable, "-m", "tests.watch.killed", str(killed), str(rounds), "7"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    desk = desk_in(calm, rounds)
    alarms = set[str]()
    for day in (FIRST, FIRST + rounds + 60):
        run_on(desk, day)
        alarms |= told_in(desk)
    assert {each for each in alarms if each.startswith("monitor_left")} <= set(told["told"])
    assert any(each.startswith("monitor_left") for each in alarms)
    assert told["killed"] > rounds // 2
    findings = next(name for name in told["left"] if name.startswith("findings"))
    assert told["left"] == [".lock", findings, "state.json"]
    assert (killed / "state" / "study" / findings).read_bytes() == (calm / "state" / "study" / findings).read_bytes()
