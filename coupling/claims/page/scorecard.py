"""The scorecard: one row per claim, which opens to its tests, their rules and the same questions asked otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
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

    @cached_property
    def entries(self) -> tuple[OpenRow, ...]:
        """Every claim with its tests."""
        legs: dict[str, list[dict[Any, Any]]] = {}
        for claim, leg in zip(self.legs.index, self.legs.to_dict("records"), strict=True):
            legs.setdefault(str(claim), []).append(leg)
        others = _Otherwise.of(self.variants)
        claims = zip(self.frame.index, self.frame.to_dict("records"), strict=True)
        return tuple(_entry(str(claim), row, legs.get(str(claim), []), others) for claim, row in claims)


@dataclass(frozen=True)
class _Otherwise:
    """The same questions asked otherwise, one row each, and the places of those of each claim and its instruments."""

    rows: pd.DataFrame
    places: dict[tuple[str, str], list[int]]

    @classmethod
    def of(cls, variants: pd.DataFrame) -> _Otherwise:
        """Sort the rows by what they belong to; a table without rows has no columns."""
        places: dict[tuple[str, str], list[int]] = {}
        if variants.empty:
            return cls(variants, places)
        for place, key in enumerate(zip(variants.index, variants["instruments"], strict=True)):
            places.setdefault(key, []).append(place)
        return cls(variants[_OTHERWISE].set_index("variant"), places)

    def about(self, claim: str, instruments: str) -> pd.DataFrame:
        """Return the rows of one claim and some instruments."""
        return self.rows.iloc[self.places.get((claim, instruments), [])]


def _entry(claim: str, row: dict[Any, Any], legs: list[dict[Any, Any]], others: _Otherwise) -> OpenRow:
    verdict = str(row["verdict"])
    wrong = [leg["finding"] for leg in legs if leg["verdict"] == Claimed.CONTRADICTED]
    return OpenRow(
        name=claim,
        says=row["says"],
        verdict=verdict,
        source=row["source"],
        note=row["note"],
        error=min(wrong, key=len) if wrong and verdict == Claimed.CONTRADICTED else "",
        parts=tuple(_part(leg, others.about(claim, leg["instruments"])) for leg in legs),
    )


def _part(leg: dict[Any, Any], others: pd.DataFrame) -> OpenRowPart:
    about = " · ".join(filter(None, (str(leg["test"]).replace("_", " "), leg["instruments"])))
    told = tuple(filter(None, (leg["finding"], leg["beside it"], leg["rule"])))
    return OpenRowPart(title=about, verdict=str(leg["verdict"]), told=told, frame=others)
