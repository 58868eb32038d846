"""The room's part of a configuration: one entry per estimator, with its constructor's parameter names."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from coupling.change.outcomes import SMALLEST
from coupling.configuration.section import Section

__all__ = [
    "BaiPerronSection",
    "BreaksSection",
    "ChangeSection",
    "ContagionSection",
    "EnvelopeSection",
    "LevelsSection",
    "MonitorSection",
    "RegimesSection",
    "known_baselines",
]

Level = Field(default=0.95, gt=0, lt=1)


class BreaksSection(Section):
    """Parameters of `CorrelationBreak`; raw and standardised changes are always both shown."""

    method: Literal["pearson", "kendall", "spearman"] = "pearson"
    level: float = Level
    max_breaks: int = Field(default=5, ge=0)
    min_segment: int = Field(default=50, ge=10)


class BaiPerronSection(Section):
    """Parameters of `BaiPerron`, applied to products of standardised changes."""

    trim: float = Field(default=0.15, gt=0, lt=0.5)
    max_breaks: int | None = Field(default=None, ge=0)
    n_breaks: int | None = Field(default=None, ge=0)
    level: float = Level


class EnvelopeSection(Section):
    """Parameters of `ConstancyEnvelope`."""

    window: int = Field(default=60, ge=3)
    level: float = Level
    margins: Literal["garch", "gjr"] = "garch"
    block: int | Literal["auto"] = 1
    replications: int = Field(default=499, ge=19)


class ContagionSection(Section):
    """Parameters of `ContagionTest`; each period is a first and a last date."""

    source: str
    target: str
    calm: tuple[dt.date, dt.date]
    stress: tuple[dt.date, dt.date]
    level: float = Level
    replications: int = Field(default=999, ge=99)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for word, (first, last) in (("calm", self.calm), ("stress", self.stress)):
            if first > last:
                raise ValueError(f"{word} ends ({last}) before it begins ({first})")
        if self.source == self.target:
            raise ValueError(f"source and target are both {self.source!r}")
        return self


class RegimesSection(Section):
    """Parameters of `RegimeModel`."""

    level: float = Level
    margins: Literal["garch", "gjr"] = "garch"
    block: int = Field(default=1, ge=1)
    replications: int = Field(default=99, ge=19)


class LevelsSection(Section):
    """Parameters of `LevelCorrelation`."""

    level: float = Level
    replications: int = Field(default=2000, ge=99)
    halflife: float = Field(default=10.0, gt=0)


class MonitorSection(Section):
    """Parameters of `CorrelationMonitor`.

    Parameters
    ----------
    alarms_per_year : float
        False alarms a year over all pairs of the study together, at most.
    shift : float
        Change of Fisher's z that is looked for.
    min_baseline, lag : int
        Rows that a baseline has at least, and newest rows that it leaves out. Where they are not stated, a pair on
        weekly changes (non-synchronous closes) has a baseline of 100 weeks that leaves out 12.
    """

    alarms_per_year: float = Field(default=1.0, gt=0, le=52)
    shift: float = Field(default=0.6, gt=0, le=2)
    min_baseline: int = Field(default=250, ge=100)
    lag: int = Field(default=60, ge=0)


class ChangeSection(Section):
    """Did it change? An estimator set to null is not asked.

    Parameters
    ----------
    splits : list of date
        Dates pre-specified, each the first day of its second period.
    baselines : list of str
        First periods, the primary one first: ``7y`` (years before the split), ``equal`` (as long as what follows the
        split) or ``all``.
    smallest : float
        The smallest change of a correlation that matters: nothing has changed where the interval lies inside it, and
        a test for a break that finds none says how often it would have found that change.
    breaks, bai_perron, envelope, monitor, regimes, levels, contagion : Section
        One per estimator; regimes and contagion only where they are asked for.
    """

    splits: tuple[dt.date, ...] = ()
    baselines: tuple[str, ...] = Field(default=("7y", "3y", "equal"), min_length=1)
    smallest: float = Field(default=SMALLEST, gt=0, lt=2)
    breaks: BreaksSection | None = BreaksSection()
    bai_perron: BaiPerronSection | None = BaiPerronSection()
    envelope: EnvelopeSection | None = EnvelopeSection()
    monitor: MonitorSection | None = MonitorSection()
    regimes: RegimesSection | None = None
    levels: LevelsSection | None = LevelsSection()
    contagion: tuple[ContagionSection, ...] = ()

    @field_validator("splits", "baselines")
    @classmethod
    def _each_once(cls, values: tuple[Any, ...]) -> tuple[Any, ...]:
        twice = [value for value, count in Counter(values).items() if count > 1]
        if twice:
            raise ValueError(f"{twice[0]} stands twice; name it once")
        return values

    @field_validator("baselines")
    @classmethod
    def _known(cls, baselines: tuple[str, ...]) -> tuple[str, ...]:
        return known_baselines(baselines)


def known_baselines(baselines: tuple[str, ...]) -> tuple[str, ...]:
    """Return baselines whose every word is known.

    Raises
    ------
    ValueError
        If one is not.
    """
    for word in baselines:
        if word not in ("equal", "all") and not re.fullmatch(r"[1-9]\d?y", word):
            raise ValueError(f"{word!r} is no baseline; use years such as '7y', 'equal' or 'all'")
    return baselines
