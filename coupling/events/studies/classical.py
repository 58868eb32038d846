"""Classical event-study tests in one table: the ones that papers print, with their formulas and their blind spots.

They treat instruments on one date as separate evidence. On 10 dates × 5 instruments with correlation 0.5 and a
raised event variance a nominal 5 % test rejects a true null 55 % (Patell) or 26 % (BMP) of the time; the date-level
tests lead for that reason.

With AR the abnormal change, SAR = AR / (σ sqrt(C)), N cells (instruments × dates) and L estimation rows:

- ``csect``: sqrt(N) mean(AR) / sd(AR), t(N - 1). Units must not be mixed.
- ``crude_dependence``: mean(AR) / sd of the mean estimation residual, t(L - 1) (Brown and Warner 1985); one date only.
  ``crude_dependence_dof`` takes the regression's degrees of freedom instead.
- ``patell``: Σ SAR / sqrt(Σ v / (v - 2)), v the degrees of freedom; normal (Patell 1976).
- ``bmp``: sqrt(N) mean(SAR) / sd(SAR), t(N - 1) (Boehmer, Musumeci and Poulsen 1991).
- ``kp_bmp``, ``kp_patell``: the same times sqrt((1 - r) / (1 + (N - 1) r)), or sqrt(1 / (1 + (N - 1) r)); r is the
  mean correlation of estimation residuals over all pairs of cells, pairs of different dates counting as 0 (Kolari
  and Pynnönen 2010, with blocks by date).
- ``date_mean``: mean over dates of the date's mean SAR, t(dates - 1).
- ranks and signs: see `coupling.events.studies.ranks`.

For the window instead of a day, AR is the cumulative abnormal change, its variance σ² (W + (Σx)'(X'X)⁻¹(Σx)), and
rank and crude statistics are Σ over days / sqrt(W).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from scipy import special

from coupling._typing import Floats
from coupling.errors import InputError, nearest
from coupling.events.studies.abnormal import Abnormal
from coupling.events.studies.ranks import RANK_TESTS

__all__ = ["CLASSICAL", "classical_tests", "mean_correlation"]

Answer = tuple[Floats, Floats]
SCOPES = ("date", "instrument", "pooled")


def classical_tests(
    abnormal: Abnormal, events: Sequence[str], names: Sequence[str], first_day: int, only: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return every classical test by date (over instruments), by instrument (over dates, if several) and pooled.

    Parameters
    ----------
    abnormal : Abnormal
        Of E events and N instruments.
    events, names : sequence of str
    first_day : int
        First day of the event window.
    only : sequence of str, optional
        Names of tests; by default all.

    Returns
    -------
    DataFrame
        Columns ``scope, group, test, day`` (a number, or ``window``), ``statistic, df`` (missing: normal),
        ``p_value, n``.

    Raises
    ------
    InputError
        If a test is unknown.
    """
    chosen = list(CLASSICAL) if only is None else list(only)
    for test in chosen:
        if test not in CLASSICAL:
            raise InputError(f"test {test!r} is unknown; {nearest(test, CLASSICAL)}.")
    scopes = [scope for scope in SCOPES if scope != "instrument" or len(events) > 1]
    groups = {"date": list(events), "instrument": list(names), "pooled": ["all"]}
    days: list[object] = [*range(first_day, first_day + abnormal.change.shape[-1]), "window"]
    parts: list[dict[str, object]] = []
    with np.errstate(divide="ignore", invalid="ignore"):
        for scope in scopes:
            count = _cells(abnormal, scope)
            for test in chosen:
                if scope in CLASSICAL[test][1]:
                    statistic, df = CLASSICAL[test][0](abnormal, scope)
                    parts.append({"scope": scope, "test": test, "statistic": statistic, "df": df, "n": count})
    return _table(parts, groups, days)


