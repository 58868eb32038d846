"""Which events a configuration highlights."""

from __future__ import annotations

import pytest

from coupling.errors import ConfigurationError
from coupling.events import Catalogue, Event
from coupling.events.listing.highlights import highlighted_events
from coupling.events.section import EventsSection

CATALOGUE = Catalogue(
    "mine",
    (
        Event(id="fomc-1", instant="2023-02-01T19:00Z"),
        Event(id="2023-03-22", instant="2023-03-22T18:00Z"),
        Event(id="late", instant="2023-03-31T23:30-04:00"),  # April in UTC
        Event(id="tokyo", day="2023-11-01", market="XTKS"),  # opens on 1 November, 00:00 UTC
        Event(id="2024", day="2025-01-02", market="UTC"),
    ),
)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (["fomc-1"], ["fomc-1"]),
        (["2023-03"], ["2023-03-22"]),
        (["2023-04"], ["late"]),
        (["2023-11-01"], ["tokyo"]),
        (["1 Nov 2023"], ["tokyo"]),
        (["tokyo", "2023-03-22", "2023"], ["fomc-1", "2023-03-22", "late", "tokyo"]),
        (["2024"], ["2024"]),  # an id comes before the beginning of a date
        ([], []),
    ],
)
def test_ids_dates_and_their_beginnings(asked: list[str], found: list[str]) -> None:
    section = EventsSection(highlight=asked)
    assert highlighted_events(section.highlight, CATALOGUE) == tuple(found)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("fomc-2", "events.highlight.1: 'fomc-2' names no event of mine; did you mean 'fomc-1'"),
        ("2022", "'2022' names no event of mine"),
        ("2023-1", "'2023-1' names no event of mine"),
        ("05/12/2023", "can be read as 2023-12-05 or 2023-05-12"),
    ],
)
def test_what_names_no_event_is_refused_with_its_place(asked: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        highlighted_events(("fomc-1", asked), CATALOGUE)


def test_a_market_with_its_own_events_passes_over_strangers() -> None:
    assert highlighted_events(("nobody", "fomc-1"), CATALOGUE, passing=True) == ("fomc-1",)


def test_a_year_or_a_date_may_stand_without_quotes() -> None:
    import datetime as dt

    assert EventsSection(highlight=2023).highlight == ("2023",)
    assert EventsSection(highlight=[dt.date(2023, 2, 1), "2023-03"]).highlight == ("2023-02-01", "2023-03")
