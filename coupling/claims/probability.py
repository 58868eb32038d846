"""How probable a prediction is: a range over models, their parameters, and what the past did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from zlib import crc32

import numpy as np
import pandas as pd

from coupling._typing import Flags, Floats
from coupling.claims.closes import Track
from coupling.claims.condition import Condition, Opened, happening, opened, quantities
from coupling.errors import InputError
from coupling.inference.calibration import clopper_pearson
from coupling.volatility.estimation import GarchFit, fit_garch
from coupling.volatility.log_har import fit_log_har, har_outlook, unbroken
from coupling.volatility.outlook import Shocks, garch_outlook

__all__ = [
    "BASE_RATE",
    "CALIBRATABLE",
    "DRAWS",
    "PATHS",
    "Chance",
    "PredictionQuestion",
    "asked",
    "chances",
    "garch_of",
    "of_draws",
    "week",
]

Model = Callable[[Track, int, int], Iterator[Shocks]]

DRAWS, PATHS = 40, 100
"""Draws of the parameters, and paths for each of them."""

CALIBRATABLE = 20
"""Non-overlapping historical windows below which no probability can be checked against the past."""

BASE_RATE = "base rate"
_WINDOWS = 1000
_TAILS = np.array([0.025, 0.975])


@dataclass(frozen=True, kw_only=True)
class Chance:
    """The probability that one model gives to a prediction.

    Parameters
    ----------
    model : str
    drift : str
        What is assumed of the mean change: ``as before`` (of the sample, with its error), ``none``, ``as it was`` in
        the past, or nothing where it does not matter.
    probability, lower, upper : float
        Lower and upper hold 95 % of the parameter draws, without what the number of paths adds to their spread; for
        the base rate they are the Clopper–Pearson interval with the non-overlapping historical windows as trials.
    n : int
        Changes behind it, of the shortest series.
    horizons : int
        Non-overlapping historical windows in what is known.
    failed : str
        Why the model gives none.
    """

    model: str
    drift: str = ""
    probability: float = float("nan")
    lower: float = float("nan")
    upper: float = float("nan")
    n: int
    horizons: int
    failed: str = ""


def chances(
    readings: Sequence[Sequence[Condition]], tracks: Mapping[str, Track], made: dt.date, *, seed: int
) -> list[list[Chance]]:
    """Return what GARCH, log-HAR and the base rate say of each reading of a prediction, given what the tracks know.

    All readings are looked at on the same paths. Instruments are drawn independently of each other; in the base rate
    they move as they did together.

    Parameters
    ----------
    readings : sequence of sequences of Condition
        Of each reading all conditions must hold; they share their deadlines.
    tracks : dict of str to Track
        What is known of each instrument; what follows their last rows is drawn.
    made : date
        When the prediction was made.
    seed : int

    Returns
    -------
    list of list of Chance
        One list per reading. A model that cannot be fitted says why.
    """
    question = asked(readings, tracks, made)
    by_model = [*_simulated(question, seed), _base_rates(question)]
    return [list(of_reading) for of_reading in zip(*by_model, strict=True)]


@dataclass(frozen=True, kw_only=True)
class PredictionQuestion:
    """Readings of one prediction, what is known, and the dates that are still to come."""

    readings: Sequence[Sequence[Condition]]
    tracks: Mapping[str, Track]
    ahead: Mapping[str, pd.DatetimeIndex]
    made: dt.date

    @cached_property
    def conditions(self) -> list[Opened]:
        """The conditions of all readings with the first day that matters."""
        return opened([each for reading in self.readings for each in reading], self.made)

    @cached_property
    def whole(self) -> Mapping[str, Track]:
        """The tracks with the dates to come."""
        none = np.empty((0, 1))
        return {name: track.followed_by(none, self.ahead[name]) for name, track in self.tracks.items()}

    def happens(self, changes: Mapping[str, Floats]) -> Flags:
        """Tell of each reading on which paths it comes true, shape (readings, paths), given changes (rows × paths)."""
        whole = {name: self.whole[name].drawn(each, None) for name, each in changes.items()}
        return self._read(happening(self.conditions, quantities(self.conditions, whole, self.made)))

    def happens_after(self, shocks: Mapping[str, Shocks]) -> dict[str, Flags]:
        """Tell the same of drawn shocks with each drift; what no drift moves is computed once."""
        found, flags = None, {}
        for drift in self.drifts:
            whole = {
                name: self.whole[name].drawn(_flat(each.values), _by_path(each) if drift != "none" else None)
                for name, each in shocks.items()
            }
            found = quantities(self.conditions, whole, self.made, found)
            flags[drift] = self._read(happening(self.conditions, found))
        return flags

    def _read(self, flags: Sequence[Flags]) -> Flags:
        """Return of each reading where all its conditions hold."""
        left = iter(flags)
        return np.array([np.logical_and.reduce([next(left) for _ in reading]) for reading in self.readings])

    @property
    def drifts(self) -> tuple[str, ...]:
        """What is assumed of the mean change, one after the other."""
        return ("as before", "none") if any(each.moves for each in self.readings[0]) else ("",)

    @property
    def horizons(self) -> int:
        """How many horizons fit into what is known without overlapping, for the instrument that has fewest."""
        return min(_rows(track) // max(len(self.ahead[name]), 1) for name, track in self.tracks.items())

    def chance(self, model: str, n: int, drift: str, figures: tuple[float, float, float]) -> Chance:
        """Return a probability with its ends."""
        share, low, high = figures
        return Chance(model=model, drift=drift, probability=share, lower=low, upper=high, n=n, horizons=self.horizons)

    def failure(self, model: str, n: int, reason: str) -> Chance:
        """Return why a model gives none."""
        return Chance(model=model, n=n, horizons=self.horizons, failed=reason)


def asked(readings: Sequence[Sequence[Condition]], tracks: Mapping[str, Track], made: dt.date) -> PredictionQuestion:
    """Return the readings of a prediction with what is known and the dates to come; arguments as in `chances`."""
    ahead = {name: track.following(_deadline(readings[0], name)) for name, track in tracks.items()}
    return PredictionQuestion(readings=readings, tracks=tracks, ahead=ahead, made=made)


def _deadline(conditions: Sequence[Condition], name: str) -> pd.Timestamp:
    return max(each.deadline for each in conditions if name in each.instruments)


def _rows(track: Track) -> int:
    return len(track.known) - 1


def week(track: Track) -> int:
    """Return the changes in a week of an instrument."""
    return len(track.weekdays)


def _unbroken(track: Track) -> int:
    return len(unbroken(track.known[1:], block=week(track)))


def garch_of(changes: Floats) -> GarchFit:
    """Return the fit of a stretch of changes; the predictions of a study ask for the same ones again and again."""
    return _garch_of(changes.tobytes())


@lru_cache(maxsize=32)
def _garch_of(raw: bytes) -> GarchFit:
    return fit_garch(np.frombuffer(raw))


def _garch(track: Track, rows: int, seed: int) -> Iterator[Shocks]:
    return garch_outlook(garch_of(track.known[1:]), rows=rows, draws=DRAWS, paths=PATHS, random_state=seed)


def _har(track: Track, rows: int, seed: int) -> Iterator[Shocks]:
    fit = fit_log_har(track.known[1:], block=week(track))
    return har_outlook(fit, rows=rows, draws=DRAWS, paths=PATHS, random_state=seed)


def _simulated(question: PredictionQuestion, seed: int) -> Iterator[list[Chance]]:
    """Yield, model by model and drift by drift, the chances of the readings."""
    models: tuple[tuple[str, Model, Callable[[Track], int]], ...] = (
        ("GARCH", _garch, _rows),
        ("log-HAR", _har, _unbroken),
    )
    for name, model, rows in models:
        n = min(map(rows, question.tracks.values()))
        try:
            shares = _shares(question, model, seed)
        except InputError as error:
            yield [question.failure(name, n, str(error))] * len(question.readings)
            continue
        for drift, of_readings in shares.items():
            yield [question.chance(name, n, drift, _spread(share, PATHS)) for share in of_readings]


def _shares(question: PredictionQuestion, model: Model, seed: int) -> dict[str, Floats]:
    """Return, for each drift, the share of paths on which each reading comes true, shape (readings, draws)."""
    found = [question.happens_after(batch) for batch in _joined(question, model, seed)]
    return {drift: of_draws(np.concatenate([each[drift] for each in found], axis=1), PATHS) for drift in found[0]}


def of_draws(flags: Flags, paths: int) -> Floats:
    """Return the shares of the paths of each draw, shape (readings, draws)."""
    return np.asarray(flags.reshape(len(flags), -1, paths).mean(axis=2))


def _joined(question: PredictionQuestion, model: Model, seed: int) -> Iterator[dict[str, Shocks]]:
    """Yield batches of all instruments; each has its own seed, made of that of the study and its name."""
    tracks = question.tracks
    each = [model(track, len(question.ahead[name]), seed ^ crc32(name.encode())) for name, track in tracks.items()]
    for batch in zip(*each, strict=True):
        yield dict(zip(tracks, batch, strict=True))


def _flat(values: Floats) -> Floats:
    """Return the changes of all paths of all draws, shape (rows, draws × paths)."""
    return values.reshape(len(values), -1)


def _by_path(shocks: Shocks) -> Floats:
    return np.repeat(shocks.drift, shocks.values.shape[2])


def _spread(shares: Floats, paths: int) -> tuple[float, float, float]:
    """Return mean and 95 % range of the draws' probabilities; the variance that the paths add is taken out."""
    mean, seen = float(shares.mean()), float(shares.var(ddof=1))
    added = float((shares * (1.0 - shares)).mean()) / (paths - 1)
    kept = np.sqrt(max(0.0, 1.0 - added / seen)) if seen > 0.0 else 0.0
    lower, upper = np.clip(np.quantile(mean + kept * (shares - mean), _TAILS), 0.0, 1.0)
    return mean, float(lower), float(upper)


