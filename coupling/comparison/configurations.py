"""What differs between configurations, by flattened key."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from coupling.study import Study

__all__ = ["differing", "flattened"]


def flattened(settings: Mapping[str, Any], path: str = "") -> dict[str, str]:
    """Return settings by dotted path, as text.

    Examples
    --------
    >>> flattened({"correlation": {"rolling": {"window": 60}}, "instruments": ["BTC", "SPX"]})
    {'correlation.rolling.window': '60', 'instruments': 'BTC, SPX'}
    """
    found: dict[str, str] = {}
    for key, value in settings.items():
        name = f"{path}{key}"
        if isinstance(value, Mapping) and value:
            found |= flattened(value, f"{name}.")
        elif isinstance(value, list | tuple):
            found[name] = ", ".join(str(each) for each in value)
        else:
            found[name] = "not asked" if value is None else "{}" if isinstance(value, Mapping) else str(value)
    return found


def differing(studies: Mapping[str, Study]) -> pd.DataFrame:
    """Return the settings that are not the same in all studies: one row per key, one column per study.

    The title is left out, and of a folder only its name is shown. A setting inside a section that is not asked is
    missing.
    """
    dumped = {name: flattened(study.model_dump(mode="json", exclude={"title"})) for name, study in studies.items()}
    keys = list(dict.fromkeys(key for each in dumped.values() for key in each))
    table = pd.DataFrame({name: [each.get(key, "") for key in keys] for name, each in dumped.items()}, index=keys)
    rows = table[table.ne(table.iloc[:, 0], axis=0).any(axis=1)].rename_axis("setting")
    for name in [key for key in ("data.directory", "data.store") if key in rows.index]:  # no machine's path on a page
        rows.loc[name] = [
            Path(str(value)).name or "not given" for value in rows.loc[name]
        ]  # a page names no machine's path
    return rows
