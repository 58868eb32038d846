"""Base of every typed section of a configuration."""

from __future__ import annotations

import datetime as dt
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, model_validator

from coupling.data.days import has_two_readings, read_day, read_days
from coupling.errors import ConfigurationError, InputError

__all__ = ["Section"]


class Section(BaseModel):
    """A section of the configuration: unknown keys are refused, values never change, dates are read by one law."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=False)

    @model_validator(mode="before")
    @classmethod
    def _dates_by_one_law(cls, entry: Any) -> Any:
        """Read every date by `coupling.data.days`: pydantic itself would take a number for seconds since 1970."""
        if not isinstance(entry, dict):
            return entry
        dated = [name for name, field in cls.model_fields.items() if name in entry and _of_dates(field.annotation)]
        return entry | {name: _read(entry[name], name) for name in dated}


def _of_dates(annotation: Any) -> bool:
    """Tell whether a field holds dates: one, or several of them."""
    return annotation is dt.date or any(_of_dates(part) for part in get_args(annotation))


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
