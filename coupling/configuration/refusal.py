"""Turn a refused configuration into one sentence with file, line, path and the nearest valid word."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ValidationError

from coupling.configuration.document import Document, Place
from coupling.errors import ConfigurationError, nearest
from coupling.limits.keywords import meant

__all__ = ["refuse"]

QUOTE = "'"


def refuse(
    error: ValidationError,
    model: type[BaseModel],
    document: Document | None,
    written: Callable[[Place], Place] = tuple,
) -> ConfigurationError:
    """Return the error to raise for the first wrong thing; `written` turns a place of the model into the file's."""
    details = _own(error.errors(include_url=False))
    first = next((detail for detail in details if detail["type"] == "extra_forbidden"), details[0])
    place = _place(first)
    message = _message(first, place, model)
    place = written(place)
    if len(details) > 1:
        message += f" ({len(details) - 1} more to mend after it)"
    return ConfigurationError(
        message,
        file=None if document is None else document.path,
        line=None if document is None else document.line_of(place),
        path=".".join(str(part) for part in place) or None,
    )


def _own(details: list[Any]) -> list[Any]:
    """Leave out the lists that are called too short only because what they hold was refused."""
    places = [detail["loc"] for detail in details]

    def follows(detail: Any) -> bool:
        place = detail["loc"]
        return detail["type"] == "too_short" and any(p[: len(place)] == place and len(p) > len(place) for p in places)

    return [detail for detail in details if not follows(detail)]


def _place(detail: Any) -> Place:
    """Where the error is: pydantic's place, and below it the path that our own error names."""
    if detail["type"].startswith("union_tag"):
        return (*detail["loc"], detail["ctx"]["discriminator"].strip("'"))
    own = getattr(detail.get("ctx", {}).get("error"), "path", None) or ""
    return (*detail["loc"], *(int(part) if part.isdigit() else part for part in own.split(".") if part))


def _message(detail: Any, place: Place, model: type[BaseModel]) -> str:
    kind, seen = detail["type"], detail.get("input")
    if kind == "extra_forbidden":
        return f"unknown key {str(place[-1])!r}; {meant(str(place[-1]), _keys_at(model, place[:-1]))}"
    if kind == "union_tag_invalid":
        seen = detail["ctx"]["tag"]
        words = detail["ctx"]["expected_tags"].replace(QUOTE, "").split(", ")
        return f"{_shown(seen)} is not allowed; {nearest(seen, words)}"
    if kind in ("missing", "union_tag_not_found"):
        return f"{str(place[-1])!r} is missing; add it"
    if kind == "value_error":
        return str(getattr(detail["ctx"]["error"], "message", detail["ctx"]["error"]))
    if kind in ("enum", "literal_error") and isinstance(seen, str):
        words = re.findall(r"'([^']*)'", detail["ctx"]["expected"])
        if all(word[:1].isalnum() for word in words):
            return f"{_shown(seen)} is not allowed; {nearest(seen, words)}"
        return f"{_shown(seen)} is not allowed; known: {detail['ctx']['expected']}"
    if kind == "too_short":
        found, least = detail["ctx"]["actual_length"], detail["ctx"]["min_length"]
        return f"{_shown(seen)} holds {found} and at least {least} are needed; add another"
    told = detail["msg"].replace("a valid tuple", "a list, as [a, b]")
    return f"{_shown(seen)} is not right here: {told[0].lower()}{told[1:]}"


def _shown(seen: Any) -> str:
    """Return a value as it was written, cut where it is long."""
    text = repr(seen)
    return text if len(text) <= 100 else f"{text[:100]}…"


def _keys_at(model: type[BaseModel], place: Place) -> list[str]:
    """Return the valid keys at a place, read from the model's own schema."""
    schema = model.model_json_schema()
    node: dict[str, Any] = schema
    for part in place:
        node = _plain(node, schema)
        tagged = node.get("discriminator", {}).get("mapping", {})
        node = {"$ref": tagged[part]} if part in tagged else _child(node, part)
    return list(_plain(node, schema).get("properties", {}))


def _plain(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference, and out of alternatives take the one that is a mapping."""
    if "$ref" in node:
        return _plain(schema["$defs"][node["$ref"].rsplit("/", 1)[1]], schema)
    for option in (*node.get("allOf", []), *node.get("anyOf", [])):  # pydantic 2.8 puts a default beside an allOf
        plain = _plain(option, schema)
        if plain.get("type") in ("object", "array"):
            return plain
    return node


def _child(node: dict[str, Any], part: str | int) -> dict[str, Any]:
    if isinstance(part, int):
        child = node.get("items", {})
    else:
        child = node.get("properties", {}).get(part) or node.get("additionalProperties") or {}
    return child if isinstance(child, dict) else {}
