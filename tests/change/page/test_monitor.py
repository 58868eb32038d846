"""The monitor on the page: what rings, what is folded, what a finding says, and where its words' figures come from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

import coupling as cp
from coupling.change import monitor_findings as words
from coupling.change.context import ChangeContext
from coupling.change.page.monitor import MonitorResult, make
from coupling.change.run import run
from coupling.change.section import ChangeSection, MonitorSection
from coupling.drawing import figure_of
from coupling.errors import TooShortError
from coupling.results.base import Failure, LeftOut, RoomResult
from coupling.results.verdicts import Monitored

mpl.use("Agg")
WEEKDAYS = pd.bdate_range("2020-01-01", periods=810)
PROBE = cp.align(pd.DataFrame({"BTC": np.arange(1.0, 811.0), "SPX": np.arange(1.0, 811.0)}, index=WEEKDAYS))
DAYS = PROBE.sessions.labels(PROBE.levels.index)[:760]
"""Sessions of the New York Stock Exchange, which a panel has."""
ALONE: dict[str, Any] = {"breaks": None, "bai_perron": None, "envelope": None, "regimes": None, "levels": None}


def panel_of(moves: dict[str, int], rows: int = 760, seed: int = 6) -> cp.Panel:
    """Return BTC beside others whose changes correlate 0 with its own before a row, and .85 since."""
    rng = np.random.default_rng(seed)
    own = rng.standard_t(6, rows) / 100
    paths = {"BTC": own}
    for name, row in moves.items():
        tied = (np.arange(rows) >= row) * 0.85
        paths[name] = tied * own + np.sqrt(1 - tied**2) * rng.standard_t(6, rows) / 100
    return cp.align((100 * np.exp(pd.DataFrame(paths, index=DAYS[:rows]).cumsum())).round(6))


def room(panel: cp.Panel, **monitor: Any) -> RoomResult:
    section = ChangeSection.model_validate(ALONE | {"monitor": monitor})
    return run(section, panel, focus="BTC", start=None, seed=5)


def part(found: RoomResult) -> MonitorResult:
    (result,) = found.results
    assert isinstance(result, MonitorResult), result
    return result


@pytest.fixture(scope="module")
def ringing() -> RoomResult:
    """SPX moves 25 sessions before the end; IXIC stays."""
    return room(panel_of({"SPX": 735, "IXIC": 9999}))


def test_what_rings_stands_open_and_is_said_by_the_section_and_the_first_screen(ringing: RoomResult) -> None:
    result = part(ringing)
    assert result.rings
    assert [each.name for each in ringing.shown] == ["change-monitor"]
    alarm = result.table.loc["SPX", "alarm"]
    assert DAYS[735] <= alarm <= DAYS[759]
    assert result.lead.startswith(
        "The monitor (at most 1 false alarm a year over 2 pairs) rang: BTC's correlation with SPX"
    )
    assert f"on {alarm:%Y-%m-%d}, higher since about" in result.lead
    assert result.lead in ringing.answer
    assert result.lead in ringing.verdict
    assert "from -0.0" in result.sentence or "from 0.0" in result.sentence


def test_the_finding_of_a_pair_that_left_says_since_when_and_by_how_much(ringing: RoomResult) -> None:
    left, steady = sorted(ringing.findings, key=lambda each: each.verdict)
    assert (left.id, left.verdict, left.primary) == ("monitor/BTC/SPX", Monitored.LEFT, False)
    assert left.start is not None
    assert DAYS[725].date() <= left.start <= DAYS[745].date()
    assert left.end == DAYS[-1].date()
    assert left.estimate is not None
    assert left.lower is not None
    assert 0.4 < left.lower < left.estimate < 1.1
    assert left.n == (pd.Timestamp(left.start) <= DAYS).sum()
    assert words.CHOSEN in left.cautions
    assert words.WANDERS in left.cautions
    assert "at most 1 false alarm a year over 2 pairs" in left.method
    assert (steady.id, steady.verdict, steady.estimate) == ("monitor/BTC/IXIC", Monitored.STEADY, None)
    assert steady.cautions == (words.UNSEEN,)


def test_an_alarm_of_long_ago_is_folded_and_the_pair_is_still_away_from_its_baseline() -> None:
    found = room(panel_of({"SPX": 600, "IXIC": 9999}))
    result = part(found)
    assert not result.rings
    assert [each.name for each in found.folded] == ["change-monitor"]
    assert found.answer == ""
    assert "has not rung within the last month; a new baseline is being learnt since the alarm of SPX" in found.verdict
    assert result.table.loc["SPX", "verdict"] == Monitored.LEFT
    path = result.frame.loc[result.frame["with"] == "SPX", "ratio"]
    assert path.loc[result.table.loc["SPX", "alarm"]] >= 1
    assert path.iloc[-1] != path.iloc[-1]  # a gap, not a line, while it learns
    assert np.isfinite(path.iloc[0])


def test_a_new_baseline_ends_it_and_the_alarm_is_remembered() -> None:
    result = part(room(panel_of({"SPX": 300}), min_baseline=150, lag=20))
    assert result.table.loc["SPX", "verdict"] == Monitored.STEADY
    assert result.table.loc["SPX", "before"] == pytest.approx(0.85, abs=0.1)
    assert "last alarm on 2021" in result.sentence
    assert len(result.alarms) == 1


def test_the_figure_has_a_panel_per_pair_and_marks_the_alarm_on_its_limit(ringing: RoomResult) -> None:
    result = part(ringing)
    panels = [ax for ax in figure_of(result).axes if ax.get_visible()]
    assert [ax.get_title(loc="left") for ax in panels] == ["BTC – SPX", "BTC – IXIC"]
    marks = [next(line for line in ax.get_lines() if line.get_marker() == "v") for ax in panels]
    assert [len(line.get_xdata()) for line in marks] == [1, 0]
    assert marks[0].get_ydata()[0] == 1


def test_the_report_begins_later_than_what_the_monitor_has_seen() -> None:
    panel = panel_of({"SPX": 400})
    whole = make(MonitorSection(), ChangeContext(panel, "BTC", None, 0))
    later = make(MonitorSection(), ChangeContext(panel, "BTC", pd.Timestamp("2022-06-01", tz="UTC"), 0))
    assert later.frame.index[0] >= pd.Timestamp("2022-05-31")
    pd.testing.assert_frame_equal(whole.table, later.table)
    assert (len(whole.alarms), len(later.alarms)) == (1, 0)


def test_a_rate_of_the_study_is_shared_over_its_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    from coupling.change import monitor_rows

    class Spy(monitor_rows.CorrelationMonitor):
        def fit(self, X: Any, y: Any = None) -> Any:
            super().fit(X, y)
            seen.append(self.threshold_)
            return self

    monkeypatch.setattr(monitor_rows, "CorrelationMonitor", Spy)
    result = part(room(panel_of({"SPX": 9999, "IXIC": 9999}), alarms_per_year=0.5))
    assert result.rate == "at most 0.5 false alarms a year over 2 pairs"
    assert seen == [pytest.approx(2 * 252 / 0.5, rel=0.01)] * 2  # sessions of a year


def test_non_synchronous_closes_are_watched_by_the_week() -> None:
    study = {"title": "T", "focus": "BTC", "instruments": ["BTC", "JGB10Y", "SPX"], "data": {"source": "simulated"}}
    context = ChangeContext(cp.load_panel(study), "BTC", None, 0)
    table = make(MonitorSection(), context).table
    assert table["rows"].to_dict() == {"JGB10Y": "weekly changes (non-synchronous closes)", "SPX": "changes"}
    assert table["per_year"].to_dict() == {"JGB10Y": 52, "SPX": pytest.approx(252, abs=2)}
    assert table.loc["JGB10Y", "verdict"] in (Monitored.STEADY, Monitored.LEFT)


def test_a_sample_too_short_is_left_out_unless_it_was_asked_for() -> None:
    short = panel_of({"SPX": 100}, rows=300)
    with pytest.raises(TooShortError, match="min_baseline=250 with lag=60 needs at least 311"):
        make(MonitorSection(), ChangeContext(short, "BTC", None, 0))
    with pytest.raises(TooShortError, match="no pair has a baseline yet"):
        make(MonitorSection(), ChangeContext(short, "BTC", short.levels.index[100], 0))
    assert isinstance(room(short).results[0], Failure)
    default = run(ChangeSection.model_validate(ALONE), short, focus="BTC", start=None, seed=5)
    assert isinstance(default.results[0], LeftOut)


def test_the_figures_of_the_words_are_those_that_were_measured() -> None:
    page = Path(__file__).parents[3].joinpath("docs", "size.md").read_text(encoding="utf-8")
    table = page[page.index("<!-- measured: monitor -->") :]
    wandering = re.findall(r"^\| 0.2, t5, wandering by ([0-9.]+) \| (\d+) \|", table, re.MULTILINE)
    delays = re.findall(r"^\| 0.2 → (-?[0-9.]+) \| (\d+) \|", table, re.MULTILINE)
    assert {float(by): int(rows) for by, rows in wandering[:3]} == dict(words.TIMES)
    assert {float(new): int(rows) for new, rows in delays[:3]} == dict(words.DELAYS)
    assert all(str(rows) in words.WANDERS for rows in words.TIMES.values())
    assert all(str(rows) in words.UNSEEN for rows in words.DELAYS.values())


def test_a_pair_of_which_nothing_moves_is_never_told_to_have_left() -> None:
    levels = panel_of({"SPX": 9999}).levels.assign(IXIC=5.0)
    result = part(room(cp.align(levels.set_axis(DAYS))))
    assert result.table["verdict"].to_dict() == {"SPX": Monitored.STEADY, "IXIC": Monitored.LEARNING}
    (still,) = (each for each in result.findings if each.subject[-1] == "IXIC")
    assert (still.estimate, still.n) == (None, 0.0)
    assert "with IXIC no baseline is known yet" in result.sentence
