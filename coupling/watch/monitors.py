"""Alarms of the monitor: which of them are of this morning, whatever the data say anew of those of long ago."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from coupling.change.page.monitor import MonitorResult
from coupling.results.json_schema import RecordPart
from coupling.results.study import StudyResult
from coupling.watch.record import Told

__all__ = ["MonitorAlarm", "SeenAlarm", "alarms_of", "fresh_alarms"]

GRACE = timedelta(days=10)
"""A weekly change is dated on its last session and known later; and two alarms of a pair are never so near."""


class SeenAlarm(RecordPart):
    """An alarm that a run knew."""

    subject: list[Told]
    at: date


@dataclass(frozen=True, kw_only=True)
class MonitorAlarm:
    """A correlation that has left its baseline.

    Parameters
    ----------
    subject : tuple of str
        The pair.
    at : date
        The session of the alarm.
    since : date
        The likeliest first session of the new correlation.
    direction : str
        Higher or lower.
    """

    subject: tuple[str, str]
    at: date
    since: date
    direction: str

    @property
    def finding(self) -> str:
        """Id of the finding of the pair."""
        return "/".join(("monitor", *self.subject))

    @property
    def key(self) -> str:
        """What tells it from every other alarm."""
        return f"{'/'.join(self.subject)}/{self.at}"

    @property
    def told(self) -> str:
        """The alarm in a sentence."""
        pair = " – ".join(self.subject)
        return f"{pair} has left its baseline: alarm on {self.at}, {self.direction} since about {self.since}."

    @property
    def seen(self) -> SeenAlarm:
        """What is remembered of it."""
        return SeenAlarm(subject=list(self.subject), at=self.at)


def alarms_of(result: StudyResult) -> list[MonitorAlarm]:
    """Return every alarm of the monitor, the oldest first; none where the study has no monitor."""
    found = (each for each in result.results if isinstance(each, MonitorResult))
    alarms = [
        MonitorAlarm(
            subject=(monitor.focus, str(row["with"])),
            at=pd.Timestamp(row["date"]).date(),
            since=pd.Timestamp(row["since"]).date(),
            direction=str(row["direction"]),
        )
        for monitor in found
        for _, row in monitor.alarms.iterrows()
    ]
    return sorted(alarms, key=lambda each: each.at)


def fresh_alarms(
    alarms: Iterable[MonitorAlarm], known: Iterable[SeenAlarm] | None, session: date | None
) -> list[MonitorAlarm]:
    """Return the alarms since a run.

    Parameters
    ----------
    alarms : iterable of MonitorAlarm
    known : iterable of SeenAlarm, optional
        Those that the last run knew; None on a first run, which has the alarms of its own last session alone.
    session : date, optional
        Last session of that run, or of this one where it is the first.

    Examples
    --------
    >>> rang = MonitorAlarm(subject=("BTC", "SPX"), at=date(2025, 3, 4), since=date(2025, 2, 3), direction="higher")
    >>> len(fresh_alarms([rang], [], date(2025, 3, 3))), len(fresh_alarms([rang], [rang.seen], date(2025, 3, 3)))
    (1, 0)
    >>> len(fresh_alarms([rang], [], date(2026, 3, 3)))
    0
    """
    if session is None:
        return []
    if known is None:
        return [each for each in alarms if each.at == session]
    before = [(tuple(each.subject), each.at) for each in known]

    def is_new(alarm: MonitorAlarm) -> bool:
        return not any(pair == alarm.subject and abs(at - alarm.at) <= GRACE for pair, at in before)

    return [each for each in alarms if each.at > session - GRACE and is_new(each)]
