"""The room's page: paths, matrix, non-synchronous closes, verdict, failures."""

from __future__ import annotations

import re
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

import coupling as cp
from coupling.correlation.beta import RollingBeta
from coupling.correlation.exponential import ExponentialCorrelation
from coupling.correlation.findings import of_pair, of_tail
from coupling.correlation.hayashi_yoshida import HayashiYoshidaCorrelation
from coupling.correlation.page.tail import TailPairs
from coupling.correlation.rolling import RollingCorrelation
from coupling.correlation.run import run
from coupling.correlation.section import CorrelationSection
from coupling.correlation.wording import answer
from coupling.dates.sessions import session_of
from coupling.results import Failure
from coupling.results.finding import Finding

mpl.use("Agg")


def load(data):
    names = ["BTC", "JGB10Y", "SPX"]
    return cp.load_panel({"title": "t", "focus": "BTC", "instruments": names, "data": data, "seed": 3})


@pytest.fixture(scope="module")
def panel():
    return load({"source": "simulated"})


@pytest.fixture(scope="module")
def room(panel):
    start = panel.levels.index[-400]
    return run(CorrelationSection(rolling={"window": 80}), panel, focus="BTC", start=start, seed=0)


def test_paths_are_those_of_the_estimator_from_the_start_on(panel, room):
    path = room.results[0]
    want = RollingCorrelation(window=80).fit(panel.pair("BTC", "SPX").changes).between("BTC", "SPX")
    got = path.frame[path.frame["with"] == "SPX"]
    assert got.index[0] >= panel.sessions.label(panel.levels.index[-400])
    named = want.set_axis(panel.sessions.labels(want.index))
    np.testing.assert_array_equal(got["lower"], named.loc[got.index, "lower"])
    assert path.latest.loc["SPX", "estimate"] == want["estimate"].iloc[-1]


@pytest.mark.parametrize(
    ("part", "estimator"),
    [("rolling", RollingCorrelation), ("exponential", ExponentialCorrelation), ("beta", RollingBeta)],
)
def test_the_whole_sample_of_a_path_is_that_of_the_report(panel, part, estimator):
    """As the variants and the comparison have it: what lies before period.start is not in it."""
    start = panel.levels.index[-300]
    asked = {"rolling": None, "hayashi_yoshida": None, part: {"window": None}}
    path = run(CorrelationSection(**asked), panel, focus="BTC", start=start, seed=0).results[0]
    changes = panel.pair("BTC", "SPX").changes.loc[start:]
    options = {"driver": "SPX"} if part == "beta" else {}
    want = estimator(window=None, **options).fit(changes).between("BTC", "SPX").iloc[-1]
    got = path.latest.loc["SPX"]
    assert (got["estimate"], got["n"]) == (want["estimate"], want["n"])
    assert {finding.start for finding in path.findings if finding.subject == ("BTC", "SPX")} == {
        session_of(changes.index[0])
    }


def test_without_a_window_true_instants_are_those_of_the_whole_period(panel):
    start = panel.levels.index[-300]
    section = CorrelationSection(rolling=None, hayashi_yoshida={"window": None})
    path, whole = run(section, panel, focus="BTC", start=start, seed=0).results[:2]
    assert path.latest.loc["SPX", "estimate"] == whole.frame.loc[("SPX", "kept"), "estimate"]


def test_the_jgb_is_judged_on_true_instants(panel, room):
    rolling, exact, *_ = room.results
    assert rolling.unequal == ("JGB10Y",)
    assert rolling.summary()["non-synchronous closes"].tolist() == [True, False]
    row = HayashiYoshidaCorrelation(window="250d").fit(panel.observations).between("BTC", "JGB10Y").dropna().iloc[-1]
    said = re.search(r"JGB10Y (\S+) \(95 % interval (\S+) to (\S+), n = (\d+) overlaps", room.verdict)
    assert said is not None
    np.testing.assert_allclose([float(v) for v in said.groups()], row[["estimate", "lower", "upper", "n"]], atol=0.0051)
    assert "on true instants because of non-synchronous closes" in room.verdict
    assert exact.counted == "overlaps"


