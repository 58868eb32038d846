"""The response to liquidations, on simulated markets in which it is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from coupling.claims import Verdict
from coupling.claims.evidence import Evidence
from coupling.claims.kinds.shock_response import ShockResponse, _respond
from coupling.claims.shocks import log_range, shock_days
from coupling.data.changes import ChangeRule
from coupling.data.observations import Observations
from coupling.errors import InputError
from coupling.results.base import Provenance
from coupling.study import score
from tests.claims.closes import instrument

DAYS = 2200


def observed(name: str, values: np.ndarray, bars: pd.DataFrame | None = None, rule: str = "log") -> Observations:
    dates = pd.date_range("2019-01-01", periods=len(values), freq="D")
    struck = (dates + pd.Timedelta(days=1)).tz_localize("UTC")
    return Observations(
        name=name,
        levels=pd.Series(values, index=struck),
        known_at=pd.Series(struck, index=struck),
        labels=pd.Series(dates, index=struck),
        bars=None if bars is None else bars.set_index(struck),
        change=ChangeRule(rule),
    )


def market(seed: int, *, effect: float = 0.0, drained: float = 0.0, linked: float = 0.0) -> Evidence:
    """Log volatility is AR(1); liquidations come at random and, where `linked`, are larger when it is.

    Each day of the largest 5 % of liquidations takes `effect` off log volatility on each of the 20 days after it, and
    `drained` off log open interest at once. Later shocks come as often after a shock as at any time, so that is what
    a shock changes against what would have been.
    """
    rng = np.random.default_rng(seed)
    v = np.zeros(DAYS)
    for t in range(1, DAYS):
        v[t] = 0.9 * v[t - 1] + 0.25 * rng.standard_normal()
    sizes = np.exp(linked * v + rng.normal(0, 0.8, DAYS))
    shocks = [t for t in range(90, DAYS) if sizes[t] > np.quantile(sizes[max(0, t - 365) : t], 0.95)]
    oi = np.cumsum(rng.normal(0, 0.01, DAYS))
    for t in shocks:
        v[t + 1 : t + 21] -= effect
        oi[t:] -= drained
    change = 0.02 * np.exp(v) * rng.standard_normal(DAYS)
    closes = 100 * np.exp(np.cumsum(change))
    half = 0.5 * 0.03 * np.exp(v)
    bars = pd.DataFrame({"open": closes, "high": closes * np.exp(half), "low": closes * np.exp(-half)})
    items = (observed("BTC", closes, bars), observed("LIQ", sizes, rule="value"), observed("OI", 1e9 * np.exp(oi)))
    return Evidence(
        observations={item.name: item for item in items},
        instruments={item.name: instrument() for item in items},  # type: ignore[misc]
        missing={},
        provenance=Provenance(),
        seed=1,
    )


def leg(**options: object) -> ShockResponse:
    settings = {"test": "shock_response", "shock": "LIQ", "price": "BTC", "side": "negative", "smallest": 5}
    return ShockResponse.model_validate(settings | options)


def test_a_known_fall_of_volatility_is_found() -> None:
    finding = leg().check(market(3, effect=0.3))
    assert finding.estimate == pytest.approx(100 * np.expm1(-0.3), abs=8)  # -26 %
    assert finding.verdict is Verdict.SUPPORTED
    assert finding.n_effective is not None
    assert finding.n_effective > 20
    (path,) = finding.details
    frame = path.frame
    assert frame["horizon"].tolist() == list(range(1, 21))
    assert set(frame["instrument"]) == {"BTC's volatility"}
    assert frame["estimate"].iloc[-1] == finding.estimate


def test_a_known_rise_contradicts() -> None:
    assert leg().check(market(4, effect=-0.3)).verdict is Verdict.CONTRADICTED


@pytest.mark.thorough
def test_a_known_loss_of_open_interest_is_found() -> None:
    finding = leg(open_interest="OI").check(market(5, drained=0.12))
    assert finding.lower is not None
    assert finding.upper is not None
    assert finding.lower < 100 * np.expm1(-0.12) < finding.upper
    assert finding.verdict is Verdict.SUPPORTED


def test_high_volatility_that_only_returns_to_its_mean_is_no_effect() -> None:
    """Without the day's own volatility held fixed the fall after a shock would be taken for its effect."""
    evidence = market(6, linked=0.8)
    finding = leg().check(evidence)
    assert finding.lower is not None
    assert finding.upper is not None
    assert finding.lower < 0 < finding.upper
    assert finding.verdict is not Verdict.SUPPORTED
    size = log_range(evidence, "BTC")
    shocks = shock_days(
        pd.Series(evidence.observations["LIQ"].levels.to_numpy(), index=size.index), share=0.05, days=20
    )
    places = np.flatnonzero(shocks == 1)
    after = np.mean([size.iloc[t + 1 : t + 21].mean() - size.iloc[t] for t in places[places < DAYS - 21]])
    assert after < -10


