"""Results of the room `coupling.direction` on spillovers; lead and lag have a file of their own."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coupling.drawing.looks import INK, Look
from coupling.results.base import Result
from coupling.results.verdicts import Leads
from coupling.text.passage import Passage, Sentence

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["SpilloverNetwork", "SpilloverPaths", "SpilloverResult", "percent"]

ORDER_OF_CLOSES = (
    "The closes are not synchronous, so this is an artefact of them, and no claim about who moves whom can rest on it."
)


def percent(estimate: float, lower: float, upper: float) -> str:
    """Return a share with its interval in words.

    Examples
    --------
    >>> percent(12.59, 5.87, 22.0)
    '12.6 % (95 % interval 5.9 to 22.0)'
    >>> percent(12.59, float("nan"), float("nan"))
    '12.6 % (no interval: the model is not stable)'
    """
    if math.isnan(lower) or math.isnan(upper):
        return f"{_one(estimate)} % (no interval: the model is not stable)"
    return f"{_one(estimate)} % (95 % interval {_one(lower)} to {_one(upper)})"


@dataclass(frozen=True, kw_only=True)
class SpilloverResult(Result):
    """What each instrument sends and receives over the whole period.

    Parameters
    ----------
    names : tuple of str
        The instruments.
    focus : str
        The instrument that the page is about.
    horizon : int
        Steps ahead.
    one_instant : bool
        Whether the closes allow a claim about direction.

    Notes
    -----
    ``frame`` is what `Spillover.intervals` returns.
    """

    names: tuple[str, ...]
    focus: str
    horizon: int
    one_instant: bool

    def measure(self, kind: str, key: str) -> pd.DataFrame:
        """Return the rows of a measure by instrument; `key` is ``sender`` or ``receiver``."""
        return self.frame[self.frame["measure"] == kind].set_index(key)

    @property
    def total(self) -> Any:
        """The row of the total."""
        return self.frame[self.frame["measure"] == "total"].iloc[0]

    @property
    def sentence(self) -> str:
        """Say the total beside what is expected under independence, what the focus receives, and who sends more."""
        total: Any = self.total
        own: Any = self.measure("from", "receiver").loc[self.focus]
        expected = f"{_one(total['without_links'])} % expected under independence"
        note = f"; {expected}" if total["lower"] <= total["upper"] else ""
        return (
            f"Total connectedness index {percent(total['estimate'], total['lower'], total['upper'])} of the "
            "variance of "
            f"{self.horizon}-step forecast errors, n = {total['n']:,} changes{note}; {self.focus} from others "
            f"{percent(own['estimate'], own['lower'], own['upper'])}. {self._net}{self._caution}"
        )

    @property
    def _net(self) -> str:
        if not self.one_instant or not all(each.has_interval for each in self.findings):
            return ""
        senders = [each.subject[0] for each in self.findings if each.verdict is Leads.LEADS]
        receivers = [each.subject[0] for each in self.findings if each.verdict is Leads.FOLLOWS]
        if not senders and not receivers:
            return "Net of the contemporaneous component no instrument has a significant net spillover."
        parts = [_listed(senders, "sends", "send", "more"), _listed(receivers, "receives", "receive", "more")]
        return f"Net of the contemporaneous component {' and '.join(part for part in parts if part)} on net."

    @property
    def _caution(self) -> str:
        return "" if self.one_instant else ORDER_OF_CLOSES

    def summary(self) -> pd.DataFrame:
        """Return the total and, per instrument, what it receives, sends, and the net, in %."""
        rows = self.frame[self.frame["measure"].isin(["total", "from", "to", "net", "net_lagged"])].copy()
        rows.insert(0, "instrument", (rows["sender"].astype(str) + rows["receiver"].astype(str)).replace("", "all"))
        words = {"total": "total", "from": "received", "to": "sent", "net": "net sent"}
        words["net_lagged"] = "net, less the contemporaneous component"
        rows.insert(1, "share in %", rows["measure"].map(words))
        columns = ["estimate", "bias_corrected", "lower", "upper", "without_links", "n"]
        return rows.set_index(["instrument", "share in %"])[columns]

    @property
    def figure_rows(self) -> int:
        """Two panels: the nets, and the nets net of the contemporaneous component."""
        return 2

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw what each instrument sends on net, whole and less the contemporaneous component, with intervals."""
        from coupling import drawing

        ax = drawing.axes(ax, rows=self.figure_rows)
        net = self.measure("net", "sender").sort_values("estimate", ascending=False)
        panels = drawing.panels(ax, ["net (to − from)", "net of the contemporaneous component"])
        for panel, kind in zip(panels, ("net", "net_lagged"), strict=True):
            drawing.zero_line(panel, vertical=True)
            drawing.intervals(panel, self.measure(kind, "sender").loc[net.index])
        panels[-1].set_xlabel(drawing.axis_label("net (to − from)", "% of forecast-error variance"))
        return ax


