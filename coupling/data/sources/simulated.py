"""The simulated market: an hourly world with known truth, observed at each instrument's real clock.

Changes are elliptical: independent factors and own noise, times a volatility that clusters (AR(1) of daily logs) and a
daily t mixture that all instruments share. The correlation shifts on a known date, and events of known dates and
sizes are added over the hours after their instants. The world moves around the clock; only observing it has calendars.
It serves all instruments of a study or none, and is never mixed with real data. An instrument of one's own that the
world does not know is drawn from its kind, independent of everything else, and observed at its clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any

import numpy as np
import pandas as pd

from coupling._typing import Floats
from coupling.configuration.shipped import shipped_table
from coupling.data.changes import ChangeRule
from coupling.data.clocks import calendars
from coupling.data.clocks.clock import Clock, load_clock
from coupling.data.instrument import HOURLY, Instrument, load_instruments
from coupling.data.observations import Observations
from coupling.data.simulation.alone import levels_alone
from coupling.data.simulation.truth import Truth
from coupling.errors import DataError
from coupling.results.base import Origin

__all__ = ["SimulatedMarket", "knows", "simulate_market"]

HOURS_A_YEAR = 365 * 24
ROUNDING = 6


@dataclass(frozen=True)
class SimulatedMarket:
    """Hourly log levels (or yields) of the simulated world.

    Parameters
    ----------
    seed : int
        Seed of every draw.
    path : DataFrame
        Cumulated change of each instrument (% or bp) at each hour (UTC).
    truth : Truth
        Correlations, shift and events.
    """

    seed: int
    path: pd.DataFrame = field(repr=False)
    truth: Truth

    def observe(self, instrument: Instrument, clock: str | None = None) -> Observations:
        """Return what is seen of an instrument at a clock, by default that of its first source.

        Raises
        ------
        DataError
            If the world has no such instrument.
        """
        if instrument.name not in self.path:
            known = ", ".join(self.path.columns)
            raise DataError(
                f"{instrument.name} is not part of the simulated market ({known}); use real data for it, or describe "
                "it under define: to have it drawn on its own."
            )
        world = _levels(self.path[instrument.name].to_numpy(), instrument)
        return self._seen(instrument, clock, world, f"simulated market, seed {self.seed}")

    def observe_alone(self, instrument: Instrument, clock: str | None = None) -> Observations:
        """Return what is seen of an instrument of one's own, which the world does not know, at a clock."""
        world, hours = _world(), pd.DatetimeIndex(self.path.index)
        size = world["kinds"][str(instrument.kind)]
        levels = levels_alone(instrument, hours, self.seed, size=size, tails=float(world["tails"]))
        return self._seen(instrument, clock, np.round(levels, ROUNDING), f"simulated on its own, seed {self.seed}")

    def _seen(self, instrument: Instrument, clock: str | None, world: Floats, symbol: str) -> Observations:
        named = clock or instrument.sources[0].clock
        struck, known_at, labels = self._hours() if named == HOURLY else self._sessions(load_clock(named))
        values = world[self.path.index.searchsorted(struck, side="right") - 1]
        return Observations(
            name=instrument.name,
            levels=pd.Series(values, index=struck, name=instrument.name),
            known_at=pd.Series(known_at, index=struck, name=instrument.name),
            labels=pd.Series(labels, index=struck, name=instrument.name),
            change=instrument.change,
            origin=_origin(instrument, named, symbol, struck, values),
        )

    def _sessions(self, clock: Clock) -> tuple[pd.DatetimeIndex, pd.DatetimeIndex, pd.DatetimeIndex]:
        """Instants at which a clock strikes, at which its values are known, and their dates."""
        first, last = (self.path.index[k].tz_localize(None).normalize() for k in (0, -2))
        labels = _spaced(calendars.sessions(clock.days, first, last), clock)
        struck = clock.struck_at(labels)
        seen = np.asarray(struck.notna() & (struck <= self.path.index[-1]))
        return struck[seen], clock.known_at(labels)[seen], labels[seen]

    def _hours(self) -> tuple[pd.DatetimeIndex, pd.DatetimeIndex, pd.DatetimeIndex]:
        """Ends of all hourly bars, known as they end, and the dates on which the bars start."""
        ends = pd.DatetimeIndex(self.path.index[1:])
        return ends, ends, (ends - pd.Timedelta(hours=1)).tz_localize(None).normalize()


