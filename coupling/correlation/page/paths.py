"""What the room's paths share: the focus with each other instrument through time, as a result with its figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from coupling._typing import Floats
from coupling.correlation.context import CorrelationContext
from coupling.correlation.findings import UNEQUAL, of_pair, of_pairs
from coupling.correlation.windows import Window, resolve_windows
from coupling.correlation.wording import describe_estimate
from coupling.dates.sessions import SessionLabels
from coupling.errors import InputError, TooShortError
from coupling.results.base import Result
from coupling.results.finding import Finding
from coupling.text.passage import Passage, Sentence

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["CorrelationPaths", "answered", "first_of_rows", "paths_of"]

Opening = Callable[[str, pd.Timestamp], Any]
"""From another instrument and the last session of a window to the instant at which its sample begins."""


@dataclass(frozen=True, kw_only=True)
class CorrelationPaths(Result):
    """Paths of one coefficient of the focus with each other instrument.

    Parameters
    ----------
    focus : str
        The instrument that is common to all pairs.
    counted : str
        What ``n`` counts, such as changes or overlaps.
    quantity : str
        What is drawn, such as correlation or beta.
    unequal : tuple of str
        Instruments whose changes share less than 60 % of their interval with the focus's.
    truth : DataFrame, optional
        In a simulated market the true path of each instrument.

    Notes
    -----
    ``frame`` has one row per window and other instrument, indexed by ``end``, the window's last session: ``with``,
    ``estimate``, ``lower``, ``upper``, ``n`` and what the estimator adds.
    """

    focus: str
    counted: str = "changes"
    quantity: str = "correlation"
    unequal: tuple[str, ...] = ()
    truth: pd.DataFrame | None = None

    @cached_property
    def others(self) -> tuple[str, ...]:
        """The instruments that the focus is compared with, in order."""
        return tuple(self._paths)

    @cached_property
    def _paths(self) -> dict[str, pd.DataFrame]:
        names = self.frame["with"].to_numpy(dtype=object)
        parts = self.frame[["estimate", "lower", "upper"]].groupby(names, sort=False)
        return {str(name): part for name, part in parts}

    @cached_property
    def latest(self) -> pd.DataFrame:
        """The last estimate of each other instrument that is not missing."""
        known = self.frame.dropna(subset="estimate").reset_index()
        return known.groupby("with", sort=False).last().reindex(list(self.others)).dropna(subset="estimate")

    @property
    def sentence(self) -> str:
        """Say the latest estimate of each pair with interval, sample and date."""
        latest = self.latest
        if latest.empty:
            return f"{self.title}: no window has enough changes for an estimate."
        day = latest["end"].max()
        parts = tuple(f"with {other} {self._described(other, day)}" for other in latest.index)
        marked = ", ".join(self.unequal)
        note = f"Non-synchronous closes ({marked}) pull a contemporaneous estimate towards 0." if marked else ""
        head = f"{self.focus}'s latest {self.quantity}, to {day:%Y-%m-%d} (95 % intervals):"
        return Passage(Sentence(head, parts), note)

    def _described(self, other: str, day: pd.Timestamp) -> str:
        """Return the latest estimate of a pair in words, with its date where that is not the day of the others."""
        row: Any = self.latest.loc[other]
        numbers = (row[name] for name in ("estimate", "lower", "upper", "n"))
        end = None if row["end"] == day else row["end"].date()
        return describe_estimate(*numbers, counted=self.counted, end=end, named=False)

    def path_of(self, other: str) -> pd.DataFrame:
        """Return the path of one correlation by session; a slope is none."""
        known = self._paths.get(other) if self.quantity == "correlation" else None
        return self.frame.iloc[:0][["estimate", "lower", "upper"]] if known is None else known

    def summary(self) -> pd.DataFrame:
        """Return one row per pair: the latest estimate, and the lowest and highest of the path."""
        rows = self.latest.copy()
        known = self.frame.dropna(subset="estimate")
        rows.insert(0, "pair", [f"{self.focus} – {other}" for other in rows.index])
        rows["lowest so far"] = known.groupby("with")["estimate"].min()
        rows["highest so far"] = known.groupby("with")["estimate"].max()
        if self.truth is not None:
            rows["truth"] = [self.truth[other].loc[row["end"]] for other, row in rows.iterrows()]
        rows["non-synchronous closes"] = [other in self.unequal for other in rows.index]
        return rows.set_index("pair")

    @property
    def figure_rows(self) -> int:
        """One panel per pair."""
        return max(1, len(self.others))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw one panel per pair: the path, its pointwise band, and the truth where it is known."""
        from coupling import drawing

        ax = drawing.axes(ax, rows=self.figure_rows)
        marks = {other: " (non-synchronous closes)" if other in self.unequal else "" for other in self.others}
        titles = [f"{self.focus} – {other}{marks[other]}" for other in self.others]
        panels = drawing.panels(ax, titles)
        for panel, other in zip(panels, self.others, strict=True):
            path = self._paths[other]
            drawing.zero_line(panel)
            drawing.path(panel, path["estimate"], path["lower"], path["upper"], look=drawing.look(other))
            if self.truth is not None:
                line = self.truth[other].to_numpy()
                panel.plot(_plain(self.truth.index), line, color=drawing.INK, linewidth=0.9, label="truth")
                drawing.end_labels(panel)
            panel.set_ylabel(self.quantity)
            if self.quantity == "correlation":
                panel.set_ylim(-1.02, 1.02)
        drawing.time_axis(panels[-1], "last session of the window")
        return ax


