"""What may stand where a study is asked for: a configuration, a panel, or data in memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coupling.data.frames import align, is_data
from coupling.data.panel import Panel
from coupling.errors import ConfigurationError, nearest
from coupling.study.configuration import Study

__all__ = ["Source", "as_panel", "in_memory", "refuse_keywords", "refuse_places"]

Source = str | Path | Mapping[str, Any] | Study | Panel | Any


def in_memory(source: object) -> bool:
    """Tell whether something is a panel, or a frame or series that make one."""
    return isinstance(source, Panel) or is_data(source)


def as_panel(source: Any) -> Panel:
    """Return a panel, aligned by the default rule where it is none yet."""
    return source if isinstance(source, Panel) else align(source)


def refuse_places(**places: Any) -> None:
    """Raise `ConfigurationError` where a place of data is named beside data in memory."""
    for name, value in places.items():
        if value:
            message = f"{name!r} cannot be given with data in memory, which are read from nowhere else; leave it out"
            raise ConfigurationError(message, path=name)


def refuse_keywords(**keywords: Any) -> None:
    """Raise `ConfigurationError` where sections are given beside a configuration, which names its own."""
    given = [name for name, value in keywords.items() if value is not None]
    if not given:
        return
    if given[0] in Study.model_fields:
        message = f"{given[0]!r} goes with a panel; a configuration names its own, so set it there"
    else:
        known = [*Study.model_fields, "store", "offline", "fallback_simulated"]
        message = f"unknown keyword {given[0]!r}; {nearest(given[0], known)}"
    raise ConfigurationError(message, path=given[0])
