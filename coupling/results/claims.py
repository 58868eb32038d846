"""The scorecard: one row per claim, and the legs on which each stands."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from coupling.results.base import Result

__all__ = ["LegsResult", "ScorecardResult", "VariantsResult"]


@dataclass(frozen=True, kw_only=True)
class ScorecardResult(Result):
    """One row per claim: what is said, by whom, the verdict and the finding behind it."""

    @property
    def sentence(self) -> str:
        """Count the verdicts."""
        counts = self.frame["verdict"].value_counts(sort=False)
        return f"Of {len(self.frame)} claims: {', '.join(f'{count} {verdict}' for verdict, count in counts.items())}."

    def summary(self) -> pd.DataFrame:
        """Return the claims with their verdicts and findings."""
        return self.frame[["says", "verdict", "finding"]]


@dataclass(frozen=True, kw_only=True)
class LegsResult(Result):
    """One row per leg: the figure claimed, the estimate with interval, sample, p, rule and method."""

    @property
    def sentence(self) -> str:
        """Say how many legs were tested."""
        tested = int((self.frame["verdict"] != "not testable").sum())
        return f"{tested} of {len(self.frame)} legs could be tested; the rule of each verdict stands beside it."


@dataclass(frozen=True, kw_only=True)
class VariantsResult(Result):
    """One row per variant of a leg: the same question asked otherwise, beside the primary answer."""

    @property
    def sentence(self) -> str:
        """Say how many variants stand beside how many claims."""
        return f"{len(self.frame)} variants stand beside {self.frame.index.nunique()} claims; none chooses a verdict."