def paths_of(context: CorrelationContext, parts: dict[str, pd.DataFrame], **said: Any) -> CorrelationPaths:
    """Return the paths of the focus with each other instrument, from the start of the report on.

    Parameters
    ----------
    context : CorrelationContext
    parts : dict of str to DataFrame
        By other instrument, what `between` returned.
    **said
        ``name``, ``title`` and ``method`` of the result, and others of its fields.

    Raises
    ------
    InputError
        If no window has an estimate.
    """
    frames = []
    for other, part in parts.items():
        known = context.reported(part).dropna(subset="estimate").rename_axis("end")
        known.insert(0, "with", other)
        frames.append(known)
    frame = pd.concat(frames)
    if frame.empty:
        since = "" if context.start is None else f" from {context.start:%Y-%m-%d} on"
        kind = InputError if context.start is not None else TooShortError  # a start is stated
        raise kind(f"{said['title']}: no window{since} holds enough changes; shorten it or start earlier.")
    sessions = _sessions(context, said.get("counted", "changes"))
    common: dict[str, Any] = {"focus": context.focus, "unequal": context.unequal}
    common["provenance"] = context.panel.provenance
    if said.get("quantity", "correlation") == "correlation":
        truth = _truth(context, pd.DatetimeIndex(frame.index.unique()).sort_values())
        common["truth"] = None if truth is None else sessions.relabelled(truth)
    return CorrelationPaths(frame=sessions.relabelled(frame), **(common | said))


def _sessions(context: CorrelationContext, counted: str) -> SessionLabels:
    """Return how window ends are called: ticks by the panel's clock, midnights of true instants by the UTC day."""
    return context.sessions if counted == "changes" else SessionLabels()


def answered(
    paths: CorrelationPaths,
    context: CorrelationContext,
    specification: str,
    opening: Opening,
    *,
    jointly: Floats | None = None,
) -> CorrelationPaths:
    """Return the paths with what the latest window of each pair answers.

    Parameters
    ----------
    paths : CorrelationPaths
    context : CorrelationContext
    specification : str
        What tells these findings from others about the same pair.
    opening : callable
        See `Opening`.
    jointly : array, optional
        p-values adjusted by draws that the pairs share, in the order of `CorrelationPaths.latest`.
    """
    latest = paths.latest
    findings = [
        _finding(paths, context, str(other), row, specification=specification, opens=opening(str(other), row["end"]))
        for other, row in latest.iterrows()
    ]
    return replace(paths, findings=of_pairs(findings, jointly=jointly))


def _finding(
    paths: CorrelationPaths, context: CorrelationContext, other: str, row: Any, *, specification: str, opens: Any
) -> Finding:
    units = {name: context.panel.instruments[name].change_unit for name in (paths.focus, other)}
    slope = f"{units[paths.focus]} per {units[other]}" if paths.quantity == "beta" else ""
    return of_pair(
        (paths.focus, other),
        row,
        (_sessions(context, paths.counted).of(opens), row["end"].date()),
        smallest=context.smallest if paths.quantity == "correlation" else None,
        quantity=paths.quantity,
        unit=slope,
        specification=specification,
        clock=context.clock if paths.counted == "changes" else "UTC days",
        method=f"{paths.title}; n counts {paths.counted}",
        cautions=(UNEQUAL,) if other in paths.unequal else (),
        evidence=paths.name,
    )


def first_of_rows(context: CorrelationContext, window: Window, *, min_share: float = 0.8) -> Opening:
    """Return the opening of windows over the rows of each pair's own ticks: the end of the first change in them."""

    def opening(other: str, end: pd.Timestamp) -> Any:
        index = context.pair_changes(other, window).index
        windows = resolve_windows(index, window, min_share=min_share)
        labels = context.sessions.labels(index)
        place = 0 if window is None else int(labels.searchsorted(end, side="right")) - 1
        return index[windows.starts[place]]

    return opening


def _truth(context: CorrelationContext, ends: pd.DatetimeIndex) -> pd.DataFrame | None:
    """Return the true correlation of each pair at the window ends, in a simulated market."""
    truth = context.panel.truth
    if truth is None:
        return None
    return pd.DataFrame({other: truth.correlation(context.focus, other, ends) for other in context.others})


def _plain(index: pd.Index) -> pd.Index:
    return index.tz_localize(None) if isinstance(index, pd.DatetimeIndex) and index.tz is not None else index
