"""Forecasts of the same models at past origins, whose horizons do not overlap, and what happened then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pandas as pd

from coupling._typing import Floats, Places
from coupling.claims.closes import Track
from coupling.claims.condition import Condition
from coupling.claims.probability import BASE_RATE, PredictionQuestion, asked, flat, garch_of, week
from coupling.errors import InputError
from coupling.inference.calibration import Calibration, calibration
from coupling.volatility.estimation import GarchFit, carried
from coupling.volatility.log_har import MINIMUM_BLOCKS, fit_log_har, har_outlook
from coupling.volatility.outlook import Shocks, garch_outlook

__all__ = ["MOST_ORIGINS", "OriginsRecord", "records"]

Starts = Mapping[str, Places]
Outlooks = Callable[[Track, Places, int, int], Iterator[Shocks | None]]

MOST_ORIGINS = 120
"""Most past origins, the latest: enough for a recalibration."""

_DRAWS, _PATHS, _FITS, _WINDOWS = 5, 40, 8, 100


@dataclass(frozen=True, kw_only=True)
class OriginsRecord:
    """What the models would have said of a prediction at past origins, and what happened.

    Parameters
    ----------
    dates : DatetimeIndex
        Origins, increasing: the last date known at each. The next horizon begins after the one before it has ended.
    said : ndarray, shape (origins,)
        Mean of the models' probabilities, each model with the same weight.
    by_model : dict of (model, drift) to ndarray
        The same of each model; missing where it could not be fitted.
    happened : ndarray of bool, shape (origins,)
    """

    dates: pd.DatetimeIndex
    said: Floats = field(repr=False)
    by_model: Mapping[tuple[str, str], Floats] = field(repr=False)
    happened: npt.NDArray[np.bool_] = field(repr=False)

    @property
    def calibration(self) -> Calibration:
        """How the mean of the models compares with what happened."""
        return calibration(self.said, self.happened, self.dates)

    def of_model(self, model: str, drift: str) -> Calibration:
        """Return how the probabilities of one model compare with what happened."""
        said = self.by_model.get((model, drift), np.full(len(self.dates), np.nan))
        known = np.isfinite(said)
        return calibration(said[known], self.happened[known], self.dates[known])


def records(
    readings: Sequence[Sequence[Condition]], tracks: Mapping[str, Track], made: dt.date, *, seed: int
) -> list[OriginsRecord]:
    """Return what the models would have said of each reading at past origins; arguments as in `chances`.

    What is asked at an origin is asked as of now: whether the changes that follow, put after what is known, make the
    prediction come true. The models see the changes up to the origin alone. GARCH is fitted at up to eight origins,
    and at the others filtered with the parameters of the last fit before them. Instruments begin on the same days.
    """
    question = asked(readings, tracks, made)
    dates, starts = _origins(question)
    happened = question.happens(_following(question, starts)) if len(dates) else np.empty((len(readings), 0), bool)
    said = dict(_said(question, starts, seed)) if len(dates) else {}
    return [_record(dates, happened[row], {key: of[row] for key, of in said.items()}) for row in range(len(readings))]


def _record(
    dates: pd.DatetimeIndex, happened: npt.NDArray[np.bool_], said: dict[tuple[str, str], Floats]
) -> OriginsRecord:
    """Average over the drifts of a model and then over models; origins at which none could be fitted are left out."""
    if not said:
        return OriginsRecord(dates=dates, said=np.empty(0), by_model={}, happened=happened)
    frame = pd.DataFrame(said)
    mean = frame.T.groupby(level=0).mean().mean().to_numpy()
    known = np.isfinite(mean)
    by_model = {key: values[known] for key, values in said.items()}
    return OriginsRecord(dates=dates[known], said=mean[known], by_model=by_model, happened=happened[known])


def _origins(question: PredictionQuestion) -> tuple[pd.DatetimeIndex, Starts]:
    """Return the origins, counted back from the last row, and for each instrument the row that follows each of them."""
    rows = {name: len(dates) for name, dates in question.ahead.items()}
    days = next(iter(question.tracks.values())).dates
    places = {name: track.dates.searchsorted(days, side="right") for name, track in question.tracks.items()}
    ends = {name: len(track.known) for name, track in question.tracks.items()}
    least = {name: MINIMUM_BLOCKS * week(track) + 1 for name, track in question.tracks.items()}
    found: list[int] = []
    while any(rows.values()) and len(found) < MOST_ORIGINS:
        day = min(int(places[name].searchsorted(ends[name] - rows[name], side="right")) for name in places) - 1
        if day < 0 or any(places[name][day] < least[name] for name in places):
            break
        found.append(day)
        ends = {name: int(places[name][day]) for name in places}
    chosen = np.array(found[::-1], dtype=np.intp)
    return days[chosen], {name: places[name][chosen] for name in places}


def _following(question: PredictionQuestion, starts: Starts) -> dict[str, Floats]:
    """Return the changes that followed each start, rows × origins."""
    rows = {name: np.arange(len(dates))[:, None] for name, dates in question.ahead.items()}
    return {name: track.known[starts[name] + rows[name]] for name, track in question.tracks.items()}


def _said(question: PredictionQuestion, starts: Starts, seed: int) -> Iterator[tuple[tuple[str, str], Floats]]:
    """Yield model and drift with the probabilities, readings × origins."""
    for name, outlooks in (("GARCH", _garch), ("log-HAR", _har)):
        for drift, shares in _simulated(question, starts, outlooks, seed).items():
            yield (name, drift), shares
    yield (BASE_RATE, "as it was"), _base_rates(question, starts)


def _simulated(question: PredictionQuestion, starts: Starts, outlooks: Outlooks, seed: int) -> dict[str, Floats]:
    tracks = question.tracks
    drawn = {
        name: list(outlooks(track, starts[name], len(question.ahead[name]), seed)) for name, track in tracks.items()
    }
    each = list(zip(*drawn.values(), strict=True))
    fitted = np.array([all(shocks is not None for shocks in of_origin) for of_origin in each])
    shares = {drift: np.full((len(question.readings), len(each)), np.nan) for drift in question.drifts}
    for drift in shares if fitted.any() else ():
        paths = {name: _paths(of_origins, fitted, drift != "none") for name, of_origins in drawn.items()}
        flags = question.happens(paths)
        shares[drift][:, fitted] = flags.reshape(len(flags), int(fitted.sum()), -1).mean(axis=2)
    return shares


def _paths(drawn: Sequence[Shocks | None], fitted: npt.NDArray[np.bool_], with_drift: bool) -> Floats:
    kept = [flat(shocks, with_drift=with_drift) for shocks, use in zip(drawn, fitted, strict=True) if use and shocks]
    return np.concatenate(kept, axis=1)


def _garch(track: Track, places: Places, rows: int, seed: int) -> Iterator[Shocks | None]:
    for group in np.array_split(places, min(_FITS, len(places))):
        try:
            first = garch_of(track.known[1 : group[0]])
        except InputError:
            yield from [None] * len(group)
            continue
        for place in group:
            yield _garch_ahead(carried(first, track.known[1:place]), rows, _seed(track, place, seed))


def _garch_ahead(fit: GarchFit, rows: int, seed: int) -> Shocks | None:
    try:
        return next(iter(garch_outlook(fit, rows=rows, draws=_DRAWS, paths=_PATHS, random_state=seed)))
    except InputError:
        return None


def _har(track: Track, places: Places, rows: int, seed: int) -> Iterator[Shocks | None]:
    for place in places:
        try:
            fit = fit_log_har(track.known[1:place], block=week(track))
            own = _seed(track, place, seed)
            yield next(iter(har_outlook(fit, rows=rows, draws=_DRAWS, paths=_PATHS, random_state=own)))
        except InputError:
            yield None


def _seed(track: Track, place: int, seed: int) -> int:
    return seed ^ crc32(f"{track.name} {place}".encode())


def _base_rates(question: PredictionQuestion, starts: Starts) -> Floats:
    """Return the shares of 100 stretches that had ended by each origin, spread evenly over the past."""
    tracks, rows = question.tracks, {name: len(dates) for name, dates in question.ahead.items()}
    days = next(iter(tracks.values())).dates
    places = {name: track.dates.searchsorted(days, side="right") for name, track in tracks.items()}
    first = max(int(places[name].searchsorted(1)) for name in places)
    last = np.min([places[name].searchsorted(starts[name] - rows[name], side="right") - 1 for name in places], axis=0)
    known = last >= first
    shares = np.full((len(question.readings), len(known)), np.nan)
    if known.any():
        chosen = np.linspace(first, last[known], _WINDOWS, axis=1).astype(int).ravel()
        pasts = {name: places[name][chosen] for name in places}
        flags = question.happens(_following(question, pasts))
        shares[:, known] = flags.reshape(len(flags), -1, _WINDOWS).mean(axis=2)
    return shares
