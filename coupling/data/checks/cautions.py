"""What is said of a series that may have changed its meaning, and how the saying goes with it to every estimate."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from coupling.data.checks.names import BLOCK, END, EXCURSION, FLIP, JUMP, UNIT, YIELD_UNIT
from coupling.data.observations import Observations

__all__ = ["say_cautions", "with_cautions"]

SAID = {
    UNIT: "its data may have changed unit, currency or share count on {date:%Y-%m-%d} ({reading})",
    YIELD_UNIT: "its data may have changed unit on {date:%Y-%m-%d} ({reading})",
    JUMP: "its level jumps on {date:%Y-%m-%d} ({reading}) and stays there, as after a change of unit or currency",
    EXCURSION: "{reading}, on {date:%Y-%m-%d}",
    END: "out of scale from {date:%Y-%m-%d}: {reading}",
    FLIP: "its sign may have flipped on {date:%Y-%m-%d}",
    BLOCK: "values from {date:%Y-%m-%d} on repeat earlier ones ({reading})",
}
MOST = 3


def say_cautions(found: pd.DataFrame) -> tuple[str, ...]:
    """Say each finding of one series in a few words; those beyond three are counted.

    Examples
    --------
    >>> row = {"check": UNIT, "date": pd.Timestamp("2021-03-04"), "reading": "×0.5, as in a 2:1 split"}
    >>> say_cautions(pd.DataFrame([row]))
    ('its data may have changed unit, currency or share count on 2021-03-04 (×0.5, as in a 2:1 split)',)
    """
    rows: list[Any] = list(found.sort_values("date", kind="stable").itertuples())
    said = tuple(SAID[row.check].format(date=row.date, reading=row.reading) for row in rows[:MOST])
    return said if len(rows) <= MOST else (*said, f"and {len(rows) - MOST} more such findings")


def with_cautions(item: Observations, found: pd.DataFrame) -> Observations:
    """Return the series with what must be known of it beside its origin, in the place of what stood there."""
    if item.origin is None or (found.empty and not item.origin.cautions):
        return item
    return replace(item, origin=replace(item.origin, cautions=() if found.empty else say_cautions(found)))
