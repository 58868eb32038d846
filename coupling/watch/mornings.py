"""The record of a morning, from today's run, the last one, and what rang."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from coupling.data.clocks import calendars
from coupling.errors import CouplingError, gravest_first
from coupling.machine.privacy import without_names, without_paths
from coupling.results.age import age_of
from coupling.results.json_schema import FindingsRecord
from coupling.results.since import Pairing, SinceResult
from coupling.study.configuration import Study
from coupling.watch.alerts import Alerts
from coupling.watch.changes import change_of
from coupling.watch.idle import idle_rules
from coupling.watch.record import ConfigurationHashes, Morning, Reason
from coupling.watch.state import LastRun
from coupling.watch.today import Today

__all__ = ["Compared", "morning_of", "morning_without_answer", "sessions_between"]


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Today against the last run; on a first run nothing but today.

    Parameters
    ----------
    last : LastRun, optional
    before : FindingsRecord, optional
        The last run's findings.
    since : SinceResult, optional
    pairs : sequence of Pairing
        Findings that differ.
    reasons : sequence of Reason
    """

    last: LastRun | None = None
    before: FindingsRecord | None = field(default=None, repr=False)
    since: SinceResult | None = field(default=None, repr=False)
    pairs: Sequence[Pairing] = field(default=(), repr=False)
    reasons: Sequence[Reason] = field(default=(), repr=False)


def morning_of(name: str, today: Today, compared: Compared, alerts: Alerts, findings_sha256: str) -> Morning:
    """Return the morning of a study that has an answer.

    Parameters
    ----------
    name : str
        Of the configuration.
    today : Today
    compared : Compared
    alerts : Alerts
    findings_sha256 : str
    """
    result, record, since = today.result, today.record, compared.since
    last = compared.last
    names = today.study.instruments
    codes = [*([4] if alerts.told else []), *([1] if record.failures else [])]
    return Morning(
        configuration=name,
        title=record.title,
        focus=record.focus,
        simulated=record.simulated,
        as_of=record.as_of,
        first=last is None,
        previous_as_of=None if compared.before is None else compared.before.as_of,
        session=today.session,
        previous_session=None if last is None else last.session,
        sessions=None if last is None else sessions_between(today.study.alignment.days, last.session, today.session),
        headline=result.headline,
        alerts=list(alerts.told),
        standing=list(alerts.standing),
        ended=list(alerts.ended),
        changes=[change_of(pair, compared.reasons, names) for pair in compared.pairs],
        reasons=list(compared.reasons),
        unchanged=0 if since is None else since.same,
        moved=0 if since is None else since.moved,
        data=today.ages,
        age=age_of(result).told,
        banner=result.banner,
        cautions=[*(() if since is None else since.warnings), *idle_rules(today)],
        failures=record.failures,
        error="",
        made_from=ConfigurationHashes(
            configuration_sha256=record.configuration_sha256,
            data_sha256=record.data_sha256,
            findings_sha256=findings_sha256,
            version=record.version,
        ),
        delivery=None,
        exit_codes=gravest_first(codes) or [0],
    )


def morning_without_answer(
    name: str,
    error: CouplingError,
    study: Study | None = None,
    last: LastRun | None = None,
    alerts: Alerts | None = None,
) -> Morning:
    """Return the morning of a study that has no answer today, and why.

    Parameters
    ----------
    name : str
    error : CouplingError
    study : Study, optional
        Where the configuration could be read.
    last : LastRun, optional
    alerts : Alerts, optional
    """
    told = alerts or Alerts(told=(), standing=(), ended=(), lasting=())
    folders = () if study is None else study.folders
    return Morning(
        configuration=name,
        title="" if study is None else study.title,
        focus="" if study is None else study.focus,
        simulated=False,
        as_of=None,
        first=last is None,
        previous_as_of=None,
        session=None,
        previous_session=None if last is None else last.session,
        sessions=None,
        headline="",
        alerts=list(told.told),
        standing=list(told.standing),
        ended=list(told.ended),
        changes=[],
        reasons=[],
        unchanged=0,
        moved=0,
        data=[],
        age="",
        banner="",
        cautions=[],
        failures=[],
        error=without_names(without_paths(str(error), folders)),
        made_from=None,
        delivery=None,
        exit_codes=gravest_first([error.exit_code, *([4] if told.told else [])]),
    )


def sessions_between(days: str, before: date | None, now: date | None) -> int | None:
    """Return how many sessions lie after one, up to another; None where one of them is missing or they go backwards.

    Examples
    --------
    >>> sessions_between("XNYS", date(2025, 11, 26), date(2025, 12, 1))
    2
    """
    if before is None or now is None or now < before:
        return None
    if now == before:
        return 0
    first = pd.Timestamp(before) + pd.Timedelta(days=1)
    return len(calendars.sessions(days, first, pd.Timestamp(now), assume=True))