def _spaced(labels: pd.DatetimeIndex, clock: Clock) -> pd.DatetimeIndex:
    """Return of the days of a clock those that have a value: the first of a month, the Tuesdays, or all."""
    if clock.monthly:
        return labels[~pd.Index(labels.year * 12 + labels.month).duplicated()]
    return labels[labels.day_of_week == 1] if clock.weekly else labels


def knows(instrument: Instrument) -> bool:
    """Tell whether the simulated world has an instrument, as what it is in the catalogue.

    Examples
    --------
    >>> from coupling.data.instrument import resolve
    >>> knows(resolve("SPX")), knows(resolve("ETF_FLOW"))
    (True, False)
    """
    listed = load_instruments().get(instrument.name)
    return instrument.name in _world()["instruments"] and (listed is None or listed.change is instrument.change)


def _levels(path: np.ndarray, instrument: Instrument) -> np.ndarray:
    """Turn cumulated changes into levels, rounded so that every machine shows the same digits."""
    first = float(_world()["instruments"][instrument.name]["level"])
    if instrument.change is ChangeRule.BASIS_POINTS:
        return np.round(first + path / 100.0, ROUNDING)
    return np.round(first * np.exp(path / 100.0), ROUNDING)


def _origin(instrument: Instrument, clock: str, symbol: str, struck: pd.DatetimeIndex, values: np.ndarray) -> Origin:
    return Origin(
        instrument=instrument.name,
        source="simulated",
        symbol=symbol,
        clock=clock,
        sha256=sha256(values.tobytes()).hexdigest(),
        retrieved_at=None,
        rows=len(values),
        first=struck[0],
        last=struck[-1],
    )


@lru_cache(maxsize=1)
def _world() -> dict[str, Any]:
    world: dict[str, Any] = shipped_table("coupling.data.sources", "world.yaml")
    return world


@lru_cache(maxsize=4)
def simulate_market(seed: int = 0) -> SimulatedMarket:
    """Draw the simulated market.

    Parameters
    ----------
    seed : int
        The same seed gives the same market.

    Examples
    --------
    >>> market = simulate_market(7)
    >>> [round(float(truth.loc["BTC", "SPX"]), 2) for truth in (market.truth.before, market.truth.after)]
    [0.19, 0.52]
    """
    world, rng = _world(), np.random.default_rng(seed)
    hours = pd.date_range(str(world["start"]), str(world["end"]), freq="h", tz="UTC", unit="ns")
    shift = pd.Timestamp(str(world["shift"]), tz="UTC")
    names = list(world["instruments"])
    before, after = (_loadings(world, names, later=later) for later in (False, True))
    shocks = _shocks(rng, hours, before, after, shift) * _volatility(world, rng, hours, len(names))
    annual = np.array([world["instruments"][name]["annual"] for name in names])
    events = _events(world, rng, hours, names)
    changes = shocks * annual / np.sqrt(HOURS_A_YEAR) + _event_changes(world, events, hours, names)
    changes = _revert(changes, names)
    truth = Truth(shift=shift, before=_correlation(before, names), after=_correlation(after, names), events=events)
    return SimulatedMarket(seed, pd.DataFrame(changes, index=hours, columns=names), truth)


def _loadings(world: dict[str, Any], names: list[str], *, later: bool) -> np.ndarray:
    entries = [world["instruments"][name] for name in names]
    chosen = [entry.get("after", entry["loadings"]) if later else entry["loadings"] for entry in entries]
    factors = sorted({factor for entry in entries for factor in entry["loadings"]})
    return np.array([[float(row.get(factor, 0.0)) for factor in factors] for row in chosen])


