"""Models whose numbers have an upper limit, by the one table, in what they accept and in their schema."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from coupling.errors import ConfigurationError
from coupling.limits.upper import UPPER, beyond

__all__ = ["Bounded"]


class Bounded(BaseModel):
    """A model that refuses numbers beyond the limits of their names, and states the limits in its schema."""

    @model_validator(mode="after")
    def _within_limits(self) -> Self:
        for name in type(self).model_fields:
            told = beyond(name, getattr(self, name))
            if told:
                raise ConfigurationError(f"{told}; use a smaller one", path=name)
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schema = handler(core_schema)
        for name, node in handler.resolve_ref_schema(schema).get("properties", {}).items():
            if name in UPPER:
                _state(node, UPPER[name])
        return schema


def _state(node: dict[str, Any], limit: float) -> None:
    """Write the limit beside every number of a node: the value itself, an alternative, or a part of several."""
    if node.get("type") in ("integer", "number"):
        if "exclusiveMaximum" not in node:
            node["maximum"] = min(limit, node.get("maximum", limit))
        if "exclusiveMinimum" not in node:
            node.setdefault("minimum", -limit)
    for part in (*node.get("anyOf", []), *node.get("prefixItems", [])):
        _state(part, limit)
    if isinstance(node.get("items"), dict):
        _state(node["items"], limit)
