"""``events.detector`` of a configuration: the parts of the index, and what its signals are judged against."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from coupling.configuration.section import Section
from coupling.dates.durations import parse_duration
from coupling.errors import ConfigurationError, nearest
from coupling.events.listing.types import Side
from coupling.machine.names import Name

__all__ = ["OWN_COLUMNS", "DetectorPart", "DetectorSection", "Stress"]

Size = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]
OWN_COLUMNS = ("severity", "index", "known_at")


class DetectorPart(Section):
    """One part of the index; in short its side alone, as ``SPX: falls``.

    Parameters
    ----------
    instruments : str or list of str
        Of several the first that can be had; by default the part's own name.
    side : {"rises", "falls"}
        Which way the index counts.
    of : {"move", "level"}
        The move over some sessions, or the level itself against its own past.
    """

    instruments: tuple[str, ...] = ()
    side: Side
    of: Literal["move", "level"] = "move"

    @model_validator(mode="before")
    @classmethod
    def _from_side(cls, entry: Any) -> Any:
        return {"side": entry} if isinstance(entry, str) else entry

    @field_validator("instruments", mode="before")
    @classmethod
    def _several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @property
    def sign(self) -> float:
        """1 where a rise counts, -1 where a fall does."""
        return 1.0 if self.side == "rises" else -1.0

    def named(self, part: str) -> DetectorPart:
        """Return the part with its instruments, by default the one of its own name."""
        return self if self.instruments else self.model_copy(update={"instruments": (part,)})


class Stress(Section):
    """When an episode of market stress begins, by the dates of the values: signals are judged against it.

    Parameters
    ----------
    sessions : int
        Length of the past, and sessions without stress that end an episode.
    drawdown : dict of str to float
        By part: how far it stands below the highest of these sessions (above the lowest where its side is a rise).
    change : dict of str to float
        By part: how far it stands below its value so many sessions before (above it where its side is a rise). Both in
        % of a level, in bp of a yield, else in the unit of the level.
    """

    sessions: int = Field(default=20, ge=1)
    drawdown: dict[Name, Size] = Field(default_factory=dict)
    change: dict[Name, Size] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not self.drawdown and not self.change:
            raise ValueError("stress needs a drawdown or a change, by part, as drawdown: {SPX: 5}")
        return self

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that are read."""
        return tuple(dict.fromkeys((*self.drawdown, *self.change)))


class DetectorSection(Section):
    """How episodes are looked for in the data, see `coupling.events.EventDetector`.

    Parameters
    ----------
    parts : dict of str to DetectorPart
        By name: which instruments, and which way counts, as ``{SPX: falls, VIX: rises}``.
    sessions, window, min_rows, refractory, max_staleness
        As in `EventDetector`.
    threshold : float, optional
        By default the one with the best balance of precision and recall before `judge_from`.
    judge_from : tuple of date
        Thresholds are chosen on the data before each of these dates and judged from it on.
    judge_to : date, optional
        Last date that is judged; by default the last session.
    category : str, optional
        Category of the catalogue whose events are to be found; by default all events.
    stress : Stress, optional
        When an episode of market stress begins.
    plain : str, optional
        The part whose move alone, and level alone, are judged beside the index; by default the first that is served by
        an instrument of the kind volatility.
    note : str
        Said at the end of the scores' method.
    """

    parts: dict[Name, DetectorPart] = Field(default_factory=dict)
    sessions: int = Field(default=5, ge=1)
    window: int | None = Field(default=None, ge=20)
    min_rows: int = Field(default=250, ge=20)
    refractory: int = Field(default=20, ge=0)
    max_staleness: str = "14d"
    threshold: float | None = Field(default=None, gt=0, lt=100)
    judge_from: tuple[date, ...] = Field(default=(date(2020, 1, 1),), min_length=1)
    judge_to: date | None = None
    category: str | None = None
    stress: Stress | None = None
    plain: str | None = None
    note: str = ""

    @field_validator("judge_from", mode="before")
    @classmethod
    def _several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str | date) else value

    @field_validator("max_staleness")
    @classmethod
    def _is_duration(cls, text: str) -> str:
        parse_duration(text)
        return text

    @field_validator("parts")
    @classmethod
    def _named(cls, parts: dict[str, DetectorPart]) -> dict[str, DetectorPart]:
        for name in parts:
            if name in OWN_COLUMNS:
                raise ConfigurationError(
                    f"{name!r} is a column of the index itself; call the part otherwise", path=name
                )
        return {name: part.named(name) for name, part in parts.items()}

    @model_validator(mode="after")
    def _something_to_read(self) -> Self:
        if not self.parts:
            raise ValueError("a detector needs at least one part, as parts: {SPX: falls, VIX: rises}")
        asked = {f"stress.{part}": part for part in (self.stress.parts if self.stress else ())}
        asked |= {} if self.plain is None else {"plain": self.plain}
        for path, part in asked.items():
            if part not in self.parts:
                raise ConfigurationError(f"{part!r} is no part of the detector; {nearest(part, self.parts)}", path=path)
        return self

    @property
    def instruments(self) -> tuple[str, ...]:
        """Every instrument that may serve."""
        return tuple(dict.fromkeys(name for part in self.parts.values() for name in part.instruments))

    def detector_parameters(self) -> dict[str, Any]:
        """Return what the constructor of `EventDetector` takes beside the parts and the threshold."""
        return self.model_dump(include={"sessions", "window", "min_rows", "refractory", "max_staleness"})
