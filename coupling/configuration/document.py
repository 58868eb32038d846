"""Read a YAML document safely, and remember on which line every setting stands."""

from __future__ import annotations

import re
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from coupling.errors import ConfigurationError

__all__ = ["Document", "Place", "read_document", "read_plain", "read_text", "text_of"]

QUICK: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The loader of libyaml, ten times as fast, where PyYAML was built with it."""
UNLIKE = re.compile(r"\t|\ufeff|(?<!\S)!|[|>][-+0-9]*#")
"""Where libyaml passes what the other loader refuses, or reads it otherwise: a tab, a mark of order, a tag, a remark
at the heading of a block; and, in a line with brackets, `SIGNS`."""
SIGNS, BRACKETS = re.compile("[?!]"), re.compile(r"[\[{\]}]")
SIZE_LIMIT = 1_000_000
NODE_LIMIT = 20_000
DEPTH_LIMIT = 50
PLAIN = {"null", "bool", "int", "float", "timestamp", "str", "value"}
ADVICE = "write plain values"

Place = tuple[str | int, ...]


@dataclass
class Document:
    """Settings of a file, with the line (counted from 1) of each."""

    path: Path
    settings: Any
    lines: dict[Place, int] = field(default_factory=dict)

    def line_of(self, place: Place) -> int | None:
        """Return the line of a setting, or of the nearest one around it."""
        for length in range(len(place), -1, -1):
            if place[:length] in self.lines:
                return self.lines[place[:length]]
        return None


def read_document(path: Path, *, lists: bool = False, texts: bool = False, most: int = NODE_LIMIT) -> Document:
    """Read a YAML file whose top level is a mapping.

    Parameters
    ----------
    path : Path
        The file.
    lists : bool
        Whether the top level may be a list too, or nothing.
    texts : bool
        Whether values stay as they are written, so that a day is no date object.
    most : int
        How many values the file may hold or unfold to.

    Raises
    ------
    ConfigurationError
        If the file is missing, too large, no YAML, repeats a key, or unfolds (by aliases) to too many values.
    """
    text = read_text(path, SIZE_LIMIT * max(1, most // NODE_LIMIT))
    node = _compose(text, path, most, aliases=not texts)
    builder = _Builder(path, most, texts=texts)
    if node is None and lists:
        return Document(path, [])
    if not isinstance(node, yaml.CollectionNode if lists else yaml.MappingNode):
        advice = "a catalogue is a list of events, each with an id" if lists else "begin it with 'title: …'"
        raise ConfigurationError(f"the file holds no settings; {advice}", file=path, line=1)
    return Document(path, builder.build(node, ()), builder.lines)


def read_text(path: Path, most: int = SIZE_LIMIT) -> str:
    """Return the text of a plain file of UTF-8.

    Raises
    ------
    ConfigurationError
        If there is none, it is a folder or a device, or it has more bytes than `most`.
    """
    return text_of(read_plain(path, most), path)


def text_of(raw: bytes, path: Path) -> str:
    """Return the text of a file's bytes of UTF-8, or raise ConfigurationError with the line that is none."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigurationError("the file is no UTF-8 text; save it as UTF-8", file=path, line=line) from None


