"""Instruments of one's own in the simulated market: their kind, their clock, and nothing in common with the rest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import coupling as cp
from coupling.data.instrument import Instrument
from coupling.data.sources.simulated import knows, simulate_market
from coupling.errors import DataError
from coupling.study.companions import load_detector
from coupling.study.preparing import dataset_of

BASE: dict[str, Any] = {
    "title": "T",
    "focus": "MINE",
    "instruments": ["MINE", "SPX"],
    "data": {"source": "simulated"},
    "correlation": {"rolling": {"window": 250}, "hayashi_yoshida": None},
}


def own(name: str = "MINE", clock: str = "XNYS", **fields: Any) -> Instrument:
    return Instrument.model_validate({"name": name, "sources": [{"fred": name, "clock": clock}], **fields})


@pytest.mark.parametrize(
    ("fields", "annual"),
    [
        ({"kind": "price"}, 15), ({"kind": "index"}, 18), ({"kind": "yield"}, 70),
        ({"kind": "flow", "change": "difference"}, 15), ({"kind": "flow", "change": "log"}, 15),
    ],
)  # fmt: skip
def test_its_kind_says_how_far_it_moves(fields: dict[str, Any], annual: float) -> None:
    changes = simulate_market(3).observe_alone(own(clock="UTC", **fields)).changes.dropna()
    assert changes.std() * np.sqrt(365) == pytest.approx(annual, rel=0.1)
    assert abs(changes.autocorr()) < 0.06


def test_a_volatility_reverts_and_a_flow_is_a_change_already() -> None:
    volatility = simulate_market(3).observe_alone(own(kind="volatility", clock="CBOE"))
    assert volatility.levels.between(4, 100).all()
    flow = simulate_market(3).observe_alone(own(kind="flow", clock="UTC"))
    assert flow.levels.mean() == pytest.approx(0, abs=1)
    assert flow.levels.std() == pytest.approx(15, rel=0.1)


@pytest.mark.parametrize(
    ("clock", "rows"),
    [("UTC", 4018), ("XNYS", 2766), ("CFTC", 574), ("MONTH", 132), ("hourly", 96432), ("17:20 Europe/Athens", 2871)],
)
def test_its_clock_says_when_it_is_seen(clock: str, rows: int) -> None:
    seen = simulate_market(3).observe_alone(own(kind="price", clock=clock))
    assert len(seen.levels) == pytest.approx(rows, rel=0.01)
    assert seen.levels.index.is_monotonic_increasing
    assert (seen.known_at >= seen.levels.index).all()


def test_the_draws_hang_on_name_and_seed_alone() -> None:
    market = simulate_market(3)
    one, again = (market.observe_alone(own(kind="price")).levels for _ in range(2))
    assert one.equals(again)
    other = market.observe_alone(own("OTHER", kind="price")).levels
    assert abs(np.log(one).diff().corr(np.log(other).diff())) < 0.06
    assert not simulate_market(4).observe_alone(own(kind="price")).levels.equals(one)


def test_it_is_independent_and_the_page_says_so() -> None:
    study = {**BASE, "define": {"MINE": {"kind": "price", "sources": [{"fred": "X", "clock": "XNYS"}]}}}
    result = cp.run(study)
    assert result.exit_code == 0
    assert (
        result.banner == "MINE is simulated from its kind and clock alone, independent of everything else on this page."
    )
    truth = next(each for each in result.rooms[0].results if each.name == "data-truth")
    assert truth.frame[["before", "after"]].to_numpy().tolist() == [[0.0, 0.0]]
    assert truth.sentence == (
        "No true correlation of these pairs shifts. MINE is drawn independently of everything else: every true "
        "correlation is 0, and no simulated event moves the level."
    )
    rolling = cp.RollingCorrelation().fit(cp.load_panel(study).changes).between("MINE", "SPX")
    assert abs(float(rolling["estimate"].iloc[-1])) < 0.07


def test_a_definition_of_what_the_world_has_is_the_worlds() -> None:
    same = {"SPX": {"kind": "index", "sources": [{"fred": "SP500", "clock": "XNYS"}]}}
    defined = cp.load_panel({**BASE, "focus": "BTC", "instruments": ["BTC", "SPX"], "define": same})
    plain = cp.load_panel({**BASE, "focus": "BTC", "instruments": ["BTC", "SPX"]})
    pd.testing.assert_frame_equal(defined.levels, plain.levels)
    assert not knows(own("SPX", kind="yield"))
    assert not knows(own("MINE", kind="price"))


def test_a_formula_may_be_made_of_it() -> None:
    define = {
        "MINE": {"kind": "price", "formula": "A / SPX"},
        "A": {"kind": "price", "sources": [{"fred": "X", "clock": "XNYS"}]},
    }
    panel = cp.load_panel({**BASE, "define": define})
    assert panel.truth is not None
    assert panel.truth.correlation("MINE", "SPX", panel.levels.index[:1]).isna().all()


def test_what_nobody_defines_is_still_refused_with_the_way_out() -> None:
    with pytest.raises(DataError, match="yahoo:MSTR is not part .* describe it under define: to have it drawn on its"):
        cp.load_panel({**BASE, "focus": "SPX", "instruments": ["SPX", "yahoo:MSTR"]})


def test_the_detector_watches_what_the_world_has_where_it_may_choose() -> None:
    study = cp.load_study("yen_carry").model_copy(update={"data": cp.load_study("simulated").data})
    assert study.events is not None
    assert study.events.detector is not None
    found = load_detector(study, study.events.detector, dataset_of(study, fallback_simulated=False))
    assert found.parts["yen"] == "USDJPY"
