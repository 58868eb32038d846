"""Base of every typed section of a configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict, model_validator

from coupling.bounded import Bounded
from coupling.errors import ConfigurationError

__all__ = ["Section"]

# Control signs but tab and line end, halves of letters, and marks that turn the direction of what follows.
_UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


class Section(Bounded):
    """A section of the configuration: unknown keys are refused, values never change, texts can be read."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=False)

    @model_validator(mode="before")
    @classmethod
    def _texts_can_be_read(cls, settings: Any) -> Any:
        if isinstance(settings, Mapping):
            for key, value in settings.items():
                _require_readable(value, str(key))
        return settings


def _require_readable(value: Any, path: str) -> None:
    """Refuse a text, alone or in a list, with a sign that cannot be seen."""
    if isinstance(value, list | tuple):
        for place, one in enumerate(value):
            if isinstance(one, str):
                _require_readable(one, f"{path}.{place}")
    elif isinstance(value, str) and (found := _UNREADABLE.search(value)):
        shown = value if len(value) <= 60 else f"{value[:60]}…"
        raise ConfigurationError(f"{shown!r} holds {found[0]!r}, which cannot be read; take it out", path=path)
