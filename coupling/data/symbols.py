"""Symbols: what ``source:symbol`` names stand for, and when their values are struck, by one table (`symbols.yaml`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from coupling.configuration.shipped import shipped_table
from coupling.data.clocks.clock import load_clock
from coupling.errors import ConfigurationError, nearest

__all__ = ["Symbol", "listed_as", "read_symbol"]

SYMBOLS = {
    "yahoo": re.compile(r"[A-Z0-9.^=&_-]{1,40}"),
    "fred": re.compile(r"[A-Z0-9_]{1,40}"),
    "mof": re.compile(r"\d{1,2}Y"),
    "ecb": re.compile(r"[A-Z]{6}"),
}
KIND_OF_CLOCK = {"H15": ("yield", "%"), "H10": ("price", "as quoted")}  # of a FRED series that the table does not have
EXAMPLES = {"yahoo": "yahoo:^N225", "fred": "fred:DGS2", "mof": "mof:10Y", "ecb": "ecb:EURUSD"}
USUAL_CLOCK = {"=F": "COMEX", "=X": "YAHOO_FX"}  # an example to choose from, never taken unasked
NOT_SAID = "as nothing else is said"


@dataclass(frozen=True, kw_only=True)
class Symbol:
    """What a ``source:symbol`` name stands for.

    Parameters
    ----------
    provider, symbol : str
        Who serves it, and its name there.
    clock, kind, unit, title, change : str
        As of an instrument; an empty change is that of the kind.
    note : str
        How clock and kind are known: it stands on the page.
    """

    provider: str
    symbol: str
    clock: str
    kind: str
    unit: str
    title: str
    change: str
    note: str


def read_symbol(name: str) -> Symbol:
    """Read ``source:symbol`` or ``source:symbol@clock``; the clock is that of the table, else it must be stated.

    Raises
    ------
    ConfigurationError
        If the source or the symbol is none, if the clock is neither listed nor stated, or if the two disagree.

    Examples
    --------
    >>> read_symbol("yahoo:7203.T").note
    'clock XTKS and kind price inferred from the suffix .T'
    >>> read_symbol("yahoo:AAPL@XNYS").note
    'clock XNYS stated in its name, kind price as nothing else is said'
    """
    provider, _, rest = name.partition(":")
    symbol, at, clock = rest.partition("@")
    _require_readable(name, provider, symbol)
    if at:
        _require_clock(name, clock)
    line = _line(provider, symbol)
    if line is not None and clock in ("", line[1][0]):
        return _from_table(provider, symbol, *line)
    if line is not None:
        where, (listed, *_) = line
        raise ConfigurationError(
            f"{name!r} states the clock {clock}, and the {where} of {provider} has {listed}; drop '@{clock}', or "
            "describe the instrument under define:"
        )
    return _as_stated(name, provider, symbol, clock)


def listed_as(symbol: str) -> str:
    """Return the ``source:symbol`` name of a symbol: that of the table, else one that states a clock.

    Examples
    --------
    >>> listed_as("DGS2"), listed_as("aapl"), listed_as("my own")
    ('fred:DGS2', 'yahoo:AAPL@XNYS', 'yahoo:SYMBOL@CLOCK')
    """
    symbol = symbol.upper()
    tables = {provider: _table()[provider] for provider in ("yahoo", "fred")}
    found = [provider for provider, table in tables.items() if symbol in table["exact"] or _suffix(table, symbol)]
    if found:
        return f"{found[0]}:{symbol}"
    return f"yahoo:{symbol}@{_usual_clock(symbol)}" if SYMBOLS["yahoo"].fullmatch(symbol) else "yahoo:SYMBOL@CLOCK"


def _require_readable(name: str, provider: str, symbol: str) -> None:
    if provider == "file":
        raise ConfigurationError(
            f"{name!r} is a file, which needs a name and a clock: map it with data.files, as "
            f"{{MINE: {{file: {symbol or 'mine.csv'}, clock: XNYS}}}}"
        )
    if provider not in SYMBOLS:
        raise ConfigurationError(f"{name!r}: the source {provider!r} is unknown; {nearest(provider, SYMBOLS)}")
    if not SYMBOLS[provider].fullmatch(symbol):
        capitals = bool(SYMBOLS[provider].fullmatch(symbol.upper()))
        example = f"{provider}:{symbol.upper()}" if capitals else EXAMPLES[provider]
        raise ConfigurationError(f"{name!r}: {symbol!r} is no symbol of {provider}; write it as {example!r}")


def _require_clock(name: str, clock: str) -> None:
    if "/" in clock or " " in clock:  # names never become paths, and stand in formulas between spaces
        raise ConfigurationError(f"{name!r}: the clock {clock!r} cannot stand in a name; describe it under define:")
    try:
        load_clock(clock)
    except ConfigurationError as error:
        raise ConfigurationError(f"{name!r}: {error.message}") from None


def _from_table(provider: str, symbol: str, where: str, line: list[str]) -> Symbol:
    clock, kind, unit, title, change = (*line, "", "", "")[:5]
    return Symbol(
        provider=provider,
        symbol=symbol,
        clock=clock,
        kind=kind,
        unit=unit,
        title=title or f"{symbol} ({provider})",
        change=change,
        note=f"clock {clock} and kind {kind} inferred from the {where}",
    )


def _as_stated(name: str, provider: str, symbol: str, clock: str) -> Symbol:
    """Take the clock that stands in the name; a kind is taken from it where it tells one."""
    if not clock:
        example = "H15" if provider == "fred" else _usual_clock(symbol)
        raise ConfigurationError(
            f"{name!r}: when {symbol} is struck is not known, and never guessed; state its clock, as "
            f"'{provider}:{symbol}@{example}' for {load_clock(example).title}, or describe it under define:"
        )
    if provider == "fred" and clock not in KIND_OF_CLOCK:
        raise ConfigurationError(
            f"{name!r}: whether {symbol} is a price or a yield is not known, and the clock {clock} does not tell; "
            f"describe it under define:, as {symbol}: {{kind: yield, unit: '%', sources: [{{fred: {symbol}, clock: "
            f"{clock}}}]}}"
        )
    kind, unit = KIND_OF_CLOCK[clock] if provider == "fred" else ("price", "as quoted")
    why = f"as of all of {clock}" if provider == "fred" else NOT_SAID
    return Symbol(
        provider=provider,
        symbol=symbol,
        clock=clock,
        kind=kind,
        unit=unit,
        title=f"{symbol} ({provider})",
        change="",
        note=f"clock {clock} stated in its name, kind {kind} {why}",
    )


def _line(provider: str, symbol: str) -> tuple[str, list[str]] | None:
    """Return where the table has a symbol, and its line: its own entry, that of its longest suffix, or its source's."""
    table = _table()[provider]
    if symbol in table["exact"]:
        return f"entry {symbol}", table["exact"][symbol]
    suffix = _suffix(table, symbol)
    if suffix:
        return f"suffix {suffix}", table["suffixes"][suffix]
    return (f"rule for all of {provider}", table["any"]) if table["any"] else None


def _usual_clock(symbol: str) -> str:
    return next((clock for suffix, clock in USUAL_CLOCK.items() if symbol.endswith(suffix)), "XNYS")


def _suffix(table: dict[str, Any], symbol: str) -> str:
    """Return the longest suffix of a table in which a symbol ends and that does not make up all of it."""
    ends = [suffix for suffix in table["suffixes"] if symbol.endswith(suffix) and symbol != suffix]
    return max(ends, key=len, default="")


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, Any]]:
    empty: dict[str, Any] = {"exact": {}, "suffixes": {}, "any": None}
    return {provider: empty | table for provider, table in shipped_table("coupling.data", "symbols.yaml").items()}
