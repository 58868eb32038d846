"""One row of the first screen per instrument: path, now, before and since on one estimator, change, verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from coupling.report import told
from coupling.report.strokes import Axis, Mark, hue_of, marks, path_panel
from coupling.results.answered import Answered
from coupling.results.base import Result
from coupling.results.finding import Finding
from coupling.results.pairs import PairPath, PairSides
from coupling.text.typesetting import typeset
from coupling.text.wording import two

__all__ = ["Pair", "PairRow", "pairs_of", "rows_of"]

NOTHING = Markup("")
ROW, LARGE = 48, 260  # pixels


@dataclass(frozen=True)
class Pair:
    """What was found of the focus with one other instrument, and what the evidence holds for its picture."""

    name: str
    title: str
    now: Finding | None
    change: Finding | None
    path: pd.DataFrame
    path_title: str
    sides: pd.DataFrame
    since: pd.Timestamp | None
    simulated: bool

    @property
    def size(self) -> float:
        """How strong the correlation is, by which rows are ordered."""
        return abs(self.now.estimate or 0.0) if self.now is not None else -1.0


@dataclass(frozen=True)
class PairRow:
    """A row as it is shown."""

    name: str
    title: str
    hue: str
    anchor: str
    word: str
    is_told: bool
    now: str
    interval: str
    path: Markup
    sides: Markup
    sides_told: str
    forest: Markup
    change: str
    change_interval: str
    change_told: bool
    lines: tuple[str, ...]


def pairs_of(study: Answered) -> list[Pair]:
    """Return what was found of each pair of the focus, the strongest first."""
    results = {result.name: result for result in study.results if isinstance(result, Result)}
    titles = _titles(results.values())
    now, change = (_primary(study.found, question, study.focus) for question in ("coupled", "changed"))
    pairs = [
        _pair(name, titles.get(name, ""), now.get(name), change.get(name), results)
        for name in dict.fromkeys([*now, *change])
    ]
    return sorted(pairs, key=lambda pair: -pair.size)


def _primary(findings: Iterable[Finding], question: str, focus: str) -> dict[str, Finding]:
    asked = (each for each in findings if each.primary and each.question == question and len(each.subject) == 2)
    return {each.subject[-1]: each for each in asked if each.subject[0] == focus}


def _titles(results: Iterable[Result]) -> Mapping[str, str]:
    """Return what the instruments are called in full, where a result says so."""
    for result in results:
        if result.frame.index.name == "instrument" and "title" in result.frame.columns:
            return {str(name): str(title) for name, title in result.frame["title"].items()}
    return {}


def _pair(name: str, title: str, now: Finding | None, change: Finding | None, results: Mapping[str, Result]) -> Pair:
    nothing = pd.DataFrame(columns=["estimate", "lower", "upper"], dtype=float)
    evidence = results.get(now.evidence) if now is not None else None
    drawn = _path_of(name, evidence, results.values())
    split = results.get(change.evidence) if change is not None else None
    return Pair(
        name=name,
        title="" if title == name else title,
        now=now,
        change=change,
        path=nothing if drawn is None else drawn[1],
        path_title="" if drawn is None else drawn[0],
        sides=split.sides_of(name) if isinstance(split, PairSides) else nothing,
        since=split.date if isinstance(split, PairSides) else None,
        simulated=any(result.simulated for result in results.values()),
    )


def _path_of(name: str, evidence: Result | None, results: Iterable[Result]) -> tuple[str, pd.DataFrame] | None:
    """Return title and path of a pair: of its own estimate, else of the result with the narrowest band."""
    if isinstance(evidence, Result) and isinstance(evidence, PairPath) and len(evidence.path_of(name)):
        return evidence.title, evidence.path_of(name)
    known = [each for each in results if isinstance(each, PairPath)]
    drawn = [(each.title, path) for each in known if len(path := each.path_of(name))]
    return min(drawn, key=lambda each: _width(each[1]), default=None)


def _width(path: pd.DataFrame) -> float:
    width = float((path["upper"] - path["lower"]).median())
    return width if width == width else float("inf")


def span_of(pairs: Iterable[Pair]) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """Return the first and the last session of all paths; None where there are none."""
    ends = [end for pair in pairs if len(pair.path) for end in (pair.path.index[0], pair.path.index[-1])]
    return (min(ends), max(ends)) if ends else None


def side_axis(pairs: Iterable[Pair]) -> Axis:
    """Return the axis on which all rows show their marks."""
    numbers = [value for pair in pairs for value in pair.sides.to_numpy(float).ravel()]
    known = [pair.now for pair in pairs if pair.now is not None]
    ends = [end for each in known for end in (each.estimate, each.lower, each.upper) if end is not None]
    return Axis.around([*numbers, *ends])


def rows_of(pairs: list[Pair], *, focus: str) -> list[PairRow]:
    """Return the rows as they are shown, all on the same axes."""
    span = span_of(pairs)
    paths = Axis.around(value for pair in pairs for value in _reach(pair.path))
    return [_row(pair, focus, span, paths, side_axis(pairs), large=len(pairs) == 1) for pair in pairs]


def _reach(path: pd.DataFrame) -> list[float]:
    """Return how far an axis must go: as the path itself, and as its band nearly always does."""
    ends = [path["estimate"].min(), path["estimate"].max(), path["lower"].quantile(0.01), path["upper"].quantile(0.99)]
    return [float(end) for end in ends]


def _row(
    pair: Pair,
    focus: str,
    span: tuple[pd.Timestamp, pd.Timestamp] | None,
    paths: Axis,
    sides: Axis,
    *,
    large: bool,
) -> PairRow:
    now, change, hue = pair.now, pair.change, hue_of(pair.name)
    said = _sides_told(pair)
    return PairRow(
        name=pair.name,
        title=pair.title,
        hue=hue,
        anchor=(now or change).evidence if now or change else "",  # type: ignore[union-attr]
        word=told.verdict_word(now) if now else "No estimate",
        is_told=now is not None and told.is_significant(now),
        now=told.number(now) if now else "–",
        interval=told.interval(now) if now else "",
        path=_path(pair, focus, span, paths, hue, large=large),
        sides=marks(_marks(pair), sides, label=f"{pair.name}: {said}", hue=hue, height=ROW) if said else NOTHING,
        sides_told=said,
        forest=marks(_now(pair), sides, label=_alternative(pair, focus), hue=hue, height=26),
        change=told.number(change) if change else "",
        change_interval=told.interval(change) if change else "",
        change_told=change is not None and told.is_significant(change),
        lines=tuple(filter(None, (told.coupling_line(now) if now else "", told.change_line(change) if change else ""))),
    )


def _path(
    pair: Pair, focus: str, span: tuple[pd.Timestamp, pd.Timestamp] | None, axis: Axis, hue: str, *, large: bool
) -> Markup:
    if span is None or not len(pair.path):
        return NOTHING
    label = (
        f"{_alternative(pair, focus)}; its path from {pair.path.index[0]:%Y-%m-%d} to {pair.path.index[-1]:%Y-%m-%d}"
    )
    height = LARGE if large else ROW
    return path_panel(
        pair.path,
        span,
        axis,
        label=label,
        hue=hue,
        height=height,
        since=pair.since,
        numbered=large,
        simulated=pair.simulated,
    )


def _alternative(pair: Pair, focus: str) -> str:
    if pair.now is None or pair.now.estimate is None:
        return f"Correlation of {focus} with {pair.name}"
    span = told.interval(pair.now)
    return f"Correlation of {focus} with {pair.name} {told.number(pair.now)}{f' ({span})' if span else ''}"


def _now(pair: Pair) -> list[Mark]:
    if pair.now is None or pair.now.estimate is None:
        return []
    return [Mark(pair.now.estimate, pair.now.lower, pair.now.upper, full=told.is_significant(pair.now))]


def _marks(pair: Pair) -> list[Mark]:
    """Return the marks of both sides; the second is full where its interval excludes zero."""
    made = []
    for side, row in pair.sides.iterrows():
        estimate, lower, upper = (float(row[name]) for name in ("estimate", "lower", "upper"))
        made.append(Mark(estimate, lower, upper, full=lower > 0 or upper < 0, before=side == "before"))
    return made


def _sides_told(pair: Pair) -> str:
    """Say both sides in words, which a reader without the picture needs."""
    known = pair.sides.dropna(subset="estimate")
    return ", ".join(f"{side} {typeset(two(row['estimate']))}" for side, row in known.iterrows())
