"""The ``events`` section of a configuration."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from coupling.configuration.section import Section
from coupling.data.clocks import calendars
from coupling.dates.days import read_days
from coupling.errors import ConfigurationError, nearest
from coupling.events.detection.section import DetectorSection
from coupling.events.listing.catalogue import catalogue_names
from coupling.events.listing.listed import LISTED, listed_events
from coupling.machine.names import place_of

__all__ = ["DetectorSection", "EventsSection", "IntradaySection"]


class IntradaySection(Section):
    """Paths by hours, drawn where hourly files are at hand, see `coupling.events.IntradayPath`.

    Parameters
    ----------
    events : tuple of str
        Events of the catalogue; by default all whose instant is known. An event known by date only is counted from the
        start of its local day, and says so.
    hours, reference_days
        As in `IntradayPath`.
    """

    events: tuple[str, ...] = ()
    hours: tuple[int, int] = (-6, 24)
    reference_days: int = Field(default=60, ge=10)


class EventsSection(Section):
    """What the room is asked.

    Parameters
    ----------
    catalogue : str, optional
        Name of a catalogue of the package, or a YAML or CSV file relative to the configuration. The simulated market
        brings events of its own; anywhere else a catalogue or dates are asked for.
    dates : tuple of str, optional
        Dates and instants (with a zone) instead of a catalogue, as ``[2024-08-05, "2024-08-02T12:30Z"]``.
    highlight : list of str
        Events that are shown by themselves too: ids, dates, or the beginning of dates (``2023-03``).
    by : {"category"}, optional
        What the events are grouped by; nothing for all together only.
    split : date, optional
        Compare the responses before this date with those from it on.
    detector : DetectorSection, optional
        Look for episodes of this kind in the data, without look-ahead.
    intraday : IntradaySection
        Paths by hours.
    event_window, estimation_window, model, market, factors, days, at, purge, forecast_error, min_rows, selected_by,
    replications, level
        As in `coupling.events.EventStudy`.
    """

    catalogue: str | None = None
    dates: tuple[str, ...] | None = None
    highlight: tuple[str, ...] = ()
    by: Literal["category"] | None = "category"
    split: date | None = None
    detector: DetectorSection | None = None
    intraday: IntradaySection = IntradaySection()
    event_window: tuple[int, int] = (-5, 10)
    estimation_window: tuple[int, int] = (-250, -21)
    model: Literal["constant_mean", "market", "market_adjusted", "multi_factor", "garch"] = "constant_mean"
    market: str | None = None
    factors: tuple[str, ...] = ()
    days: str = "XNYS"
    at: str = "24:00 UTC"
    purge: bool = True
    forecast_error: bool = True
    min_rows: int = Field(default=10, ge=3)
    selected_by: tuple[str, ...] = ()
    replications: int = Field(default=9999, ge=99)
    level: float = Field(default=0.95, gt=0, lt=1)

    @field_validator("catalogue")
    @classmethod
    def _known_catalogue(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if Path(value).suffix.lower() not in (".yaml", ".yml", ".csv") and value not in catalogue_names():
            raise ValueError(f"catalogue {value!r} is unknown; {nearest(value, catalogue_names())}, or give a file")
        return value

    @field_validator("dates", mode="before")
    @classmethod
    def _as_texts(cls, value: Any) -> Any:
        items = (value,) if isinstance(value, str | date) else value
        if not isinstance(items, list | tuple):
            return items
        stamps = read_days(items, what="an event")
        return tuple(f"{day:%Y-%m-%d}" if day.tz is None and day == day.normalize() else str(day) for day in stamps)

    @field_validator("highlight", mode="before")
    @classmethod
    def _several(cls, value: Any) -> Any:
        """Take one or several; a date, or a year alone, as its text."""
        items = (value,) if isinstance(value, str | date | int) else value
        if not isinstance(items, list | tuple):
            return items
        for place, item in enumerate(items):
            if isinstance(item, bool) or not isinstance(item, str | date | int):
                message = f"{item!r} is no event; give its id, a date, or the beginning of one, as '2023-03'"
                raise ConfigurationError(message, path=str(place))
        return tuple(f"{item:%Y-%m-%d}" if isinstance(item, date) else str(item) for item in items)

    @field_validator("days")
    @classmethod
    def _known_days(cls, value: str) -> str:
        return calendars.require_days(value)

    @model_validator(mode="after")
    def _one_list(self) -> Self:
        if self.dates is not None:
            listed_events(self.dates, self.days)
            if self.catalogue is not None:
                raise ValueError(f"dates and the catalogue {self.catalogue!r} both name events; leave one out")
        return self

    @model_validator(mode="after")
    def _possible_windows(self) -> Self:
        for name in ("event_window", "estimation_window"):
            first, last = getattr(self, name)
            if first > last:
                raise ValueError(f"{name} [{first}, {last}] ends before it starts; write [first, last]")
        if self.estimation_window[0] <= self.event_window[1] and self.event_window[0] <= self.estimation_window[1]:
            raise ValueError(
                "estimation_window overlaps event_window, so the event would explain itself; end it before"
            )
        return self

    def relative_to(self, base: Path) -> EventsSection:
        """Return the section with a catalogue file looked for in a folder, where it is a file."""
        if self.catalogue is None or not Path(self.catalogue).suffix:
            return self
        return self.model_copy(update={"catalogue": str(place_of(base, self.catalogue))})

    @property
    def named(self) -> str:
        """What the events are called: the catalogue's name, or that they are listed."""
        return LISTED if self.catalogue is None else Path(self.catalogue).stem

    def study_parameters(self) -> dict[str, Any]:
        """Return what the constructor of `EventStudy` takes."""
        return self.model_dump(exclude={"catalogue", "dates", "highlight", "by", "split", "detector", "intraday"})
