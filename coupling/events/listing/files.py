"""Read events from YAML and CSV, and say in which line something is wrong."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from coupling.configuration.document import Document, Place, read_document, read_text
from coupling.configuration.refusal import refuse
from coupling.dates.days import has_two_readings, read_days
from coupling.errors import ConfigurationError, InputError, nearest
from coupling.events.listing.event import Event
from coupling.events.listing.types import EventType
from coupling.text.sheet import undefused

__all__ = ["EventFile", "read_events"]

MOST_BYTES, MOST_VALUES = 20_000_000, 200_000
WORDS = ("events", "chosen_by", "types", "titles")

Entry = tuple[dict[str, Any], int, dict[str, int]]


@dataclass(frozen=True)
class EventFile:
    """The events of a file; by category the instruments by whose moves they were chosen, and titles; and its types."""

    events: list[Event]
    chosen_by: dict[str, tuple[str, ...]]
    types: dict[str, EventType] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)


def read_events(path: Path) -> EventFile:
    """Return the events of a YAML or CSV file in the order of the file, and who chose them.

    Raises
    ------
    ConfigurationError
        With file, line, word and the nearest known word.
    """
    entries, about = (_csv_entries(path), EventFile([], {})) if path.suffix.lower() == ".csv" else _yaml_entries(path)
    if not entries:
        raise ConfigurationError("the catalogue holds no event; give a list of events, each with an id", file=path)
    events = [_event(entry, path) for entry in _settled(entries, path)]
    _refuse_repeats(events, entries, path)
    known = {event.category for event in events}
    for word, named in (("chosen_by", about.chosen_by), ("titles", about.titles)):
        if strangers := set(named) - known:
            hint = nearest(min(strangers), known)
            raise ConfigurationError(f"no event has the category {min(strangers)!r}; {hint}", file=path, path=word)
    return replace(about, events=events)


def _settled(entries: list[Entry], path: Path) -> list[Entry]:
    """Read days and instants in figures, such as 05/12/2023, by all of them together."""
    for word in ("day", "instant"):
        found = [entry for entry in entries if has_two_readings(str(entry[0].get(word) or ""))]
        lines = [lines.get(word, line) for _, line, lines in found]
        try:
            read = (
                read_days([values[word] for values, _, _ in found], what=f"the {word}s", lines=lines) if found else []
            )
        except InputError as error:
            line = lines[0] if len(lines) == 1 else None
            raise ConfigurationError(str(error), file=path, line=line, path=word) from None
        for (values, _, _), moment in zip(found, read, strict=True):
            values[word] = moment.isoformat() if moment.tz or moment != moment.normalize() else f"{moment:%Y-%m-%d}"
    return entries


def _event(entry: Entry, path: Path) -> Event:
    values, line, lines = entry
    unknown = [key for key in values if key not in Event.model_fields]
    if unknown:
        hint = nearest(unknown[0], Event.model_fields)
        raise ConfigurationError(f"unknown word {unknown[0]!r}; {hint}", file=path, line=lines.get(unknown[0], line))
    try:
        return Event(**values)
    except ValidationError as error:
        first = error.errors()[0]
        own = getattr(first.get("ctx", {}).get("error"), "path", None)
        word = str(first["loc"][0]) if first["loc"] else own and own.partition(".")[0]
        message = first["msg"].removeprefix("Value error, ").removeprefix(f"{own}: ") + _seen(first)
        raise ConfigurationError(message, file=path, line=lines.get(word or "", line), path=word) from None


def _seen(problem: Any) -> str:
    if problem["type"] == "value_error" or problem["type"] == "missing":
        return ""
    return f", and {problem['input']!r} was seen"


def _refuse_repeats(events: list[Event], entries: list[Entry], path: Path) -> None:
    seen: set[str] = set()
    for event, (_, line, lines) in zip(events, entries, strict=True):
        if event.id in seen:
            raise ConfigurationError(
                f"event {event.id!r} stands twice; give each its own id", file=path, line=lines.get("id", line)
            )
        seen.add(event.id)


def _csv_entries(path: Path) -> list[Entry]:
    try:
        return _csv_rows(csv.DictReader(io.StringIO(read_text(path, MOST_BYTES), newline="")), path)
    except csv.Error as error:
        raise ConfigurationError(f"the catalogue is no CSV ({error}); look for a stray quote", file=path) from None


def _csv_rows(reader: csv.DictReader[str], path: Path) -> list[Entry]:
    entries: list[Entry] = []
    for row in reader:
        if None in row:
            raise ConfigurationError(
                "more cells than columns; quote a text that holds a comma", file=path, line=reader.line_num
            )
        values: dict[str, Any] = {key: undefused(value) for key, value in row.items() if value not in ("", None)}
        if "sources" in values:
            values["sources"] = [part.strip() for part in str(values["sources"]).split(";")]
        unknown_line = {key: 1 for key in values if key not in Event.model_fields}
        entries.append((values, reader.line_num, unknown_line))
    return entries


def _yaml_entries(path: Path) -> tuple[list[Entry], EventFile]:
    """Return the entries of a YAML file, and what it says about them all."""
    document = read_document(path, lists=True, texts=True, most=MOST_VALUES)
    if not isinstance(document.settings, dict):
        return _listed(document, document.settings, ()), EventFile([], {})
    strangers = [key for key in document.settings if key not in WORDS]
    if strangers:
        hint = nearest(strangers[0], WORDS)
        line = document.line_of((strangers[0],))
        raise ConfigurationError(f"unknown word {strangers[0]!r}; {hint}", file=path, line=line)
    chosen_by = document.settings.get("chosen_by") or {}
    named = chosen_by.values() if isinstance(chosen_by, dict) else ["no mapping"]
    if not all(isinstance(names, list) and all(isinstance(one, str) for one in names) for names in named):
        line = document.line_of(("chosen_by",))
        raise ConfigurationError("chosen_by maps a category to a list of instruments", file=path, line=line)
    events = _listed(document, document.settings.get("events") or [], ("events",))
    chosen = {category: tuple(names) for category, names in chosen_by.items()}
    return events, EventFile([], chosen, _types(document), _titles(document))


def _titles(document: Document) -> dict[str, str]:
    """Return what the catalogue calls its categories."""
    titles = document.settings.get("titles") or {}
    if not isinstance(titles, dict) or not all(isinstance(one, str) and one.strip() for one in titles.values()):
        line = document.line_of(("titles",))
        message = "titles maps a category to what it is called, as {rate_cut: Rate cut}"
        raise ConfigurationError(message, file=document.path, line=line, path="titles")
    return dict(titles)


def _types(document: Document) -> dict[str, EventType]:
    """Return the types that a catalogue declares, in its order."""
    declared = document.settings.get("types") or {}
    if not isinstance(declared, dict):
        line = document.line_of(("types",))
        message = "types maps a name to its signs, as {squeeze: {signs: {SPX: falls, VIX: rises}}}"
        raise ConfigurationError(message, file=document.path, line=line, path="types")
    return {str(name): _type(document, str(name), entry) for name, entry in declared.items()}


def _type(document: Document, name: str, entry: Any) -> EventType:
    try:
        return EventType.model_validate(entry)
    except ValidationError as error:
        raise refuse(error, EventType, document, lambda place: ("types", name, *place)) from None


def _listed(document: Document, events: Any, place: Place) -> list[Entry]:
    """Return the events of a list with their lines and those of their words."""
    if not isinstance(events, list):
        line = document.line_of(place)
        raise ConfigurationError("a catalogue is a list of events, each with an id", file=document.path, line=line)
    return [_yaml_entry(document, values, (*place, k)) for k, values in enumerate(events)]


def _yaml_entry(document: Document, values: Any, place: Place) -> Entry:
    line = document.lines[place]
    if not isinstance(values, dict):
        message = "an event is a mapping of words to values, such as id and instant"
        raise ConfigurationError(message, file=document.path, line=line)
    return values, line, {key: document.lines[(*place, key)] for key in values}
