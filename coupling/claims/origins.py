"""Forecasts of the same models at past origins, whose horizons do not overlap, and what happened then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from zlib import crc32

import numpy as np
import pandas as pd

from coupling._typing import Flags, Floats, Places
from coupling.claims.closes import Track
from coupling.claims.condition import Condition
from coupling.claims.probability import BASE_RATE, PredictionQuestion, asked, garch_of, of_draws, week
from coupling.errors import InputError
from coupling.inference.calibration import Calibration, calibration
from coupling.volatility.log_har import MINIMUM_BLOCKS, LogHar, fit_log_har, har_outlooks
from coupling.volatility.outlook import Shocks, garch_outlooks

__all__ = ["MOST_ORIGINS", "OriginsRecord", "records"]

Starts = Mapping[str, Places]
Outlook = tuple[Shocks, Flags]
Outlooks = Callable[[Track, Places, int, int], Outlook]

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
    happened: Flags = field(repr=False)

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


def _record(dates: pd.DatetimeIndex, happened: Flags, said: dict[tuple[str, str], Floats]) -> OriginsRecord:
    """Average over the drifts of a model and then over models; origins at which none could be fitted are left out."""
    if not said:
        return OriginsRecord(dates=dates, said=np.empty(0), by_model={}, happened=happened)
    of_models = [
        _mean([values for (model, _), values in said.items() if model == name])
        for name in dict.fromkeys(model for model, _ in said)
    ]
    mean = _mean(of_models)
    known = np.isfinite(mean)
    by_model = {key: values[known] for key, values in said.items()}
    return OriginsRecord(dates=dates[known], said=mean[known], by_model=by_model, happened=happened[known])


def _mean(each: Sequence[Floats]) -> Floats:
    """Return the mean of what is there of several arrays; missing where nothing is."""
    known = np.isfinite(each)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, each, 0.0).sum(axis=0) / known.sum(axis=0))


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
    drawn = {
        name: outlooks(track, starts[name], len(question.ahead[name]), seed) for name, track in question.tracks.items()
    }
    fitted = np.logical_and.reduce([told for _, told in drawn.values()])
    shares = {drift: np.full((len(question.readings), len(fitted)), np.nan) for drift in question.drifts}
    if fitted.any():
        shocks = {name: _only(each, fitted[told]) for name, (each, told) in drawn.items()}
        for drift, flags in question.happens_after(shocks).items():
            shares[drift][:, fitted] = of_draws(flags, _DRAWS * _PATHS)
    return shares


def _only(shocks: Shocks, origins: Flags) -> Shocks:
    if origins.all():
        return shocks
    draws = np.repeat(origins, _DRAWS)
    return Shocks(values=np.compress(draws, shocks.values, axis=1), drift=shocks.drift[draws])


def _garch(track: Track, places: Places, rows: int, seed: int) -> Outlook:
    """Fit at up to eight origins, and let each fit speak at those up to the next one."""
    found = [
        _of_one_fit(track, group, rows, [_seed(track, place, seed) for place in group])
        for group in np.array_split(places, min(_FITS, len(places)))
    ]
    shocks, told = zip(*found, strict=True)
    values = np.concatenate([each.values for each in shocks], axis=1)
    return Shocks(values=values, drift=np.concatenate([each.drift for each in shocks])), np.concatenate(told)


def _of_one_fit(track: Track, places: Places, rows: int, seeds: Sequence[int]) -> Outlook:
    try:
        fit = garch_of(track.known[1 : places[0]])
    except InputError:
        return _nothing(rows, len(places))
    ends = places - 1
    return garch_outlooks(fit, track.known[1:], ends, rows=rows, draws=_DRAWS, paths=_PATHS, seeds=seeds)


def _har(track: Track, places: Places, rows: int, seed: int) -> Outlook:
    fits: dict[int, LogHar] = {}
    for place in places:
        with suppress(InputError):
            fits[place] = fit_log_har(track.known[1:place], block=week(track))
    told = np.isin(places, list(fits))
    if not fits:
        return _nothing(rows, len(places))
    seeds = [_seed(track, place, seed) for place in fits]
    shocks, told[told] = har_outlooks(list(fits.values()), rows=rows, draws=_DRAWS, paths=_PATHS, seeds=seeds)
    return shocks, told


def _nothing(rows: int, origins: int) -> Outlook:
    return Shocks(values=np.empty((rows, 0, _PATHS)), drift=np.empty(0)), np.zeros(origins, dtype=bool)


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
        shares[:, known] = of_draws(question.happens(_following(question, pasts)), _WINDOWS)
    return shares
