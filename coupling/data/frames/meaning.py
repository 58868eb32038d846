"""What each name of a frame means: the instrument, its clock, and how its values are brought to their unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from coupling.data.clocks import calendars
from coupling.data.clocks.clock import load_clock
from coupling.data.instrument import BARS, HOURLY, Instrument, Kind, Provider, SourceEntry, load_instruments, resolve
from coupling.data.loading.monthly import is_monthly
from coupling.data.symbols import listed_as
from coupling.data.units import A_PERCENT
from coupling.dates.columns import ORDERS
from coupling.dates.durations import parse_duration
from coupling.dates.zones import require_zone
from coupling.errors import ConfigurationError, DataError, InputError, nearest
from coupling.machine.names import check_name

__all__ = ["Meaning", "meanings"]

BY_NAME = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What a column is.

    Parameters
    ----------
    name : str
    known : Instrument, optional
        Of the catalogue.
    kind : Kind
    unit : str, optional
        As stated; none where it was not.
    clock : str, optional
        Stated, or the one that all daily sources of a catalogue's instrument share; none where stamps must tell.
    stated : bool
        Whether the caller stated the clock.
    notes : tuple of str
        What was settled by default.
    reading : dict of str to str
        What was stated about its stamps and numbers: `zone`, `dates`, `means`, `length`, `decimal`.
    """

    name: str
    known: Instrument | None
    kind: Kind
    unit: str | None
    clock: str | None
    stated: bool
    notes: tuple[str, ...] = ()
    reading: Mapping[str, str] = field(default_factory=dict)

    @property
    def symbols(self) -> tuple[str, ...]:
        """Names by which a source may call it, its own first."""
        return (self.name, *(entry.symbol for entry in (() if self.known is None else self.known.sources)))

    def entry(self, clock: str) -> SourceEntry:
        """Return the source: memory, read by a clock."""
        return SourceEntry(provider=Provider.MEMORY, symbol=self.name, clock=clock)

    def instrument(self, clock: str, *, weekends: bool) -> Instrument:
        """Return the catalogue's instrument, or one of the caller's own, read by a clock."""
        if self.known is not None:
            return self.known
        every_day = weekends if clock == HOURLY else load_clock(clock).days == calendars.EVERY_DAY
        return Instrument.model_validate(
            {
                "name": self.name,
                "kind": self.kind,
                "unit": "%" if self.kind is Kind.YIELD else self.unit or "",
                "annualisation": 365 if every_day else 252,
                "sources": (self.entry(clock),),
            }
        )

    def ask_for_clock(self) -> ConfigurationError:
        """Return the question for a clock, with the candidates."""
        entries = [] if self.known is None else _daily(self.known)
        told = [
            f"{entry.clock} ({load_clock(entry.clock).title}, as {entry.provider} {entry.symbol})" for entry in entries
        ]
        first = list(dict.fromkeys(entry.clock for entry in entries)) or ["XNYS"]
        if told:
            message = f"{self.name} is struck at one of several times: {'; '.join(told)}"
        else:
            message = f"{self.name} is not in the catalogue and its dates have no time of day; when is it struck?"
        how = f" state its clock, as clocks={{{self.name!r}: {first[0]!r}}}"
        listed = listed_as(self.name)
        symbol = f", or call it {listed!r}" if not told and "@" not in listed else ""
        more = "" if told else f" (an exchange's code, UTC for a day that ends at 24:00 UTC){symbol}"
        return ConfigurationError(f"{message}{';' if told else ''}{how}{more}", path=f"clocks.{self.name}")


def meanings(
    names: Sequence[str],
    clocks: str | BY_NAME | None,
    kinds: BY_NAME | None,
    units: BY_NAME | None,
    reading: Mapping[str, str | BY_NAME | None],
) -> dict[str, Meaning]:
    """Settle what each name means.

    Parameters
    ----------
    names : sequence of str
        Of the columns.
    clocks : str or dict of str to str, optional
        One clock for all, or by name.
    kinds, units : dict of str to str, optional
        By name, for what the catalogue does not know.
    reading : dict of str
        What is stated about stamps and numbers (`zone`, `dates`, `means`, `length`, `decimal`), of all or by name.

    Raises
    ------
    ConfigurationError
        If a name or a word is unknown, or contradicts the catalogue.
    """
    given = {"clocks": clocks, "kinds": kinds, "units": units, **reading}
    for_all = ("clocks", *reading)
    told = {
        what: dict.fromkeys(names, value) if isinstance(value, str) and what in for_all else _mapping(value, what)
        for what, value in given.items()
    }
    for argument, of_names in told.items():
        for name, word in of_names.items():
            if name not in names:
                message = f"{name!r} is not in the data; {nearest(str(name), names)}"
                raise ConfigurationError(message, path=f"{argument}.{name}")
            if not isinstance(word, str) or (argument == "decimal" and word not in (".", ",")):
                raise ConfigurationError(f"{word!r} is not right here; see coupling.align", path=f"{argument}.{name}")
    by_name = {name: {what: told[what][name] for what in told if name in told[what]} for name in names}
    return {name: _meaning(name, **by_name[name]) for name in names}


