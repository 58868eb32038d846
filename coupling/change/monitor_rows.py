"""One pair of the page under the monitor: fitted on all its rows, and what its correlation was and is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from coupling.change import judge
from coupling.change.context import STANDARDIZED, ChangeContext
from coupling.change.monitor import CorrelationMonitor
from coupling.change.section import MonitorSection
from coupling.change.split import Window, difference, window_of
from coupling.results.verdicts import Monitored

__all__ = ["WEEKS", "MonitoredPair", "monitored_pair"]

WEEKS = {"min_baseline": 100, "lag": 12}
"""Of a pair on weekly changes, where nothing else is stated: a baseline of 250 weeks takes six years."""
_DAYS = 365.25


@dataclass(frozen=True)
class MonitoredPair:
    """A pair by today, the path of its detector from the start of the report, and its alarms.

    Parameters
    ----------
    row : dict
        ``with``, ``verdict``, ``estimate`` with ``lower`` and ``upper`` (since `since` less `before`), ``before`` with
        ``before_lower``, ``before_upper`` and ``n_before``, ``after`` with ``n_after``, ``alarm`` (date of the last
        one), ``since``, ``direction``, ``baseline_from``, ``last`` (row), ``ratio`` (newest, over the limit),
        ``per_year`` and ``rows`` (what a row is).
    path : DataFrame
        ``ratio`` and ``with`` by session; missing while a baseline is learnt.
    alarms : DataFrame
        ``with, date, since, direction``.
    """

    row: dict[str, Any]
    path: pd.DataFrame
    alarms: pd.DataFrame


def monitored_pair(section: MonitorSection, context: ChangeContext, other: str) -> MonitoredPair:
    """Watch one pair with its share of the false alarms; it sees the whole series, also before the report."""
    frames, counted = context.whole_changes(other)
    steady = frames[STANDARDIZED].dropna()
    least = {name: getattr(section, name) for name in WEEKS}
    if other in context.unequal:
        least |= {name: weeks for name, weeks in WEEKS.items() if not section.states(name)}
    row: dict[str, Any] = {"with": other, "rows": counted, "per_year": _per_year(steady.index), **_nothing(steady)}
    if len(steady) <= sum(least.values()):
        nothing = pd.Series(dtype=float, index=steady.index[:0])
        return _shown(row | {"verdict": Monitored.LEARNING}, nothing, _no_alarms(steady.index), context)
    model = CorrelationMonitor(
        focus=context.focus,
        alarms_per_year=section.alarms_per_year / len(context.others),
        observations_per_year=row["per_year"],
        shift=section.shift,
        standardize=None,
        **least,
    ).fit(steady)
    row |= _by_now(model, steady, least["lag"])
    return _shown(row, model.ratio_.iloc[:, 0], model.alarms_, context)


def _nothing(steady: pd.DataFrame) -> dict[str, Any]:
    """Return what is known of a pair that has too few rows to be watched."""
    ends = (steady.index[0], steady.index[-1]) if len(steady) else (pd.NaT, pd.NaT)
    missing = dict.fromkeys(("estimate", "lower", "upper", "before", "before_lower", "before_upper", "after", "ratio"))
    numbers = {name: float("nan") for name in missing} | {"n_before": len(steady), "n_after": 0}
    return numbers | {"baseline_from": ends[0], "last": ends[1], "alarm": pd.NaT, "since": pd.NaT, "direction": ""}


def _by_now(model: CorrelationMonitor, steady: pd.DataFrame, lag: int) -> dict[str, Any]:
    """Return the verdict on a pair, its correlation in the baseline, and since it left where it did."""
    today = model.table_.iloc[0]
    last = model.alarms_.iloc[-1] if len(model.alarms_) else None
    verdict = judge.watched(known=today["state"] == "steady", rang=last is not None and today["state"] == "learning")
    if verdict is Monitored.LEFT and last is not None:
        before, after = (window_of(part.to_numpy()) for part in _sides(steady, last))
        change = difference(before, after)
        known = {"estimate": change["difference"], "lower": change["lower"], "upper": change["upper"]}
        known |= {"after": after.estimate, "n_after": after.n, "baseline_from": last["baseline_from"]}
    else:
        rows = steady[steady.index >= today["baseline_from"]]
        before = window_of(rows.to_numpy()[: max(len(rows) - lag, 0)])
        known = {"ratio": today["ratio"], "baseline_from": today["baseline_from"]}
    rang = {} if last is None else {"alarm": last["date"], **last[["since", "direction"]]}
    return {"verdict": verdict, **_baseline(before), **known, **rang}


def _sides(steady: pd.DataFrame, alarm: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of the baseline that an alarm left, and those of the new correlation."""
    new = steady.index >= alarm["since"]
    return steady[(steady.index >= alarm["baseline_from"]) & ~new], steady[new]


def _baseline(before: Window) -> dict[str, Any]:
    lower, upper = before.interval(0.95)
    return {"before": before.estimate, "before_lower": lower, "before_upper": upper, "n_before": before.n}


def _shown(row: dict[str, Any], ratio: pd.Series, alarms: pd.DataFrame, context: ChangeContext) -> MonitoredPair:
    """Return a pair with its sessions, from the start of the report on."""
    path = ratio.loc[ratio.first_valid_index() :].rename("ratio").to_frame()
    if context.start is not None:
        path, alarms = path[path.index >= context.start], alarms[alarms["date"] >= context.start]
    for name in ("baseline_from", "last", "alarm", "since"):
        row[name] = row[name] if pd.isna(row[name]) else context.sessions.label(row[name])
    called = context.labelled(alarms[["date", "since", "direction"]].reset_index(drop=True), "date", "since")
    other = {"with": row["with"]}
    return MonitoredPair(row, context.labelled(path).assign(**other), called.assign(**other))


def _no_alarms(index: pd.Index) -> pd.DataFrame:
    return pd.DataFrame({"date": index[:0], "since": index[:0], "direction": []})


def _per_year(index: pd.Index) -> int:
    """Return how many rows a year has."""
    days = (index[-1] - index[0]) / pd.Timedelta(days=1) if len(index) > 1 else 0.0
    return max(round((len(index) - 1) * _DAYS / days), 1) if days > 0 else 1
