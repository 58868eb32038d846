"""The simulated market has the truth that it claims."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coupling.data.alignment import AlignmentSection
from coupling.data.instrument import resolve
from coupling.data.loading.dataset import DataSection, load_dataset
from coupling.data.panel import build_panel
from coupling.data.sources.simulated import simulate_market
from coupling.errors import DataError


def test_the_same_seed_gives_the_same_market() -> None:
    first = simulate_market(3).observe(resolve("BTC")).levels
    simulate_market.cache_clear()
    assert first.equals(simulate_market(3).observe(resolve("BTC")).levels)
    assert not first.equals(simulate_market(4).observe(resolve("BTC")).levels)


def test_every_instrument_is_seen_at_its_own_clock() -> None:
    market = simulate_market(0)
    hours = {name: set(market.observe(resolve(name)).levels.index.hour) for name in ("BTC", "JGB10Y", "SPX", "NKY")}
    assert hours == {"BTC": {0}, "JGB10Y": {6}, "SPX": {17, 18, 20, 21}, "NKY": {6}}


def test_the_true_correlation_is_met_before_and_after_its_shift() -> None:
    errors = []
    for seed in range(4):
        market = simulate_market(seed)
        hourly = market.path.diff().iloc[1:]
        quiet = ~hourly.index.isin(_event_hours(market.truth.events))
        for part, truth in (
            (hourly[quiet & (hourly.index <= market.truth.shift)], market.truth.before),
            (hourly[quiet & (hourly.index > market.truth.shift)], market.truth.after),
        ):
            scaled = part.drop(columns="VIX") / part.drop(columns="VIX").rolling(240).std()
            errors.append((scaled.corr() - truth.drop(index="VIX", columns="VIX")).abs().max().max())
    assert np.mean(errors) < 0.03


def _event_hours(events: pd.DataFrame) -> pd.DatetimeIndex:
    return pd.DatetimeIndex([start + pd.Timedelta(hours=k) for start in events["instant"] for k in range(1, 7)])


def test_volatility_is_what_the_world_says_and_tails_are_heavy() -> None:
    daily = pd.concat([simulate_market(seed).path[["BTC", "JGB10Y"]].resample("1D").last().diff() for seed in range(4)])
    annual = daily.std() * np.sqrt(365)
    assert annual["BTC"] == pytest.approx(55, rel=0.15)
    assert annual["JGB10Y"] == pytest.approx(40, rel=0.15)
    assert (daily.kurt() > 2).all()


def test_events_have_their_dates_and_sizes() -> None:
    truth = simulate_market(1).truth
    assert len(truth.events) == 12
    assert truth.events["instant"].diff().min() >= pd.Timedelta(days=120)
    assert truth.response("BTC") == pytest.approx(-6.0 * truth.events["severity"].mean())
    path = simulate_market(1).path["SPX"]
    moves = [path[start + pd.Timedelta("6h")] - path[start] for start in truth.events["instant"]]
    assert np.mean(moves) == pytest.approx(truth.response("SPX"), abs=0.6)


def test_the_truth_of_a_pair_steps_at_the_shift() -> None:
    truth = simulate_market(0).truth
    at = pd.DatetimeIndex(["2022-12-31", "2023-01-02"], tz="UTC")
    assert truth.correlation("BTC", "SPX", at).round(3).tolist() == [0.19, 0.522]


def test_it_serves_all_instruments_or_none() -> None:
    with pytest.raises(DataError, match="ETF_FLOW is not part of the simulated market"):
        load_dataset(DataSection(source="simulated"), ["BTC", "ETF_FLOW"])


def test_it_never_serves_unless_asked_for(tmp_path: Path) -> None:
    empty = DataSection(source="store", store=str(tmp_path))
    with pytest.raises(DataError, match="no data source is available"):
        load_dataset(empty, ["BTC", "SPX"])
    fallen = load_dataset(empty, ["BTC", "SPX"], fallback_simulated=True)
    assert fallen.simulated
    assert fallen.provenance("", 0).simulated


def test_a_panel_of_it_carries_its_truth() -> None:
    dataset = load_dataset(DataSection(source="simulated"), ["BTC", "SPX"])
    panel = build_panel(dataset.observations, dataset.instruments, AlignmentSection(), truth=dataset.truth)
    assert panel.truth is dataset.truth
    assert panel.pair("BTC", "SPX").truth is dataset.truth
