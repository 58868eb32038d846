"""What counts as data in memory: a frame or series that narwhals knows, observations, or a mapping of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coupling.data.observations import Observations

__all__ = ["is_data", "is_frame", "is_series"]


def is_frame(item: Any) -> bool:
    """Tell whether something is a frame, eager or lazy, of a library that narwhals knows."""
    import narwhals as nw

    return isinstance(item, pd.DataFrame) or isinstance(_wrapped(item), nw.DataFrame | nw.LazyFrame)


def is_series(item: Any) -> bool:
    """Tell whether something is a series of a library that narwhals knows."""
    import narwhals as nw

    return isinstance(item, pd.Series) or isinstance(_wrapped(item), nw.Series)


def is_data(item: Any) -> bool:
    """Tell data from a configuration: a frame, a series, or a mapping that holds one.

    Examples
    --------
    >>> import pandas as pd
    >>> is_data(pd.DataFrame()), is_data({"BTC": pd.Series(dtype=float)}), is_data({"title": "Two", "focus": "BTC"})
    (True, True, False)
    """
    items = list(item.values()) if isinstance(item, Mapping) else [item]
    return any(isinstance(one, Observations) or is_frame(one) or is_series(one) for one in items)


def _wrapped(item: Any) -> Any:
    import narwhals as nw

    if item is None or isinstance(item, str | bytes | Mapping | pd.DataFrame | pd.Series):
        return item
    return nw.from_native(item, pass_through=True, allow_series=True)
