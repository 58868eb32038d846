"""What a rise of an instrument means: said in tables of each, and once on a page where name and kind do not say it."""

from __future__ import annotations

from collections.abc import Mapping

from coupling.data.instrument import Instrument, Kind

__all__ = ["meaning_of", "sign_notes"]

OF_KIND = {
    Kind.PRICE: "a higher price",
    Kind.INDEX: "a higher index",
    Kind.YIELD: "its price down",
    Kind.VOLATILITY: "more volatility expected",
    Kind.FLOW: "a larger flow",
}
FORMULA = "a higher value"
YIELDS = f"a yield up = {OF_KIND[Kind.YIELD]}"


def meaning_of(item: Instrument) -> str:
    """Return what a rise of an instrument means: its own note, or what its kind says.

    Examples
    --------
    >>> from coupling.data.instrument import resolve
    >>> meaning_of(resolve("USDJPY")), meaning_of(resolve("UST10Y"))
    ('a weaker yen', 'its price down')
    """
    return item.rise or (FORMULA if item.formula else OF_KIND[item.kind])


def sign_notes(instruments: Mapping[str, Instrument]) -> tuple[str, ...]:
    """Return the notes on signs that a page of these instruments needs, each once, in their order.

    A difference of two yields is no price, and has a note only if its definition states one.

    Examples
    --------
    >>> from coupling.data.instrument import resolve
    >>> sign_notes({name: resolve(name) for name in ("SPX", "USDJPY", "UST10Y", "JGB10Y")})
    ('USDJPY up = a weaker yen', 'a yield up = its price down')
    >>> sign_notes({"GOLD": resolve("GOLD")})
    ()
    """
    notes = [_note(name, item) for name, item in instruments.items()]
    return tuple(dict.fromkeys(note for note in notes if note))


def _note(name: str, item: Instrument) -> str:
    if item.rise:
        return f"{name} up = {item.rise}"
    return YIELDS if item.kind is Kind.YIELD and not item.formula else ""
