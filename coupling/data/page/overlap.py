"""How many hours the changes of a pair share in a row."""

from __future__ import annotations

from dataclasses import dataclass

from coupling.data.panel import Panel
from coupling.results.base import Result

__all__ = ["OverlapResult", "make"]

_NAMED, _FEW = 6, 3  # pairs that a sentence names, and how many of more


@dataclass(frozen=True, kw_only=True)
class OverlapResult(Result):
    """How many hours the change intervals of a pair share in a row."""

    @property
    def answer(self) -> str:
        """Count the pairs whose closes are unequal."""
        unequal = int(self.frame["unequal_closes"].sum())
        if not unequal:
            return "the changes of every pair span the same hours"
        verb = "has" if unequal == 1 else "have"
        pull = "which pull a contemporaneous correlation towards 0"
        return f"{unequal} of {len(self.frame)} pairs {verb} non-synchronous closes, {pull}"

    @property
    def sentence(self) -> str:
        """Name the pairs whose closes are unequal, or count them and name those that share least."""
        unequal = self.frame[self.frame["unequal_closes"]]
        if unequal.empty:
            return "The change intervals of every pair overlap for at least 60 % of their length."
        many = len(unequal) > _NAMED
        named = unequal.nsmallest(_FEW, "share") if many else unequal
        pairs = ", ".join(f"{row.left}–{row.right} ({row.share:.2f})" for row in named.itertuples())
        if many:
            pairs = f"{len(unequal)} of {len(self.frame)} pairs, {pairs} the least of them,"
        return (
            f"Non-synchronous closes: {pairs} share less than 60 % of their change intervals, so a contemporaneous "
            "correlation is pulled towards 0; read the asynchronous-adjusted (Hayashi–Yoshida) estimate instead."
        )


def make(panel: Panel) -> OverlapResult:
    """Return the hours that the changes of each pair share."""
    return OverlapResult(
        name="data-overlap",
        title="Hours that the change intervals of a pair share",
        method="The time between the later start and the earlier end of the two change intervals; the median over all "
        "observations, in hours and as a share of the interval's length.",
        frame=panel.overlap,
        provenance=panel.provenance,
    )
