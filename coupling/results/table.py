"""The findings of a study as a frame: one row each, with the columns of the schema."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from coupling.results.finding import Finding
from coupling.results.json import COLUMNS, rows_of

__all__ = ["findings_frame"]

DATES = ("fragile_on", "start", "end")
NUMBERS = (
    "estimate",
    "lower",
    "upper",
    "level",
    "n",
    "n_effective",
    "p",
    "p_adjusted",
    "smallest_effect",
    "detectable",
)


def findings_frame(findings: Iterable[Finding]) -> pd.DataFrame:
    """Return findings as a frame: sessions as naive dates, what is missing as NaN or NaT.

    Parameters
    ----------
    findings : iterable of Finding
        In the order of the rows.

    Raises
    ------
    InputError
        If two that differ have one id.

    Examples
    --------
    >>> findings_frame([]).columns[:4].tolist()
    ['id', 'question', 'subject', 'quantity']
    """
    frame = pd.DataFrame(rows_of(findings), columns=list(COLUMNS))
    dates = {name: pd.to_datetime(frame[name]) for name in DATES}
    return frame.assign(primary=frame["primary"].astype(bool), **dates).astype(dict.fromkeys(NUMBERS, float))