def test_the_verdict_names_focus_interval_sample_date_and_hedges(room):
    latest = room.results[0].latest.loc["SPX"]
    assert room.verdict.startswith("BTC's latest correlation, strongest first: ")
    assert f"SPX {latest['estimate']:.2f} (95 % interval {latest['lower']:.2f} to {latest['upper']:.2f}" in room.verdict
    assert f"n = 80 changes, to {session_of(latest['end'])}" in room.verdict
    word = "statistically" if latest["lower"] > 0 or latest["upper"] < 0 else "not statistically"
    assert re.search(rf"SPX [^;]*: {word} different from zero", room.verdict)


def test_without_true_instants_unequal_closes_are_not_judged(panel):
    room = run(CorrelationSection(hayashi_yoshida=None), panel, focus="BTC", start=None, seed=0)
    assert room.verdict.endswith("Not judged for non-synchronous closes: JGB10Y.")
    assert "JGB10Y -" not in room.verdict.split("Not judged")[0]


def test_the_simulated_market_shows_its_truth(room, panel):
    summary = room.results[0].summary()
    want = panel.truth.after.loc["BTC", "SPX"]
    assert summary.loc["BTC – SPX", "truth"] == pytest.approx(want)


def test_the_matrix_holds_every_pair_of_the_reported_period(panel, room):
    matrix = room.results[3]
    changes = panel.changes[panel.changes.index >= panel.levels.index[-400]]
    assert matrix.table.loc["SPX", "JGB10Y"] == pytest.approx(changes["SPX"].corr(changes["JGB10Y"]), abs=1e-12)
    assert (matrix.frame["n"] == len(changes)).all()
    assert matrix.frame["non-synchronous closes"].tolist() == [True, False, True]
    assert "is the tightest" in matrix.sentence


def test_what_fails_is_shown_and_the_rest_stays(panel):
    room = run(CorrelationSection(rolling={"window": 50_000}), panel, focus="BTC", start=None, seed=0)
    failed, exact, _, matrix = room.results
    assert isinstance(failed, Failure)
    assert "longer than the sample" in failed.reason
    assert len(matrix.frame) == 3
    assert "SPX" in room.verdict
    assert len(exact.frame) > 0


def test_a_report_without_a_full_window_says_so(panel):
    late = panel.levels.index[-1] + pd.Timedelta(days=1)
    room = run(CorrelationSection(hayashi_yoshida=None), panel, focus="BTC", start=late, seed=0)
    assert isinstance(room.results[0], Failure)
    assert "no window from" in room.results[0].reason
    assert "nothing is said" in room.verdict


def test_every_estimator_can_be_asked(panel, tmp_path):
    names = ["exponential", "dcc", "beta", "partial", "shrunk", "tail"]
    section = CorrelationSection(rolling=None, hayashi_yoshida=None, **{name: {} for name in names})
    start = panel.levels.index[-800]
    room = run(section, panel, focus="SPX", start=start, seed=0)
    assert [result.name for result in room.results] == [f"correlation-{name}" for name in names]
    slope = room.results[2].latest.loc["BTC"]
    changes = panel.pair("SPX", "BTC").changes.iloc[-60:]
    assert slope["estimate"] == pytest.approx(np.polyfit(changes["BTC"], changes["SPX"], 1)[0], rel=1e-9)
    assert "bp" in room.results[2].method
    for result in room.results:
        assert result.to_folder(tmp_path)
        assert re.search(r"95 % interval|no pair's chi|lies above", result.sentence)
    assert "nothing is said" in room.verdict


def test_the_tail_sentence_names_what_exceeds_the_laws():
    frame = pd.DataFrame(
        {
            "estimate": [0.5, 0.2],
            "lower": [0.4, 0.1],
            "upper": [0.6, 0.3],
            "n": [900, 900],
            "n_tail": [45, 45],
            "normal": [0.2, 0.2],
            "student": [0.3, 0.3],
        },
        index=pd.MultiIndex.from_tuples([("BTC", "SPX"), ("BTC", "JGB10Y")], names=["left", "right"]),
    )
    day = session_of(pd.Timestamp("2026-08-22", tz="UTC"))
    made = [
        of_tail(pair, row, (day, day), quantity="chi")
        for pair, row in zip(frame.index, frame.to_dict("records"), strict=True)
    ]
    result = TailPairs(name="t", title="Tail", method="", frame=frame, findings=tuple(made))
    assert result.sentence.endswith("for BTC – SPX.")