def test_a_threshold_knows_only_the_year_before() -> None:
    flow = pd.Series(np.random.default_rng(0).exponential(size=600), index=pd.date_range("2020-01-01", periods=600))
    later = flow.copy()
    later.iloc[400:] *= 10
    first, second = (shock_days(each, share=0.05, days=10) for each in (flow, later))
    pd.testing.assert_series_equal(first.iloc[:400], second.iloc[:400])
    assert first.iloc[:90].isna().all()
    anchors = np.flatnonzero(first == 1)
    assert np.diff(anchors).min() > 10


def test_too_few_episodes_reject_nothing() -> None:
    evidence = market(3, effect=0.3)
    short = leg(start="2019-04-01", end="2019-08-31").check(evidence)
    assert short.verdict is Verdict.UNDECIDED
    assert "cannot reject anything" in short.sentence


def test_a_calm_flow_and_a_source_without_highs_are_said() -> None:
    with pytest.raises(InputError, match="no day of the flow exceeds"):
        shock_days(pd.Series(1.0, index=pd.date_range("2020-01-01", periods=200)), share=0.05, days=5)
    evidence = market(1)
    evidence.observations["BTC"] = observed("BTC", np.ones(DAYS))  # type: ignore[index]
    with pytest.raises(InputError, match="no highs"):
        leg().check(evidence)


@pytest.mark.thorough
def test_a_file_that_the_user_brings_is_tested(tmp_path: Path) -> None:
    evidence = market(3, effect=0.3)
    bitcoin = evidence.observations["BTC"]
    bars = bitcoin.bars
    assert bars is not None
    dates = pd.DatetimeIndex(bitcoin.dates).rename("date")
    frame = pd.DataFrame({name: bars[name].to_numpy() for name in bars}, index=dates).assign(
        close=bitcoin.levels.to_numpy()
    )
    frame.to_csv(tmp_path / "btc_usd_ohlcv.csv")
    for name, file in (("LIQ", "btc_liquidations.csv"), ("OI", "btc_oi.csv")):
        pd.DataFrame({"value": evidence.observations[name].levels.to_numpy()}, index=dates).to_csv(tmp_path / file)
    (tmp_path / "claims.yaml").write_text(
        "claims:\n  - id: loop\n    source: S\n    says: T\n    legs:\n"
        "      - {test: shock_response, shock: BTC_LIQ, price: BTC, side: negative, smallest: 5}\n"
        "      - {test: shock_response, shock: BTC_LIQ, price: BTC, open_interest: BTC_OI, "
        "side: negative, smallest: 5}\n"
    )
    study = tmp_path / "study.yaml"
    study.write_text("title: T\nfocus: BTC\ninstruments: [BTC, BTC_OI]\ndata: {directory: .}\nclaims: [claims.yaml]\n")
    results = {each.name: each for each in score(study).results}
    legs = results["claims-legs"].frame  # type: ignore[union-attr]
    assert legs["verdict"].tolist() == ["supported", "contradicted"]  # volatility falls, open interest does not
    assert {"claims-response-of-btc", "claims-response-of-btc-oi"} < set(results)


@pytest.mark.thorough
def test_without_the_file_the_claim_names_what_is_missing(series: Path, tmp_path: Path) -> None:
    written = yaml.safe_load(Path("configs/claims/terminal_reflexivity.yaml").read_text(encoding="utf-8"))["claims"]
    path = tmp_path / "loop.yaml"
    path.write_text(yaml.safe_dump({"claims": [claim for claim in written if claim["id"] == "leverage-vol-loop"]}))
    study = {"title": "T", "focus": "BTC", "instruments": ["BTC", "USDJPY"], "claims": [str(path)]}
    (row,) = score(study, data=series).results[0].frame.itertuples()  # type: ignore[union-attr]
    assert row.verdict == "not testable"
    assert "BTC_LIQ: none of its files" in row.finding
    assert "btc_liquidations.csv" in row.finding


@pytest.mark.slow
def test_the_size_of_the_test_without_any_effect() -> None:
    """Of 100 markets in which volatility only returns to its mean, the 95 % interval leaves out 0 in few."""
    found = [_respond(leg(), market(1000 + seed, linked=0.8)) for seed in range(100)]
    outside = np.mean([not each.lower < 0 < each.upper for each in found])
    rejected = np.mean([each.p_value <= 0.05 for each in found])
    assert outside <= 0.11, outside
    assert rejected <= 0.11, rejected
