"""Instruments: what a series is, how its change is formed, and the ordered sources that may serve it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from typing import Any, Literal, Self

import pandas as pd
from pydantic import Field, SerializerFunctionWrapHandler, field_validator, model_serializer, model_validator

from coupling.configuration.section import Filled, Section
from coupling.configuration.shipped import shipped_table
from coupling.data.changes import ChangeRule
from coupling.data.shapes import Meaning
from coupling.data.shapes.stated import Delimiter, Encoding
from coupling.data.symbols import listed_as, read_symbol
from coupling.dates.durations import parse_duration
from coupling.dates.zones import require_zone
from coupling.errors import ConfigurationError
from coupling.machine.names import Name
from coupling.machine.privacy import without_paths

__all__ = [
    "BARS",
    "HOURLY",
    "Instrument",
    "Kind",
    "Provider",
    "SourceEntry",
    "instruments",
    "load_instruments",
    "resolve",
]

HOURLY, BARS = "hourly", "bars"
ANNUALISATION = {"UTC": 365, "24/7": 365, "MONTH": 12}
STATED = (
    *("ticker", "date_column", "dates", "zone", "means", "length"),
    *("decimal", "delimiter", "encoding", "sheet", "unit"),
)


class Kind(StrEnum):
    """What the level of an instrument is."""

    PRICE = "price"
    YIELD = "yield"
    INDEX = "index"
    VOLATILITY = "volatility"
    FLOW = "flow"


class Provider(StrEnum):
    """Who serves a series."""

    YAHOO = "yahoo"
    FRED = "fred"
    MOF = "mof"
    ECB = "ecb"
    FILE = "file"
    MEMORY = "in memory"


CHANGE_OF_KIND = {
    Kind.PRICE: ChangeRule.LOG,
    Kind.INDEX: ChangeRule.LOG,
    Kind.YIELD: ChangeRule.BASIS_POINTS,
    Kind.VOLATILITY: ChangeRule.LOG,
    Kind.FLOW: ChangeRule.VALUE,
}


class SourceEntry(Section):
    """How to get an instrument from one provider, and when its value is struck there.

    Written in a configuration as ``{yahoo: MSTR, clock: XNYS}``. For a file, `column` picks one of several columns and
    `then` names a file that continues it; the clock ``bars`` (or ``hourly``) marks bars that carry their own instants.
    A file may be a list, a pattern such as ``btc/*.parquet`` or a folder: their rows are one series, and must agree.

    Where a file does not say so itself, these state of it: `ticker`, one of several; `date_column`; `dates`, the order
    of day and month (``dmy``, ``mdy`` or ``ymd``); `zone` of its times of day; `means`, what a stamp is, and the
    `length` of a bar; `decimal` mark; `delimiter` (``comma``, ``semicolon``, ``tab``, ``bar`` or the sign); `encoding`;
    the `sheet` of a workbook; and the `unit` of a yield (``%``, ``decimal`` or ``bp``).
    """

    provider: Provider
    symbol: Filled = Field(min_length=1, max_length=1000)
    clock: str
    column: Filled | None = None
    then: Filled | None = None
    more: tuple[Filled, ...] = Field(default=(), max_length=10_000)
    ticker: Filled | None = None
    date_column: Filled | None = None
    dates: Literal["dmy", "mdy", "ymd"] | None = None
    zone: str | None = None
    means: Meaning | None = None
    length: str | None = None
    decimal: Literal[".", ","] | None = None
    delimiter: Delimiter | None = None
    encoding: Encoding | None = None
    sheet: Filled | None = None
    unit: Literal["%", "decimal", "bp"] | None = None

    @property
    def public(self) -> SourceEntry:
        """The entry without the folders of files that lie elsewhere, as it stands in an export."""
        then = None if self.then is None else without_paths(self.then)
        more = tuple(map(without_paths, self.more))
        return self.model_copy(update={"symbol": without_paths(self.symbol), "then": then, "more": more})

    @model_validator(mode="before")
    @classmethod
    def _from_short_form(cls, entry: Any) -> Any:
        if isinstance(entry, str | list):
            raise ConfigurationError(f"{entry!r} is no source; write it as {{file: mine.csv, clock: XNYS}}")
        if not isinstance(entry, dict) or "provider" in entry:
            return entry
        providers = [provider for provider in Provider if provider is not Provider.MEMORY]  # no file can name memory
        named = [key for key in entry if key in providers]
        if len(named) != 1:
            raise ValueError(f"a source names exactly one of {', '.join(providers)}; this one names {named or 'none'}")
        symbol = entry[named[0]]
        if named[0] == Provider.FILE and _are_texts(symbol):
            entry, symbol = {**entry, "more": list(symbol[1:])}, symbol[0]
        if isinstance(symbol, bool) or not isinstance(symbol, str | int):
            raise ConfigurationError(f"{symbol!r} is no symbol; write it as a text in quotes", path=named[0])
        rest = {key: value for key, value in entry.items() if key != named[0]}
        return {"provider": named[0], "symbol": str(symbol), **rest}

    @field_validator("clock")
    @classmethod
    def _own_instants(cls, clock: str) -> str:
        return HOURLY if clock == BARS else clock

    @field_validator("zone")
    @classmethod
    def _is_zone(cls, zone: str | None) -> str | None:
        return zone if zone is None else require_zone(zone)

    @field_validator("length")
    @classmethod
    def _is_duration(cls, length: str | None) -> str | None:
        if length is not None:
            parse_duration(length)
        return length

    @model_validator(mode="after")
    def _states_of_files_only(self) -> Self:
        stated = [name for name in STATED if getattr(self, name) is not None]
        if stated and self.provider is not Provider.FILE:
            raise ValueError(f"{', '.join(stated)} can be stated of a file only, not of {self.provider}")
        return self

    @model_serializer(mode="wrap")
    def _without_what_is_not_stated(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        dumped: dict[str, Any] = handler(self)
        left_out = {name for name in STATED if dumped.get(name) is None} | (set() if self.more else {"more"})
        return {name: value for name, value in dumped.items() if name not in left_out}


def _are_texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) > 0 and all(isinstance(one, str) for one in value)


class Instrument(Section):
    """One instrument of the catalogue or of a configuration's ``define`` section.

    Parameters
    ----------
    name, title : str
        Short name, and the name fit to read.
    kind : Kind
        It decides how a change is formed, unless `change` says otherwise.
    unit : str
        Unit of the level. A yield's is %; ``decimal`` or ``bp`` say that its sources write it so (`quoted_in`).
    annualisation : int
        Changes in a year: 365 for a market that never closes, 252 otherwise.
    rise : str
        What a rise means, where its name does not say so: ``a weaker yen`` of USDJPY. The page prints it once.
    sources : tuple of SourceEntry
        Ordered; the first that answers serves.
    formula : str, optional
        Two instruments and one of ``+ - * /``, instead of sources.
    note : str
        How clock and kind are known where nobody defined them; it stands on the page.
    """

    name: Name
    title: str = ""
    kind: Kind
    unit: str = ""
    change: ChangeRule
    annualisation: int = Field(default=252, gt=0)
    rise: str = ""
    sources: tuple[SourceEntry, ...] = ()
    formula: str | None = None
    note: str = ""
    quoted_in: Literal["%", "decimal", "bp"] = "%"

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, entry: Any) -> Any:
        if isinstance(entry, dict) and "positive" in entry:
            raise ConfigurationError("what a rise means is called rise now; write rise: instead", path="positive")
        if not isinstance(entry, dict) or entry.get("kind") not in list(Kind):
            return entry
        filled = {"change": CHANGE_OF_KIND[Kind(entry["kind"])], **entry}
        return filled | {"title": entry.get("title") or entry.get("name", "")} | _yield_unit(entry)

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if bool(self.sources) == bool(self.formula):
            raise ValueError(f"{self.name} needs either sources or a formula")
        if self.formula is not None:
            _ = self.operands
        return self

    @property
    def change_unit(self) -> str:
        """Unit of a change: % for a log change, bp for a yield, else the unit of the level."""
        return {ChangeRule.LOG: "%", ChangeRule.BASIS_POINTS: "bp"}.get(self.change, self.unit)

    @property
    def stem(self) -> str:
        """Name of a file with the instrument's own name: of ``yahoo:MSTR`` that of the symbol, MSTR."""
        return self.sources[0].symbol if ":" in self.name and self.sources else self.name

    @property
    def operands(self) -> tuple[str, str, str]:
        """Left instrument, operator and right instrument of the formula."""
        parts = (self.formula or "").split()
        if len(parts) != 3 or parts[1] not in "+-*/":
            raise ValueError(f"formula {self.formula!r} is not two instruments and one of + - * /, as 'NDX / SPX'")
        return parts[0], parts[1], parts[2]


