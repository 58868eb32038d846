"""The net of each pair, less the contemporaneous component, as arrows where it is significant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coupling.direction.context import DirectionContext
from coupling.direction.findings import of_pairs
from coupling.direction.page.whole_period import method_of
from coupling.direction.section import SpilloverSection
from coupling.direction.spillover import Spillover
from coupling.direction.wording import ORDER_OF_CLOSES, percent
from coupling.results.base import Result
from coupling.results.verdicts import Leads
from coupling.text.passage import Passage, Sentence

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["SpilloverNetwork", "make"]

CROWD = 12  # instruments: more stand on two circles


@dataclass(frozen=True, kw_only=True)
class SpilloverNetwork(Result):
    """The net of each pair, less the contemporaneous component, as arrows from the one that sends more.

    Parameters
    ----------
    names : tuple of str
        The instruments, in their order around the circle.
    one_instant : bool
        Whether the closes allow a claim about direction.

    Notes
    -----
    ``frame`` has one row per pair, indexed by ``left`` and ``right``: the net that left sends to right beyond what
    same-row correlations give, with its interval, the whole net, and both shares.
    """

    names: tuple[str, ...]
    one_instant: bool

    @property
    def clear(self) -> pd.DataFrame:
        """The pairs one of which sends significantly more to the other."""
        told = {frozenset(each.subject) for each in self.findings if each.verdict in (Leads.LEADS, Leads.FOLLOWS)}
        return self.frame[[frozenset(pair) in told for pair in self.frame.index]]

    @property
    def sentence(self) -> str:
        """Say which pairs have a significant net spillover, the largest first."""
        clear = self.clear.reindex(self.clear["estimate"].abs().sort_values(ascending=False, kind="stable").index)
        caution = "" if self.one_instant else ORDER_OF_CLOSES
        if clear.empty:
            none = f"No significant net spillover in any of {len(self.frame)} pairs."
            return Passage(none, caution)
        head = (
            f"Of {len(self.frame)} pairs {len(clear)} have a significant net spillover, less the contemporaneous part:"
        )
        return Passage(Sentence(head, tuple(self._arrow(key, row) for key, row in clear.iterrows())), caution)

    @staticmethod
    def _arrow(key: Any, row: Any) -> str:
        (sender, receiver), sign = (key, 1) if row["estimate"] > 0 else (key[::-1], -1)
        low, high = sorted((sign * row["lower"], sign * row["upper"]))
        return f"{sender} to {receiver} {percent(abs(row['estimate']), low, high)}"

    @property
    def has_figure(self) -> bool:
        """Whether any arrow is there to draw."""
        return len(self.clear) > 0

    @property
    def figure_rows(self) -> int:
        """Twice the height for a crowd, which stands on two circles."""
        return 2 if len(self.names) > CROWD else 1

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the instruments on a circle, with an arrow, as wide as the net, where the net is significant alone."""
        from coupling import drawing

        ax = drawing.axes(ax)
        clear = self.clear
        turns = np.pi / 2 - 2 * np.pi * np.arange(len(self.names)) / len(self.names)
        inward = np.where(np.arange(len(turns)) % 2, 0.78, 1.0) if len(turns) > CROWD else np.ones(len(turns))
        sides = zip(self.names, 1.45 * inward * np.cos(turns), inward * np.sin(turns), strict=True)
        place = {name: (float(x), float(y)) for name, x, y in sides}
        largest = max(float(clear["estimate"].abs().max()) if len(clear) else 0.0, 1e-12)
        for key, row in clear.iterrows():
            _draw_arrow(ax, place, key, row, largest)
        joined = {name for pair in clear.index for name in pair}
        for name, (x, y) in place.items():
            colour = drawing.look(name).colour if name in joined else drawing.MUTED
            size = 9 if len(self.names) < 9 else 7
            box = {"boxstyle": "round,pad=0.35", "facecolor": drawing.PAPER, "edgecolor": colour}
            words: Any = {"ha": "center", "va": "center", "weight": "bold", "fontsize": size, "bbox": box}
            ax.text(x, y, drawing.shortened(name, 62.0, size), color=colour, **words)
        if clear.empty:
            ax.text(0, 0, "no significant\nnet spillover", ha="center", va="center", color=drawing.MUTED)
        ax.set_xlim(-2.0, 2.0)
        ax.set_ylim(-1.3, 1.3)
        ax.set_axis_off()
        return ax


def make(
    fitted: Spillover, frame: pd.DataFrame, section: SpilloverSection, context: DirectionContext
) -> SpilloverNetwork:
    """Return the nets of all pairs from what `Spillover.intervals` returned."""
    name, one_instant, pairs = "direction-network", context.closes.support_direction, _pairs(frame)
    said = {"clock": context.clock, "evidence": name}
    return SpilloverNetwork(
        name=name,
        title=context.titled("Who sends more to whom, pair by pair"),
        method="Net of each pair: what left sends to right less what right sends to left, less the same one step "
        "ahead, the contemporaneous component; these intervals hold for all pairs at once. "
        f"{method_of(fitted, section, context)}",
        frame=pairs,
        provenance=context.panel.provenance,
        warnings=context.warnings,
        findings=of_pairs(pairs, context.span, focus=context.focus, one_instant=one_instant, **said),
        names=tuple(map(str, context.reported.columns)),
        one_instant=one_instant,
    )


def _pairs(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the net of each pair, less the contemporaneous component, and what each sends to the other."""
    net = frame[frame["measure"] == "net_pair_lagged"].set_index(["sender", "receiver"])
    whole = frame[frame["measure"] == "net_pair"].set_index(["sender", "receiver"])["estimate"]
    share = frame[frame["measure"] == "share"].set_index(["sender", "receiver"])["estimate"]
    columns = net[["estimate", "bias_corrected", "lower", "upper"]].copy()
    columns["whole net"] = whole
    columns["left to right"] = share.reindex(net.index)
    columns["right to left"] = [share[right, left] for left, right in net.index]
    columns["p_value"], columns["p_adjusted"] = net["p_value"], net["p_adjusted"]
    columns["n"] = net["n"]
    return columns.rename_axis(index=["left", "right"])


def _draw_arrow(ax: Axes, place: dict[str, Any], key: Any, row: Any, largest: float) -> None:
    from coupling import drawing

    sender, receiver = key if row["estimate"] > 0 else key[::-1]
    colour = drawing.look(sender).colour
    style: Any = {
        "arrowstyle": "-|>",
        "color": colour,
        "linewidth": 0.8 + 2.8 * abs(row["estimate"]) / largest,
        "shrinkA": 20,
        "shrinkB": 20,
        "connectionstyle": "arc3,rad=0.12",
    }
    ax.annotate("", place[receiver], place[sender], arrowprops=style)
    (x0, y0), (x1, y1) = place[sender], place[receiver]
    x, y = (x0 + x1) / 2 + 0.13 * (y1 - y0), (y0 + y1) / 2 - 0.13 * (x1 - x0)
    ax.text(x, y, f"{abs(row['estimate']):.1f} %", fontsize=8.5, color=colour, ha="center", va="center")
