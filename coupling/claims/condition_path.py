"""What became of a condition as far as the data reach: its path, its settlement and its other readings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from coupling.claims.closes import Track
from coupling.claims.condition import Condition, DaysRule, inside, quantity, settled
from coupling.errors import InputError

__all__ = ["ConditionPath", "known_path"]


@dataclass(frozen=True, kw_only=True)
class ConditionPath:
    """The known path of the quantity of a condition.

    Parameters
    ----------
    condition : Condition
    values : Series
        By date, from the day after the prediction was made to the deadline, as far as known.
    window : Series
        The part inside the window of the condition.
    complete : bool
        Whether no day of the window is still to come.
    """

    condition: Condition
    values: pd.Series = field(repr=False)
    window: pd.Series = field(repr=False)
    complete: bool

    def outcome(self, event: DaysRule | None = None) -> bool | None:
        """Tell whether the event happened; None while it is open."""
        return settled(self.condition, self.window.to_numpy(), complete=self.complete, event=event)

    def settled_on(self, event: DaysRule | None = None) -> pd.Timestamp | None:
        """Return the date that settled the event, None while it is open."""
        found, event = self.outcome(event), self.condition.event if event is None else event
        if found is None:
            return None
        if (event, found) in ((DaysRule.ANY_DAY, True), (DaysRule.ALL_DAYS, False)):
            days = inside(self.condition, self.window.to_numpy())
            return pd.Timestamp(self.window.index[days == (event is DaysRule.ANY_DAY)][0])
        return self.condition.deadline

    @property
    def judged(self) -> float:
        """The figure that settles the event: mean or last value of the window, else where the path came nearest."""
        if self.condition.event is DaysRule.MEAN:
            return float(self.window.mean())
        return float(self.window.iloc[-1]) if self.condition.event is DaysRule.LAST else self.nearest[1]

    @property
    def nearest(self) -> tuple[pd.Timestamp, float]:
        """Date and value at which the path came nearest to what is predicted."""
        low, high = self.condition.above, self.condition.below
        short = 0 * self.values if low is None else (low - self.values).clip(lower=0)
        over = 0 * self.values if high is None else (self.values - high).clip(lower=0)
        away = short + over
        if (away == 0).all() or low is None or high is None:
            place = int(self.values.argmin() if low is None else self.values.argmax())
        else:
            place = int(away.argmin())
        return pd.Timestamp(self.values.index[place]), float(self.values.iloc[place])


def known_path(condition: Condition, tracks: Mapping[str, Track], made: dt.date) -> ConditionPath:
    """Return the path of a condition as far as the tracks know it.

    Raises
    ------
    InputError
        If nothing is known since the prediction was made, or the window holds no day at all.
    """
    dates, values = quantity(condition, tracks, made, since=pd.Timestamp(made) + pd.Timedelta(days=1))
    series = pd.Series(values[:, 0], index=dates).dropna()
    complete = all(tracks[name].covers(condition.deadline) for name in condition.instruments)
    window = series[series.index >= condition.first_day(made)]
    if series.empty:
        raise InputError(f"{condition.instrument} has no value after {made}, when the prediction was made")
    if complete and window.empty:
        raise InputError(
            f"{condition.instrument} has no value from {condition.first_day(made):%Y-%m-%d} to {condition.by}"
        )
    return ConditionPath(condition=condition, values=series, window=window, complete=complete)
