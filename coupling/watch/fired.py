"""What each rule finds today: its alerts, before those that were told already are left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from coupling.claims.ledger_entry import Status
from coupling.results.json_schema import FindingRecord
from coupling.results.since import CHANGED, Pairing
from coupling.study.watching import (
    DEFAULT_RULES,
    DataRevised,
    DataStale,
    EventDetected,
    MeaningChanged,
    MonitorLeft,
    PredictionResolved,
    SourceFailed,
    VerdictChanged,
    WatchRule,
)
from coupling.text.wording import signed, specified, two
from coupling.watch.monitors import alarms_of, fresh_alarms
from coupling.watch.record import Reason
from coupling.watch.state import LastRun
from coupling.watch.today import Today

__all__ = ["Fired", "Seen", "fired_by", "rules_of"]


@dataclass(frozen=True, kw_only=True)
class Fired:
    """Something that a rule found.

    Parameters
    ----------
    rule : str
        Its word.
    key : str
        What tells it from everything else that the rule may find.
    subject : tuple of str
    told : str
        In a sentence.
    at : date, optional
        The session at which it happened.
    finding : str, optional
        Id of the finding that it is about.
    standing : bool
        Whether it is a state that lasts, told once until it ends, and not something that happened.
    """

    rule: str
    key: str
    subject: tuple[str, ...]
    told: str
    at: date | None = None
    finding: str | None = None
    standing: bool = False


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What rules look at.

    Parameters
    ----------
    today : Today
    last : LastRun, optional
        Nothing on a first run.
    pairs : sequence of Pairing
        Findings that differ.
    reasons : sequence of Reason
    """

    today: Today
    last: LastRun | None
    pairs: Sequence[Pairing] = field(repr=False)
    reasons: Sequence[Reason] = field(repr=False)

    @property
    def session(self) -> date | None:
        """The session of the newest answer, on which what happened today is dated."""
        return self.today.session


def rules_of(today: Today) -> Sequence[WatchRule]:
    """Return the rules of the configuration, or all of them with their defaults."""
    section = today.study.watch
    return DEFAULT_RULES if section is None else section.rules


def fired_by(seen: Seen) -> list[Fired]:
    """Return what the rules of the configuration find, in their order, each once."""
    found = [fired for rule in rules_of(seen.today) for fired in _FINDERS[type(rule)](rule, seen)]
    return list({(each.rule, each.key): each for each in found}.values())


def _monitor(rule: MonitorLeft, seen: Seen) -> Iterator[Fired]:
    """Tell alarms since the last run; on a first run, those of the newest session alone."""
    last = seen.last
    known, session = (None, seen.session) if last is None else (last.alarms, last.session)
    for alarm in fresh_alarms(alarms_of(seen.today.result), known, session):
        if rule.concerns(alarm.subject):
            yield Fired(
                rule=rule.rule,
                key=alarm.key,
                subject=alarm.subject,
                told=f"{alarm.told}{_size(seen, alarm.finding)}",
                at=alarm.at,
                finding=alarm.finding,
            )


def _size(seen: Seen, finding: str) -> str:
    """Say by how much the correlation has changed since then, where there is an estimate."""
    found = next((each for each in seen.today.record.findings if each.id == finding), None)
    if found is None or found.estimate is None:
        return ""
    size = signed(found.estimate).replace("-", "\N{MINUS SIGN}")
    return f" {found.quantity.capitalize()} since: {_interval(found, size)}."


def _verdicts(rule: VerdictChanged, seen: Seen) -> Iterator[Fired]:
    for pair in seen.pairs:
        now, was = pair.now, pair.before
        if pair.what != CHANGED or now is None or was is None:
            continue
        if rule.concerns(now.question, now.subject, primary=now.primary or was.primary):
            yield Fired(
                rule=rule.rule,
                key=f"{now.id}/{was.verdict} to {now.verdict}/{seen.session}",
                subject=tuple(now.subject),
                told=_told(was, now),
                at=seen.session,
                finding=now.id,
            )


def _told(was: FindingRecord, now: FindingRecord) -> str:
    how = f"({specified(now.specification)})" if now.specification else ""
    about = " ".join(filter(None, ("–".join(now.subject), how)))
    words = [each.verdict.replace("_", " ") for each in (was, now)]
    return f"{about}, {now.question.replace('_', ' ')}: {words[0]} → {words[1]}{_estimates(was, now)}."


def _estimates(was: FindingRecord, now: FindingRecord) -> str:
    if was.estimate is None or now.estimate is None:
        return ""
    return f"; {now.quantity} {_interval(was)} → {_interval(now)}{f' {now.unit}' if now.unit else ''}"


def _interval(finding: FindingRecord, estimate: str = "") -> str:
    ends = (finding.lower, finding.upper)
    shown = "" if None in ends else f" ({' to '.join(_number(end) for end in ends)})"
    return f"{estimate or _number(finding.estimate)}{shown}"