@dataclass(frozen=True, kw_only=True)
class SpilloverNetwork(Result):
    """The net of each pair net of the contemporaneous component, as arrows from the one that sends more.

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

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the instruments on a circle; an arrow is as wide as the net, and dashed where its interval holds 0."""
        from coupling import drawing

        ax = drawing.axes(ax)
        turns = np.pi / 2 - 2 * np.pi * np.arange(len(self.names)) / len(self.names)
        place = {name: (1.6 * np.cos(turn), np.sin(turn)) for name, turn in zip(self.names, turns, strict=True)}
        largest = max(float(self.frame["estimate"].abs().max()), 1e-12)
        clear = set(self.clear.index)
        for key, row in self.frame.iterrows():
            _draw_arrow(ax, place, key, row, largest, clear=key in clear)
        for name, (x, y) in place.items():
            box = {"boxstyle": "round,pad=0.35", "facecolor": "none", "edgecolor": drawing.look(name).colour}
            ax.text(x, y, name, ha="center", va="center", color=drawing.look(name).colour, weight="bold", bbox=box)
        ax.set_xlim(-2.1, 2.1)
        ax.set_ylim(-1.35, 1.35)
        ax.set_axis_off()
        return ax


def _draw_arrow(ax: Axes, place: dict[str, Any], key: Any, row: Any, largest: float, *, clear: bool) -> None:
    from coupling import drawing

    sender, receiver = key if row["estimate"] > 0 else key[::-1]
    colour, size = drawing.look(sender).colour, abs(row["estimate"]) / largest
    style: Any = {
        "arrowstyle": "-|>",
        "color": colour,
        "linewidth": 0.6 + 3.0 * size,
        "linestyle": "-" if clear else (0, (4, 3)),
        "alpha": 1.0 if clear else 0.45,
        "shrinkA": 22,
        "shrinkB": 22,
        "connectionstyle": "arc3,rad=0.12",
    }
    ax.annotate("", place[receiver], place[sender], arrowprops=style)
    if clear:
        (x0, y0), (x1, y1) = place[sender], place[receiver]
        x, y = (x0 + x1) / 2 + 0.09 * (y1 - y0), (y0 + y1) / 2 - 0.09 * (x1 - x0)
        ax.text(x, y, f"{abs(row['estimate']):.1f} %", fontsize=7.5, color=colour, ha="center", va="center")


