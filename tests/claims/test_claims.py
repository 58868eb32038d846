"""Claims: the language, the rules, and the verdicts on the real files that claims.md says a reader should find."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kurtosis
from typer.testing import CliRunner

from coupling.claims import Verdict, load_claims
from coupling.claims.evidence import Evidence
from coupling.claims.kinds.arithmetic import evaluate
from coupling.claims.kinds.dated_change import DatedChange
from coupling.claims.kinds.level_change import LevelChange
from coupling.claims.kinds.table import KINDS
from coupling.claims.verdict import combine
from coupling.cli import app
from coupling.data.changes import ChangeRule
from coupling.data.instrument import resolve
from coupling.data.observations import Observations
from coupling.errors import ConfigurationError, InputError
from coupling.results.base import Provenance
from coupling.study import score

CLAIMS = "configs/claims/terminal_reflexivity.yaml"
HEAD = "claims:\n  - id: a-claim\n    source: nobody\n    says: something\n"


def test_a_claim_with_one_leg_may_write_it_flat(tmp_path: Path) -> None:
    path = tmp_path / "claims.yaml"
    path.write_text(HEAD + "    test: record\n    instrument: JGB40Y\n    date: 2025-11-20\n")
    (claim,) = load_claims(path)
    assert claim.instruments == ("JGB40Y",)
    assert claim.legs[0].test == "record"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("    test: records\n", r"claims\.yaml:2: claims\.0\.legs\.0"),
        ("    test: record\n    instrument: BTC\n    dat: 2025-11-20\n", "unknown key 'dat'|'date' is missing"),
        ("    legs: []\n", "legs"),
        (
            "    test: levels_against_changes\n    left: BTC\n    right: SPX\n    date: 2025-11-20\n    value: 90\n",
            "between -1 and 1",
        ),
    ],
)
def test_a_wrong_claim_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "claims.yaml"
    path.write_text(HEAD + text)
    with pytest.raises(ConfigurationError, match=message):
        load_claims(path)


def test_two_claims_have_two_ids(tmp_path: Path) -> None:
    one = "  - {id: a, source: s, says: t, test: record, instrument: BTC, date: 2025-11-20}\n"
    path = tmp_path / "claims.yaml"
    path.write_text("claims:\n" + one + one)
    with pytest.raises(ConfigurationError, match="two claims have the id 'a'"):
        load_claims(path)


@pytest.mark.parametrize(
    ("value", "found", "holds"),
    [(-1.56, -1.5556, True), (-1.56, -1.5649, True), (-1.56, -1.566, False), (94.0, 94.4, True), (94.0, 94.6, False)],
)
def test_a_figure_holds_when_the_finding_rounds_to_it(value: float, found: float, holds: bool) -> None:
    leg = DatedChange(test="dated_change", instrument="SPX", date="2025-11-21", value=value)
    assert leg.holds(found) is holds


@pytest.mark.parametrize(
    ("verdicts", "whole"),
    [
        ("S S", "supported"), ("C C", "contradicted"), ("S C", "partly"), ("S U", "partly"), ("C U", "undecided"),
        ("N S", "supported"), ("N N", "not testable"),
    ],
)  # fmt: skip
def test_legs_make_the_verdict_of_a_claim(verdicts: str, whole: str) -> None:
    letters = {"S": Verdict.SUPPORTED, "C": Verdict.CONTRADICTED, "U": Verdict.UNDECIDED, "N": Verdict.NOT_TESTABLE}
    assert combine([letters[letter] for letter in verdicts.split()]) == whole


def test_arithmetic_computes_numbers_only() -> None:
    assert evaluate("-(2 + 3) * 4 / 8") == -2.5
    for bad in ("__import__('os')", "1 / 0", "2 ** 9", "x + 1", "", "(" * 500):
        with pytest.raises(InputError, match="cannot be computed"):
            evaluate(bad)


def test_on_a_simulated_market_no_claim_about_the_real_one_is_testable() -> None:
    frame = score("configs/simulated.yaml").results[0].frame  # type: ignore[union-attr]
    simulated = frame.drop(index="sovereign-size")
    assert (simulated["verdict"] == "not testable").all()
    assert (simulated["finding"] == "not testable: simulated market").all()
    assert frame.loc["sovereign-size", "verdict"] == "supported"


def test_a_study_without_claims_says_so(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text("title: T\nfocus: BTC\ninstruments: [BTC, SPX]\ndata: {source: simulated}\n")
    result = CliRunner().invoke(app, ["claims", str(path)])
    assert result.exit_code == 2
    assert "names no claims" in result.stderr


def test_missing_data_makes_a_claim_not_testable_and_says_what_is_missing(tmp_path: Path) -> None:
    days = pd.date_range("2025-09-01", "2025-11-28", freq="D", name="date")
    rng = np.random.default_rng(1)
    for name in ("btc_usd", "sp500"):
        levels = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, len(days))))
        pd.DataFrame({"value": levels}, index=days).to_csv(tmp_path / f"{name}.csv")
    path = tmp_path / "study.yaml"
    path.write_text(
        f"title: T\nfocus: BTC\ninstruments: [BTC, SPX]\ndata: {{directory: .}}\nclaims: [{Path(CLAIMS).resolve()}]\n"
    )
    frame = score(path).results[0].frame  # type: ignore[union-attr]
    assert frame.loc["jgb40-record", "verdict"] == "not testable"
    assert "JGB40Y: none of its files" in frame.loc["jgb40-record", "finding"]
    assert frame.loc["intraday-low", "verdict"] == "not testable"
    assert "no lows in the source" in frame.loc["intraday-low", "finding"]


def observed(closes: list[float], bars: dict[str, list[float]] | None = None, rule: str = "log") -> Observations:
    """Daily observations from 2025-11-18 on, struck at 24:00 UTC."""
    dates = pd.date_range("2025-11-18", periods=len(closes), freq="D")
    struck = (dates + pd.Timedelta(days=1)).tz_localize("UTC")
    return Observations(
        name="BTC",
        levels=pd.Series(closes, index=struck),
        known_at=pd.Series(struck, index=struck),
        labels=pd.Series(dates, index=struck),
        bars=None if bars is None else pd.DataFrame(bars, index=struck),
        change=ChangeRule(rule),
    )


def evidence(*items: Observations) -> Evidence:
    """Evidence of some observations."""
    return Evidence(
        observations={item.name: item for item in items},
        instruments={item.name: resolve(item.name) for item in items},
        missing={},
        provenance=Provenance(),
        seed=1,
    )


def test_every_kind_has_its_own_word_and_file() -> None:
    words = [kind.model_fields["test"].annotation.__args__[0] for kind in KINDS]  # type: ignore[union-attr]
    assert len(set(words)) == len(words)
    assert [kind.__module__.rsplit(".", 1)[1] for kind in KINDS] == words


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2025-11-20", "to the low of the day it fell -40.00 %"),  # from 150, the day before, to 90
        ("2025-11-21", "to the low of the day it fell -25.00 %"),  # from 120, the same day, to 90
    ],
)
def test_the_fall_from_high_to_low_looks_one_day_back_and_no_further(day: str, words: str) -> None:
    bars = {"open": [100.0] * 4, "high": [999.0, 150.0, 110.0, 120.0], "low": [95.0, 95.0, 90.0, 90.0]}
    leg = DatedChange(test="dated_change", instrument="BTC", date=day, value=-50, search=0)
    finding = leg.check(evidence(observed([100.0, 100.0, 100.0, 100.0], bars)))
    assert finding.verdict is Verdict.CONTRADICTED
    assert words in finding.sentence


def test_a_change_over_a_span_is_simple_or_in_basis_points() -> None:
    leg = LevelChange(test="level_change", instrument="BTC", date="2025-11-20", over="2d", value=21, digits=0)
    assert leg.check(evidence(observed([100.0, 50.0, 121.0]))).estimate == pytest.approx(21.0)
    yields = leg.check(evidence(observed([1.07, 1.5, 1.28], rule="basis_points")))
    assert (yields.estimate, yields.verdict) == (pytest.approx(21.0), Verdict.SUPPORTED)


class TestRealFiles:
    """On the private series the scorecard finds by itself what claims.md knows."""

    @pytest.fixture(scope="class")
    @classmethod
    def frames(cls, series: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
        scorecard, legs = score("configs/yen_carry.yaml", data=series).results[:2]
        return scorecard.frame, legs.frame  # type: ignore[union-attr]

    @pytest.mark.parametrize(
        ("claim", "verdict", "words"),
        [
            ("same-day-selloff", "contradicted", "the figure holds on 2025-11-20 (-1.56 %)"),
            ("same-day-selloff", "contradicted", "the figure holds on 2025-11-20 (-2.15 %)"),
            ("same-day-selloff", "contradicted", "BTC moved -1.78 % on 2025-11-21"),
            ("intraday-low", "contradicted", "was 80,660, not 81,600; it went below the figure"),
            ("jgb10-level", "supported", "was 1.82, as claimed"),
            ("jgb40-record", "partly", "was 3.601, not 3.697; it first came that far on 2026-01-19"),
            ("vol-level", "contradicted", "was 44.1 % a year"),
            ("vol-level", "contradicted", "with 252 36.7"),
            ("sovereign-size", "supported", "arithmetic on the stated figures"),
            ("headline-2026", "contradicted", "not distinguishable from independent random walks"),
        ],
    )
    def test_the_verdicts(
        self, frames: tuple[pd.DataFrame, pd.DataFrame], claim: str, verdict: str, words: str
    ) -> None:
        row = frames[0].loc[claim]
        assert row["verdict"] == verdict
        assert words in row["finding"]

    def test_the_headline_is_a_correlation_of_levels(self, frames: tuple[pd.DataFrame, pd.DataFrame]) -> None:
        leg = frames[1].loc["headline-2026"]
        assert leg["estimate"] == pytest.approx(-0.20, abs=0.03)
        assert leg["lower"] < leg["estimate"] < leg["upper"]
        assert leg["upper"] > -0.9 < leg["lower"]

    def test_the_interval_of_a_volatility_is_that_of_its_formula(
        self, frames: tuple[pd.DataFrame, pd.DataFrame], series: Path
    ) -> None:
        """Chi-square with 2n / (kurtosis - (n - 3) / (n - 1)) degrees of freedom, computed here by scipy."""
        from scipy.stats import chi2

        closes = pd.read_csv(series / "btc_usd.csv", index_col="date")["value"]
        changes = 100 * np.log(closes).diff().loc[:"2025-11-21"].iloc[-30:]
        freedom = 60 / (kurtosis(changes, fisher=False) - 27 / 29)
        legs = frames[1].loc["vol-level"]
        bitcoin = legs[legs["instruments"] == "BTC"].iloc[0]
        expected = np.sqrt(365 * changes.var() * freedom / chi2.ppf([0.975, 0.025], freedom))
        assert [bitcoin["lower"], bitcoin["upper"]] == pytest.approx(expected.tolist(), rel=1e-9)
