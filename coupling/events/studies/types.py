"""The observed type of an event: what the signs of day 0 look like, whatever was announced. Descriptive only."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from coupling.events.listing.types import EventType

__all__ = ["observed_types"]

OTHER = "other"


def observed_types(singles: pd.DataFrame, types: Mapping[str, EventType]) -> pd.Series:
    """Name each event by the signs of its day 0: the first type, in the catalogue's order, that they fit.

    Parameters
    ----------
    singles : DataFrame
        Columns ``event, instrument, day_0``, as `EventStudyResult.by_event` gives them.
    types : dict of str to EventType
        As a catalogue declares them (`Catalogue.types`).

    Returns
    -------
    Series
        By event, in the order given: the type's title, ``other`` where none fits, missing where none of the
        instruments that the types name has a value.

    Examples
    --------
    >>> rows = [("a", "VIX", 1.0), ("a", "SPX", -3.0), ("b", "VIX", 0.5), ("b", "SPX", 4.0)]
    >>> squeeze = EventType(title="risk off", signs={"SPX": "falls", "VIX": "rises"})
    >>> observed_types(pd.DataFrame(rows, columns=["event", "instrument", "day_0"]), {"squeeze": squeeze}).to_dict()
    {'a': 'risk off', 'b': 'other'}
    """
    order = list(dict.fromkeys(singles["event"]))
    names = list(dict.fromkeys(name for item in types.values() for name in item.signs))
    moves = singles.pivot_table(index="event", columns="instrument", values="day_0").reindex(index=order, columns=names)
    found = pd.Series(OTHER, index=moves.index, dtype=object)
    for name, item in reversed(list(types.items())):
        signed = pd.DataFrame(
            {each: moves[each] if side == "rises" else -moves[each] for each, side in item.signs.items()}
        )
        found[(signed > 0).all(axis=1)] = item.title or name
    found[moves.isna().all(axis=1)] = None
    return found
