"""The ``events`` section of a configuration."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from coupling.configuration.section import Section
from coupling.data.clocks import calendars
from coupling.dates.days import read_days
from coupling.dates.durations import parse_duration
from coupling.errors import nearest
from coupling.events.listing.asked import listed_events
from coupling.events.listing.catalogue import catalogue_names
from coupling.machine.names import place_of

__all__ = ["DetectorSection", "EventsSection", "IntradaySection"]


class DetectorSection(Section):
    """How unwinds are looked for in the data, see `coupling.events.UnwindDetector`.

    Parameters
    ----------
    yen, shares, volatility, positions : str or list of str
        Instruments; of several the first that can be had. An empty list leaves a part out.
    sessions, window, min_rows, refractory, max_staleness
        As in `UnwindDetector`.
    threshold : float, optional
        By default the one with the best balance of precision and recall before `judge_from`.
    judge_from : tuple of date
        Thresholds are chosen on the data before each of these dates and judged from it on.
    judge_to : date, optional
        Last date that is judged; by default the last session.
    category : str
        Category of the catalogue whose events are unwinds.
    """

    yen: tuple[str, ...] = ("USDJPY",)
    shares: tuple[str, ...] = ("SPX",)
    volatility: tuple[str, ...] = ("VIX",)
    positions: tuple[str, ...] = ()
    sessions: int = Field(default=5, ge=1)
    window: int | None = Field(default=None, ge=20)
    min_rows: int = Field(default=250, ge=20)
    refractory: int = Field(default=20, ge=0)
    max_staleness: str = "14d"
    threshold: float | None = Field(default=None, gt=0, lt=100)
    judge_from: tuple[date, ...] = Field(default=(date(2020, 1, 1),), min_length=1)
    judge_to: date | None = None
    category: str = "risk_off_jpy_surge"

    @field_validator("yen", "shares", "volatility", "positions", "judge_from", mode="before")
    @classmethod
    def _several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str | date) else value

    @field_validator("max_staleness")
    @classmethod
    def _is_duration(cls, text: str) -> str:
        parse_duration(text)
        return text

    @model_validator(mode="after")
    def _something_to_read(self) -> Self:
        if not (self.yen or self.shares or self.volatility or self.positions):
            raise ValueError("a detector needs at least one of yen, shares, volatility and positions")
        return self

    @property
    def parts(self) -> dict[str, tuple[str, ...]]:
        """The instruments that may serve each part."""
        named = {part: getattr(self, part) for part in ("yen", "shares", "volatility", "positions")}
        return {part: names for part, names in named.items() if names}

    @property
    def instruments(self) -> tuple[str, ...]:
        """Every instrument that may serve."""
        return tuple(dict.fromkeys(name for names in self.parts.values() for name in names))

    def detector_parameters(self) -> dict[str, Any]:
        """Return what the constructor of `UnwindDetector` takes beside the instruments and the threshold."""
        return self.model_dump(include={"sessions", "window", "min_rows", "refractory", "max_staleness"})


class IntradaySection(Section):
    """Paths by hours, drawn where hourly files are at hand, see `coupling.events.IntradayPath`.

    Parameters
    ----------
    events : tuple of str
        Events of the catalogue; by default all whose instant is known. An event known by day only is counted from the
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
    catalogue : str
        Name of a catalogue of the package, or a YAML or CSV file relative to the configuration.
    dates : tuple of str, optional
        Dates and instants (with a zone) instead of a catalogue, as ``[2024-08-05, "2024-08-02T12:30Z"]``.
    by : {"category"}, optional
        What the events are grouped by; nothing for all together only.
    split : date, optional
        Compare the responses before this date with those from it on.
    detector : DetectorSection, optional
        Look for unwinds in the data, without look-ahead.
    intraday : IntradaySection
        Paths by hours.
    event_window, estimation_window, model, market, factors, days, at, purge, forecast_error, min_rows, selected_by,
    replications, level
        As in `coupling.events.EventStudy`.
    """

    catalogue: str = "carry_unwinds"
    dates: tuple[str, ...] | None = None
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
    def _known_catalogue(cls, value: str) -> str:
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

    @field_validator("days")
    @classmethod
    def _known_days(cls, value: str) -> str:
        return calendars.require_days(value)

    @model_validator(mode="after")
    def _one_list(self) -> Self:
        if self.dates is not None:
            listed_events(self.dates, self.days)
            if self.catalogue != type(self).model_fields["catalogue"].default:
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
        if not Path(self.catalogue).suffix:
            return self
        return self.model_copy(update={"catalogue": str(place_of(base, self.catalogue))})

    def study_parameters(self) -> dict[str, Any]:
        """Return what the constructor of `EventStudy` takes."""
        return self.model_dump(exclude={"catalogue", "dates", "by", "split", "detector", "intraday"})
