"""What every part of the room's page needs: the panel, the focus, the reported period, and how results are formed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from coupling.correlation.base import PairwiseCorrelation
from coupling.data.panel import Panel
from coupling.errors import InputError, TooShortError
from coupling.results.correlation import CorrelationMatrix, CorrelationPaths

__all__ = ["Context", "last_of_pairs"]


@dataclass(frozen=True)
class Context:
    """The panel, the instrument that is compared with every other, and the start of the report."""

    panel: Panel
    focus: str
    start: pd.Timestamp | None
    _pairs: dict[str, Panel] = field(default_factory=dict, repr=False)

    @property
    def others(self) -> list[str]:
        """Every instrument but the focus."""
        return [name for name in self.panel.levels.columns if name != self.focus]

    @property
    def changes(self) -> pd.DataFrame:
        """Changes on common ticks from the start of the report on."""
        return self.reported(self.panel.changes)

    @cached_property
    def unequal_pairs(self) -> set[frozenset[str]]:
        """Pairs whose change intervals share less than 0.6 of a row."""
        overlap = self.panel.overlap
        marked = overlap[overlap["unequal_closes"]]
        return {frozenset(pair) for pair in zip(marked["left"], marked["right"], strict=True)}

    @property
    def unequal(self) -> tuple[str, ...]:
        """Instruments whose closes are unequal to the focus's."""
        return tuple(other for other in self.others if frozenset((self.focus, other)) in self.unequal_pairs)

    def pair(self, other: str) -> Panel:
        """Return the panel of the focus and another instrument on their own ticks."""
        if other not in self._pairs:
            self._pairs[other] = self.panel.pair(self.focus, other)
        return self._pairs[other]

    def last_common(self, other: str) -> pd.Timestamp:
        """Return the instant up to which both the focus and another instrument have observations."""
        ends: list[pd.Timestamp] = [self.panel.observations[name].levels.index[-1] for name in (self.focus, other)]
        return min(ends)

    def reported(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows from the start of the report on."""
        return frame if self.start is None else frame[frame.index >= self.start]

    def paths(self, parts: dict[str, pd.DataFrame], **said: Any) -> CorrelationPaths:
        """Return the paths of the focus with each other instrument, from the start of the report on.

        Parameters
        ----------
        parts : dict of str to DataFrame
            By other instrument, what `between` returned.
        said : str or tuple
            ``name``, ``title`` and ``method`` of the result, and others of its fields.

        Raises
        ------
        InputError
            If no window has an estimate.
        """
        frames = []
        for other, part in parts.items():
            known = self.reported(part).dropna(subset="estimate").rename_axis("end")
            known.insert(0, "with", other)
            frames.append(known)
        frame = pd.concat(frames)
        if frame.empty:
            since = "" if self.start is None else f" from {self.start:%Y-%m-%d} on"
            kind = InputError if self.start is not None else TooShortError  # a start is stated
            raise kind(f"{said['title']}: no window{since} holds enough changes; shorten it or start earlier.")
        common: dict[str, Any] = {"focus": self.focus, "unequal": self.unequal, "provenance": self.panel.provenance}
        if said.get("quantity", "correlation") == "correlation":
            common["truth"] = self._truth(pd.DatetimeIndex(frame.index.unique()).sort_values())
        return CorrelationPaths(frame=frame, **(common | said))

    def matrix(self, rows: pd.DataFrame, **said: Any) -> CorrelationMatrix:
        """Return one estimate per pair over the reported period; arguments as in `paths`."""
        changes = self.changes
        marked = [frozenset(pair) in self.unequal_pairs for pair in rows.index]
        return CorrelationMatrix(
            frame=rows.assign(**{"unequal closes": marked}),
            names=tuple(dict.fromkeys(name for pair in rows.index for name in pair)),
            period=f"{changes.index[0]:%Y-%m-%d} to {changes.index[-1]:%Y-%m-%d}",
            provenance=self.panel.provenance,
            **said,
        )

    def _truth(self, ends: pd.DatetimeIndex) -> pd.DataFrame | None:
        """Return the true correlation of each pair at the window ends, in a simulated market."""
        truth = self.panel.truth
        if truth is None:
            return None
        return pd.DataFrame({other: truth.correlation(self.focus, other, ends) for other in self.others})


def last_of_pairs(fitted: PairwiseCorrelation) -> pd.DataFrame:
    """Return the last row of `between` for every pair, indexed by left and right."""
    pairs: list[Any] = fitted.correlation_.columns.to_list()
    rows = [fitted.between(*pair).iloc[-1:] for pair in pairs]
    index = pd.MultiIndex.from_tuples(pairs, names=["left", "right"])
    return pd.concat(rows).set_axis(index, axis=0)
