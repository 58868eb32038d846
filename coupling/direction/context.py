"""What every part of the room's page needs: panel, focus, start of the report, seed, and what the closes allow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from coupling.data.panel import Panel
from coupling.direction.closes import Closes

__all__ = ["DirectionContext"]


@dataclass(frozen=True)
class DirectionContext:
    """What every part of the page needs."""

    panel: Panel
    focus: str
    start: pd.Timestamp | None
    seed: int
    closes: Closes

    @property
    def reported(self) -> pd.DataFrame:
        """The changes from the start of the report on."""
        changes = self.panel.changes
        return changes if self.start is None else changes[changes.index >= self.start]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know about the closes."""
        return tuple(filter(None, (self.closes.note, self.panel.note)))

    def titled(self, title: str) -> str:
        """Return a title that says that it is an artefact where that is all it can be."""
        return (
            title
            if self.closes.support_direction
            else f"Artefact of non-synchronous closes: {title[0].lower()}{title[1:]}"
        )

    @property
    def clock(self) -> str:
        """The clock of the panel's ticks."""
        return self.panel.alignment.clock

    @property
    def span(self) -> tuple[date, date]:
        """First and last session of the reported changes."""
        index = self.reported.index
        return self.panel.sessions.of(index[0]), self.panel.sessions.of(index[-1])
