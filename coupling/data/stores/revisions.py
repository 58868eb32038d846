"""What changed between two vintages of a series: values revised, taken away, or put in later."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coupling.configuration.section import Section
from coupling.data.instrument import SourceEntry
from coupling.data.sources.rows import RawRows, struck_at

__all__ = ["REVISED", "Revision", "find_revisions", "say_revisions"]

REVISED = ["when", "what", "before", "after", "size", "percent"]


class Revision(Section):
    """What a vintage revised, in short: how many values, and the largest change of one.

    Parameters
    ----------
    changed, removed, added : int
        Number of values.
    when : str
        Date of the largest change; empty where none changed.
    before, after : float, optional
        That value in the earlier and in the later vintage.
    """

    changed: int = 0
    removed: int = 0
    added: int = 0
    when: str = ""
    before: float | None = None
    after: float | None = None

    @classmethod
    def of(cls, revisions: pd.DataFrame) -> Revision | None:
        """Sum up what `find_revisions` found, which may be nothing."""
        if revisions.empty:
            return None
        changed, removed, added = (int((revisions["what"] == what).sum()) for what in ("changed", "removed", "added"))
        counts = cls(changed=changed, removed=removed, added=added)
        if not changed:
            return counts
        sizes = revisions["size"].where(revisions["what"] == "changed").abs()
        largest = revisions.iloc[int(sizes.fillna(-1.0).to_numpy().argmax())]
        before, after = float(largest["before"]), float(largest["after"])
        return counts.model_copy(update={"when": f"{largest['when']:%Y-%m-%d}", "before": before, "after": after})

    @property
    def values(self) -> int:
        """How many values it touches."""
        return self.changed + self.removed + self.added

    def __str__(self) -> str:
        named = {"added": self.added, "changed": self.changed, "removed": self.removed}
        counts = ", ".join(f"{count} {what}" for what, count in named.items() if count)
        if self.before is None or self.after is None:
            return counts
        return f"{counts}; the largest revision is of {self.when}, from {self.before:.10g} to {self.after:.10g}"


def find_revisions(entry: SourceEntry, before: RawRows, after: RawRows) -> pd.DataFrame:
    """Compare two vintages of a series.

    Parameters
    ----------
    entry : SourceEntry
        Its clock tells which rows were still unfinished when the earlier vintage was retrieved.
    before, after : RawRows
        The earlier and the later vintage. What follows the last finished value of the earlier one is new, not revised.

    Returns
    -------
    DataFrame
        One row per date with ``when``, ``what`` (changed, removed or added), the value ``before`` and ``after``,
        ``size`` (after less before, in the unit of the level) and ``percent`` of the value before.

    Examples
    --------
    >>> entry = SourceEntry(provider="fred", symbol="DGS10", clock="H15")
    >>> dates, line = pd.Series(pd.to_datetime(["2024-08-02", "2024-08-05"])), pd.Series([2, 3])
    >>> old = RawRows(place="DGS10", when=dates, value=pd.Series([3.80, 3.78]), line=line, sha256="")
    >>> new = RawRows(place="DGS10", when=dates, value=pd.Series([3.80, 3.79]), line=line, sha256="")
    >>> find_revisions(entry, old, new)[["what", "before", "after"]].to_numpy().tolist()
    [['changed', 3.78, 3.79]]
    """
    left, right = _values(_finished(entry, before)), _values(after)
    if left.empty:
        return pd.DataFrame(columns=REVISED)
    both = pd.concat([left.rename("before"), right.rename("after")], axis=1, sort=True)
    both = both[(both.index <= left.index.max()) & ~both["before"].eq(both["after"])]
    what = np.select([both["before"].isna(), both["after"].isna()], ["added", "removed"], "changed")
    size = both["after"] - both["before"]
    percent = 100.0 * size / both["before"].abs().where(both["before"] != 0)
    found: pd.DataFrame = both.assign(what=what, size=size, percent=percent).rename_axis("when").reset_index()
    return found.reindex(columns=REVISED)


def say_revisions(revisions: pd.DataFrame) -> str:
    """Say in a few words how many values were revised, and the largest revision.

    Examples
    --------
    >>> row = {"when": pd.Timestamp("2024-08-05"), "what": "changed", "before": 3.78, "after": 3.79, "size": 0.01}
    >>> say_revisions(pd.DataFrame([row]))
    '1 changed; the largest revision is of 2024-08-05, from 3.78 to 3.79'
    """
    return str(Revision.of(revisions) or "nothing")


def _finished(entry: SourceEntry, rows: RawRows) -> RawRows:
    """Leave out the rows that were not yet struck when they were retrieved: a live bar is no value to be revised."""
    if rows.retrieved_at is None:
        return rows
    return rows.take(rows.when.index[~(struck_at(entry, rows) > rows.retrieved_at)])


def _values(rows: RawRows) -> pd.Series:
    """Values by date, the missing ones left out."""
    values = pd.Series(rows.value.to_numpy(dtype=float), index=pd.DatetimeIndex(rows.when)).dropna()
    return values[~values.index.duplicated(keep="first")]
