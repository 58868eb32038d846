"""Find unwinds in the data as they happen, from nothing but what was known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from coupling.data.observations import Observations
from coupling.dates.durations import parse_duration
from coupling.errors import InputError, nearest
from coupling.events.studies.clock import Sessions, sessions_between
from coupling.limits.keywords import plain_keywords
from coupling.limits.upper import require_limits
from coupling.results.base import Provenance
from coupling.results.event_detection import UnwindIndexResult

__all__ = ["UnwindDetector", "known_levels", "pick_signals"]

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


@plain_keywords
class UnwindDetector:
    """Say for every session how much the markets look like a carry unwind.

    The parts are the move of the yen (up), of shares (down) and of volatility (up) over some sessions, each over the
    standard deviation of its own earlier moves, and, if given, how far speculators are short of yen compared with
    their own past. The index is 100 Φ(mean of the parts). Values are taken at the end of a session as they were
    *known* then.

    Parameters
    ----------
    yen, shares, volatility, positions : str, optional
        Instruments; None leaves a part out. `yen` is yen per dollar; `positions` is net, negative when short of yen.
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
    >>> data = load_dataset(DataSection(source="simulated"), ["USDJPY", "SPX", "VIX"])
    >>> result = UnwindDetector(threshold=99).fit(data)
    >>> list(result.frame.columns)
    ['yen', 'shares', 'volatility', 'severity', 'index', 'known_at']
    """

    def __init__(
        self,
        *,
        yen: str | None = "USDJPY",
        shares: str | None = "SPX",
        volatility: str | None = "VIX",
        positions: str | None = None,
        sessions: int = 5,
        window: int | None = None,
        min_rows: int = 250,
        threshold: float = 95.0,
        refractory: int = 20,
        max_staleness: str = "14d",
        days: str = "XNYS",
        at: str = "24:00 UTC",
    ) -> None:
        self.yen = yen
        self.shares = shares
        self.volatility = volatility
        self.positions = positions
        self.sessions = sessions
        self.window = window
        self.min_rows = min_rows
        self.threshold = threshold
        self.refractory = refractory
        self.max_staleness = max_staleness
        self.days = days
        self.at = at

    def fit(self, data: Any) -> UnwindIndexResult:
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
        chosen = self._chosen(data.observations)
        line = self._line(chosen)
        parts = {part: self._part(part, item, line) for part, item in chosen.items()}
        every = pd.DataFrame(parts, index=line.labels.rename("session"))
        frame = every.dropna()
        if frame.empty:
            raise InputError(
                f"No session has {self.min_rows} earlier ones for every part; lower min_rows or use more data."
            )
        severity = frame.mean(axis=1)
        frame = frame.assign(severity=severity, index=100 * norm.cdf(severity))
        ends = pd.Series(pd.DatetimeIndex(line.ends, tz="UTC"), index=line.labels)
        frame = frame.assign(known_at=ends[frame.index])
        return UnwindIndexResult(
            name="unwind-index",
            title="Unwind index",
            method=self._method(chosen),
            frame=frame,
            signals=frame.iloc[pick_signals(frame["index"].to_numpy(), self.threshold, self.refractory)],
            provenance=_provenance(data),
            warnings=_gaps(every),
            threshold=self.threshold,
            refractory=self.refractory,
        )

    def _chosen(self, observations: Mapping[str, Observations]) -> dict[str, Observations]:
        names = {part: getattr(self, part) for part in ("yen", "shares", "volatility", "positions")}
        asked = {part: name for part, name in names.items() if name is not None}
        for part, name in asked.items():
            if name not in observations:
                raise InputError(f"{part}={name!r} is not in the data; {nearest(name, observations)}, or {part}=None.")
        if not asked:
            raise InputError("A detector needs at least one of yen, shares, volatility and positions.")
        if self.sessions < 1 or self.refractory < 0 or self.min_rows < 20 or not 0 < self.threshold < 100:
            raise InputError("A detector needs sessions >= 1, refractory >= 0, min_rows >= 20 and 0 < threshold < 100.")
        return {part: observations[name] for part, name in asked.items()}

    def _line(self, chosen: Mapping[str, Observations]) -> Sessions:
        first = max(item.levels.index[0] for item in chosen.values())
        last = max(item.known_at.iloc[-1] for item in chosen.values())
        line = sessions_between(self.days, self.at, first, last)
        over = line.ends <= pd.Timestamp(last).as_unit("ns").value
        return Sessions(line.labels[over], line.closes[over], line.ends[over])

    def _part(self, part: str, item: Observations, line: Sessions) -> Floats:
        known = known_levels(item, line.ends, parse_duration(self.max_staleness))
        if part == "positions":
            return -_scored(known, self.window, self.min_rows, lag=1, centred=True)
        sign = {"yen": -1.0, "shares": -1.0, "volatility": 1.0}[part]
        moves = np.full(len(known), np.nan)
        moves[self.sessions :] = np.log(known[self.sessions :] / known[: -self.sessions])
        return sign * _scored(moves, self.window, self.min_rows, lag=self.sessions, centred=False)

    def _method(self, chosen: Mapping[str, Observations]) -> str:
        read = ", ".join(f"{part} from {_source(item)}" for part, item in chosen.items())
        spread = "all earlier sessions" if self.window is None else f"the {self.window} sessions before"
        return (
            f"Moves over {self.sessions} sessions of {self.days} (each over at {self.at}) over their standard "
            f"deviation in {spread}, from values known by the end of the session; index = 100 Φ(mean of the parts); a "
            f"signal at {self.threshold:g} or more, and none in the {self.refractory} sessions after it. Parts: {read}."
        )


def pick_signals(index: Floats, threshold: float, refractory: int) -> Places:
    """Return the sessions with a signal: the index reaches the threshold, and there was no signal shortly before.

    Examples
    --------
    >>> pick_signals(np.array([0.0, 99.0, 99.0, 0.0, 99.0]), 95.0, 2).tolist()
    [1, 4]
    """
    places = np.flatnonzero(index >= threshold)
    signals: list[int] = []
    following = 0
    while following < len(places):
        signals.append(int(places[following]))
        following = int(places.searchsorted(signals[-1] + refractory, side="right"))
    return np.array(signals, dtype=np.intp)


def known_levels(item: Observations, ends: npt.NDArray[np.int64], oldest: pd.Timedelta) -> Floats:
    """Return the newest level known at each instant; missing before the first, and where it was struck too long ago."""
    valued = item.levels.notna().to_numpy()
    known = np.maximum.accumulate(pd.DatetimeIndex(item.known_at[valued]).as_unit("ns").asi8)
    struck = pd.DatetimeIndex(item.levels.index[valued]).as_unit("ns").asi8
    place = known.searchsorted(ends, side="right") - 1
    levels = item.levels.to_numpy(dtype=float)[valued]
    fresh = (place >= 0) & (ends - struck[np.maximum(place, 0)] <= oldest.value)
    return np.where(fresh, levels[np.maximum(place, 0)], np.nan)


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
    return (f"{without} sessions have no index, because a part has no value fresh enough or enough past ({told}).",)


def _source(item: Observations) -> str:
    return item.name if item.origin is None else f"{item.name} ({item.origin.symbol}, {item.origin.clock})"


def _provenance(data: Any) -> Provenance:
    found = getattr(data, "provenance", None)
    return found if isinstance(found, Provenance) else Provenance()
