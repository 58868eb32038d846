"""Read events from YAML and CSV, and say in which line something is wrong."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from coupling.data.days import has_two_readings, read_days
from coupling.errors import ConfigurationError, InputError, nearest
from coupling.events.event import Event

__all__ = ["EventFile", "read_events"]

Entry = tuple[dict[str, Any], int, dict[str, int]]


@dataclass(frozen=True)
class EventFile:
    """The events of a file, and by category the instruments by whose moves they were chosen."""

    events: list[Event]
    chosen_by: dict[str, tuple[str, ...]]


def read_events(path: Path) -> EventFile:
    """Return the events of a YAML or CSV file in the order of the file, and who chose them.

    Raises
    ------
    ConfigurationError
        With file, line, word and the nearest known word.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigurationError("the catalogue does not exist; check the path", file=path) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the catalogue cannot be read as UTF-8 text ({error})", file=path) from None
    entries, chosen_by = (_csv_entries(text, path), {}) if path.suffix.lower() == ".csv" else _yaml_entries(text, path)
    if not entries:
        raise ConfigurationError("the catalogue holds no event; give a list of events, each with an id", file=path)
    events = [_event(entry, path) for entry in _settled(entries, path)]
    _refuse_repeats(events, entries, path)
    strangers = set(chosen_by) - {event.category for event in events}
    if strangers:
        hint = nearest(min(strangers), {event.category for event in events})
        raise ConfigurationError(f"no event has the category {min(strangers)!r}; {hint}", file=path, path="chosen_by")
    return EventFile(events, chosen_by)


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
        word = str(first["loc"][0]) if first["loc"] else None
        message = first["msg"].removeprefix("Value error, ") + _seen(first)
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


def _csv_entries(text: str, path: Path) -> list[Entry]:
    reader = csv.DictReader(text.splitlines())
    entries: list[Entry] = []
    for row in reader:
        if None in row:
            raise ConfigurationError(
                "more cells than columns; quote a text that holds a comma", file=path, line=reader.line_num
            )
        values: dict[str, Any] = {key: value for key, value in row.items() if value not in ("", None)}
        if "sources" in values:
            values["sources"] = [part.strip() for part in str(values["sources"]).split(";")]
        unknown_line = {key: 1 for key in values if key not in Event.model_fields}
        entries.append((values, reader.line_num, unknown_line))
    return entries


def _yaml_entries(text: str, path: Path) -> tuple[list[Entry], dict[str, tuple[str, ...]]]:
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise ConfigurationError("a catalogue has no aliases (*name); write the value out", file=path)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise ConfigurationError(f"not valid YAML: {error.problem}", file=path, line=line) from None
    chosen_by: dict[str, tuple[str, ...]] = {}
    if isinstance(root, yaml.MappingNode):
        root, chosen_by = _parts(root, path)
    if root is None:
        return [], {}
    if not isinstance(root, yaml.SequenceNode):
        raise ConfigurationError("a catalogue is a list of events, each with an id", file=path, line=1)
    return [_yaml_entry(node, path) for node in root.value], chosen_by


def _parts(root: yaml.MappingNode, path: Path) -> tuple[yaml.Node | None, dict[str, tuple[str, ...]]]:
    """Return the node of the events, and who chose the events of each category."""
    events: yaml.Node | None = None
    chosen_by: dict[str, tuple[str, ...]] = {}
    for key, value in root.value:
        line = key.start_mark.line + 1
        if key.value == "events":
            events = None if value.tag.endswith(":null") else value
        elif key.value == "chosen_by":
            plain = _plain(value)
            if not isinstance(plain, dict) or not all(isinstance(names, list) for names in plain.values()):
                raise ConfigurationError("chosen_by maps a category to a list of instruments", file=path, line=line)
            chosen_by = {category: tuple(names) for category, names in plain.items()}
        else:
            hint = nearest(str(key.value), ["events", "chosen_by"])
            raise ConfigurationError(f"unknown word {key.value!r}; {hint}", file=path, line=line)
    return events, chosen_by


def _yaml_entry(node: yaml.Node, path: Path) -> Entry:
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        raise ConfigurationError(
            "an event is a mapping of words to values, such as id and instant", file=path, line=line
        )
    values = {str(key.value): _plain(value) for key, value in node.value}
    return values, line, {str(key.value): key.start_mark.line + 1 for key, _ in node.value}


def _plain(node: yaml.Node) -> Any:
    """Return texts and lists of texts; times stay as written, since YAML would turn a day into a date object."""
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _plain(value) for key, value in node.value}
    return None if node.tag.endswith(":null") else node.value
