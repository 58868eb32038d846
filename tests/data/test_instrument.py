"""The catalogue is whole, and definitions of one's own are checked."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from coupling.data.clocks.clock import load_clock
from coupling.data.instrument import HOURLY, Instrument, SourceEntry, instruments, load_instruments, resolve
from coupling.errors import ConfigurationError

NAMES = [
    "BTC",
    "BTC_1H",
    "ETH",
    "JGB2Y",
    "JGB5Y",
    "JGB10Y",
    "JGB20Y",
    "JGB30Y",
    "JGB40Y",
    "USDJPY",
    "SPX",
    "IXIC",
    "NDX",
    "VIX",
    "UST10Y",
    "GOLD",
    "DXY",
    "NKY",
    "ETF_FLOW",
    "IBIT_FLOW",
    "BTC_OI",
    "BTC_LIQ",
    "BTC_LIQ_LONG",
    "FUNDING",
    "CFTC_JPY",
]


def test_the_catalogue_holds_every_instrument_of_the_design() -> None:
    assert list(load_instruments()) == NAMES
    assert instruments().index.tolist() == NAMES


def test_every_clock_that_the_catalogue_names_exists() -> None:
    clocks = {entry.clock for item in load_instruments().values() for entry in item.sources} - {HOURLY}
    assert all(load_clock(name).name == name for name in clocks)


@pytest.mark.parametrize(
    ("name", "unit", "annualisation"),
    [("BTC", "%", 365), ("JGB10Y", "bp", 252), ("VIX", "%", 252), ("ETF_FLOW", "USD million", 252)],
)
def test_a_change_has_the_unit_of_its_kind(name: str, unit: str, annualisation: int) -> None:
    item = resolve(name)
    assert (item.change_unit, item.annualisation) == (unit, annualisation)


def test_a_definition_reads_the_short_form_of_a_source() -> None:
    item = Instrument.model_validate(
        {"name": "MSTR", "kind": "price", "unit": "USD", "sources": [{"yahoo": "MSTR", "clock": "XNYS"}]}
    )
    assert item.sources == (SourceEntry(provider="yahoo", symbol="MSTR", clock="XNYS"),)
    assert (item.title, item.change_unit) == ("MSTR", "%")


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"name": "A", "kind": "price"}, "needs either sources or a formula"),
        ({"name": "A", "kind": "yield", "formula": "UST10Y minus JGB10Y"}, "two instruments and one of"),
        ({"name": "A", "kind": "colour", "formula": "UST10Y - JGB10Y"}, "'price', 'yield'"),
        ({"name": "A", "kind": "price", "sources": [{"clock": "XNYS"}]}, "names exactly one of"),
        (
            {"name": "A", "kind": "price", "sources": [{"yahoo": "A", "fred": "B", "clock": "UTC"}]},
            "names exactly one of",
        ),
    ],
)
def test_a_wrong_definition_is_refused(entry: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Instrument.model_validate(entry)


def test_an_unknown_instrument_names_the_nearest() -> None:
    with pytest.raises(ConfigurationError, match="did you mean 'JGB10Y'"):
        resolve("JGB10")


def test_open_interest_is_a_flow_that_changes_in_percent() -> None:
    interest = resolve("BTC_OI")
    assert (str(interest.kind), interest.change_unit) == ("flow", "%")
