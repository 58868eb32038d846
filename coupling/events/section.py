"""The ``events`` section of a configuration."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from coupling.data import calendars
from coupling.errors import nearest
from coupling.events.catalogue import catalogue_names
from coupling.section import Section

__all__ = ["EventsSection"]


class EventsSection(Section):
    """What the room is asked.

    Parameters
    ----------
    catalogue : str
        Name of a catalogue of the package, or a YAML or CSV file relative to the configuration.
    by : {"category"}, optional
        What the events are grouped by; nothing for all together only.
    split : date, optional
        Compare the responses before this date with those from it on.
    event_window, estimation_window, model, market, factors, clock, at, purge, forecast_error, minimum, selected_by,
    placebos, level
        As in `coupling.events.EventStudy`.
    """

    catalogue: str = "carry_unwinds"
    by: Literal["category"] | None = "category"
    split: date | None = None
    event_window: tuple[int, int] = (-5, 10)
    estimation_window: tuple[int, int] = (-250, -21)
    model: Literal["constant_mean", "market", "market_adjusted", "multi_factor", "garch"] = "constant_mean"
    market: str | None = None
    factors: tuple[str, ...] = ()
    clock: str = "XNYS"
    at: str = "24:00 UTC"
    purge: bool = True
    forecast_error: bool = True
    minimum: int = Field(default=10, ge=3)
    selected_by: tuple[str, ...] = ()
    placebos: int = Field(default=9999, ge=99, le=1_000_000)
    level: float = Field(default=0.95, gt=0, lt=1)

    @field_validator("catalogue")
    @classmethod
    def _known_catalogue(cls, value: str) -> str:
        if Path(value).suffix.lower() not in (".yaml", ".yml", ".csv") and value not in catalogue_names():
            raise ValueError(f"catalogue {value!r} is unknown; {nearest(value, catalogue_names())}, or give a file")
        return value

    @field_validator("clock")
    @classmethod
    def _known_clock(cls, value: str) -> str:
        return calendars.require_days(value)

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
        return self.model_copy(update={"catalogue": str(base / Path(self.catalogue).expanduser())})

    def study_parameters(self) -> dict[str, Any]:
        """Return what the constructor of `EventStudy` takes."""
        return self.model_dump(exclude={"catalogue", "by", "split"})
