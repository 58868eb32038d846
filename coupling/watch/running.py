"""One morning of one configuration: fetch, run, hold against the last run, and say what rings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from coupling.errors import ConfigurationError, DataError
from coupling.machine.privacy import without_names, without_paths
from coupling.results.since import paired, since
from coupling.results.study import StudyResult
from coupling.study.configuration import Study
from coupling.study.preparing import prepared
from coupling.study.running import answered, inputs_of
from coupling.study.watching import DEFAULT_RULES, SourceFailed
from coupling.watch.alerts import Alerts, alerts_of
from coupling.watch.fired import Fired, Seen, fired_by
from coupling.watch.monitors import alarms_of
from coupling.watch.mornings import Compared, morning_of, morning_without_answer
from coupling.watch.reasons import reasons_of, software_of
from coupling.watch.record import Alert, Morning
from coupling.watch.state import LastRun, State, findings_name, read_last_findings, read_state, write_state
from coupling.watch.today import Today, today_of

__all__ = ["FRESH", "WatchedStudy", "now", "watch_study"]

FRESH = "10min"
"""Age above which a series of the store is fetched anew: a morning twice asks the sources once."""


def now() -> pd.Timestamp:
    """Return the instant (UTC) of a run."""
    return pd.Timestamp.now(tz="UTC").floor("s")


@dataclass(frozen=True, kw_only=True)
class WatchedStudy:
    """A morning, and what is to be remembered of it.

    Parameters
    ----------
    morning : Morning
    state : State
        What is remembered once the morning is told.
    findings : str, optional
        Text of today's findings, where there are some.
    result : StudyResult, optional
        Today's answer, with what changed since the last run.
    error : str
        Why there is none, with the places that a record leaves out.
    """

    morning: Morning
    state: State = field(repr=False)
    findings: str | None = field(default=None, repr=False)
    result: StudyResult | None = field(default=None, repr=False)
    error: str = ""

    def remember(self, folder: Path, pending: Sequence[Alert] = ()) -> None:
        """Write the state, with the alerts that are still to be delivered."""
        write_state(folder, self.state.model_copy(update={"pending": list(pending)}), self.findings)


def watch_study(
    configuration: Path,
    folder: Path,
    *,
    data: Path | None = None,
    store: Path | None = None,
    offline: bool = False,
    fallback_simulated: bool = False,
    yes: bool = False,
) -> WatchedStudy:
    """Run a study and hold it against the last run; nothing is written, and the state is held by the caller.

    Parameters
    ----------
    configuration : Path
    folder : Path
        The state; see `coupling.watch.state`.
    data, store, offline, fallback_simulated, yes
        As in `coupling.run`. Live sources are asked for everything that the store does not hold younger than `FRESH`.

    Raises
    ------
    ConfigurationError
        If the configuration or the state is wrong, or the state is of another study.
    """
    at, state = now(), read_state(folder)
    last = state.last
    before = None if last is None else read_last_findings(folder, last)
    study = prepared(configuration, data, store, offline=offline).fetched_after(FRESH)
    try:
        inputs = inputs_of(study, fallback_simulated=fallback_simulated)
        result = answered(inputs, yes=yes)
    except DataError as error:
        return _without_answer(configuration.stem, error, study, state, at)
    today = today_of(study, inputs.dataset, result, at)
    if last is None or before is None:
        return _watched(configuration.stem, today, state, Compared())
    _require_same_study(last, today, folder)
    changed = since(before, today.record, result.provenance)
    compared = Compared(
        last=last,
        before=before.record,
        since=changed,
        pairs=list(paired(before.record, today.record)),
        reasons=reasons_of(last, today),
    )
    return _watched(configuration.stem, replace(today, result=replace(result, since=changed)), state, compared)


def _require_same_study(last: LastRun, today: Today, folder: Path) -> None:
    """Refuse a state that is of another focus or another market: its findings say nothing of today's."""
    markets = {True: "the simulated market", False: "the real market"}
    for what, was, is_ in (
        ("of", markets[last.simulated], markets[today.record.simulated]),
        ("of the focus", last.focus, today.record.focus),
    ):
        if was != is_:
            message = f"the state is {what} {was}, and this run {what} {is_}; give --state another folder"
            raise ConfigurationError(message, file=folder)


def _watched(name: str, today: Today, state: State, compared: Compared) -> WatchedStudy:
    seen = Seen(today=today, last=compared.last, pairs=compared.pairs, reasons=compared.reasons)
    alerts = alerts_of(_public(fired_by(seen), today.study), state, today.at, name)
    file, digest = findings_name(today.text)
    return WatchedStudy(
        morning=morning_of(name, today, compared, alerts, digest),
        state=State(told=list(alerts.lasting), last=_last_run(today, file, digest)),
        findings=today.text,
        result=today.result,
    )


def _public(found: Iterable[Fired], study: Study) -> list[Fired]:
    return [replace(each, told=without_names(without_paths(each.told, study.folders))) for each in found]


def _last_run(today: Today, file: str, digest: str) -> LastRun:
    provenance = today.result.provenance
    return LastRun(
        findings=file,
        findings_sha256=digest,
        ran_at=today.at.to_pydatetime(),
        session=today.session,
        focus=today.record.focus,
        simulated=today.record.simulated,
        configuration=provenance.configuration,
        files=today.files,
        software=software_of(provenance),
        seed=provenance.seed,
        series=list(today.series),
        predictions={key: status for key, (status, _, _) in today.predictions.items()},
        detected_to=today.detected_to,
        alarms=[alarm.seen for alarm in alarms_of(today.result)],
    )


def _without_answer(name: str, error: DataError, study: Study, state: State, at: pd.Timestamp) -> WatchedStudy:
    """Return a morning without data: told once by the rule for failed sources, and nothing else is forgotten."""
    rules = DEFAULT_RULES if study.watch is None else study.watch.rules
    rings = any(isinstance(rule, SourceFailed) and not rule.instruments for rule in rules)
    told = f"There is no answer today: {'; '.join(line.rstrip('.') for line in str(error).splitlines())}."
    found = (
        [Fired(rule="source_failed", key="study", subject=(study.focus,), told=told, standing=True)] if rings else []
    )
    sorted_out = alerts_of(_public(found, study), state, at, name)
    known = {each.id for each in sorted_out.lasting}
    kept = [each for each in state.told if each.id not in known]  # whether they still hold is not known today
    alerts = Alerts(told=sorted_out.told, standing=sorted_out.standing, ended=(), lasting=(*kept, *sorted_out.lasting))
    return WatchedStudy(
        morning=morning_without_answer(name, error, study, state.last, alerts),
        state=State(told=list(alerts.lasting), last=state.last),
        error=str(error),
    )
