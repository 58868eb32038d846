"""One figure per pair that several results share: path with its band, true instants, regimes and when a break came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any, cast

import numpy as np
import pandas as pd
from markupsafe import Markup

from coupling.drawing.readings import Reading
from coupling.report.figures import numbers_link
from coupling.report.reading import lines_attributes, panels_attribute
from coupling.report.strokes import Axis, hue_of, path_panel, time_axis
from coupling.results.answered import Answered
from coupling.results.base import Result
from coupling.results.pairs import PairBreaks, PairPath, PairSteps
from coupling.text.typesetting import typeset

__all__ = ["PairFigure", "pair_figure"]

HEIGHT, TITLE, DECIMALS = 110, 20, 2

Span = tuple[pd.Timestamp, pd.Timestamp]


@dataclass(frozen=True)
class PairFigure:
    """The figure of every pair, and the results that are drawn in it and need no figure of their own.

    Parameters
    ----------
    drawn : tuple of str
        Names of those results; the first of them shows it.
    svg : Markup
        Every pair below each other on one time axis.
    attributes : Markup
        What the page's script reads off it.
    dates : Markup
        The time axis.
    link, note : str
        Data URI with the points, for a page without script, and what it leaves out.
    key : tuple of tuple of str
        By mark: its class, what it means.
    """

    drawn: tuple[str, ...]
    svg: Markup
    attributes: Markup
    dates: Markup
    link: str
    note: str
    key: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Shared:
    """The results that share the figure: of each kind the first one."""

    first: PairPath
    second: PairPath | None
    steps: PairSteps | None
    breaks: PairBreaks | None

    @classmethod
    def of(cls, study: Answered) -> _Shared | None:
        """Find them; None where no result follows a pair."""
        results = [result for result in study.results if isinstance(result, Result)]
        paths = [result for result in results if isinstance(result, PairPath) and _others(result)]
        if not paths:
            return None
        return cls(
            first=paths[0],
            second=paths[1] if len(paths) > 1 else None,
            steps=next((result for result in results if isinstance(result, PairSteps)), None),
            breaks=next((result for result in results if isinstance(result, PairBreaks)), None),
        )

    @property
    def results(self) -> list[tuple[str, Result]]:
        """Return each with the class of its mark."""
        named: dict[str, object] = {
            "line": self.first,
            "second": self.second,
            "step": self.steps,
            "break": self.breaks,
        }
        return [(kind, result) for kind, result in named.items() if isinstance(result, Result)]


def pair_figure(study: Answered) -> PairFigure | None:
    """Return the shared figure; None where no result follows a pair through time.

    Parameters
    ----------
    study : Answered
    """
    shared = _Shared.of(study)
    if shared is None:
        return None
    known = {other: shared.first.path_of(other) for other in _others(shared.first)}
    ends = [end for path in known.values() for end in (path.index[0], path.index[-1])]
    span = (min(ends), max(ends))
    axis = Axis.around((end for path in known.values() for end in _reach(path)), most=5)
    more = {other: _within(shared.second, other, span) for other in known}
    panels = [_panel(study.focus, other, path, more[other], shared, axis, span) for other, path in known.items()]
    titles = [f"{study.focus} – {other}" for other in known]
    link, note = numbers_link(shared.first.frame) if isinstance(shared.first, Result) else ("", "")
    return PairFigure(
        drawn=tuple(result.name for _, result in shared.results),
        svg=_stacked(titles, panels, span, axis),
        attributes=Markup(_attributes(titles, known, more, shared)),
        dates=time_axis(span),
        link=link,
        note=note,
        key=tuple(_key(shared)),
    )


def _others(result: PairPath) -> list[str]:
    """Return the instruments whose path a result knows, in its order."""
    return [name for name in result.others if len(result.path_of(name))]


def _key(shared: _Shared) -> Iterable[tuple[str, str]]:
    for kind, result in shared.results:
        if kind == "line":
            yield kind, f"{result.title}; band: 95 % interval"
        elif kind == "break":
            yield kind, f"95 % set of dates: {result.title[:1].lower()}{result.title[1:]}"
        else:
            yield kind, result.title


def _stacked(titles: list[str], panels: list[Markup], span: Span, axis: Axis) -> Markup:
    """Put the panels below each other in one drawing, with what the script must know of where they stand."""
    whole = (HEIGHT + TITLE) * len(panels)
    parts, places = [], []
    days = [end.tz_localize(None).timestamp() / 86_400 for end in span]
    for row, (title, panel) in enumerate(zip(titles, panels, strict=True)):
        top = (HEIGHT + TITLE) * row + TITLE
        parts.append(f'<text class="panel-title" x="0" y="{top - 6}">{escape(title)}</text>')
        parts.append(str(panel).replace(" height=", f' y="{top}" height=', 1))
        places.append([0, round(top / whole, 5), 1, round((top + HEIGHT) / whole, 5), *days, axis.low, axis.high, 0])
    label = f"Correlation of {', '.join(titles)} by session"
    said = f'role="img" aria-label="{escape(typeset(label))}"{panels_attribute(places)}'
    return Markup(f'<svg class="own stacked" height="{whole}" {said}>{"".join(parts)}</svg>')


def _reach(path: pd.DataFrame) -> list[float]:
    values = path.to_numpy(float)
    values = values[np.isfinite(values)]
    return [float(values.min()), float(values.max())] if values.size else []


def _attributes(
    titles: list[str], known: dict[str, pd.DataFrame], more: dict[str, pd.DataFrame | None], shared: _Shared
) -> str:
    first, second = cast("Any", shared.first), cast("Any", shared.second)
    readings = []
    for place, (other, path) in enumerate(known.items()):
        line = Reading(label="", estimate=path["estimate"], lower=path["lower"], upper=path["upper"])
        readings.append((place, line, DECIMALS))
        beside = more[other]
        if beside is not None:
            also = Reading(
                label=second.title, estimate=beside["estimate"], lower=beside["lower"], upper=beside["upper"]
            )
            readings.append((place, also, DECIMALS))
    return lines_attributes(first.frame, readings, titles, along="session")


def _panel(
    focus: str,
    other: str,
    path: pd.DataFrame,
    second: pd.DataFrame | None,
    shared: _Shared,
    axis: Axis,
    span: Span,
) -> Markup:
    last = path["estimate"].dropna()
    told = f", last {last.iloc[-1]:.2f}" if len(last) else ""
    return path_panel(
        path,
        span,
        axis,
        label=f"Correlation of {focus} with {other} by session{told}",
        hue=hue_of(other),
        height=HEIGHT,
        second=second,
        steps=None if shared.steps is None else shared.steps.steps_of(other),
        breaks=None if shared.breaks is None else shared.breaks.breaks_of(other),
        numbered=True,
        simulated=isinstance(shared.first, Result) and shared.first.simulated,
    )


def _within(result: PairPath | None, other: str, span: Span) -> pd.DataFrame | None:
    """Return what another result knows of a pair in the span of the axis."""
    if result is None:
        return None
    path = result.path_of(other)
    rows = path[(path.index >= span[0]) & (path.index <= span[1])]
    return rows if len(rows) else None
