"""Which of the things that rules found are told now, which were told already, and which are over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import pandas as pd

from coupling.watch.fired import Fired
from coupling.watch.record import Alert
from coupling.watch.state import State

__all__ = ["Alerts", "alerts_of"]


@dataclass(frozen=True, kw_only=True)
class Alerts:
    """The alerts of a morning.

    Parameters
    ----------
    told : tuple of Alert
        To be told now: what is new, and what the webhook has not taken yet.
    standing : tuple of Alert
        Told earlier, and still so.
    ended : tuple of Alert
        Told earlier, and no longer so.
    lasting : tuple of Alert
        What is to be remembered: told now or earlier, and still so.
    """

    told: tuple[Alert, ...]
    standing: tuple[Alert, ...]
    ended: tuple[Alert, ...]
    lasting: tuple[Alert, ...]


def alerts_of(found: Sequence[Fired], state: State, at: pd.Timestamp, name: str) -> Alerts:
    """Sort what rules found by what was told before.

    Parameters
    ----------
    found : sequence of Fired
    state : State
        Of the last run.
    at : Timestamp
        The instant of the run.
    name : str
        Name of the configuration, part of the alerts' ids.
    """
    seen = {each.id: each.first_seen for each in state.pending}
    seen |= {each.id.rpartition("-")[0]: each.first_seen for each in state.told}
    now = {alert.id: (each, alert) for each in found for alert in [_alert(each, at, name, seen)]}
    before = {each.id for each in state.told}
    new = [alert for key, (each, alert) in now.items() if not (each.standing and key in before)]
    over = before - now.keys()  # what ended before it could be delivered is not told any more
    waiting = {each.id: now[each.id][1] if each.id in now else each for each in state.pending if each.id not in over}
    late = [each for key, each in waiting.items() if key not in {alert.id for alert in new}]
    lasting = [alert for each, alert in now.values() if each.standing]
    return Alerts(
        told=(*new, *late),
        standing=tuple(each for each in lasting if each.id in before and each.id not in waiting),
        ended=tuple(each for each in state.told if each.id not in now),
        lasting=tuple(lasting),
    )


def _alert(fired: Fired, at: pd.Timestamp, name: str, seen: Mapping[str, datetime]) -> Alert:
    """Return an alert, whose id stays the same however often the thing is found; that of a state says since when."""
    words = "/".join((name, fired.rule, fired.key))
    digest = sha256(words.encode("utf-8", "backslashreplace")).hexdigest()[:12]
    key = f"{fired.rule}-{digest}"
    first = seen.get(key, at.to_pydatetime())
    return Alert(
        id=f"{key}-{first:%Y%m%d}" if fired.standing else key,
        rule=fired.rule,
        subject=list(fired.subject),
        told=" ".join(fired.told.split()),
        at=fired.at,
        finding=fired.finding,
        first_seen=first,
    )
