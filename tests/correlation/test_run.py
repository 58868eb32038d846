"""The room's page: paths, matrix, non-synchronous closes, verdict, failures."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

import coupling as cp
from coupling.correlation.beta import RollingBeta
from coupling.correlation.exponential import ExponentialCorrelation
from coupling.correlation.findings import of_pair, of_pairs, of_tail, of_tails
from coupling.correlation.hayashi_yoshida import HayashiYoshidaCorrelation
from coupling.correlation.page.tail import TailPairs
from coupling.correlation.rolling import RollingCorrelation
from coupling.correlation.run import run
from coupling.correlation.section import CorrelationSection
from coupling.correlation.wording import answer
from coupling.dates.sessions import session_of
from coupling.results import Failure
from coupling.results.finding import Finding
from coupling.text.typesetting import typeset

mpl.use("Agg")


def load(data):
    names = ["BTC", "JGB10Y", "SPX"]
    return cp.load_panel({"title": "t", "focus": "BTC", "instruments": names, "data": data, "seed": 3})


def part(room, name):
    return next(result for result in room.results if result.name == f"correlation-{name}")


@pytest.fixture(scope="module")
def panel():
    return load({"source": "simulated"})


@pytest.fixture(scope="module")
def room(panel):
    start = panel.levels.index[-400]
    return run(CorrelationSection(rolling={"window": 80}), panel, focus="BTC", start=start, seed=0)


def test_paths_are_those_of_the_estimator_from_the_start_on(panel, room):
    path = part(room, "rolling")
    want = RollingCorrelation(window=80).fit(panel.pair("BTC", "SPX").changes).between("BTC", "SPX")
    got = path.frame[path.frame["with"] == "SPX"]
    assert got.index[0] >= panel.sessions.label(panel.levels.index[-400])
    named = want.set_axis(panel.sessions.labels(want.index))
    np.testing.assert_array_equal(got["lower"], named.loc[got.index, "lower"])
    assert path.latest.loc["SPX", "estimate"] == want["estimate"].iloc[-1]


@pytest.mark.parametrize(
    ("name", "estimator"),
    [("rolling", RollingCorrelation), ("exponential", ExponentialCorrelation), ("beta", RollingBeta)],
)
def test_the_whole_sample_of_a_path_is_that_of_the_report(panel, name, estimator):
    """As the variants and the comparison have it: what lies before period.start is not in it."""
    start = panel.levels.index[-300]
    asked = {"rolling": None, "hayashi_yoshida": None, name: {"window": None}}
    path = part(run(CorrelationSection(**asked), panel, focus="BTC", start=start, seed=0), name)
    changes = panel.pair("BTC", "SPX").changes.loc[start:]
    options = {"driver": "SPX"} if name == "beta" else {}
    want = estimator(window=None, **options).fit(changes).between("BTC", "SPX").iloc[-1]
    got = path.latest.loc["SPX"]
    assert (got["estimate"], got["n"]) == (want["estimate"], want["n"])
    assert {finding.start for finding in path.findings if finding.subject == ("BTC", "SPX")} == {
        session_of(changes.index[0])
    }


def test_without_a_window_true_instants_are_those_of_the_whole_period(panel):
    start = panel.levels.index[-300]
    section = CorrelationSection(rolling=None, hayashi_yoshida={"window": None})
    _, path, whole = run(section, panel, focus="BTC", start=start, seed=0).results
    assert path.latest.loc["SPX", "estimate"] == whole.frame.loc[("SPX", "kept"), "estimate"]


def test_every_pair_is_judged_over_500_days_on_true_instants(panel, room):
    assert part(room, "rolling").unequal == ("JGB10Y",)
    assert part(room, "rolling").summary()["non-synchronous closes"].tolist() == [True, False]
    fitted = HayashiYoshidaCorrelation(window="500d").fit(panel.observations)
    for other in ("JGB10Y", "SPX"):
        row = fitted.between("BTC", other).dropna().iloc[-1]
        said = re.search(rf"{other} (\S+) \((\S+) to (\S+), n = (\d+) overlaps", room.verdict)
        assert said is not None
        want = row[["estimate", "lower", "upper", "n"]]
        np.testing.assert_allclose([float(v) for v in said.groups()], want, atol=0.0051)
    led = [each for each in room.findings if each.primary]
    assert [each.id for each in led] == [f"coupled/BTC/{other}/true instants 500d" for other in ("JGB10Y", "SPX")]


def test_the_verdict_names_focus_interval_sample_date_adjusted_p_and_verdict(room):
    (spx,) = (each for each in room.findings if each.primary and each.subject == ("BTC", "SPX"))
    over = "asynchronous-adjusted correlation over 500 days to"
    assert room.verdict.startswith(f"BTC's {over} {spx.end} (95 % intervals), strongest first: ")
    assert f"SPX {spx.estimate:.2f} ({spx.lower:.2f} to {spx.upper:.2f}, n = {spx.n:,.0f} overlaps)" in room.verdict
    assert "overlaps), adjusted p < 0.001: coupled" in room.verdict
    assert room.answer.startswith(f"By the {over} {spx.end}, ")


def test_the_headline_is_there_without_the_path_on_true_instants(panel, room):
    alone = run(CorrelationSection(hayashi_yoshida=None), panel, focus="BTC", start=None, seed=0)
    numbers = [(each.id, each.estimate, each.lower, each.p_adjusted) for each in alone.findings if each.primary]
    assert numbers == [(e.id, e.estimate, e.lower, e.p_adjusted) for e in room.findings if e.primary]


def test_the_simulated_market_shows_its_truth(room, panel):
    summary = part(room, "rolling").summary()
    want = panel.truth.after.loc["BTC", "SPX"]
    assert summary.loc["BTC – SPX", "truth"] == pytest.approx(want)


def test_the_matrix_holds_every_pair_of_the_reported_period(panel, room):
    matrix = part(room, "matrix")
    changes = panel.changes[panel.changes.index >= panel.levels.index[-400]]
    assert matrix.table.loc["SPX", "JGB10Y"] == pytest.approx(changes["SPX"].corr(changes["JGB10Y"]), abs=1e-12)
    assert (matrix.frame["n"] == len(changes)).all()
    assert matrix.frame["non-synchronous closes"].tolist() == [True, False, True]
    assert matrix.frame["hours shared"].tolist() == panel.overlap["hours_shared"].tolist()
    assert "is the tightest" in matrix.sentence


def test_what_fails_is_shown_and_the_rest_stays(panel):
    room = run(CorrelationSection(rolling={"window": 50_000}), panel, focus="BTC", start=None, seed=0)
    _, failed, exact, _, matrix = room.results
    assert isinstance(failed, Failure)
    assert "longer than the sample" in failed.reason
    assert len(matrix.frame) == 3
    assert "SPX" in room.verdict
    assert len(exact.frame) > 0


def test_a_report_without_a_full_window_says_so(panel):
    late = panel.levels.index[-1] + pd.Timedelta(days=1)
    room = run(CorrelationSection(hayashi_yoshida=None), panel, focus="BTC", start=late, seed=0)
    assert isinstance(room.results[1], Failure)
    assert "no window from" in room.results[1].reason
    assert "SPX" in room.verdict, "the headline reaches back before the report, as every window does"


def test_every_estimator_can_be_asked(panel, tmp_path):
    names = ["exponential", "dcc", "beta", "partial", "shrunk", "tail"]
    section = CorrelationSection(rolling=None, hayashi_yoshida=None, **{name: {} for name in names})
    start = panel.levels.index[-800]
    room = run(section, panel, focus="SPX", start=start, seed=0)
    shown = [result.name.removeprefix("correlation-") for result in room.results]
    assert shown == ["headline", *names[:3], "volatility-ratio", *names[3:]]
    slope = part(room, "beta").latest.loc["BTC"]
    changes = panel.pair("SPX", "BTC").changes.iloc[-60:]
    assert slope["estimate"] == pytest.approx(np.polyfit(changes["BTC"], changes["SPX"], 1)[0], rel=1e-9)
    assert "bp" in part(room, "beta").method
    for result in room.results:
        assert result.to_folder(tmp_path)
        assert re.search(r"95 % interval|no pair's chi|significantly above", result.sentence)


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
    rows = frame.assign(p_value=[0.004, 0.9]).to_dict("records")
    made = [of_tail(pair, row, (day, day), quantity="chi") for pair, row in zip(frame.index, rows, strict=True)]
    result = TailPairs(name="t", title="Tail", method="", frame=frame, findings=of_tails(made, rows, family="both"))
    assert result.sentence.endswith("for BTC – SPX (p adjusted for 2 pairs).")
    assert [each.p_adjusted for each in result.findings] == [0.008, 0.9]


def test_every_result_is_drawn_and_written(room, tmp_path):
    for result in room.results:
        paths = result.to_folder(tmp_path)
        assert [path.suffix for path in paths] == [".csv", ".png", ".svg"]
        assert typeset(result.sentence) in unescape(result._repr_html_())


@pytest.mark.thorough
def test_real_closes_move_btc_and_spx_together(series):
    # the design's regression figure: at 24:00 UTC the two share 0.43 in 2025-2026
    panel = load({"directory": str(series)}).since(pd.Timestamp("2025-01-01", tz="UTC"))
    room = run(CorrelationSection(), panel, focus="BTC", start=pd.Timestamp("2025-01-01", tz="UTC"), seed=0)
    row = part(room, "matrix").frame.loc[("BTC", "SPX")]
    assert row["estimate"] == pytest.approx(0.43, abs=0.02)
    assert row["lower"] > 0


@pytest.mark.parametrize(
    "settings", [{"rolling": {"window": 2}}, {"hayashi_yoshida": {"window": "soon"}}, {"rolling": {"windows": 60}}]
)
def test_impossible_settings_are_refused(settings):
    with pytest.raises(ValueError, match="window"):
        CorrelationSection(**settings)


def findings(**rows: tuple[float, float, float, int, float]) -> list[Finding]:
    day = session_of(pd.Timestamp("2026-08-22", tz="UTC"))
    names = ("estimate", "lower", "upper", "n", "p_value")
    made = [
        of_pair(("BTC", other), dict(zip(names, row, strict=True)), (day, day), specification="true instants 500d")
        for other, row in rows.items()
    ]
    return [replace(each, primary=True) for each in of_pairs(made)]


def test_the_answer_is_one_sentence_with_signs_and_verdicts_apart():
    found = findings(
        SPX=(0.33, 0.12, 0.51, 600, 0.002),
        IXIC=(0.35, 0.15, 0.53, 600, 0.001),
        USDJPY=(-0.26, -0.4, -0.11, 600, 0.003),
        GOLD=(0.15, 0.05, 0.25, 600, 0.004),
        NKY=(0, -0.1, 0.1, 600, 0.99),
        NDX=(0.21, 0.01, 0.4, 600, 0.04),
    )
    assert answer(found) == (
        "By the asynchronous-adjusted correlation over 500 days to 2026-08-21, BTC moves with IXIC 0.35 (0.15 to 0.53, "
        "n = 600) and SPX 0.33 (0.12 to 0.51, n = 600); BTC moves against USDJPY -0.26 (-0.40 to -0.11, n = 600); BTC "
        "moves weakly with GOLD 0.15 (0.05 to 0.25, n = 600); BTC is not coupled with NKY 0.00 (-0.10 to 0.10, "
        "n = 600); no coupling was established with NDX 0.21 (0.01 to 0.40, n = 600); 95 % intervals, p adjusted for "
        "6 pairs."
    )
    missing = float("nan")
    assert answer(findings(SPX=(0.3, missing, missing, 9, missing))) == (
        "By the asynchronous-adjusted correlation over 500 days to 2026-08-21, no coupling was established with SPX "
        "0.30 (no interval, n = 9); 95 % intervals."
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
