"""Spillovers over rolling windows: the total, and the net of each instrument, through time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from coupling.direction.context import DirectionContext
from coupling.direction.page.fitting import BOOTSTRAP, estimator, lags_in_words, unstable
from coupling.direction.section import SpilloverSection
from coupling.direction.wording import ORDER_OF_CLOSES, one_decimal, percent
from coupling.drawing.looks import INK, Look
from coupling.results.base import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["SpilloverPaths", "make"]


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
        return self._paths.get(series, self.frame.iloc[:0])

    @cached_property
    def _paths(self) -> dict[str, pd.DataFrame]:
        parts = self.frame.groupby(self.frame["series"].to_numpy(dtype=object), sort=False)
        return {str(series): part for series, part in parts}

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
        expected = "" if math.isnan(noise) else f", {one_decimal(noise)} % expected under independence"
        unstable = f" {self.counted_unstable} estimates rest on unstable models." if self.counted_unstable else ""
        caution = "" if self.one_instant else f" {ORDER_OF_CLOSES}"
        total = percent(last["estimate"], last["lower"], last["upper"])
        return (
            f"Total connectedness over {self.span} stood at {total} on {_day(when)}{expected}; its path "
            f"ran from {one_decimal(known['estimate'].min())} to "
            f"{one_decimal(known['estimate'].max())} %, of which part is sampling noise.{unstable}{caution}"
        )

    def summary(self) -> pd.DataFrame:
        """Return the latest estimate with an interval of every series, and the range of its path."""
        rows: dict[str, dict[str, Any]] = {}
        for series, path in self._paths.items():
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
        """Draw one panel per series: the path with its band, on an axis that the middle of the path decides."""
        from coupling import drawing

        ax = drawing.axes(ax, rows=self.figure_rows)
        titles = ["Total", *(f"{name}: net (to − from)" for name in self.names)]
        panels = drawing.panels(ax, titles)
        for panel, series in zip(panels, ("total", *self.names), strict=True):
            self._draw(panel, series)
        drawing.time_axis(panels[-1], "session")
        return ax

    def _draw(self, panel: Axes, series: str) -> None:
        from coupling import drawing

        path = self.path(series)
        look = Look(INK, (), "o") if series == "total" else drawing.look(series)
        drawing.path(panel, path["estimate"], look=look)
        judged = path.dropna(subset="bias_corrected" if "bias_corrected" in path else "lower")  # unstable: a gap
        if len(judged):
            drawing.band(panel, judged["lower"], judged["upper"], look=look)
        drawing.clip_to(panel, path["estimate"], judged["lower"], judged["upper"])
        if series != "total":
            drawing.zero_line(panel)
        panel.set_ylabel("%")


def make(section: SpilloverSection, context: DirectionContext) -> SpilloverPaths:
    """Return the total and the nets through time, with intervals half a window apart."""
    fitted = estimator(section, section.window, context.seed).fit(context.panel.changes)
    judged = fitted.intervals()
    series = {"total": fitted.total_} | {name: fitted.net_[name] for name in fitted.net_}
    frame = pd.concat([_with_intervals(name, path, judged) for name, path in series.items()]).assign(n=fitted.n_)
    if context.start is not None:
        frame = frame[frame.index >= context.start]
    return SpilloverPaths(
        name="direction-rolling",
        title=context.titled(f"Rolling spillovers over {fitted.n_} observations"),
        method=f"As over the whole period, in windows of {fitted.n_} observations with "
        f"{lags_in_words(fitted.lags_, section.lags)}; intervals at windows half their length apart "
        f"and at the last, which the band joins. {BOOTSTRAP}",
        frame=context.panel.sessions.relabelled(frame),
        provenance=context.panel.provenance,
        warnings=context.warnings + unstable(fitted),
        names=tuple(map(str, context.panel.changes.columns)),
        one_instant=context.closes.support_direction,
        span=f"{fitted.n_} observations",
        counted_unstable=fitted.n_unstable_,
    )


def _with_intervals(series: str, path: pd.Series, judged: pd.DataFrame) -> pd.DataFrame:
    """Return the path of the total or of an instrument's net with the intervals where there are some."""
    own = (
        judged["measure"].eq("total")
        if series == "total"
        else judged["measure"].eq("net") & judged["sender"].eq(series)
    )
    columns = judged[own].set_index("window_end")[["bias_corrected", "lower", "upper", "without_links"]]
    frame = path.to_frame("estimate").join(columns).rename_axis("end")
    frame.insert(0, "series", series)
    return frame


def _day(instant: Any) -> str:
    return f"{instant:%Y-%m-%d}" if isinstance(instant, pd.Timestamp) else str(instant)
