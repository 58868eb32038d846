"""Results of a study under every reasonable choice: the specification curve, its joint test, what each choice does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coupling.results.base import Result
from coupling.text.wording import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ChoicesResult", "JointTest", "SpecificationCurve"]

ANY = "any"


@dataclass(frozen=True, kw_only=True)
class SpecificationCurve(Result):
    """One outcome under every combination of choices, sorted by its estimate.

    Parameters
    ----------
    outcome : str
        What is estimated, in words.
    choices : dict of str to tuple of str
        By setting, its values as written in ``frame``, in the order of the grid.
    failed : int
        Specifications without an estimate; they are the last rows of ``frame``.
    pair : tuple of str
        The two instruments.
    quantity : str
        What is sorted: a correlation, a beta or a tail dependence.

    Notes
    -----
    ``frame`` has one row per distinct specification: a column per setting (``any`` where it does not matter to the
    outcome), ``estimate``, ``lower``, ``upper``, ``n`` (changes, or overlaps' shorter side on true instants),
    ``windows``, ``p_value``, ``significant`` and ``failure``.
    """

    outcome: str
    choices: dict[str, tuple[str, ...]]
    failed: int
    pair: tuple[str, str]
    quantity: str = "correlation"

    @property
    def done(self) -> pd.DataFrame:
        """The specifications that have an estimate, sorted by it."""
        return self.frame[self.frame["estimate"].notna()]

    @property
    def sentence(self) -> str:
        """Say the range, the median, the share with its sign and the share significant."""
        done = self.done
        if done.empty:
            return f"No specification gave an estimate of {self.outcome}."
        low, middle, high = (float(done["estimate"].quantile(q)) for q in (0.0, 0.5, 1.0))
        sign = (np.sign(done["estimate"]) == np.sign(middle)).mean()
        sure = float(((np.sign(done["estimate"]) == np.sign(middle)) & done["significant"]).mean())
        failed = f" {self.failed} failed and are listed." if self.failed else ""
        return (
            f"Over {len(done)} specifications {self.outcome} runs from {low:.2f} to {high:.2f}, median {middle:.2f}; "
            f"{percent(sign)} have the sign of the median, {percent(sure)} have it and are significant at 5 %.{failed}"
        )

    def summary(self) -> pd.DataFrame:
        """Return every specification, or evenly chosen ones of more than fifty; those that failed come last."""
        done, failed = self.done, self.frame[self.frame["estimate"].isna()].head(9)
        if len(done) > 50:
            done = done.iloc[np.unique(np.linspace(0, len(done) - 1, 50).round().astype(int))]
        names = {name: name.rsplit(".", 1)[-1].replace("_", " ") for name in self.choices}
        short = names if len(set(names.values())) == len(names) else {}
        return pd.concat([done, failed]).drop(columns="failure").rename(columns=short)

    @property
    def figure_rows(self) -> int:
        """Two panels; the lower one has a line per value of each choice."""
        return max(3, 2 + round(sum(len(values) + 1 for values in self.choices.values()) / 7))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the curve of estimates with intervals, and below it which choices made each of them."""
        from coupling import drawing

        ax = drawing.axes(ax, rows=self.figure_rows)
        lines = sum(len(values) + 1 for values in self.choices.values())
        upper, lower = drawing.stack(ax, [10, max(6.0, lines * 0.95)])
        self._draw_curve(upper)
        self._draw_choices(lower)
        return ax

    def _draw_curve(self, ax: Axes) -> None:
        from coupling import drawing

        done = self.done
        x = np.arange(1, len(done) + 1)
        sure = done["significant"].to_numpy(dtype=bool)
        look = drawing.look(self.pair[1])
        drawing.zero_line(ax)
        spread = done[["lower", "upper"]].to_numpy(dtype=float)
        width = 2.2 if len(done) <= 60 else 1.0
        ax.vlines(x, spread[:, 0], spread[:, 1], color=drawing.MUTED, linewidth=width, alpha=0.55)
        size = 16 if len(done) <= 120 else 5
        points = done["estimate"].to_numpy(dtype=float)
        ax.scatter(x[sure], points[sure], s=size, color=look.colour, zorder=3)
        hollow: Any = {"facecolors": "none", "edgecolors": look.colour, "linewidths": 0.9}
        ax.scatter(x[~sure], points[~sure], s=size, zorder=3, **hollow)
        ax.set_title("Estimates (filled: significant at 5 %)")
        ax.set_ylabel(f"difference of {self.quantity}s" if "change" in self.outcome else self.quantity)

    def _draw_choices(self, ax: Axes) -> None:
        from coupling import drawing

        done = self.done
        x = np.arange(1, len(done) + 1)
        places: list[float] = []
        labels: list[str] = []
        row = 0.0
        for name, values in self.choices.items():
            ax.annotate(
                name, (0, row), xycoords=("axes fraction", "data"), va="center", fontsize=7.5, weight="bold",
                color=drawing.INK,
            )  # fmt: skip
            for value in values:
                row += 1
                made = done[name].isin([value, ANY]).to_numpy(dtype=bool)
                look: Any = {"s": 10, "marker": "s"} if len(done) <= 60 else {"s": 8, "marker": "|", "linewidths": 0.6}
                ax.scatter(x[made], np.full(int(made.sum()), row), color=drawing.INK, **look)
                places.append(row)
                labels.append(value)
            row += 1.2
        ax.set_yticks(places, labels, fontsize=7.5)
        ax.set_ylim(row - 0.4, -0.8)
        ax.grid(visible=False)
        ax.set_xlabel(f"specification, sorted by estimate (1 to {len(done)})")


@dataclass(frozen=True, kw_only=True)
class JointTest(Result):
    """Whether a whole specification curve could come from a world without the effect.

    Notes
    -----
    ``frame`` has one row per statistic (median estimate; share significant with one sign): ``observed``, the 95 %
    quantile that the world without the effect reaches, ``p_value``, ``n_specifications`` and ``replications``.
    """

    null: str

    @property
    def sentence(self) -> str:
        """Say both p-values."""
        told = [f"{name}: p = {row['p_value']:.3f}" for name, row in self.frame.iterrows()]
        return f"Against {self.null}, all specifications together: {', '.join(told)}."


@dataclass(frozen=True, kw_only=True)
class ChoicesResult(Result):
    """What each choice does to the outcome.

    Notes
    -----
    ``frame`` is indexed by ``choice`` and ``value``: ``n_specifications``, ``median``, ``lowest``, ``highest`` and
    ``share significant``.
    """

    outcome: str

    @property
    def spread(self) -> pd.Series:
        """By choice, how far the medians of its values lie apart, largest first."""
        medians = self.frame["median"].groupby(level="choice", sort=False)
        return (medians.max() - medians.min()).sort_values(ascending=False)

    @property
    def sentence(self) -> str:
        """Name the choice on which the outcome hangs most, and those that change nothing."""
        spread = self.spread.dropna()
        if spread.empty:
            return "No choice has an estimate."
        idle = [str(name) for name in spread.index[spread < 1e-12]]
        said = f"The outcome hangs most on {spread.index[0]}: medians of its values lie {spread.iloc[0]:.2f} apart."
        return said + (f" These change nothing: {', '.join(idle)}." if idle else "")

    @property
    def figure_rows(self) -> int:
        """Grows with the number of values."""
        return max(1, round(len(self.frame) / 7))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the median and the range of each value."""
        from coupling import drawing

        ax = drawing.axes(ax)
        frame = self.frame.rename(columns={"median": "estimate", "lowest": "lower", "highest": "upper"})
        labels = [f"{choice.rsplit('.', 1)[-1]}: {value}" for choice, value in self.frame.index]
        names = [choice for choice, _ in self.frame.index]
        drawing.intervals(ax, frame.set_axis(labels), names=names)
        drawing.zero_line(ax, vertical=True)
        ax.set_xlabel("median estimate of the specifications with this value, and their range")
        return ax