def _mapping(given: BY_NAME | str | None, argument: str) -> BY_NAME:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        argument = "order" if argument == "dates" else argument
        raise ConfigurationError(f"{given!r} is no mapping; write {argument}={{'SPX': …}}", path=argument)
    return given


def _meaning(
    name: str, clocks: str | None = None, kinds: str | None = None, units: str | None = None, **reading: str
) -> Meaning:
    _require_name(name)
    clock, kind, unit = HOURLY if clocks == BARS else clocks, kinds, units
    known = _known(name, clock)
    if clock is not None and clock != HOURLY:
        _require_clock(clock, name)
    found = _kind(name, known, kind)
    _require_unit(name, known, found, unit)
    _require_reading(name, reading)
    notes = () if known is not None or kind is not None else ("kind price, the default outside the catalogue",)
    return Meaning(
        name=name,
        known=known,
        kind=found,
        unit=unit,
        clock=clock if clock is not None or known is None else _own_clock(known),
        stated=clock is not None,
        notes=notes,
        reading=reading,
    )


def _require_name(name: str) -> None:
    try:
        check_name(name)
    except ValueError as error:
        raise InputError(f"{error}; rename it.") from None


def _known(name: str, clock: str | None) -> Instrument | None:
    """Return an instrument of the catalogue or of the table of symbols; one's own have neither."""
    try:
        return load_instruments().get(name) if ":" not in name else resolve(name)
    except ConfigurationError as error:
        if clock is not None:
            return None
        raise ConfigurationError(f"{error.message}, or state it in clocks=", path=f"clocks.{name}") from None


def _require_clock(clock: str, name: str) -> None:
    try:
        load_clock(clock)
    except ConfigurationError as error:
        raise ConfigurationError(error.message, path=f"clocks.{name}") from None


def _kind(name: str, known: Instrument | None, kind: str | None) -> Kind:
    if kind is not None and kind not in set(Kind):
        raise ConfigurationError(f"{kind!r} is no kind; {nearest(str(kind), map(str, Kind))}", path=f"kinds.{name}")
    if known is None:
        return Kind.PRICE if kind is None else Kind(kind)
    if kind not in (None, known.kind):
        message = f"{name} is of kind {known.kind} in the catalogue, not {kind}; give the column a name of its own"
        raise ConfigurationError(message, path=f"kinds.{name}")
    return known.kind


def _require_reading(name: str, reading: Mapping[str, str]) -> None:
    """Refuse what is stated of stamps and is none, whether or not its stamps need it."""
    called = {"dates": "order"}
    for what, check in (("zone", require_zone), ("length", parse_duration), ("dates", _require_order)):
        try:
            _ = check(reading[what]) if what in reading else None
        except (ValueError, DataError) as error:
            raise ConfigurationError(str(error).rstrip("."), path=f"{called.get(what, what)}.{name}") from None


def _require_order(order: str) -> None:
    if order not in ORDERS:
        raise ConfigurationError(f"the order {order!r} is unknown; write {', '.join(ORDERS)}")


def _require_unit(name: str, known: Instrument | None, kind: Kind, unit: str | None) -> None:
    path = f"units.{name}"
    if unit is not None and kind is Kind.YIELD and unit not in A_PERCENT:
        raise ConfigurationError(f"{unit!r} is no unit of a yield; write '%', 'decimal' or 'bp'", path=path)
    if unit is not None and kind is not Kind.YIELD and known is not None and unit != known.unit:
        message = f"{name} is in {known.unit} in the catalogue, not {unit}; give the column a name of its own"
        raise ConfigurationError(message, path=path)


def _daily(known: Instrument) -> list[SourceEntry]:
    """Return the sources that give a value a day, one of each clock."""
    first: dict[str, SourceEntry] = {}
    for entry in known.sources:
        first.setdefault(entry.clock, entry)
    return [entry for clock, entry in first.items() if clock != HOURLY and not is_monthly(clock)]


def _own_clock(known: Instrument) -> str | None:
    """Return the clock that all daily sources of an instrument share."""
    daily = _daily(known)
    return daily[0].clock if len(daily) == 1 else None