def read_plain(path: Path, most: int, what: str = "a configuration") -> bytes:
    """Return the bytes of a plain file.

    Parameters
    ----------
    path : Path
    most : int
        How many bytes it may have.
    what : str
        What the file should be, for the sentence that refuses a larger one.

    Raises
    ------
    ConfigurationError
        If there is none, it is a folder or a device, or it has more bytes than `most`.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise OSError(0, "it is a folder, a pipe or a device")
        with path.open("rb") as file:
            raw = file.read(most + 1)
    except FileNotFoundError:
        raise ConfigurationError("the file does not exist; check the path", file=path) from None
    except OSError as error:
        raise ConfigurationError(f"the file cannot be read ({error.strerror})", file=path) from None
    except ValueError as error:  # a path that no file can have
        raise ConfigurationError(f"{str(path)!r} is no path ({error}); check it") from None
    if len(raw) > most:
        raise ConfigurationError(f"the file is larger than {most:,} bytes; is it {what}?", file=path)
    return raw


class _Loader(yaml.SafeLoader):
    """Compose nodes, and stop as soon as they are too many or nested too deeply."""

    count = depth = 0
    most, aliases = NODE_LIMIT, True

    def compose_node(self, parent: Any, index: Any) -> Any:
        self.count += 1
        self.depth += 1
        if self.count > self.most or self.depth > DEPTH_LIMIT:
            self._stop("it holds too many values, or is nested too deeply")
        if not self.aliases and self.check_event(yaml.AliasEvent):
            self._stop("a catalogue has no aliases (*name); write the value out")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def _stop(self, problem: str) -> None:
        raise yaml.composer.ComposerError(None, None, problem, self.peek_event().start_mark)  # type: ignore[no-untyped-call]


def _compose(text: str, path: Path, most: int, *, aliases: bool) -> yaml.Node | None:
    """Compose by libyaml where that reads the text within the limits; else by the loader that says what is wrong."""
    if _is_plain(text, most, aliases=aliases):
        with suppress(yaml.YAMLError):
            quick: yaml.Node | None = yaml.compose(text, Loader=QUICK)
            return quick
    try:
        loader = _Loader(text)
        loader.most, loader.aliases = most, aliases
        try:
            node: yaml.Node | None = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise _syntax_error(path, error, text) from None
    except RecursionError:
        raise ConfigurationError("the settings are nested too deeply; flatten them", file=path) from None
    except (ValueError, IndexError, AttributeError, OverflowError) as error:  # escapes and directives that are none
        raise ConfigurationError(f"this is no YAML: {error}", file=path) from None
    return node


def _is_plain(text: str, most: int, *, aliases: bool) -> bool:
    """Tell whether a text can be read, holds no more values than `most`, is not nested too deeply, and has no alias."""
    nodes = depth = 0
    if QUICK is yaml.SafeLoader or _is_read_otherwise(text):
        return False
    try:
        for event in yaml.parse(text, Loader=QUICK):
            nodes += isinstance(event, yaml.NodeEvent)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if nodes > most or depth >= DEPTH_LIMIT or (isinstance(event, yaml.AliasEvent) and not aliases):
                return False
    except (yaml.YAMLError, ValueError):
        return False
    return nodes > 0


def _is_read_otherwise(text: str) -> bool:
    """Tell whether the two loaders may disagree; in time that grows as the text does, whatever stands in it."""
    if UNLIKE.search(text):
        return True
    return bool(SIGNS.search(text)) and any(SIGNS.search(line) and BRACKETS.search(line) for line in text.split("\n"))


def _syntax_error(path: Path, error: yaml.YAMLError, text: str) -> ConfigurationError:
    mark = getattr(error, "problem_mark", None)
    line = None if mark is None else mark.line + 1
    if isinstance(error, yaml.reader.ReaderError):
        line = text[: error.position].count("\n") + 1
        message = f"the sign {text[error.position]!r} cannot be read; take it out"
        return ConfigurationError(message, file=path, line=line)
    told = [getattr(error, part, None) for part in ("context", "problem")]
    problem = ", ".join(filter(None, told)) or str(error).splitlines()[0]
    return ConfigurationError(f"this is no YAML: {problem}", file=path, line=line)


class _Builder:
    """Construct plain values from nodes, counting them so that aliases cannot blow up memory."""

    def __init__(self, path: Path, most: int, *, texts: bool) -> None:
        self.path = path
        self.most = most
        self.texts = texts
        self.lines: dict[Place, int] = {}
        self.count = 0
        self.scalars = yaml.SafeLoader("")

    def build(self, node: yaml.Node, place: Place) -> Any:
        self.count += 1
        self.lines.setdefault(place, node.start_mark.line + 1)
        if self.count > self.most or len(place) > DEPTH_LIMIT:
            message = "the settings unfold to too many values (aliases of aliases?); write them out"
            raise self._error(message, node, place[:5])
        tag = node.tag.removeprefix("tag:yaml.org,2002:")
        if isinstance(node, yaml.MappingNode) and tag == "map":
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode) and tag == "seq":
            return [self.build(item, (*place, k)) for k, item in enumerate(node.value)]
        if not isinstance(node, yaml.ScalarNode) or tag not in PLAIN:
            raise self._error(f"the tag {node.tag!r} is not allowed; {ADVICE}", node, place)
        if self.texts:
            return None if tag == "null" else str(node.value)
        return self._scalar(node, tag, place)

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self._error("a key is a word, and this one is a list or a mapping", key_node, place)
            if key_node.tag.endswith(":merge"):
                raise self._error("merged settings (<<) are not read; write them out", key_node, place)
            key = str(key_node.value)
            if key in built:
                raise self._error(f"key {key!r} stands twice; keep one", key_node, place)
            self.lines[(*place, key)] = key_node.start_mark.line + 1
            built[key] = self.build(value_node, (*place, key))
        return built

    def _scalar(self, node: yaml.ScalarNode, tag: str, place: Place) -> Any:
        text = str(node.value)
        if tag == "value" or (tag in ("int", "float") and ":" in text):  # 16:00 is a time of day, and no number
            return text
        if tag == "int" and re.fullmatch(r"[-+]?0[0-9_]+", text):
            raise self._error(f"the number {text} begins with 0; write it without, or as a text in quotes", node, place)
        try:
            return self.scalars.construct_object(node)
        except (yaml.YAMLError, ValueError, KeyError, IndexError, AttributeError, TypeError, OverflowError):
            shown = text if len(text) <= 60 else f"{text[:60]}…"
            raise self._error(f"the value {shown!r} cannot be read as {_KINDS[tag]}; {ADVICE}", node, place) from None

    def _error(self, message: str, node: yaml.Node, place: Place) -> ConfigurationError:
        path = ".".join(map(str, place)) or None
        return ConfigurationError(message, file=self.path, line=node.start_mark.line + 1, path=path)


_KINDS = {
    "null": "nothing",
    "bool": "yes or no",
    "int": "a whole number",
    "float": "a number",
    "timestamp": "a date",
    "str": "a text",
}
