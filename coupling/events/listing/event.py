"""One dated event: an instant in UTC, or a day and a market where the time of day is not known."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, Self

import pandas as pd
from pydantic import field_validator, model_validator

from coupling.configuration.section import Section
from coupling.data.clocks import calendars
from coupling.dates.days import read_moment
from coupling.errors import ConfigurationError, DataError
from coupling.machine.names import Name

__all__ = ["UTC_DAY", "Event", "Precision"]

UTC_DAY = "UTC"
ISO_DAY = re.compile(r"(19|20)\d\d-\d\d-\d\d")
LONGEST_HOLIDAY = pd.Timedelta(days=60)


class Precision(StrEnum):
    """How well the instant is known."""

    MINUTE = "minute"
    APPROXIMATE = "approximate"
    DAY = "day"


class Event(Section):
    """An event with its announced category and its sources.

    Parameters
    ----------
    id : str
        Unique within a catalogue.
    instant : str, optional
        When it happened, as ISO time with a zone (``2024-08-05T00:00Z``).
    day, market : str, optional
        Where the time is not known: the date, and the market (a market identifier code, or ``UTC`` for a market that
        never closes) whose open on that date stands for the instant. The event then spans that local day.
    precision : {"minute", "approximate", "day"}
        ``day`` belongs to `day` and `market`, the others to `instant`.
    label, category, what, confidence : str
    sources : tuple of str

    Examples
    --------
    >>> Event(id="x", day="2025-11-18", market="XTKS").at
    Timestamp('2025-11-18 00:00:00+0000', tz='UTC')
    """

    id: Name
    label: str = ""
    category: Name = "event"
    instant: str | None = None
    day: str | None = None
    market: str | None = None
    precision: Precision
    what: str = ""
    sources: tuple[str, ...] = ()
    confidence: str = ""

    @model_validator(mode="before")
    @classmethod
    def _default_precision(cls, entry: Any) -> Any:
        if isinstance(entry, dict) and "precision" not in entry:
            return {**entry, "precision": "day" if entry.get("day") else "approximate"}
        return entry

    @field_validator("instant", mode="before")
    @classmethod
    def _zoned(cls, value: Any) -> Any:
        if value is None:
            return None
        stamp = read_moment(value, what="instant")
        if stamp.tz is None:
            raise ValueError(f"instant {value} has no time zone; end it in Z for UTC, or give a day and a market")
        return stamp.tz_convert("UTC").isoformat()

    @field_validator("day", mode="before")
    @classmethod
    def _dated(cls, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, str) and ISO_DAY.fullmatch(value):  # one way to read it, and most are so
            with suppress(ValueError):
                return date.fromisoformat(value).isoformat()
        stamp = read_moment(value, what="day")
        if stamp.tz is not None or stamp != stamp.normalize():
            raise ValueError(f"day {value} has a time of day; give it as an instant instead")
        return f"{stamp:%Y-%m-%d}"

    @model_validator(mode="after")
    def _one_time(self) -> Self:
        if (self.instant is None) == (self.day is None):
            raise ValueError(f"event {self.id} needs either an instant or a day with a market, and not both")
        if (self.day is None) != (self.market is None):
            raise ValueError(f"event {self.id}: a day needs a market, and a market needs a day")
        if (self.precision is Precision.DAY) != (self.day is not None):
            raise ValueError(
                f"event {self.id}: precision 'day' belongs to a day, 'minute' and 'approximate' to an instant"
            )
        if self.market not in (None, UTC_DAY) and not calendars.is_exchange(str(self.market)):
            raise calendars.refuse_unknown("market", str(self.market), (UTC_DAY,))
        return self

    @property
    def title(self) -> str:
        """What prose calls it: its label with the date, or its name where it has none."""
        return f"“{self.label}” ({self.day or f'{self.at:%Y-%m-%d}'})" if self.label else self.id

    @property
    def date_only(self) -> bool:
        """Whether the time of day is not known."""
        return self.day is not None

    @property
    def at(self) -> pd.Timestamp:
        """The instant (UTC): as stated, or the open of the market on the day (its next session if shut)."""
        if self.instant is not None:
            return pd.Timestamp(self.instant).as_unit("ns")
        try:
            return _first_open(str(self.market), str(self.day))
        except (ConfigurationError, DataError) as error:
            reason = str(error).partition("; ")[0]
            raise type(error)(f"event {self.id}: {reason}; give its instant instead of its day and market") from None

    @property
    def span(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """The stretch (UTC) in which it happened: the local day where only the day is known, else the instant twice."""
        if not self.date_only:
            return self.at, self.at
        zone = "UTC" if self.market == UTC_DAY else calendars.zone(str(self.market))
        start = pd.Timestamp(str(self.day))
        bounds = [(start + pd.Timedelta(days=k)).tz_localize(zone).tz_convert("UTC").as_unit("ns") for k in (0, 1)]
        return bounds[0], bounds[1]


@lru_cache(maxsize=4096)
def _first_open(market: str, day: str) -> pd.Timestamp:
    """Return the first open (UTC) of a market on a day or after it."""
    start = pd.Timestamp(day)
    if market == UTC_DAY:
        return start.tz_localize("UTC").as_unit("ns")
    labels = calendars.sessions(market, start, start + LONGEST_HOLIDAY, assume=True)
    return pd.Timestamp(calendars.opens(market, labels[:1])[0])
