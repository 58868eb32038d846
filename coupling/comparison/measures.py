"""What of a study is compared: each number that its configuration asks for, with its interval and its draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from coupling._typing import Floats
from coupling.change.instants_split import InstantsSplitTest
from coupling.change.split import SplitTest
from coupling.change.split_rows import baseline_start
from coupling.comparison.batches import Asked
from coupling.comparison.estimate_paths import Question, Span
from coupling.comparison.weekly_history import WeeklyHistory
from coupling.comparison.weeks import WeekDraws
from coupling.correlation.section import HayashiYoshidaSection, RollingSection
from coupling.data.intervals import ChangeIntervals, change_intervals, struck_since
from coupling.data.panel import Panel
from coupling.errors import CouplingError, InputError
from coupling.study import Study

__all__ = ["Measure", "Subject", "measures_of"]

Row = tuple[float, float, float, int]
SECOND = pd.Timedelta(seconds=1)


@dataclass(frozen=True)
class Measure:
    """One number of a study.

    Parameters
    ----------
    group : str
        What is measured, as a heading: the same words in every study that asks for it.
    other : str
        The instrument that it is measured with (empty for a measure of all).
    pair : str
        The pair, or the instruments, in words.
    estimate, lower, upper, n
        As the study's own page has them; limits are missing where the draws give them.
    unit : str
        Of the estimate.
    begin, end : Timestamp
        First and last session that it rests on.
    asked : Asked, optional
        How it is drawn again, for correlations of the pair.
    draw : callable, optional
        How it is drawn again otherwise: from the draws and the number of replications.
    failure : str
        Why there is no estimate.
    """

    group: str
    other: str
    pair: str
    estimate: float = float("nan")
    lower: float = float("nan")
    upper: float = float("nan")
    n: int = 0
    unit: str = "correlation"
    begin: pd.Timestamp | None = None
    end: pd.Timestamp | None = None
    asked: Asked | None = None
    draw: Callable[[WeekDraws, int], Floats] | None = field(default=None, repr=False)
    failure: str = ""

    @property
    def local(self) -> bool:
        """Whether it rests on the end of the period alone."""
        return self.asked is not None and self.asked.question.kind == "last"


@dataclass(frozen=True)
class Subject:
    """A study with its panel, and the pairs of its focus on their own ticks."""

    study: Study
    panel: Panel
    pairs: dict[str, Panel]

    @classmethod
    def of(cls, study: Study, panel: Panel) -> Subject:
        """Return the subject; a pair that cannot be aligned is left to the measures, which fail visibly."""
        others = [name for name in panel.levels.columns if name != study.focus]
        return cls(study, panel, {other: panel.pair(study.focus, other) for other in others})

    def history(self, other: str) -> WeeklyHistory:
        """Return the history of the focus and another instrument."""
        return WeeklyHistory.of(self.pairs[other].observations, self.panel.alignment)

    def legs(self, other: str, section: HayashiYoshidaSection) -> dict[str, ChangeIntervals]:
        """Return the pair's changes on true instants."""
        treated = change_intervals(self.pairs[other].observations, stale=section.stale, weekend=section.weekend)
        return {each.name: each for each in treated}

    def reported(self, other: str) -> tuple[pd.Timestamp, pd.Timestamp]:
        """Return the first and the last session that are reported of a pair."""
        return self.sessions(other, self.study.start)

    def sessions(self, other: str, start: pd.Timestamp | None) -> tuple[pd.Timestamp, pd.Timestamp]:
        """Return the first and the last session of a pair's sample from a start on."""
        pair = self.pairs[other]
        return pair.opening(start), pair.sessions.label(pair.levels.index[-1])


def measures_of(subject: Subject) -> list[Measure]:
    """Return every correlation that a study asks for; one that fails says why."""
    found: list[Measure] = []
    for group, make in _asked(subject.study):
        for other in subject.pairs:
            pair = f"{subject.study.focus} – {other}"
            try:
                found.append(make(subject, other, group, pair))
            except CouplingError as error:
                found.append(Measure(group, other, pair, failure=str(error)))
    return found


Maker = Callable[[Subject, str, str, str], Measure]


def _asked(study: Study) -> Iterator[tuple[str, Maker]]:
    correlation = study.correlation
    rolling = None if correlation is None else correlation.rolling
    instants = None if correlation is None else correlation.hayashi_yoshida
    if rolling is not None:
        whole = rolling.model_copy(update={"window": None})
        name = "Spearman's correlation" if rolling.method == "spearman" else "Correlation"
        yield f"{name}, whole period", _whole(whole)
        if rolling.window is not None:
            size = f"{rolling.window} rows" if isinstance(rolling.window, int) else rolling.window
            yield f"{name} over {size}: mean", _path(rolling, "mean")
            yield f"{name} over {size}: last", _path(rolling, "last")
    if instants is not None:
        yield "Asynchronous-adjusted correlation, whole period", _instants(instants.model_copy(update={"window": None}))
    for day in study.change.splits if study.change is not None else ():
        split = pd.Timestamp(day, tz="UTC")
        yield f"Change of the correlation at {day}", _split(split)
        if instants is not None:
            yield f"Change of the asynchronous-adjusted correlation at {day}", _instants_split(split, instants.stale)


