"""Whether rows that are read as simultaneous are: direction needs one sampling instant, or rows as long as a week."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from coupling.data.panel import Panel
from coupling.text.wording import percent

__all__ = ["Closes", "closes_of"]

_SAME_INSTANT = 0.99
_LONG_ROW = pd.Timedelta(days=5)
_SHARE_OF_LONG_ROW = 0.85


@dataclass(frozen=True, kw_only=True)
class Closes:
    """What the closes of a panel allow.

    Parameters
    ----------
    support_direction : bool
        True where every pair's changes share at least 99 % of a row, or rows last five days or more and share 85 %.
    note : str
        What a reader must know; empty where all is struck at one instant.
    """

    support_direction: bool
    note: str


def closes_of(panel: Panel) -> Closes:
    """Judge the closes of a panel from the time that the change intervals of each pair share.

    Closes at 06:00 and 21:00 UTC without any lead or lag make New York "cause" Tokyo in 99 % of daily samples: what
    happens between the closes is in the later one's row already, and in the earlier one's next row.
    """
    overlap = panel.overlap
    if overlap.empty:
        return Closes(support_direction=True, note="")
    worst = overlap.sort_values("share", kind="stable").iloc[0]
    share = float(worst["share"])
    pair = f"the change intervals of {worst['left']} and {worst['right']} share {percent(share)} of their length"
    if share >= _SAME_INSTANT:
        return Closes(support_direction=True, note="")
    rows = pd.DatetimeIndex(panel.levels.index).to_series().diff().median()
    if rows >= _LONG_ROW and share >= _SHARE_OF_LONG_ROW:
        return Closes(support_direction=True, note=f"Closes still differ a little: {pair}.")
    return Closes(
        support_direction=False,
        note=f"Non-synchronous closes: {pair}, so that an earlier close seems to follow a later one. This is an "
        "artefact of non-synchronous closes and supports no claim about who moves whom; use hourly files sampled at "
        "one instant, or weekly changes.",
    )
