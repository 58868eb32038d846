"""Which events a section asks for: the dates that it lists, a catalogue, or the simulated market's own."""

from __future__ import annotations

from coupling.data.simulation.truth import Truth
from coupling.errors import ConfigurationError
from coupling.events.listing.catalogue import Catalogue, catalogue_names, load_events
from coupling.events.listing.listed import LISTED, listed_events
from coupling.events.listing.simulated import simulated_catalogue
from coupling.events.section import EventsSection

__all__ = ["asked_events"]


def asked_events(section: EventsSection, truth: Truth | None) -> Catalogue:
    """Return the events of a section; on the simulated market its own, unless dates are listed.

    Raises
    ------
    ConfigurationError
        If the catalogue is wrong, or neither a catalogue nor dates are named.
    """
    if section.dates is not None:
        return Catalogue(LISTED, listed_events(section.dates, section.days))
    if truth is not None:
        return simulated_catalogue(truth)
    if section.catalogue is None:
        own = " or ".join(catalogue_names())
        message = f"no events are named; add catalogue: FILE (or {own}, which comes with the package), or dates: [DATE]"
        raise ConfigurationError(message, path="events")
    return load_events(section.catalogue)
