"""Read a YAML document safely, and remember on which line every setting stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from coupling.errors import ConfigurationError

__all__ = ["Document", "read_document"]

SIZE_LIMIT = 1_000_000
NODE_LIMIT = 20_000
DEPTH_LIMIT = 50

Place = tuple[str | int, ...]


@dataclass
class Document:
    """Settings of a file, with the line (counted from 1) of each."""

    path: Path
    settings: dict[str, Any]
    lines: dict[Place, int] = field(default_factory=dict)

    def line_of(self, place: Place) -> int | None:
        """Return the line of a setting, or of the nearest one around it."""
        for length in range(len(place), -1, -1):
            if place[:length] in self.lines:
                return self.lines[place[:length]]
        return None


def read_document(path: Path) -> Document:
    """Read a YAML file whose top level is a mapping.

    Raises
    ------
    ConfigurationError
        If the file is missing, too large, no YAML, repeats a key, or unfolds (by aliases) to more than 20,000 nodes.
    """
    text = _read_text(path)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise _syntax_error(path, error) from None
    except RecursionError:
        raise ConfigurationError("the settings are nested too deeply; flatten them", file=path) from None
    if not isinstance(node, yaml.MappingNode):
        raise ConfigurationError("the file holds no settings; begin it with 'title: …'", file=path, line=1)
    builder = _Builder(path)
    settings = builder.build(node, ())
    return Document(path, settings, builder.lines)


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise ConfigurationError(f"the file is larger than {SIZE_LIMIT:,} bytes; is it a configuration?", file=path)
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigurationError("the file does not exist; check the path", file=path) from None
    except UnicodeDecodeError:
        raise ConfigurationError("the file is no UTF-8 text; save it as UTF-8", file=path) from None
    except OSError as error:
        raise ConfigurationError(f"the file cannot be read ({error.strerror})", file=path) from None


def _syntax_error(path: Path, error: yaml.YAMLError) -> ConfigurationError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    return ConfigurationError(f"this is no YAML: {problem}", file=path, line=None if mark is None else mark.line + 1)


class _Builder:
    """Construct plain values from nodes, counting them so that aliases cannot blow up memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: dict[Place, int] = {}
        self.count = 0
        self.scalars = yaml.SafeLoader("")

    def build(self, node: yaml.Node, place: Place) -> Any:
        self.count += 1
        self.lines.setdefault(place, node.start_mark.line + 1)
        if self.count > NODE_LIMIT or len(place) > DEPTH_LIMIT:
            raise self._error("the settings unfold to too many values (aliases of aliases?); write them out", node)
        if not node.tag.startswith("tag:yaml.org,2002:") or "python" in node.tag:
            raise self._error(f"the tag {node.tag!r} is not allowed; write plain values", node)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*place, k)) for k, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in built:
                raise self._error(f"key {key!r} stands twice; keep one", key_node)
            self.lines[(*place, key)] = key_node.start_mark.line + 1
            built[key] = self.build(value_node, (*place, key))
        return built

    def _scalar(self, node: yaml.Node) -> Any:
        try:
            return self.scalars.construct_object(node)
        except (yaml.YAMLError, ValueError) as error:
            problem = getattr(error, "problem", None) or error
            raise self._error(f"the value {node.value!r} cannot be read ({problem})", node) from None

    def _error(self, message: str, node: yaml.Node) -> ConfigurationError:
        return ConfigurationError(message, file=self.path, line=node.start_mark.line + 1)
