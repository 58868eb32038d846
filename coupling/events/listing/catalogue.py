"""Catalogues of events: the package's own, and a user's YAML or CSV file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path

import pandas as pd

from coupling.dates.days import read_moment
from coupling.errors import ConfigurationError, InputError, nearest
from coupling.events.listing.event import Event
from coupling.events.listing.files import EventFile, read_events
from coupling.events.listing.types import EventType

__all__ = ["Catalogue", "catalogue_names", "catalogue_text", "load_events"]

OFTEN = 0.2
_FOLDER = files("coupling.events").joinpath("catalogues")


@dataclass(frozen=True)
class Catalogue:
    """Events in time order.

    `chosen_by` names by category the instruments whose own moves chose the events, `types` what the signs of an event's
    first session are called, the first that fits, and `titles` what prose and tables call a category.
    """

    name: str
    events: tuple[Event, ...]
    chosen_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    types: Mapping[str, EventType] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)

    def __len__(self) -> int:
        return len(self.events)

    def __getitem__(self, id: str) -> Event:  # noqa: A002
        for event in self.events:
            if event.id == id:
                return event
        raise InputError(
            f"event {id!r} is not in the catalogue {self.name}; {nearest(str(id), [e.id for e in self.events])}"
        )

    @property
    def categories(self) -> tuple[str, ...]:
        """The announced categories, in alphabetical order."""
        return tuple(sorted({event.category for event in self.events}))

    @property
    def event_titles(self) -> dict[str, str]:
        """By the name of an event what prose calls it."""
        return {event.id: event.title for event in self.events}

    @property
    def category_titles(self) -> dict[str, str]:
        """By category what prose and tables call it: its title, or its name in words."""
        return {category: self.titles.get(category, category.replace("_", " ")) for category in self.categories}

    def of(self, category: str) -> Catalogue:
        """Return the events of one announced category."""
        if category not in self.categories:
            raise InputError(
                f"category {category!r} is not in the catalogue {self.name}; {nearest(str(category), self.categories)}"
            )
        return self.where([event for event in self.events if event.category == category])

    def between(self, first: pd.Timestamp | str | None = None, last: pd.Timestamp | str | None = None) -> Catalogue:
        """Return the events from one date to another (UTC), both included."""
        low, high = (None if bound is None else _utc(bound) for bound in (first, last))
        keep = [e for e in self.events if (low is None or e.at >= low) and (high is None or e.at <= high)]
        return self.where(keep)

    def where(self, events: list[Event]) -> Catalogue:
        """Return a catalogue of the same name with only these events."""
        return replace(self, events=tuple(events))

    def chosen_events(self, name: str) -> int:
        """Count the events that were named after the own move of an instrument."""
        return sum(name in self.chosen_by.get(event.category, ()) for event in self)

    def selected_by(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the instruments after whose own moves more than a fifth of the events were named.

        Of them a study of all events says nothing that the choice of the events has not said before.
        """
        return tuple(name for name in names if self.chosen_events(name) > OFTEN * len(self))

    @property
    def frame(self) -> pd.DataFrame:
        """One row per event: instant (UTC), precision, category, what happened, sources."""
        rows = [
            {"event": e.id, "instant": e.at, **e.model_dump(exclude={"id", "instant", "precision", "sources"})}
            | {"precision": str(e.precision), "sources": "; ".join(e.sources)}
            for e in self.events
        ]
        return pd.DataFrame(rows, columns=None if rows else ["event", "instant"]).set_index("event")

    def _repr_html_(self) -> str:
        shown = [name for name in ("instant", "precision", "category", "label") if name in self.frame]
        return self.frame[shown].to_html(border=0)


def catalogue_names() -> tuple[str, ...]:
    """Return the names of the package's own catalogues.

    Examples
    --------
    >>> "carry_unwinds" in catalogue_names()
    True
    """
    return tuple(sorted(item.name.removesuffix(".yaml") for item in _FOLDER.iterdir() if item.name.endswith(".yaml")))


def catalogue_text(name: str) -> str:
    """Return a catalogue of the package as its file stands, comments included.

    Examples
    --------
    >>> catalogue_text("carry_unwinds").splitlines()[0]
    '# Yen-carry unwinds and the shocks that were called so, 1998-2026.'
    """
    return _FOLDER.joinpath(f"{name}.yaml").read_text(encoding="utf-8")


def load_events(source: str | Path) -> Catalogue:
    """Load a catalogue of events.

    Parameters
    ----------
    source : str or Path
        Name of a catalogue of the package (``"carry_unwinds"``), or the path of a YAML file (a list of events, or
        one under the key ``events``) or of a CSV file with the same words as columns (`sources` separated by ``;``).

    Returns
    -------
    Catalogue
        Its events in time order.

    Raises
    ------
    ConfigurationError
        If the name or a word of the file is unknown, or a value is wrong; with file, line and nearest word.

    Examples
    --------
    >>> events = load_events("carry_unwinds")
    >>> len(events), sum(event.date_only for event in events)
    (40, 18)
    >>> events["2025-10-10-crypto"].at
    Timestamp('2025-10-10 20:50:00+0000', tz='UTC')
    """
    path = Path(source)
    if path.suffix.lower() not in (".yaml", ".yml", ".csv"):
        return _own(str(source))
    return _ordered(path.stem, read_events(path))


@cache
def _own(name: str) -> Catalogue:
    if name not in catalogue_names():
        raise ConfigurationError(f"catalogue {name!r} is unknown; {nearest(name, catalogue_names())}, or give a file")
    from importlib.resources import as_file

    with as_file(_FOLDER.joinpath(f"{name}.yaml")) as path:
        return _ordered(name, read_events(path))


def _ordered(name: str, found: EventFile) -> Catalogue:
    events = tuple(sorted(found.events, key=lambda event: (event.at, event.id)))
    return Catalogue(name, events, found.chosen_by, found.types, found.titles)


def _utc(bound: pd.Timestamp | str) -> pd.Timestamp:
    stamp = read_moment(bound, what="the bound")
    return stamp.tz_localize("UTC") if stamp.tz is None else stamp.tz_convert("UTC")
