"""Rank and sign tests of event studies.

- ``corrado``: mean over cells of K - (T + 1)/2, over its root mean square over all T = L + W rows (Corrado 1989);
  normal.
- ``corrado_zivney``: the same with U = K / (T + 1) - 1/2, which allows for unequal numbers of rows (Corrado and
  Zivney 1992).
- ``cowan``: generalised sign test, (w - N p) / sqrt(N p (1 - p)), where p is the share of positive estimation residuals
  (Cowan 1992); normal.
- ``grank``: generalised rank test of the cumulative change (Kolari and Pynnönen 2011): ranks of the studentised
  estimation residuals and of SCAR / sd(SCAR) among L + 1, Z = U₀ / S, t = Z sqrt((T - 2) / (T - 1 - Z²)) with T = L
  + 1 and T - 2 degrees of freedom.

K is the rank of an abnormal change among the estimation and event rows of its own cell.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from coupling._typing import Floats
from coupling.events.studies.abnormal import Abnormal

__all__ = ["RANK_TESTS"]

Answer = tuple[Floats, Floats]
NORMAL = np.array(np.nan)


def _axes(scope: str) -> tuple[int, ...]:
    return {"date": (1,), "instrument": (0,), "pooled": (0, 1)}[scope]


def _pack(values: Floats) -> Floats:
    return values[None] if values.ndim == 1 else values


def _ranks(rows: Floats) -> tuple[Floats, Floats]:
    """Return the ranks along the last axis (ties share their mean, missing stays missing) and the number of rows."""
    flat = rows.reshape(-1, rows.shape[-1])
    ranks = pd.DataFrame(flat.T).rank().to_numpy().T.reshape(rows.shape)
    return ranks, np.isfinite(rows).sum(axis=-1, keepdims=True).astype(float)


def _mean(values: Floats, axes: tuple[int, ...]) -> Floats:
    known = np.isfinite(values)
    return np.asarray(np.where(known, values, 0.0).sum(axis=axes) / known.sum(axis=axes))


def _root_mean_square(values: Floats) -> Floats:
    known = np.isfinite(values)
    return np.asarray(np.sqrt((np.where(known, values, 0.0) ** 2).sum(axis=-1) / known.sum(axis=-1)))


def _rank_statistic(abnormal: Abnormal, scope: str, *, scaled: bool) -> Answer:
    ranks, rows = _ranks(np.concatenate([abnormal.residual, abnormal.change], axis=-1))
    scores = ranks / (rows + 1) - 0.5 if scaled else ranks - (rows + 1) / 2
    daily = _mean(scores, _axes(scope))
    deviation = _root_mean_square(daily)[..., None]
    event = daily[..., -abnormal.change.shape[-1] :]
    width = np.sqrt(np.isfinite(event).sum(axis=-1, keepdims=True))
    total = np.nansum(event, axis=-1, keepdims=True) / width
    return _pack(np.concatenate([event, total], axis=-1) / deviation), NORMAL


def _corrado(abnormal: Abnormal, scope: str) -> Answer:
    return _rank_statistic(abnormal, scope, scaled=False)


def _corrado_zivney(abnormal: Abnormal, scope: str) -> Answer:
    return _rank_statistic(abnormal, scope, scaled=True)


def _cowan(abnormal: Abnormal, scope: str) -> Answer:
    axes = _axes(scope)
    known = np.isfinite(abnormal.residual)
    share = np.where(known.any(axis=-1), (abnormal.residual > 0).sum(axis=-1) / known.sum(axis=-1), np.nan)
    p = np.expand_dims(_mean(share, axes), -1)
    values = np.concatenate([abnormal.change, abnormal.total[..., None]], axis=-1)
    n = np.isfinite(values).sum(axis=axes)
    return _pack(((values > 0).sum(axis=axes) - n * p) / np.sqrt(n * p * (1 - p))), NORMAL


def _grank(abnormal: Abnormal, scope: str) -> Answer:
    axes = _axes(scope)
    scar = abnormal.standardised_total
    n = np.isfinite(scar).sum(axis=axes, keepdims=True)
    centred = scar - np.where(np.isfinite(scar), scar, 0.0).sum(axis=axes, keepdims=True) / n
    deviation = np.sqrt((np.where(np.isfinite(scar), centred, 0.0) ** 2).sum(axis=axes, keepdims=True) / (n - 1))
    studentised = abnormal.residual / (abnormal.sigma[..., None] * np.sqrt(1 - abnormal.leverage))
    ranks, rows = _ranks(np.concatenate([studentised, (scar / deviation)[..., None]], axis=-1))
    daily = _mean(ranks / (rows + 1) - 0.5, axes)
    z = daily[..., -1] / _root_mean_square(daily)
    length = np.isfinite(daily).sum(axis=-1)
    t = z * np.sqrt((length - 2) / (length - 1 - z**2))
    missing = np.full((*np.shape(t), abnormal.change.shape[-1]), np.nan)
    return _pack(np.concatenate([missing, t[..., None]], axis=-1)), _pack((length - 2.0)[..., None])


RANK_TESTS = {"corrado": _corrado, "corrado_zivney": _corrado_zivney, "cowan": _cowan, "grank": _grank}
