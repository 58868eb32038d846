"""What an answer lacks is noted, and what a calendar explains is not."""

from __future__ import annotations

import pandas as pd

from coupling.data.instrument import SourceEntry
from coupling.data.sources.partial import note_partial
from coupling.data.sources.rows import RawRows
from coupling.data.sources.span import DateSpan

NOW = pd.Timestamp("2024-08-09", tz="UTC")


def notes(
    dates: list[str], clock: str = "UTC", span: DateSpan | None = None, now: pd.Timestamp = NOW
) -> tuple[str, ...]:
    when = pd.Series(pd.to_datetime(dates)).astype("datetime64[ns]")
    line = pd.Series(range(len(dates)))
    rows = RawRows(place="x", when=when, value=line.astype(float), line=line, sha256="0")
    entry = SourceEntry(provider="yahoo", symbol="X", clock=clock)
    return note_partial(rows, entry, span or DateSpan(), now).repairs


def test_a_whole_answer_has_no_note() -> None:
    assert notes(["2024-08-05", "2024-08-06"]) == ()


def test_the_long_holidays_of_tokyo_are_no_hole_but_elsewhere_they_are() -> None:
    golden_week = ["2019-04-26", "2019-05-07"]
    now = pd.Timestamp("2019-05-08", tz="UTC")
    assert notes(golden_week, "MOF", now=now) == ()
    (note,) = notes(golden_week, "H10", now=now)
    assert note == "holes of more than a week: 1; 2019-04-27 to 2019-05-06 (6 sessions)"


def test_many_holes_are_counted_and_the_first_are_named() -> None:
    dates = [f"2024-{month:02d}-01" for month in range(1, 8)] + ["2024-08-06"]
    (note,) = notes(dates)
    assert note.startswith("holes of more than a week: 7; 2024-01-02 to 2024-01-31 (30 sessions)")
    assert note.endswith("and 4 more")


def test_the_end_is_measured_against_what_was_asked_for() -> None:
    assert notes(["2024-01-05"], span=DateSpan(None, pd.Timestamp("2024-01-08"))) == ()
    assert notes(["2024-01-05"]) == ("ends on 2024-01-05, 217 days behind",)
