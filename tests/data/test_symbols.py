"""The table of symbols agrees with the exchanges' own codes, and what it does not have is asked for."""

from __future__ import annotations

import exchange_calendars
import pytest

from coupling.data import symbols
from coupling.data.clocks.calendars import zone
from coupling.data.clocks.clock import load_clock
from coupling.data.instrument import load_instruments, resolve
from coupling.errors import ConfigurationError

CODES = set(exchange_calendars.get_calendar_names(include_aliases=False))
LATER = {"XBEL", "XLIT", "XRIS", "XTAL"}  # calendars that exchange_calendars has since 4.9
# The city of each market in Yahoo's list of suffixes.
CITIES = {
    ".T": "Asia/Tokyo",
    ".L": "Europe/London",
    ".DE": "Europe/Berlin",
    ".PA": "Europe/Paris",
    ".AS": "Europe/Amsterdam",
    ".BR": "Europe/Brussels",
    ".LS": "Europe/Lisbon",
    ".IR": "Europe/Dublin",
    ".MI": "Europe/Rome",
    ".MC": "Europe/Madrid",
    ".VI": "Europe/Vienna",
    ".HE": "Europe/Helsinki",
    ".AT": "Europe/Athens",
    ".SW": "Europe/Zurich",
    ".ST": "Europe/Stockholm",
    ".CO": "Europe/Copenhagen",
    ".OL": "Europe/Oslo",
    ".IC": "Atlantic/Reykjavik",
    ".WA": "Europe/Warsaw",
    ".PR": "Europe/Prague",
    ".BD": "Europe/Budapest",
    ".IS": "Europe/Istanbul",
    ".TA": "Asia/Tel_Aviv",
    ".SR": "Asia/Riyadh",
    ".JO": "Africa/Johannesburg",
    ".TO": "America/Toronto",
    ".V": "America/Toronto",
    ".SA": "America/Sao_Paulo",
    ".MX": "America/Mexico_City",
    ".SN": "America/Santiago",
    ".BA": "America/Argentina/Buenos_Aires",
    ".HK": "Asia/Hong_Kong",
    ".SS": "Asia/Shanghai",
    ".SZ": "Asia/Shanghai",
    ".KS": "Asia/Seoul",
    ".KQ": "Asia/Seoul",
    ".TW": "Asia/Taipei",
    ".NS": "Asia/Kolkata",
    ".BO": "Asia/Kolkata",
    ".AX": "Australia/Sydney",
    ".NZ": "Pacific/Auckland",
    ".SI": "Asia/Singapore",
    ".JK": "Asia/Jakarta",
    ".KL": "Asia/Kuala_Lumpur",
    ".BK": "Asia/Bangkok",
    ".PS": "Asia/Manila",
    "-USD": "UTC",
}


@pytest.mark.parametrize(("suffix", "city"), CITIES.items())
def test_a_suffix_has_the_clock_of_its_market(suffix: str, city: str) -> None:
    clock = load_clock(resolve(f"yahoo:XYZ{suffix}").sources[0].clock)
    assert zone(clock.days) == city
    assert clock.at in ("close", "24:00 UTC")


def test_every_line_names_a_clock_and_a_kind_that_exist() -> None:
    lines = {f"{provider}:{name}" for provider, table in symbols._table().items() for name in table["exact"]}
    lines |= {f"{provider}:A{end}" for provider, table in symbols._table().items() for end in table["suffixes"]}
    for name in lines:
        listed = symbols.read_symbol(name)
        if listed.clock in LATER - CODES:
            continue
        item = resolve(name)
        assert load_clock(item.sources[0].clock).name == listed.clock
        assert item.unit
        assert item.note.startswith("clock ")


def test_the_table_agrees_with_the_catalogue() -> None:
    for item in load_instruments().values():
        for entry in item.sources:
            if str(entry.provider) in ("yahoo", "fred", "mof", "ecb") and not entry.symbol.endswith("=F"):
                listed = resolve(f"{entry.provider}:{entry.symbol}")
                assert listed.sources[0].clock == entry.clock, entry
                assert (listed.change, listed.annualisation) == (
                    item.change,
                    item.annualisation,
                ) or entry.clock == "MONTH"