def _yield_unit(entry: dict[str, Any]) -> dict[str, str]:
    """Yields are in % here, whatever their sources write."""
    written = entry.get("unit")
    other = entry["kind"] == Kind.YIELD and written in ("decimal", "bp")
    return {"unit": "%", "quoted_in": str(written)} if other else {}


@lru_cache(maxsize=1)
def load_instruments() -> dict[str, Instrument]:
    """Return the instruments of the catalogue by name."""
    return {
        name: Instrument(name=name, **entry)
        for name, entry in shipped_table("coupling.data", "instruments.yaml").items()
    }


def resolve(name: str, define: dict[str, Instrument] | None = None) -> Instrument:
    """Return an instrument by name: one's own definitions, the catalogue, then ``source:symbol`` by `symbols.yaml`.

    Raises
    ------
    ConfigurationError
        If nobody knows the name; the message names the nearest ones and the ways to say what it is.

    Examples
    --------
    >>> resolve("JGB10Y").change_unit
    'bp'
    >>> resolve("yahoo:7203.T").sources[0].clock
    'XTKS'
    """
    own = define or {}
    found = own.get(name) or load_instruments().get(name)
    if found is not None:
        return found
    if ":" not in name:
        raise _unknown(name, {**load_instruments(), **own})
    return _from_symbol(name)