def _number(value: float | None) -> str:
    return "missing" if value is None else two(value).replace("-", "\N{MINUS SIGN}")


def _predictions(rule: PredictionResolved, seen: Seen) -> Iterator[Fired]:
    for key, (status, words, on) in seen.today.predictions.items():
        claim = key.removesuffix(f"/{words}")
        was = None if seen.last is None else seen.last.predictions.get(key)
        if was == Status.OPEN and status != Status.OPEN and (not rule.claims or claim in rule.claims):
            when = f" on {on}" if on else ""
            yield Fired(
                rule=rule.rule,
                key=f"{key}/{status}",
                subject=(claim,),
                told=f"Prediction {claim} {status}{when}: {words}.",
                at=on,
            )


def _stale(rule: DataStale, seen: Seen) -> Iterator[Fired]:
    for age in seen.today.ages:
        if not rule.concerns((age.instrument,)) or age.last is None or age.overdue is None:
            continue
        days = (seen.today.at.date() - age.last).days
        late = age.overdue >= rule.sessions if rule.days is None else days >= rule.days
        if late:
            value = "1 later value" if age.overdue == 1 else f"{age.overdue} later values"
            yield Fired(
                rule=rule.rule,
                key=age.instrument,
                subject=(age.instrument,),
                told=f"{age.instrument} is stale: its last session is {age.last}, {days} days ago, and {value} should "
                "be known by now.",
                at=age.last,
                standing=True,
            )


def _revised(rule: DataRevised, seen: Seen) -> Iterator[Fired]:
    for reason in seen.reasons:
        large = reason.percent is None or abs(reason.percent) >= rule.percent
        if reason.kind == "revision" and large and rule.concerns(reason.subject):
            yield Fired(
                rule=rule.rule,
                key=f"{reason.subject[0]}/{_sha(seen, reason.subject[0])}",
                subject=tuple(reason.subject),
                told=reason.told,
                at=seen.session,
            )


def _sha(seen: Seen, name: str) -> str:
    return next(each.sha256[:12] for each in seen.today.series if each.instrument == name)


def _meaning(rule: MeaningChanged, seen: Seen) -> Iterator[Fired]:
    for _, row in seen.today.doubted.iterrows():
        name, day = str(row["instrument"]), pd.Timestamp(row["date"]).date()
        if rule.concerns((name,)):
            yield Fired(
                rule=rule.rule,
                key=f"{name}/{row['check']}/{day}",
                subject=(name,),
                told=f"{name} may have changed its meaning on {day}: {row['check']}{_reading(row)}.",
                at=day,
                standing=True,
            )


def _reading(row: Any) -> str:
    reading = row.get("reading")
    return f" (looks like {reading})" if isinstance(reading, str) and reading else ""


def _failed(rule: SourceFailed, seen: Seen) -> Iterator[Fired]:
    today = seen.today
    told = {name: f"{name} could not be had: {reason}." for name, reason in today.dataset.missing.items()}
    for origin in (each for each in today.result.origins if each.failed):
        day = "" if origin.retrieved_at is None else f" of {origin.retrieved_at:%Y-%m-%d %H:%M} UTC"
        name = origin.instrument
        told[name] = f"{name} is served by the store{day}, because its live sources failed: {origin.failed}."
    for name, sentence in told.items():
        if rule.concerns((name,)):
            yield Fired(rule=rule.rule, key=name, subject=(name,), told=sentence, standing=True)
    for reason in seen.reasons:
        name, place = reason.subject[0] if reason.subject else "", ""
        if reason.kind == "source" and name not in told and rule.concerns((name,)):
            place = _place(seen, name)
        if place:
            key = f"{name}/{place}/{seen.session}"
            yield Fired(rule=rule.rule, key=key, subject=(name,), told=reason.told, at=seen.session)


def _place(seen: Seen, name: str) -> str:
    """Return by whom an instrument is served now, and was served by another; empty where it is new or left out."""
    was = set() if seen.last is None else {each.instrument for each in seen.last.series}
    found = (f"{each.source} {each.symbol} {each.clock}" for each in seen.today.series if each.instrument == name)
    return next(found, "") if name in was else ""


def _detected(rule: EventDetected, seen: Seen) -> Iterator[Fired]:
    """Tell signals of sessions after those that the last run had judged; on a first run, of the last session alone."""
    to = seen.today.detected_to
    judged = None if seen.last is None else seen.last.detected_to
    for day in seen.today.signals:
        fresh = day == to if judged is None else day > judged
        if fresh:
            told = f"The detector gave a signal on {day}."
            yield Fired(rule=rule.rule, key=str(day), subject=("detector",), told=told, at=day)


_FINDERS: dict[type[WatchRule], Callable[[Any, Seen], Iterator[Fired]]] = {
    MonitorLeft: _monitor,
    VerdictChanged: _verdicts,
    PredictionResolved: _predictions,
    DataStale: _stale,
    DataRevised: _revised,
    MeaningChanged: _meaning,
    SourceFailed: _failed,
    EventDetected: _detected,
}
