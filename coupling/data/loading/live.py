"""Fetch instruments from their live sources, all at once: which source served, and why an earlier one did not."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field

import pandas as pd

from coupling.data.instrument import Instrument, SourceEntry
from coupling.data.observations import Observations
from coupling.data.sources.asked import require_unit
from coupling.data.sources.http import Session, open_session
from coupling.data.sources.registry import LIVE, fetch_rows
from coupling.data.sources.rows import RawRows, build_observations
from coupling.data.sources.span import DateSpan
from coupling.errors import DataError, SourceError

__all__ = ["LiveAnswer", "Progress", "Served", "fetch_all"]

log = logging.getLogger("coupling")

MOST_AT_ONCE = 8
SHOWN = 120
ALL_DATES = DateSpan()
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class Served:
    """One instrument as a source served it.

    Parameters
    ----------
    entry : SourceEntry
        The source that served.
    rows : RawRows
        As it gave them.
    observations : Observations
        What they are by its clock.
    passed_over : tuple of SourceError
        Why each earlier source did not serve.
    """

    entry: SourceEntry
    rows: RawRows = field(repr=False)
    observations: Observations = field(repr=False)
    passed_over: tuple[SourceError, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LiveAnswer:
    """What a fetch of several instruments gave.

    Parameters
    ----------
    served : dict of str to Served
        By instrument, in the order asked for.
    failures : dict of str to tuple of SourceError
        By instrument that no source served: one error for each source.
    """

    served: Mapping[str, Served]
    failures: Mapping[str, tuple[SourceError, ...]]

    def require_some(self) -> None:
        """Raise `DataError` when no instrument was served: one readable line for each."""
        if self.failures and not self.served:
            lines = [f"{name}: {'; '.join(map(_brief, errors))}" for name, errors in self.failures.items()]
            raise DataError("no live source answered:\n" + "\n".join(lines))


def fetch_all(
    instruments: Iterable[Instrument],
    *,
    now: pd.Timestamp,
    span: DateSpan = ALL_DATES,
    session_factory: Callable[[], Session] = open_session,
    progress: Progress | None = None,
) -> LiveAnswer:
    """Fetch all instruments at the same time, each from the first of its live sources that serves it.

    Parameters
    ----------
    instruments : iterable of Instrument
        Instruments with sources (no formulas).
    now : Timestamp
        The instant (UTC) of the fetch; a bar that is struck later is unfinished and never used.
    span : DateSpan
        Dates asked for.
    session_factory : callable
        Makes the one session of this fetch.
    progress : callable, optional
        Called with the instrument's name, how many are done, and how many there are.

    Returns
    -------
    LiveAnswer
        It never raises for a source that fails; see `LiveAnswer.require_some`.
    """
    wanted = list(instruments)
    done: dict[str, Served | tuple[SourceError, ...]] = {}
    with _quiet(), session_factory() as session, ThreadPoolExecutor(max_workers=MOST_AT_ONCE) as workers:
        jobs = {workers.submit(_serve, item, span, session, now): item.name for item in wanted}
        for job in as_completed(jobs):
            done[jobs[job]] = job.result()
            if progress is not None:
                progress(jobs[job], len(done), len(wanted))
    ordered = {item.name: done[item.name] for item in wanted}
    return LiveAnswer(
        served={name: item for name, item in ordered.items() if isinstance(item, Served)},
        failures={name: item for name, item in ordered.items() if not isinstance(item, Served)},
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep to itself what yfinance does that pandas deprecates; set before the threads, which share the filters."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"yfinance\b")
        yield


def _serve(
    instrument: Instrument, span: DateSpan, session: Session, now: pd.Timestamp
) -> Served | tuple[SourceError, ...]:
    """Ask one source after the other until one gives rows that the clock can read."""
    errors: list[SourceError] = []
    for entry in (entry for entry in instrument.sources if entry.provider in LIVE):
        try:
            with session.turns.taken():
                rows = fetch_rows(entry, span, session=session, now=now)
                require_unit(instrument, rows)
                observations = build_observations(instrument, entry, rows, now)
        except Exception as error:  # noqa: BLE001 -- whatever a lying answer breaks, it breaks one series
            errors.append(_as_source_error(error, entry, span))
            log.info("%s: %s", instrument.name, errors[-1])
            continue
        return Served(entry=entry, rows=rows, observations=observations, passed_over=tuple(errors))
    return tuple(errors) or (_no_source(instrument, span),)


def _as_source_error(error: Exception, entry: SourceEntry, span: DateSpan) -> SourceError:
    if isinstance(error, SourceError):
        return error
    reason, next_step = str(error).rstrip("."), "look at the source, or name another one in the configuration"
    if not isinstance(error, DataError):
        log.debug("%s %s: its answer broke the reader", entry.provider, entry.symbol, exc_info=error)
        told = " ".join(reason.split())
        reason = f"its answer cannot be read ({type(error).__name__}: {told[:SHOWN] or 'no more is known'})"
    return SourceError(reason, source=entry.provider, symbol=entry.symbol, span=str(span), next_step=next_step)


def _no_source(instrument: Instrument, span: DateSpan) -> SourceError:
    return SourceError(
        "it has no live source",
        source="live",
        symbol=instrument.name,
        span=str(span),
        next_step="give its file with data.directory, or a source in the configuration",
    )


def _brief(error: SourceError) -> str:
    return f"{error.source} {error.symbol}: {error.reason}"
