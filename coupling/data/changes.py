"""How a change is formed: the one place that turns levels into changes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

import numpy as np
import pandas as pd

from coupling.errors import InputError

__all__ = ["ChangeRule", "form_changes", "level_paths"]

Levels = TypeVar("Levels", pd.Series, pd.DataFrame)


class ChangeRule(StrEnum):
    """The rule that forms a change, and by it the unit of the change."""

    LOG = "log"
    BASIS_POINTS = "basis_points"
    DIFFERENCE = "difference"
    VALUE = "value"


def form_changes(levels: Levels, rule: ChangeRule | str) -> Levels:
    """Form the changes between consecutive rows; the first row is missing.

    Parameters
    ----------
    levels : Series or DataFrame
        Levels in time order. A missing level makes the changes on both of its sides missing.
    rule : ChangeRule or str
        ``log``: 100 times the difference of logs, in %. ``basis_points``: 100 times the difference of a yield in %,
        in bp. ``difference``: simple difference, in the level's own unit. ``value``: a flow, which is a change already.

    Returns
    -------
    Series or DataFrame
        Of the same shape.

    Raises
    ------
    InputError
        If a level is not positive under the rule ``log``.

    Examples
    --------
    >>> form_changes(pd.Series([1.046, 0.974, 0.781]), "basis_points").round(1).tolist()
    [nan, -7.2, -19.3]
    """
    rule = ChangeRule(rule)
    if rule is ChangeRule.VALUE:
        return levels
    if rule is ChangeRule.LOG:
        if bool(np.any(np.asarray(levels) <= 0)):
            raise InputError("A log change needs positive levels, and a level at or below 0 was seen; repair it first.")
        return levels.apply(np.log).diff() * 100.0
    return levels.diff() * (100.0 if rule is ChangeRule.BASIS_POINTS else 1.0)


def level_paths(levels: pd.DataFrame, rules: Mapping[str, ChangeRule | str]) -> pd.DataFrame:
    """Return the paths whose steps are the changes: logs of a price, a yield as it is.

    Parameters
    ----------
    levels : DataFrame
        One column per instrument.
    rules : mapping of str to ChangeRule
        By column; the paths come in this order.

    Examples
    --------
    >>> level_paths(pd.DataFrame({"SPX": [1.0, 1.0], "JGB10Y": [0.5, 0.6]}), {"SPX": "log", "JGB10Y": "basis_points"})
       SPX  JGB10Y
    0  0.0     0.5
    1  0.0     0.6
    """
    paths = {name: np.log(levels[name]) if rules[name] == ChangeRule.LOG else levels[name] for name in rules}
    return pd.DataFrame(paths, index=levels.index)
