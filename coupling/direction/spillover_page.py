"""Spillovers on the room's page: over the whole period, pair by pair, rolling and drifting."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from coupling.data.panel import Panel
from coupling.direction.closes import Closes
from coupling.direction.findings import of_network, of_spillovers
from coupling.direction.section import SpilloverSection, TimeVaryingSection
from coupling.direction.spillover import Spillover
from coupling.direction.time_varying import TimeVaryingSpillover
from coupling.results.base import Result
from coupling.results.direction import SpilloverNetwork, SpilloverPaths, SpilloverResult

__all__ = ["DirectionContext", "drifting", "rolling", "whole_period"]

_METHODS = {
    "generalized": "generalised shocks with rows scaled to 100 % (Pesaran and Shin 1998, Diebold and Yilmaz 2012)",
    "cholesky": "orthogonal shocks in the order of the columns (Diebold and Yilmaz 2009)",
}
_BOOTSTRAP = (
    "95 % intervals: residual block bootstrap of bias-corrected coefficients (Kilian 1998), the wider of "
    "basic and studentised; measured coverage .91 to .99 at 200 to 250 changes, down to .88 for the total of "
    "persistent series (docs/coverage.md). They hold individually, "
    "those net of the contemporaneous component jointly. "
    "An interval belongs to the bias-corrected value and may lie below the estimate."
)


@dataclass(frozen=True)
class DirectionContext:
    """What every part of the page needs."""

    panel: Panel
    focus: str
    start: pd.Timestamp | None
    seed: int
    closes: Closes

    @property
    def reported(self) -> pd.DataFrame:
        """The changes from the start of the report on."""
        changes = self.panel.changes
        return changes if self.start is None else changes[changes.index >= self.start]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know about the closes."""
        return (self.closes.note,) if self.closes.note else ()

    def titled(self, title: str) -> str:
        """Return a title that says that it is an artefact where that is all it can be."""
        return (
            title
            if self.closes.support_direction
            else f"Artefact of non-synchronous closes: {title[0].lower()}{title[1:]}"
        )


def _estimator(section: SpilloverSection, window: int | None, seed: int) -> Spillover:
    return Spillover(**dict(section) | {"window": window}, random_state=seed)


def whole_period(section: SpilloverSection, context: DirectionContext) -> list[Result]:
    """Return the table of the reported period and the nets of its pairs."""
    changes = context.reported
    fitted = _estimator(section, None, context.seed).fit(changes)
    frame = fitted.intervals()
    sessions = context.panel.sessions
    span = sessions.of(changes.index[0]), sessions.of(changes.index[-1])
    method = (
        f"Vector autoregression with a constant and {_lags(fitted.lags_, section.lags)}, "
        f"{span[0]} to {span[1]}; {_METHODS[section.method]}, "
        f"moving-average terms 0 to {section.horizon - 1}; "
        f"largest root {fitted.spectral_radius_:.2f}. {_BOOTSTRAP}"
    )
    names = tuple(map(str, changes.columns))
    result = SpilloverResult(
        name="direction-spillover",
        title=context.titled("Spillovers over the whole period"),
        method=method,
        frame=frame,
        provenance=context.panel.provenance,
        warnings=context.warnings + _unstable(fitted),
        names=names,
        focus=context.focus,
        horizon=section.horizon,
        one_instant=context.closes.support_direction,
    )
    network = SpilloverNetwork(
        name="direction-network",
        title=context.titled("Who sends more to whom, pair by pair"),
        method="Net of each pair: what left sends to right less what right sends to left, less the same one step "
        "ahead, the contemporaneous component; these intervals hold for all pairs at once. "
        f"{method}",
        frame=_pairs(frame),
        provenance=context.panel.provenance,
        warnings=context.warnings,
        names=names,
        one_instant=context.closes.support_direction,
    )
    clock = f"{context.panel.alignment.days} at {context.panel.alignment.at}"
    return [of_spillovers(result, span, clock), of_network(network, span, clock, focus=context.focus)]


def _pairs(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the net of each pair, less the contemporaneous component, and what each sends to the other."""
    net = frame[frame["measure"] == "net_pair_lagged"].set_index(["sender", "receiver"])
    whole = frame[frame["measure"] == "net_pair"].set_index(["sender", "receiver"])["estimate"]
    share = frame[frame["measure"] == "share"].set_index(["sender", "receiver"])["estimate"]
    columns = net[["estimate", "bias_corrected", "lower", "upper"]].copy()
    columns["whole net"] = whole
    columns["left to right"] = share.reindex(net.index)
    columns["right to left"] = [share[right, left] for left, right in net.index]
    columns["n"] = net["n"]
    return columns.rename_axis(index=["left", "right"])


def rolling(section: SpilloverSection, context: DirectionContext) -> list[Result]:
    """Return the total and the nets through time, with intervals half a window apart."""
    fitted = _estimator(section, section.window, context.seed).fit(context.panel.changes)
    judged = fitted.intervals()
    series = {"total": fitted.total_} | {name: fitted.net_[name] for name in fitted.net_}
    frame = pd.concat([_with_intervals(name, path, judged) for name, path in series.items()]).assign(n=fitted.n_)
    if context.start is not None:
        frame = frame[frame.index >= context.start]
    return [
        SpilloverPaths(
            name="direction-rolling",
            title=context.titled(f"Rolling spillovers over {fitted.n_} rows"),
            method=f"As over the whole period, in windows of {fitted.n_} rows with "
            f"{_lags(fitted.lags_, section.lags)}; intervals at windows half their length apart. {_BOOTSTRAP}",
            frame=context.panel.sessions.relabelled(frame),
            provenance=context.panel.provenance,
            warnings=context.warnings + _unstable(fitted),
            names=tuple(map(str, context.panel.changes.columns)),
            one_instant=context.closes.support_direction,
            span=f"{fitted.n_} rows",
            counted_unstable=fitted.n_unstable_,
        )
    ]


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


def drifting(section: TimeVaryingSection, context: DirectionContext) -> list[Result]:
    """Return the total through time of a model whose coefficients drift."""
    fitted = TimeVaryingSpillover(**dict(section), random_state=context.seed).fit(context.panel.changes)
    frame = fitted.intervals().rename_axis("end")
    frame.insert(0, "series", "total")
    if context.start is not None:
        frame = frame[frame.index >= context.start]
    return [
        SpilloverPaths(
            name="direction-time-varying",
            title=context.titled("Spillovers with drifting coefficients"),
            method=f"Vector autoregression with {_lags(fitted.lags_, section.lags)} whose coefficients drift, "
            f"forgetting factors {section.kappa1} and {section.kappa2}, filtered (Antonakakis, Chatziantoniou and "
            "Gabauer 2020); 95 % intervals: the filter's error on series from a constant model, each row by itself.",
            frame=context.panel.sessions.relabelled(frame),
            provenance=context.panel.provenance,
            warnings=context.warnings,
            names=(),
            one_instant=context.closes.support_direction,
            span=f"about {1 / (1 - min(section.kappa1, 0.9999)):.0f} rows of memory",
            counted_unstable=fitted.n_held_,
        )
    ]


def _lags(lags: int, asked: int | str) -> str:
    by = f" (by {asked.upper()})" if isinstance(asked, str) else ""
    return f"{lags} lag{'s' if lags > 1 else ''}{by}"


def _unstable(fitted: Spillover) -> tuple[str, ...]:
    if not fitted.n_unstable_:
        return ()
    what = "The model is" if fitted.window is None else f"{fitted.n_unstable_} of {len(fitted.total_)} windows are"
    return (f"{what} not stable: the shares describe a path that explodes, and there is no interval.",)