def test_every_result_is_drawn_and_written(room, tmp_path):
    for result in room.results:
        paths = result.to_folder(tmp_path)
        assert [path.suffix for path in paths] == [".csv", ".png", ".svg"]
        assert result.sentence in result._repr_html_().replace("&#x27;", "'")


def test_real_closes_move_btc_and_spx_together(series):
    # the design's regression figure: at 24:00 UTC the two share 0.43 in 2025-2026
    panel = load({"directory": str(series)}).since(pd.Timestamp("2025-01-01", tz="UTC"))
    room = run(CorrelationSection(), panel, focus="BTC", start=pd.Timestamp("2025-01-01", tz="UTC"), seed=0)
    row = room.results[3].frame.loc[("BTC", "SPX")]
    assert row["estimate"] == pytest.approx(0.43, abs=0.02)
    assert row["lower"] > 0


@pytest.mark.parametrize(
    "settings", [{"rolling": {"window": 2}}, {"hayashi_yoshida": {"window": "soon"}}, {"rolling": {"windows": 60}}]
)
def test_impossible_settings_are_refused(settings):
    with pytest.raises(ValueError, match="window"):
        CorrelationSection(**settings)


def findings(**ends: tuple[float, float, float, int]) -> list[Finding]:
    day = session_of(pd.Timestamp("2026-08-22", tz="UTC"))
    rows = {other: dict(zip(("estimate", "lower", "upper", "n"), row, strict=True)) for other, row in ends.items()}
    made = [of_pair(("BTC", other), row, (day, day), evidence="correlation-rolling") for other, row in rows.items()]
    return [replace(each, primary=True) for each in made]


def test_the_answer_is_one_sentence_with_the_signs_apart():
    found = findings(
        SPX=(0.33, 0.002, 0.59, 60),
        IXIC=(0.35, 0.02, 0.62, 60),
        USDJPY=(-0.26, -0.48, -0.01, 60),
        NKY=(0, -0.2, 0.2, 60),
    )
    assert answer(found) == (
        "In the latest windows, to 2026-08-21, BTC moves with IXIC (0.35, 0.02 to 0.62, n = 60) and SPX (0.33, 0.002 "
        "to 0.59, n = 60); BTC moves against USDJPY (-0.26, -0.48 to -0.01, n = 60); BTC has no statistically "
        "significant correlation with NKY (0.00, -0.20 to 0.20, n = 60); 95 % intervals."
    )
    assert answer(findings(SPX=(0.3, float("nan"), float("nan"), 9))).startswith(
        "In the latest windows, to 2026-08-21, BTC has no statistically significant correlation with SPX (0.30, no"
    )
    assert "nothing is said" in answer([])


def test_a_significant_window_that_one_day_makes_is_said_with_what_is_left() -> None:
    rng = np.random.default_rng(8)
    days = pd.date_range("2024-01-01", periods=400, freq="D")
    moves = rng.standard_t(3, size=(400, 2)) * 0.01
    moves[380] = [0.5, 0.5]
    closes = pd.DataFrame(100 * np.exp(moves.cumsum(axis=0)), index=days, columns=["A", "B"])
    panel = cp.align(closes, clocks="UTC", days="every")
    study = cp.run(panel, focus="A", correlation={"rolling": {"window": 60, "interval": "fisher"}})
    rolling = study["correlation-rolling"]
    assert rolling.latest["lower"]["B"] > 0
    told = rolling.warnings[-1]
    assert told.startswith("B: one day, 2025-01-15, makes more than half of the latest window; without it")
    rest = panel.changes.iloc[-60:].drop(panel.changes["A"].idxmax())
    assert f"the correlation is {rest['A'].corr(rest['B']):.2f} (" in told