def _key(group: str, other: str) -> str:
    return f"{group}\0{other}"


def _span(subject: Subject, split: pd.Timestamp | None = None, start: pd.Timestamp | None = None) -> Span:
    ends = (start or subject.study.start, None, split)
    return Span(*(None if each is None else each.as_unit("ns").value for each in ends))


def _row(frame: pd.DataFrame) -> Row:
    last: Any = frame.dropna(subset="estimate").iloc[-1]
    return float(last["estimate"]), float(last["lower"]), float(last["upper"]), int(last["n"])


def _limits(row: Row) -> dict[str, Any]:
    return dict(zip(("estimate", "lower", "upper", "n"), row, strict=True))


def _since(frame: pd.DataFrame, start: pd.Timestamp | None) -> pd.DataFrame:
    return frame if start is None else frame[frame.index >= start]


def _whole(section: RollingSection) -> Maker:
    def make(subject: Subject, other: str, group: str, pair: str) -> Measure:
        changes = _since(subject.pairs[other].changes, subject.study.start)
        row = _row(section.fit(changes).between(subject.study.focus, other))
        asked = Asked(_key(group, other), section, Question("mean", _span(subject)))
        begin, end = subject.reported(other)
        return Measure(group, other, pair, **_limits(row), begin=begin, end=end, asked=asked)

    return make


def _path(section: RollingSection, kind: str) -> Maker:
    def make(subject: Subject, other: str, group: str, pair: str) -> Measure:
        fitted = section.fit(subject.pairs[other].changes)
        path = _since(fitted.between(subject.study.focus, other), subject.study.start).dropna(subset="estimate")
        if path.empty:
            raise InputError("no window of the reported period holds enough changes; shorten it or start earlier.")
        nan = float("nan")
        row = _row(path) if kind == "last" else (float(path["estimate"].mean()), nan, nan, len(path))
        asked = Asked(_key(group, other), section, Question(kind, _span(subject)))
        begin, end = subject.reported(other)
        return Measure(group, other, pair, **_limits(row), begin=begin, end=end, asked=asked)

    return make


def _instants(section: HayashiYoshidaSection) -> Maker:
    def make(subject: Subject, other: str, group: str, pair: str) -> Measure:
        observations = struck_since(subject.pairs[other].observations, subject.study.start)
        row = _row(section.fit(observations).between(subject.study.focus, other))
        asked = Asked(_key(group, other), section, Question("mean", _span(subject)))
        begin, end = subject.reported(other)
        return Measure(group, other, pair, **_limits(row), begin=begin, end=end, asked=asked)

    return make


def _baseline(subject: Subject, other: str, split: pd.Timestamp) -> pd.Timestamp | None:
    """Return the start of the primary baseline, never before the reported period."""
    assert subject.study.change is not None
    start = baseline_start(subject.study.change.baselines[0], split, subject.pairs[other].levels.index[-1])
    ends = [each for each in (start, subject.study.start) if each is not None]
    return max(ends) if ends else None


def _split(split: pd.Timestamp) -> Maker:
    def make(subject: Subject, other: str, group: str, pair: str) -> Measure:
        start = _baseline(subject, other, split)
        test = SplitTest(date=split + SECOND, start=None if start is None else start + SECOND)
        table = test.fit(subject.pairs[other].changes[[subject.study.focus, other]]).table_
        after = None if start is None else start + pd.Timedelta(1, unit="ns")  # as the test: rows that end later
        return _change(subject, (other, group, pair), table, RollingSection(window=None), (after, split))

    return make


def _instants_split(split: pd.Timestamp, stale: Literal["keep", "drop"]) -> Maker:
    def make(subject: Subject, other: str, group: str, pair: str) -> Measure:
        legs = {name: subject.panel.observations[name] for name in (subject.study.focus, other)}
        start = _baseline(subject, other, split)
        table = InstantsSplitTest(date=split, start=start, stale=stale).fit(legs).table_
        section = HayashiYoshidaSection(window=None, stale=stale)
        return _change(subject, (other, group, pair), table, section, (start, split))

    return make


def _change(
    subject: Subject,
    names: tuple[str, str, str],
    table: pd.DataFrame,
    section: RollingSection | HayashiYoshidaSection,
    times: tuple[pd.Timestamp | None, pd.Timestamp],
) -> Measure:
    """Return the measure of a change from the table of its test."""
    row: Any = table.iloc[0]
    (other, group, pair), (start, split) = names, times
    begin, end = subject.sessions(other, start)
    return Measure(
        group,
        other,
        pair,
        float(row["difference"]),
        float(row["lower"]),
        float(row["upper"]),
        int(row["before_n"] + row["after_n"]),
        unit="difference of correlations",
        begin=begin,
        end=end,
        asked=Asked(_key(group, other), section, Question("change", _span(subject, split, start))),
    )
