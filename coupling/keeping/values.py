"""Values as bytes that hold no code: plain values, arrays and frames, and the package's own records by their fields.

Nothing is ever called that the bytes name but the constructor of a dataclass, a section, an enumeration or a passage of
this package, with values that were read by the same law.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from pathlib import PurePath
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from coupling.keeping import arrays
from coupling.keeping.arrays import NotPlainError
from coupling.text.passage import Passage

__all__ = ["NotPlainError", "fingerprint", "pack", "unpack"]

PACKAGE = "coupling."
LENGTH = 8

StandIns = Mapping[str, Any]


def pack(value: Any, stand_ins: StandIns | None = None) -> bytes:
    """Return a value as bytes.

    Parameters
    ----------
    value : object
        Plain values, collections, dates and instants, arrays, indexes, series, frames, and dataclasses, sections,
        enumerations and passages of this package.
    stand_ins : dict, optional
        Texts and records, by name, that are not written where they stand in the value: whoever reads it brings others.

    Raises
    ------
    NotPlainError
        If something in it is none of these.

    Examples
    --------
    >>> unpack(pack({"day": pd.Timestamp("2025-01-01", tz="UTC"), "text": "old"}, {"text": "old"}), {"text": "new"})
    {'day': Timestamp('2025-01-01 00:00:00+0000', tz='UTC'), 'text': 'new'}
    """
    return _Writer(stand_ins or {}).packed(value)


def fingerprint(value: Any, stand_ins: StandIns | None = None) -> str:
    """Return a hash of a value, which paths may be part of too."""
    return _Hash(stand_ins or {}).of(value)


def unpack(raw: bytes, stand_ins: StandIns | None = None) -> Any:
    """Return the value of bytes that `pack` made.

    Raises
    ------
    NotPlainError
        If they are no such bytes, or name something that may not be made of them.
    """
    try:
        return _Reader(raw, stand_ins or {}).whole()
    except NotPlainError:
        raise
    except Exception as error:
        raise NotPlainError(f"bytes that were kept cannot be read ({type(error).__name__}).") from error


class _Writer:
    to_read = True

    def __init__(self, stand_ins: StandIns) -> None:
        self.parts: list[bytes] = []
        self.length = 0
        self.texts = {text: name for name, text in stand_ins.items() if isinstance(text, str)}
        self.records = [(record, name) for name, record in stand_ins.items() if not isinstance(record, str)]
        self.seen: dict[int, int] = {}
        self.held: list[Any] = []  # so that no number of an object is given to another one

    def packed(self, value: Any) -> bytes:
        head = json.dumps(self.node(value), separators=(",", ":")).encode()
        return b"".join([len(head).to_bytes(LENGTH), head, *self.parts])

    def bytes(self, raw: bytes) -> list[int]:
        self.parts.append(raw)
        self.length += len(raw)
        return [self.length - len(raw), len(raw)]

    def node(self, value: Any) -> Any:
        kind = type(value)
        if value is None or kind in (bool, int, float):
            return value
        if kind is str:
            return ["other", self.texts[value]] if value in self.texts else value
        write = _WRITERS.get(kind) or _WRITERS.setdefault(kind, _writer_of(kind))
        return write(value, self)

    def record(self, value: Any) -> Any:
        """Return the node of a dataclass, which is written once, or where a stand-in serves not at all."""
        for other, name in self.records:
            if value is other or (type(value) is type(other) and value == other):
                return ["other", name]
        if id(value) in self.seen:
            return ["again", self.seen[id(value)]]
        held = [self.node(getattr(value, each.name)) for each in fields(value) if each.init]
        self.seen[id(value)] = len(self.seen)
        self.held.append(value)
        return ["record", _name_of(type(value)), held]

    def section(self, value: Any) -> Any:
        """Return the node of a section, an event or a leg: its fields, and which of them were stated."""
        private = value.__pydantic_private__ or {}
        if private and self.to_read:
            raise NotPlainError(f"{type(value).__name__} has no plain form.")
        held = {name: getattr(value, name) for name in type(value).model_fields} | private
        return ["section", _name_of(type(value)), self.node(held), sorted(value.model_fields_set)]


class _Hash(_Writer):
    """Writes into a hash, without a second copy of what is large."""

    to_read = False

    def __init__(self, stand_ins: StandIns) -> None:
        super().__init__(stand_ins)
        self.hash = hashlib.sha256()

    def of(self, value: Any) -> str:
        head = json.dumps(self.node(value), separators=(",", ":")).encode()
        self.hash.update(head)
        return self.hash.hexdigest()

    def bytes(self, raw: bytes) -> list[int]:
        self.hash.update(raw)
        self.length += len(raw)
        return [self.length - len(raw), len(raw)]


def _name_of(kind: type) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"


def _writer_of(kind: type) -> Callable[[Any, _Writer], Any]:
    """Return what writes a type that stands for a family."""
    for family, write in _FAMILIES:
        if issubclass(kind, family):
            return write
    if is_dataclass(kind) and kind.__module__.startswith(PACKAGE):
        return lambda value, into: into.record(value)
    if hasattr(kind, "model_fields") and kind.__module__.startswith(PACKAGE):
        return lambda value, into: into.section(value)
    raise NotPlainError(f"{kind.__name__} has no plain form.")


def _instant(value: pd.Timestamp, _: _Writer) -> Any:
    naive = value if value.tz is None else value.tz_convert("UTC").tz_localize(None)
    return ["instant", value.unit, int(naive.to_datetime64().astype(np.int64)), value.tz and str(value.tz)]


def _number(value: np.generic, into: _Writer) -> Any:
    return ["number", arrays.array_node(np.asarray(value), into)]


def _sorted(value: Any, into: _Writer) -> Any:
    nodes = [into.node(one) for one in sorted(value, key=repr)]
    return ["frozen" if isinstance(value, frozenset) else "set", nodes]


def _place(value: PurePath, into: _Writer) -> Any:
    if into.to_read:
        raise NotPlainError("a path has no plain form.")
    return ["path", str(value)]


_WRITERS: dict[type, Callable[[Any, _Writer], Any]] = {
    tuple: lambda value, into: ["tuple", [into.node(one) for one in value]],
    list: lambda value, into: ["list", [into.node(one) for one in value]],
    dict: lambda value, into: ["dict", [[into.node(key), into.node(one)] for key, one in value.items()]],
    set: _sorted,
    frozenset: _sorted,
    bytes: lambda value, into: ["bytes", into.bytes(value)],
    dt.date: lambda value, _: ["date", value.isoformat()],
    dt.time: lambda value, _: ["time", value.isoformat()],
    dt.timedelta: lambda value, _: ["span", value.days, value.seconds, value.microseconds],
    pd.Timestamp: _instant,
    pd.Timedelta: lambda value, _: ["length", value.unit, int(value.to_timedelta64().astype(np.int64))],
    type(pd.NaT): lambda _, __: ["nat"],
    type(pd.NA): lambda _, __: ["na"],
    pd.DataFrame: arrays.frame_node,
    pd.Series: arrays.series_node,
    np.ndarray: arrays.array_node,
    MappingProxyType: lambda value, into: ["dict", [[into.node(key), into.node(one)] for key, one in value.items()]],
    Passage: lambda value, into: ["passage", [into.node(one) for one in value.sentences]],
}
_FAMILIES: tuple[tuple[type, Callable[[Any, _Writer], Any]], ...] = (
    (Enum, lambda value, into: ["word", _name_of(type(value)), into.node(value.value)]),
    (pd.Index, arrays.index_node),
    (np.generic, _number),
    (PurePath, _place),
)


class _Reader:
    def __init__(self, raw: bytes, stand_ins: StandIns) -> None:
        size = int.from_bytes(raw[:LENGTH])
        self.head: Any = json.loads(raw[LENGTH : LENGTH + size])
        self.rest = memoryview(raw)[LENGTH + size :]
        self.stand_ins = stand_ins
        self.made: list[Any] = []

    def whole(self) -> Any:
        return self.value(self.head)

    def raw(self, place: list[int]) -> bytes:
        start, size = place
        found = bytes(self.rest[start : start + size])
        if len(found) != size:
            raise NotPlainError("bytes that were kept end too early.")
        return found

    def value(self, node: Any) -> Any:
        if not isinstance(node, list):
            return node
        word, *rest = node
        return _READERS[word](self, *rest)

    def record(self, name: str, held: list[Any]) -> Any:
        kind = _own(name)
        if not (isinstance(kind, type) and is_dataclass(kind)):
            raise NotPlainError(f"{name} is no record.")
        names = [each.name for each in fields(kind) if each.init]
        made = kind(**dict(zip(names, (self.value(one) for one in held), strict=True)))
        self.made.append(made)
        return made


@cache
def _own(name: str) -> Any:
    """Return a class of this package that is data by its name; anything else is refused."""
    module, _, path = name.partition(":")
    if not module.startswith(PACKAGE):
        raise NotPlainError(f"{name} is not of this package.")
    found: Any = import_module(module)
    for part in path.split("."):
        found = vars(found)[part]
    if not (isinstance(found, type) and found.__module__ == module and _is_data(found)):
        raise NotPlainError(f"{name} is no record.")
    return found


def _is_data(kind: type) -> bool:
    return is_dataclass(kind) or issubclass(kind, Enum) or hasattr(kind, "model_construct")


def _section(source: _Reader, name: str, held: Any, stated: list[str]) -> Any:
    kind = _own(name)
    if not hasattr(kind, "model_construct"):
        raise NotPlainError(f"{name} is no section.")
    found = source.value(held)
    if set(found) != set(kind.model_fields):
        raise NotPlainError(f"{name} has other fields.")
    return kind.model_construct(_fields_set=set(stated), **found)


def _read_instant(_: _Reader, unit: str, number: int, zone: str | None) -> pd.Timestamp:
    made = pd.Timestamp(np.datetime64(number, unit))  # type: ignore[call-overload]  # the unit is one that was read
    return made if zone is None else made.tz_localize("UTC").tz_convert(zone)


def _word(source: _Reader, name: str, value: Any) -> Any:
    kind = _own(name)
    if not issubclass(kind, Enum):
        raise NotPlainError(f"{name} is no word.")
    return kind(source.value(value))


_READERS: dict[str, Callable[..., Any]] = {
    **arrays.READERS,
    "tuple": lambda source, nodes: tuple(source.value(one) for one in nodes),
    "list": lambda source, nodes: [source.value(one) for one in nodes],
    "dict": lambda source, nodes: {source.value(key): source.value(one) for key, one in nodes},
    "set": lambda source, nodes: {source.value(one) for one in nodes},
    "frozen": lambda source, nodes: frozenset(source.value(one) for one in nodes),
    "bytes": lambda source, place: source.raw(place),
    "date": lambda _, text: dt.date.fromisoformat(text),
    "time": lambda _, text: dt.time.fromisoformat(text),
    "span": lambda _, days, seconds, micro: dt.timedelta(days, seconds, micro),
    "instant": _read_instant,
    "length": lambda _, unit, number: pd.Timedelta(np.timedelta64(number, unit)),
    "nat": lambda _: pd.NaT,
    "na": lambda _: pd.NA,
    "number": lambda source, node: source.value(node)[()],
    "passage": lambda source, nodes: Passage(*(source.value(one) for one in nodes)),
    "word": _word,
    "record": lambda source, name, held: source.record(name, held),
    "section": _section,
    "again": lambda source, place: source.made[place],
    "other": lambda source, name: source.stand_ins[name],
}
