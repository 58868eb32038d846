"""Today's run, and what of it the rules and the next run need."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import pandas as pd

from coupling.claims.page.ledger import LedgerResult
from coupling.configuration.document import read_plain
from coupling.data.clocks import calendars
from coupling.data.clocks.clock import load_clock
from coupling.data.instrument import HOURLY
from coupling.data.loading.dataset import Dataset
from coupling.data.page.meaning import MeaningResult
from coupling.errors import ConfigurationError
from coupling.events.detection.results import DetectorIndexResult
from coupling.results.age import reach_of
from coupling.results.base import Origin, Result
from coupling.results.json import findings_file
from coupling.results.json_schema import FindingsRecord
from coupling.results.study import StudyResult
from coupling.study.claiming import claims_file
from coupling.study.configuration import Study
from coupling.watch.record import SeriesAge
from coupling.watch.series import SeenSeries, seen_series

__all__ = ["Today", "overdue", "today_of"]

R = TypeVar("R", bound=Result)
DAY = pd.Timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Today:
    """What a run gave.

    Parameters
    ----------
    study : Study
    dataset : Dataset
        The data of the study's instruments.
    result : StudyResult
    record : FindingsRecord
        Its findings as a file holds them.
    text : str
        That file.
    at : Timestamp
        The instant of the run (UTC).
    session : date, optional
        Last session that the answers reach.
    series : tuple of SeenSeries
        Every series that was used.
    files : dict of str to str
        Hashes of the files of claims and events that the configuration names.
    """

    study: Study
    dataset: Dataset = field(repr=False)
    result: StudyResult = field(repr=False)
    record: FindingsRecord = field(repr=False)
    text: str = field(repr=False)
    at: pd.Timestamp
    session: date | None
    series: tuple[SeenSeries, ...] = field(repr=False)
    files: dict[str, str]

    @property
    def predictions(self) -> dict[str, tuple[str, str, date | None]]:
        """By claim and prediction its status, its words, and the date that settled it."""
        rows = [(name, row) for each in self._of(LedgerResult) for name, row in each.frame.iterrows()]
        return {
            f"{claim}/{row['prediction']}": (str(row["status"]), str(row["prediction"]), _date(row["settled_on"]))
            for claim, row in rows
        }

    @property
    def signals(self) -> tuple[date, ...]:
        """The sessions at which the detector gave a signal."""
        found = [at for each in self._of(DetectorIndexResult) for at in each.signals.index]
        return tuple(pd.Timestamp(at).date() for at in found)

    @property
    def detected_to(self) -> date | None:
        """The last session that the detector has judged."""
        ends = [pd.Timestamp(each.frame.index[-1]).date() for each in self._of(DetectorIndexResult) if len(each.frame)]
        return max(ends, default=None)

    @property
    def doubted(self) -> pd.DataFrame:
        """Where the values of a series may have changed their meaning, and the configuration does not confirm it."""
        found = [each.in_doubt for each in self._of(MeaningResult)]
        return found[0] if found else pd.DataFrame(columns=["instrument", "check", "date", "reading"])

    @property
    def ages(self) -> list[SeriesAge]:
        """How far each series reaches."""
        return [_age(origin, self.at, simulated=self.record.simulated) for origin in self.result.provenance.origins]

    def _of(self, kind: type[R]) -> list[R]:
        return [each for each in self.result.results if isinstance(each, kind)]


def today_of(study: Study, dataset: Dataset, result: StudyResult, at: pd.Timestamp) -> Today:
    """Return what is needed of a run.

    Parameters
    ----------
    study : Study
    dataset : Dataset
        What the run was made from.
    result : StudyResult
    at : Timestamp
        The instant of the run (UTC).
    """
    observed = dataset.observations
    text, record = findings_file(result)
    return Today(
        study=study,
        dataset=dataset,
        result=result,
        record=record,
        text=text,
        at=at,
        session=reach_of(result),
        series=tuple(seen_series(origin, observed.get(origin.instrument)) for origin in _each_once(result.origins)),
        files=_files(study),
    )


def _each_once(origins: tuple[Origin, ...]) -> list[Origin]:
    """Return one origin per instrument: that of the study's own data, else the first."""
    found: dict[str, Origin] = {}
    for origin in origins:
        found.setdefault(origin.instrument, origin)
    return list(found.values())


def _files(study: Study) -> dict[str, str]:
    """Return the hash of every file of the user's that the configuration names and that decides an answer."""
    paths = {name: claims_file(study, name) for name in study.claims}
    events = None if study.events is None else study.events.relative_to(study.base)
    if events is not None and events.catalogue is not None and Path(events.catalogue).suffix:
        paths[Path(events.catalogue).name] = Path(events.catalogue)
    return {Path(name).name: sha256(read_plain(path, 100_000_000)).hexdigest() for name, path in paths.items()}


def _date(value: object) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(str(value)).date()  # type: ignore[call-overload]


def _age(origin: Origin, at: pd.Timestamp, *, simulated: bool) -> SeriesAge:
    return SeriesAge(
        instrument=origin.instrument,
        source=origin.source,
        symbol=origin.symbol,
        clock=origin.clock,
        last=None if origin.last is None else origin.last.date(),
        retrieved_at=None if origin.retrieved_at is None else origin.retrieved_at.floor("us").to_pydatetime(),
        overdue=None if simulated or origin.last is None else overdue(origin.clock, origin.last, at),
        failed=origin.failed,
    )


def overdue(clock: str, last: pd.Timestamp, now: pd.Timestamp) -> int | None:
    """Return how many values of a clock should be known by now and come after the last one; None if nobody knows.

    Examples
    --------
    >>> overdue("XNYS", pd.Timestamp("2025-11-26"), pd.Timestamp("2025-12-02 06:00", tz="UTC"))
    2
    >>> [overdue(clock, pd.Timestamp("2025-11-20"), pd.Timestamp("2025-11-24 06:00", tz="UTC")) for clock in
    ...  ("MOF", "XNYS", "MOF and XNYS")]
    [0, 1, 0]
    """
    today = now.tz_convert("UTC").tz_localize(None).normalize()
    if clock == HOURLY:
        return max(int((today - last.normalize()) // DAY) - 1, 0)
    if " and " in clock:  # of a formula, which has a value where all its parts have one
        parts = [overdue(each, last, now) for each in clock.split(" and ")]
        return None if None in parts else min(part for part in parts if part is not None)
    try:
        known = load_clock(clock)
    except ConfigurationError:
        return None
    first, until = last.normalize() + DAY, today + DAY
    if first > until:
        return 0
    if known.weekly:
        labels = pd.date_range(last.normalize() + 7 * DAY, until, freq="7D")
    elif known.monthly:
        labels = pd.date_range(first, until, freq="MS")
    else:
        labels = calendars.sessions(known.days, first, until, assume=True)
    return int((known.known_at(labels) <= now).sum()) if len(labels) else 0