@dataclass(frozen=True, kw_only=True)
class SpilloverPaths(Result):
    """The total, and where known the net of each instrument, through time.

    Parameters
    ----------
    names : tuple of str
        Instruments whose net is in the frame.
    one_instant : bool
        Whether the closes allow a claim about direction.
    span : str
        What one estimate rests on, such as ``250 rows``.
    counted_unstable : int
        Estimates whose model is not stable.

    Notes
    -----
    ``frame`` is indexed by ``end``: ``series`` (total, or an instrument's net), ``estimate``, ``bias_corrected``,
    ``lower``, ``upper``, ``without_links`` (where computed) and ``n``. Intervals stand at some ends only.
    """

    names: tuple[str, ...]
    one_instant: bool
    span: str
    counted_unstable: int = 0

    def path(self, series: str) -> pd.DataFrame:
        """Return the rows of the total or of an instrument's net."""
        return self.frame[self.frame["series"] == series]

    @property
    def sentence(self) -> str:
        """Say the latest total with its interval, and its range; never that the range means a change."""
        known = self.path("total").dropna(subset="estimate")
        judged = known.dropna(subset="lower")
        if judged.empty:
            return f"{self.title}: no window has an interval."
        last: Any = judged.iloc[-1]
        when = judged.index[-1]
        noise = last.get("without_links", math.nan)
        expected = "" if math.isnan(noise) else f", {_one(noise)} % expected without links"
        unstable = f" {self.counted_unstable} estimates rest on unstable models." if self.counted_unstable else ""
        caution = "" if self.one_instant else f" {ORDER_OF_CLOSES}"
        return (
            f"The total over {self.span} stood at {percent(last['estimate'], last['lower'], last['upper'])} on "
            f"{_day(when)}{expected}; its path ran from {_one(known['estimate'].min())} to "
            f"{_one(known['estimate'].max())} %, of which part is sampling noise.{unstable}{caution}"
        )

    def summary(self) -> pd.DataFrame:
        """Return the latest estimate with an interval of every series, and the range of its path."""
        rows: dict[str, dict[str, Any]] = {}
        for series in dict.fromkeys(self.frame["series"]):
            path = self.path(series)
            judged = path.dropna(subset="lower")
            if len(judged):
                limits = {"lowest": path["estimate"].min(), "highest": path["estimate"].max()}
                last = {str(key): value for key, value in judged.iloc[-1].drop("series").items()}
                rows[series] = {"end": judged.index[-1], **last, **limits}
        return pd.DataFrame(rows).T.rename_axis("series").infer_objects()

    @property
    def figure_rows(self) -> int:
        """One panel for the total and one per instrument."""
        return 1 + len(self.names)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw one panel per series: the path, and a bar for each interval."""
        from coupling import drawing

        ax = drawing.axes(ax, rows=self.figure_rows)
        titles = ["total", *(f"{name}: net (to − from)" for name in self.names)]
        panels = drawing.panels(ax, titles)
        for panel, series in zip(panels, ("total", *self.names), strict=True):
            self._draw(panel, series)
        drawing.time_axis(panels[-1], "session")
        return ax

    def _draw(self, panel: Axes, series: str) -> None:
        from coupling import drawing

        path = self.path(series)
        look = Look(INK, (), "o") if series == "total" else drawing.look(series)
        dense = path["lower"].notna().mean() > 0.5
        band = (path["lower"], path["upper"]) if dense else (None, None)
        drawing.path(panel, path["estimate"], *band, look=look)
        if not dense:
            judged = path.dropna(subset="lower")
            index: Any = judged.index
            x = index.tz_localize(None) if getattr(index, "tz", None) is not None else index
            panel.vlines(x, judged["lower"], judged["upper"], color=look.colour, linewidth=1.6, alpha=0.5)
        if series != "total":
            drawing.zero_line(panel)
        panel.set_ylabel("%")


def _listed(names: Iterable[Any], one: str, several: str, word: str) -> str:
    texts = [str(name) for name in names]
    if not texts:
        return ""
    return f"{', '.join(texts)} {one if len(texts) == 1 else several} {word}"


def _day(instant: Any) -> str:
    return f"{instant:%Y-%m-%d}" if isinstance(instant, pd.Timestamp) else str(instant)


def _one(value: float) -> str:
    text = f"{value:.1f}"
    return "0.0" if text == "-0.0" else text
