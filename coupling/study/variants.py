"""The ``variants`` section: one outcome, and a grid of the choices under which it is asked again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Literal, Self

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator

from coupling.configuration.document import Document
from coupling.configuration.refusal import refuse
from coupling.configuration.section import Section
from coupling.dates.days import read_day
from coupling.errors import ConfigurationError

__all__ = ["ChangeAt", "OutcomeSection", "VariantsSection", "check_grid", "with_choices"]

_LISTS = "a list of at least one value, as correlation.rolling.window: [30, 60]"


class ChangeAt(Section):
    """The mean since a date less the mean before it."""

    change_at: dt.date


class OutcomeSection(Section):
    """What is estimated under every choice.

    Parameters
    ----------
    pair : tuple of str
        Two of the study's instruments.
    statistic : {"mean", "last"} or ``change_at: DATE``
        Of the path of correlations over the reported period: its mean, its last value, or its mean since a date less
        its mean before. A window of null makes the path one correlation (for a change, one on each side).
    estimator : str
        Whose path, by its name in the section ``correlation``, which holds its parameters: ``rolling`` (same-row
        correlation at the pair's own observation times), ``hayashi_yoshida`` (on true instants), or any other
        estimator there.
    """

    pair: tuple[str, str]
    statistic: Literal["mean", "last"] | ChangeAt = "mean"
    estimator: str = "rolling"

    @field_validator("statistic", mode="before")
    @classmethod
    def _readable(cls, value: Any) -> Any:
        if isinstance(value, ChangeAt) or value in ("mean", "last"):
            return value
        if isinstance(value, Mapping) and set(value) == {"change_at"}:
            return {"change_at": read_day(value["change_at"], what="change_at")}
        raise ValueError(f"{value!r} is no statistic; use mean, last or {{change_at: 2025-01-01}}")

    @model_validator(mode="after")
    def _two(self) -> Self:
        if self.pair[0] == self.pair[1]:
            raise ConfigurationError(f"a pair needs two instruments, and both are {self.pair[0]!r}", path="pair")
        return self

    @property
    def split(self) -> dt.date | None:
        """The date of a change."""
        return self.statistic.change_at if isinstance(self.statistic, ChangeAt) else None

    @property
    def words(self) -> str:
        """The outcome in words."""
        names = " – ".join(self.pair)
        if self.split is not None:
            return f"the change of the correlation {names} at {self.split}"
        return f"the {'mean' if self.statistic == 'mean' else 'last'} correlation {names}"


class VariantsSection(Section):
    """One question under every combination of some choices.

    Parameters
    ----------
    outcome : OutcomeSection
        What is estimated.
    grid : dict of str to list
        By dotted path of a setting, the values that it takes, such as ``correlation.rolling.window: [30, 60, 120]``.
        All combinations are run.
    replications : int
        Bootstrap draws, shared by all specifications.
    """

    outcome: OutcomeSection
    grid: dict[str, tuple[Any, ...]] = Field(min_length=1)
    replications: int = Field(default=499, ge=99)

    @property
    def size(self) -> int:
        """Number of combinations."""
        total = 1
        for values in self.grid.values():
            total *= len(values)
        return total


def with_choices(settings: Mapping[str, Any], choices: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with some of them replaced, by dotted path; sections on the way are made where missing.

    Examples
    --------
    >>> with_choices({"seed": 1}, {"correlation.rolling.window": 30, "seed": 2})
    {'seed': 2, 'correlation': {'rolling': {'window': 30}}}
    """
    changed: dict[str, Any] = deepcopy(dict(settings))
    for path, value in choices.items():
        *sections, key = path.split(".")
        place: Any = changed
        for part in sections:
            if isinstance(place, dict) and place.get(part) is None:
                place[part] = {}
            place = _inside(place, part, path)
        if isinstance(place, list):
            _inside(place, key, path)
            place[int(key)] = value
        else:
            place[key] = value
    return changed


def _inside(place: Any, part: str, path: str) -> Any:
    try:
        found = place[int(part)] if isinstance(place, list) else place[part]
    except (KeyError, ValueError, IndexError, TypeError):
        raise ConfigurationError(f"there is no {part!r} on the way to {path}; check the path") from None
    if isinstance(place, list) or isinstance(found, dict | list):
        return found
    raise ConfigurationError(f"{part!r} on the way to {path} is a value and has no settings; check the path")


def check_grid(variants: VariantsSection, settings: Mapping[str, Any], model: type[BaseModel], document: Any) -> None:
    """Refuse a grid in which some value, taken alone, is impossible.

    Raises
    ------
    ConfigurationError
        One sentence with file, line, path and the nearest valid word.
    """
    for path, values in variants.grid.items():
        if not values:
            raise _refused(f"no value; give {_LISTS}", (path,), document)
        if path.split(".")[0] == "variants" and not path.startswith("variants.outcome."):
            raise _refused("a grid cannot vary itself; of variants only the outcome may vary", (path,), document)
        for place, value in enumerate(values):
            if any(value == other and type(value) is type(other) for other in values[:place]):
                raise _refused(f"{value!r} stands twice; name it once", (path, place), document)
            try:
                model.model_validate(with_choices(settings, {path: value}))
            except ConfigurationError as error:
                raise _refused(error.message, (path,), document) from None
            except ValidationError as error:
                refused = refuse(error, model, None)
                where = "" if refused.path in (None, path) else f" (at {refused.path})"
                raise _refused(f"{refused.message}{where}", (path, place), document) from None


def _refused(message: str, place: tuple[Any, ...], document: Document | None) -> ConfigurationError:
    return ConfigurationError(
        message,
        file=None if document is None else document.path,
        line=None if document is None else document.line_of(("variants", "grid", *place)),
        path="variants.grid." + ".".join(str(part) for part in place),
    )
