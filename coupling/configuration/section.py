"""Base of every typed section of a configuration."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Annotated, Any, get_args

import pandas as pd
from pydantic import AfterValidator, ConfigDict, model_validator

from coupling.configuration.bounded import Bounded
from coupling.dates.days import has_two_readings, read_day, read_days, read_instant
from coupling.errors import ConfigurationError, InputError

__all__ = ["UNREADABLE", "Filled", "Section"]

# Control signs but tab and line end, halves of letters, and marks that turn the direction of what follows.
UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def _require_filled(text: str) -> str:
    if not text.strip():
        raise ConfigurationError(f"{text!r} is an empty text; write one, or leave the key out")
    return text


Filled = Annotated[str, AfterValidator(_require_filled)]
"""A text with something in it."""


class Section(Bounded):
    """A section of the configuration: unknown keys are refused, texts can be read, dates are read by one law."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=False)

    def states(self, name: str) -> bool:
        """Tell whether a part is asked for by name, and its window, where it has one, is no default."""
        part = getattr(self, name)
        windowed = isinstance(part, Section) and "window" in type(part).model_fields
        return name in self.model_fields_set and (not windowed or "window" in part.model_fields_set)

    @model_validator(mode="before")
    @classmethod
    def _texts_can_be_read(cls, settings: Any) -> Any:
        if isinstance(settings, Mapping):
            for key, value in settings.items():
                _require_readable(value, str(key))
        return settings

    @model_validator(mode="before")
    @classmethod
    def _yes_is_no_number(cls, settings: Any) -> Any:
        """Refuse yes and no where a number is asked for: pydantic itself would take them for 1 and 0."""
        if isinstance(settings, Mapping):
            for name, field in cls.model_fields.items():
                if name in settings and _of_numbers(field.annotation):
                    _require_no_truth(settings[name], name)
        return settings

    @model_validator(mode="before")
    @classmethod
    def _dates_by_one_law(cls, entry: Any) -> Any:
        """Read every date by `coupling.dates.days`: pydantic itself would take a number for seconds since 1970."""
        if not isinstance(entry, dict):
            return entry
        fields = {field.alias or name: field.annotation for name, field in cls.model_fields.items()}
        dated = {name: kind for name, kind in fields.items() if name in entry and _holds(kind, dt.date)}
        return entry | {
            name: (_read_moments if _holds(kind, dt.datetime) else _read)(entry[name], name)
            for name, kind in dated.items()
        }


def _require_readable(value: Any, path: str) -> None:
    """Refuse a text, alone or in a list, with a sign that cannot be seen."""
    if isinstance(value, list | tuple):
        for place, one in enumerate(value):
            if isinstance(one, str):
                _require_readable(one, f"{path}.{place}")
    elif isinstance(value, str) and (found := UNREADABLE.search(value)):
        shown = value if len(value) <= 60 else f"{value[:60]}…"
        raise ConfigurationError(f"{shown!r} holds {found[0]!r}, which cannot be read; take it out", path=path)


def _require_no_truth(value: Any, path: str) -> None:
    """Refuse yes and no, alone or in a list."""
    if isinstance(value, bool):
        word = "yes (true)" if value else "no (false)"
        raise ConfigurationError(f"{word} is no number; write the number, or leave the key out", path=path)
    if isinstance(value, list | tuple):
        for place, one in enumerate(value):
            _require_no_truth(one, f"{path}.{place}")


def _of_numbers(annotation: Any) -> bool:
    """Tell whether a field holds numbers, one or several, and neither yes and no nor anything."""
    parts = get_args(annotation)
    if not parts:
        return annotation in (int, float)
    return any(map(_of_numbers, parts)) and bool not in parts


def _holds(annotation: Any, kind: type) -> bool:
    """Tell whether a field holds dates, or instants: one, or several of them."""
    return annotation is kind or any(_holds(part, kind) for part in get_args(annotation))


def _read_moments(value: Any, name: str) -> Any:
    """Read days and instants, one or several: what has a time of day is an instant."""
    if not isinstance(value, list | tuple):
        return _read_instant(value, name) if _has_time(value) else _read(value, name)
    days = iter(_read([one for one in value if not _has_time(one)], name))
    return tuple(_read_instant(one, f"{name}.{k}") if _has_time(one) else next(days) for k, one in enumerate(value))


def _has_time(value: Any) -> bool:
    if isinstance(value, dt.datetime) and not pd.isna(value):
        return value.tzinfo is not None or value.time() != dt.time()
    return isinstance(value, str) and ":" in value


def _read_instant(value: Any, path: str) -> dt.datetime:
    try:
        return read_instant(value)
    except InputError as error:
        raise ConfigurationError(str(error), path=path) from None


def _read(value: Any, name: str) -> Any:
    if not isinstance(value, list | tuple):
        return None if value is None else _read_one(value, name)
    for k, day in enumerate(value):
        if not (isinstance(day, str) and has_two_readings(day)):
            _read_one(day, f"{name}.{k}")
    try:
        return tuple(read_day(day) for day in read_days(value))  # figures such as 13/12/2023 are settled together
    except InputError as error:
        raise ConfigurationError(str(error), path=name) from None


def _read_one(value: Any, path: str) -> dt.date:
    try:
        return read_day(value)
    except InputError as error:
        raise ConfigurationError(str(error), path=path) from None
