"""Results of predictions: the ledger, and the probabilities behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from coupling.results.base import Result
from coupling.text.wording import written_range

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ChancesResult", "LedgerResult"]


@dataclass(frozen=True, kw_only=True)
class LedgerResult(Result):
    """One row per prediction.

    ``frame``: ``prediction, made, by, known_to, status, settled_on``; ``stated``, the probability of the author;
    ``at_claim`` and ``now``, the mean of the models' with ``_lower`` and ``_upper``; ``past_horizons`` and
    ``calibratable``; ``said, happened, origins, dates, p_calibration``, what the models said at past origins and what
    happened (of the probability now, or at the claim once it is settled); ``brier_stated`` and ``brier_models`` once
    it is settled.
    """

    @property
    def scored(self) -> pd.DataFrame:
        """Predictions with a stated probability that are settled."""
        return self.frame[self.frame["brier_stated"].notna()]

    @property
    def sentence(self) -> str:
        """Count what is open and what became of the rest, and give the mean Brier scores."""
        counts = self.frame["status"].value_counts(sort=False)
        told = ", ".join(f"{count} {status}" for status, count in counts.items())
        return f"Of {len(self.frame)} predictions: {told}. {self._scores()}"

    def _scores(self) -> str:
        scored = self.scored
        if scored.empty:
            stated = int(self.frame["stated"].notna().sum())
            return f"None of the {stated} with a stated probability is settled, so none is scored yet."
        return (
            f"Mean Brier score of the {len(scored)} settled with a stated probability: "
            f"{scored['brier_stated'].mean():.3f} as stated, {scored['brier_models'].mean():.3f} by the models."
        )

    @property
    def columns(self) -> pd.DataFrame:
        """Return what a narrow table has room for."""
        names = [
            "by",
            "status",
            "stated",
            "models_at_claim",
            "models_now",
            "past_forecasts",
            "brier_stated",
            "brier_models",
        ]
        return self.summary()[names]

    def summary(self) -> pd.DataFrame:
        """Return the ledger with probabilities as percentages and their ranges in one column each."""
        frame = self.frame
        shown = frame[["prediction", "made", "by", "status", "settled_on"]].copy()
        shown["stated"] = [_percent(value) for value in frame["stated"]]
        for column in ("at_claim", "now"):
            ends = frame[[f"{column}_lower", f"{column}_upper"]].to_numpy(float)
            shown[f"models_{column}"] = [written_range(low, high) for low, high in ends]
        shown["past_forecasts"] = [_past(row) for _, row in frame.iterrows()]
        return shown.assign(brier_stated=frame["brier_stated"], brier_models=frame["brier_models"])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the models' range at the claim and now beside the probability stated."""
        from coupling import drawing

        ax = drawing.axes(ax, rows=self.figure_rows)
        rows = pd.concat([_bars(self.frame, "at_claim", "at the claim"), _bars(self.frame, "now", "now")])
        order = {claim: place for place, claim in enumerate(self.frame.index)}
        rows = rows.dropna().sort_values("claim", key=lambda claims: claims.map(order), kind="stable")
        labels = [f"{row.claim}, {row.asked}" for row in rows.itertuples()]
        drawing.intervals(ax, rows.set_axis(labels), names=list(rows["asked"]))
        for place, stated in enumerate(self.frame["stated"].reindex(rows["claim"])):
            if stated == stated:
                ax.plot([stated * 100], [place], marker="|", markersize=16, color=drawing.INK, linestyle="none")
        ax.set_xlim(-2, 102)
        ax.set_xlabel("probability (%): dot and bar the models' mean and range, upright stroke as stated")
        return ax

    @property
    def figure_rows(self) -> int:
        """Height of the figure in panels."""
        return 1 + len(self.frame) // 4


@dataclass(frozen=True, kw_only=True)
class ChancesResult(Result):
    """One row per prediction, time (at the claim, now), model and drift: probability, interval, sample."""

    @property
    def sentence(self) -> str:
        """Name the widest disagreement of the models."""
        each = self.frame["probability"].groupby(level=["claim", "asked"]).agg(["min", "max"]).dropna()
        if each.empty:
            return "No model gives a probability."
        low, high = (each[column].to_numpy() for column in ("min", "max"))
        widest = int((high - low).argmax())
        claim, asked = each.index[widest]
        return f"The models differ most on {claim} {asked}: {100 * low[widest]:.0f} to {100 * high[widest]:.0f} %."


def _past(row: Any) -> str:
    """Write what the models said at past origins and what happened there."""
    if not row["origins"] > 0:
        return "none"
    dates = "" if row["dates"] == row["origins"] else f" of {row['dates']:.0f} dates"
    return f"said {_percent(row['said'])}, happened {_percent(row['happened'])} ({row['origins']:.0f} origins{dates})"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share == share else ""


def _bars(frame: pd.DataFrame, column: str, asked: str) -> pd.DataFrame:
    values = 100 * frame[[column, f"{column}_lower", f"{column}_upper"]].reset_index(drop=True)
    return values.set_axis(["estimate", "lower", "upper"], axis=1).assign(claim=frame.index, asked=asked)