def _table(parts: list[dict[str, object]], groups: dict[str, list[str]], days: list[object]) -> pd.DataFrame:
    width = len(days)
    statistic = np.concatenate([np.asarray(part["statistic"], dtype=float).ravel() for part in parts])
    sizes = [np.asarray(part["statistic"]).size for part in parts]
    freedom = np.concatenate([np.broadcast_to(part["df"], np.shape(part["statistic"])).ravel() for part in parts])  # type: ignore[call-overload]
    numbers = {
        "statistic": statistic,
        "df": freedom,
        "p_value": _p_values(statistic, freedom),
        "n": np.concatenate([np.asarray(part["n"]).ravel() for part in parts]),
    }
    labels = {
        "scope": np.repeat([str(part["scope"]) for part in parts], sizes),
        "group": np.repeat([label for part in parts for label in groups[str(part["scope"])]], width),
        "test": np.repeat([str(part["test"]) for part in parts], sizes),
        "day": np.tile(np.array(days, dtype=object), len(statistic) // width),
    }
    return pd.DataFrame(labels | numbers)


def _p_values(statistic: Floats, df: Floats) -> Floats:
    normal = 2 * special.ndtr(-np.abs(statistic))
    student = 2 * special.stdtr(np.where(df > 0, df, np.nan), -np.abs(statistic))
    return np.asarray(np.where(np.isnan(df), normal, student))


def _axes(scope: str) -> tuple[int, ...]:
    return {"date": (1,), "instrument": (0,), "pooled": (0, 1)}[scope]


def _pack(values: Floats) -> Floats:
    """Give the result of a pooled reduction a leading axis of one group."""
    return values[None] if values.ndim == 1 else values


def _with_total(days: Floats, total: Floats) -> Floats:
    return np.concatenate([days, total[..., None]], axis=-1)


def _raw(abnormal: Abnormal) -> Floats:
    return _with_total(abnormal.change, abnormal.total)


def _scaled(abnormal: Abnormal) -> Floats:
    return _with_total(abnormal.standardised, abnormal.standardised_total)


def _cells(abnormal: Abnormal, scope: str) -> Floats:
    return _pack(np.isfinite(_scaled(abnormal)).sum(axis=_axes(scope)))


def _student(values: Floats, scope: str) -> Answer:
    known, axes = np.isfinite(values), _axes(scope)
    n = known.sum(axis=axes)
    mean = np.where(known, values, 0.0).sum(axis=axes) / n
    centred = np.where(known, values - np.expand_dims(mean, axes), 0.0)
    deviation = np.sqrt((centred**2).sum(axis=axes) / (n - 1))
    return _pack(np.where(n > 1, np.sqrt(n) * mean / deviation, np.nan)), _pack(np.where(n > 1, n - 1.0, np.nan))


def _csect(abnormal: Abnormal, scope: str) -> Answer:
    return _student(_raw(abnormal), scope)


def _bmp(abnormal: Abnormal, scope: str) -> Answer:
    return _student(_scaled(abnormal), scope)


def _patell(abnormal: Abnormal, scope: str) -> Answer:
    values, axes = _scaled(abnormal), _axes(scope)
    known = np.isfinite(values)
    variance = (abnormal.dof / (abnormal.dof - 2))[..., None]
    statistic = np.where(known, values, 0.0).sum(axis=axes) / np.sqrt(np.where(known, variance, 0.0).sum(axis=axes))
    return _pack(statistic), np.array(np.nan)


def mean_correlation(abnormal: Abnormal, scope: str) -> Floats:
    """Return the mean correlation of estimation residuals over all pairs of cells of each group, shape (groups,).

    Pairs on one date are correlated over their common estimation window; pairs of different dates count as 0. An
    instrument over dates therefore has 0.
    """
    known = np.isfinite(abnormal.residual)
    rows = known.sum(axis=-1, keepdims=True)
    centred = np.where(
        known, abnormal.residual - np.where(known, abnormal.residual, 0.0).sum(-1, keepdims=True) / rows, 0.0
    )
    length = np.sqrt((centred**2).sum(axis=-1, keepdims=True))
    unit = np.where(length > 0, centred / np.where(length > 0, length, 1.0), 0.0)
    cells = (length[..., 0] > 0).sum(axis=1)
    pairs = (unit.sum(axis=1) ** 2).sum(axis=-1) - cells
    if scope == "instrument":
        return np.zeros(abnormal.residual.shape[1])
    if scope == "date":
        return np.where(cells > 1, pairs / (cells * (cells - 1)), np.nan)
    return np.array([pairs.sum() / (cells.sum() * (cells.sum() - 1))])


def _kp_bmp(abnormal: Abnormal, scope: str) -> Answer:
    statistic, df = _bmp(abnormal, scope)
    r, n = mean_correlation(abnormal, scope)[:, None], _cells(abnormal, scope)
    return statistic * np.sqrt((1 - r) / (1 + (n - 1) * r)), df


def _kp_patell(abnormal: Abnormal, scope: str) -> Answer:
    statistic, df = _patell(abnormal, scope)
    r, n = mean_correlation(abnormal, scope)[:, None], _cells(abnormal, scope)
    return statistic * np.sqrt(1 / (1 + (n - 1) * r)), df


def _crude(abnormal: Abnormal, *, lost: float) -> Answer:
    portfolio = _mean_over_names(abnormal.residual)
    known = np.isfinite(portfolio)
    rows = known.sum(axis=-1)
    mean = np.where(known, portfolio, 0.0).sum(axis=-1) / rows
    df = rows - lost
    deviation = np.sqrt((np.where(known, portfolio - mean[:, None], 0.0) ** 2).sum(axis=-1) / df)
    average = _mean_over_names(abnormal.change)
    width = np.sqrt(np.isfinite(average).sum(axis=-1))
    with_total = _with_total(average, np.nansum(average, axis=-1) / width)
    return with_total / deviation[:, None], df[:, None]


def _mean_over_names(values: Floats) -> Floats:
    """Return the mean over the instruments that have a value, missing where none has."""
    known = np.isfinite(values)
    count = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _crude_bw(abnormal: Abnormal, _: str) -> Answer:
    return _crude(abnormal, lost=1.0)


def _crude_dof(abnormal: Abnormal, _: str) -> Answer:
    return _crude(abnormal, lost=float(abnormal.centred.shape[-1]))


def _date_mean(abnormal: Abnormal, scope: str) -> Answer:
    return _student(np.nanmean(_scaled(abnormal), axis=1, keepdims=True), scope)


CLASSICAL: dict[str, tuple[Callable[[Abnormal, str], Answer], tuple[str, ...]]] = {
    "csect": (_csect, SCOPES),
    "crude_dependence": (_crude_bw, ("date",)),
    "crude_dependence_dof": (_crude_dof, ("date",)),
    "patell": (_patell, SCOPES),
    "bmp": (_bmp, SCOPES),
    "kp_patell": (_kp_patell, ("date", "pooled")),
    "kp_bmp": (_kp_bmp, ("date", "pooled")),
    "date_mean": (_date_mean, ("pooled",)),
    **{name: (test, ("date", "instrument", "pooled")) for name, test in RANK_TESTS.items()},
}
