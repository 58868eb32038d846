"""Columns in the one form that programs write, ``2024-08-05`` or ``2024-08-05T15:30:00Z``, read in one stroke."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

__all__ = ["read_plain"]

DAY, INSTANT = "0000-00-00", "0000-00-00T00:00:00Z"
ZERO, NINE = ord("0"), ord("9")
FIRST, LAST = np.datetime64("1678-01-01"), np.datetime64("2262-01-01")


def read_plain(texts: Sequence[str]) -> tuple[pd.DatetimeIndex, bool] | None:
    """Return the days, or the instants (UTC) and True; None where some cell is of another form or no date.

    Examples
    --------
    >>> read_plain(["2024-08-05"])
    (DatetimeIndex(['2024-08-05'], dtype='datetime64[ns]', freq=None), False)
    >>> read_plain(["2024-08-05", "2024-8-6"])
    """
    instants = len(texts[0]) == len(INSTANT)
    if not _are_of_form(texts, INSTANT if instants else DAY):
        return None
    try:
        read = np.array([text[:-1] for text in texts] if instants else texts, dtype="datetime64[s]")
    except ValueError:
        return None
    if (read < FIRST).any() or (read >= LAST).any():
        return None
    return pd.DatetimeIndex(read.astype("datetime64[ns]")), instants


def _are_of_form(texts: Sequence[str], form: str) -> bool:
    """Tell whether all texts have figures where a form has zeros, and its signs elsewhere."""
    joined = "".join(texts)
    if {*map(len, texts)} != {len(form)} or not joined.isascii():
        return False
    signs = np.frombuffer(joined.encode("ascii"), np.uint8).reshape(-1, len(form))
    wanted = np.frombuffer(form.encode("ascii"), np.uint8)
    figures = wanted == ZERO
    return bool(
        ((signs[:, figures] >= ZERO) & (signs[:, figures] <= NINE)).all() and (signs == wanted)[:, ~figures].all()
    )