@pytest.mark.parametrize(
    ("name", "clock", "kind", "annualisation", "note"),
    [
        ("yahoo:MSTR", "XNYS", "price", 252, "inferred from the entry MSTR"),
        ("yahoo:^FTSE", "XLON", "index", 252, "inferred from the entry ^FTSE"),
        ("yahoo:000001.SS", "XSHG", "index", 252, "inferred from the entry 000001.SS"),
        ("yahoo:M&M.NS", "XBOM", "price", 252, "inferred from the suffix .NS"),
        ("yahoo:SOL-USD", "UTC", "price", 365, "inferred from the suffix -USD"),
        ("fred:DFII10", "H15", "yield", 252, "inferred from the entry DFII10"),
        ("fred:DCOILWTICO", "EIA", "flow", 252, "inferred from the entry DCOILWTICO"),
        ("fred:WXYZ@H15", "H15", "yield", 252, "stated in its name, kind yield as of all of H15"),
        ("yahoo:^VIX@CBOE", "CBOE", "volatility", 252, "inferred from the entry ^VIX"),
        ("mof:15Y", "MOF", "yield", 252, "inferred from the rule for all of mof"),
        ("ecb:GBPJPY", "ECB", "price", 252, "inferred from the rule for all of ecb"),
    ],
)
def test_a_symbol_is_what_the_table_or_its_name_says(
    name: str, clock: str, kind: str, annualisation: int, note: str
) -> None:
    item = resolve(name)
    assert (item.name, item.sources[0].clock, item.kind, item.annualisation) == (name, clock, kind, annualisation)
    assert note in item.note


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("yahoo:AAPL", "'yahoo:AAPL@XNYS' for New York close"),
        ("yahoo:CL=F", "'yahoo:CL=F@COMEX' for settlement at 13:30 New York"),
        ("yahoo:GC=F", "never guessed"),
        ("yahoo:EURUSD=X", "'yahoo:EURUSD=X@YAHOO_FX' for 00:00 UTC"),
        ("yahoo:BRK-B", "never guessed"),
        ("yahoo:BMW.F", "never guessed"),
        ("yahoo:.T", "never guessed"),
        ("yahoo:-USD", "never guessed"),
        ("fred:UNRATE", "'fred:UNRATE@H15'"),
        ("fred:UNRATE@MONTH", "whether UNRATE is a price or a yield is not known"),
        ("yahoo:^N225@XNYS", "states the clock XNYS, and the entry .N225 of yahoo has XTKS; drop '@XNYS'"),
        ("yahoo:AAPL@", "clock '' is unknown"),
        ("yahoo:AAPL@NYSE", "write the code 'XNYS'"),
        ("yahoo:AAPL@XNYSE", "did you mean 'XNYS'"),
        ("yahoo:AAPL@24/7", "cannot stand in a name"),
        ("yahoo:mstr", "write it as 'yahoo:MSTR'"),
        ("yahoo:", "'' is no symbol of yahoo; write it as 'yahoo:.N225'"),
        ("yahoo:../../x", "is no symbol of yahoo"),
        ("fred:A B", "is no symbol of fred"),
        ("mof:10", "write it as 'mof:10Y'"),
        ("ecb:USD", "write it as 'ecb:EURUSD'"),
        ("file:mine.csv", "map it with data.files"),
        ("Yahoo:MSTR", "did you mean 'yahoo'"),
        (":", "known: ecb, fred, mof, yahoo"),
        ("AAPL", '"yahoo:AAPL@XNYS" .source:symbol, .* define:'),
        ("DGS2", '"fred:DGS2"'),
        ("0700.HK", '"yahoo:0700.HK"'),
        ("btc", "did you mean 'BTC'"),
        ("my own", '"yahoo:SYMBOL@CLOCK"'),
    ],
)
def test_what_is_not_listed_is_asked_for(name: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        resolve(name)
    assert len(caught.value.message) < 250


def test_a_definition_beats_the_table() -> None:
    own = resolve("BTC").model_copy(update={"name": "yahoo:MSTR"})
    assert resolve("yahoo:MSTR", {"yahoo:MSTR": own}) is own
