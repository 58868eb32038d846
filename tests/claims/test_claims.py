"""Claims: the language, the rules, and the verdicts on the real files that claims.md says a reader should find."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kurtosis
from typer.testing import CliRunner

from coupling.claims import Verdict, load_claims
from coupling.claims.kinds.arithmetic import evaluate
from coupling.claims.kinds.dated_change import DatedChange
from coupling.claims.kinds.table import KINDS
from coupling.claims.verdict import combine
from coupling.cli import app
from coupling.data.instrument import Instrument
from coupling.errors import ConfigurationError, InputError
from coupling.study import score

CLAIMS = "configs/claims/terminal_reflexivity.yaml"
PREDICTIONS = {
    "jpy-strength", "leverage-vol-loop", "scenario-failure", "scenario-orderly", "vol-2026", "vol-2028"
}  # fmt: skip
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
        ("    test: records\n", r"claims\.yaml:5: claims\.0\.test: 'records' is not allowed; did you mean 'record'\?"),
        (
            "    test: record\n    instrument: BTC\n    date: 2025-11-20\n    sid: highest\n",
            r"claims\.yaml:8: claims\.0\.sid: unknown key 'sid'; did you mean 'side'\?$",
        ),
        (
            "    test: record\n    instrument: BTC\n    date: 2025-11-20\n    side: hihest\n",
            r"claims\.yaml:8: claims\.0\.side: 'hihest' is not allowed; did you mean 'highest'\?",
        ),
        ("    test: record\n    instrument: BTC\n", r"claims\.yaml:2: claims\.0\.date: 'date' is missing; add it"),
        (
            "    legs:\n      - {test: record, instrument: BTC, date: 2025-11-20}\n"
            "      - {test: record, instrument: BTCC, date: 2025-11-20}\n",
            r"claims\.yaml:7: claims\.0\.legs\.1\.instrument: instrument 'BTCC' is unknown; did you mean 'BTC'\?",
        ),
        (
            "    test: variance_share\n    focus: BTC\n    others: [SPX, JGB10]\n    date: 2025-01-01\n"
            "    smallest: 10\n",
            r"claims\.yaml:7: claims\.0\.others: instrument 'JGB10' is unknown; did you mean 'JGB10Y'\?",
        ),
        (
            "    test: total\n    instrument: ETF_FLOW\n    start: 2025-02-30\n    value: 1\n",
            r"claims\.yaml:7: claims\.0\.start: the value '2025-02-30' cannot be read",
        ),
        (
            "    test: total\n    instrument: ETF_FLOW\n    start: 2025-02-03\n    end: 2025-01-01\n    value: 1\n",
            r"claims\.yaml:2: claims\.0: it ends \(2025-01-01\) before it starts \(2025-02-03\)",
        ),
        (
            "    test: correlation_change\n    left: BTC\n    right: SPX\n    date: 2025-01-01\n    smallest: 0.1\n"
            "    baselines: [7x]\n",
            r"claims\.yaml:10: claims\.0\.baselines: '7x' is no baseline",
        ),
        ("    note: nothing else\n", r"claims\.yaml:2: claims\.0: the claim has no test"),
        ("    legs: []\n", "legs"),
        (
            "    test: levels_against_changes\n    left: BTC\n    right: SPX\n    date: 2025-11-20\n    value: 90\n",
            "between -1 and 1",
        ),
        (
            "    test: correlation\n    left: BTC\n    right: SPX\n    smallest: 0\n",
            r"claims\.yaml:8: claims\.0\.smallest: 0 is not right here: input should be greater than 0",
        ),
    ],
)
def test_a_wrong_claim_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "claims.yaml"
    path.write_text(HEAD + text)
    with pytest.raises(ConfigurationError, match=message):
        load_claims(path)


def test_a_claim_may_name_an_instrument_that_the_study_defines(tmp_path: Path) -> None:
    path = tmp_path / "claims.yaml"
    path.write_text(HEAD + "    test: record\n    instrument: MSTR\n    date: 2025-11-20\n")
    with pytest.raises(ConfigurationError, match="'MSTR' is unknown"):
        load_claims(path)
    own = Instrument(name="MSTR", kind="price", sources=[{"file": "mstr.csv", "clock": "XNYS"}])
    assert load_claims(path, {"MSTR": own})[0].instruments == ("MSTR",)


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
    assert frame.loc["sovereign-size", "verdict"] == "partly"


def test_a_study_without_claims_says_so(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text("title: T\nfocus: BTC\ninstruments: [BTC, SPX]\ndata: {source: simulated}\n")
    result = CliRunner().invoke(app, ["claims", str(path)])
    assert result.exit_code == 2
    assert "names no claims" in result.stderr


def test_missing_data_makes_a_claim_not_testable_and_says_what_is_missing(tmp_path: Path) -> None:
    days = pd.date_range("2025-09-01", "2025-11-28", freq="D", name="date")
    rng = np.random.default_rng(1)
    for name, kept in (("btc_usd", days), ("sp500", days[days.day_of_week < 5])):
        levels = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, len(kept))))
        pd.DataFrame({"value": levels}, index=kept).to_csv(tmp_path / f"{name}.csv")
    path = tmp_path / "study.yaml"
    path.write_text(
        f"title: T\nfocus: BTC\ninstruments: [BTC, SPX]\ndata: {{directory: .}}\nclaims: [{Path(CLAIMS).resolve()}]\n"
    )
    frame = score(path).results[0].frame  # type: ignore[union-attr]
    assert frame.loc["jgb40-record", "verdict"] == "not testable"
    assert "JGB40Y: none of its files" in frame.loc["jgb40-record", "finding"]
    assert "is in the data folder" in frame.loc["jgb40-record", "finding"]
    assert not frame["finding"].str.contains(str(tmp_path), regex=False).any()
    assert frame.loc["intraday-low", "verdict"] == "not testable"
    assert "no lows in the source" in frame.loc["intraday-low", "finding"]


def test_every_kind_has_its_own_word_and_file() -> None:
    words = [kind.model_fields["test"].annotation.__args__[0] for kind in KINDS]  # type: ignore[union-attr]
    assert len(set(words)) == len(words)
    assert [kind.__module__.rsplit(".", 1)[1] for kind in KINDS] == words


@pytest.mark.thorough
class TestRealFiles:
    """On the private series the scorecard finds by itself what claims.md knows."""

    @pytest.fixture(scope="class")
    @classmethod
    def frames(cls, series: Path) -> dict[str, pd.DataFrame]:
        return {r.name: r.frame for r in score("configs/yen_carry.yaml", data=series).results}  # type: ignore[union-attr]

    @pytest.mark.parametrize(
        ("claim", "verdict", "words"),
        [
            ("same-day-selloff", "contradicted", "the figure matches 2025-11-20 (-1.56 %)"),
            ("same-day-selloff", "contradicted", "the figure matches 2025-11-20 (-2.15 %)"),
            ("same-day-selloff", "contradicted", "BTC moved -1.78 % on 2025-11-21"),
            ("same-day-selloff", "contradicted", "trailing 24 hours, largest -10.54 % (ends at 2025-11-21 10:00 UTC)"),
            ("same-day-selloff", "contradicted", "the figure matches under none of these"),
            ("intraday-low", "contradicted", "was 80,660, not 81,600; it went below the figure"),
            ("intraday-low", "contradicted", "80,600, fell in the hour from 12:00 UTC"),
            ("jgb10-level", "supported", "was 1.82, as claimed"),
            ("jgb40-record", "partly", "was 3.601, not 3.697; it first came that far on 2026-01-19"),
            ("carry-equity-link", "contradicted", "adjustment not valid: both variances rose"),
            ("regime-2025", "undecided", "The answer is sensitive to the specification"),
            ("regime-2025", "undecided", "minimum detectable change 0.21 (80 % power)"),
            ("fragility-ratio", "not testable", "btc_liquidations.csv"),
            ("leverage-drain", "not testable", "run from 2021-09-15 to 2025-10-26 and do not cover"),
            (
                "etf-record-outflow",
                "partly",
                "The value of IBIT_FLOW on 2025-11-19 was 61, not -523; the figure matches 2025-11-18",
            ),
            ("etf-record-outflow", "partly", "the lowest of 466 values since 2024-01-11; first passed on 2026-01-30"),
            ("etf-record-outflow", "partly", "adds up to -3,467 USD million, not -2,470"),
            ("etf-cost-basis", "supported", "is 89,930 USD, within 901 of the 90,146 claimed"),
            ("vol-level", "partly", "was 44.1 % a year"),
            ("vol-level", "partly", "over 252 36.7"),
            ("vol-level", "partly", "UST10Y's price volatility"),
            ("sovereign-size", "partly", "Arithmetic on the stated figures, no evidence of intent"),
            ("headline-2026", "partly", "52 weeks to 2026-06-26: -0.88 is the correlation of levels, as said"),
            (
                "headline-2026",
                "partly",
                "changes show -0.20 (95 % interval -0.48 to 0.11): no evidence of coupling",
            ),
        ],
    )
    def test_the_verdicts(self, frames: dict[str, pd.DataFrame], claim: str, verdict: str, words: str) -> None:
        row = frames["claims-scorecard"].loc[claim]
        assert row["verdict"] == verdict
        assert words in " ".join([row["finding"], *frames["claims-legs"].loc[[claim], "beside it"]])

    def test_every_claim_of_the_list_is_there_or_in_the_file_of_predictions(self, shared: Path) -> None:
        text = (shared / "facts" / "claims.md").read_text(encoding="utf-8")
        asked = set(re.findall(r"^\| ([a-z0-9]+(?:-[a-z0-9]+)+) \|", text, flags=re.MULTILINE))
        assert len(asked) == 20
        assert asked - {claim.id for claim in load_claims(CLAIMS)} <= PREDICTIONS

    def test_the_headline_is_a_correlation_of_levels(self, frames: dict[str, pd.DataFrame]) -> None:
        figure, leg = (row for _, row in frames["claims-legs"].loc["headline-2026"].iterrows())
        assert (figure["verdict"], leg["verdict"]) == ("supported", "undecided")
        assert figure["estimate"] == pytest.approx(-0.88, abs=0.005)
        assert "2.8 % of pairs of independent random walks" in figure["beside it"]
        assert "distinguishable" not in " ".join(frames["claims-legs"].loc["headline-2026", "beside it"])
        assert leg["estimate"] == pytest.approx(-0.20, abs=0.005)
        assert leg["lower"] < leg["estimate"] < leg["upper"]
        assert leg["upper"] > -0.9 < leg["lower"]

    def test_the_regime_hangs_on_the_comparison_period(self, frames: dict[str, pd.DataFrame]) -> None:
        """As claims.md has it: BTC with US shares rose against 2018-2024 and not against 2022-2024; none with JGBs."""
        legs = frames["claims-legs"].loc["regime-2025"].set_index("instruments")
        nasdaq = legs.loc["BTC – IXIC"]
        assert nasdaq["estimate"] == pytest.approx(0.21, abs=0.03)
        assert 0 < nasdaq["lower"] < nasdaq["upper"]
        variants = frames["claims-variants"].loc["regime-2025"].set_index(["instruments", "variant"])
        later = variants.loc[("BTC – IXIC", "volatility-standardised, against the 3 years before")]
        assert later["lower"] < 0 < later["estimate"] < nasdaq["estimate"]
        yields = legs.loc["BTC – JGB10Y"]
        assert yields["estimate"] == pytest.approx(0.04, abs=0.03)
        assert yields["lower"] < 0 < yields["upper"]
        assert "asynchronous-adjusted" in yields["method"]
        assert "2020" in nasdaq["beside it"].split("With the date unknown")[1]

    def test_q_is_that_of_statsmodels(self, frames: dict[str, pd.DataFrame]) -> None:
        from statsmodels.stats.multitest import multipletests

        legs = frames["claims-legs"].dropna(subset="p_value")
        assert len(legs) >= 5
        expected = multipletests(legs["p_value"], method="fdr_by")[1]
        assert legs["q_value"].to_numpy() == pytest.approx(expected)

    def test_the_interval_of_a_volatility_is_that_of_its_formula(
        self, frames: dict[str, pd.DataFrame], series: Path
    ) -> None:
        """Chi-square with 2n / (kurtosis - (n - 3) / (n - 1)) degrees of freedom, computed here by scipy."""
        from scipy.stats import chi2

        closes = pd.read_csv(series / "btc_usd.csv", index_col="date")["value"]
        changes = 100 * np.log(closes).diff().loc[:"2025-11-21"].iloc[-30:]
        freedom = 60 / (kurtosis(changes, fisher=False) - 27 / 29)
        legs = frames["claims-legs"].loc["vol-level"]
        bitcoin = legs[legs["instruments"] == "BTC"].iloc[0]
        expected = np.sqrt(365 * changes.var() * freedom / chi2.ppf([0.975, 0.025], freedom))
        assert [bitcoin["lower"], bitcoin["upper"]] == pytest.approx(expected.tolist(), rel=1e-9)

    def test_the_command_prints_every_claim_with_its_figures(self, series: Path, tmp_path: Path) -> None:
        (tmp_path / "claims.yaml").write_text(
            HEAD + "    legs:\n"
            "      - {test: dated_change, instrument: SPX, date: 2025-11-21, value: -1.56}\n"
            "      - {test: correlation, left: SPX, right: IXIC, start: 2025-01-01, smallest: 0.5, side: positive}\n"
        )
        study = tmp_path / "study.yaml"
        study.write_text("title: T\nfocus: SPX\ninstruments: [SPX, IXIC]\nclaims: [claims.yaml]\n")
        arguments = ["claims", str(study), "--data", str(series), "--tables", str(tmp_path), "-v"]
        result = CliRunner().invoke(app, arguments, env={"COLUMNS": "130"})  # more than is used
        assert result.exit_code == 0
        printed = [line for line in result.stdout.splitlines() if not line.startswith(str(tmp_path))]
        assert max(map(len, printed)) <= 100
        text = " ".join(" ".join(printed).split())
        assert "a-claim: PARTLY" in text
        assert "dated change SPX contradicted −1.56 0.98 % – – 1" in text
        assert "Variant, SPX – IXIC, weekly changes: 0.9" in text
        assert printed[-1] == "Verdicts: partly: a-claim."
        assert "Supported: the 95 % interval lies above 0.5" in text
        assert (tmp_path / "study" / "claims-legs.svg").is_file()
        narrow = CliRunner().invoke(app, arguments[:-3], env={"COLUMNS": "70"}).stdout
        assert max(map(len, narrow.splitlines())) <= 70
        assert "correlation SPX – IXIC: supported; estimate 0.9" in " ".join(narrow.split())
