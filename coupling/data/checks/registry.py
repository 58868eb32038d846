"""The checks of a series, each with its name, the kinds for which it has a meaning, and whether it marks verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pandas as pd

from coupling.data.checks.blocks import find_blocks
from coupling.data.checks.form import COLUMNS
from coupling.data.checks.gaps import find_gaps
from coupling.data.checks.names import FINDINGS
from coupling.data.checks.opens import find_broken_opens
from coupling.data.checks.repeats import find_repeats
from coupling.data.checks.scale import find_changes_of_scale
from coupling.data.checks.second_sources import find_disagreements
from coupling.data.checks.spikes import find_spikes
from coupling.data.checks.yields import find_changes_of_yield
from coupling.data.instrument import Kind
from coupling.data.observations import Observations

__all__ = ["CHECKS", "MEANING", "check_meaning", "check_series"]

MEANING = FINDINGS
LOOKS = ("gap", "repeated value", "mean-reverting outlier", "close-to-open discrepancy", "second source")
CHECKS = (*MEANING, *LOOKS)

Check = Callable[[Observations], pd.DataFrame]
OF_KIND: dict[Kind, tuple[Check, ...]] = {
    Kind.YIELD: (find_changes_of_yield, find_blocks),
    Kind.FLOW: (find_blocks,),
}
OF_PRICES: tuple[Check, ...] = (find_changes_of_scale, find_blocks)


def check_meaning(item: Observations, kind: Kind) -> pd.DataFrame:
    """Find where the values of a series may have changed what they mean: unit, currency, scale, sign.

    Parameters
    ----------
    item : Observations
        The series that serves.
    kind : Kind
        What its level is: yields are judged by their size in bp, flows by repeated blocks alone.

    Returns
    -------
    DataFrame
        As `check_series`.
    """
    return _joined(check(item) for check in OF_KIND.get(kind, OF_PRICES))


def check_series(item: Observations, seconds: Iterable[Observations] = ()) -> pd.DataFrame:
    """Find what deserves a look in a series, alone and against its second sources.

    Parameters
    ----------
    item : Observations
        The series that serves.
    seconds : iterable of Observations
        Other sources of the same instrument. Only those with the same clock are compared value by value.

    Returns
    -------
    DataFrame
        One row per finding: ``instrument, check, date, value, against, size, source, reading``. `size` is in the unit
        of a change (% or bp), in days for a gap, and in rows for a repeated value.
    """
    others = list(seconds)
    found = [find_gaps(item), find_repeats(item), find_spikes(item), find_broken_opens(item)]
    found += [find_broken_opens(other) for other in others]
    found += [find_disagreements(item, other) for other in others]
    return _joined(found)


def _joined(found: Iterable[pd.DataFrame]) -> pd.DataFrame:
    frames = [frame for frame in found if len(frame)]
    if not frames:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(frames, ignore_index=True).sort_values(["check", "date"], kind="stable", ignore_index=True)
