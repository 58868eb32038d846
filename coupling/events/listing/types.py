"""The types that a catalogue declares: how markets moved on an event's first session, whatever was announced."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from coupling.configuration.section import Section
from coupling.machine.names import Name

__all__ = ["EventType", "Side"]

Side = Literal["rises", "falls"]


class EventType(Section):
    """A type of event, by the signs of its day 0.

    Parameters
    ----------
    title : str
        As tables show it; by default the name under which the catalogue declares it.
    signs : dict of str to {"rises", "falls"}
        By instrument; an event is of the type where every one of them moved so.
    """

    title: str = ""
    signs: dict[Name, Side] = Field(min_length=1)