def _from_symbol(name: str) -> Instrument:
    found = read_symbol(name)
    return Instrument.model_validate(
        {
            "name": name,
            "title": found.title,
            "kind": found.kind,
            "unit": found.unit,
            "annualisation": ANNUALISATION.get(found.clock, 252),
            "sources": [{"provider": found.provider, "symbol": found.symbol, "clock": found.clock}],
            "note": found.note,
            **({"change": found.change} if found.change else {}),
        }
    )


def _unknown(name: str, known: Iterable[str]) -> ConfigurationError:
    """Say how an instrument that nobody knows can be named: by a near word, as a symbol of a source, or defined."""
    by_word = {word.casefold(): word for word in known}
    close = [by_word[word] for word in get_close_matches(name.casefold(), by_word, n=3, cutoff=0.6)]
    others = f" (or {', '.join(map(repr, close[1:]))}?)" if close[1:] else ""
    hint = f"did you mean {close[0]!r}?{others} Else " if close else ""
    form = "source:symbol, with @clock where the source does not tell it"
    return ConfigurationError(
        f'instrument {name!r} is unknown; {hint}write "{listed_as(name)}" ({form}), or describe it under define: '
        "('coupling instruments' lists the known names)"
    )


def instruments(names: Iterable[str] | None = None) -> pd.DataFrame:
    """List the catalogue: one row per instrument with what it is, what a rise means, and its sources.

    Parameters
    ----------
    names : iterable of str, optional
        Instruments or ``source:symbol`` names to look up instead; the column ``note`` says how their clock is known.

    Examples
    --------
    >>> instruments().loc["USDJPY", ["kind", "change_unit", "rise"]].tolist()
    ['price', '%', 'a weaker yen']
    """
    if names is None:
        return pd.DataFrame([_row(item) for item in load_instruments().values()]).set_index("instrument")
    items = [resolve(name) for name in names]
    return pd.DataFrame([_row(item) | {"note": item.note} for item in items]).set_index("instrument")


def _row(item: Instrument) -> dict[str, object]:
    served = ", ".join(f"{entry.provider} {entry.symbol} ({entry.clock})" for entry in item.sources)
    return {
        "instrument": item.name,
        "title": item.title,
        "kind": str(item.kind),
        "unit": item.unit,
        "change_unit": item.change_unit,
        "annualisation": item.annualisation,
        "rise": item.rise,
        "sources": served,
    }
