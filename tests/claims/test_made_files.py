"""The whole way of a claim in public: a claim of every kind, from files made here to the scorecard and the command.

What the files hold is built in, so the verdicts follow from it; the private series tell the same ways on real values.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from statsmodels.stats.multitest import multipletests
from typer.testing import CliRunner

from coupling.claims.kinds.table import KINDS
from coupling.cli import app
from coupling.study import score

FALL, RECORD, END = "2024-03-05", "2024-09-10", "2024-12-31"
"""A Tuesday on which shares fell by 1.56 %, the day of the lowest yield, and the end of the files."""
SINCE = "2022-07-01"
SAID: dict[str, object] = {"test": "prediction", "made": "2024-01-31", "instrument": "IXIC", "of": "level"}
CLAIMS: dict[str, tuple[str, list[dict[str, object]]]] = {
    "fall": ("supported", [{"test": "dated_change", "instrument": "SPX", "date": FALL, "value": -1.56}]),
    "rise": ("contradicted", [{"test": "dated_change", "instrument": "SPX", "date": FALL, "value": 1.56}]),
    "level": ("supported", [{"test": "dated_level", "instrument": "JGB10Y", "date": RECORD, "value": 0.25}]),
    "record": ("supported", [{"test": "record", "instrument": "JGB10Y", "date": RECORD, "side": "lowest"}]),
    "span": (
        "supported",
        [{"test": "level_change", "instrument": "ETH", "date": END, "over": "100d", "value": 25, "digits": 0}],
    ),
    "depth": (
        "supported",
        [{"test": "peak_to_trough", "instrument": "ETH", "start": SINCE, "end": END, "value": -50, "digits": 0}],
    ),
    "flows": (
        "partly",
        [
            {"test": "total", "instrument": "ETF_FLOW", "start": "2024-01-01", "end": END, "value": 252},
            {
                "test": "share",
                "part": "IBIT_FLOW",
                "whole": "ETF_FLOW",
                "start": "2024-01-01",
                "end": END,
                "value": 60,
            },
        ],
    ),
    "cost": (
        "supported",
        [{"test": "weighted_price", "price": "ETH", "flow": "ETF_FLOW", "start": "2024-11-01", "value": 125}],
    ),
    "hour": (
        "supported",
        [{"test": "extreme_hour", "instrument": "BTC_1H", "date": FALL, "of": "low", "at": "12:00"}],
    ),
    "sizes": ("supported", [{"test": "arithmetic", "expression": "3 * 4", "relation": "about", "value": 12}]),
    "together": (
        "supported",
        [{"test": "correlation", "left": "SPX", "right": "IXIC", "start": SINCE, "smallest": 0.5, "side": "positive"}],
    ),
    "apart": (
        "contradicted",
        [{"test": "correlation", "left": "SPX", "right": "IXIC", "start": SINCE, "smallest": 0.2, "side": "negative"}],
    ),
    "shift": (
        "contradicted",
        [
            {
                "test": "correlation_change",
                "left": "SPX",
                "right": "IXIC",
                "date": "2024-01-01",
                "side": "negative",
                "smallest": 0.3,
                "baselines": ["equal"],
            }
        ],
    ),
    "came": ("supported", [SAID | {"event": "any_day", "above": 1, "by": END}]),
    "failed": ("contradicted", [SAID | {"event": "last", "below": 1, "by": "2024-06-28"}]),
    "open": ("undecided", [SAID | {"event": "last", "below": 1, "by": "2026-12-31"}]),
}
UNDER_THEIR_OWN_TESTS = {
    "correlation_on_days",
    "levels_against_changes",
    "ratio",
    "realised_volatility",
    "shock_response",
    "variance_share",
}
"""Kinds whose simulated worlds stand in `test_correlations`, `test_facts`, `test_shock_response`."""


def shares() -> pd.DataFrame:
    """Return two indices whose changes correlate with .9, one of which fell by 1.56 % on the day."""
    days = pd.bdate_range("2022-01-03", END)
    e = np.random.default_rng(3).normal(size=(len(days), 2))
    moves = pd.DataFrame({"SPX": e[:, 0], "IXIC": 0.9 * e[:, 0] + 0.19**0.5 * e[:, 1]}, index=days)
    moves.loc[FALL, "SPX"] = 100 * np.log(1 - 0.0156)
    return 4000 * np.exp(moves.cumsum() / 100)


def fill(folder: Path) -> None:
    """Write the files: shares, a yield with one low, a coin that halves and comes back, flows, and hours of one day."""

    def write(name: str, series: pd.Series, file: str = "") -> None:
        series.rename("value").rename_axis("date").to_csv(folder / (file or f"{name}.csv"))

    for name, path in shares().items():
        write(str(name), path)
    business, every = pd.bdate_range("2022-01-03", END), pd.date_range("2022-01-01", END)
    noise = np.random.default_rng(5).normal(0, 0.01, len(business))
    low = pd.Series(0.75 + 0.2 * np.sin(np.arange(len(business)) / 50) + noise, index=business)
    low[RECORD] = 0.25
    write("JGB10Y", low)
    path = {"2022-01-01": 200.0, "2022-07-01": 200.0, "2023-07-01": 100.0, "2024-09-22": 100.0, "2024-10-20": 125.0}
    known = pd.Series(path).set_axis(pd.DatetimeIndex(path)).reindex(every)
    write("ETH", known.interpolate(method="time"))
    write("ETF_FLOW", pd.Series(1.0, index=every), "etf_flow.csv")
    write("IBIT_FLOW", pd.Series(0.5, index=every), "ibit_flow.csv")
    hours = pd.date_range(f"{FALL}T00:00Z", periods=24, freq="h")
    bars = pd.DataFrame(dict.fromkeys(("open", "high", "low", "close"), 100.0), index=hours)
    bars.loc[hours[12], "low"] = 80.0
    bars.rename_axis("time_utc").to_csv(folder / "btc_1h.csv", date_format="%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("claims")
    fill(folder)
    claims = [
        {"id": name, "source": "nobody", "says": "as it is built", "legs": legs} for name, (_, legs) in CLAIMS.items()
    ]
    (folder / "claims.yaml").write_text(yaml.safe_dump({"claims": claims}))
    path = folder / "study.yaml"
    path.write_text("title: Made\nfocus: SPX\ninstruments: [SPX, IXIC]\ndata: {directory: .}\nclaims: [claims.yaml]\n")
    return path


@pytest.fixture(scope="module")
def frames(study: Path) -> dict[str, pd.DataFrame]:
    return {each.name: each.frame for each in score(study).results}  # type: ignore[union-attr]


@pytest.mark.parametrize("claim", CLAIMS)
def test_the_verdict_is_the_one_that_was_built_in(frames: dict[str, pd.DataFrame], claim: str) -> None:
    assert frames["claims-scorecard"].loc[claim, "verdict"] == CLAIMS[claim][0], frames["claims-legs"].loc[claim]


def test_every_kind_goes_the_whole_way_or_has_a_world_of_its_own() -> None:
    words = {str(leg["test"]) for _, legs in CLAIMS.values() for leg in legs}
    assert words | UNDER_THEIR_OWN_TESTS == {kind.__module__.rsplit(".", 1)[1] for kind in KINDS}


def test_findings_say_what_was_found_and_where(frames: dict[str, pd.DataFrame]) -> None:
    said = frames["claims-scorecard"]["finding"]
    assert said["rise"].startswith("SPX moved -1.56 % on 2024-03-05, close to close, not +1.56 %;")
    assert "the lowest of 702 values since 2022-01-03; not passed since" in said["record"]
    assert said["depth"].startswith("ETH fell -50.00 % from 200 on 2022-07-01 to 100 on 2023-07-01")
    assert "IBIT_FLOW was 50 % of ETF_FLOW" in said["flows"]
    truth, row = 0.9, frames["claims-legs"].loc["together"]
    assert row["lower"] < truth < row["upper"]


def test_q_is_that_of_statsmodels(frames: dict[str, pd.DataFrame]) -> None:
    legs = frames["claims-legs"].dropna(subset=["p_value"])
    assert len(legs) >= 3
    expected = multipletests(legs["p_value"].astype(float), method="fdr_by")[1]
    np.testing.assert_allclose(legs["q_value"].astype(float), expected, rtol=0, atol=1e-12)


def test_the_ledger_scores_what_is_settled_and_leaves_open_what_is_open(frames: dict[str, pd.DataFrame]) -> None:
    ledger = frames["claims-ledger"]
    assert ledger["status"].to_dict() == {"came": "came true", "failed": "failed", "open": "open"}
    assert ledger["brier_models"].notna().to_dict() == {"came": True, "failed": True, "open": False}
    assert (ledger["at_claim_lower"] <= ledger["at_claim"]).all()
    assert (ledger["at_claim"] <= ledger["at_claim_upper"]).all()
    assert "the data reach 2024-12-31" in frames["claims-scorecard"].loc["open", "finding"]


def test_the_command_prints_every_claim_within_the_width_of_the_terminal(study: Path) -> None:
    for width in (70, 130):
        done = CliRunner().invoke(app, ["claims", str(study)], env={"COLUMNS": str(width)})
        assert done.exit_code == 0, done.output
        assert max(map(len, done.stdout.splitlines())) <= width
        text = " ".join(done.stdout.split())
        for claim, (verdict, _) in CLAIMS.items():
            assert f"{claim}: {verdict.upper()}" in text