def _correlation(loadings: np.ndarray, names: list[str]) -> pd.DataFrame:
    matrix = loadings @ loadings.T
    np.fill_diagonal(matrix, 1.0)
    return pd.DataFrame(matrix, index=names, columns=names)


def _shocks(
    rng: np.random.Generator, hours: pd.DatetimeIndex, before: np.ndarray, after: np.ndarray, shift: pd.Timestamp
) -> np.ndarray:
    factors = rng.standard_normal((len(hours), before.shape[1]))
    noise = rng.standard_normal((len(hours), len(before)))
    cut = int(hours.searchsorted(shift, side="right"))
    parts = ((slice(None, cut), before), (slice(cut, None), after))
    return np.concatenate([factors[k] @ rows.T + noise[k] * np.sqrt(1.0 - (rows**2).sum(axis=1)) for k, rows in parts])


def _volatility(world: dict[str, Any], rng: np.random.Generator, hours: pd.DatetimeIndex, width: int) -> np.ndarray:
    """Hourly volatility with mean square 1; half its log is common, half the instrument's own, times a t mixture."""
    from scipy.signal import lfilter

    rho, spread = float(world["volatility"]["persistence"]), float(world["volatility"]["spread"])
    day = ((hours - hours[0]) // pd.Timedelta(days=1)).to_numpy()
    draws = rng.standard_normal((day[-1] + 1, width + 1)) * np.sqrt(1.0 - rho**2)
    state = lfilter([1.0], [1.0, -rho], draws, axis=0) * spread
    log_volatility = (state[:, :1] + state[:, 1:]) / np.sqrt(2.0) - spread**2
    tails = float(world["tails"])
    mixture = np.sqrt((tails - 2.0) / rng.chisquare(tails, day[-1] + 1))
    daily = np.exp(log_volatility) * mixture[:, None]
    return np.asarray(daily[day])


def _events(world: dict[str, Any], rng: np.random.Generator, hours: pd.DatetimeIndex, names: list[str]) -> pd.DataFrame:
    """Draw the instants of the events, at least `spacing_days` apart and away from both ends, and their sizes."""
    rules = world["events"]
    count, spacing = int(rules["count"]), int(rules["spacing_days"])
    days = (hours[-1] - hours[0]).days - 2 * spacing
    slack = np.sort(rng.integers(0, days - spacing * (count - 1), count))
    first_hour = (slack + spacing * np.arange(1, count + 1)) * 24 + rng.integers(0, 24, count)
    low, high = (float(end) for end in rules["severity"])
    severity = np.round(rng.uniform(low, high, count), 2)
    sizes = {name: severity * world["instruments"][name]["response"] for name in names}
    return pd.DataFrame({"instant": hours[first_hour], "severity": severity, **sizes})


def _event_changes(
    world: dict[str, Any], events: pd.DataFrame, hours: pd.DatetimeIndex, names: list[str]
) -> np.ndarray:
    """Spread each event evenly over the hours after its instant."""
    changes = np.zeros((len(hours), len(names)))
    length = int(world["events"]["hours"])
    for start, sizes in zip(
        hours.get_indexer(pd.DatetimeIndex(events["instant"])), events[names].to_numpy(), strict=True
    ):
        changes[start + 1 : start + 1 + length] += sizes / length
    return changes


def _revert(changes: np.ndarray, names: list[str]) -> np.ndarray:
    """Cumulate; the volatility index alone reverts to its mean (within about two months)."""
    from scipy.signal import lfilter

    path = changes.cumsum(axis=0)
    column = names.index("VIX")
    path[:, column] = lfilter([1.0], [1.0, -(1.0 - 1.0 / (60 * 24))], changes[:, column])
    path -= path[0]
    return path
