"""The room's page: spillovers on one clock, the order of closes elsewhere, verdict, failures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

import coupling as cp
from coupling.direction.closes import closes_of
from coupling.direction.findings import of_pairs
from coupling.direction.page.network import SpilloverNetwork
from coupling.direction.page.rolling import SpilloverPaths
from coupling.direction.page.whole_period import SpilloverResult
from coupling.direction.run import run
from coupling.direction.section import DirectionSection
from coupling.direction.spillover import Spillover
from coupling.drawing import PAPER, cells_of, figure_of
from coupling.results import Failure
from coupling.results.verdicts import Leads

mpl.use("Agg")

NAMES = ("BTC", "JGB10Y", "SPX")
SECTION = DirectionSection(
    lead_lag={"max_hours": 6, "replications": 100}, spillover={"lags": 1, "window": 100, "replications": 59}
)


def load(frequency, names=NAMES):
    study = {"title": "t", "focus": names[0], "instruments": list(names), "data": {"source": "simulated"}, "seed": 3}
    return cp.load_panel(study | {"alignment": {"frequency": frequency}})


@pytest.fixture(scope="module")
def weekly():
    return load("1w")


@pytest.fixture(scope="module")
def page(weekly):
    return run(SECTION, weekly, focus="BTC", start=weekly.levels.index[-300], seed=1)


def named(room, name):
    return next(result for result in room.results if result.name == name)


def test_weekly_rows_support_direction_and_daily_ones_do_not(weekly):
    assert closes_of(weekly).support_direction
    daily = closes_of(load("1d"))
    assert not daily.support_direction
    assert "BTC and JGB10Y share 25 % of their length" in daily.note
    assert closes_of(load("1d", ("SPX", "IXIC"))) == type(daily)(support_direction=True, note="")


def test_the_whole_period_is_the_reported_one(weekly, page):
    result = named(page, "direction-spillover")
    assert isinstance(result, SpilloverResult)
    fitted = Spillover(lags=1, replications=59, random_state=1).fit(weekly.changes.loc[weekly.levels.index[-300] :])
    assert result.total["estimate"] == fitted.total_
    assert result.frame.equals(fitted.intervals())
    assert result.title == "Spillovers over the whole period"
    assert f"n = {fitted.n_} changes" in result.sentence
    assert f"{fitted.total_:.1f} %" in result.sentence


def test_pairs_say_what_each_sends(page):
    network, table = named(page, "direction-network"), named(page, "direction-spillover").frame
    assert isinstance(network, SpilloverNetwork)
    row = network.frame.loc[("BTC", "SPX")]
    share = table[table["measure"] == "share"].set_index(["sender", "receiver"])["estimate"]
    assert row["left to right"] == share["BTC", "SPX"]
    assert row["whole net"] == pytest.approx(share["BTC", "SPX"] - share["SPX", "BTC"])


def test_a_net_is_told_with_the_focus_first_and_its_sign_turned():
    frame = pd.DataFrame(
        {
            "estimate": [4.0, -2.0],
            "bias_corrected": [4.0, -2.0],
            "lower": [1.0, -5.0],
            "upper": [7.0, 1.0],
            "n": [90, 90],
        },
        index=pd.MultiIndex.from_tuples([("BTC", "SPX"), ("BTC", "NKY")], names=["left", "right"]),
    )
    span, said = (date(2020, 1, 3), date(2021, 5, 14)), {"clock": "weeks", "evidence": "n"}
    findings = of_pairs(frame, span, focus="SPX", one_instant=True, **said)
    names = ("BTC", "SPX", "NKY")
    told = SpilloverNetwork(
        name="n", title="N", method="", frame=frame, names=names, one_instant=True, findings=findings
    )
    first, second = told.findings
    assert (first.subject, first.estimate, first.lower, first.upper) == (("SPX", "BTC"), -4.0, -7.0, -1.0)
    assert (first.verdict, second.verdict) == (Leads.FOLLOWS, Leads.NOT_ESTABLISHED)
    assert list(told.clear.index) == [("BTC", "SPX")]
    assert "BTC to SPX 4.0 % (95 % interval 1.0 to 7.0)" in told.sentence
    (ax,) = cells_of(figure_of(told))
    words = [text.get_text() for text in ax.texts]
    assert [word for word in words if word] == ["4.0 %", "BTC", "SPX", "NKY"]  # no arrow where nothing is significant
    assert len([text for text in ax.texts if getattr(text, "arrow_patch", None) is not None]) == 1


def test_rolling_paths_start_with_the_report_and_reach_back_before_it(weekly, page):
    paths = named(page, "direction-rolling")
    assert isinstance(paths, SpilloverPaths)
    fitted = Spillover(lags=1, window=100).fit(weekly.changes)
    total = paths.path("total")["estimate"]
    assert total.index[0] == weekly.sessions.label(weekly.levels.index[-300])
    assert total.index.equals(weekly.sessions.labels(fitted.total_.index[-len(total) :]))
    np.testing.assert_array_equal(total, fitted.total_.iloc[-len(total) :])
    np.testing.assert_array_equal(paths.path("SPX")["estimate"], fitted.net_["SPX"].iloc[-len(total) :])
    judged = paths.path("total")["lower"].dropna()
    assert judged.index[-1] == total.index[-1]
    assert len(judged) == 7  # every fiftieth window from the first on, and the last


def test_an_axis_is_made_for_the_path_and_says_where_the_band_is_cut(page):
    paths = named(page, "direction-rolling")
    wide = paths.frame.assign(upper=paths.frame["upper"] + 1000.0)
    total, *_ = cells_of(figure_of(replace(paths, frame=wide)))
    path = paths.path("total")["estimate"]
    low, high = total.get_ylim()
    assert low <= path.min() < path.max() <= high < path.max() + 3 * (path.max() - path.min())
    assert any("band cut" in text.get_text() for text in total.texts)


def test_what_is_not_significant_is_hollow(page):
    result = named(page, "direction-spillover")
    net = result.measure("net", "sender").sort_values("estimate", ascending=False)
    first, _ = cells_of(figure_of(result))
    filled = {
        float(x)
        for line in first.get_lines()
        if line.get_marker() != "None" and line.get_markerfacecolor() != PAPER
        for x in line.get_xdata()
    }
    assert filled == set(net.loc[(net["lower"] > 0) | (net["upper"] < 0), "estimate"])
    assert len(filled) < len(net)


def test_the_verdict_of_weekly_rows_rests_on_spillovers(page):
    own = named(page, "direction-spillover").measure("from", "receiver").loc["BTC"]
    assert page.verdict.startswith(f"{own['estimate']:.1f} % (95 % interval {own['lower']:.1f} to {own['upper']:.1f})")
    assert "expected under independence" in page.verdict
    assert page.verdict.count(". ") == 0
    assert page.answer == ""


def test_daily_rows_are_titled_order_of_closes_and_the_verdict_rests_on_true_instants():
    daily = load("1d")
    only = DirectionSection(spillover={"lags": 1, "window": None, "replications": 39}, lead_lag=SECTION.lead_lag)
    room = run(only, daily, focus="BTC", start=daily.levels.index[-400], seed=1)
    for name in ("direction-spillover", "direction-network"):
        result = named(room, name)
        assert result.title.startswith("Artefact of non-synchronous closes: ")
        assert "no claim about who moves whom can rest on it" in result.sentence
        assert "share 25 % of their length" in result.warnings[0]
    assert "Net of the contemporaneous component" not in named(room, "direction-spillover").sentence
    assert room.verdict.startswith("Asynchronous-adjusted, ")
    assert room.answer.startswith("Asynchronous-adjusted, ")
    assert room.answer.endswith("; daily changes show an artefact of non-synchronous closes only.")
    assert "an artefact of non-synchronous closes" in room.verdict
    without = run(only.model_copy(update={"lead_lag": None}), daily, focus="BTC", start=None, seed=1)
    assert without.verdict.endswith("an artefact of non-synchronous closes.")


def test_every_result_has_summary_figure_and_files(page, tmp_path):
    for result in page.results:
        assert not isinstance(result, Failure)
        assert len(result.summary())
        written = result.to_folder(tmp_path)
        assert {path.suffix for path in written} == ({".csv", ".png", ".svg"} if result.has_figure else {".csv"})
    assert [result.name for result in page.results if not result.has_figure] in ([], ["direction-network"])


def test_a_failure_stands_in_the_page_and_the_rest_remains(weekly):
    section = DirectionSection(lead_lag=None, spillover={"lags": 1, "window": 5000, "replications": 39})
    room = run(section, weekly, focus="BTC", start=None, seed=1)
    failure = named(room, "direction-rolling")
    assert isinstance(failure, Failure)
    assert "window=5000 is longer than" in failure.reason
    assert isinstance(named(room, "direction-spillover"), SpilloverResult)


def test_drifting_coefficients_are_shown_when_named(weekly):
    section = DirectionSection(lead_lag=None, spillover=None, time_varying={"replications": 39})
    start = weekly.levels.index[-200]
    room = run(section, weekly, focus="BTC", start=start, seed=1)
    result = named(room, "direction-time-varying")
    assert (result.frame["lower"] <= result.frame["upper"]).all()
    assert result.frame.index[0] == weekly.sessions.label(start)
    assert "about 100 observations of memory" in result.sentence
    assert room.verdict == "Nothing could be estimated, so nothing is said about who moves whom."


def test_same_seed_same_numbers(weekly):
    section = DirectionSection(lead_lag=None, spillover={"lags": 1, "window": None, "replications": 39})
    one, two = (run(section, weekly, focus="BTC", start=None, seed=5) for _ in range(2))
    pd.testing.assert_frame_equal(one.results[0].frame, two.results[0].frame, check_exact=True)
    assert one.verdict == two.verdict
