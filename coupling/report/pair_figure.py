"""One figure per pair that several results share: path with its band, true instants, regimes and when a break came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from coupling.report.strokes import Axis, hue_of, path_panel, time_axis
from coupling.results.answered import Answered
from coupling.results.base import Result
from coupling.results.pairs import PairBreaks, PairPath, PairSteps
from coupling.text.wording import listed

__all__ = ["PairFigure", "pair_figure"]

HEIGHT = 110


@dataclass(frozen=True)
class PairFigure:
    """The figure of every pair, and the results that are drawn in it and need no figure of their own.

    Parameters
    ----------
    drawn : tuple of str
        Names of those results; the first of them shows it.
    panels : tuple of tuple of Markup
        By pair: its title, the drawing.
    dates : Markup
        The time axis.
    key : tuple of tuple of str
        By mark: its class, what it means.
    """

    drawn: tuple[str, ...]
    panels: tuple[tuple[str, Markup], ...]
    dates: Markup
    key: tuple[tuple[str, str], ...]


def pair_figure(study: Answered) -> PairFigure | None:
    """Return the shared figure; None where fewer than two results know a pair through time.

    Parameters
    ----------
    study : Answered
    """
    results = [result for result in study.results if isinstance(result, Result)]
    paths = [result for result in results if isinstance(result, PairPath) and _others(result)]
    if not paths:
        return None
    first, second = paths[0], paths[1] if len(paths) > 1 else None
    steps = next((result for result in results if isinstance(result, PairSteps)), None)
    breaks = next((result for result in results if isinstance(result, PairBreaks)), None)
    others = _others(first)
    known = {other: first.path_of(other) for other in others}
    ends = [end for path in known.values() for end in (path.index[0], path.index[-1])]
    span = (min(ends), max(ends))
    axis = Axis.around((v for path in known.values() for v in path.to_numpy(float).ravel()), most=5)
    parts = tuple((other, _panel(study.focus, other, first, second, steps, breaks, axis, span)) for other in others)
    drawn = [first, second, steps, breaks]
    return PairFigure(
        drawn=tuple(result.name for result in drawn if isinstance(result, Result)),
        panels=parts,
        dates=time_axis(span),
        key=tuple(_key(first, second, steps, breaks)),
    )


def _others(result: PairPath) -> list[str]:
    """Return the instruments whose path a result knows, in its order."""
    return [name for name in result.others if len(result.path_of(name))]


def _key(first: Result, second: Result | None, steps: object, breaks: object) -> Iterable[tuple[str, str]]:
    yield "line", f"{first.title}, band: 95 % interval"
    if second is not None:
        yield "second", second.title
    if isinstance(steps, Result):
        yield "step", steps.title
    if isinstance(breaks, Result):
        yield "break", f"95 % set of dates: {breaks.title[:1].lower()}{breaks.title[1:]}"


def _panel(
    focus: str,
    other: str,
    first: PairPath,
    second: PairPath | None,
    steps: PairSteps | None,
    breaks: PairBreaks | None,
    axis: Axis,
    span: tuple[pd.Timestamp, pd.Timestamp],
) -> Markup:
    path = first.path_of(other)
    last = path["estimate"].dropna()
    told = [f"Correlation of {focus} with {other} by session", f"last {last.iloc[-1]:.2f}" if len(last) else ""]
    return path_panel(
        path,
        span,
        axis,
        label=listed([*filter(None, told)]),
        hue=hue_of(other),
        height=HEIGHT,
        second=None if second is None else _within(second.path_of(other), span),
        steps=None if steps is None else steps.steps_of(other),
        breaks=None if breaks is None else breaks.breaks_of(other),
        numbered=True,
        simulated=isinstance(first, Result) and first.simulated,
    )


def _within(path: pd.DataFrame, span: tuple[pd.Timestamp, pd.Timestamp]) -> pd.DataFrame | None:
    rows = path[(path.index >= span[0]) & (path.index <= span[1])]
    return rows if len(rows) else None
