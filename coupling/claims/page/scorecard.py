"""The scorecard: one row per claim, which opens to its tests, their rules and the same questions asked otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from coupling.results.base import Result
from coupling.results.open_row import OpenRow, OpenRowPart
from coupling.results.verdicts import Claimed

__all__ = ["ScorecardResult"]

_OTHERWISE = ["variant", "estimate", "lower", "upper", "n", "same rule", "note"]


@dataclass(frozen=True, kw_only=True)
class ScorecardResult(Result):
    """One row per claim: what is said, by whom, the verdict and the finding behind it.

    Parameters
    ----------
    legs, variants : DataFrame
        The tests and the same questions asked otherwise, by claim: what a row opens to.
    """

    legs: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    variants: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    @property
    def sentence(self) -> str:
        """Count the verdicts."""
        counts = self.frame["verdict"].value_counts(sort=False)
        return f"Of {len(self.frame)} claims: {', '.join(f'{count} {verdict}' for verdict, count in counts.items())}."

    def summary(self) -> pd.DataFrame:
        """Return the claims with their verdicts and findings, and what a reader should know about the figures."""
        told = (self.frame["finding"] + " " + self.frame["note"]).str.strip()
        return self.frame[["says", "verdict"]].assign(finding=told)

    @property
    def entries(self) -> tuple[OpenRow, ...]:
        """Every claim with its tests."""
        return tuple(self._entry(str(claim), row) for claim, row in self.frame.iterrows())

    def _entry(self, claim: str, row: Any) -> OpenRow:
        legs = [] if self.legs.empty else self.legs.loc[[claim]].to_dict("records")
        verdict = str(row["verdict"])
        wrong = [leg["finding"] for leg in legs if leg["verdict"] == Claimed.CONTRADICTED]
        return OpenRow(
            name=claim,
            says=row["says"],
            verdict=verdict,
            source=row["source"],
            note=row["note"],
            error=min(wrong, key=len) if wrong and verdict == Claimed.CONTRADICTED else "",
            parts=tuple(self._part(claim, leg) for leg in legs),
        )

    def _part(self, claim: str, leg: dict[Any, Any]) -> OpenRowPart:
        others = self.variants
        if not others.empty:
            others = others[(others.index == claim) & (others["instruments"] == leg["instruments"])]
            others = others[_OTHERWISE].set_index("variant")
        about = " · ".join(filter(None, (str(leg["test"]).replace("_", " "), leg["instruments"])))
        told = tuple(filter(None, (leg["finding"], leg["beside it"], leg["rule"])))
        return OpenRowPart(title=about, verdict=str(leg["verdict"]), told=told, frame=others)