def _base_rates(question: PredictionQuestion) -> list[Chance]:
    """Let every stretch of the past follow what is known, and count."""
    n = min(map(_rows, question.tracks.values()))
    windows = _past_windows(question)
    if windows is None:
        reason = "no stretch of the past is as long as the time that is left"
        return [question.failure(BASE_RATE, n, reason)] * len(question.readings)
    shares = question.happens(windows).mean(axis=1)
    return [question.chance(BASE_RATE, n, "as it was", _clopper_pearson(share, question.horizons)) for share in shares]


def _clopper_pearson(share: float, trials: int) -> tuple[float, float, float]:
    return float(share), *clopper_pearson(share * trials, trials)


def _past_windows(question: PredictionQuestion) -> dict[str, Floats] | None:
    """Return up to 1,000 stretches of past changes (rows × paths), begun on the same days for all instruments."""
    tracks, rows = question.tracks, {name: len(dates) for name, dates in question.ahead.items()}
    days = next(iter(tracks.values())).dates
    places = {name: track.dates.searchsorted(days, side="right") for name, track in tracks.items()}
    fits = [(places[name] >= 1) & (places[name] + rows[name] <= len(track.known)) for name, track in tracks.items()]
    starts = np.flatnonzero(np.logical_and.reduce(fits))
    if not starts.size:
        return None
    starts = starts[np.unique(np.linspace(0, starts.size - 1, min(starts.size, _WINDOWS)).astype(int))]
    return {name: track.known[places[name][starts] + np.arange(rows[name])[:, None]] for name, track in tracks.items()}
