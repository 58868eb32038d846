"""The observed type of an event: what the signs of day 0 look like, whatever was announced. Descriptive only."""

from __future__ import annotations

import pandas as pd

__all__ = ["observed_types"]


def observed_types(singles: pd.DataFrame) -> pd.Series:
    """Name each event by the signs of its day 0.

    ``unwind``: the yen rises and shares fall. ``fiscal``: Japanese yields rise and the yen falls. ``crypto``: Bitcoin
    falls and neither of these holds. ``other``: none of them. Missing where none of the instruments has a value.

    Parameters
    ----------
    singles : DataFrame
        Columns ``event, instrument, day_0``, as `EventStudyResult.by_event` gives them; USDJPY, SPX, JGB10Y and BTC are
        read.

    Returns
    -------
    Series
        By event, in the order given.

    Examples
    --------
    >>> rows = [("a", "USDJPY", -1.0), ("a", "SPX", -3.0), ("b", "USDJPY", 0.5), ("b", "JGB10Y", 4.0)]
    >>> observed_types(pd.DataFrame(rows, columns=["event", "instrument", "day_0"])).to_dict()
    {'a': 'unwind', 'b': 'fiscal'}
    """
    names = ["USDJPY", "SPX", "JGB10Y", "BTC"]
    order = list(dict.fromkeys(singles["event"]))
    moves = singles.pivot_table(index="event", columns="instrument", values="day_0").reindex(index=order, columns=names)
    types = pd.Series("other", index=moves.index, dtype=object)
    types[moves["BTC"] < 0] = "crypto"
    types[(moves["JGB10Y"] > 0) & (moves["USDJPY"] > 0)] = "fiscal"
    types[(moves["USDJPY"] < 0) & (moves["SPX"] < 0)] = "unwind"
    types[moves.isna().all(axis=1)] = None
    return types
