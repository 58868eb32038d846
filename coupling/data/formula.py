"""Instruments that are a formula of two others, such as ``UST10Y - JGB10Y``."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pandas as pd

from coupling.data.instrument import Instrument
from coupling.data.observations import Observations
from coupling.errors import DataError
from coupling.results.base import Origin

__all__ = ["FORMULA", "combine"]

FORMULA = "formula"
"""Source of what is computed from others."""

OPERATIONS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}


def combine(instrument: Instrument, observations: Mapping[str, Observations]) -> Observations:
    """Combine two instruments on the dates that both write; the value is struck, and known, at the later instant.

    Raises
    ------
    DataError
        If the two share no date, or the result is not finite.
    """
    left_name, symbol, right_name = instrument.operands
    left, right = (_by_date(observations[name]) for name in (left_name, right_name))
    lost = (*_earlier(observations, left_name, right_name), *_alone(left_name, left, right_name, right))
    both = left.add_suffix("_left").join(right.add_suffix("_right"), how="inner")
    if both.empty:
        raise DataError(
            f"{instrument.name}: {left_name} and {right_name} share no date; choose instruments that overlap."
        )
    values = OPERATIONS[symbol](both["level_left"], both["level_right"]).to_numpy(dtype=float)
    if not np.isfinite(values).all():
        at = both.index[int((~np.isfinite(values)).argmax())]
        raise DataError(f"{instrument.name}: {instrument.formula} is not finite on {at:%Y-%m-%d}; check the divisor.")
    struck, known = _later(both, "struck"), _later(both, "known")
    return Observations(
        name=instrument.name,
        levels=pd.Series(values, index=struck, name=instrument.name),
        known_at=pd.Series(known, index=struck, name=instrument.name),
        labels=pd.Series(both.index, index=struck, name=instrument.name),
        change=instrument.change,
        origin=replace(_origin(instrument, observations, struck, values), repairs=lost),
    )


def _by_date(item: Observations) -> pd.DataFrame:
    """Last value of each date, with its two times."""
    frame = pd.DataFrame(
        {"level": item.levels.to_numpy(), "struck": item.levels.index, "known": pd.DatetimeIndex(item.known_at)},
        index=pd.DatetimeIndex(item.dates),
    )
    return frame[~frame.index.duplicated(keep="last")]


def _later(both: pd.DataFrame, time: str) -> pd.DatetimeIndex:
    left, right = both[f"{time}_left"], both[f"{time}_right"]
    return pd.DatetimeIndex(left.where(left >= right, right))


def _earlier(observations: Mapping[str, Observations], *names: str) -> Iterator[str]:
    """Say how many values of a part are not the last of their date."""
    for name in dict.fromkeys(names):
        count = int(pd.DatetimeIndex(observations[name].dates).duplicated(keep="last").sum())
        if count:
            yield f"values of {name} that are not the last of their date: {count}"


def _alone(left_name: str, left: pd.DataFrame, right_name: str, right: pd.DataFrame) -> Iterator[str]:
    """Say how many dates of the common period only one of the two writes."""
    first, last = max(left.index.min(), right.index.min()), min(left.index.max(), right.index.max())
    for name, own, other in ((left_name, left, right), (right_name, right, left)):
        inside = own.index[(own.index >= first) & (own.index <= last)]
        count = len(inside.difference(other.index))
        if count:
            yield f"dates that only {name} writes: {count}"


def _origin(
    instrument: Instrument, observations: Mapping[str, Observations], struck: pd.DatetimeIndex, values: np.ndarray
) -> Origin:
    names = dict.fromkeys(instrument.operands[::2])  # once each: what is said of A would double in A + A
    parts = [origin for name in names if (origin := observations[name].origin) is not None]
    return Origin(
        instrument=instrument.name,
        source=FORMULA,
        symbol=instrument.formula or "",
        clock=" and ".join(dict.fromkeys(part.clock for part in parts)),
        sha256=sha256(values.tobytes()).hexdigest(),
        retrieved_at=max((part.retrieved_at for part in parts if part.retrieved_at is not None), default=None),
        rows=len(values),
        first=struck[0],
        last=struck[-1],
        cautions=tuple(f"its part {part.instrument}: {said}" for part in parts for said in part.cautions),
        failed="; ".join(f"its part {part.instrument}: {part.failed}" for part in parts if part.failed),
    )
