"""Find episodes in the data as they happen, from nothing but what was known."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import ValidationError
from scipy.special import ndtr

from coupling._typing import Floats, Places
from coupling.configuration.refusal import refuse
from coupling.data.changes import ChangeRule
from coupling.data.observations import Observations
from coupling.dates.durations import parse_duration
from coupling.errors import InputError, nearest
from coupling.events.detection.results import DetectorIndexResult
from coupling.events.detection.section import OWN_COLUMNS, DetectorPart
from coupling.events.studies.clock import Sessions, sessions_between
from coupling.limits.keywords import plain_keywords
from coupling.limits.upper import require_limits
from coupling.results.base import Provenance

__all__ = ["EventDetector", "known_levels", "pick_signals"]


@plain_keywords
class EventDetector:
    """Say for every session how much the markets look like the episodes that some parts describe.

    A part is the move of an instrument over some sessions, over the standard deviation of its own earlier moves, or
    the level of one against its own past, signed so that it counts upwards. The index is 100 Φ(mean of the parts).
    Values are taken at the end of a session as they were *known* then.

    Parameters
    ----------
    parts : dict of str to str, mapping or DetectorPart
        By name ``rises`` or ``falls``, which way the index counts, where the name is that of an instrument; else a
        mapping of `instruments`, `side` and `of` (``move`` or ``level``), see `DetectorPart`.
        Moves are log changes for prices and differences for yields, by the instrument's own rule.
    sessions : int
        Length of a move.
    window : int, optional
        Earlier sessions that give the standard deviation; by default all (expanding).
    min_rows : int
        Sessions without which there is no index.
    threshold : float
        Value of the index from which a session gives a signal.
    refractory : int
        Sessions after a signal in which there is no other.
    max_staleness : str
        A value struck longer ago than this at the end of a session is not used; a session in which a part lacks its
        value has no index, and is counted.
    days, at : str
        The event clock, see `EventStudy`.

    Examples
    --------
    >>> from coupling.data.loading.dataset import DataSection, load_dataset
    >>> data = load_dataset(DataSection(source="simulated"), ["SPX", "VIX"])
    >>> result = EventDetector(parts={"SPX": "falls", "VIX": "rises"}, threshold=99).fit(data)
    >>> list(result.frame.columns)
    ['SPX', 'VIX', 'severity', 'index', 'known_at']
    """

    def __init__(
        self,
        *,
        parts: Mapping[str, Any] | None = None,
        sessions: int = 5,
        window: int | None = None,
        min_rows: int = 250,
        threshold: float = 95.0,
        refractory: int = 20,
        max_staleness: str = "14d",
        days: str = "XNYS",
        at: str = "24:00 UTC",
    ) -> None:
        self.parts = parts
        self.sessions = sessions
        self.window = window
        self.min_rows = min_rows
        self.threshold = threshold
        self.refractory = refractory
        self.max_staleness = max_staleness
        self.days = days
        self.at = at

    def fit(self, data: Any) -> DetectorIndexResult:
        """Compute the index and its signals.

        Parameters
        ----------
        data : Panel or Dataset
            Anything with `observations` by instrument.

        Raises
        ------
        InputError
            If an instrument is missing, nothing is asked for, or a parameter is impossible.
        """
        require_limits(self)
        if not hasattr(data, "observations"):
            raise InputError(
                f"a detector reads a panel's observations, not a {type(data).__name__}; use coupling.align."
            )
        asked = self._asked()
        chosen = {name: _first(name, part, data.observations) for name, part in asked.items()}
        line = self._line(chosen)
        parts = {name: self._part(asked[name], item, line) for name, item in chosen.items()}
        every = pd.DataFrame(parts, index=line.labels.rename("session"))
        frame = every.dropna()
        if frame.empty:
            raise InputError(
                f"No session has {self.min_rows} earlier ones for every part; lower min_rows or use more data."
            )
        severity = frame.mean(axis=1)
        frame = frame.assign(severity=severity, index=100 * ndtr(severity))
        ends = pd.Series(pd.DatetimeIndex(line.ends, tz="UTC"), index=line.labels)
        frame = frame.assign(known_at=ends[frame.index])
        return DetectorIndexResult(
            name="detector-index",
            title="Detector index",
            method=self._method(asked, chosen),
            frame=frame,
            signals=frame.iloc[pick_signals(frame["index"].to_numpy(), self.threshold, self.refractory)],
            provenance=_provenance(data),
            warnings=_gaps(every),
            threshold=self.threshold,
            refractory=self.refractory,
        )

    def _asked(self) -> dict[str, DetectorPart]:
        """Return the parts, typed, each with its instruments."""
        if not self.parts:
            raise InputError("A detector needs at least one part, as parts={'SPX': 'falls', 'VIX': 'rises'}.")
        if self.sessions < 1 or self.refractory < 0 or self.min_rows < 20 or not 0 < self.threshold < 100:
            raise InputError("A detector needs sessions >= 1, refractory >= 0, min_rows >= 20 and 0 < threshold < 100.")
        return {str(name): _typed(str(name), part) for name, part in self.parts.items()}

    def _line(self, chosen: Mapping[str, Observations]) -> Sessions:
        first = max(item.levels.index[0] for item in chosen.values())
        last = max(item.known_at.iloc[-1] for item in chosen.values())
        line = sessions_between(self.days, self.at, first, last)
        over = line.ends <= pd.Timestamp(last).as_unit("ns").value
        return Sessions(line.labels[over], line.closes[over], line.ends[over])

    def _part(self, part: DetectorPart, item: Observations, line: Sessions) -> Floats:
        oldest = parse_duration(self.max_staleness)
        if part.of == "level":
            known = known_levels(item, line.ends, oldest)
            return part.sign * _scored(known, self.window, self.min_rows, lag=1, centred=True)
        moves = _moves(item, line.ends, oldest, self.sessions)
        return part.sign * _scored(moves, self.window, self.min_rows, lag=self.sessions, centred=False)

    def _method(self, asked: Mapping[str, DetectorPart], chosen: Mapping[str, Observations]) -> str:
        read = ", ".join(_told(name, asked[name], item) for name, item in chosen.items())
        spread = "all earlier sessions" if self.window is None else f"the {self.window} sessions before"
        return (
            f"Moves over {self.sessions} sessions of {self.days} (each over at {self.at}) over their standard "
            f"deviation in {spread}, from values known by the end of the session and at least half so far apart; index "
            f"= 100 Φ(mean of the parts); a signal at {self.threshold:g} or more, and none in the {self.refractory} "
            f"sessions after it. Parts: {read}."
        )


def pick_signals(index: Floats, threshold: float, refractory: int) -> Places:
    """Return the sessions with a signal: the index reaches the threshold, and there was no signal shortly before.

    Examples
    --------
    >>> pick_signals(np.array([0.0, 99.0, 99.0, 0.0, 99.0]), 95.0, 2).tolist()
    [1, 4]
    """
    places = np.flatnonzero(index >= threshold).tolist()
    signals: list[int] = []
    following = 0
    while following < len(places):
        signals.append(places[following])
        following = bisect_right(places, signals[-1] + refractory, following)
    return np.array(signals, dtype=np.intp)


def known_levels(item: Observations, ends: npt.NDArray[np.int64], oldest: pd.Timedelta) -> Floats:
    """Return the newest level known at each instant; missing before the first, and where it was struck too long ago."""
    places = _newest(item, ends, oldest)
    return np.where(places >= 0, item.levels.to_numpy(dtype=float)[places], np.nan)


def _newest(item: Observations, ends: npt.NDArray[np.int64], oldest: pd.Timedelta) -> Places:
    """Return the place of the newest level known at each instant; -1 where there is none that is fresh enough."""
    known = np.maximum.accumulate(pd.DatetimeIndex(item.known_at).as_unit("ns").asi8)
    place = known.searchsorted(ends, side="right") - 1
    fresh = (place >= 0) & (ends - _struck(item)[np.maximum(place, 0)] <= oldest.value)
    return np.where(fresh, place, -1)


def _struck(item: Observations) -> npt.NDArray[np.int64]:
    return np.asarray(pd.DatetimeIndex(item.levels.index).as_unit("ns").asi8)


def _typed(name: str, part: Any) -> DetectorPart:
    if name in OWN_COLUMNS:
        raise InputError(f"{name!r} is a column of the index itself; call the part otherwise.")
    try:
        return DetectorPart.model_validate(part).named(name)
    except ValidationError as error:
        raise InputError(f"parts[{name!r}]: {refuse(error, DetectorPart, None)}.") from None


def _first(name: str, part: DetectorPart, observations: Mapping[str, Observations]) -> Observations:
    """Return the first instrument of a part that is in the data."""
    for each in part.instruments:
        if each in observations:
            return observations[each]
    wanted = part.instruments[0]
    raise InputError(f"{wanted!r}, the part {name!r}, is not in the data; {nearest(wanted, observations)}.")


def _moves(item: Observations, ends: npt.NDArray[np.int64], oldest: pd.Timedelta, sessions: int) -> Floats:
    """Return the moves over some sessions: log changes of a price, differences of a yield or another level.

    Missing where the two values behind it are less than half as far apart as the sessions: a level that is known still,
    since none came after it, is no move of zero.
    """
    known = known_levels(item, ends, oldest)
    if item.change is ChangeRule.VALUE:
        raise InputError(f"{item.name} is a flow, whose values are changes already; read it as {{of: level}}.")
    if item.change is ChangeRule.LOG and (known <= 0).any():
        raise InputError(f"{item.name}: a log change needs positive levels, and one at or below 0 was seen; repair it.")
    struck = _struck(item)[_newest(item, ends, oldest)]
    moves = np.full(len(known), np.nan)
    now, before = known[sessions:], known[:-sessions]
    made = np.log(now / before) if item.change is ChangeRule.LOG else now - before
    spans = 2 * (struck[sessions:] - struck[:-sessions]) >= ends[sessions:] - ends[:-sessions]
    moves[sessions:] = np.where(spans, made, np.nan)
    return moves


def _told(name: str, part: DetectorPart, item: Observations) -> str:
    how = f" as it {part.side}" if part.of == "move" else f", its level ({'high' if part.sign > 0 else 'low'} counts)"
    return f"{name} from {_source(item)}{how}"


def _scored(values: Floats, window: int | None, min_rows: int, *, lag: int, centred: bool) -> Floats:
    """Return values over the standard deviation (less the mean, if centred) of those `lag` or more sessions ago."""
    series = pd.Series(values).shift(lag)
    rolled = series.expanding(min_rows) if window is None else series.rolling(window, min_periods=min(min_rows, window))
    middle = rolled.mean().to_numpy() if centred else 0.0
    deviation = rolled.std().to_numpy()
    return np.asarray((values - middle) / np.where(deviation > 0, deviation, np.nan))


def _gaps(parts: pd.DataFrame) -> tuple[str, ...]:
    """Count the sessions after the first with an index that have none, by the part that is missing."""
    known = parts.notna().all(axis=1).to_numpy()
    missing = parts.iloc[int(known.argmax()) :].isna() if known.any() else parts.iloc[:0].isna()
    without = int(missing.any(axis=1).sum())
    if not without:
        return ()
    told = ", ".join(f"{part} {count}" for part, count in missing.sum().items() if count)
    return (
        f"{without} sessions have no index, because a part has no value fresh enough, none newer than before the move, "
        f"or too little past ({told}).",
    )


def _source(item: Observations) -> str:
    return item.name if item.origin is None else f"{item.name} ({item.origin.symbol}, {item.origin.clock})"


def _provenance(data: Any) -> Provenance:
    found = getattr(data, "provenance", None)
    return found if isinstance(found, Provenance) else Provenance()
